"""mitmproxy addon: dev.azure.com is answered by the front, while the recording keeps its name."""

import os


def server_connect(data):
    host, _ = data.server.address
    if host == "dev.azure.com":
        data.server.address = ("127.0.0.1", int(os.environ["FRONT_PORT"]))
