//! A corrected body → the request that sends it, in the words of a shell or tool.
//!
//! Nothing is sent here. A credential is fetched when the user runs the request; none is ever
//! taken from the trace or put where other processes can read it.

mod forms;
mod guard;
mod preflight;

pub use forms::{FORMS, Form};
pub use preflight::Preflight;

use crate::azure::{is_host_of_azure_devops, is_look_alike};
use crate::connection::route::Route;
use crate::connection::{EndpointCall, Operation};
use crate::json;
use crate::json::splice::Edit;
use crate::report::Report;
use crate::sensitive::looks_masked;
use crate::text::guid::is_guid;

/// The verb of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// The documented update in every API version.
    #[default]
    Put,
    /// What the support article's text says.
    Patch,
}

/// Where the credential comes from when the request is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Auth {
    /// The signed-in user of the Azure CLI.
    #[default]
    Az,
    /// A personal access token in the variable `AZURE_DEVOPS_EXT_PAT`.
    Pat,
}

/// The api-version where the trace names none and the host is the cloud.
const DEFAULT_API_VERSION: &str = "7.1";

/// A request ready to be written down.
#[derive(Debug, Clone)]
pub struct Request {
    /// The verb.
    pub method: String,
    /// The URL, made safe: nothing in it means anything to a shell inside quotes.
    pub url: String,
    /// The body.
    pub body: String,
    /// The credential's source.
    pub auth: Auth,
    /// Whether what is stored is replaced.
    pub overwrites: bool,
    /// What is read before anything is written.
    pub preflight: Option<Preflight>,
}

impl Request {
    /// The request that repeats `call` with `body`.
    ///
    /// Fails with one line where a credential must not be sent: an unknown host, a URL that is not
    /// what it seems, a body that is about another endpoint than the URL.
    pub fn new(
        call: &EndpointCall,
        body: String,
        method: Method,
        auth: Option<Auth>,
        allowed: &[String],
    ) -> Result<Self, String> {
        if let Some(name) = host_to_allow(call)
            && !allowed.iter().any(|host| host.eq_ignore_ascii_case(name))
        {
            return Err(if is_look_alike(name) {
                format!(
                    "{name} only looks like Azure DevOps and is none of its hosts; no request that carries a credential is written to it"
                )
            } else {
                format!(
                    "{name} is no host of the Azure DevOps cloud; if it is a server of your own, add --allow-host {name}"
                )
            });
        }
        let auth = credential(call, auth)?;
        let root = json::parse(&body).ok();
        let in_body = root.as_ref().and_then(|node| node.str("id"));
        let in_url = call.route.endpoint_id.as_deref();
        // Of a masked id nobody knows whether it is the same; that of the body is the one to send to.
        let masked = in_url.is_some_and(looks_masked);
        if let (Some(inside), Some(outside)) = (in_body, in_url.filter(|_| !masked))
            && !crate::connection::call::is_unsaved(inside)
            && !inside.eq_ignore_ascii_case(outside)
            && call.operation.writes_endpoint()
        {
            return Err(format!(
                "the body is about endpoint {inside}, the URL about {outside}; find out which one is meant before sending it"
            ));
        }
        let blank = Route::blank_behind(&call.exchange.request.url).is_some();
        let id = if masked {
            in_body.filter(|id| is_guid(id))
        } else {
            in_url.filter(|_| blank)
        };
        let verb = match (call.operation, method) {
            (Operation::Create | Operation::Verify, _) => "POST",
            (Operation::Update, Method::Patch) => "PATCH",
            _ => "PUT",
        };
        Ok(Self {
            method: verb.to_owned(),
            url: match id {
                Some(id) => with_id(&safe_url(call)?, id),
                None => safe_url(call)?,
            },
            body,
            auth,
            overwrites: preflight::overwrites(call),
            preflight: None,
        })
    }

