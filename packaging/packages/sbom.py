"""The bill of materials (CycloneDX 1.6) and the licences of all libraries, from cargo's metadata."""

import json
import subprocess
import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from .about import DIST, NAME, ROOT, VERSION, WHEN, done, locked, write

LICENCE_FILES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE")


@cache
def _metadata() -> dict:
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)


@cache
def _graph() -> dict[str, list[str]]:
    """What the program holds, on any platform: each package with those it uses, tests and build tools left out."""
    nodes = {node["id"]: node for node in _metadata()["resolve"]["nodes"]}
    graph: dict[str, list[str]] = {}
    waiting = [_metadata()["resolve"]["root"]]
    while waiting:
        package = waiting.pop()
        if package in graph:
            continue
        used = nodes[package]["deps"]
        graph[package] = sorted(one["pkg"] for one in used if any(kind["kind"] is None for kind in one["dep_kinds"]))
        waiting.extend(graph[package])
    return graph


@cache
def _packages() -> dict[str, dict]:
    return {package["id"]: package for package in _metadata()["packages"] if package["id"] in _graph()}


_locked = cache(locked)


def _purl(package: dict) -> str:
    return f"pkg:cargo/{package['name']}@{package['version']}"


def _component(package: dict) -> dict:
    is_program = package["name"] == NAME
    component = {
        "type": "application" if is_program else "library",
        "bom-ref": _purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": _purl(package),
    }
    if package["description"]:
        component["description"] = " ".join(package["description"].split())
    if package["license"]:
        # Cargo once allowed `MIT/Apache-2.0`.
        component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    checksum = _locked().get((package["name"], package["version"]))
    if checksum:
        component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        component["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return component


@cache
def text() -> str:
    """The bill as JSON; the same lock file and time give the same text."""
    order = sorted(_packages().values(), key=lambda package: (package["name"], package["version"]))
    libraries = [package for package in order if package["name"] != NAME]
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{NAME} {VERSION} {WHEN}')}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(WHEN, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": next(_component(package) for package in order if package["name"] == NAME),
        },
        "components": [_component(package) for package in libraries],
        "dependencies": [
            {"ref": _purl(package), "dependsOn": [_purl(_packages()[used]) for used in _graph()[package["id"]]]}
            for package in order
        ],
    }
    return json.dumps(bill, indent=2) + "\n"


@cache
def licences() -> str:
    """The licence texts of all libraries, equal ones once."""
    users: dict[str, list[str]] = {}
    for package in sorted(_packages().values(), key=lambda package: (package["name"], package["version"])):
        if package["name"] == NAME:
            continue
        title = f"{package['name']} {package['version']} ({package['license']})"
        folder = Path(package["manifest_path"]).parent
        files = sorted(path for path in folder.iterdir() if path.is_file() and path.name.upper().startswith(LICENCE_FILES))
        for content in [path.read_text(errors="replace").strip() for path in files] or ["(brings no licence text of its own)"]:
            users.setdefault(content, []).append(title)
    return "\n\n".join("\n".join(names) + "\n\n" + content for content, names in users.items()) + "\n"


def build() -> None:
    path = DIST / f"{NAME}-{VERSION}-sbom.cdx.json"
    write(path, text())
    done(path)
