//! Samples and their reports.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use mendpoint::ingest::{self, Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::rules::engine::Catalogue;

/// The built-in rules, prepared once for all tests.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
pub(crate) static ANALYZER: LazyLock<Analyzer<'static>> =
    LazyLock::new(|| Analyzer::new(&CATALOGUE));

/// Recordings of real browsers and what is wrong in each.
pub(crate) const RECORDED: [&str; 5] = [
    "chromium-accesstoken-null.har",
    "chromium-fixed-afterwards.har",
    "chromium-verify-forbidden.har",
    "firefox-accesstoken-null.har",
    "mitmproxy-accesstoken-null.har",
];

/// The report on one of `samples/recorded`.
pub(crate) fn recorded(name: &str) -> Report {
    judge(traces(name))
}

fn traces(name: &str) -> Vec<ingest::Trace> {
    let path = Path::new("samples/recorded").join(name);
    let mut file = File::open(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let traces = ingest::read(
        &format!("samples/recorded/{name}"),
        Source::File(&mut file),
        &Options::default(),
    );
    traces.unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The report on a text as a user would hand it in.
pub(crate) fn pasted(name: &str, text: &str) -> Report {
    let mut bytes = Cursor::new(text.as_bytes());
    let traces = ingest::read(name, Source::File(&mut bytes), &Options::default());
    judge(traces.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

/// The report on several such texts, each a file of its own.
pub(crate) fn pasted_all(files: &[(String, &str)]) -> Report {
    let read = |(name, text): &(String, &str)| {
        let mut bytes = Cursor::new(text.as_bytes());
        ingest::read(name, Source::File(&mut bytes), &Options::default()).unwrap_or_default()
    };
    judge(files.iter().flat_map(read).collect())
}

fn judge(traces: Vec<ingest::Trace>) -> Report {
    ANALYZER.judge(traces)
}

/// The report on all of `samples/recorded`, as for several paths.
pub(crate) fn all_recorded() -> Report {
    judge(RECORDED.into_iter().flat_map(traces).collect())
}

/// A refused update as session text.
fn update(name: &str, parameters: &serde_json::Value) -> String {
    let body = serde_json::json!({
        "id": "22222222-3333-4444-8555-666666666666",
        "name": name,
        "type": "azurerm",
        "url": "https://management.azure.com/",
        "authorization": { "scheme": "ServicePrincipal", "parameters": parameters },
        "data": { "creationMode": "Manual", "subscriptionName": name, "subscriptionId": "55555555-6666-4777-8888-999999999999" },
        "serviceEndpointProjectReferences": [{
            "name": name,
            "projectReference": { "id": "33333333-4444-4555-8666-777777777777", "name": name },
        }],
    });
    format!(
        "PUT https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/22222222-3333-4444-8555-666666666666?api-version=7.1 HTTP/1.1\r\nHost: dev.azure.com\r\nContent-Type: application/json\r\n\r\n{body}\r\n\r\nHTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n\r\n{{\"message\":\"Failed to get Azure DevOps Service access token, cache value is invalid.\"}}\r\n"
    )
}

/// A connection whose names want to be markup.
pub(crate) fn hostile() -> Report {
    let name = "</pre></script><script>window.ran=1</script><img src=x onerror=\"window.ran=1\">\"onload='x' \u{202e}`**[x](http://h)` @sam\u{e9}\u{1f600}";
    let parameters = serde_json::json!({ "tenantid": "44444444-5555-4666-8777-888888888888", "serviceprincipalid": "11111111-2222-4333-8444-555555555555", "authenticationType": "spnKey", "serviceprincipalkey": null, "accesstoken": null });
    pasted(&format!("{name}.txt"), &update(name, &parameters))
}

/// A connection whose body holds secrets; each has the word “planted” in it.
pub(crate) fn planted() -> Report {
    let parameters = serde_json::json!({ "tenantid": "44444444-5555-4666-8777-888888888888", "serviceprincipalid": "11111111-2222-4333-8444-555555555555", "authenticationType": "spnKey", "serviceprincipalkey": "planted-key", "apitoken": "planted-token", "unheardOf": "planted-unknown", "accesstoken": null });
    pasted("samples.txt", &update("fabrikam-dev", &parameters))
}
