#!/usr/bin/env bash
# Builds everything a release holds into dist/, on one Linux machine; docs/packaging.md says what and with what.
#
#   packaging/build.sh                       all of it
#   packaging/build.sh PART ...              some parts: programs archives deb wheel npm page sbom manifests
#   packaging/build.sh --here [PART ...]     this machine's own program alone, as cargo builds it, into target/dist
#   MENDPOINT_TARGETS="TARGET ..." packaging/build.sh programs      some programs
set -euo pipefail
cd "$(dirname "$0")/.."

SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)}"
export SOURCE_DATE_EPOCH
export PYTHONPATH=packaging PYTHONDONTWRITEBYTECODE=1

if [ "${1:-}" = "--here" ]; then
    shift
    export MENDPOINT_HERE=1 MENDPOINT_DIST="${MENDPOINT_DIST:-target/dist}"
    whole="programs archives deb wheel npm sbom"
else
    whole="programs archives deb wheel npm page sbom manifests"
fi
if [ "$#" -eq 0 ]; then
    # Nothing of an older version stays.
    rm -rf "${MENDPOINT_DIST:-dist}"
    # shellcheck disable=SC2086 # a list of names
    set -- $whole
fi

# The program of one target, below target/packages.
program() {
    local tools
    tools="$(packaging/toolchain.sh "$1")"
    (
        eval "$tools"
        # shellcheck disable=SC2086 # empty, or one option
        cargo "${MENDPOINT_CARGO_BUILD:-build}" --locked --release --bin mendpoint ${MENDPOINT_BUILD_STD:-} \
            --target "$1" --target-dir target/packages
    )
}

for part in "$@"; do
    printf '== %s (%s s)\n' "$part" "$SECONDS"
    case "$part" in
    programs)
        if [ -n "${MENDPOINT_HERE:-}" ]; then
            cargo build --locked --release
        else
            for target in ${MENDPOINT_TARGETS:-$(python3 -m packages targets)}; do
                printf '== program for %s (%s s)\n' "$target" "$SECONDS"
                program "$target"
            done
        fi
        ;;
    page) page/build.sh ;;
    *) python3 -m packages "$part" ;;
    esac
done
python3 -m packages sums
printf 'built in %s s\n' "$SECONDS"
