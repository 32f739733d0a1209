#!/bin/sh
# Checks {{name}}.wasm: loads it phase by phase, then sends it generated requests.
set -eu
cd "$(dirname "$0")"
npx plugwire verify {{name}}.wasm --contract contracts.json
