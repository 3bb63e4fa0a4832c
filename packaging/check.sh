#!/usr/bin/env bash
# Installs every package with its own tool, runs it, and holds it against the program that cargo builds here.
#
#   packaging/check.sh                              everything that packaging/build.sh wrote to dist/
#   packaging/check.sh PART ... [TRACE ...]         some parts, with traces of your own beside the samples
#   packaging/check.sh --here [PART ...]            what packaging/build.sh --here wrote to target/dist
#
# Parts: sums sbom manifests archives static arm windows deb wheel npm page
set -euo pipefail
cd "$(dirname "$0")/.."

export PYTHONDONTWRITEBYTECODE=1
root="$PWD"
dist="$root/dist"
here=""
if [ "${1:-}" = "--here" ]; then
    shift
    here=1
    dist="$root/target/dist"
fi
parts=()
traces=()
for word in "$@"; do
    if [ -f "$word" ]; then
        traces+=(--trace "$(realpath "$word")")
    else
        parts+=("$word")
    fi
done
if [ "${#parts[@]}" -eq 0 ]; then
    parts=(sums sbom manifests archives deb wheel npm)
    [ -n "$here" ] || parts+=(static arm windows page)
fi

version="$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"

fail() {
    printf 'FAILED %s\n' "$*"
    exit 1
}

