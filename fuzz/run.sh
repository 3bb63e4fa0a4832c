#!/bin/sh
# Fuzzes every target for some seconds (60 unless told). Needs a nightly compiler and cargo-fuzz.
set -eu
cd "$(dirname "$0")/.."
for target in har scan archive body session; do
    mkdir -p "fuzz/corpus/$target"
    cargo +nightly fuzz run "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- -max_total_time="${1:-60}" -max_len=16384
done
