#!/bin/sh
# Builds @NAME@.wasm with Go 1.24 or newer. To use another command, set GO, such as GO=/opt/go/bin/go.
set -eu
cd "$(dirname "$0")"

missing() {
    cat >&2 <<END
$1 Install Go 1.24 or newer, then run this again:
  https://go.dev/dl    or    brew install go    or    apt-get install golang-go
END
    exit 1
}

go="${GO:-go}"
command -v "$go" >/dev/null || go=/usr/local/go/bin/go
command -v "$go" >/dev/null || missing "Go is not installed."
# In this folder, an older Go downloads a newer one if that is allowed.
version=$("$go" env GOVERSION 2>/dev/null) || version=$(GOTOOLCHAIN=local "$go" env GOVERSION)
minor=$(echo "$version" | sed -n 's/^go1\.\([0-9]*\).*$/\1/p')
[ "${minor:-24}" -ge 24 ] || missing "Found $version, which cannot export functions to WebAssembly."

version=$(sed -n 's/^.*"version": *"\([^"]*\)".*$/\1/p' plugwire.json | head -n 1)
GOOS=wasip1 GOARCH=wasm GOFLAGS= GOWORK=off "$go" build -buildmode=c-shared -trimpath -buildvcs=false \
    -ldflags='-s -w' -o "@NAME@.wasm" .
npx plugwire identity "@NAME@.wasm" --name "@NAME@" --version "$version"
