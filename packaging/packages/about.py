"""What is packed: the description in Cargo.toml, and where the built parts lie."""

import gzip
import hashlib
import os
import platform as machine
import subprocess
import sysconfig
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CARGO = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
PACKAGES = CARGO["metadata"]["packages"]
NAME: str = CARGO["name"]
VERSION: str = CARGO["version"]
MAINTAINER = f"{PACKAGES['publisher']} <maintainers@users.noreply.invalid>"

HERE = os.environ.get("MENDPOINT_HERE") == "1"
"""Whether only this machine's own program is packed, from the ordinary release build."""

DIST = ROOT / os.environ.get("MENDPOINT_DIST", "dist")
STAGE = ROOT / "target" / "packages" / "stage"

WHEN = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
"""The time of every packed file, so that the same source gives the same packages."""

REPOSITORY: str = os.environ.get("MENDPOINT_REPOSITORY") or CARGO.get("repository") or "https://example.invalid/mendpoint"
"""Where releases are published. Until Cargo.toml names a `repository`, an address that nobody can own."""


@dataclass(frozen=True)
class Platform:
    """One line of the table in Cargo.toml."""

    name: str
    target: str
    wheel: str
    npm: list[str]
    deb: str | None = None

    @property
    def windows(self) -> bool:
        return "windows" in self.target

    @property
    def static(self) -> bool:
        """Whether the program needs no library of the system."""
        return "musl" in self.target

    @property
    def file(self) -> str:
        return NAME + (".exe" if self.windows else "")

    @property
    def program(self) -> Path:
        """The built program."""
        folder = ROOT / "target" / "release" if HERE else ROOT / "target" / "packages" / self.target / "release"
        return folder / self.file

    @property
    def archive(self) -> str:
        return f"{NAME}-{VERSION}-{self.target}.{'zip' if self.windows else 'tar.gz'}"

    @property
    def url(self) -> str:
        return f"{REPOSITORY}/releases/download/v{VERSION}/{self.archive}"


def platforms() -> list[Platform]:
    """Every platform of a release, or only this machine's."""
    every = [Platform(**line) for line in PACKAGES["platforms"]]
    if not HERE:
        return every
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    host = next(line.removeprefix("host: ") for line in told.splitlines() if line.startswith("host: "))
    tag = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return [replace(one, target=host, wheel=tag) for one in every if one.npm == this_machine()]


def built() -> list[Platform]:
    """Those whose program is there."""
    return [one for one in platforms() if one.program.exists()]


def this_machine() -> list[str]:
    """This machine in npm's words."""
    system = {"Linux": "linux", "Windows": "win32", "Darwin": "darwin"}
    cpu = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}
    return [system.get(machine.system(), ""), cpu.get(machine.machine(), "")]


def say(*arguments: str) -> str:
    """What the program of this machine prints: all of them print the same completions and manual pages."""
    program = next((one.program for one in built() if one.npm == this_machine()), None)
    if program is None:
        raise SystemExit("error: the program for this machine is not built; packaging/build.sh programs")
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def locked() -> dict[tuple[str, str], str]:
    """The checksum of every library in Cargo.lock, by name and version."""
    every = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    return {(one["name"], one["version"]): one["checksum"] for one in every if "checksum" in one}


def write(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Writes one file of a package, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


def zipped(content: str | bytes) -> bytes:
    """Compressed with gzip, without a time in it."""
    return gzip.compress(content.encode() if isinstance(content, str) else content, 9, mtime=0)


def done(path: Path) -> None:
    """Tells of a written package."""
    print(f"{path.name}: {path.stat().st_size} bytes")
