#!/bin/sh
# Builds the plugin and checks it against the contracts: loads it phase by phase, then sends it generated requests.
set -eu
cd "$(dirname "$0")"
./build.sh
npx plugwire verify "@NAME@.wasm" --contract "${CONTRACTS:-contracts.json}"
