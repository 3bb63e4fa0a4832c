#!/bin/sh
# Fuzzes every target for some seconds (60 unless told): fuzz/run.sh [SECONDS [TARGET...]].
# Needs cargo-fuzz (`cargo install cargo-fuzz`). Its instrumentation is a nightly feature; where there is
# no nightly compiler, the stable one is told to allow it.
set -eu
cd "$(dirname "$0")/.."
seconds="${1:-60}"
[ "$#" -eq 0 ] || shift
[ "$#" -gt 0 ] || set -- har scan archive body log session mail redact mask
if cargo +nightly --version >/dev/null 2>&1; then
    fuzz="cargo +nightly fuzz"
else
    export RUSTC_BOOTSTRAP=1
    fuzz="cargo fuzz"
fi
for target in "$@"; do
    mkdir -p "fuzz/corpus/$target" "fuzz/seeds/$target"
    # Without assertions in the crates: mail-parser has one for broken mails that it goes on to read.
    $fuzz run -O "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- -max_total_time="$seconds" -max_len=16384
done
