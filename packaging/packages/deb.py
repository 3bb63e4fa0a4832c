"""Debian packages, where dpkg-deb is there: the program, manual pages, completions of three shells."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from . import extras
from .about import CARGO, DIST, MAINTAINER, NAME, PACKAGES, REPOSITORY, STAGE, VERSION, WHEN, Platform, built, done, write, zipped


def build() -> None:
    for platform in built():
        if platform.deb:
            _build(platform, platform.deb)


def _build(platform: Platform, architecture: str) -> None:
    tree = STAGE / f"deb-{architecture}"
    shutil.rmtree(tree, ignore_errors=True)
    usr = tree / "usr"
    write(usr / "bin" / NAME, platform.program.read_bytes(), 0o755)
    for name, page in extras.manual_pages().items():
        write(usr / "share/man/man1" / f"{name}.gz", zipped(page))
    scripts = extras.completions()
    write(usr / f"share/bash-completion/completions/{NAME}", scripts["bash"])
    write(usr / f"share/zsh/vendor-completions/_{NAME}", scripts["zsh"])
    write(usr / f"share/fish/vendor_completions.d/{NAME}.fish", scripts["fish"])
    _documents(usr / "share/doc" / NAME)
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
    write(tree / "DEBIAN/control", _control(platform, size))
    _times(tree)
    path = DIST / f"{NAME}_{VERSION}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": str(WHEN)})
    done(path)


def _documents(folder: Path) -> None:
    documents = extras.documents()
    lines = [line or "." for line in documents["LICENSE-MIT"].strip().splitlines()]
    notice = next(line for line in lines if line.startswith("Copyright")).removeprefix("Copyright").strip()
    head = f"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: {notice}\nLicense: MIT\n"
    write(folder / "copyright", head + "".join(f" {line}\n" for line in lines))
    when = format_datetime(datetime.fromtimestamp(WHEN, UTC))
    entry = f"{NAME} ({VERSION}) stable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- {MAINTAINER}  {when}\n"
    write(folder / "changelog.gz", zipped(entry))
    for name in ("CHANGELOG.md", "LICENSES-OF-LIBRARIES.txt"):
        write(folder / f"{name}.gz", zipped(documents[name]))
    for name in ("README.md", "sbom.cdx.json"):
        write(folder / name, documents[name])


def _control(platform: Platform, size: int) -> str:
    # The program is static where a release is built; here it is linked against this machine's C library.
    depends = "" if platform.static else "Depends: libc6, libgcc-s1\n"
    homepage = f"Homepage: {REPOSITORY}\n"
    return (
        f"Package: {NAME}\nVersion: {VERSION}\nArchitecture: {platform.deb}\nMaintainer: {MAINTAINER}\n"
        f"Installed-Size: {size}\n{depends}Section: devel\nPriority: optional\n{homepage}"
        f"Description: {PACKAGES['summary']}\n {CARGO['description']}.\n"
    )


def _times(tree: Path) -> None:
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (WHEN, WHEN))
        if path.is_dir():
            path.chmod(0o755)
