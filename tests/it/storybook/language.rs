//! The language that stories are written in: one line a story, one step an exchange.
//!
//! ```text
//! @word = a message                       a word for what the service says
//! name = truth | step ; step ; step       a story; a line that is set in goes on with the one before
//! ```
//!
//! A truth is `fault`, `clean`, `inconclusive` or `nothing`; `!rule` is the error that leads, `+rule` is an
//! error, `-rule` is none, `errors=N` is how many there are, `~word` is shown, and `patch=N` names the call that is corrected (`many`,
//! `none` and `nobody` where none is).
//!
//! A step is what is done, to what, and after `->` how it ended: `verify web as=wif in=Depot -> says 403 armread`.
//! An `item` is no exchange but a connection in a list that was saved.
//! What cannot be said otherwise is set in the JSON that is sent (`p.tenantid=x` in the parameters,
//! `d.scopeLevel=x` in the data, `b.isReady=false` in the body) or answered (`a.isReady=false`).

use std::collections::HashMap;
use std::io::Cursor;

use mendpoint::ingest::{self, Source, Trace};
use serde_json::{Value, json};

const PROJECT: &str = "b7c1d2e3-0003-4000-8000-00000000000c";
const TENANT: &str = "b7c1d2e3-0004-4000-8000-00000000000d";
const APP: &str = "b7c1d2e3-0005-4000-8000-00000000000e";
const SUBSCRIPTION: &str = "b7c1d2e3-0006-4000-8000-00000000000f";
const OBJECT: &str = "b7c1d2e3-0007-4000-8000-00000000000f";

/// A story as it is written.
#[derive(Debug, Clone)]
pub(super) struct Story {
    pub(super) name: String,
    pub(super) truth: Truth,
    pub(super) steps: Vec<Step>,
}

/// What is right about a story.
#[derive(Debug, Clone, Default)]
pub(super) struct Truth {
    pub(super) verdict: String,
    pub(super) leading: Option<String>,
    pub(super) errors: Vec<String>,
    pub(super) no_errors: Vec<String>,
    pub(super) shown: Vec<String>,
    pub(super) patch: Option<String>,
    pub(super) count: Option<usize>,
}

/// One exchange of a story, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Seconds since the story began; none where the recorder wrote no date.
    pub(super) at: Option<usize>,
    /// The file that it is in.
    pub(super) file: usize,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) sent: Option<String>,
    pub(super) status: u16,
    pub(super) answer_headers: Vec<(String, String)>,
    /// None where the recorder did not keep it.
    pub(super) answer: Option<String>,
    pub(super) is_answered: bool,
}

/// Reads a book of stories.
pub(super) fn read(book: &str) -> Vec<Story> {
    let mut lines: Vec<String> = Vec::new();
    for line in book.lines() {
        let is_rest = line.starts_with(' ') && !lines.is_empty();
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match lines.last_mut() {
            Some(last) if is_rest => last.push_str(&format!(" {}", line.trim())),
            _ => lines.push(line.to_owned()),
        }
    }
    let mut words: HashMap<String, String> = HashMap::new();
    let mut stories = Vec::new();
    for line in &lines {
        let (name, rest) = line
            .split_once(" = ")
            .unwrap_or_else(|| panic!("no truth: {line}"));
        if let Some(word) = name.strip_prefix('@') {
            words.insert(word.trim().to_owned(), rest.trim().to_owned());
            continue;
        }
        let (truth, steps) = rest
            .split_once(" | ")
            .unwrap_or_else(|| panic!("no steps: {line}"));
        let steps = steps.split(" ; ").enumerate();
        stories.push(Story {
            name: name.trim().to_owned(),
            truth: Truth::read(truth),
            steps: steps
                .map(|(at, step)| Words::read(step, &words).step(at))
                .collect(),
        });
    }
    stories
}

impl Truth {
    fn read(text: &str) -> Self {
        let mut truth = Self::default();
        for word in text.split_whitespace() {
            let rest = word[1..].replace('_', " ");
            match word.as_bytes()[0] {
                b'!' => truth.leading = Some(rest),
                b'+' => truth.errors.push(rest),
                b'-' => truth.no_errors.push(rest),
                b'~' => truth.shown.push(rest),
                _ => match word.split_once('=') {
                    Some(("patch", patch)) => truth.patch = Some(patch.to_owned()),
                    Some(("errors", count)) => truth.count = count.parse().ok(),
                    _ => word.clone_into(&mut truth.verdict),
                },
            }
        }
        truth
    }
}

