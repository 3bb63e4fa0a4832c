//! A corrected body → the request that sends it, in the words of a shell or tool.
//!
//! Nothing is sent here. A credential is fetched when the user runs the request; none is ever
//! taken from the trace or put where other processes can read it.

mod shells;

use crate::endpoint::route::is_known_host;
use crate::endpoint::{EndpointCall, Operation};

/// The forms a request can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// curl in a POSIX shell with process substitution (bash, zsh).
    Curl,
    /// curl.exe at the prompt of cmd.exe.
    Cmd,
    /// `Invoke-RestMethod` of PowerShell 5 and 7.
    PowerShell,
    /// `az rest`.
    Az,
    /// A `.http` file.
    Http,
}

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

/// The application id of Azure DevOps in Entra: what a token must be for.
pub const AZURE_DEVOPS_RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

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
        auth: Auth,
        allowed: &[String],
    ) -> Result<Self, String> {
        let recorded = &call.exchange.request.url;
        let name = call.route.host.split(':').next().unwrap_or_default();
        let is_allowed = |host: &String| {
            host.eq_ignore_ascii_case(&call.route.host) || host.eq_ignore_ascii_case(name)
        };
        if !is_known_host(&call.route.host) && !allowed.iter().any(is_allowed) {
            return Err(format!(
                "{name} is no host of the Azure DevOps cloud; if you trust it with a credential, add --allow-host {name}"
            ));
        }
        if recorded.chars().any(char::is_control) || recorded.contains('@') {
            return Err("the recorded URL holds characters that no URL of the service has; type the request by hand".to_owned());
        }
        if is_known_host(&call.route.host) && !recorded.to_ascii_lowercase().starts_with("https://")
        {
            return Err(
                "the recorded URL is not https; a credential must not be sent to it".to_owned(),
            );
        }
        let in_body = call.stored().and_then(|node| node.str("id"));
        if let (Some(inside), Some(outside)) = (in_body, call.route.endpoint_id.as_deref())
            && !crate::endpoint::call::is_unsaved(inside)
            && !inside.eq_ignore_ascii_case(outside)
            && call.operation.writes_endpoint()
        {
            return Err(format!(
                "the body is about endpoint {inside}, the URL about {outside}; find out which one is meant before sending it"
            ));
        }
        let verb = match (call.operation, method) {
            (Operation::Create | Operation::Verify, _) => "POST",
            (Operation::Update, Method::Patch) => "PATCH",
            _ => "PUT",
        };
        Ok(Self {
            method: verb.to_owned(),
            url: url_of(call),
            body,
            auth,
        })
    }

    /// The request in `form`. `trace` is the path of the trace, for forms that take the body from a file.
    pub fn write(&self, form: Form, trace: &str) -> String {
        match form {
            Form::Curl => shells::curl(self),
            Form::Cmd => shells::cmd(self, trace),
            Form::PowerShell => shells::powershell(self),
            Form::Az => shells::az(self, trace),
            Form::Http => shells::http(self),
        }
    }
}

/// Why the verb is what it is, in one line.
pub fn method_reason(call: Option<&EndpointCall>, method: Method) -> &'static str {
    match (call.map(|call| call.operation), method) {
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

/// The recorded URL with an api-version, encoded so that no shell sees anything but letters in it.
fn url_of(call: &EndpointCall) -> String {
    let mut url = encode(
        call.exchange
            .request
            .url
            .split('#')
            .next()
            .unwrap_or_default()
            .trim(),
    );
    if call.route.query("api-version").is_none() {
        let version = call
            .api_version()
            .map(encode)
            .or_else(|| is_known_host(&call.route.host).then(|| DEFAULT_API_VERSION.to_owned()));
        if let Some(version) = version {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str("api-version=");
            url.push_str(&version);
        }
    }
    url
}

fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?&=,;%+[]".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
