"""Checks the form of the manifests in DIST, and that they name the archives beside them: python3 manifests.py DIST

The rules are those that winget, scoop, Homebrew and cargo-binstall publish for their manifests, as far as ours use them.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DIST = Path(sys.argv[1])
CARGO = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
ARCHIVES = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DIST.iterdir() if path.is_file()}

TEXT = {
    "PackageIdentifier": r"[^.\s\\/:*?\"<>|]{1,32}(\.[^.\s\\/:*?\"<>|]{1,32}){1,7}",
    "PackageVersion": r"[^\\/:*?\"<>|]{1,128}",
    "DefaultLocale": r"[a-zA-Z]{2,3}(-[a-zA-Z]{1,8})*",
    "PackageLocale": r"[a-zA-Z]{2,3}(-[a-zA-Z]{1,8})*",
    "Publisher": r".{2,256}",
    "PackageName": r".{2,256}",
    "License": r".{3,512}",
    "ShortDescription": r".{3,256}",
    "ManifestVersion": r"\d+\.\d+\.\d+",
    "InstallerUrl": r"https://.{1,2040}",
    "InstallerSha256": r"[A-Fa-f0-9]{64}",
    "Architecture": r"x86|x64|arm|arm64|neutral",
}
NEEDED = {
    "version": ["DefaultLocale"],
    "defaultLocale": ["PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"],
    "installer": ["Installers"],
}
SCOOP = {"version", "description", "homepage", "license", "architecture", "bin", "checkver", "autoupdate"}

troubles: list[str] = []


def expect(good: bool, what: str) -> None:
    if not good:
        troubles.append(what)


def names_archive(url: str, checksum: str, where: str) -> None:
    """The address ends in an archive of this release, and the checksum is its."""
    name = url.rsplit("/", 1)[-1]
    expect(f"/releases/download/v{CARGO['version']}/{name}" in url, f"{where}: {url} is no address of this release")
    expect(ARCHIVES.get(name) == checksum.lower(), f"{where}: {name} is not there or has another checksum")


def winget() -> None:
    files = sorted((DIST / "manifests/winget").glob("*.yaml"))
    manifests = [yaml.safe_load(path.read_text()) for path in files]
    expect(sorted(one["ManifestType"] for one in manifests) == sorted(NEEDED), "winget: not one manifest of each type")
    expect(len({(one["PackageIdentifier"], one["PackageVersion"]) for one in manifests}) == 1, "winget: other packages")
    for path, manifest in zip(files, manifests, strict=True):
        expect(path.name.startswith(manifest["PackageIdentifier"] + "."), f"{path.name}: named otherwise than its package")
        for name in [*NEEDED[manifest["ManifestType"]], "PackageIdentifier", "PackageVersion", "ManifestVersion"]:
            expect(name in manifest, f"{path.name}: lacks {name}")
        for one in [manifest, *manifest.get("Installers", [])]:
            for name, value in one.items():
                if name in TEXT:
                    fits = isinstance(value, str) and re.fullmatch(TEXT[name], value)
                    expect(bool(fits), f"{path.name}: {name} is {value!r}")
        tags = manifest.get("Tags", [])
        expect(len(tags) <= 16 and all(len(tag) <= 40 for tag in tags), f"{path.name}: tags")
        for one in manifest.get("Installers", []):
            names_archive(one["InstallerUrl"], one["InstallerSha256"], path.name)
            inside = one["NestedInstallerFiles"][0]["RelativeFilePath"]
            expect(not inside.startswith(("\\", "/")) and inside.endswith("\\mendpoint.exe"), f"{path.name}: {inside}")


def scoop() -> None:
    manifest = json.loads((DIST / "manifests/scoop/mendpoint.json").read_text())
    expect(set(manifest) <= SCOOP and {"version", "homepage", "license"} <= set(manifest), "scoop: other members")
    expect(manifest["version"] == CARGO["version"], "scoop: another version")
    expect(set(manifest["architecture"]) <= {"32bit", "64bit", "arm64"}, "scoop: architectures")
    for name, one in manifest["architecture"].items():
        names_archive(one["url"], one["hash"], "scoop")
        newer = manifest["autoupdate"]["architecture"][name]["url"].replace("$version", manifest["version"])
        expect(newer == one["url"], f"scoop: {name} will be looked for elsewhere")


def homebrew() -> None:
    path = DIST / "manifests/homebrew/mendpoint.rb"
    text = path.read_text()
    ended = subprocess.run(["ruby", "-wc", path], capture_output=True, text=True)
    expect(ended.returncode == 0 and not ended.stderr, f"homebrew: {ended.stderr}")
    pairs = re.findall(r'url "([^"]+)"\n\s+sha256 "([0-9a-f]{64})"', text)
    expect(len(pairs) == 4, "homebrew: not four archives")
    for url, checksum in pairs:
        names_archive(url, checksum, "homebrew")
    description = re.search(r'desc "([^"]+)"', text)[1]
    expect(len(description) <= 80 and not re.match(r"(?i)an? |the |mendpoint", description) and description[-1] != ".", "homebrew: desc")


def filled(template: str, words: dict[str, str]) -> str:
    return re.sub(r"\{ ([a-z-]+) \}", lambda word: words[word[1]], template)


def binstall() -> None:
    about = CARGO["metadata"]["binstall"]
    for platform in CARGO["metadata"]["packages"]["platforms"]:
        # On Windows people have the other toolchain, whose name the table of overrides leads to ours.
        target = re.sub(r"-gnu(llvm)?$", "-msvc", platform["target"]) if "windows" in platform["target"] else platform["target"]
        template = about | about["overrides"].get(target, {})
        words = {"repo": "", "name": CARGO["name"], "version": CARGO["version"], "target": target, "bin": CARGO["name"], "binary-ext": ""}
        url, inside = (filled(template[key], words) for key in ("pkg-url", "bin-dir"))
        name = url.rsplit("/", 1)[-1]
        expect(name in ARCHIVES, f"binstall: {name} is not there")
        expect(name.startswith(inside.split("/")[0] + "."), f"binstall: {inside} is not in {name}")


for check in (winget, scoop, homebrew, binstall):
    check()
print("\n".join(f"FAILED {trouble}" for trouble in troubles) or "winget, scoop, homebrew and binstall: well formed")
sys.exit(1 if troubles else 0)
