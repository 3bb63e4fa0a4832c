#!/usr/bin/env bash
# Builds the archive of one platform: the program, its manual pages and completions, licences, README.
#
#   packaging/build.sh                                  for this machine
#   packaging/build.sh x86_64-unknown-linux-musl        one static binary for every Linux
#
# The targets of a release: x86_64 and aarch64 of -unknown-linux-musl, -apple-darwin and
# -pc-windows-msvc. Each needs its standard library (rustup target add TARGET); nothing is linked
# from C. The archive and its checksum land in target/dist.
set -euo pipefail
cd "$(dirname "$0")/.."

host="$(rustc -vV | sed -n 's/^host: //p')"
target="${1:-$host}"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
name="mendpoint-$version-$target"
stage="target/dist/$name"
exe=""
[[ "$target" == *windows* ]] && exe=".exe"

if [[ "$target" == *msvc* ]]; then
    # No run-time library to install beside it.
    export RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static"
fi
cargo build --locked --release --target "$target"
# Another platform's program does not run here; this one's tells the same about itself.
if [ "$target" = "$host" ]; then
    run="target/$target/release/mendpoint"
else
    cargo build --locked --release
    run="target/release/mendpoint"
fi

rm -rf "$stage"
mkdir -p "$stage/completions" "$stage/man"
cp "target/$target/release/mendpoint$exe" README.md CHANGELOG.md LICENSE-* "$stage/"
for shell in bash zsh fish powershell elvish nushell; do
    "$run" completions "$shell" >"$stage/completions/mendpoint.$shell"
done
"$run" man >"$stage/man/mendpoint.1"
for command in check calls diff patch redact rules explain completions; do
    # A command that this version does not have yet has no page.
    "$run" man "$command" >"$stage/man/mendpoint-$command.1" 2>/dev/null || rm "$stage/man/mendpoint-$command.1"
done

if [[ "$target" == *linux-musl* ]] && ldd "$stage/mendpoint" 2>/dev/null | grep -q '=>'; then
    echo "error: the binary is not static" >&2
    exit 1
fi

cd target/dist
if [ -n "$exe" ]; then
    archive="$name.zip"
    rm -f "$archive"
    zip -qr "$archive" "$name"
else
    archive="$name.tar.gz"
    # The same input gives the same archive.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='@0' -cf - "$name" | gzip -9n >"$archive"
fi
sha256sum "$archive" >"$archive.sha256"
printf '%s: binary %s bytes, archive %s bytes\n' "$archive" \
    "$(stat -c %s "$name/mendpoint$exe")" "$(stat -c %s "$archive")"
