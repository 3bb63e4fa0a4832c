//! Ordinary web pages and scripts that an exchange brings are copied without ado.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::redaction::{judged, redacted};

/// The parts of which pages are made here.
fn parts() -> Vec<(&'static str, String)> {
    let image = STANDARD.encode(
        (0..6000_u32)
            .map(|at| (at * 31 % 251) as u8)
            .collect::<Vec<u8>>(),
    );
    let mut table = String::from("<table><tr><th>Id</th><th>Token</th></tr>");
    for at in 0..200 {
        let _ = write!(table, "<tr><td>{at}</td><td>password: row {at}</td></tr>");
    }
    table.push_str("</table>");
    vec![
        ("code", "<pre><code>curl -H 'Authorization: Bearer $TOKEN' https://dev.azure.com/ORG/_apis</code></pre>".to_owned()),
        ("table", table),
        ("inline JSON", r#"<script type="application/json">{"user":null,"token":"","items":[{"key":"a","value":1},{"key":"b","value":[]}]}</script>"#.to_owned()),
        ("image", format!("<img alt=logo src=\"data:image/png;base64,{image}\">")),
        ("form", "<form action=/login method=post><input type=password name=password value=''><input type=hidden name=__RequestVerificationToken></form>".to_owned()),
        ("style", "<style>a{color:#0078d4}.key:before{content:'\\201c'}@media(max-width:9px){b{top:0}}</style>".to_owned()),
        ("unclosed", "<div class='a' data-x=\"<b>&quot;&#39;</b>\"><p>it's <!-- half".to_owned()),
    ]
}

/// Pages of one part each, and of two different ones.
fn pages() -> Vec<(String, String)> {
    let parts = parts();
    let page = |inside: &str| {
        format!("<!DOCTYPE html><html><head><title>Docs</title></head><body>{inside}</body></html>")
    };
    let mut pages: Vec<(String, String)> = Vec::new();
    for (at, (name, part)) in parts.iter().enumerate() {
        pages.push(((*name).to_owned(), page(part)));
        for (other, behind) in &parts[at + 1..] {
            pages.push((format!("{name}, {other}"), page(&format!("{part}{behind}"))));
        }
    }
    pages
}

/// Scripts as packers write them.
fn scripts() -> Vec<(String, String)> {
    let heads = [
        "!function(e,t){\"use strict\";var n=e.token||\"\",r=t.password;",
        "(()=>{var e={123:(e,t,n)=>{n.r(t),n.d(t,{getToken:()=>r})}},t={};",
        "webpackJsonp([1],{\"+xUi\":function(t,e,n){t.exports=n.p+\"a.js\"},",
        "var a=/[\"'`]\\/(?:key|secret)=([^&]+)/gi,b=`${a}://${location.host}`;",
        "const h={Authorization:`Bearer ${t}`,\"X-Key\":k?k:null};",
    ];
    let bodies = [
        "for(var i=0;i<n.length;i++)n[i]=i%2?\"\\u0027\":'\\x22';".repeat(60),
        "function t(e){return e&&e.key?{password:e.password,secret:!0,n:e.n<<2}:void 0}".repeat(60),
    ];
    let mut scripts = Vec::new();
    for head in heads {
        for body in &bodies {
            scripts.push((head.to_owned(), format!("{head}{body}")));
        }
    }
    scripts
}

/// A trace with a call that failed, and that got `text` for an answer.
fn trace(kind: &str, text: &str, status: u16) -> Vec<u8> {
    let entry = |status: u16, kind: &str, text: &str| {
        json!({
            "request": {
                "method": "PUT",
                "url": "https://dev.azure.com/tailspin/_apis/serviceendpoint/endpoints/1?api-version=7.1",
                "headers": [],
                "postData": { "mimeType": "application/json", "text": r#"{"name":"tailspin-live","type":"generic"}"# },
            },
            "response": {
                "status": status,
                "headers": [{ "name": "Content-Type", "value": kind }],
                "content": { "mimeType": kind, "text": text },
            },
        })
    };
    let own = r#"{"message":"Insufficient privileges to complete the operation."}"#;
    let entries = [
        entry(400, "application/json", own),
        entry(status, kind, text),
    ];
    json!({ "log": { "version": "1.2", "entries": entries } })
        .to_string()
        .into_bytes()
}

/// Copies a trace with each of `texts`; none is refused, and no exchange is left out.
fn assert_copied(kind: &str, texts: &[(String, String)]) {
    for (name, text) in texts {
        for status in [200, 401, 502] {
            let bytes = trace(kind, text, status);
            let copy = redacted(name, &bytes, false).expect("it has calls");
            let report = judged(name, &copy).expect("a copy can be read");
            assert_eq!(report.calls.len(), 2, "{name} with {status}");
        }
    }
}

#[test]
fn web_pages_of_many_kinds_are_copied() {
    let pages = pages();
    assert!(pages.len() >= 20, "only {}", pages.len());
    assert_copied("text/html", &pages);
}

#[test]
fn minified_scripts_are_copied() {
    let scripts = scripts();
    assert!(scripts.len() >= 10, "only {}", scripts.len());
    assert_copied("text/javascript", &scripts);
}
