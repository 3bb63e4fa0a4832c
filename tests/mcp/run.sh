#!/usr/bin/env bash
# Drives `mendpoint mcp` with the official client of the protocol, as an agent and as an attacker would.
#
#   tests/mcp/run.sh         needs Rust and Node
set -euo pipefail
cd "$(dirname "$0")"
root="$(cd ../.. && pwd)"

[ -d node_modules/@modelcontextprotocol/sdk ] || npm install --silent --no-audit --no-fund --no-package-lock
cargo build --locked --features mcp --manifest-path "$root/Cargo.toml"
node --test --test-reporter=spec tests.mjs
