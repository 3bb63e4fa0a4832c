//! A Fiddler archive.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Garden, Planted, Trace, base64, jwt};

const TENANT: &str = "1f7a6c3d-52e8-4b90-9d14-c8e03b6f5a71";

/// The archive, what is secret in it, and who is in it.
pub(crate) fn trace() -> Trace {
    let mut garden = Garden::default();
    let g = &mut garden;
    let token = jwt(
        g,
        "signature of a bearer token",
        &json!({ "tid": TENANT, "upn": "grace@adatum-works.test" }),
    );
    let request = format!(
        "PUT https://dev.azure.com/adatum/Litware/_apis/serviceendpoint/endpoints/{TENANT}?api-version=7.1&sig={} HTTP/1.1\r\nHost: dev.azure.com\r\nAuthorization: Bearer {token}\r\nCookie: FedAuth={}\r\nContent-Type: application/json\r\n\r\n{}",
        g.secret("signature in the request line"),
        g.secret("cookie"),
        json!({ "name": "litware-main-3", "authorization": { "parameters": {
            "serviceprincipalkey": g.secret("serviceprincipalkey"), "unheardOf": g.secret("unknown parameter") } } }),
    );
    let body = json!({ "refresh_token": g.secret("refresh token in a compressed answer"),
        "blob": base64(&json!({ "apitoken": g.secret("key in base64 in a compressed answer") }).to_string()),
        "createdBy": { "displayName": "Grace Okafor", "uniqueName": "grace@adatum-works.test" } });
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed
        .write_all(body.to_string().as_bytes())
        .expect("it is made here");
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nSet-Cookie: UserAuthentication={}; path=/\r\nLocation: /x#id_token={}\r\n\r\n",
        g.secret("Set-Cookie"),
        g.secret("token in Location"),
    )
    .into_bytes();
    answer.extend(packed.finish().expect("it is made here"));
    let metadata = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Session SID=\"7\" BitFlags=\"19\"><SessionTimers ClientBeginRequest=\"2026-03-02T10:00:00.5+01:00\" /><SessionFlags><SessionFlag N=\"ui-comments\" V=\"password={}\" /><SessionFlag N=\"x-clientip\" V=\"203.0.113.88\" /><SessionFlag N=\"x-processinfo\" V=\"msedge:12140\" /><SessionFlag N=\"x-overridehost\" V=\"{}\" /></SessionFlags></Session>",
        g.secret("password in Fiddler's comment"),
        g.secret("value of a flag"),
    );
    let tunnel = "CONNECT dev.azure.com:443 HTTP/1.1\r\nHost: dev.azure.com:443\r\n\r\n";
    let form = format!(
        "POST https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token HTTP/1.1\r\nHost: login.microsoftonline.com\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Api-Key: {}\r\n\r\ngrant_type=client_credentials&client_secret={}&scope=x",
        g.secret("key in a header"),
        g.secret("client secret in a form"),
    );
    let refused = format!(
        "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\n\r\nAADSTS7000215: Invalid client secret. Sent: {{\\\"password\\\":\\\"{}\\\"}}",
        g.secret("password in an escaped text"),
    );
    let socket = format!("Request-Length: 9\r\n\r\n{}", g.secret("WebSocket frames"));
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("raw/1_c.txt", tunnel.into()),
        ("raw/1_s.txt", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        ("raw/2_c.txt", request.into()),
        ("raw/2_s.txt", answer),
        ("raw/2_m.xml", metadata.into()),
        ("raw/2_w.txt", socket.into()),
        ("raw/3_c.txt", form.into()),
        ("raw/3_s.txt", refused.into()),
    ];
    let files = files
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), bytes));
    (zipped(files), garden.all(), identities())
}

fn zipped(files: impl Iterator<Item = (String, Vec<u8>)>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(name, SimpleFileOptions::default())
            .expect("it is made here");
        archive.write_all(&bytes).expect("it is made here");
    }
    archive.finish().expect("it is made here").into_inner()
}

/// The entries of a recording as an archive.
pub(crate) fn packed(entries: &[Value]) -> Vec<u8> {
    let text = |value: &Value, path: &str| {
        value
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let fields = |value: &Value| -> String {
        let fields = value["headers"].as_array().into_iter().flatten();
        fields
            .map(|field| format!("{}: {}\r\n", text(field, "/name"), text(field, "/value")))
            .collect()
    };
    let files = entries.iter().enumerate().flat_map(|(at, entry)| {
        let (request, response) = (&entry["request"], &entry["response"]);
        let (method, url) = (text(request, "/method"), text(request, "/url"));
        let asked = format!(
            "{method} {url} HTTP/1.1\r\n{}\r\n{}",
            fields(request),
            text(request, "/postData/text")
        );
        let answered = format!(
            "HTTP/1.1 {} X\r\n{}\r\n{}",
            response["status"],
            fields(response),
            text(response, "/content/text")
        );
        let number = at + 1;
        [
            (format!("raw/{number}_c.txt"), asked.into_bytes()),
            (format!("raw/{number}_s.txt"), answered.into_bytes()),
        ]
    });
    zipped(files)
}

fn identities() -> Vec<Planted> {
    let one = |kind: &str, value: &str| Planted {
        kind: kind.into(),
        value: value.into(),
    };
    vec![
        one("id", TENANT),
        one("organization", "adatum"),
        one("project", "Litware"),
        one("connection", "litware-main-3"),
        one("person", "Grace Okafor"),
        one("mail address", "grace@adatum-works.test"),
        one("IP address", "203.0.113.88"),
        one("process", "msedge:12140"),
    ]
}
