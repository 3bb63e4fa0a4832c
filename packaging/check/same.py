"""Holds a program against the one built from source: the same judgements, corrections and exit statuses.

    python3 same.py [--windows] [--near FOLDER] [--on-path FOLDER] [--trace TRACE ...] REFERENCE PROGRAM [ARGUMENT ...]

Runs every command of tests/cli, and reports, calls and corrections of every sample and of each TRACE. A program of
Windows may print another separator of paths, and other words where a message comes from Windows.
"""

import argparse
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def transcripts() -> list[list[str]]:
    """The commands of the transcripts, without `mendpoint`."""
    texts = [path.read_text() for path in sorted((ROOT / "tests/cli").glob("*.trycmd"))]
    lines = [line for text in texts for line in re.findall(r"^\$ mendpoint (.*)$", text, re.MULTILINE)]
    return [shlex.split(line) for line in lines]


def of_traces(traces: list[str]) -> list[list[str]]:
    each = [["check", "--format", "json"], ["patch"], ["calls", "--format", "json"], ["check", "--format", "sarif"]]
    samples = sorted(path for folder in ("recorded", "inputs") for path in (ROOT / "samples" / folder).iterdir())
    names = [str(path.relative_to(ROOT)) for path in samples if path.is_file() and path.suffix != ".md"]
    folder = [["check", "--format", "json", "samples/recorded"]]
    return folder + [[*command, name] for name in names + traces for command in each]


def run(program: list[str], arguments: list[str], near: Path, folder: str) -> tuple[int, bytes, bytes]:
    """Exit status, output and errors; `folder` is on the path, so that suggestions begin with `mendpoint`."""
    env = {name: os.environ[name] for name in ("HOME", "WINEPREFIX", "WINEDEBUG", "WINEDLLOVERRIDES") if name in os.environ}
    env |= {"PATH": f"{folder}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "100", "MENDPOINT_CONFIG_DIR": "no-such-folder"}
    env |= {"MENDPOINT_DATA_DIR": "no-such-folder", "MENDPOINT_PASSWORD": ""}
    # Files and no pipes, which a service that wine starts beside the program would hold open.
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        ended = subprocess.run([*program, *arguments], cwd=near, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=told)
        said.seek(0)
        told.seek(0)
        return ended.returncode, said.read(), told.read()


def slashes(value: object) -> object:
    """JSON with one separator of paths; in a suggested command a path with the other one stands in quotes."""
    if isinstance(value, str):
        return re.sub(r"'([\w.\\-]+)'", r"\1", value).replace("\\", "/")
    if isinstance(value, list):
        return [slashes(inner) for inner in value]
    if isinstance(value, dict):
        return {name: slashes(inner) for name, inner in value.items()}
    return value


def mixed(text: str) -> list[str]:
    """Paths with both separators."""
    return [word for word in re.findall(r"samples[\w.\\/ -]*", text) if "/" in word and "\\" in word]


def differ_on_windows(arguments: list[str], ours: tuple[int, bytes, bytes], theirs: tuple[int, bytes, bytes]) -> str | None:
    if ours[0] != theirs[0]:
        return f"exit status {theirs[0]} instead of {ours[0]}"
    if bool(ours[1]) != bool(theirs[1]):
        return "other output"
    if "json" in arguments and ours[1]:
        ours_said, theirs_said = (slashes(json.loads(said)) for said in (ours[1], theirs[1]))
        if ours_said != theirs_said:
            return "other JSON"
    if arguments[0] == "patch" and "--request" not in arguments and ours[1] != theirs[1]:
        return "other bytes"
    if found := mixed((theirs[1] + theirs[2]).decode().replace("\\\\", "\\")):
        return f"mixed separators: {found[0]}"
    return None


def differ(arguments: list[str], ours: tuple[int, bytes, bytes], theirs: tuple[int, bytes, bytes]) -> str | None:
    names = ("exit status", "output", "errors")
    return next((f"other {name}" for name, mine, its in zip(names, ours, theirs, strict=True) if mine != its), None)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--windows", action="store_true")
    parser.add_argument("--near", type=Path, default=ROOT, help="the working directory of PROGRAM")
    parser.add_argument("--on-path", default="", help="where PROGRAM finds itself under its bare name")
    parser.add_argument("--trace", action="append", default=[])
    parser.add_argument("reference", type=Path)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    reference = given.reference.resolve()
    compare = differ_on_windows if given.windows else differ
    commands = transcripts() + of_traces(given.trace)
    failed = 0
    for arguments in commands:
        ours = run([str(reference)], arguments, ROOT, str(reference.parent))
        theirs = run(given.program, arguments, given.near, given.on_path)
        if wrong := compare(arguments, ours, theirs):
            failed += 1
            print(f"FAILED mendpoint {shlex.join(arguments)}: {wrong}\n{theirs[2].decode(errors='replace')[:300]}")
    print(f"{len(commands) - failed} passed, {failed} failed")
    sys.exit(min(failed, 1))


main()
