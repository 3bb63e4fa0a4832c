//! One secret in each of several hundred places of a recording, one exchange a place.

use serde_json::{Value, json};

use super::{Garden, Planted, base64};

pub(crate) const ENDPOINT: &str = "4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22";
pub(crate) const URL: &str = "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints/4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22?api-version=7.1";

/// Names that a secret stands behind, as members, fields, parameters, elements and labels.
const NAMES: &[&str] = &[
    "password",
    "clientSecret",
    "vaultUnlock",
    "Smtp__Pass",
    "sqlAdmin",
    "note",
    "message2",
    "unlockPhrase",
    "api_key",
    "pin",
    "connection",
    "remark",
];

/// Header fields of requests and answers.
const FIELDS: &[&str] = &[
    "Authorization",
    "Cookie",
    "Set-Cookie",
    "X-Api-Key",
    "X-Custom-Thing",
    "Sec-WebSocket-Protocol",
    "Host",
    "Referer",
    "User-Agent",
    "Proxy-Authorization",
    "X-Ms-Client-Principal",
    "Link",
    "ETag",
    "X-Forwarded-For",
    "Content-Type",
    "Accept",
    "Location",
    "WWW-Authenticate",
    "X-VSS-UserData",
    "ActivityId",
    "X-TFS-ServiceError",
    "Retry-After",
    "Date",
    "X-MS-Request-Id",
];

/// What services and people write around a secret in a message.
const SENTENCES: &[&str] = &[
    "the password {} was refused",
    "password={} is wrong",
    "Invalid client secret provided: '{}'.",
    "sent Bearer {} back",
    "sent NTLM {} back",
    "sent SharedKeyLite acct:{} back",
    "git -c http.extraheader=\"AUTHORIZATION: bearer {}\" fetch",
    "curl -u robin:{} https://host.test",
    "https://robin:{}@git.test/x failed",
    "https://hooks.test/services/T01/B02/{} failed",
    "see https://files.test/a?sig={}&x=1",
    "Server=tcp:db.test;User ID=sa;Password={};",
    "Client secret\n{}\n",
    "password: |\n  {}\n",
    "<property name=\"password\">{}</property>",
    "<tr><td>Password</td><td>{}</td></tr>",
    "<input type=\"hidden\" name=\"token\" value=\"{}\">",
    "{\"clientSecret\":\"{}\"}",
    "{\\\"key\\\":\\\"{}\\\"}",
    "az login -p {} --tenant x",
    "export TOKEN={}",
    "$env:SECRET = '{}'",
    "##vso[task.setvariable variable=x;issecret=true]{}",
    "the value '{}' of the variable",
    "Value {} is not allowed",
    "expected {}, found nothing",
    "{}",
];

/// A trace, and what is planted in it.
pub(crate) fn trace() -> (Vec<u8>, Vec<Planted>) {
    let beds = Beds::planted();
    let trace = log(&beds.entries, &beds.pages);
    (trace, beds.garden.all())
}

/// Small traces of all places, each with what is planted in it.
pub(crate) fn each() -> Vec<(Vec<u8>, Vec<Planted>)> {
    let beds = Beds::planted();
    let planted = beds.garden.all().into_iter();
    let mut of_entries = planted
        .filter(|one| !one.kind.starts_with("page: title") && !one.kind.starts_with("page: id"));
    let traces = beds.entries.chunks(4);
    traces
        .map(|some| {
            (
                log(some, &[]),
                of_entries.by_ref().take(some.len()).collect(),
            )
        })
        .collect()
}

pub(crate) fn log(entries: &[Value], pages: &[Value]) -> Vec<u8> {
    let trace = json!({ "log": {
        "version": "1.2", "creator": { "name": "WebInspector", "version": "537.36" },
        "pages": pages, "entries": entries,
    }});
    serde_json::to_vec(&trace).expect("it is made here")
}

#[derive(Default)]
struct Beds {
    garden: Garden,
    count: usize,
    entries: Vec<Value>,
    pages: Vec<Value>,
}

