#!/bin/sh
# Builds @NAME@.wasm with cargo. To choose a toolchain, set RUSTC and CARGO. By default it uses the first that can build for WebAssembly.
set -eu
cd "$(dirname "$0")"
target=wasm32-unknown-unknown

# rustup includes a linker. Distributions have a separate one.
linker() {
    [ -n "$(find "$1/lib/rustlib" -name 'rust-lld*' 2>/dev/null | head -n 1)" ] && return
    for name in wasm-ld wasm-ld-22 wasm-ld-21 wasm-ld-20 wasm-ld-19 wasm-ld-18 wasm-ld-17 wasm-ld-16 wasm-ld-15 wasm-ld-14; do
        if command -v "$name" >/dev/null; then
            export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$name"
            return
        fi
    done
}

# Builds with the rustc in $1 and the cargo in $2. Fails if they cannot build for the target.
build() {
    sysroot=$("$1" --print sysroot 2>/dev/null) || return 1
    command -v "$2" >/dev/null || return 1
    linker "$sysroot"
    if [ -d "$sysroot/lib/rustlib/$target/lib" ]; then
        RUSTC="$1" "$2" build --release --target "$target" || exit 1
    elif [ -d "$sysroot/lib/rustlib/src/rust/library" ]; then
        # Build the standard library from its source, without paths of this machine.
        library=core,alloc
        grep -q '^default = .*"std"' Cargo.toml && library=std,panic_abort
        RUSTC="$1" RUSTC_BOOTSTRAP=1 "$2" build --release --target "$target" "-Zbuild-std=$library" \
            -Ztrim-paths --config 'profile.release.trim-paths="all"' || exit 1
    else
        return 1
    fi
    cp "${CARGO_TARGET_DIR:-target}/$target/release/plugin.wasm" "@NAME@.wasm"
    echo "built @NAME@.wasm, $(wc -c <"@NAME@.wasm") bytes"
}

build "${RUSTC:-rustc}" "${CARGO:-cargo}" && exit
build /usr/bin/rustc /usr/bin/cargo && exit
cat >&2 <<END
No Rust that builds for $target was found. Install it, then run this again:
  rustup:  rustup target add $target
  Debian:  apt-get install rustc-web cargo-web rust-web-src lld-14
END
exit 1
