#!/bin/sh
# Builds @NAME@.wasm with clang 14 or newer. CLANG names another command, such as CLANG=clang-19; CFLAGS are added.
set -eu
cd "$(dirname "$0")"

missing() {
  echo "build.sh: $1" >&2
  echo "Install clang and its linker, then run this again: apt-get install clang lld, or brew install llvm lld" >&2
  exit 1
}

for each in clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
  [ -n "${CLANG:-}" ] || ! command -v "$each" >/dev/null || CLANG="$each"
done
[ -n "${CLANG:-}" ] || missing "clang was not found."
case "$("$CLANG" --print-prog-name=wasm-ld)" in
  /*) ;;
  *) command -v wasm-ld >/dev/null || missing "wasm-ld was not found, which is the linker for WebAssembly." ;;
esac

# -Oz is small, -O2 a little faster and twice as large. --stack-first: a stack that overflows traps. Messages of any depth need half of it.
"$CLANG" --target=wasm32-unknown-unknown -std=c11 -Oz -flto -Wall -Wextra -mbulk-memory -ffreestanding -nostdlib \
  ${CFLAGS:-} -Wl,--no-entry -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=32768 \
  ./*.c kit/*.c -o "@NAME@.wasm"