# Installs Debian's package $2 if the program $1 is not there.
need() {
    command -v "$1" >/dev/null && return
    $sudo apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

# The program that cargo builds here, unless MENDPOINT_REFERENCE names one.
reference() {
    if [ -z "${MENDPOINT_REFERENCE:-}" ]; then
        cargo build --locked --release
        MENDPOINT_REFERENCE="$root/target/release/mendpoint"
    fi
}

# Where the compared program is started: there have to be the samples.
near="$root"

# Compares a program with the reference; the first word is the folder that holds it under its name.
same() {
    reference
    python3 packaging/check/same.py --on-path "$1" --near "$near" "${traces[@]}" "$MENDPOINT_REFERENCE" "${@:2}"
}

# The only file of dist/ that fits a pattern.
package() {
    local found
    mapfile -t found < <(find "$dist" -maxdepth 1 -name "$1")
    [ "${#found[@]}" -eq 1 ] || fail "there are ${#found[@]} files $1 in $dist" >&2
    printf '%s' "${found[0]}"
}

# The tools that read packages and manifests.
tools() {
    [ -x "$root/target/checks/bin/python" ] || python3 -m venv "$root/target/checks"
    "$root/target/checks/bin/pip" install --quiet --disable-pip-version-check --requirement packaging/check/requirements.txt
}

sums() (
    cd "$dist"
    sha256sum --quiet --check SHA256SUMS
    listed="$(awk '{ print $2 }' SHA256SUMS | sort)"
    there="$(find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%P\n' | sort)"
    [ "$listed" = "$there" ] || fail "SHA256SUMS does not list every file"
)

sbom() {
    tools
    target/checks/bin/python packaging/check/sbom.py "$(package '*-sbom.cdx.json')"
}

# Their form needs no real archives, which are not there where only this machine's program was built.
manifests() {
    tools
    need ruby ruby
    local place="$dist" name
    if [ -n "$here" ]; then
        place="$work/manifests"
        mkdir "$place"
        for name in $(PYTHONPATH=packaging python3 -m packages names); do echo "$name" >"$place/$name"; done
        PYTHONPATH=packaging MENDPOINT_DIST="$place" python3 -m packages manifests >/dev/null
    fi
    target/checks/bin/python packaging/check/manifests.py "$place"
    target/checks/bin/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
}

# Every archive holds the program and what belongs to it.
archives() {
    python3 packaging/check/archives.py "$dist"
}

# The static program, alone in a root without any other file but the traces. No /proc tells it there where it lies.
static() {
    tar -xzf "$(package '*-x86_64-unknown-linux-musl.tar.gz')" -C "$work"
    empty_root "$work"/mendpoint-*/mendpoint
    near="$work/root" same /usr/bin $sudo chroot "$work/root" mendpoint
}

# A folder to be the root of nothing but the program $1, the samples and the traces given.
empty_root() {
    rm -rf "$work/root"
    mkdir -p "$work/root/usr/bin"
    cp "$1" "$work/root/usr/bin/mendpoint"
    cp -r samples "$work/root/"
    for word in "${traces[@]}"; do
        [ "$word" = --trace ] || (mkdir -p "$work/root$(dirname "$word")" && cp "$word" "$work/root$word")
    done
}

# The static program for ARM, under Debian's emulator of its processor.
arm() {
    need qemu-aarch64-static qemu-user-static
    tar -xzf "$(package '*-aarch64-unknown-linux-musl.tar.gz')" -C "$work"
    local folder
    folder="$(echo "$work"/mendpoint-*-aarch64-unknown-linux-musl)"
    same "$folder" qemu-aarch64-static "$folder/mendpoint"
}

windows() {
    reference
    packaging/check/windows.sh "$(package '*-x86_64-pc-windows-gnu.zip')" "$MENDPOINT_REFERENCE" "${traces[@]}"
}

deb() {
    local place="$work/deb" file
    file="$(package '*_amd64.deb')"
    mkdir -p "$place/var/lib/dpkg/updates" "$place/var/lib/dpkg/info"
    touch "$place/var/lib/dpkg/status" "$place/var/lib/dpkg/available"
    # The one that is built for this machine alone depends on its C library, which no empty root has.
    $sudo dpkg --root="$place" --force-not-root ${here:+--force-depends} --log=/dev/null --install "$file" >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" && fail "dpkg"; }
    dpkg-query --admindir="$place/var/lib/dpkg" -W -f '${Status}\n' mendpoint | grep -qx 'install ok installed' || fail "not installed"
    local name
    for name in mendpoint mendpoint-check mendpoint-patch; do
        zcat "$place/usr/share/man/man1/$name.1.gz" | grep -q '^\.SH NAME' || fail "no manual page $name"
    done
    bash -n "$place/usr/share/bash-completion/completions/mendpoint"
    for name in zsh/vendor-completions/_mendpoint fish/vendor_completions.d/mendpoint.fish; do
        [ -s "$place/usr/share/$name" ] || fail "there is no $name"
    done
    same "$place/usr/bin" "$place/usr/bin/mendpoint"
    $sudo dpkg --root="$place" --force-not-root --log=/dev/null --purge mendpoint >/dev/null 2>&1
    [ ! -e "$place/usr/bin/mendpoint" ] || fail "purging leaves the program"
}

wheel() {
    tools
    local file place="$work/venv"
    # A wheel for every Linux, or the one that is built for this machine alone.
    file="$(package "*-py3-none-*linux*_x86_64.whl")"
    target/checks/bin/wheel unpack --dest "$work/unpacked" "$file" >/dev/null
    target/checks/bin/twine check --strict "$file" >/dev/null || fail "twine check"
    python3 -m venv "$place"
    "$place/bin/pip" install --quiet --no-index --disable-pip-version-check "$file"
    same "$place/bin" "$place/bin/mendpoint"
    same "$place/bin" "$place/bin/python" -m mendpoint
    "$place/bin/pip" uninstall --quiet --yes mendpoint
    [ ! -e "$place/bin/mendpoint" ] || fail "uninstalling leaves the program"
}

# From the files alone, in an empty folder: npm takes the platform's package that fits and asks no registry.
npm() (
    mkdir "$work/npm"
    cd "$work/npm"
    command npm install --offline --silent --no-audit --no-fund --cache "$work/npm-cache" \
        "$(package "mendpoint-$version.tgz")" "$(package "mendpoint-linux-x64-$version.tgz")"
    [ "$(npx --offline mendpoint --version)" = "mendpoint $version" ] || fail "npx mendpoint --version"
    cd "$root"
    same "$work/npm/node_modules/.bin" "$work/npm/node_modules/.bin/mendpoint"
)

page() {
    page/test.sh
}

for part in "${parts[@]}"; do
    [ "$(type -t "$part")" = function ] || fail "there is no part $part and no such trace"
    printf '== %s (%s s)\n' "$part" "$SECONDS"
    "$part"
done
printf 'all packages are good (%s s)\n' "$SECONDS"
