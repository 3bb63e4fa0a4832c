"""Manifests for winget, scoop and Homebrew, from the description in Cargo.toml and the archives' checksums."""

import json

from .about import CARGO, DIST, NAME, PACKAGES, REPOSITORY, VERSION, Platform, platforms, sha256, write

WINGET = "1.10.0"
PUBLISHER = "Mendpoint"


def build() -> None:
    """Writes a manifest for each manager whose platforms all have their archive."""
    every = {one.name: one for one in platforms() if (DIST / one.archive).exists()}
    windows = {name: one for name, one in every.items() if one.windows}
    others = {name: one for name, one in every.items() if not one.windows}
    folder = DIST / "manifests"
    if windows:
        write(folder / f"scoop/{NAME}.json", _scoop(windows))
        for name, content in _winget(windows).items():
            write(folder / "winget" / name, content)
    if len(others) == 4:
        write(folder / f"homebrew/{NAME}.rb", _homebrew(others))
    for path in sorted(folder.rglob("*.*")):
        print(f"manifests/{path.relative_to(folder)}: {path.stat().st_size} bytes")


def _sum(platform: Platform) -> str:
    return sha256(DIST / platform.archive)


def _inside(platform: Platform) -> str:
    """The folder in an archive."""
    return f"{NAME}-{VERSION}-{platform.target}"


def _scoop(windows: dict[str, Platform]) -> str:
    words = {"windows-x64": "64bit", "windows-arm64": "arm64"}
    each = {words[name]: {"url": one.url, "hash": _sum(one), "extract_dir": _inside(one)} for name, one in windows.items()}
    newer = {
        words[name]: {"url": one.url.replace(VERSION, "$version"), "extract_dir": _inside(one).replace(VERSION, "$version")}
        for name, one in windows.items()
    }
    manifest = {
        "version": VERSION,
        "description": CARGO["description"],
        "homepage": REPOSITORY,
        "license": CARGO["license"],
        "architecture": each,
        "bin": f"{NAME}.exe",
        "checkver": {"github": REPOSITORY},
        "autoupdate": {"architecture": newer, "hash": {"url": "$baseurl/SHA256SUMS"}},
    }
    return json.dumps(manifest, indent=4) + "\n"


def _winget(windows: dict[str, Platform]) -> dict[str, str]:
    package = f"{PUBLISHER}.{PUBLISHER}"
    common = {"PackageIdentifier": package, "PackageVersion": VERSION}
    installers = [
        {
            "Architecture": name.removeprefix("windows-"),
            "NestedInstallerFiles": [{"RelativeFilePath": f"{_inside(one)}\\{NAME}.exe", "PortableCommandAlias": NAME}],
            "InstallerUrl": one.url,
            "InstallerSha256": _sum(one).upper(),
        }
        for name, one in windows.items()
    ]
    locale = {
        "PackageLocale": "en-US",
        "Publisher": PACKAGES["publisher"],
        "PackageName": NAME,
        "PackageUrl": REPOSITORY,
        "License": CARGO["license"],
        "ShortDescription": CARGO["description"],
        "Moniker": NAME,
        "Tags": CARGO["keywords"],
    }
    zipped = {"InstallerType": "zip", "NestedInstallerType": "portable", "Commands": [NAME], "Installers": installers}
    return {
        f"{package}.yaml": _yaml("version", common | {"DefaultLocale": "en-US"}),
        f"{package}.installer.yaml": _yaml("installer", common | zipped),
        f"{package}.locale.en-US.yaml": _yaml("defaultLocale", common | locale),
    }


def _yaml(kind: str, manifest: dict) -> str:
    schema = f"# yaml-language-server: $schema=https://aka.ms/winget-manifest.{kind}.{WINGET}.schema.json\n\n"
    return schema + "\n".join(_lines(manifest | {"ManifestType": kind, "ManifestVersion": WINGET})) + "\n"


def _lines(value: dict | list) -> list[str]:
    """YAML of nested mappings, lists and strings."""
    lines = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        head = f"{key}:" if isinstance(value, dict) else "-"
        if isinstance(inner, str):
            # A string of JSON is one of YAML.
            lines.append(f"{head} {json.dumps(inner)}")
        elif head == "-":
            first, *rest = _lines(inner)
            lines += [f"- {first}", *(f"  {line}" for line in rest)]
        else:
            lines += [head, *(f"  {line}" for line in _lines(inner))]
    return lines


def _homebrew(others: dict[str, Platform]) -> str:
    def each(system: str) -> str:
        words = {"arm64": "on_arm", "x64": "on_intel"}
        parts = []
        for cpu, word in words.items():
            one = others[f"{system}-{cpu}"]
            parts.append(f'    {word} do\n      url "{one.url}"\n      sha256 "{_sum(one)}"\n    end\n')
        return "".join(parts)

    return f"""\
class {NAME.capitalize()} < Formula
  desc "{PACKAGES['summary']}"
  homepage "{REPOSITORY}"
  version "{VERSION}"
  license "{CARGO['license']}"

  on_macos do
{each('macos')}  end

  on_linux do
{each('linux')}  end

  def install
    bin.install "{NAME}"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/{NAME}.bash" => "{NAME}"
    zsh_completion.install "completions/{NAME}.zsh" => "_{NAME}"
    fish_completion.install "completions/{NAME}.fish"
  end

  test do
    (testpath/"message.txt").write "AADSTS7000222: The provided client secret keys for app are expired."
    assert_match "aadsts7000222-secret-expired", shell_output("#{{bin}}/{NAME} message.txt", 1)
  end
end
"""
