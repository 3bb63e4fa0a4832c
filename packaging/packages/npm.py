"""npm packages: `mendpoint`, which picks the program out of one package a platform."""

import json
import shutil
import subprocess
from pathlib import Path

from . import extras
from .about import CARGO, DIST, NAME, REPOSITORY, STAGE, VERSION, Platform, built, done, write

STARTER = Path(__file__).with_name("npm_start.js")


def build() -> None:
    for platform in built():
        _platform(platform)
    _main()


def _name(platform: Platform) -> str:
    return f"@{NAME}/{platform.name}"


def _common() -> dict:
    return {
        "version": VERSION,
        "license": CARGO["license"],
        "homepage": REPOSITORY,
        "repository": {"type": "git", "url": f"git+{REPOSITORY}.git"},
    }


def _platform(platform: Platform) -> None:
    system, cpu = platform.npm
    about = {"name": _name(platform), "description": f"The program of {NAME} for {system} on {cpu}", **_common()}
    about |= {"os": [system], "cpu": [cpu], "preferUnplugged": True}
    folder = _folder(platform.name, about)
    write(folder / "bin" / platform.file, platform.program.read_bytes(), 0o755)
    documents = extras.documents()
    for name in ("LICENSES-OF-LIBRARIES.txt", "sbom.cdx.json"):
        write(folder / name, documents[name])
    write(folder / "README.md", f"The program of [{NAME}]({REPOSITORY}) for {system} on {cpu}. Install `{NAME}`.\n")
    _pack(folder)


def _main() -> None:
    about = {"name": NAME, "description": CARGO["description"], **_common()}
    about |= {
        "keywords": CARGO["keywords"],
        "bin": {NAME: f"bin/{NAME}.js"},
        "engines": {"node": ">=16"},
        "optionalDependencies": {_name(platform): VERSION for platform in built()},
    }
    folder = _folder("main", about)
    write(folder / "bin" / f"{NAME}.js", STARTER.read_text(), 0o755)
    write(folder / "README.md", extras.documents()["README.md"])
    _pack(folder)


def _folder(name: str, about: dict) -> Path:
    folder = STAGE / f"npm-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    write(folder / "package.json", json.dumps(about, indent=2) + "\n")
    write(folder / "LICENSE-MIT", extras.documents()["LICENSE-MIT"])
    return folder


def _pack(folder: Path) -> None:
    command = ["npm", "pack", "--silent", "--pack-destination", DIST]
    packed = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    done(DIST / packed.split()[-1])
