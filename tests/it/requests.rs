//! The request forms, run: bash with the real curl against the stand-in, a stub of `az` on the path,
//! and every argument of every process written down.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::stand_in::client::{endpoint_path, good};
use crate::stand_in::contoso::{self, AUTOMATIC_ID};
use crate::stand_in::{Access, Config, StandIn};
use serde_json::{Value, json};

/// Where the traces were recorded; the stubs lead to the stand-in.
const CLOUD: &str = "https://dev.azure.com";
const TOKEN: &str = "eyJ0eXAiOiJKV1QifQ.invented-token.of-nobody";
const PAT: &str = "inventedpersonalaccesstokeninventedpersonalaccesstoken";
/// What a shell would run, expand or redirect, if it saw it as its own.
const HOSTILE: &str = "'\"$(touch owned)`touch owned`%PATH%&|<>^!; touch owned #\n{{$processEnv HOME}}\u{202e}\u{2019}; touch owned; \u{2018}\\";

/// A place with a trace, stubs on the path, and a list of what they were called with.
struct Desk {
    folder: tempfile::TempDir,
    server: StandIn,
}

impl Desk {
    /// A trace of the cloud, whose place the stand-in takes.
    fn new(seen: &Value, body: &Value, trace: &str) -> Self {
        Self::at(Some(CLOUD), seen, body, trace)
    }

    /// A trace of a server of one's own: the stand-in itself.
    fn of_own_server(seen: &Value, body: &Value) -> Self {
        Self::at(None, seen, body, "trace.har")
    }

    /// The trace: a read of the endpoint, and an update of `body` that failed.
    fn at(place: Option<&str>, seen: &Value, body: &Value, trace: &str) -> Self {
        let server = StandIn::start(Config {
            access: Access::CredentialsNeeded,
            ..Config::default()
        });
        let folder = tempfile::tempdir().expect("a scratch folder");
        let desk = Self { folder, server };
        let url = format!(
            "{}/contoso/{}",
            place.unwrap_or(desk.server.base()),
            endpoint_path(AUTOMATIC_ID)
        );
        let refusal = json!({
            "$id": "1",
            "message": "Failed to get Azure DevOps Service access token, cache value is invalid.",
            "typeKey": "ServiceEndpointException"
        });
        let entries = [
            entry("GET", &url, None, 200, seen),
            entry("PUT", &url, Some(body), 500, &refusal),
        ];
        let log = json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}});
        fs::write(desk.path(trace), log.to_string()).expect("writable");
        let base = desk.server.base();
        let curl = "/usr/bin/env -i PATH=/usr/bin:/bin curl --noproxy '*'";
        desk.stub(
            "az",
            &format!(
                r#"if [ "$1" != rest ]; then printf '%s\n' "$STUB_TOKEN"; exit; fi
body=()
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method=${{2^^}} ;;
    --uri) uri=$2 ;;
    --uri-parameters) query=$2 ;;
    --body) body=(--header 'Content-Type: application/json' --data-binary "$2") ;;
  esac
  shift
