"""The archive of each platform: the program, its manual pages and completions, licences, README."""

import io
import tarfile
import zipfile
from datetime import UTC, datetime

from . import extras
from .about import DIST, NAME, VERSION, WHEN, Platform, built, done, zipped


def build() -> None:
    for platform in built():
        files = _files(platform)
        path = DIST / platform.archive
        path.write_bytes(_zip(files) if platform.windows else _tar(files))
        done(path)


def _files(platform: Platform) -> dict[str, tuple[bytes, int]]:
    """Content and mode of every file, under its path in the archive."""
    texts = dict(extras.documents())
    texts |= {f"completions/{NAME}.{shell}": script for shell, script in extras.completions().items()}
    if not platform.windows:
        texts |= {f"man/{name}": page for name, page in extras.manual_pages().items()}
    files = {name: (content.encode(), 0o644) for name, content in texts.items()}
    files[platform.file] = (platform.program.read_bytes(), 0o755)
    folder = f"{NAME}-{VERSION}-{platform.target}"
    return {f"{folder}/{name}": files[name] for name in sorted(files)}


def _tar(files: dict[str, tuple[bytes, int]]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, (content, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), mode, WHEN
            archive.addfile(entry, io.BytesIO(content))
    return zipped(out.getvalue())


def _zip(files: dict[str, tuple[bytes, int]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (content, mode) in files.items():
            archive.writestr(zip_entry(name, mode), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def zip_entry(name: str, mode: int) -> zipfile.ZipInfo:
    """An entry with the mode and time that every machine gives it; zip knows no time before 1980."""
    when = datetime.fromtimestamp(max(WHEN, 315_619_200), UTC)
    entry = zipfile.ZipInfo(name, when.timetuple()[:6])
    entry.create_system = 3
    entry.external_attr = (0o100000 | mode) << 16
    return entry
