"""Starts the program that was installed with this package, with the arguments given."""

import os
import subprocess
import sys
from importlib.metadata import files


def program():
    """The path of the program: pip notes where it put it."""
    for file in files("mendpoint") or []:
        if file.name in ("mendpoint", "mendpoint.exe"):
            return os.path.realpath(str(file.locate()))
    sys.exit("error: the program mendpoint was not installed with its Python package; install it again")


def main():
    command = [program(), *sys.argv[1:]]
    if os.name == "nt":
        # There a replaced process would leave the prompt before the program ends.
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


main()