done
exec {curl} --fail --silent --show-error --request "$method" --header "Authorization: Bearer $STUB_TOKEN" "${{body[@]}}" "${{uri/#https:\/\/dev.azure.com/{base}}}?$query""#
            ),
        );
        desk.stub(
            "curl",
            &format!(r#"exec {curl} "${{@/#https:\/\/dev.azure.com/{base}}}""#),
        );
        desk.stub(
            "mendpoint",
            &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_mendpoint")),
        );
        desk
    }

    /// The stand-in's host and port.
    fn host(&self) -> &str {
        self.server.base().rsplit('/').next().expect("a host")
    }

    /// The trace with one text in place of another, and what `patch` with `arguments` makes of it.
    fn changed(&self, from: &str, to: &str, arguments: &[&str]) -> Output {
        let har = fs::read_to_string(self.path("trace.har")).expect("written");
        assert!(har.contains(from), "no {from}");
        fs::write(self.path("other.har"), har.replace(from, to)).expect("writable");
        self.mendpoint(&[&["patch", "other.har"], arguments].concat())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program that writes its arguments down before it does its work.
    fn stub(&self, name: &str, work: &str) {
        let path = self.path(name);
        let log = self.path("arguments.log");
        let text = format!(
            "#!/bin/bash\nprintf '%s\\n' {name} \"$@\" >> '{}'\n{work}\n",
            log.display()
        );
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permitted");
    }

    fn mendpoint(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mendpoint"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .args(["--allow-host", self.host()])
            .env("PATH", crate::cli::path_with_the_program());
        command
    }

    /// The request as `mendpoint` writes it, run by sh.
    fn sh(&self, arguments: &[&str]) -> Output {
        let path = std::env::var("PATH").unwrap_or_default();
        self.sh_with(
            Path::new(&format!("{}:{path}", self.folder.path().display())),
            arguments,
        )
    }

    /// The same with another search path.
    fn sh_with(&self, path: &Path, arguments: &[&str]) -> Output {
        let written = self.mendpoint(arguments);
        assert!(written.status.success(), "{}", text(&written.stderr));
        fs::write(self.path("request.sh"), &written.stdout).expect("writable");
        Command::new("/bin/sh")
            .arg("request.sh")
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("STUB_TOKEN", TOKEN)
            .env("AZURE_DEVOPS_EXT_PAT", PAT)
            .output()
            .expect("sh is there")
    }

    /// Every argument that any program was called with.
    fn arguments(&self) -> String {
        fs::read_to_string(self.path("arguments.log")).unwrap_or_default()
    }

    fn writes(&self) -> Vec<crate::stand_in::Received> {
        let received = self.server.received();
        received
            .into_iter()
            .filter(|one| one.method == "PUT")
            .collect()
    }

    fn nothing_was_run(&self) {
        assert!(!self.path("owned").exists(), "a name of the trace was run");
    }
}

fn entry(verb: &str, url: &str, body: Option<&Value>, status: u16, answer: &Value) -> Value {
    let mut entry = json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1, "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": {"method": verb, "url": url, "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": [{"name": "Authorization", "value": "Bearer eyJcaptured.captured.captured"}],
            "queryString": [], "headersSize": -1, "bodySize": -1},
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "content": {"size": 1, "mimeType": "application/json", "text": answer.to_string()},
            "redirectURL": "", "headersSize": -1, "bodySize": -1}
    });
    if let Some(body) = body {
        entry["request"]["postData"] =
            json!({"mimeType": "application/json", "text": body.to_string()});
    }
    entry
}

fn faulty() -> Value {
    let mut body = good();
    body["authorization"]["parameters"]["accesstoken"] = Value::Null;
    body
}

