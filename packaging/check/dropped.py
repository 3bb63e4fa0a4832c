"""Drops a trace onto the program of Windows, as its Explorer does: python3 dropped.py PROGRAM

The program then has a console of its own. It has to write the report beside the trace, open it, and keep the window
until Enter is pressed.
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
program = sys.argv[1]


def expect(good: bool, what: str, detail: str = "") -> None:
    if not good:
        sys.exit(f"FAILED dropped file: {what}\n{detail[-600:]}")


def page(path: Path) -> str:
    """What a page says, without the names of the trace's folder."""
    return re.sub(r"[\w:.\\/ -]*a trace\.har", "a trace.har", path.read_text())


with tempfile.TemporaryDirectory() as folder:
    trace = Path(folder) / "a trace.har"
    shutil.copy(ROOT / "samples/recorded/chromium-accesstoken-null.har", trace)
    report = Path(folder) / "a trace.har.report.html"
    opened = Path(folder) / "opened"
    windows_path = "Z:" + str(trace).replace("/", "\\")
    console, inner = pty.openpty()
    # wine tells which programs are started.
    with opened.open("w") as log:
        started = subprocess.Popen(
            ["wine", program, windows_path],
            stdin=inner,
            stdout=inner,
            stderr=log,
            env=os.environ | {"WINEDEBUG": "-all,+process"},
            start_new_session=True,
        )
    os.close(inner)
    said = ""
    until = time.monotonic() + SECONDS
    while "Press Enter" not in re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", said) and time.monotonic() < until:
        if select.select([console], [], [], 1)[0]:
            said += os.read(console, 65536).decode(errors="replace")
    words = re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", said)
    expect("Press Enter" in words, "it does not keep the window", words)
    time.sleep(1)
    expect(started.poll() is None, "it ended before Enter was pressed", words)
    expect(report.exists(), "there is no report beside the trace", words)
    starts = opened.read_text()
    expect("explorer" in starts and report.name in starts, "it opens no page", starts)
    # Its commands are quoted for Windows, so that no other system's page is equal.
    made = Path(folder) / "asked.html"
    asked = ["wine", program, "--format", "html", "-o", made.name, trace.name]
    subprocess.run(asked, cwd=folder, check=False, capture_output=True)
    expect(page(made) == page(report), "the page is another one than that which a command writes")
    os.write(console, b"\r")
    expect(started.wait(SECONDS) == 0, "it ended with a failure", words)
print("1 passed, 0 failed")
