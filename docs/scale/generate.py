#!/usr/bin/env python3
"""Makes many traces from the recorded samples: generate.py FOLDER COUNT [DAMAGED-OF-100]

Each trace is of an organization of its own, with ids of its own; the damaged ones are cut, emptied or
overwritten in turn. The same arguments make the same bytes.
"""
import pathlib
import re
import sys
import uuid

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "samples" / "recorded"
GUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# The same in every organization: applications of Microsoft.
WELL_KNOWN = {b"499b84ac-1321-427f-aa17-267ca6975798"}


def trace(sample: bytes, number: int) -> bytes:
    def other(found: re.Match) -> bytes:
        if found[0] in WELL_KNOWN:
            return found[0]
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number} {found[0].decode()}")).encode()

    return GUID.sub(other, sample).replace(b"contoso/", b"contoso%d/" % number)


def damaged(content: bytes, number: int) -> bytes:
    return [b"", content[:40], b"\0\1\2\3" * 64, b"PK\3\4" + content[:200]][number % 4]


def main(folder: str, count: int, of_100: int = 5) -> None:
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.har"))]
    for number in range(count):
        content = trace(samples[number % len(samples)], number)
        if number * of_100 % 100 >= 100 - of_100:
            content = damaged(content, number * of_100 // 100)
        target = pathlib.Path(folder, f"{number // 1000:04}", f"{number:07}.har")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