/// The words of one step.
struct Words<'a> {
    verb: &'a str,
    /// The short name of a connection.
    subject: &'a str,
    settings: Vec<(&'a str, String)>,
    ending: Vec<&'a str>,
    messages: &'a HashMap<String, String>,
}

impl<'a> Words<'a> {
    fn read(step: &'a str, messages: &'a HashMap<String, String>) -> Self {
        let (done, ending) = step.split_once("->").unwrap_or((step, ""));
        let mut words = done.split_whitespace();
        let verb = words.next().unwrap_or_else(|| panic!("an empty step"));
        let mut all = Self {
            verb,
            subject: "web",
            settings: Vec::new(),
            ending: Vec::new(),
            messages,
        };
        let answers = ending.split_whitespace();
        let (set, ending): (Vec<&str>, Vec<&str>) = answers.partition(|word| {
            let head = word.split('=').next().unwrap_or_default();
            word.contains('=') && !head.contains(':')
        });
        all.ending = ending;
        for word in words.chain(set) {
            match word.split_once('=') {
                Some((key, value)) if verb != "raw" || key.len() < 5 => {
                    all.settings.push((key, value.replace('~', " ")));
                }
                _ if verb == "raw" => all.settings.push(("raw", word.to_owned())),
                _ => all.subject = word,
            }
        }
        all
    }

    fn get(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().rev().find(|(own, _)| *own == key);
        found.map(|(_, value)| value.as_str())
    }

    fn message(&self, word: &str) -> String {
        match self.messages.get(word) {
            Some(_) => self.value(word),
            None => self.value(&word.replace('_', " ")),
        }
    }

    /// The text that `word` stands for, or itself.
    fn value(&self, word: &str) -> String {
        let text = self.messages.get(word).map_or(word, String::as_str);
        text.replace("{app}", APP)
            .replace("{sub}", SUBSCRIPTION)
            .replace("{tenant}", TENANT)
            .replace("{object}", OBJECT)
    }

