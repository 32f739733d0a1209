#!/bin/sh
# Builds {{name}}.wasm. CLANG names another compiler: CLANG=clang-19 ./build.sh
set -eu
cd "$(dirname "$0")"

CLANG="${CLANG:-}"
for each in clang clang-19 clang-18 clang-17 clang-16 clang-15 clang-14; do
  [ -n "$CLANG" ] || ! command -v "$each" >/dev/null || CLANG="$each"
done
if [ -z "$CLANG" ]; then
  echo "build.sh: clang was not found. Install it with a linker for WebAssembly: apt-get install clang lld" >&2
  exit 1
fi
if ! "$CLANG" --print-prog-name=wasm-ld | grep -q / ; then
  echo "build.sh: wasm-ld was not found, the linker of $CLANG. Install it: apt-get install lld" >&2
  exit 1
fi

"$CLANG" --target=wasm32-unknown-unknown -std=c11 -Oz -flto -Wall -Wextra \
  -mbulk-memory -ffreestanding -nostdlib ${CFLAGS:-} \
  -Wl,--no-entry -Wl,--strip-all -Wl,--stack-first \
  *.c kit/*.c -o {{name}}.wasm
echo "{{name}}.wasm: $(wc -c <{{name}}.wasm) bytes"
