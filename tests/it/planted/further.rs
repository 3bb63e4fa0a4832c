//! Places of other kinds than those of `positions`, which were written before the classifier was mended for
//! them, with secrets of other forms.

use serde_json::{Value, json};

use super::positions::{ENDPOINT, URL, endpoint, entry};
use super::{Garden, Planted, base64, desk};

/// Header fields that nobody has heard of, or that hold more than their name says.
const FIELDS: &[(&str, &str)] = &[
    ("X-Contoso-Session", "{}"),
    ("X-Hub-Signature-256", "sha256={}"),
    ("X-Vault-Token", "{}"),
    ("PRIVATE-TOKEN", "{}"),
    ("Authentication", "Digest username=\"u\", response=\"{}\""),
    ("X-Forwarded-Authorization", "Basic {basic}"),
    ("X-Original-URL", "/a/b?code={}"),
    ("Refresh", "5; url=https://x.test/?t={}"),
    ("Content-Disposition", "attachment; filename=\"{}.pem\""),
    ("traceparent", "00-{}-01"),
    ("X-Ms-Meta-Note", "kept for {}"),
    ("Via", "1.1 {}"),
    ("Warning", "199 - \"{}\""),
    ("Sec-WebSocket-Key", "{}"),
    ("If-Match", "\"{}\""),
    ("Content-Type", "multipart/form-data; boundary={}"),
    ("X-Ms-Error-Code", "{}"),
    ("Cookie", "theme=dark; {}; lang=en"),
    ("Set-Cookie", "{}=1; path=/"),
    ("X-Claims", "{json64}"),
];

/// Members of an endpoint and what stands in them.
const MEMBERS: &[(&str, &str)] = &[
    (
        "/data/connection",
        "Server=tcp:db.test;User Id=sa;Password={};",
    ),
    (
        "/data/cluster",
        "users:\n- name: a\n  user:\n    token: {}\n",
    ),
    (
        "/data/registryConfig",
        "{\"auths\":{\"r.test\":{\"auth\":\"{basic}\"}}}",
    ),
    ("/data/npmrc", "//registry.test/:_authToken={}"),
    ("/data/netrc", "machine x.test login robin password {}"),
    (
        "/data/pip",
        "[global]\nindex-url = https://u:{}@x.test/simple",
    ),
    (
        "/data/settings",
        "<server><id>x</id><password>{}</password></server>",
    ),
    ("/data/webhook", "https://hooks.test/services/T0/B0/{}"),
    (
        "/data/webhook",
        "https://x.webhook.test/webhookb2/{}/IncomingWebhook",
    ),
    (
        "/data/store",
        "https://acct.blob.core.windows.net/c?sv=2022&sig={}%3D",
    ),
    (
        "/data/pem",
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
    ),
    ("/data/resourceGroupName", "{}"),
    ("/data/MLWorkspaceName", "{}"),
    ("/data/managementGroupName", "{}"),
    ("/data/clusterContext", "{}"),
    ("/data/spnObjectId", "{}"),
    ("/data/appObjectId", "{}"),
    ("/data/graphUrl", "https://graph.test/?t={}"),
    ("/data/graphUrl", "https://graph.test/{}"),
    ("/data/acceptUntrustedCerts", "{}"),
    (
        "/data/azureSpnPermissions",
        "[{\"roleAssignmentId\":\"{}\",\"note\":\"{}\"}]",
    ),
    ("/authorization/parameters/role", "{}"),
    ("/authorization/parameters/username", "{}"),
    ("/authorization/parameters/authenticationType", "{}"),
    ("/authorization/parameters/accessTokenType", "{}"),
    (
        "/authorization/parameters/workloadIdentityFederationIssuerType",
        "{}",
    ),
    ("/createdBy/displayName", "{}"),
    ("/createdBy/uniqueName", "{}@x.test"),
    ("/createdBy/descriptor", "aad.{}"),
    ("/_links/self/href", "https://x.test/{}"),
    ("/administratorsGroup/displayName", "{}"),
    ("/operationStatus/statusMessage", "waiting for {}"),
    ("/operationStatus/state", "{}"),
    ("/serviceEndpointProjectReferences/0/name", "{}"),
    (
        "/serviceEndpointProjectReferences/0/description",
        "uses {} to sign in",
    ),
    (
        "/serviceEndpointProjectReferences/0/projectReference/id",
        "{}",
    ),
    ("/extra/deep/er", "{}"),
    ("/creationDate", "{}"),
    ("/data/tags", "a=1,b={}"),
];

