"""Has Python find dev.azure.com at the front, whatever library asks."""

import os
import socket

_find, _connect = socket.getaddrinfo, socket.socket.connect


def find(host, port, *more, **named):
    return _find("127.0.0.1" if host == "dev.azure.com" else host, port, *more, **named)


def connect(self, address):
    if isinstance(address, tuple) and address[:2] == ("127.0.0.1", 443):
        address = ("127.0.0.1", int(os.environ["FRONT_PORT"]))
    return _connect(self, address)


socket.getaddrinfo, socket.socket.connect = find, connect
