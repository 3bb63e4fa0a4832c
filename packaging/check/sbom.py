"""Holds a bill of materials against CycloneDX's schema, and against the lock file: python3 sbom.py FILE"""

import json
import sys
import tomllib
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]

text = Path(sys.argv[1]).read_text()
if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
    sys.exit(f"FAILED {error}")

bill = json.loads(text)
locked = {(one["name"], one["version"]) for one in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
listed = {(one["name"], one["version"]) for one in bill["components"]}
if not listed <= locked:
    sys.exit(f"FAILED not in Cargo.lock: {sorted(listed - locked)}")
# What every build of the program links, on any platform and on Windows alone; and what only tests use.
names = {name for name, _ in listed}
if not {"clap", "serde_json", "zip", "windows-sys"} <= names or names & {"trycmd", "proptest"}:
    sys.exit("FAILED the bill does not list what the program holds")
without = [one["name"] for one in bill["components"] if not one.get("licenses")]
if without:
    sys.exit(f"FAILED without a licence: {without}")
known = {bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])}
for one in bill["dependencies"]:
    if not {one["ref"], *one["dependsOn"]} <= known:
        sys.exit(f"FAILED {one['ref']} depends on what is not listed")
print(f"{len(listed)} libraries, each with a licence")