/// Bodies that declare in odd ways what is secret.
const BODIES: &[&str] = &[
    r#"{"query":"mutation { login(password: \"{}\") { id } }","variables":{"x":"{}"}}"#,
    "<s:Envelope><s:Body><wsse:Password Type=\"t\">{}</wsse:Password><k>{}</k></s:Body></s:Envelope>",
    r#"[{"op":"replace","path":"/authorization/parameters/apitoken","value":"{}"}]"#,
    r#"[{"op":"test","path":"/data/x","value":{"pw":"{}"}}]"#,
    r#"{"variables":{"k":{"value":"{}","isSecret":"true"}}}"#,
    r#"{"name":"x","isSecret":true,"value":"{}"}"#,
    r#"{"type":"securestring","value":"{}"}"#,
    r#"{"key":"k","contentType":"secret","value":"{}"}"#,
    r#"{"pairs":[["password","{}"]]}"#,
    r#"{"headers":[{"name":"x-functions-key","value":"{}"}]}"#,
    r#"{"headers":{"X-Odd":"{}"}}"#,
    r#"{"credentials":{"user":"u","key":"{}"}}"#,
    r#"{"env":["PASSWORD={}"],"args":["--password","{}"]}"#,
    r#"{"commandLine":"sqlcmd -U sa -P {} -Q x"}"#,
    r#"{"connectionStrings":[{"name":"db","connectionString":"Data Source=x;Pwd={}"}]}"#,
    r#"{"body":"{json64}"}"#,
    r#"{"body":"%7B%22password%22%3A%22{}%22%7D"}"#,
    r#"{"csv":"user,password\nrobin,{}\n"}"#,
    r#"{"table":"| user | password |\n| robin | {} |"}"#,
    r#"{"columns":[{"name":"password"}],"rows":[{"cells":["{}"]}]}"#,
    r#"{"value":[{"name":"{}","id":"{}","type":"{}","url":"https://x.test/{}"}]}"#,
    r#"{"{}":{"{}":1}}"#,
    r#"{"count":"{}","status":"{}"}"#,
    r#"{"state":"{}","code":"{}"}"#,
    r#"{"scope":"/subscriptions/{}/resourceGroups/{}"}"#,
    r#"["{}",["{}"]]"#,
    r#""{}""#,
    "key={}&other=1",
    "first line\n{}\nlast line",
    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n{}\r\n--b--\r\n",
];

