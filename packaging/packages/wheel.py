"""Wheels for pip, pipx and uv: the program as a script, and `python -m mendpoint`."""

import base64
import hashlib
import io
import zipfile
from pathlib import Path

from . import extras
from .about import CARGO, DIST, NAME, REPOSITORY, VERSION, Platform, built, done
from .archives import zip_entry

MODULE = Path(__file__).with_name("wheel_module")


def build() -> None:
    for platform in built():
        path = DIST / f"{NAME}-{VERSION}-py3-none-{platform.wheel}.whl"
        path.write_bytes(_wheel(platform))
        done(path)


def _wheel(platform: Platform) -> bytes:
    info = f"{NAME}-{VERSION}.dist-info"
    documents = extras.documents()
    files = {f"{NAME}/{path.name}": path.read_bytes() for path in sorted(MODULE.glob("*.py"))}
    files[f"{NAME}-{VERSION}.data/scripts/{platform.file}"] = platform.program.read_bytes()
    files[f"{info}/METADATA"] = _metadata()
    files[f"{info}/WHEEL"] = _about_wheel(platform)
    for name in ("LICENSE-MIT", "LICENSES-OF-LIBRARIES.txt"):
        files[f"{info}/licenses/{name}"] = documents[name].encode()
    files[f"{info}/sboms/{NAME}.cdx.json"] = documents["sbom.cdx.json"].encode()
    record = "".join(f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            mode = 0o755 if "/scripts/" in name else 0o644
            archive.writestr(zip_entry(name, mode), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def _metadata() -> bytes:
    head = [
        ("Metadata-Version", "2.4"),
        ("Name", NAME),
        ("Version", VERSION),
        ("Summary", CARGO["description"]),
        ("License-Expression", CARGO["license"]),
        ("License-File", "LICENSE-MIT"),
        ("License-File", "LICENSES-OF-LIBRARIES.txt"),
        ("Keywords", ",".join(CARGO["keywords"])),
        ("Project-URL", f"Repository, {REPOSITORY}"),
        ("Requires-Python", ">=3.8"),
        ("Description-Content-Type", "text/markdown"),
    ]
    return _headers(head) + extras.documents()["README.md"].encode()


def _about_wheel(platform: Platform) -> bytes:
    # A tag for each name that the C libraries of Linux have for themselves.
    tags = [("Tag", f"py3-none-{one}") for one in platform.wheel.split(".")]
    return _headers([("Wheel-Version", "1.0"), ("Generator", NAME), ("Root-Is-Purelib", "false"), *tags])


def _headers(pairs: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\n" for name, value in pairs).encode() + b"\n"