    /// Lets the request read the endpoint first, if the trace shows what to expect; `edits` are those
    /// that corrected the body.
    #[must_use]
    pub fn checked_first(mut self, call: &EndpointCall, edits: &[Edit], report: &Report) -> Self {
        self.preflight = preflight::of(call, edits, report);
        self
    }

    /// What `form` does not compare before it overwrites what is stored; `None` where it does, or where
    /// nothing is overwritten.
    pub(crate) fn unguarded(&self, form: &Form) -> Option<String> {
        const UNSEEN: &str = "the trace never shows this connection as the service has it, so the request has nothing to compare with and overwrites whatever is stored now";
        if !self.overwrites {
            return None;
        }
        let unseen = self.preflight.is_none().then(|| UNSEEN.to_owned());
        unseen.or_else(|| form.unguarded())
    }

    /// What whoever runs the request in `form` has to know of it, one line each.
    pub(crate) fn remarks(&self, form: &Form) -> Vec<String> {
        let lower = self.url.to_ascii_lowercase();
        let mut remarks: Vec<String> = form.remark.into_iter().map(str::to_owned).collect();
        if lower.starts_with("http://") {
            remarks.push(
                "warning: the recorded URL is http; the credential goes over the network in clear"
                    .to_owned(),
            );
        }
        if !lower.contains("api-version=") {
            remarks.push("warning: the trace names no api-version, and which one this server takes is not known; add the one of your server to the URL (?api-version=7.1)".to_owned());
        }
        remarks.extend(self.unguarded(form).map(|line| format!("warning: {line}")));
        remarks
    }

    /// The request in `form`. `save` is the command, in the shell of `form`, that prints the body
    /// alone, for forms that take it from a file; without them `body.json` is there already.
    pub fn write(&self, form: &Form, save: Option<&str>) -> String {
        (form.write)(self, save)
    }
}

/// The credential of a request to `call`: a server of one's own takes no token of Entra.
fn credential(call: &EndpointCall, wanted: Option<Auth>) -> Result<Auth, String> {
    match (is_cloud(call), wanted) {
        (true, wanted) => Ok(wanted.unwrap_or_default()),
        (false, Some(Auth::Az)) => Err(
            "a server of your own takes a personal access token; leave --auth az away, and put the token into AZURE_DEVOPS_EXT_PAT"
                .to_owned(),
        ),
        (false, _) => Ok(Auth::Pat),
    }
}

/// The host that `--allow-host` has to name before a request to `call` is written.
pub(crate) fn host_to_allow(call: &EndpointCall) -> Option<&str> {
    Some(with_port_of_note(call)).filter(|_| !is_cloud(call))
}

/// The host of `call`, with its port where that is not the one of its scheme.
fn with_port_of_note(call: &EndpointCall) -> &str {
    let url = call.exchange.request.url.trim().to_ascii_lowercase();
    let port = if url.starts_with("http://") {
        ":80"
    } else {
        ":443"
    };
    let host = &call.route.host;
    host.strip_suffix(port).unwrap_or(host)
}

/// Whether the call went to the Azure DevOps cloud.
fn is_cloud(call: &EndpointCall) -> bool {
    is_host_of_azure_devops(with_port_of_note(call))
}

/// The recorded URL of `call` with an api-version; refused where it is not what it seems.
fn safe_url(call: &EndpointCall) -> Result<String, String> {
    let recorded = &call.exchange.request.url;
    if recorded.chars().any(char::is_control) || recorded.contains('@') || has_dot_segment(recorded)
    {
        return Err(
            "the recorded URL holds characters that no URL of the service has; type the request by hand"
                .to_owned(),
        );
    }
    if is_cloud(call) && !recorded.to_ascii_lowercase().starts_with("https://") {
        return Err(
            "the recorded URL is not https; a credential must not be sent to it".to_owned(),
        );
    }
    Ok(url_of(call))
}