pub(crate) fn endpoint() -> Value {
    json!({
        "id": ENDPOINT, "name": "tailspin-live", "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": { "scheme": "ServicePrincipal", "parameters": {
            "tenantid": "7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34",
            "serviceprincipalid": "c19a7b52-0e84-4f6d-9b3c-5a8e2d71f046", "serviceprincipalkey": null, "accesstoken": null } },
        "data": { "subscriptionId": "0b8f6d2a-4c3e-4f5b-9a7d-1e2c3b4a5f60" }, "isReady": true,
    })
}

pub(crate) fn entry(method: &str, url: &str, sent: &str, status: u16, answer: &str) -> Value {
    json!({
        "startedDateTime": "2026-03-02T10:00:00Z", "time": 1, "cache": {}, "timings": {},
        "request": { "method": method, "url": url, "httpVersion": "h2", "headers": [], "cookies": [], "queryString": [],
            "postData": { "mimeType": "application/json", "text": sent }, "headersSize": -1, "bodySize": sent.len() },
        "response": { "status": status, "statusText": "", "httpVersion": "h2", "headers": [], "cookies": [],
            "content": { "size": answer.len(), "mimeType": "application/json", "text": answer }, "redirectURL": "",
            "headersSize": -1, "bodySize": -1 },
    })
}

impl Beds {
    fn planted() -> Self {
        let mut beds = Self::default();
        beds.headers();
        beds.addresses();
        beds.recorder();
        beds.endpoint_members();
        beds.siblings();
        beds.messages();
        beds.forms_and_pages();
        beds.other_services();
        beds.odd_bodies();
        beds
    }

    fn secret(&mut self, kind: &str) -> String {
        // As a machine makes one, and as a person does.
        self.count += 1;
        if self.count.is_multiple_of(2) {
            let value = format!("Harbour{}Falcon88", self.count);
            self.garden.plant(kind, &value)
        } else {
            self.garden.secret(kind)
        }
    }

    fn put(&mut self, body: &Value) {
        let text = body.to_string();
        self.entries.push(entry("PUT", URL, &text, 200, &text));
    }

    fn headers(&mut self) {
        for (at, side) in ["request", "response"].into_iter().enumerate() {
            for name in FIELDS {
                let secret = self.secret(&format!("{side} header: {name}"));
                let value = match (*name, at) {
                    ("Authorization" | "Proxy-Authorization", 0) => format!("Bearer {secret}"),
                    ("Authorization" | "Proxy-Authorization", _) => format!("Weird {secret}"),
                    ("Cookie" | "Set-Cookie", _) => format!("session={secret}; path=/"),
                    ("Host", _) => format!("u:{secret}@x.test"),
                    ("Location" | "Referer", _) => format!("https://x.test/{secret}?code={secret}"),
                    ("WWW-Authenticate", _) => format!("Bearer realm=\"{secret}\""),
                    _ => secret,
                };
                let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
                made[side]["headers"] = json!([{ "name": name, "value": value }]);
                self.entries.push(made);
            }
        }
    }

    fn addresses(&mut self) {
        for name in NAMES {
            let secret = self.secret(&format!("query parameter: {name}"));
            let url = format!("{URL}&{name}={secret}");
            self.entries.push(entry("GET", &url, "", 200, "{}"));
            let secret = self.secret(&format!("query string item: {name}"));
            let mut made = entry("GET", URL, "", 200, "{}");
            made["request"]["queryString"] = json!([{ "name": name, "value": secret }]);
            self.entries.push(made);
        }
        for form in [
            "https://robin:{}@dev.azure.com/northwind/_apis/serviceendpoint/endpoints",
            "https://dev.azure.com/northwind/{}/_apis/serviceendpoint/endpoints",
            "https://dev.azure.com/{}/_apis/serviceendpoint/endpoints",
            "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints/{}",
            "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints#access_token={}",
            "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?{}=1",
            "https://dev.azure.com/northwind/_apis/serviceendpoint/endpointproxy?endpointId={}",
            "https://tfs.test:8080/tfs/{}/_apis/serviceendpoint/endpoints",
        ] {
            let secret = self.secret(&format!("address: {form}"));
            self.entries
                .push(entry("GET", &form.replace("{}", &secret), "", 200, "{}"));
        }
    }