    fn base(&self) -> &'static str {
        match self.get("host").unwrap_or("cloud") {
            "old" => "https://northwind.visualstudio.com",
            "collection" => "https://northwind.visualstudio.com/DefaultCollection",
            "server" => "https://tfs.northwind.test/tfs/Main",
            "tailspin" => "https://dev.azure.com/tailspin",
            "tailspin-old" => "https://tailspin.visualstudio.com",
            _ => "https://dev.azure.com/northwind",
        }
    }

    /// The id of the connection as it really is.
    fn id(&self) -> Option<String> {
        if let Some(guid) = self.get("guid") {
            return Some(guid.to_owned());
        }
        let known = ["web", "db", "api", "queue", "mail"];
        let at = known.iter().position(|name| *name == self.subject)?;
        Some(format!("b7c1d2e3-000a-4000-8000-0000000000a{at}"))
    }

    /// The id as it is spelt in the address.
    fn spelt(&self) -> String {
        let id = self.id().unwrap_or_default();
        match self.get("id").unwrap_or("plain") {
            "upper" => id.to_uppercase(),
            "braces" => format!("{{{id}}}"),
            "encoded" => format!("%7B{id}%7D"),
            "bare" => id.replace('-', ""),
            "zero" => "00000000-0000-0000-0000-000000000000".to_owned(),
            "0" => "0".to_owned(),
            _ => id,
        }
    }

    fn project(&self) -> &str {
        self.get("of").unwrap_or("Shop")
    }

    fn name(&self) -> &str {
        let own = self.subject.strip_prefix("new-").unwrap_or(self.subject);
        self.get("name").unwrap_or(own)
    }

    #[expect(clippy::too_many_lines, reason = "a table, one line a word")]
    fn body(&self) -> Value {
        let kind = self.get("as").unwrap_or("manual");
        let azure = "https://management.azure.com/";
        let (kind_of, url, scheme, parameters, data) = match kind {
            "docker" => (
                "dockerregistry",
                "https://hub.docker.com/",
                "UsernamePassword",
                json!({"username": "kim", "password": "invented-docker", "email": "kim@northwind.test", "registry": "https://index.docker.io/v1/"}),
                json!({"registrytype": "DockerHub"}),
            ),
            "generic" => (
                "generic",
                "https://build.northwind.test/",
                "UsernamePassword",
                json!({"username": "kim", "password": "invented-generic"}),
                json!({}),
            ),
            "github" => (
                "github",
                "https://github.com",
                "PersonalAccessToken",
                json!({"accessToken": "invented-github"}),
                json!({}),
            ),
            "npm" => (
                "externalnpmregistry",
                "https://registry.northwind.test/npm/",
                "Token",
                json!({"apitoken": "invented-npm"}),
                json!({}),
            ),
            "msi" => (
                "azurerm",
                azure,
                "ManagedServiceIdentity",
                json!({"tenantid": TENANT}),
                Value::Null,
            ),
            "wif" | "wifauto" => (
                "azurerm",
                azure,
                "WorkloadIdentityFederation",
                json!({"tenantid": TENANT, "serviceprincipalid": APP}),
                Value::Null,
            ),
            "cert" => (
                "azurerm",
                azure,
                "ServicePrincipal",
                json!({"tenantid": TENANT, "serviceprincipalid": APP, "authenticationType": "spnCertificate", "servicePrincipalCertificate": "-----BEGIN CERTIFICATE-----\ninvented"}),
                Value::Null,
            ),
            "auto" => (
                "azurerm",
                azure,
                "ServicePrincipal",
                json!({"tenantid": TENANT, "serviceprincipalid": APP, "authenticationType": "spnKey", "serviceprincipalkey": null}),
                Value::Null,
            ),
            "automaking" => (
                "azurerm",
                azure,
                "ServicePrincipal",
                json!({"tenantid": TENANT, "serviceprincipalid": "", "authenticationType": "spnKey", "serviceprincipalkey": ""}),
                Value::Null,
            ),
            _ => (
                "azurerm",
                azure,
                "ServicePrincipal",
                json!({"tenantid": TENANT, "serviceprincipalid": APP, "authenticationType": "spnKey", "serviceprincipalkey": "invented-for-stories"}),
                Value::Null,
            ),
        };
        let mode = if kind.starts_with("auto") || kind == "wifauto" {
            "Automatic"
        } else {
            "Manual"
        };
        let data = if data.is_null() {
            json!({"environment": "AzureCloud", "scopeLevel": "Subscription", "subscriptionId": SUBSCRIPTION,
                "subscriptionName": "Northwind", "creationMode": mode})
        } else {
            data
        };
        let mut project = json!({"name": self.project()});
        if self.project() == "Shop" && self.get("host") != Some("tailspin") {
            project["id"] = json!(PROJECT);
        }
        json!({
            "data": data, "name": self.name(), "type": kind_of, "url": url, "description": "",
            "authorization": {"parameters": parameters, "scheme": scheme},
            "isShared": false, "isReady": true, "owner": "Library",
            "serviceEndpointProjectReferences": [
                {"projectReference": project, "name": self.name(), "description": ""}],
        })
    }

    /// Sets in `body` what the step says of it; `prefix` is `""` for what is sent and `a.` for an answer.
    fn set(&self, body: &mut Value, prefix: &str) {
        for (key, value) in &self.settings {
            let Some(path) = key.strip_prefix(prefix) else {
                continue;
            };
            let path = match path.split_once('.') {
                Some(("p", rest)) => format!("authorization.parameters.{rest}"),
                Some(("d", rest)) => format!("data.{rest}"),
                Some(("b", rest)) => rest.to_owned(),
                _ if prefix == "a." => path.to_owned(),
                _ => continue,
            };
            let mut at = &mut *body;
            let (parents, last) = path.rsplit_once('.').unwrap_or(("", &path));
            for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
                at = &mut at[parent];
            }
            if value == "-" {
                if let Some(members) = at.as_object_mut() {
                    members.remove(last);
                }
            } else {
                let read = serde_json::from_str(value);
                at[last] = read.unwrap_or_else(|_| json!(self.value(value)));
            }
        }
    }

    /// The endpoint as the service stores and answers it.
    fn stored(&self) -> Value {
        let mut body = self.body();
        self.set(&mut body, "");
        let id = self
            .id()
            .unwrap_or_else(|| "b7c1d2e3-000b-4000-8000-0000000000b0".to_owned());
        body["id"] = json!(id);
        if let Some(parameters) = body["authorization"]["parameters"].as_object_mut() {
            for secret in [
                "serviceprincipalkey",
                "servicePrincipalCertificate",
                "password",
                "apitoken",
                "accessToken",
            ] {
                if let Some(value) = parameters.get_mut(secret) {
                    *value = Value::Null;
                }
            }
        }
        self.set(&mut body, "a.");
        body
    }

    fn sent(&self) -> Option<Value> {
        let mut body = self.body();
        match self.verb {
            "put" | "patch" | "convert" | "revert" | "put-many" => {
                if let Some(id) = self.id() {
                    body["id"] = json!(id);
                }
                if self.verb == "convert" {
                    body["authorization"]["scheme"] = json!("WorkloadIdentityFederation");
                }
            }
            "post" => {}
            "share" => body = body["serviceEndpointProjectReferences"].take(),
            "verify" => {
                self.set(&mut body, "");
                let source = self.get("source").unwrap_or("TestConnection");
                return Some(json!({
                    "dataSourceDetails": {"dataSourceName": source, "dataSourceUrl": "", "headers": null},
                    "resultTransformationDetails": {"resultTemplate": ""},
                    "serviceEndpointDetails": body}));
            }
            _ => return None,
        }
        self.set(&mut body, "");
        Some(match self.verb {
            "put-many" => json!([body]),
            _ => body,
        })
    }

    #[expect(clippy::too_many_lines, reason = "a table, one line a word")]
    fn method_and_url(&self) -> (String, String) {
        if self.verb == "raw" {
            let mut words = self.settings.iter().filter(|(key, _)| *key == "raw");
            let mut next = || {
                words
                    .next()
                    .map(|(_, word)| self.value(word))
                    .unwrap_or_default()
            };
            return (next(), next());
        }
        let legacy = self.get("route") == Some("legacy");
        let (endpoints, proxy) = if legacy {
            (
                "distributedtask/serviceendpoints",
                "distributedtask/serviceendpointproxy",
            )
        } else {
            ("serviceendpoint/endpoints", "serviceendpoint/endpointproxy")
        };
        let version = self.get("version").unwrap_or("7.1");
        let id = self.spelt();
        let writes = [
            "put-many", "put", "patch", "post", "share", "convert", "revert", "delete",
        ]
        .contains(&self.verb);
        let level = self.get("in").unwrap_or(if writes && !legacy {
            ""
        } else {
            self.project()
        });
        let level = if level.is_empty() {
            String::new()
        } else {
            format!("/{level}")
        };
        let query = self
            .get("query")
            .map(|query| format!("&{query}"))
            .unwrap_or_default();
        let (method, rest) = match self.verb {
            "put" => (
                "PUT",
                format!("{endpoints}/{id}?api-version={version}{query}"),
            ),
            "patch" | "share" => ("PATCH", format!("{endpoints}/{id}?api-version={version}")),
            "convert" | "revert" => (
                "PUT",
                format!(
                    "{endpoints}/{id}?operation=ConvertAuthenticationScheme&api-version={version}"
                ),
            ),
            "put-many" => ("PUT", format!("{endpoints}?api-version={version}")),
            "post" => ("POST", format!("{endpoints}?api-version={version}")),
            "refresh" => (
                "POST",
                format!("{endpoints}?endpointIds={id}&api-version={version}"),
            ),
            "authorize" => (
                "POST",
                "serviceendpoint/vstsaadoauth/vstsaadoauth?tenantId=x&api-version=7.1".to_owned(),
            ),
            "delete" => (
                "DELETE",
                format!("{endpoints}/{id}?api-version={version}{query}"),
            ),
            "get" => (
                "GET",
                format!("{endpoints}/{id}?api-version={version}{query}"),
            ),
            "list" => (
                "GET",
                format!("{endpoints}?type=azurerm&api-version={version}{query}"),
            ),
            "verify" => (
                "POST",
                format!(
                    "{proxy}?endpointId={}&api-version=7.1-preview.1",
                    if id.is_empty() { "0" } else { &id }
                ),
            ),
            "subs" => (
                "GET",
                "serviceendpoint/endpointproxy/azurermsubscriptions?api-version=7.1-preview.1"
                    .to_owned(),
            ),
            "types" => (
                "GET",
                format!("serviceendpoint/types?api-version={version}"),
            ),
            "history" => (
                "GET",
                format!("serviceendpoint/{id}/executionhistory?api-version={version}"),
            ),
            "preflight" => ("OPTIONS", format!("{endpoints}/{id}?api-version={version}")),
            "item" => return (String::new(), String::new()),
            other => panic!("nobody knows how to {other}"),
        };
        (
            method.to_owned(),
            format!("{}{level}/_apis/{rest}", self.base()),
        )
    }

    fn usual_answer(&self) -> (u16, Value) {
        match self.verb {
            "delete" | "share" => (204, Value::Null),
            "verify" => (
                200,
                json!({"result": ["{}"], "statusCode": 200, "errorMessage": ""}),
            ),
            "list" | "put-many" | "refresh" => (200, json!([self.stored()])),
            "authorize" => (
                200,
                json!("https://login.microsoftonline.com/x/oauth2/authorize"),
            ),
            "subs" => (
                200,
                json!({"value": [{"displayName": "Northwind", "subscriptionId": SUBSCRIPTION, "subscriptionTenantId": TENANT}], "errorMessage": null}),
            ),
            "types" | "history" => (200, json!([])),
            "preflight" | "raw" => (200, Value::Null),
            _ => (200, self.stored()),
        }
    }

    fn envelope(&self, words: &[&str]) -> Value {
        let text = self.message(words.first().unwrap_or(&"odd"));
        let key = words.get(1).copied().unwrap_or("ServiceEndpointException");
        json!({"$id": "1", "innerException": null, "message": text,
            "typeName": format!("Microsoft.X.{key}, Microsoft.X"), "typeKey": key, "errorCode": 0, "eventId": 3000})
    }

    /// Whether it was answered, with which status, headers and body.
    #[expect(clippy::too_many_lines, reason = "a table, one line a word")]
    fn ended(&self) -> (bool, u16, Vec<(String, String)>, Option<String>) {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let json = header("Content-Type", "application/json; charset=utf-8");
        let page = header("Content-Type", "text/html; charset=utf-8");
        let text = |value: Value| {
            if value.is_null() {
                String::new()
            } else {
                value.to_string()
            }
        };
        let (usual, answer) = self.usual_answer();
        let number = |word: &str| {
            word.parse::<u16>()
                .unwrap_or_else(|_| panic!("no status: {word}"))
        };
        let (status, headers, answer) = match self.ending.as_slice() {
            [] | ["ok"] => (usual, vec![json], Some(text(answer))),
            ["none"] => return (false, 0, Vec::new(), None),
            ["aborted"] => (0, Vec::new(), Some(String::new())),
            ["lost"] => (usual, vec![json], None),
            ["cut"] => {
                let whole = text(answer);
                (usual, vec![json], Some(whole[..whole.len() / 2].to_owned()))
            }
            ["says", inner, message @ ..] => {
                let inner: Value = serde_json::from_str(inner).unwrap_or_else(|_| json!(inner));
                let words = message
                    .first()
                    .map(|word| self.message(word))
                    .unwrap_or_default();
                (
                    200,
                    vec![json],
                    Some(
                        json!({"result": [], "statusCode": inner, "errorMessage": words})
                            .to_string(),
                    ),
                )
            }
            ["state", state, message @ ..] => {
                let mut body = answer;
                let target = if body.is_array() {
                    &mut body[0]
                } else {
                    &mut body
                };
                target["isReady"] = json!(*state == "Ready");
                let words = message
                    .first()
                    .map(|word| self.message(word))
                    .unwrap_or_default();
                target["operationStatus"] = json!({"state": state, "statusMessage": words});
                (usual, vec![json], Some(body.to_string()))
            }
            ["signin"] => {
                let to = "https://login.microsoftonline.com/common/oauth2/authorize?client_id=499b84ac-1321-427f-aa17-267ca6975798";
                (302, vec![header("Location", to)], Some(String::new()))
            }
            ["moved", to] => (302, vec![header("Location", to)], Some(String::new())),
            ["page", status, message @ ..] => {
                let words = message.first().map_or_else(
                    || "Azure DevOps Services | Sign In".to_owned(),
                    |word| self.message(word),
                );
                let html = format!(
                    "<!DOCTYPE html><html><head><title>{words}</title></head><body><p>{words}</p></body></html>"
                );
                (number(status), vec![page], Some(html))
            }
            ["text", status, message] => (
                number(status),
                vec![header("Content-Type", "text/plain")],
                Some(self.message(message)),
            ),
            ["json", status, body @ ..] => (
                number(status),
                vec![json],
                Some(self.message(&body.join(" "))),
            ),
            ["bare", status] => (number(status), Vec::new(), Some(String::new())),
            ["challenge"] => (
                401,
                vec![header(
                    "WWW-Authenticate",
                    "Bearer authorization_uri=https://login.microsoftonline.com/x",
                )],
                Some(String::new()),
            ),
            [status, words @ ..] => (
                number(status),
                vec![json],
                Some(self.envelope(words).to_string()),
            ),
        };
        (true, status, headers, answer)
    }

    fn step(&self, place: usize) -> Step {
        let (method, url) = self.method_and_url();
        let (is_answered, status, answer_headers, answer) = self.ended();
        let mut headers = Vec::new();
        if let Some(value) = self.get("auth") {
            headers.push(("Authorization".to_owned(), value.to_owned()));
        }
        let mut method = method;
        if let Some(value) = self.get("override") {
            headers.push(("X-HTTP-Method-Override".to_owned(), value.to_owned()));
            "POST".clone_into(&mut method);
        }
        let at = match self.get("at") {
            Some("-") => None,
            Some(at) => Some(at.parse().unwrap_or_else(|_| panic!("no time: {at}"))),
            None => Some(2 * place),
        };
        let sent = self.sent().map(|sent| sent.to_string());
        Step {
            at,
            file: self
                .get("file")
                .map_or(0, |file| file.parse().unwrap_or_default()),
            method,
            url,
            headers,
            sent: sent.filter(|_| self.get("sent") != Some("lost")),
            status,
            answer_headers,
            answer,
            is_answered,
        }
    }
}