fn shown() -> Value {
    let mut seen = contoso::automatic();
    seen["authorization"]["parameters"]["serviceprincipalkey"] = Value::Null;
    seen["authorization"]["parameters"]["accesstoken"] = Value::Null;
    seen
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn sh_reads_then_writes_and_no_argument_holds_the_token() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    let done = desk.sh(&["patch", "trace.har", "--request", "curl"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let received = desk.server.received();
    let verbs: Vec<&str> = received.iter().map(|one| one.method.as_str()).collect();
    assert_eq!(verbs, ["GET", "PUT"]);
    for one in &received {
        assert_eq!(
            one.header("Authorization"),
            Some(format!("Bearer {TOKEN}").as_str())
        );
    }
    assert_eq!(received[1].body, good().to_string());
    assert!(
        desk.arguments().contains("--data-binary"),
        "{}",
        desk.arguments()
    );
    assert!(!desk.arguments().contains(TOKEN), "{}", desk.arguments());
    let script = fs::read_to_string(desk.path("request.sh")).expect("written");
    assert!(
        !script.contains("eyJcaptured"),
        "the captured token is in the request"
    );
}

#[test]
fn sh_takes_a_personal_access_token_from_its_variable() {
    let desk = Desk::of_own_server(&shown(), &faulty());
    let written = text(
        &desk
            .mendpoint(&["patch", "trace.har", "--request", "curl"])
            .stdout,
    );
    assert!(!written.contains("az account"), "{written}");
    let done = desk.sh(&["patch", "trace.har", "--request", "curl"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let [write] = desk.writes().try_into().expect("one write");
    let header = write
        .header("Authorization")
        .expect("a credential")
        .to_owned();
    // base64 of ":" + PAT
    let encoded = Command::new("bash")
        .args(["-c", "printf ':%s' \"$0\" | base64 -w0", PAT])
        .output()
        .expect("bash is installed");
    assert_eq!(header, format!("Basic {}", text(&encoded.stdout)));
    assert!(!desk.arguments().contains(PAT));
}

#[test]
fn every_form_of_sh_stops_where_a_member_differs_that_the_edit_does_not_touch() {
    let mut seen = shown();
    seen["name"] = json!("it's [dev] (1) $x \\ \u{fc}");
    seen["modificationDate"] = json!("2031-03-14T08:59:00.123Z");
    let desk = Desk::new(&seen, &faulty(), "trace.har");
    let changed = |pointer: &str, value: Value| {
        let mut now = seen.clone();
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
        now.pointer_mut(parent).expect("it is there")[name] = value;
        desk.server.seed(&now);
    };
    let mut writes = 0;
    for form in ["curl", "az"] {
        for (pointer, value) in [
            ("/name", json!("renamed since")),
            ("/description", json!("another one")),
            (
                "/data/subscriptionId",
                json!("0f7b6a2e-93d5-4c18-b4e0-6a21d8f5c973"),
            ),
            ("/data/addedSince", json!("x")),
            ("/authorization/scheme", json!("WorkloadIdentityFederation")),
            ("/serviceEndpointProjectReferences/0/name", json!("other")),
        ] {
            changed(pointer, value);
            let done = desk.sh(&["patch", "trace.har", "--request", form]);
            let said = text(&done.stderr);
            assert!(!done.status.success(), "{form} {pointer}");
            assert!(said.contains("no longer as the trace saw it"), "{said}");
            assert!(said.contains(pointer), "{said}");
        }
        // Who changed it when, and secrets, tell nothing.
        for (pointer, value) in [
            ("/modificationDate", json!("2031-03-14T09:30:00.456Z")),
            ("/isReady", json!(false)),
            (
                "/authorization/parameters/serviceprincipalkey",
                json!("invented"),
            ),
        ] {
            changed(pointer, value);
            let done = desk.sh(&["patch", "trace.har", "--request", form]);
            assert!(
                done.status.success(),
                "{form} {pointer}: {}",
                text(&done.stderr)
            );
            writes += 1;
        }
    }
    assert_eq!(desk.writes().len(), writes);
}

#[test]
fn without_jq_python_compares_and_without_both_that_is_said() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    let only = |programs: &[&str]| {
        let folder = desk.path("bin");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("made");
        for name in ["az", "curl", "mendpoint"] {
            std::os::unix::fs::symlink(desk.path(name), folder.join(name)).expect("linked");
        }
        let path = std::env::var("PATH").unwrap_or_default();
        for name in programs {
            let text = format!("#!/bin/sh\nPATH='{path}' exec {name} \"$@\"\n");
            fs::write(folder.join(name), text).expect("writable");
            let may_run = fs::Permissions::from_mode(0o755);
            fs::set_permissions(folder.join(name), may_run).expect("permitted");
        }
        folder
    };
    let mut renamed = shown();
    renamed["name"] = json!("renamed since");
    for (programs, stops) in [(&["bash", "python3"][..], true), (&["bash"][..], false)] {
        desk.server.seed(&renamed);
        let before = desk.writes().len();
        let done = desk.sh_with(
            &only(programs),
            &["patch", "trace.har", "--request", "curl"],
        );
        let said = text(&done.stderr);
        assert_eq!(said.contains("/name"), stops, "{said}");
        assert_eq!(said.contains("neither jq nor python3"), !stops, "{said}");
        assert_eq!(desk.writes().len() == before, stops, "{said}");
    }
}

#[test]
fn a_save_or_a_list_is_compared_too_and_without_any_answer_that_is_said() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    let har = fs::read_to_string(desk.path("trace.har")).expect("written");
    let mut log: Value = serde_json::from_str(&har).expect("JSON");
    let list = json!({"count": 1, "value": [shown()]});
    let read = &mut log["log"]["entries"][0];
    let url = format!("{CLOUD}/contoso/WebShop/_apis/serviceendpoint/endpoints?api-version=7.1");
    read["request"]["url"] = json!(url);
    read["response"]["content"]["text"] = json!(list.to_string());
    fs::write(desk.path("trace.har"), log.to_string()).expect("writable");
    let mut renamed = shown();
    renamed["name"] = json!("renamed since");
    desk.server.seed(&renamed);
    let done = desk.sh(&["patch", "trace.har", "--request", "curl"]);
    assert!(
        text(&done.stderr).contains("/name"),
        "{}",
        text(&done.stderr)
    );
    assert!(desk.writes().is_empty());

    let said = |form: &str| {
        let done = desk.mendpoint(&["patch", "trace.har", "--request", form]);
        text(&done.stderr)
    };
    for form in ["cmd", "http"] {
        let said = said(form);
        assert!(
            said.contains("does not read the connection first"),
            "{form}: {said}"
        );
    }
    log["log"]["entries"]
        .as_array_mut()
        .expect("a list")
        .remove(0);
    fs::write(desk.path("trace.har"), log.to_string()).expect("writable");
    for form in ["curl", "powershell", "az", "cmd", "http"] {
        let said = said(form);
        assert!(said.contains("nothing to compare with"), "{form}: {said}");
    }
}

#[test]
fn a_request_can_be_run_twice() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    for form in ["curl", "az"] {
        for _ in 0..2 {
            let done = desk.sh(&["patch", "trace.har", "--request", form]);
            assert!(done.status.success(), "{form}: {}", text(&done.stderr));
        }
    }
    assert_eq!(desk.writes().len(), 4);
}

#[test]
fn sh_stops_without_a_token_and_when_the_read_is_refused() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    desk.stub("az", "exit 1");
    let done = desk.sh(&["patch", "trace.har", "--request", "curl"]);
    assert!(!done.status.success());
    assert!(desk.server.received().is_empty());
}