    fn recorder(&mut self) {
        let title = self.secret("page: title");
        let id = self.secret("page: id");
        self.pages = vec![
            json!({ "id": id, "title": title, "startedDateTime": "2026-03-02T10:00:00Z", "pageTimings": {} }),
        ];
        for path in [
            "/pageref",
            "/comment",
            "/serverIPAddress",
            "/connection",
            "/_initiator",
            "/_note",
            "/request/comment",
            "/request/httpVersion",
            "/request/method",
            "/request/postData/mimeType",
            "/request/postData/comment",
            "/request/postData/_x",
            "/response/statusText",
            "/response/comment",
            "/response/redirectURL",
            "/response/content/mimeType",
            "/response/content/comment",
            "/response/_error",
            "/response/httpVersion",
        ] {
            let secret = self.secret(&format!("recorder: {path}"));
            let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
            let (parent, name) = path.rsplit_once('/').expect("it has a parent");
            made.pointer_mut(parent).expect("it is there")[name] = secret.into();
            self.entries.push(made);
        }
        for side in ["request", "response"] {
            let secret = self.secret(&format!("recorder: {side} cookies"));
            let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
            made[side]["cookies"] = json!([{ "name": "s", "value": secret }]);
            self.entries.push(made);
        }
        let secret = self.secret("recorder: web socket messages");
        let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
        made["_webSocketMessages"] = json!([{ "type": "send", "data": secret }]);
        self.entries.push(made);
    }

    fn endpoint_members(&mut self) {
        for name in NAMES {
            for place in ["", "/data", "/authorization", "/authorization/parameters"] {
                let secret = self.secret(&format!("member of endpoint{place}: {name}"));
                let mut body = endpoint();
                body.pointer_mut(place).expect("it is there")[*name] = secret.into();
                self.put(&body);
            }
        }
        for path in [
            "/description",
            "/name",
            "/id",
            "/type",
            "/url",
            "/owner",
            "/data/subscriptionName",
            "/data/environment",
            "/data/creationMode",
            "/data/subscriptionId",
            "/authorization/scheme",
            "/authorization/parameters/tenantid",
            "/authorization/parameters/serviceprincipalid",
            "/authorization/parameters/serviceprincipalkey",
            "/authorization/parameters/accesstoken",
            "/authorization/parameters/scope",
            "/authorization/parameters/workloadIdentityFederationSubject",
            "/authorization/parameters/workloadIdentityFederationIssuer",
            "/data/azureSpnPermissions",
            "/isReady",
        ] {
            let secret = self.secret(&format!("known member: {path}"));
            let mut body = endpoint();
            let (parent, name) = path.rsplit_once('/').expect("it has a parent");
            body.pointer_mut(parent).expect("it is there")[name] = secret.into();
            self.put(&body);
        }
        let secret = self.secret("name of a member");
        let mut body = endpoint();
        body["data"][&secret] = "x".into();
        self.put(&body);
        for wrap in [
            "{\"a\":\"{}\"}",
            "[\"{}\"]",
            "https://x.test/?a={}",
            "Basic {}",
            "a,b,{}",
        ] {
            let secret = self.secret(&format!("text in a text: {wrap}"));
            let mut body = endpoint();
            body["data"]["extra"] = wrap.replace("{}", &secret).into();
            self.put(&body);
        }
        let secret = self.secret("base64 of a text");
        let mut body = endpoint();
        body["data"]["extra"] = base64(&format!("{{\"token\":\"{secret}\"}}")).into();
        self.put(&body);
    }

    fn siblings(&mut self) {
        for form in [
            r#"{"variables":{"sqlAdmin":{"value":"{}","isSecret":true}}}"#,
            r#"[{"op":"add","path":"/authorization/parameters/serviceprincipalkey","value":"{}"}]"#,
            r#"{"template":{"parameters":{"vm":{"type":"securestring"}}},"parameters":{"vm":{"value":"{}"}}}"#,
            r#"{"inputs":[{"name":"password","value":"{}"}]}"#,
            r#"{"inputs":[{"label":"Client secret","value":"{}"}]}"#,
            r#"{"inputs":[{"key":"apiKey","value":"{}"}]}"#,
            r#"{"columns":["user","password"],"rows":[["robin","{}"]]}"#,
            r#"{"secureValue":"{}"}"#,
            r#"{"field":{"isConfidential":true,"content":"{}"}}"#,
            r#"{"password":{"deep":["{}"]}}"#,
            r#"{"password":"{}"#,
            r#"{"serviceEndpointDetails":{"data":{"x":"{}"}},"dataSourceDetails":{"dataSourceUrl":"{}"}}"#,
        ] {
            let secret = self.secret(&format!("sibling: {form}"));
            let text = form.replace("{}", &secret);
            self.entries.push(entry("PUT", URL, &text, 200, &text));
        }
    }

