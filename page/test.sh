#!/usr/bin/env bash
# Drives dist/mendpoint.html in Debian's browsers and compares it with the program.
#
#   page/test.sh [TRACE ...]
set -euo pipefail
cd "$(dirname "$0")/test"
root="$(cd ../.. && pwd)"

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ -x /usr/bin/firefox-esr ] || missing+=(firefox-esr)
if [ "${#missing[@]}" -gt 0 ]; then
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
[ -d node_modules/puppeteer-core ] || npm install --silent --no-audit --no-fund --no-package-lock
[ -x "$root/target/release/mendpoint" ] || cargo build --locked --release --manifest-path "$root/Cargo.toml"
for browser in chromium firefox; do
    printf '%s: ' "$browser"
    node run.mjs "$root/dist/mendpoint.html" "$root/target/release/mendpoint" "$browser" "$@"
done
