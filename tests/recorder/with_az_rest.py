"""Saves the connection with `az rest --debug`."""

import os
import sys

from azure.cli.core import get_default_cli

sys.exit(get_default_cli().invoke([
    "rest", "--debug", "--method", "put", "--skip-authorization-header", "--url", os.environ["URL"],
    "--headers", "Content-Type=application/json", "Authorization=Basic OmludmVudGVk", "--body", os.environ["BODY"]]))