/// What services, tools and people write around a secret.
pub(crate) const SENTENCES: &[&str] = &[
    "At line:1 char:9\n+ Connect-X -Key '{}' -Verbose\n+ CategoryInfo : InvalidOperation: (:) [Connect-X], Exception",
    "2026-03-02T10:00:00Z DEBUG header X-Odd: {}",
    "2026-03-02 10:00:00,120 INFO token={} user=robin",
    "| user | password |\n|------|----------|\n| robin | {} |",
    "user      password\n----      --------\nrobin     {}",
    "Password\n--------\n{}",
    "password\t{}",
    "Password:\n\n   {}\n",
    "secret: >-\n  {}\n",
    "token: !!str {}",
    "variables:\n- name: key\n  value: {}\n",
    "got '{}' for the key",
    "the key \"{}\" is expired",
    "hash {} does not match",
    "Bad credentials ({})",
    "ssh-rsa {} robin@host.test",
    "-----BEGIN PRIVATE KEY----- {} -----END PRIVATE KEY-----",
    "https://x.test/hook/{} answered 500",
    "https://x.test/a#{} answered 500",
    "ftp://u:{}@x.test/a failed",
    "mongodb+srv://u:{}@c.test/db failed",
    "redis://:{}@c.test:6379 failed",
    "AccountName=x;AccountKey={}==;EndpointSuffix=core.windows.net",
    "SharedAccessSignature sr=x&sig={}&se=1&skn=k",
    "docker login -u x -p{} r.test",
    "docker login r.test --password-stdin <<< {}",
    "curl -H 'X-Odd: {}' https://x.test",
    "curl -d 'pw={}' https://x.test",
    "wget --header=\"PRIVATE-TOKEN: {}\" https://x.test",
    "setx KEY {}",
    "os.environ['KEY'] = '{}'",
    "kubectl create secret generic x --from-literal=pw={}",
    "helm upgrade x --set db.password={}",
    "terraform apply -var client_secret={}",
    "ARM_CLIENT_SECRET={} was taken",
    "data: {\"k\":[\"{}\"]}",
    "<entry><value>{}</value></entry>",
    "&lt;password&gt;{}&lt;/password&gt;",
    "%22password%22%3A%22{}%22",
    "packed {json64} was refused",
    "{}:x-oauth-basic",
    "The client '{}' with object id '{}' does not have authorization",
    "Token issuer '{}' and subject '{}' do not match",
    "//registry.test/:_authToken={}",
    "machine x.test login robin password {}",
    "passwordless? no: {}",
    "Kennwort: {}",
    "secret[0]={};secret[1]=x",
    "(user=robin, pass={})",
    "env: { KEY: \"{}\" }",
    "--token {} --verbose",
    "tenant x, app y, secret {}.",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.{}",
];

/// Addresses.
const ADDRESSES: &[&str] = &[
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?endpointNames={}",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?type={}",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?state={}&api-version=7.1",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?$filter=key%20eq%20%27{}%27",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.{}",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints;{}",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/endpoints?api-version={}",
    "https://dev.azure.com/northwind/A%20{}/_apis/serviceendpoint/endpoints",
    "https://northwind.visualstudio.com/{}/_apis/serviceendpoint/endpoints",
    "https://dev.azure.com/northwind/_apis/serviceendpoint/types/{}",
];

/// Secrets of several forms, one after another.
#[derive(Default)]
pub(crate) struct Beds {
    garden: Garden,
    count: usize,
    /// The entries of a recording, one for each place.
    pub(crate) entries: Vec<Value>,
    /// Pasted texts, one for each place.
    pub(crate) texts: Vec<String>,
}

impl Beds {
    pub(crate) fn planted() -> Self {
        let mut beds = Self::default();
        beds.exchanges();
        beds.at_the_desk();
        beds.texts();
        beds
    }

    /// What is planted, in the order of the entries and then of the texts.
    pub(crate) fn all(self) -> Vec<Planted> {
        self.garden.all()
    }

    /// `form` with a new secret in it.
    fn fill(&mut self, kind: &str, form: &str) -> String {
        self.count += 1;
        let n = self.count;
        let spread = n * 7919 % 9973;
        let value = match n % 5 {
            0 => format!("Harbour!Falcon8{n:03}"),
            1 => format!("Zq8wLm{n}Tn2Xv9Rb7Kc{spread}Ydq1"),
            2 => base64(&format!("s{n}!{spread}g"))
                .trim_end_matches('=')
                .to_owned(),
            3 => format!("Tide{n}Gull@{spread}"),
            _ => base64(&format!("NTLMSSP{n}{}", spread * 131))
                .trim_end_matches('=')
                .to_owned(),
        };
        let value = self.garden.plant(kind, &value);
        form.replace("{}", &value)
            .replace("{basic}", &base64(&format!("robin:{value}")))
            .replace("{json64}", &base64(&json!({ "unlock": value }).to_string()))
            .replace("{hex}", &hex(&value))
    }