#[test]
fn nothing_of_a_hostile_trace_is_run_in_sh() {
    let mut body = faulty();
    body["description"] = json!(HOSTILE);
    body["data"][HOSTILE] = json!("");
    let name = "it's $(touch owned) `touch owned` & x.har";
    let desk = Desk::new(&shown(), &body, name);
    let done = desk.sh(&["patch", name, "--request", "curl"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let [write] = desk.writes().try_into().expect("one write");
    let sent: Value = serde_json::from_str(&write.body).expect("JSON");
    assert_eq!(sent["description"], HOSTILE);
    assert_eq!(sent["data"][HOSTILE], "");
    desk.nothing_was_run();

    // The form for `az` puts the body into a file that goes away again.
    let done = desk.sh(&["patch", name, "--request", "az", "--call", "2"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let writes = desk.writes();
    let sent = &writes.last().expect("a write").body;
    assert!(!desk.path("body.json").exists(), "a file was left behind");
    let mut expected = body.clone();
    expected["authorization"]["parameters"]
        .as_object_mut()
        .expect("a map")
        .remove("accesstoken");
    assert_eq!(serde_json::from_str::<Value>(sent).expect("JSON"), expected);
    let arguments = desk.arguments();
    assert!(arguments.contains("rest\n--method\nput\n"), "{arguments}");
    assert!(
        arguments.contains("--uri-parameters\napi-version=7.1\n"),
        "{arguments}"
    );
    desk.nothing_was_run();
}

#[test]
fn a_hostile_url_is_encoded_or_refused() {
    let desk = Desk::of_own_server(&shown(), &faulty());
    let har = fs::read_to_string(desk.path("trace.har")).expect("written");
    let with = |from: &str, to: &str| {
        assert!(har.contains(from));
        fs::write(desk.path("other.har"), har.replace(from, to)).expect("writable");
        let out = desk.mendpoint(&["patch", "other.har", "--request", "curl"]);
        (out.status.code(), text(&out.stdout), text(&out.stderr))
    };
    let (code, request, _) = with("api-version=7.1", "api-version=7.1&x='$(touch owned)`\\\"|");
    assert_eq!(code, Some(0));
    assert!(
        request.contains("api-version=7.1&x=%27%24%28touch%20owned%29%60%22%7C'"),
        "{request}"
    );
    let (code, _, said) = with("http://127.0.0.1:", "http://dev.azure.com@127.0.0.1:");
    assert_eq!(code, Some(2), "{said}");
    let (code, _, said) = with("http://127.0.0.1:", "http://evil.example:");
    assert_eq!(
        (code, said.contains("--allow-host evil.example")),
        (Some(2), true),
        "{said}"
    );
}

#[test]
fn the_way_back_is_a_new_private_file_that_the_service_takes() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    let out = desk.mendpoint(&[
        "patch",
        "trace.har",
        "--rollback",
        "before.json",
        "-o",
        "after.json",
    ]);
    assert!(out.status.success(), "{}", text(&out.stderr));
    let path = desk.path("before.json");
    let mode = fs::metadata(&path).expect("it exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let back = fs::read_to_string(&path).expect("readable");
    let mut expected = shown();
    expected["authorization"]["parameters"]
        .as_object_mut()
        .expect("a map")
        .remove("accesstoken");
    assert_eq!(back, expected.to_string());
    let header = ["-H", "Authorization: Bearer x"];
    let (status, answer) = crate::stand_in::client::curl(
        &desk.server,
        "PUT",
        &endpoint_path(AUTOMATIC_ID),
        &header,
        Some(&back),
    );
    assert_eq!(status, 200, "{answer}");

    fs::remove_file(desk.path("after.json")).expect("it exists");
    let again = desk.mendpoint(&[
        "patch",
        "trace.har",
        "--rollback",
        "before.json",
        "-o",
        "after.json",
    ]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        !Path::new(&desk.path("after.json")).exists(),
        "nothing is written without a way back"
    );
}

#[test]
fn a_shared_endpoint_names_the_projects_it_belongs_to() {
    let mut body = faulty();
    let shared = json!({"projectReference": {"id": "0f7b6a2e-93d5-4c18-b4e0-6a21d8f5c973", "name": "Tools"}, "name": "contoso-dev"});
    body["serviceEndpointProjectReferences"]
        .as_array_mut()
        .expect("a list")
        .push(shared);
    let mut seen = shown();
    seen["serviceEndpointProjectReferences"] = body["serviceEndpointProjectReferences"].clone();
    let desk = Desk::new(&seen, &body, "trace.har");
    let said = text(&desk.mendpoint(&["patch", "trace.har"]).stderr);
    assert!(said.contains("for the projects WebShop, Tools"), "{said}");
}

#[test]
fn what_is_left_and_where_values_come_from_is_said() {
    let mut body = faulty();
    body["authorization"]["parameters"]["scope"] = json!("$(scope)");
    let desk = Desk::new(&shown(), &body, "trace.har");
    let at = "/authorization/parameters/scope";
    let out = desk.mendpoint(&["patch", "trace.har"]);
    let said = text(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{said}");
    assert!(said.contains(&format!("needs --set {at}=")), "{said}");
    assert!(said.contains("refuse this body again"), "{said}");

    let scope = "/subscriptions/b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25/resourcegroups/shop";
    fs::write(desk.path("scope.txt"), format!("{scope}\r\n")).expect("writable");
    let out = desk.mendpoint(&["patch", "trace.har", "--set", &format!("{at}=@scope.txt")]);
    let mut expected = good();
    expected["authorization"]["parameters"]["scope"] = json!(scope);
    assert_eq!(text(&out.stdout), expected.to_string());
    assert!(!text(&out.stderr).contains("refuse this body"));
    let mut piped = desk.command(&["patch", "trace.har", "--set", &format!("{at}=-")]);
    piped.stdin(fs::File::open(desk.path("scope.txt")).expect("written above"));
    let out = piped.output().expect("it runs");
    assert_eq!(text(&out.stdout), expected.to_string());

    for (set, reason) in [
        (format!("{at}=-"), "nor a line on standard input"),
        (format!("{at}=@nothing.txt"), "could not be read"),
        (format!("{at}=env:NO_SUCH_VARIABLE"), "no variable"),
        (
            "/authorization/parameters/serviceprincipalkey=x".to_owned(),
            "not taken from the command line",
        ),
        ("/name=x".to_owned(), "no value is asked for at /name"),
        ("name".to_owned(), "POINTER=VALUE"),
    ] {
        let out = desk.mendpoint(&["patch", "trace.har", "--set", &set]);
        assert_eq!(out.status.code(), Some(2), "{set}");
        assert!(out.stdout.is_empty(), "{set}");
        assert!(
            text(&out.stderr).contains(reason),
            "{set}: {}",
            text(&out.stderr)
        );
    }
}

#[test]
fn a_host_is_allowed_with_its_port_and_a_credential_in_clear_is_told() {
    let desk = Desk::of_own_server(&shown(), &faulty());
    let base = desk.server.base().to_owned();
    let curl = ["--request", "curl"];
    let said = text(&desk.changed(&base, &base, &curl).stderr);
    assert!(said.contains("in clear"), "{said}");

    let out = desk.changed(&base, "https://dev.azure.com:443", &curl);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let out = desk.changed(&base, "https://dev.azure.com:8443", &curl);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        text(&out.stderr).contains("--allow-host dev.azure.com:8443"),
        "{}",
        text(&out.stderr)
    );
    for (url, host, code) in [
        ("https://tfs.example:8443/tfs", "tfs.example", 2),
        ("https://tfs.example:8443/tfs", "tfs.example:8443", 0),
        ("https://tfs.example:443/tfs", "tfs.example", 0),
        ("https://tfs.example/tfs", "TFS.example", 0),
    ] {
        let out = desk.changed(&base, url, &["--request", "curl", "--allow-host", host]);
        assert_eq!(out.status.code(), Some(code), "{url} {host}");
    }
}

#[test]
fn what_a_form_cannot_do_or_does_not_know_is_said() {
    let desk = Desk::of_own_server(&shown(), &faulty());
    let out = desk.mendpoint(&["patch", "trace.har", "--request", "az", "--auth", "pat"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("no personal access token"));

    let said = text(
        &desk
            .changed("?api-version=7.1", "", &["--request", "curl"])
            .stderr,
    );
    assert!(said.contains("names no api-version"), "{said}");

    let said = text(
        &desk
            .mendpoint(&["patch", "trace.har", "--auth", "pat", "--method", "patch"])
            .stderr,
    );
    let options = format!(
        "--request curl --method patch --auth pat --allow-host {}",
        desk.host()
    );
    assert!(said.contains(&options), "{said}");

    fs::rename(desk.path("trace.har"), desk.path("-trace.har")).expect("renamed");
    let said = text(&desk.mendpoint(&["patch", "./-trace.har"]).stderr);
    assert!(said.contains("mendpoint patch ./-trace.har"), "{said}");
}

#[test]
fn a_given_value_is_judged_and_a_secret_is_asked_for() {
    let mut body = faulty();
    body["data"]["resourceGroupName"] = json!("$(group)");
    let desk = Desk::new(&shown(), &body, "trace.har");
    let set = |value: &str| {
        let set = format!("/data/resourceGroupName={value}");
        desk.mendpoint(&["patch", "trace.har", "--set", &set])
    };
    let out = set("$(other)");
    assert_eq!(out.status.code(), Some(2));
    assert!(
        text(&out.stderr).contains("is faulty too"),
        "{}",
        text(&out.stderr)
    );
    fs::write(desk.path("group.txt"), "\u{feff}shop\n").expect("writable");
    let out = set("@group.txt");
    assert!(
        text(&out.stdout).contains(r#""resourceGroupName":"shop""#),
        "{}",
        text(&out.stderr)
    );

    body["data"]["resourceGroupName"] = json!("");
    body["authorization"]["parameters"]["serviceprincipalkey"] = json!("$(key)");
    let desk = Desk::new(&shown(), &body, "trace.har");
    let said = text(&desk.mendpoint(&["patch", "trace.har"]).stderr);
    assert!(
        said.contains("--set /authorization/parameters/serviceprincipalkey=- "),
        "{said}"
    );
}

#[test]
fn an_output_file_is_a_file_of_its_own() {
    let desk = Desk::new(&shown(), &faulty(), "trace.har");
    fs::create_dir(desk.path("folder")).expect("made");
    let before = fs::read(desk.path("trace.har")).expect("readable");
    for (file, reason) in [
        ("trace.har", "is the trace itself"),
        ("folder", "is a folder"),
        ("/dev/null", "no regular file"),
    ] {
        let out = desk.mendpoint(&["patch", "trace.har", "-o", file, "--force"]);
        assert_eq!(out.status.code(), Some(2), "{file}");
        assert!(
            text(&out.stderr).contains(reason),
            "{file}: {}",
            text(&out.stderr)
        );
    }
    assert_eq!(
        fs::read(desk.path("trace.har")).expect("readable"),
        before,
        "the trace stays"
    );

    fs::write(desk.path("target.json"), "old").expect("writable");
    std::os::unix::fs::symlink("target.json", desk.path("link.json")).expect("linked");
    let out = desk.mendpoint(&["patch", "trace.har", "-o", "link.json"]);
    assert_eq!(out.status.code(), Some(2), "a link to a file is a file");
    let out = desk.mendpoint(&["patch", "trace.har", "-o", "link.json", "--force"]);
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    assert!(desk.path("link.json").is_symlink());
    let written = fs::read_to_string(desk.path("target.json")).expect("readable");
    assert_eq!(written, good().to_string());
}

#[test]
fn the_way_back_keeps_stored_secrets_and_has_a_file_of_its_own() {
    let mut seen = shown();
    seen["authorization"]["parameters"]["serviceprincipalkey"] = json!("");
    let desk = Desk::new(&seen, &faulty(), "trace.har");
    fs::write(desk.path("before.json"), "old").expect("writable");
    let back = |output: &str| {
        let way = ["patch", "trace.har", "--rollback", "before.json"];
        desk.mendpoint(&[&way[..], &["-o", output, "--force"]].concat())
    };
    let out = back("before.json");
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("the same file"));
    let out = back("after.json");
    assert_eq!(out.status.code(), Some(0), "{}", text(&out.stderr));
    let written = fs::read_to_string(desk.path("before.json")).expect("readable");
    assert!(
        written.contains(r#""serviceprincipalkey":null"#),
        "{written}"
    );

    seen["authorization"]["parameters"]["serviceprincipalkey"] = json!("invented-and-live");
    let desk = Desk::new(&seen, &faulty(), "trace.har");
    let said = text(
        &desk
            .mendpoint(&["patch", "trace.har", "--rollback", "b.json"])
            .stderr,
    );
    assert!(said.contains("holds a live secret"), "{said}");
    assert!(!said.contains("its secrets are null"), "{said}");
}
