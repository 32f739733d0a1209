#!/bin/sh
# Checks @NAME@.wasm against the contracts: loads it phase by phase, then sends it generated requests.
set -eu
cd "$(dirname "$0")"
npx plugwire verify @NAME@.wasm --contract contracts.json
