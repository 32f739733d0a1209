#!/bin/sh
# Builds @NAME@.wasm.
set -eu
cd "$(dirname "$0")"
if ! npx --no-install asc --version >/dev/null 2>&1; then
  echo "build.sh: the AssemblyScript compiler was not found. Install it, then run this again: npm install" >&2
  exit 1
fi
npx --no-install asc --config assembly/kit/asconfig.json --transform ./assembly/kit/identity.mjs --outFile @NAME@.wasm
echo "@NAME@.wasm: $(wc -c <@NAME@.wasm) bytes"
