#!/usr/bin/env bash
# Runs the program of Windows under Debian's wine and holds it against the one that cargo builds here.
#
#   windows.sh ARCHIVE.zip REFERENCE [--trace TRACE ...]
set -euo pipefail
cd "$(dirname "$0")"

archive="$1"
reference="$2"
work="$(mktemp -d)"
trap 'wineserver --kill 2>/dev/null || true; rm -rf "$work"' EXIT
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
missing=()
command -v wine >/dev/null || missing+=(wine wine64)
command -v x86_64-w64-mingw32-gcc >/dev/null || missing+=(gcc-mingw-w64-x86-64-win32)
if [ "${#missing[@]}" -gt 0 ]; then
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

python3 -m zipfile -e "$archive" "$work"
folder="$(echo "$work"/mendpoint-*)"
# A library of every Windows since 7 which the wine of Debian 12 lacks; Rust's standard library asks it for random bytes.
x86_64-w64-mingw32-gcc -shared -o "$folder/bcryptprimitives.dll" bcryptprimitives.c -ladvapi32

export WINEPREFIX="$work/wine" WINEDEBUG=-all
# wine's own first start, to its end: a half-made place for its files has no consoles.
wine wineboot --init >/dev/null 2>&1
wineserver --wait
# A service of wine that crashes would wait for a debugger.
export WINEDLLOVERRIDES="winedbg.exe="
python3 same.py --windows --on-path "$folder" "${@:3}" "$reference" wine "$folder/mendpoint.exe"
python3 dropped.py "$folder/mendpoint.exe"
python3 cmd_form.py "$folder/mendpoint.exe" "$reference"