impl Step {
    /// Whether it is no exchange but an item of a list that was saved.
    pub(super) fn is_listed(&self) -> bool {
        self.method.is_empty()
    }

    fn entry(&self) -> Value {
        let named = |headers: &[(String, String)]| -> Vec<Value> {
            let headers = headers.iter();
            headers
                .map(|(name, value)| json!({"name": name, "value": value}))
                .collect()
        };
        let mut request =
            json!({"method": self.method, "url": self.url, "headers": named(&self.headers)});
        if let Some(sent) = &self.sent {
            request["postData"] = json!({"mimeType": "application/json", "text": sent});
        }
        let kind = self
            .answer_headers
            .iter()
            .find(|(name, _)| name == "Content-Type");
        let mut content =
            json!({"size": 0, "mimeType": kind.map_or("", |(_, kind)| kind.as_str())});
        match &self.answer {
            Some(text) => {
                content["text"] = json!(text);
                content["size"] = json!(text.len());
            }
            None if self.is_answered => content["size"] = json!(700),
            None => {}
        }
        let mut entry = json!({"request": request, "response": {
            "status": self.status, "headers": named(&self.answer_headers), "content": content}});
        if !self.is_answered {
            entry["response"] = json!({"status": 0, "statusText": "", "headers": [], "content": {"size": 0, "mimeType": ""},
                "_error": "net::ERR_CONNECTION_RESET"});
        }
        if let Some(at) = self.at {
            let (minutes, seconds) = (at / 60, at % 60);
            entry["startedDateTime"] =
                json!(format!("2026-06-07T08:{minutes:02}:{seconds:02}.000Z"));
        }
        entry
    }
}

