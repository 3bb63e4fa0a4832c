"""Headless Chromium with its DevTools open, driven through the remote debugging port."""

import contextlib
import json
import subprocess
import time
import urllib.request

from websockets.sync.client import connect

FLAGS = [
    "--headless=new", "--no-sandbox", "--no-first-run", "--remote-debugging-port=0",
    "--ignore-certificate-errors", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-default-apps", "--disable-extensions", "--window-size=1200,900",
]

# What DevTools does for "Export HAR (sanitized)...": its own writer over its own log, into a text.
EXPORT = """
(async () => {
  const HAR = await import('./models/har/har.js');
  const Logs = await import('./models/logs/logs.js');
  const Common = await import('./core/common/common.js');
  const requests = Logs.NetworkLog.NetworkLog.instance().requests()
    .filter(request => /^https?:/.test(request.url()) && request.finished);
  let text = '';
  const stream = { write: async chunk => { text += chunk; } };
  await HAR.Writer.Writer.write(stream, requests, { sanitize: true }, new Common.Progress.Progress());
  return text;
})()
"""
# True once DevTools watches the page, and from then on keeps what it saw over a navigation ("Preserve log").
WATCHING = """
(async () => {
  const Common = await import('./core/common/common.js');
  const SDK = await import('./core/sdk/sdk.js');
  Common.Settings.Settings.instance().moduleSetting('network-log.preserve-log').set(true);
  return SDK.TargetManager.TargetManager.instance().primaryPageTarget() !== null;
})()
"""


class Target:
    """One page, or the DevTools window beside it."""

    def __init__(self, socket):
        self._socket = socket
        self._last = 0

    def send(self, method, **params):
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=30))
            if message.get("id") == self._last:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def navigate(self, url):
        self.send("Page.navigate", url=url)

    def evaluate(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def wait(self, expression):
        """Until the expression is true; a page that never gets there is an error."""
        for _ in range(150):
            # While a page loads there may be no context to ask in.
            with contextlib.suppress(RuntimeError):
                if self.evaluate(expression):
                    return
            time.sleep(0.1)
        raise RuntimeError(f"never true: {expression}")

    def click(self, name):
        """The mouse, as a user moves it: at the middle of an element."""
        place = self.evaluate(f"(r => [r.x + r.width / 2, r.y + r.height / 2])"
                              f"(document.getElementById('{name}').getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def type(self, name, text):
        self.evaluate(f"document.getElementById('{name}').select()")
        self.send("Input.insertText", text=text)


class Chromium:
    """A browser with an empty page; `page` is driven, `devtools` is the window that records it."""

    def __init__(self, program, folder, flags, devtools):
        self._profile = folder / "profile"
        self._stack = contextlib.ExitStack()
        extra = ["--auto-open-devtools-for-tabs"] if devtools else []
        command = [program, *FLAGS, *extra, *flags, f"--user-data-dir={self._profile}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.page = self._target("about:blank")
            self.devtools = self._target("devtools://") if devtools else None
        except BaseException:
            self.close()
            raise

    def _target(self, url):
        for _ in range(150):
            # The port is written down once it is open, the targets come one by one.
            with contextlib.suppress(OSError, StopIteration):
                port = (self._profile / "DevToolsActivePort").read_text().split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
                    targets = json.load(answer)
                found = next(target for target in targets if target["url"].startswith(url))
                socket = connect(found["webSocketDebuggerUrl"], max_size=None)
                return Target(self._stack.enter_context(socket))
            time.sleep(0.1)
        raise RuntimeError(f"Chromium shows no {url}")

    def watch(self):
        """Until DevTools records; its window is there before its settings are."""
        self.devtools.wait(WATCHING)

    def export_har(self):
        return self.devtools.evaluate(EXPORT)

    def close(self):
        self._stack.close()
        self._process.terminate()
        self._process.wait(timeout=20)
