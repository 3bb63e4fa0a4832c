"""What lies beside the program: manual pages, completions, licences."""

import re
from functools import cache

from . import sbom
from .about import NAME, ROOT, say

SHELLS = ["bash", "zsh", "fish", "powershell", "elvish", "nushell"]
TEXTS = ["README.md", "CHANGELOG.md", "LICENSE-MIT"]


@cache
def manual_pages() -> dict[str, str]:
    """Every page under its file name. The first page lists the commands, each of which has one."""
    first = say("man")
    names = re.findall(rf"^{NAME}\\-(\S+)\(1\)", first, re.MULTILINE)
    commands = [name.replace("\\-", "-") for name in names if name != "help"]
    pages = {f"{NAME}-{command}.1": say("man", command) for command in commands}
    return {f"{NAME}.1": first} | pages


@cache
def completions() -> dict[str, str]:
    """The completion script of every shell."""
    return {shell: say("completions", shell) for shell in SHELLS}


@cache
def documents() -> dict[str, str]:
    """README, changelog and licences, the ones of the libraries in the program among them."""
    own = {name: (ROOT / name).read_text() for name in TEXTS}
    return own | {"LICENSES-OF-LIBRARIES.txt": sbom.licences(), "sbom.cdx.json": sbom.text()}