/// What `steps` answer, as one list that was saved.
fn list(path: &str, steps: &[&Step]) -> Trace {
    let items: Vec<&str> = steps
        .iter()
        .filter_map(|step| step.answer.as_deref())
        .collect();
    let mut bytes = Cursor::new(format!("[{}]", items.join(",")).into_bytes());
    let options = ingest::Options::default();
    let mut traces = ingest::read(path, Source::File(&mut bytes), &options).expect("it is a list");
    traces.remove(0)
}

/// The bytes of a HAR of `steps`.
pub(super) fn written(steps: &[&Step]) -> Vec<u8> {
    let entries: Vec<Value> = steps.iter().map(|step| step.entry()).collect();
    let log = json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": entries}});
    log.to_string().into_bytes()
}

/// A HAR of `steps`.
pub(super) fn har(path: &str, steps: &[&Step]) -> Trace {
    let mut bytes = Cursor::new(written(steps));
    let options = ingest::Options::default();
    let mut traces = ingest::read(path, Source::File(&mut bytes), &options).expect("it is a trace");
    traces.remove(0)
}

impl Story {
    /// The files of the story as they were written, in the order of their numbers.
    pub(super) fn files(&self) -> Vec<Trace> {
        let last = self
            .steps
            .iter()
            .map(|step| step.file)
            .max()
            .unwrap_or_default();
        (0..=last)
            .filter_map(|file| {
                let own: Vec<&Step> = self.steps.iter().filter(|step| step.file == file).collect();
                let first = own.first()?;
                Some(if first.is_listed() {
                    list(&format!("{file}.json"), &own)
                } else {
                    har(&format!("{file}.har"), &own)
                })
            })
            .collect()
    }
}
