"""Pastes the cmd.exe form of a request into wine's cmd.exe, with programs in the place of az and curl that write down
what they were called with. Nothing of a file's name may be run, and the body has to arrive byte for byte.

    cmd_form.py MENDPOINT.EXE REFERENCE
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLE = Path("samples/recorded/chromium-accesstoken-null.har")
# Each of them would run the program `owned`, if cmd.exe took it for code.
NAMES = ["a&owned&.har", "a ^& owned & b.har", "it's (owned) ! 100%.har"]

STUB = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>
int main(int argc, char **argv) {
  char path[MAX_PATH];
  GetModuleFileNameA(NULL, path, sizeof path);
  char *name = strrchr(path, '\\') + 1;
  FILE *log = fopen("calls.txt", "ab");
  fprintf(log, "%s", name);
  for (int at = 1; at < argc; at++) fprintf(log, "\t%s", argv[at]);
  fprintf(log, "\n");
  fclose(log);
  if (strncmp(name, "az", 2) == 0) printf("invented-token\r\n");
  return 0;
}
"""


def main() -> None:
    program, reference = (Path(word).resolve() for word in sys.argv[1:])
    root = Path(__file__).resolve().parents[2]
    expected = subprocess.run([reference, "patch", "-q", root / SAMPLE], stdout=subprocess.PIPE, check=True).stdout
    for name in NAMES:
        with tempfile.TemporaryDirectory() as folder:
            calls = pasted(program, Path(folder), root / SAMPLE, name)
            programs = [call[0] for call in calls]
            assert programs == ["az.exe", "curl.exe"], f"{name}: {calls}"
            curl = calls[1]
            assert curl[curl.index("--request") + 1] == "PUT", f"{name}: {curl}"
            assert "Content-Type: application/json" in curl, f"{name}: {curl}"
            assert curl[-1].startswith("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/"), curl
            file = curl[curl.index("--data-binary") + 1]
            assert file.startswith("@") and file.endswith("mendpoint-body.json"), f"{name}: {curl}"
            place = subprocess.run(["wine", "winepath", "--unix", file[1:]], stdout=subprocess.PIPE, check=True, text=True).stdout
            assert Path(place.strip()).read_bytes() == expected, f"{name}: the body that was saved differs"
    print(f"the cmd.exe form was pasted for {len(NAMES)} names of files")


def pasted(program: Path, folder: Path, sample: Path, name: str) -> list[list[str]]:
    """What was started when the form for a file of this name was pasted."""
    (folder / "stub.c").write_text(STUB)
    subprocess.run(["x86_64-w64-mingw32-gcc", "-o", "az.exe", "stub.c"], cwd=folder, check=True)
    for stub in ("curl.exe", "owned.exe"):
        shutil.copy(folder / "az.exe", folder / stub)
    for file in program.parent.glob("*.dll"):
        shutil.copy(file, folder)
    shutil.copy(program, folder / "mendpoint.exe")
    shutil.copy(sample, folder / name)
    form = subprocess.run(
        ["wine", "mendpoint.exe", "patch", "-q", name, "--request", "cmd"], cwd=folder, stdout=subprocess.PIPE, check=True
    ).stdout
    prompt = subprocess.Popen(["wine", "cmd"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = folder / "calls.txt"
    # wine's cmd.exe takes one line of what it can read and throws the rest away: it gets a line, and time.
    for line in form.splitlines():
        time.sleep(3)
        prompt.stdin.write(line + b"\r\n")
        prompt.stdin.flush()
    for _ in range(120):
        time.sleep(0.5)
        if log.exists() and "curl.exe" in log.read_text():
            break
    prompt.stdin.close()
    prompt.wait(30)
    return [line.split("\t") for line in log.read_text().splitlines()]


main()
