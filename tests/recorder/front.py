"""The TLS front: serves the imitated dialog as dev.azure.com and hands API calls to the stand-in."""

import http.client
import http.server
import json
import pathlib
import ssl
import subprocess
import threading
from urllib.parse import urlsplit

PAGE = pathlib.Path(__file__).with_name("page.html")
# What a signed-in browser carries; the stand-in only looks whether there is any.
COOKIE = "UserAuthentication=invented-session-cookie; path=/; secure; HttpOnly"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = ""

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        if "/_apis/" in path:
            self._forward(body)
        elif path.endswith("/_settings/adminservices"):
            self._send(200, "text/html; charset=utf-8", PAGE.read_bytes(), {"Set-Cookie": COOKIE})
        else:
            self._send(404, "text/plain", b"", {})

    def do_OPTIONS(self):
        """Where the resource is: what the SDK asks before it sends anything."""
        place = {"id": "14e48fdc-2c8b-41ce-a0c3-e26f6cc55bd0", "area": "serviceendpoint", "resourceName": "endpoints",
                 "routeTemplate": "_apis/{area}/{resource}/{endpointId}", "resourceVersion": 4,
                 "minVersion": "5.0", "maxVersion": "7.2", "releasedVersion": "7.1"}
        self._send(200, "application/json", json.dumps({"count": 1, "value": [place]}).encode(), {})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _forward(self, body):
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=10)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        self._send(answer.status, answer.getheader("Content-Type"), answer.read(), {})
        connection.close()

    def _send(self, status, content_type, body, more):
        self.send_response_only(status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache, no-store, must-revalidate")
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """The recording is the log."""


def _certificate(folder):
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=dev.azure.com",
         "-addext", "subjectAltName=DNS:dev.azure.com", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key


def start(upstream, folder):
    """Serves in the background; gives the server, whose port is `server_port`."""
    handler = type("Handler", (_Handler,), {"upstream": upstream})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*_certificate(folder))
    # A handshake must not hold up the thread that accepts.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
