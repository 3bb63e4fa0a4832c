"""SHA256SUMS: the checksum of every file of a release."""

from .about import DIST, sha256, write


def build() -> None:
    files = sorted(path for path in DIST.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    write(DIST / "SHA256SUMS", "".join(f"{sha256(path)}  {path.name}\n" for path in files))
    print(f"SHA256SUMS: {len(files)} files")
