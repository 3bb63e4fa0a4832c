#!/usr/bin/env bash
# Prints the environment with which cargo builds for another target.
#
#   eval "$(packaging/toolchain.sh x86_64-unknown-linux-musl)"
#
# Where the target's standard library is installed (`rustup target add TARGET`) only a linker is named, if
# one is needed. On a machine that reaches nothing but Debian's packages, the compiler with which Debian
# builds its browsers is unpacked below target/, and the standard library is built from its source: there
# compiler and source are of one version, which rustup's compiler and Debian's source are not.
set -euo pipefail
target="$1"
root="$(cd "$(dirname "$0")/.." && pwd)"
name="$(echo "$target" | tr 'a-z-' 'A-Z_')"

sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
# Installs a Debian package if its program is not there.
need() {
    command -v "$1" >/dev/null && return
    $sudo apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1 ||
        { $sudo apt-get update -qq >&2 && $sudo apt-get install -y -qq --no-install-recommends "$2" >/dev/null; }
}

# Makes zig the linker: it brings what the systems that Debian has no compiler for are linked against.
zig() {
    local place="$root/target/zig"
    [ -x "$place/bin/cargo-zigbuild" ] || python3 -m venv "$place"
    "$place/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/packaging/zig.txt" >&2
    echo "export PATH='$place/bin':\"\$PATH\""
    echo "export MENDPOINT_CARGO_BUILD=zigbuild"
    case "$target" in
    *-apple-darwin)
        # A tool that strips a program of macOS afterwards breaks the signature that the linker gave it.
        echo "export CARGO_PROFILE_RELEASE_STRIP=none CARGO_TARGET_${name}_RUSTFLAGS='-C link-arg=-s'"
        ;;
    *-musl)
        # zig brings the C library that the program is linked with.
        echo "export CARGO_TARGET_${name}_RUSTFLAGS='-C link-self-contained=no'"
        ;;
    esac
}

linker=""
case "$target" in
x86_64-pc-windows-gnu) need x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64-win32 && linker=x86_64-w64-mingw32-gcc ;;
*-unknown-linux-musl | aarch64-pc-windows-gnullvm | *-apple-darwin) zig ;;
wasm32-unknown-unknown) linker="$(find "$(rustc --print sysroot)" -name rust-lld | head -n 1)" ;;
esac
[ -z "$linker" ] || echo "export CARGO_TARGET_${name}_LINKER='$linker'"

if [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
    exit 0
fi

place="$root/target/toolchain"
if [ ! -e "$place/ready" ]; then
    rm -rf "$place"
    mkdir -p "$place/packages" "$place/tree"
    apt-cache show rustc-web >/dev/null 2>&1 || $sudo apt-get update -qq >&2
    # Which standard library and which LLVM belong to this compiler.
    needs="$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances rustc-web libstd-rust-web-dev |
        sed -n 's/^ *Depends: \(libstd-rust-web-[0-9.]*\|libllvm[0-9]*\)$/\1/p' | sort -u)"
    # shellcheck disable=SC2086 # a list of names
    (cd "$place/packages" && apt-get -o APT::Sandbox::User=root download -qq rustc-web libstd-rust-web-dev rust-web-src $needs >&2)
    for package in "$place"/packages/*.deb; do
        case "$package" in
        */rust-web-src_*) dpkg-deb --fsys-tarfile "$package" | tar -x -C "$place/tree" --wildcards './usr/src/rustc-*/library' ;;
        *) dpkg-deb -x "$package" "$place/tree" ;;
        esac
    done
    rm -rf "$place/packages"
    touch "$place/ready"
fi

libraries="$(find "$place/tree/usr/lib" \( -name 'librustc_driver*.so' -o -name 'libLLVM*.so*' \) -printf '%h\n' | sort -u | paste -sd:)"
cat <<ENV
export RUSTC='$place/tree/usr/bin/rustc'
export LD_LIBRARY_PATH='$libraries'
export RUSTC_BOOTSTRAP=1
export __CARGO_TESTS_ONLY_SRC_ROOT='$(echo "$place"/tree/usr/src/rustc-*/library)'
export MENDPOINT_BUILD_STD='-Zbuild-std=std,panic_abort'
ENV