    fn messages(&mut self) {
        let proxy = URL.replace("endpoints/", "endpointproxy?endpointId=");
        for form in SENTENCES {
            let secret = self.secret(&format!("message: {form}"));
            let text = form.replace("{}", &secret);
            let body =
                json!({ "$id": "1", "message": text, "typeKey": "ServiceEndpointException" });
            self.entries
                .push(entry("PUT", URL, "{}", 400, &body.to_string()));
            let secret = self.secret(&format!("verify: {form}"));
            let text = form.replace("{}", &secret);
            let body = json!({ "result": [text], "statusCode": 403, "errorMessage": text });
            self.entries
                .push(entry("POST", &proxy, "{}", 200, &body.to_string()));
            let secret = self.secret(&format!("state: {form}"));
            let mut body = endpoint();
            body["isReady"] = false.into();
            body["operationStatus"] =
                json!({ "state": "Failed", "statusMessage": form.replace("{}", &secret) });
            self.entries
                .push(entry("GET", URL, "", 200, &body.to_string()));
            let secret = self.secret(&format!("plain answer: {form}"));
            self.entries
                .push(entry("PUT", URL, "{}", 500, &form.replace("{}", &secret)));
        }
    }

    fn forms_and_pages(&mut self) {
        let token = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
        for name in NAMES {
            let secret = self.secret(&format!("form field: {name}"));
            let form = format!("grant_type=client_credentials&{name}={secret}");
            self.entries.push(entry("POST", token, &form, 200, "{}"));
            let secret = self.secret(&format!("page: {name}"));
            let page = format!(
                "<html><title>Sign in {name}</title><script>x={{\"{name}\":\"{secret}\"}}</script><p>{secret}</p></html>"
            );
            self.entries.push(entry("GET", token, "", 200, &page));
            let secret = self.secret(&format!("page of an error: {name}"));
            let page = format!("<html><body><h1>Error</h1><p>{name}: {secret}</p></body></html>");
            self.entries.push(entry("PUT", URL, "{}", 503, &page));
        }
    }

    fn odd_bodies(&mut self) {
        for (kind, form) in [
            (
                "multipart",
                "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n{}\r\n--b--",
            ),
            ("xml", "<a><password>{}</password><b>{}</b></a>"),
            ("script", "var a='{}';function f(){return \"{}\"}"),
            ("csv", "user,password\nrobin,{}\n"),
            ("text", "{}"),
            ("guarded json", ")]}'\n{\"x\":\"{}\"}"),
        ] {
            let secret = self.secret(&format!("body of {kind}: of a call"));
            let text = form.replace("{}", &secret);
            self.entries.push(entry("PUT", URL, &text, 200, &text));
            let secret = self.secret(&format!("body of {kind}: of another service"));
            let text = form.replace("{}", &secret);
            let url = "https://management.azure.com/subscriptions?api-version=2020-01-01";
            self.entries.push(entry("POST", url, &text, 200, &text));
            let secret = self.secret(&format!("body of {kind}: in base64"));
            let text = form.replace("{}", &secret);
            let mut made = entry("PUT", URL, "{}", 200, &base64(&text));
            made["response"]["content"]["encoding"] = "base64".into();
            self.entries.push(made);
        }
    }

    fn other_services(&mut self) {
        for url in [
            "https://management.azure.com/subscriptions/0b8f6d2a-4c3e-4f5b-9a7d-1e2c3b4a5f60?api-version=2020-01-01",
            "https://graph.microsoft.com/v1.0/applications",
            "https://login.microsoftonline.com/common/oauth2/token",
            "https://dev.azure.com/northwind/_apis/projects",
        ] {
            for name in NAMES {
                let secret = self.secret(&format!("answer of another service: {name} at {url}"));
                let body =
                    json!({ "value": [{ "id": ENDPOINT, "properties": { *name: secret } }] });
                self.entries
                    .push(entry("POST", url, "", 200, &body.to_string()));
            }
        }
    }
}
