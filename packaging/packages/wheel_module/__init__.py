"""mendpoint as a Python package: `python -m mendpoint` starts the program that it brings."""
