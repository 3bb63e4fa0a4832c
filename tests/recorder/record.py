#!/usr/bin/env python3
"""Records the traces of samples/recorded: a real browser, a real proxy, and the stand-in server behind them.

    python3 -m venv .venv && .venv/bin/pip install -r tests/recorder/requirements.txt
    .venv/bin/python tests/recorder/record.py [NAME...]

Needs openssl, cargo and, for what they record, Chromium and Firefox ESR (elsewhere than on Debian: CHROMIUM=path,
FIREFOX=path). Without names all recordings are made anew.
"""

import base64
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

import chromium
import firefox
import front

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORDED = ROOT / "samples" / "recorded"
# The ids of tests/stand_in/contoso.rs.
AUTOMATIC = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33"
MANUAL = "e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8"
FORBID = "4d93e6b1-70a5-4f2c-b8d7-1c5f60a92e44=b95d07e2-3c4f-4a81-8e16-f0d72c69a5b4"
OUTCOME = "document.getElementById('outcome').textContent"
# What a user does who follows the advice: the body of the failed save once more, without the empty member.
SAVE_AGAIN = """
(async () => {
  const body = edited();
  delete body.authorization.parameters.accesstoken;
  await call("PUT", `_apis/serviceendpoint/endpoints/${id}`, body);
})()
"""


def open_dialog(page, endpoint):
    page.navigate(f"https://dev.azure.com/contoso/WebShop/_settings/adminservices?resourceId={endpoint}")
    page.wait("!document.getElementById('edit').disabled")
    page.click("edit")


def press(page, button, expected):
    page.click(button)
    page.wait(f"{OUTCOME}.includes({json.dumps(expected)})")
    # The next call is to start in another millisecond, as a user's would.
    time.sleep(0.3)


def edit_save_verify(page):
    """The steps of Microsoft's article: edit, change the description, save; then verify."""
    open_dialog(page, AUTOMATIC)
    page.type("description", "Deployments of the web shop, north")
    press(page, "save", "cache value is invalid")
    page.evaluate(f"void ({OUTCOME} = '')")
    press(page, "verify", "cache value is invalid")


def verify_forbidden(page):
    open_dialog(page, MANUAL)
    press(page, "verify", "AuthorizationFailed")


def fixed_afterwards(page):
    edit_save_verify(page)
    page.evaluate(SAVE_AGAIN)
    open_dialog(page, AUTOMATIC)
    press(page, "verify", "Verified")


def record_chromium(steps, port, folder):
    rule = f"--host-resolver-rules=MAP dev.azure.com:443 127.0.0.1:{port}"
    browser = chromium.Chromium(program("CHROMIUM", "/usr/bin/chromium"), folder, [rule], devtools=True)
    with contextlib.closing(browser):
        browser.watch()
        steps(browser.page)
        return browser.export_har()


def record_firefox(steps, port, folder):
    with contextlib.closing(firefox.Firefox(program("FIREFOX", "/usr/bin/firefox-esr"), folder, port)) as browser:
        steps(browser)
        return browser.export_har()


def record_mitmproxy(steps, port, folder):
    dump = folder / "dump.har"
    proxy_port = free_port()
    command = [pathlib.Path(sys.executable).with_name("mitmdump"), "--quiet", "--listen-host", "127.0.0.1",
               "--listen-port", str(proxy_port), "--ssl-insecure",
               "--set", f"hardump={dump}", "--set", f"confdir={folder / 'mitmproxy'}",
               "--scripts", pathlib.Path(__file__).with_name("to_front.py")]
    proxy = subprocess.Popen(command, env={**os.environ, "FRONT_PORT": str(port)})
    try:
        wait_for(proxy_port)
        # Only the portal goes through the proxy: the browser's own errands are no part of the recording.
        script = ("function FindProxyForURL(url, host) "
                  f"{{ return host == 'dev.azure.com' ? 'PROXY 127.0.0.1:{proxy_port}' : 'DIRECT'; }}")
        coded = base64.b64encode(script.encode()).decode()
        flag = f"--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,{coded}"
        with contextlib.closing(chromium.Chromium(program("CHROMIUM", "/usr/bin/chromium"), folder, [flag], devtools=False)) as browser:
            steps(browser.page)
    finally:
        # The dump is written when the proxy ends in good order.
        proxy.terminate()
        proxy.wait(timeout=20)
    return dump.read_text(encoding="utf-8")


RECORDINGS = {
    "chromium-accesstoken-null": (record_chromium, edit_save_verify),
    "chromium-verify-forbidden": (record_chromium, verify_forbidden),
    "chromium-fixed-afterwards": (record_chromium, fixed_afterwards),
    "firefox-accesstoken-null": (record_firefox, edit_save_verify),
    "mitmproxy-accesstoken-null": (record_mitmproxy, edit_save_verify),
}


def program(variable, usual):
    return os.environ.get(variable, usual)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(150):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port}")


@contextlib.contextmanager
def stand_in():
    """The stand-in server; it ends when its standard input does."""
    subprocess.run(["cargo", "build", "--quiet", "--example", "stand_in"], cwd=ROOT, check=True)
    command = ["cargo", "run", "--quiet", "--example", "stand_in", "--", "--credentials", "--forbid", FORBID]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


def check(text, folder):
    """A recording must be JSON and must not tell whose machine it was made on."""
    json.loads(text)
    for private in (str(ROOT), str(pathlib.Path.home()), str(folder), socket.gethostname()):
        if private in text:
            raise RuntimeError(f"the recording names {private}")


def record(name):
    writer, steps = RECORDINGS[name]
    with tempfile.TemporaryDirectory(prefix="record-") as folder, stand_in() as upstream:
        folder = pathlib.Path(folder)
        server = front.start(upstream, folder)
        try:
            text = writer(steps, server.server_port, folder)
        finally:
            server.shutdown()
        check(text, folder)
    (RECORDED / f"{name}.har").write_text(text, encoding="utf-8", newline="")
    print(f"{name}.har: {len(json.loads(text)['log']['entries'])} entries, {len(text)} characters")


def main():
    names = sys.argv[1:] or list(RECORDINGS)
    for name in names:
        if name not in RECORDINGS:
            sys.exit(f"no recording {name}; there are: {', '.join(RECORDINGS)}")
    RECORDED.mkdir(parents=True, exist_ok=True)
    for name in names:
        record(name)


if __name__ == "__main__":
    main()
