#!/usr/bin/env bash
# Builds the page: dist/mendpoint.html, one file that judges traces in the reader's own browser.
#
#   page/build.sh            needs Rust and Node; docs/page.md says what is built with what
set -euo pipefail
cd "$(dirname "$0")"

tools="$(../packaging/toolchain.sh wasm32-unknown-unknown)"
eval "$tools"
# simd128 is in every browser that can unpack the engine (DecompressionStream).
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-C target-feature=+simd128"
# shellcheck disable=SC2086 # empty, or one option
cargo build --locked --release ${MENDPOINT_BUILD_STD:-} --target wasm32-unknown-unknown --target-dir ../target/page
mkdir -p ../dist
node pack.mjs ../target/page/wasm32-unknown-unknown/release/mendpoint_page.wasm ../dist/mendpoint.html
