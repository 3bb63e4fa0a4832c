#!/usr/bin/env python3
"""Records the logs of samples/recorded: real tools that save a connection at the stand-in server.

    python3 -m venv .venv && .venv/bin/pip install -r tests/recorder/requirements.txt azure-devops azure-cli
    .venv/bin/python tests/recorder/logs.py [NAME...]

Needs openssl, cargo and curl. Each tool sends the same body: the connection as it was read, with the empty member.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import urllib.request

import front
import record

HERE = pathlib.Path(__file__).resolve().parent
URL = f"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{record.AUTOMATIC}?api-version=7.1"


def body_of(upstream):
    """The connection as the service answers it, with its description changed: what an edit sends back."""
    request = urllib.request.Request(
        upstream + f"/contoso/WebShop/_apis/serviceendpoint/endpoints/{record.AUTOMATIC}?api-version=7.1",
        headers={"Authorization": "Basic OmludmVudGVk"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        endpoint = json.load(answer)
    return json.dumps(endpoint | {"description": "Deployments of the web shop, north"})


def curl(*options):
    def run(port, folder, body):
        (folder / "body.json").write_text(body)
        command = ["curl", "--silent", "--show-error", *options, "--connect-to", f"dev.azure.com:443:127.0.0.1:{port}",
                   "--cacert", folder / "certificate.pem", "-X", "PUT", "-H", "Content-Type: application/json",
                   "-u", ":invented", "--data-binary", "@" + str(folder / "body.json"), URL]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
        return done.stdout
    return run


def python(script):
    """Runs a script of this folder with dev.azure.com mapped to the front."""
    def run(port, folder, body):
        variables = {**os.environ, "FRONT_PORT": str(port), "REQUESTS_CA_BUNDLE": str(folder / "certificate.pem"),
                     "BODY": body, "URL": URL, "PYTHONPATH": str(HERE / "mapped"), "AZURE_CONFIG_DIR": str(folder),
                     "AZURE_CORE_COLLECT_TELEMETRY": "no"}
        done = subprocess.run([sys.executable, HERE / script], env=variables, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.stdout
    return run


RECORDINGS = {
    "curl-verbose": curl("--verbose"),
    "curl-trace-ascii": curl("--trace-ascii", "-"),
    "curl-trace": curl("--trace", "-", "--trace-time"),
    "python-azure-devops-debug": python("with_azure_devops.py"),
    "python-http-client": python("with_requests.py"),
    "az-rest-debug": python("with_az_rest.py"),
}


def without_machine(text, folder, port):
    """What names the machine is no part of a recording."""
    for private, public in ((str(folder), "/tmp"), (str(pathlib.Path.home()), "/home/user"), (sys.prefix, "/opt/python"),
                            (str(HERE), "/home/user"), (str(port), "443"), (socket.gethostname(), "machine")):
        text = text.replace(private, public)
    return text


def record_one(name):
    with tempfile.TemporaryDirectory(prefix="record-") as folder, record.stand_in() as upstream:
        folder = pathlib.Path(folder)
        server = front.start(upstream, folder)
        with contextlib.closing(server.socket):
            text = RECORDINGS[name](server.server_port, folder, body_of(upstream))
            server.shutdown()
        text = without_machine(text, folder, server.server_port)
    (record.RECORDED / f"{name}.log").write_text(text, encoding="utf-8", newline="")
    print(f"{name}.log: {len(text)} characters")


def main():
    for name in sys.argv[1:] or list(RECORDINGS):
        record_one(name)


if __name__ == "__main__":
    main()
