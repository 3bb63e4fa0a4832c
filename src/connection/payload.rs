//! A `ServiceEndpoint` as a request body carries it.

use crate::exchange::{Location, Part};
use crate::json::{Member, Node, pointer};

use super::call::EndpointCall;

/// What the payload is sent for; several members are required for one and not for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// `POST` of a new endpoint.
    Create,
    /// `PUT` (or mistaken `PATCH`) of a stored one.
    Update,
    /// `PUT` with `operation=ConvertAuthenticationScheme`; a minimal body is enough.
    Convert,
    /// Verify of a stored endpoint; the service fills in the stored secret.
    VerifySaved,
    /// Verify before the first save; everything must be in the body.
    VerifyNew,
    /// Pasted without its request.
    Pasted,
}

/// One `ServiceEndpoint` payload and its place in the request body.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a> {
    /// The endpoint object.
    pub node: &'a Node,
    /// The whole request body as recorded.
    pub text: &'a str,
    /// Index in the body's array, if it is one.
    pub index: Option<usize>,
    /// The pointer of that array: some keep a list as a `GET` gives it, `{"count":…,"value":[…]}`.
    pub list: &'static str,
    /// What it is sent for.
    pub usage: Use,
    /// The call that sends it; `None` for a pasted one.
    pub call: Option<&'a EndpointCall>,
    /// Index of the trace it came from.
    pub input: usize,
    /// The place of its exchange.
    pub entry: usize,
}

/// The payloads of a request body; `start` gives all but the node.
pub(crate) fn of_body<'a>(body: &'a Node, start: Payload<'a>) -> Vec<Payload<'a>> {
    if matches!(start.usage, Use::VerifySaved | Use::VerifyNew) {
        let node = body
            .get("serviceEndpointDetails")
            .filter(|node| node.is_object());
        return node
            .map(|node| Payload { node, ..start })
            .into_iter()
            .collect();
    }
    if body.is_object() {
        return vec![Payload {
            node: body,
            ..start
        }];
    }
    let items = body
        .items()
        .iter()
        .enumerate()
        .filter(|(_, node)| node.is_object());
    items
        .map(|(at, node)| Payload {
            node,
            index: Some(at),
            ..start
        })
        .collect()
}

/// Whether a pasted JSON object is a `ServiceEndpoint`.
pub fn looks_like_endpoint(node: &Node) -> bool {
    let known = [
        "authorization",
        "data",
        "type",
        "url",
        "serviceEndpointProjectReferences",
        "isReady",
    ];
    node.get("authorization")
        .is_some_and(|auth| auth.get("scheme").is_some() || auth.get("parameters").is_some())
        || (known.iter().filter(|key| node.get(key).is_some()).count() >= 3)
}

/// The payloads of a JSON that came without its request: a service endpoint, the body of a verify, or
/// the list of a `PUT` of several. What the service shows in a list is no payload.
pub(crate) fn of_pasted<'a>(body: &'a Node, text: &'a str, input: usize) -> Vec<Payload<'a>> {
    let mut start = Payload::pasted(body, text, input);
    let list = body.get("value").filter(|list| list.is_array());
    let body = match list {
        Some(list) if !looks_like_endpoint(body) => {
            start.list = "/value";
            list
        }
        _ => body,
    };
    if body.get("serviceEndpointDetails").is_some() {
        start.usage = Use::VerifySaved;
    }
    let mut payloads = of_body(body, start);
    payloads.retain(|payload| looks_like_endpoint(payload.node));
    let shown = |payload: &Payload<'_>| payload.node.get("createdBy").is_some();
    if body.is_array() && payloads.iter().any(shown) {
        payloads.clear();
    }
    payloads
}

impl<'a> Payload<'a> {
    /// A pasted payload.
    pub fn pasted(node: &'a Node, text: &'a str, input: usize) -> Self {
        Self {
            node,
            text,
            index: None,
            list: "",
            usage: Use::Pasted,
            call: None,
            input,
            entry: 0,
        }
    }

    /// The place of `pointer` in the trace.
    pub fn location(&self, pointer: impl Into<String>) -> Location {
        let part = self.call.map_or(Part::Text, |_| Part::RequestBody);
        Location {
            input: self.input,
            entry: self.entry,
            part,
            pointer: Some(pointer.into()),
        }
    }

    /// The pointer of the endpoint object itself.
    pub fn base(&self) -> String {
        match (self.usage, self.index) {
            (Use::VerifySaved | Use::VerifyNew, _) => "/serviceEndpointDetails".to_owned(),
            (_, Some(index)) => format!("{}/{index}", self.list),
            _ => String::new(),
        }
    }

