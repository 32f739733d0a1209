#!/bin/sh
# Builds @NAME@.wasm with clang 14 or newer. To use another command, set CLANG, such as CLANG=clang-19. CFLAGS are added.
set -eu
cd "$(dirname "$0")"

missing() {
  echo "build.sh: $1" >&2
  echo "Install clang and its linker, then run this again: apt-get install clang lld, or brew install llvm lld" >&2
  exit 1
}

# npm adds node_modules/.bin to the path, and clang would run a wasm-opt from there.
PATH=$(printf '%s\n' "$PATH" | tr ':' '\n' | grep -v node_modules | paste -s -d ':' -)

can_link() {
  case "$("$1" --print-prog-name=wasm-ld)" in
    /*) return 0 ;;
    *) command -v wasm-ld >/dev/null ;;
  esac
}
for each in clang clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
  if [ -z "${CLANG:-}" ] && command -v "$each" >/dev/null && can_link "$each"; then CLANG="$each"; fi
done
[ -n "${CLANG:-}" ] || missing "No clang with wasm-ld, the linker for WebAssembly, was found."

# -O2 is a little faster than -Oz and twice as large. With --stack-first, a stack overflow traps. The deepest messages need half of the stack.
"$CLANG" --target=wasm32-unknown-unknown -std=c11 -Oz -flto -Wall -Wextra -mbulk-memory -ffreestanding -nostdlib \
  ${CFLAGS:-} -Wl,--no-entry -Wl,--strip-all -Wl,--stack-first -Wl,-z,stack-size=32768 \
  ./*.c kit/*.c -o "@NAME@.wasm"
