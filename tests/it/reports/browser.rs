//! Headless Chromium, driven through its debugging pipe (file descriptors 3 and 4).

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    session: Option<String>,
    last: u64,
    /// What the browser told by itself: requests, console messages, violations of the policy.
    pub(crate) events: Vec<Value>,
    folder: TempDir,
}

impl Browser {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let pipe = |name: &str| folder.path().join(name);
        for name in ["in", "out"] {
            let made = Command::new("mkfifo").arg(pipe(name)).status();
            assert!(made.expect("mkfifo runs").success());
        }
        let child = Command::new("sh")
            .arg("-c")
            .arg("exec chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run --user-data-dir=\"$PROFILE\" --remote-debugging-pipe about:blank 3<\"$IN\" 4>\"$OUT\"")
            .env("IN", pipe("in"))
            .env("OUT", pipe("out"))
            .env("PROFILE", pipe("profile"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let to = OpenOptions::new().write(true).open(pipe("in"));
        let from = File::open(pipe("out"));
        let mut browser = Self {
            child,
            to: to.expect("the pipe to chromium"),
            from: BufReader::new(from.expect("the pipe from chromium")),
            session: None,
            last: 0,
            events: Vec::new(),
            folder,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", &target);
        let permissions =
            json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        browser.call("Browser.grantPermissions", &permissions);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Log", "Runtime"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser.call(
            "Emulation.setFocusEmulationEnabled",
            &json!({ "enabled": true }),
        );
        browser
    }

    /// Sends a command and gives its result.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("chromium listens");
        loop {
            let answer = self.next();
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }

    fn next(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("chromium talks");
        assert!(!bytes.is_empty(), "chromium has ended; is it installed?");
        bytes.pop();
        serde_json::from_slice(&bytes).expect("the protocol is JSON")
    }

    /// Opens `page` as a file and waits until it is loaded.
    pub(crate) fn open(&mut self, page: &[u8]) {
        static PAGES: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}.html", PAGES.fetch_add(1, Ordering::Relaxed));
        let path = self.folder.path().join(name);
        std::fs::write(&path, page).expect("the page is written");
        self.events.clear();
        self.call(
            "Page.navigate",
            &json!({ "url": format!("file://{}", path.display()) }),
        );
        let loaded = |event: &Value| event["method"] == "Page.loadEventFired";
        while !self.events.iter().any(loaded) {
            let event = self.next();
            self.events.push(event);
        }
    }

    /// The value of an expression; a promise is awaited, as if a user had acted.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "userGesture": true,
        });
        let answer = self.call("Runtime.evaluate", &params);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// The addresses of everything the page asked for, itself included.
    pub(crate) fn requested(&self) -> Vec<&str> {
        let sent = self
            .events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str())
            .collect()
    }

    /// What the browser complained of.
    pub(crate) fn complaints(&self) -> Vec<&Value> {
        let telling = [
            "Log.entryAdded",
            "Runtime.exceptionThrown",
            "Runtime.consoleAPICalled",
        ];
        let complaint = |event: &&Value| telling.iter().any(|method| event["method"] == **method);
        self.events.iter().filter(complaint).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The child of this very test; nothing to do if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
