//! A browser's recording.
#![expect(
    clippy::needless_pass_by_value,
    reason = "the parts of the recording are made where they are used"
)]

use serde_json::{Value, json};

use super::{Garden, Planted, Trace, base64, jwt, odd};

const TENANT: &str = "7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34";
const CLIENT: &str = "c19a7b52-0e84-4f6d-9b3c-5a8e2d71f046";
const ENDPOINT: &str = "4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22";

fn field(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn entry(request: Value, response: Value) -> Value {
    json!({
        "startedDateTime": "2026-03-02T10:00:00.000Z", "time": 12.5, "cache": {},
        "timings": { "send": 0, "wait": 12.5, "receive": 0 },
        "request": request, "response": response,
    })
}

fn request(method: &str, url: &str, headers: Vec<Value>, body: Option<(&str, String)>) -> Value {
    let mut request = json!({
        "method": method, "url": url, "httpVersion": "http/2.0", "cookies": [], "headers": headers,
        "queryString": [], "headersSize": -1, "bodySize": 0,
    });
    if let Some((kind, text)) = body {
        request["postData"] = json!({ "mimeType": kind, "text": text });
    }
    request
}

fn response(headers: Vec<Value>, kind: &str, text: String) -> Value {
    json!({
        "status": 200, "statusText": "", "httpVersion": "http/2.0", "cookies": [], "headers": headers,
        "content": { "size": text.len(), "mimeType": kind, "text": text }, "redirectURL": "",
        "headersSize": -1, "bodySize": -1,
    })
}

/// The recording, what is secret in it, and who is in it.
pub(crate) fn trace() -> Trace {
    let mut garden = Garden::default();
    let g = &mut garden;
    let mut entries = vec![
        endpoint(g),
        answers(g),
        sign_in(g),
        forms(g),
        texts(g),
        wrapped(g),
    ];
    entries.extend(odd_answers(g));
    let key = g.secret("secret that stands again without its name");
    entries.push(entry(
        request(
            "POST",
            "https://dev.azure.com/northwind/_apis/x",
            vec![],
            Some((
                "application/json",
                json!({ "clientSecret": key }).to_string(),
            )),
        ),
        response(
            vec![],
            "text/plain",
            format!("while using {key} something went wrong"),
        ),
    ));
    let title = g.secret("token in a page title");
    let trace = json!({ "log": {
        "version": "1.2", "creator": { "name": "WebInspector", "version": "537.36" },
        "pages": [{ "startedDateTime": "2026-03-02T10:00:00.000Z", "id": "page_1",
            "title": format!("https://dev.azure.com/northwind/Tailspin/_settings?access_token={title}"), "pageTimings": {} }],
        "entries": entries,
    }});
    let people = identities();
    (
        serde_json::to_vec_pretty(&trace).expect("it is made here"),
        garden.all(),
        people,
    )
}

fn identities() -> Vec<Planted> {
    let one = |kind: &str, value: &str| Planted {
        kind: kind.into(),
        value: value.into(),
    };
    vec![
        one("tenant id", TENANT),
        one("client id", CLIENT),
        one("endpoint id", ENDPOINT),
        one("organization", "northwind"),
        one("project", "Tailspin"),
        one("connection", "tailspin-live-7"),
        one("subscription", "Northwind Billing 42"),
        one("person", "Ada Lindqvist"),
        one("mail address", "ada.lindqvist@northwind-traders.test"),
        one("own host", "tfs07.northwind-traders.test"),
        one("IP address", "203.0.113.77"),
        one("resource group", "rg-northwind-eu"),
    ]
}

/// An update with every secret an endpoint can have.
fn endpoint(g: &mut Garden) -> Value {
    let claims = json!({ "aud": "499b84ac-1321-427f-aa17-267ca6975798", "tid": TENANT, "appid": CLIENT,
        "upn": "ada.lindqvist@northwind-traders.test", "name": "Ada Lindqvist", "ipaddr": "203.0.113.77",
        "uti": g.secret("unique id in a token") });
    let token = jwt(g, "signature of a bearer token", &claims);
    let pat = g.plant(
        "personal access token in Basic",
        "q7w5e3r2t6y4u5i3o2p7a6s5d4f3g2h7j6k5l4z3x2c7v6b5n4m2",
    );
    let body = json!({
        "id": ENDPOINT, "name": "tailspin-live-7", "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": { "scheme": "ServicePrincipal", "parameters": {
            "tenantid": TENANT, "serviceprincipalid": CLIENT, "authenticationType": "spnKey",
            "serviceprincipalkey": g.secret("serviceprincipalkey"),
            "ServicePrincipalCertificate": format!("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj{}\n-----END PRIVATE KEY-----", g.plant("private key", "AgEAAoIBAQC7VJTUt9Us8cKjMzEfYyjiWA4R4M2bS1GB4t7N")),
            "accessToken": g.secret("accesstoken in another casing"),
            "apitoken": g.secret("apitoken"), "neverHeardOf": g.secret("unknown authorization parameter"),
            "kubeConfig": format!("users:\n- name: a\n  user:\n    token: {}\n", g.secret("token in a kubeconfig")),
            "publishProfile": format!("<publishData><publishProfile userName=\"$x\" userPWD=\"{}\" /></publishData>", g.secret("password in a publish profile")),
        }},
        "data": { "subscriptionId": "5b0f6d3e-2a91-4c78-b4e6-1d8c93a7f250", "subscriptionName": "Northwind Billing 42",
            "deep": { "er": [{ "adminPassword": g.secret("password deep in a body") }] },
            "inner": json!({ "x": json!({ "connectionString": format!("Endpoint=sb://n/;SharedAccessKey={}", g.secret("connection string in JSON in a string")) }).to_string() }).to_string(),
            "tokens": [g.secret("list of tokens")] },
        "createdBy": { "displayName": "Ada Lindqvist", "uniqueName": "ada.lindqvist@northwind-traders.test" },
        "serviceEndpointProjectReferences": [{ "projectReference": { "id": "0a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d", "name": "Tailspin" }, "name": "tailspin-live-7" }],
    });
    let basic = base64(&format!(":{pat}"));
    let csrf = g.secret("request verification token in a header");
    let mut asked = request(
        "PUT",
        &format!(
            "https://dev.azure.com/northwind/Tailspin/_apis/serviceendpoint/endpoints/{ENDPOINT}?api-version=7.1"
        ),
        vec![
            field("authorization", &format!("Bearer {token}")),
            field("Proxy-Authorization", &format!("Basic {basic}")),
            field("x-requestverificationtoken", &csrf),
            field(
                "Ocp-Apim-Subscription-Key",
                &g.secret("subscription key header"),
            ),
            field(
                "x-arr-clientcert",
                &g.plant(
                    "client certificate header",
                    "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa1Zx",
                ),
            ),
        ],
        Some(("application/json", body.to_string())),
    );
    let cookie = g.secret("session cookie");
    asked["headers"]
        .as_array_mut()
        .expect("it is made here")
        .push(field(
            "cookie",
            &format!("UserAuthentication={cookie}; Theme=dark"),
        ));
    asked["cookies"] = json!([{ "name": "UserAuthentication", "value": cookie }]);
    let answer = json!({ "$id": "1", "message": format!("The body {{\"serviceprincipalkey\":\"{}\"}} was refused", g.secret("key quoted in an error text")) });
    let fresh = g.secret("Set-Cookie");
    entry(
        asked,
        response(
            vec![field(
                "set-cookie",
                &format!("HostAuthentication={fresh}; path=/; secure"),
            )],
            "application/json",
            answer.to_string(),
        ),
    )
}

/// Token answers, plain and encoded.
fn answers(g: &mut Garden) -> Value {
    let claims = json!({ "aud": CLIENT, "oid": TENANT, "preferred_username": "ada.lindqvist@northwind-traders.test" });
    let token = jwt(g, "signature of an id token in a response", &claims);
    let body = json!({ "token_type": "Bearer", "id_token": token, "access_token": g.secret("opaque access token"),
        "refresh_token": g.plant("refresh token", "0.AXsA5kq9Zt3bT0yJmW1nQ8rVxE7cH2dPfGsK4uLiO6aYjBwMNo.AgABAwEAAADW6jl31"),
        "error": { "code": "AuthorizationFailed" } });
    let mut answer = response(vec![], "application/json", String::new());
    answer["content"]["text"] = base64(&body.to_string()).into();
    answer["content"]["encoding"] = "base64".into();
    let code = g.secret("code in the query");
    let sig = g.secret("SAS signature");
    let mut asked = request(
        "GET",
        &format!(
            "https://northwind.blob.core.windows.net/logs?sv=2022-11-02&sig={}&code={code}",
            percent(&sig)
        ),
        vec![],
        None,
    );
    asked["queryString"] = json!([field("sig", &sig), field("code", &code)]);
    let mut both = entry(asked, answer);
    both["serverIPAddress"] = "203.0.113.77".into();
    both
}

fn percent(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Redirects and pages of a sign-in.
fn sign_in(g: &mut Garden) -> Value {
    let referer = format!(
        "https://tfs07.northwind-traders.test/tfs/_signedin?id_token_hint={}",
        g.secret("token in Referer")
    );
    let location = format!(
        "/_signedin#access_token={}&state=1",
        g.secret("token in the fragment of Location")
    );
    let redirect = format!(
        "https://app.vssps.visualstudio.com/_signedin?client_secret={}",
        g.secret("secret in redirectURL")
    );
    let page = format!(
        "<html><script>$Config={{\"sFT\":\"{}\",\"canary\":\"{}\",\"urlPost\":\"/common/login\"}}</script><input type=\"hidden\" name=\"a\" value=\"b\"></html>",
        g.secret("flow token in a page"),
        g.secret("canary in a page")
    );
    let mut answer = response(vec![field("Location", &location)], "text/html", page);
    answer["redirectURL"] = redirect.into();
    let user = g.secret("password in a URL");
    let mut both = entry(
        request(
            "GET",
            &format!("https://ada:{user}@tfs07.northwind-traders.test/tfs/Main/_apis/x"),
            vec![field("Referer", &referer)],
            None,
        ),
        answer,
    );
    both["_initiator"] = json!({ "type": "script", "stack": { "callFrames": [], "parent": { "callFrames": [
        { "url": format!("https://cdn.vsassets.io/a.js?sastoken={}", g.secret("token in a call stack")), "lineNumber": 1 }] } } });
    both["_webSocketMessages"] = json!([{ "type": "send", "time": 1.0, "opcode": 1,
        "data": json!({ "accessToken": g.secret("token in a WebSocket message") }).to_string() }]);
    both
}

/// Bodies that are forms.
fn forms(g: &mut Garden) -> Value {
    let verification = g.secret("__RequestVerificationToken");
    let text = format!(
        "__RequestVerificationToken={}&password={}&SAMLResponse={}",
        percent(&verification),
        percent(&g.secret("password in a form")),
        percent(&base64(&g.secret("SAML assertion")))
    );
    let mut asked = request(
        "POST",
        "https://login.microsoftonline.com/common/login",
        vec![],
        Some(("application/x-www-form-urlencoded", text)),
    );
    asked["postData"]["params"] = json!([
        field("__RequestVerificationToken", &verification),
        field("client_assertion", &g.secret("client assertion in params"))
    ]);
    let part = format!(
        "--Bnd\r\nContent-Disposition: form-data; name=\"nugetkey\"\r\n\r\n{}\r\n--Bnd--\r\n",
        g.secret("key in a multipart body")
    );
    let mut answer = response(
        vec![field(
            "X-Auth-Token",
            &g.secret("token in a response header"),
        )],
        "multipart/form-data; boundary=Bnd",
        part,
    );
    answer["cookies"] = json!([{ "name": "ESTSAUTH", "value": g.secret("cookie of a response") }]);
    entry(asked, answer)
}

/// Bodies that are plain texts.
fn texts(g: &mut Garden) -> Value {
    let log = format!(
        "Server=tcp:sql;User ID=sa;Password={};Encrypt=True\nDefaultEndpointsProtocol=https;AccountName=n;AccountKey={}\nclient secret {}\npat {}\ngh {}\nfor /subscriptions/5b0f6d3e-2a91-4c78-b4e6-1d8c93a7f250/resourceGroups/rg-northwind-eu/x",
        g.secret("password in a connection string"),
        g.plant("key of a storage account", "mP7xQ2vL9sT4kW8nB3cF6hJ1dG5yR0zA7uE2iO4pM9qX3wV6tN8lK1jH5gS2fD0bC4rY7zU9eI3oP6aL8sT1kWm=="),
        g.plant("client secret of Entra ID", "aB38Q~n4Wd_kP2sX7vQ9mL1cT5yR8zE3uI6oJ.gH"),
        g.plant("new personal access token", &format!("{}AZDOx9Zt", "7Kd2Lm9PqRs4TuVw6XyZ".repeat(4).chars().take(76).collect::<String>())),
        g.plant("token of GitHub", "ghp_Zx8Yw7Vu6Ts5Rq4Po3Nm2Lk1Ji0Hg9Fe8Dc7"),
    );
    let soap = format!(
        "<s:Envelope><wsse:Password>{}</wsse:Password></s:Envelope>",
        g.secret("password in XML")
    );
    let mut both = entry(
        request(
            "POST",
            "https://dev.azure.com/northwind/_apis/soap",
            vec![],
            Some(("text/xml", soap)),
        ),
        response(vec![], "text/plain", log),
    );
    both["comment"] = format!(
        "tried with password={} again",
        g.secret("password in a comment")
    )
    .into();
    both
}

/// Answers that say odd things, as JSON and as text, with a key that stands in the request.
fn odd_answers(g: &mut Garden) -> Vec<Value> {
    let key = odd::plant(g, "key that is quoted in another spelling");
    let mut texts = odd::oddly_written(g);
    texts.extend(odd::quotes_of(g, &key));
    let sent = json!({ "clientSecret": key }).to_string();
    let part = format!(
        "--Bnd\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n-----BEGIN PRIVATE KEY-----\r\n{}\r\n-----END PRIVATE KEY-----\r\n--Bnd--\r\n",
        g.plant(
            "private key in a multipart body",
            "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDQ7x"
        )
    );
    let answers = texts.into_iter().flat_map(|text| {
        let json = json!({ "message": format!("It said: {text} and no more.") }).to_string();
        [
            ("application/json", json),
            ("text/plain", format!("It said: {text}")),
        ]
    });
    let answers = answers.chain([("multipart/form-data; boundary=Bnd", part)]);
    answers
        .map(|(kind, text)| {
            let url = "https://dev.azure.com/northwind/_apis/x";
            let body = Some(("application/json", sent.clone()));
            entry(
                request("POST", url, vec![], body),
                response(vec![], kind, text),
            )
        })
        .collect()
}

/// Secrets wrapped several times.
fn wrapped(g: &mut Garden) -> Value {
    let three = json!({ "a": json!({ "b": json!({ "privateKey": g.secret("secret three strings deep") }).to_string() }).to_string() });
    let blob = base64(
        &json!({ "auths": { "x": { "password": g.secret("password in base64 in JSON") } } })
            .to_string(),
    );
    let link = format!(
        "https://x.vssps.visualstudio.com/?reply_to={}",
        percent(&format!(
            "https://y.test/?access_token={}",
            g.secret("token in a URL in a URL")
        ))
    );
    entry(
        request("GET", &link, vec![], None),
        response(
            vec![],
            "application/json",
            json!({ "three": three.to_string(), "config": blob }).to_string(),
        ),
    )
}