    /// Follows `keys` without regard to letter case; gives the pointer in the spelling of the body.
    pub fn find(&self, keys: &[&str]) -> Option<(String, &'a Node)> {
        let mut at = self.base();
        let mut node = self.node;
        for key in keys {
            let member = node.member(key)?;
            at = pointer::push(&at, &member.key);
            node = &member.value;
        }
        Some((at, node))
    }

    /// A string found by [`Self::find`].
    pub fn str(&self, keys: &[&str]) -> Option<&'a str> {
        self.find(keys).and_then(|(_, node)| node.as_str())
    }

    /// `authorization.parameters.{key}`.
    pub fn parameter(&self, key: &str) -> Option<(String, &'a Node)> {
        self.find(&["authorization", "parameters", key])
    }

    /// `data.{key}`.
    pub fn data(&self, key: &str) -> Option<(String, &'a Node)> {
        self.find(&["data", key])
    }

    /// The text of `authorization.parameters.{key}`, blanks trimmed; `None` if empty or no string.
    pub(crate) fn parameter_text(&self, key: &str) -> Option<&'a str> {
        filled(self.parameter(key))
    }

    /// The text of `data.{key}`, blanks trimmed; `None` if empty or no string.
    pub(crate) fn data_text(&self, key: &str) -> Option<&'a str> {
        filled(self.data(key))
    }

    /// Whether somebody means to complete it later.
    pub(crate) fn is_draft(&self) -> bool {
        self.data_text("isDraft")
            .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// `authorization.parameters` with its pointer, if it is an object.
    pub fn parameters(&self) -> Option<(String, &'a [Member])> {
        self.find(&["authorization", "parameters"])
            .filter(|(_, node)| node.is_object())
            .map(|(at, node)| (at, node.members()))
    }

    /// `data` and `authorization.parameters` with their pointers: the maps from names to texts.
    pub(crate) fn text_maps(&self) -> impl Iterator<Item = (String, &'a Node)> {
        let maps = [&["data"][..], &["authorization", "parameters"]];
        maps.into_iter().filter_map(|keys| self.find(keys))
    }

    /// Whether `authorization.scheme` is `name`.
    pub fn has_scheme(&self, name: &str) -> bool {
        self.str(&["authorization", "scheme"])
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(name))
    }

    /// Whether `data.creationMode` is `name`.
    pub(crate) fn has_mode(&self, name: &str) -> bool {
        self.data_text("creationMode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case(name))
    }

    /// Whether this is an Azure Resource Manager endpoint: by its type, or by its data where a body has no type.
    pub(crate) fn is_azurerm(&self) -> bool {
        match self.str(&["type"]) {
            Some(kind) => kind.trim().eq_ignore_ascii_case("azurerm"),
            None => {
                self.data("subscriptionId").is_some()
                    || self.data("managementGroupId").is_some()
                    || self.parameter("tenantid").is_some()
                    || self.has_scheme("WorkloadIdentityFederation")
            }
        }
    }
}

fn filled(found: Option<(String, &Node)>) -> Option<&str> {
    found
        .and_then(|(_, node)| node.as_str())
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn keys_are_found_in_any_case_and_pointed_to_as_spelt() {
        let text = r#"[{"Authorization":{"Parameters":{"TenantId":" t "}}}]"#;
        let body = parse(text).unwrap();
        let start = Payload {
            usage: Use::Update,
            ..Payload::pasted(&body, text, 0)
        };
        let payload = of_body(&body, start)[0];
        assert_eq!(
            payload.parameter("tenantid").unwrap().0,
            "/0/Authorization/Parameters/TenantId"
        );
        assert_eq!(payload.parameter_text("TENANTID"), Some("t"));
    }

    #[test]
    fn a_verify_holds_its_payload_one_level_down() {
        let text =
            r#"{"serviceEndpointDetails":{"type":"AzureRM","data":{"creationMode":"manual"}}}"#;
        let body = parse(text).unwrap();
        let start = Payload {
            usage: Use::VerifySaved,
            ..Payload::pasted(&body, text, 0)
        };
        let payload = of_body(&body, start)[0];
        assert!(payload.is_azurerm() && payload.has_mode("Manual"));
        assert_eq!(
            payload.data("creationMode").unwrap().0,
            "/serviceEndpointDetails/data/creationMode"
        );
    }
}