/// `url` with `id` behind its `/endpoints/`: without the mask or the blank that stands there.
fn with_id(url: &str, id: &str) -> String {
    const COLLECTION: &str = "endpoints/";
    let path = url.split('?').next().unwrap_or_default();
    let Some(at) = path.to_ascii_lowercase().rfind(COLLECTION) else {
        return url.to_owned();
    };
    let start = at + COLLECTION.len();
    let end = path[start..]
        .find('/')
        .map_or(path.len(), |end| start + end);
    format!("{}{}{}", &url[..start], encode(id), &url[end..])
}

/// Why the verb is what it is, in one line.
pub(crate) fn method_reason(operation: Option<Operation>, method: Method) -> &'static str {
    match (operation, method) {
        (Some(Operation::Create), _) => "POST, because the call creates an endpoint.",
        (Some(Operation::Verify), _) => "POST, because the call verifies an endpoint.",
        (_, Method::Put) => {
            "PUT, the documented update in every api-version; PATCH on this URL (6.0 and later) shares an endpoint and takes an array."
        }
        (_, Method::Patch) => {
            "PATCH, as the support article's text says; the service takes PATCH on this URL for sharing, so expect 'Value cannot be null. Parameter name: endpointProjectReferences' and use PUT then."
        }
    }
}

/// The recorded URL without its secrets and with an api-version, encoded so that no shell sees anything but letters in it.
fn url_of(call: &EndpointCall) -> String {
    let recorded = call
        .exchange
        .request
        .url
        .split('#')
        .next()
        .unwrap_or_default();
    let (place, query) = recorded
        .trim()
        .split_once('?')
        .unwrap_or((recorded.trim(), ""));
    let harmless = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && !crate::sensitive::is_secret_name(name)
    });
    let query = harmless.collect::<Vec<_>>().join("&");
    let mut url = encode(place);
    if !query.is_empty() {
        url.push('?');
        url.push_str(&encode(&query));
    }
    if call.route.query("api-version").is_none() {
        let version = call
            .api_version()
            .map(encode)
            .or_else(|| is_cloud(call).then(|| DEFAULT_API_VERSION.to_owned()));
        if let Some(version) = version {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str("api-version=");
            url.push_str(&version);
        }
    }
    url
}

/// A percent sign that two hexadecimal digits follow; any other could begin a variable of cmd.exe.
fn is_escape(bytes: &[u8]) -> bool {
    matches!(bytes, [b'%', one, two, ..] if one.is_ascii_hexdigit() && two.is_ascii_hexdigit())
}

/// Whether a path segment means another place than the one it stands in.
fn has_dot_segment(url: &str) -> bool {
    let path = url
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let path = path.replace("%2e", ".");
    path.contains("%2f")
        || path.contains("%5c")
        || path.contains('\\')
        || path.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_alphanumeric()
            || b"-._~:/?&=,;+".contains(&byte)
            || is_escape(&text.as_bytes()[at..])
        {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Method, Request};
    use crate::connection::EndpointCall;
    use crate::exchange::{self, Body, Exchange};

    const ID: &str = "11111111-2222-4333-8444-555555555555";

    fn url(segment: &str) -> String {
        format!("https://dev.azure.com/o/_apis/serviceendpoint/endpoints/{segment}?api-version=7.1")
    }

    #[test]
    fn no_mask_and_no_pasted_blank_gets_into_the_address() {
        let body = format!(r#"{{"id":"{ID}"}}"#);
        for segment in [
            "[redacted]",
            "***",
            &format!("{ID}%20"),
            &format!("{ID}+"),
            ID,
        ] {
            let request = exchange::Request {
                method: "PUT".into(),
                url: url(segment),
                body: Body::Text(body.clone().into()),
                ..exchange::Request::default()
            };
            let exchange = Exchange {
                request,
                ..Exchange::default()
            };
            let call = EndpointCall::recognise(exchange, 0).unwrap();
            let request = Request::new(&call, body.clone(), Method::Put, None, &[]).unwrap();
            assert_eq!(request.url, url(ID), "{segment}");
        }
    }
}
