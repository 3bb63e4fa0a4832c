"""Packs the built programs as archives, Debian packages, wheels, npm packages and manifests.

`python3 -m packages PART`, called by packaging/build.sh; nothing but the standard library is needed.
"""
