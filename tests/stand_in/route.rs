//! What a request asks for, read from its verb, URL and media type.

use percent_encoding::percent_decode_str;

use super::Received;

/// The resource that a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Resource {
    /// `…/endpoints`
    Endpoints,
    /// `…/endpoints/{id}`
    Endpoint(String),
    /// `…/endpointproxy`
    Proxy,
    /// Anything that the stand-in does not know.
    Unknown,
}

/// A request, understood.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) resource: Resource,
    /// The project of the path, where there is one.
    pub(super) project: Option<String>,
    query: Vec<(String, String)>,
    media: Vec<(String, String)>,
}

impl Call {
    pub(super) fn of(received: &Received) -> Self {
        let (path, query) = received.url.split_once('?').unwrap_or((&received.url, ""));
        // A blank at the end of a URL does no harm at the service.
        let path = percent_decode_str(path).decode_utf8_lossy();
        let segments: Vec<&str> = path
            .trim()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let apis = segments
            .iter()
            .position(|part| part.eq_ignore_ascii_case("_apis"));
        let (before, after) = segments.split_at(apis.unwrap_or(segments.len()));
        let media = ["Content-Type", "Accept"]
            .iter()
            .filter_map(|name| received.header(name))
            .flat_map(|value| pairs(value, ';'))
            .collect();
        Self {
            resource: resource(after),
            project: before.get(1).map(|part| (*part).to_owned()),
            query: pairs(query, '&').collect(),
            media,
        }
    }

    /// A query parameter, by its name in any letter case.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// Whether a media-type option such as `noArrayWrap` is on.
    pub(super) fn option(&self, name: &str) -> bool {
        find(&self.media, name) == Some("true")
    }

    /// The major api-version: from the query, else from the media type, else the newest.
    pub(super) fn version(&self) -> u32 {
        self.query("api-version")
            .or_else(|| find(&self.media, "api-version"))
            .and_then(|version| version.split('.').next()?.parse().ok())
            .unwrap_or(7)
    }
}

fn resource(segments: &[&str]) -> Resource {
    let lower: Vec<String> = segments
        .iter()
        .map(|part| part.to_ascii_lowercase())
        .collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    match words[..] {
        ["_apis", "serviceendpoint", "endpoints"]
        | ["_apis", "distributedtask", "serviceendpoints"] => Resource::Endpoints,
        ["_apis", "serviceendpoint", "endpoints", id]
        | ["_apis", "distributedtask", "serviceendpoints", id] => Resource::Endpoint(id.to_owned()),
        ["_apis", "serviceendpoint", "endpointproxy"]
        | ["_apis", "distributedtask", "serviceendpointproxy"] => Resource::Proxy,
        _ => Resource::Unknown,
    }
}

fn pairs(text: &str, between: char) -> impl Iterator<Item = (String, String)> {
    text.split(between).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        let value = percent_decode_str(value)
            .decode_utf8_lossy()
            .trim()
            .to_owned();
        Some((name.to_owned(), value))
    })
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
