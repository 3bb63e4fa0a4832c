"""Builds the parts of a release that are named, from programs that are built already."""

import sys

from . import archives, deb, manifests, npm, sbom, sums, wheel
from .about import DIST, platforms

PARTS = {
    "archives": archives.build,
    "deb": deb.build,
    "wheel": wheel.build,
    "npm": npm.build,
    "sbom": sbom.build,
    "manifests": manifests.build,
    "sums": sums.build,
}

match sys.argv[1:]:
    case ["targets"]:
        print("\n".join(platform.target for platform in platforms()))
    case ["names"]:
        print("\n".join(platform.archive for platform in platforms()))
    case parts if parts and all(part in PARTS for part in parts):
        DIST.mkdir(parents=True, exist_ok=True)
        for part in parts:
            PARTS[part]()
    case _:
        sys.exit(f"usage: python3 -m packages targets | names | {' | '.join(PARTS)}")
