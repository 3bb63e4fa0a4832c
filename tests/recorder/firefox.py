"""Headless Firefox with its network panel open, driven through Marionette."""

import contextlib
import json
import socket
import subprocess
import time

# Every name is this machine and port 443 is the front: whatever the browser wants, it gets no further.
PREFERENCES = {
    "marionette.port": 0,
    "network.dns.forceResolve": "127.0.0.1",
    "network.socket.forcePort": "443={port}",
    "devtools.netmonitor.persistlog": True,
}

OPEN = """
const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = require("devtools/client/framework/devtools");
return gDevTools.showToolboxForTab(gBrowser.selectedTab, { toolId: "netmonitor" }).then(() => true);
"""
# What the panel does for "Save All As HAR", up to the text.
EXPORT = """
const { require } = ChromeUtils.importESModule("resource://devtools/shared/loader/Loader.sys.mjs");
const { gDevTools } = require("devtools/client/framework/devtools");
const { HarExporter } = require("resource://devtools/client/netmonitor/src/har/har-exporter.js");
const { HarMenuUtils } = require("resource://devtools/client/netmonitor/src/har/har-menu-utils.js");
const { getSortedRequests } = require("resource://devtools/client/netmonitor/src/selectors/index.js");
return (async () => {
  const toolbox = gDevTools.getToolboxForTab(gBrowser.selectedTab);
  const { connector, store } = await toolbox.getNetMonitorAPI();
  const requests = getSortedRequests(store.getState());
  return HarExporter.fetchHarData(HarMenuUtils.getDefaultHarOptions(requests, connector));
})();
"""


class Firefox:
    """A browser with an empty page, which it is itself the handle of."""

    def __init__(self, program, folder, port):
        profile = folder / "profile"
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
        (profile / "user.js").write_text("".join(lines).replace("{port}", str(port)))
        command = [program, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
                   "--profile", profile]
        self._stack = contextlib.ExitStack()
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._last = 0
        try:
            self._stream = self._connect(profile / "MarionetteActivePort")
            self._receive()
            self._send("WebDriver:NewSession", acceptInsecureCerts=True)
            self._in_chrome(OPEN)
        except BaseException:
            self.close()
            raise

    def _connect(self, port_file):
        for _ in range(300):
            # The port is written down once it is open.
            with contextlib.suppress(OSError, ValueError):
                connection = socket.create_connection(("127.0.0.1", int(port_file.read_text())), timeout=60)
                self._stack.enter_context(connection)
                return self._stack.enter_context(connection.makefile("rwb"))
            time.sleep(0.1)
        raise RuntimeError("Firefox opens no Marionette port")

    def _receive(self):
        length = b""
        while (byte := self._stream.read(1)) != b":":
            if not byte:
                raise RuntimeError("Firefox hung up")
            length += byte
        return json.loads(self._stream.read(int(length)))

    def _send(self, command, **parameters):
        self._last += 1
        text = json.dumps([0, self._last, command, parameters]).encode()
        self._stream.write(b"%d:%s" % (len(text), text))
        self._stream.flush()
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def _in_chrome(self, script):
        self._send("Marionette:SetContext", value="chrome")
        answer = self._send("WebDriver:ExecuteScript", script=script, args=[], sandbox="system")
        self._send("Marionette:SetContext", value="content")
        return answer["value"]

    def _element(self, name):
        found = self._send("WebDriver:FindElement", using="css selector", value=f"#{name}")
        return next(iter(found["value"].values()))

    def navigate(self, url):
        self._send("WebDriver:Navigate", url=url)

    def evaluate(self, expression):
        return self._send("WebDriver:ExecuteScript", script=f"return {expression};", args=[])["value"]

    def wait(self, expression):
        """Until the expression is true; a page that never gets there is an error."""
        for _ in range(150):
            if self.evaluate(expression):
                return
            time.sleep(0.1)
        raise RuntimeError(f"never true: {expression}")

    def click(self, name):
        self._send("WebDriver:ElementClick", id=self._element(name))

    def type(self, name, text):
        element = self._element(name)
        self._send("WebDriver:ElementClear", id=element)
        self._send("WebDriver:ElementSendKeys", id=element, text=text)

    def export_har(self):
        return self._in_chrome(EXPORT)

    def close(self):
        self._stack.close()
        self._process.terminate()
        self._process.wait(timeout=20)