    fn exchanges(&mut self) {
        for side in ["request", "response"] {
            for (name, form) in FIELDS {
                let value = self.fill(&format!("odd {side} field: {name}"), form);
                let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
                made[side]["headers"] = json!([{ "name": name, "value": value }]);
                self.entries.push(made);
            }
        }
        for (path, form) in MEMBERS {
            let value = self.fill(&format!("text in a member: {path} {form}"), form);
            let mut body = endpoint();
            body["createdBy"] =
                json!({ "displayName": "Robin", "uniqueName": "robin@x.test", "id": ENDPOINT });
            body["serviceEndpointProjectReferences"] =
                json!([{ "name": "a", "projectReference": { "id": ENDPOINT, "name": "Shop" } }]);
            set(&mut body, path, value.into());
            let text = body.to_string();
            self.entries.push(entry("PUT", URL, &text, 200, &text));
        }
        for form in BODIES {
            let text = self.fill(&format!("body: {form}"), form);
            self.entries.push(entry("PUT", URL, &text, 200, &text));
            let text = self.fill(&format!("refusal: {form}"), form);
            self.entries.push(entry("PUT", URL, "{}", 400, &text));
            let text = self.fill(&format!("token request: {form}"), form);
            let token = "https://login.microsoftonline.com/common/oauth2/v2.0/token";
            self.entries.push(entry("POST", token, &text, 400, &text));
        }
        for form in SENTENCES {
            let text = self.fill(&format!("words: {form}"), form);
            let body = json!({ "$id": "1", "message": text, "typeKey": "X" });
            self.entries
                .push(entry("PUT", URL, "{}", 400, &body.to_string()));
            let text = self.fill(&format!("words in a state: {form}"), form);
            let mut body = endpoint();
            body["isReady"] = false.into();
            body["operationStatus"] = json!({ "state": "Failed", "statusMessage": text });
            self.entries
                .push(entry("GET", URL, "", 200, &body.to_string()));
        }
        for form in ADDRESSES {
            let url = self.fill(&format!("odd address: {form}"), form);
            self.entries.push(entry("GET", &url, "", 200, "{}"));
        }
    }

    fn at_the_desk(&mut self) {
        for (path, form) in desk::MEMBERS {
            let value = self.fill(&format!("of an unknown type: {path} {form}"), form);
            let mut body = endpoint();
            body["type"] = "ripplewharf".into();
            body["serviceEndpointProjectReferences"] =
                json!([{ "name": "a", "projectReference": { "id": ENDPOINT, "name": "Shop" } }]);
            let whole = serde_json::from_str(&value).unwrap_or_else(|_| value.into());
            set(&mut body, path, whole);
            let text = body.to_string();
            self.entries.push(entry("PUT", URL, &text, 400, &text));
        }
        for form in desk::BODIES {
            let text = self.fill(&format!("sent at the desk: {form}"), form);
            self.entries.push(entry("PUT", URL, &text, 200, "{}"));
            let text = self.fill(&format!("answered at the desk: {form}"), form);
            self.entries.push(entry("PUT", URL, "{}", 400, &text));
        }
        for side in ["request", "response"] {
            for (name, form) in desk::FIELDS {
                let value = self.fill(&format!("{side} field at the desk: {name}"), form);
                let mut made = entry("PUT", URL, &endpoint().to_string(), 200, "{}");
                made[side]["headers"] = json!([{ "name": name, "value": value }]);
                self.entries.push(made);
            }
        }
        for form in desk::QUERIES {
            let query = self.fill(&format!("query at the desk: {form}"), form);
            let url = URL.replace("?api-version=7.1", &query);
            self.entries.push(entry("GET", &url, "", 200, "{}"));
        }
        let phrase = self.fill("phrase of a status", "Unauthorized {}");
        let mut made = entry("PUT", URL, "{}", 401, "{}");
        made["response"]["statusText"] = phrase.into();
        self.entries.push(made);
    }

    fn texts(&mut self) {
        let members = MEMBERS.iter().map(|(_, form)| form);
        for form in SENTENCES.iter().chain(members).chain(desk::TEXTS) {
            let text = self.fill(&format!("pasted: {form}"), form);
            self.texts.push(format!(
                "ERROR: AADSTS7000215: Invalid client secret provided. Trace ID: {ENDPOINT}\n{text}\n"
            ));
        }
    }
}

fn hex(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Puts `new` at `path`, making what it stands in.
fn set(value: &mut Value, path: &str, new: Value) {
    let mut at = value;
    for token in path.split('/').skip(1) {
        at = match token.parse::<usize>() {
            Ok(index) => &mut at[index],
            Err(_) => &mut at[token],
        };
    }
    *at = new;
}
