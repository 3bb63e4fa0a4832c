"""Looks into every archive: one folder of its name, the program as an executable file, and what belongs to it.

    python3 archives.py DIST
"""

import re
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

BESIDE = {"README.md", "CHANGELOG.md", "LICENSE-MIT", "LICENSES-OF-LIBRARIES.txt", "sbom.cdx.json", "completions/mendpoint.bash"}
# How each system's programs begin, and where they tell the processor.
PE = {0x8664: "x86_64", 0xAA64: "aarch64"}
ELF = {62: "x86_64", 183: "aarch64"}
MACH = {0x01000007: "x86_64", 0x0100000C: "aarch64"}


def files(archive: Path) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            return {one.filename: (opened.read(one), one.external_attr >> 16 & 0o777) for one in opened.infolist()}
    with tarfile.open(archive) as opened:
        return {one.name: (opened.extractfile(one).read(), one.mode) for one in opened if one.isfile()}


def kind(program: bytes) -> str:
    """System and processor that the program is for."""
    if program[:2] == b"MZ":
        at = struct.unpack_from("<I", program, 0x3C)[0]
        return f"windows {PE[struct.unpack_from('<H', program, at + 4)[0]]}"
    if program[:4] == b"\x7fELF":
        return f"linux {ELF[struct.unpack_from('<H', program, 18)[0]]}"
    if program[:4] == b"\xcf\xfa\xed\xfe":
        return f"apple {MACH[struct.unpack_from('<I', program, 4)[0]]}"
    return "unknown"


def has_loader(program: bytes) -> bool:
    """Whether a program of Linux names a loader, as every one does that is not static."""
    table, size, count = struct.unpack_from("<Q", program, 0x20)[0], *struct.unpack_from("<HH", program, 0x36)
    return any(struct.unpack_from("<I", program, table + size * number)[0] == 3 for number in range(count))


def is_signed(program: bytes) -> bool:
    """Whether a program of macOS carries a signature, without which its ARM machines start none."""
    count, at = struct.unpack_from("<I", program, 16)[0], 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", program, at)
        if command == 0x1D:
            return True
        at += size
    return False


def trouble(archive: Path) -> str | None:
    stem = re.sub(r"\.(zip|tar\.gz)$", "", archive.name)
    target = stem.split("-", 2)[2]
    inside = files(archive)
    if {name.split("/")[0] for name in inside} != {stem}:
        return f"holds more than the folder {stem}"
    name = f"{stem}/mendpoint" + (".exe" if "windows" in target else "")
    if missing := BESIDE - {path.removeprefix(f"{stem}/") for path in inside}:
        return f"lacks {sorted(missing)}"
    program, mode = inside.get(name, (b"", 0))
    if mode != 0o755:
        return f"holds no executable {name}"
    system = kind(program)
    if not all(word in target for word in system.split()):
        return f"holds a program for {system}"
    if "musl" in target and has_loader(program):
        return "asks for a loader: it is not static"
    if target == "aarch64-apple-darwin" and not is_signed(program):
        return "is not signed"
    if "windows" in target and (foreign := strange_libraries(program)):
        return f"needs {foreign}"
    return None


def strange_libraries(program: bytes) -> list[str]:
    """Libraries that come with a compiler and not with Windows."""
    names = {name.decode().lower() for name in re.findall(rb"([\w.+-]{3,60}\.dll)\0", program, re.IGNORECASE)}
    return sorted(name for name in names if name.startswith(("lib", "vcruntime")))


failed = 0
archives = sorted(path for path in Path(sys.argv[1]).iterdir() if path.name.endswith((".zip", ".tar.gz")))
for archive in archives:
    if wrong := trouble(archive):
        failed += 1
        print(f"FAILED {archive.name} {wrong}")
print(f"{len(archives) - failed} passed, {failed} failed")
sys.exit(0 if archives and not failed else 1)
