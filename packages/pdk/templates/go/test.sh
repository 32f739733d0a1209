#!/bin/sh
# Builds the plugin and checks it against the contracts.
set -eu
cd "$(dirname "$0")"
./build.sh
npx plugwire verify "@NAME@.wasm" --contract "${CONTRACTS:-contracts.json}"
