//! An [`Exchange`] recognised as a service-endpoint call, with its bodies parsed when they are asked for.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::exchange::{Body, Dictionary, Exchange, Request, Response};
use crate::exchange::{Location, Part};
use crate::json::{self, Node};

use super::identity::{linked, references};
use super::outcome::{self, Outcome};
use super::payload::{self, Payload, Use};
use super::route::{Operation, Route};
use super::said::{Ids, Said};
use crate::text::guid::canonical_id;

/// A service-endpoint call.
#[derive(Debug, Clone)]
pub struct EndpointCall {
    /// From 1, in the order of the report; what `calls` shows and `--call` takes.
    pub number: usize,
    /// Index of the trace it came from.
    pub input: usize,
    /// The call as recorded.
    pub exchange: Exchange,
    /// What its URL says.
    pub route: Arc<Route>,
    /// What it does.
    pub operation: Operation,
    request: Parsed,
    response: Parsed,
    names: Arc<Names>,
    /// Whether its bodies are JSON: what was sent, and what was answered.
    is_json: [bool; 2],
    /// Whether its messages are packed.
    packed: bool,
    /// How it ended.
    pub outcome: Outcome,
    /// What the service said, if it failed and was answered.
    pub said: Option<Arc<Said>>,
    /// What the service calls this call in its own logs.
    pub ids: Arc<Ids>,
    /// Number of the later call that did what this one failed to do.
    pub mended_by: Option<usize>,
}

/// The JSON of a body, parsed when it is asked for. A clone has to parse it anew.
#[derive(Debug, Default)]
struct Parsed(OnceLock<Option<Box<Node>>>);

impl Parsed {
    fn of(node: Option<Node>) -> Self {
        Self(OnceLock::from(node.map(Box::new)))
    }

    fn get(&self, body: Option<&Body>) -> Option<&Node> {
        let parse = || {
            let text = body.and_then(Body::text)?;
            json::parse(text).ok().map(Box::new)
        };
        self.0.get_or_init(parse).as_deref()
    }
}

impl Clone for Parsed {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// What the messages of a call name, for all who only ask for that.
#[derive(Debug, Clone, Default)]
struct Names {
    id: Option<Box<str>>,
    name: Option<Box<str>>,
    scheme: Option<Box<str>>,
    kind: Option<Box<str>>,
    creation_mode: Option<Box<str>>,
    data_source: Option<Box<str>>,
    /// The app and the subscription that it is about.
    subject: Option<[Box<str>; 2]>,
    /// The projects that the endpoints belong to.
    projects: Box<[Box<str>]>,
    /// Id and name of each project of which a body tells both.
    linked: Box<[[Box<str>; 2]]>,
    /// The verb that a client tunnels through another one.
    tunnelled: Option<Box<str>>,
    /// The api-version that a header field asks for.
    version: Option<Box<str>>,
}

/// A call whose bodies may be looked at: itself, or a copy of a packed one that is let go of afterwards.
#[derive(Debug)]
pub(crate) enum Opened<'c> {
    Itself(&'c EndpointCall),
    Copy(Box<EndpointCall>),
}

impl Deref for Opened<'_> {
    type Target = EndpointCall;

    fn deref(&self) -> &EndpointCall {
        match self {
            Self::Itself(call) => call,
            Self::Copy(call) => call,
        }
    }
}

impl EndpointCall {
    /// The request body, if it is JSON.
    pub fn request(&self) -> Option<&Node> {
        self.request.get(Some(&self.exchange.request.body))
    }

    /// The response body, if it is JSON.
    pub fn response(&self) -> Option<&Node> {
        let response = self.exchange.response.as_ref();
        self.response.get(response.map(|response| &response.body))
    }

    /// Whether the request body is JSON.
    pub(crate) fn sends_json(&self) -> bool {
        self.is_json[0]
    }

    /// Whether the response body is JSON.
    pub(crate) fn answers_json(&self) -> bool {
        self.is_json[1]
    }

    /// Keeps the messages packed, and lets go of what was parsed of them.
    pub(crate) fn pack(&mut self, dictionary: &Dictionary) {
        self.exchange.pack(dictionary);
        self.request = Parsed::default();
        self.response = Parsed::default();
        self.packed = true;
    }

    /// Whether anything of its bodies is held unpacked or parsed.
    #[cfg(test)]
    pub(crate) fn is_open(&self) -> bool {
        let parsed = [&self.request, &self.response];
        self.exchange.is_open() || parsed.iter().any(|parsed| parsed.0.get().is_some())
    }

    /// The call to look into. Of a packed one each look costs an unpacking, and nothing of it stays in
    /// memory.
    pub(crate) fn opened(&self) -> Opened<'_> {
        if self.packed {
            Opened::Copy(Box::new(Self {
                packed: false,
                exchange: self.exchange.opened().into_owned(),
                ..self.clone()
            }))
        } else {
            Opened::Itself(self)
        }
    }

    /// Notes what its messages name.
    fn named(mut self) -> Self {
        let find = |find: &dyn Fn(&Node) -> Option<&str>| {
            let parts = [self.stored(), self.answer()];
            parts.into_iter().flatten().find_map(find).map(Box::from)
        };
        let real = |node: &Node| node.str("id").filter(|id| !is_unsaved(id)).map(Box::from);
        let asked = self
            .request()
            .and_then(|node| node.get("dataSourceDetails"));
        let bodies = [self.request(), self.response()];
        let is_json = bodies.map(|body| body.is_some());
        let headers = &self.exchange.request.headers;
        let header = |name| headers.get(name).and_then(media_version);
        let names = Names {
            id: [self.stored(), self.answer()]
                .into_iter()
                .flatten()
                .find_map(real),
            name: find(&|node| node.str("name")),
            scheme: find(&|node| node.get("authorization")?.str("scheme")),
            kind: find(&|node| node.str("type")),
            creation_mode: find(&|node| node.get("data")?.str("creationMode")),
            subject: self.stored().and_then(subject_of),
            projects: [self.stored(), self.answer()]
                .into_iter()
                .flatten()
                .flat_map(references)
                .map(Box::from)
                .collect(),
            linked: bodies.into_iter().flatten().flat_map(linked).collect(),
            data_source: asked
                .and_then(|node| node.str("dataSourceName"))
                .map(Box::from),
            tunnelled: tunnelled(&self.exchange).map(Box::from),
            version: header("accept")
                .or_else(|| header("content-type"))
                .map(Box::from),
        };
        (self.is_json, self.names) = (is_json, Arc::new(names));
        self
    }

    /// How people call it: `call 3 (update of 'web-prod')`.
    pub fn title(&self) -> String {
        let name = self.endpoint_name().or_else(|| self.endpoint_id());
        let subject = name.map(|name| format!(" of '{name}'"));
        format!(
            "call {} ({}{})",
            self.number,
            self.operation.name(),
            subject.unwrap_or_default()
        )
    }

    /// Recognises `exchange`; gives it back if it is no service-endpoint call.
    pub(crate) fn recognise(exchange: Exchange, input: usize) -> Result<Self, Box<Exchange>> {
        let Some(route) = Route::parse(&exchange.request.url) else {
            return Err(Box::new(exchange));
        };
        let request = exchange
            .request
            .body
            .text()
            .and_then(|text| json::parse(text).ok());
        let array = request.as_ref().map(Node::is_array);
        let method = tunnelled(&exchange).unwrap_or(&exchange.request.method);
        let Some(operation) = route.operation(method, array) else {
            return Err(Box::new(exchange));
        };
        let details = request
            .as_ref()
            .and_then(|body| body.get("serviceEndpointDetails"));
        let is_query = operation == Operation::Verify
            && route.endpoint_id.is_none()
            && request.is_some()
            && details.is_none();
        let operation = if is_query {
            Operation::Query
        } else {
            operation
        };
        let response = exchange
            .response
            .as_ref()
            .and_then(|response| response.body.text())
            .and_then(|text| json::parse(text).ok());
        let outcome = outcome::judge(&exchange, operation, response.as_ref());
        let failed = outcome == Outcome::Failed;
        let said = failed.then(|| Said::of(&exchange, operation, response.as_ref()).into());
        let ids = Ids::of(&exchange, said.as_deref()).into();
        let call = Self {
            number: 0,
            input,
            exchange,
            route: route.into(),
            operation,
            request: Parsed::of(request),
            response: Parsed::of(response),
            names: Arc::default(),
            is_json: [false; 2],
            packed: false,
            outcome,
            said,
            ids,
            mended_by: None,
        };
        Ok(call.named())
    }

    /// What `text`, an answer that was saved without its call, shows.
    pub(crate) fn of_saved_answer(
        text: String,
        body: Node,
        operation: Operation,
        input: usize,
        entry: usize,
    ) -> Self {
        let response = Response {
            status: 200,
            body: Body::Text(text.into()),
            ..Response::default()
        };
        let call = Self {
            number: 0,
            input,
            exchange: Exchange {
                entry,
                response: Some(response),
                request: Request {
                    method: "GET".to_owned(),
                    ..Request::default()
                },
                ..Exchange::default()
            },
            route: Arc::default(),
            operation,
            request: Parsed::default(),
            response: Parsed::of(Some(body)),
            names: Arc::default(),
            is_json: [false; 2],
            packed: false,
            outcome: Outcome::Ok,
            said: None,
            ids: Arc::default(),
            mended_by: None,
        };
        call.named()
    }

    /// Whether this is an answer that was saved without its call.
    pub(crate) fn is_saved_answer(&self) -> bool {
        self.exchange.request.url.is_empty()
    }

    /// Whether somebody worked on a connection with it: made, changed, tried out or removed it.
    pub fn works(&self) -> bool {
        !matches!(
            self.operation,
            Operation::Get
                | Operation::List
                | Operation::Types
                | Operation::Subscriptions
                | Operation::History
                | Operation::OauthConfiguration
        )
    }

    /// The verb that counts: `X-HTTP-Method-Override` if a client tunnels through `POST`.
    pub fn method(&self) -> &str {
        let tunnelled = self.names.tunnelled.as_deref();
        tunnelled.unwrap_or(&self.exchange.request.method)
    }

    /// Whether it only reads.
    pub(crate) fn is_read(&self) -> bool {
        self.method().eq_ignore_ascii_case("GET")
    }

    /// HTTP status; `None` without an answer.
    pub fn status(&self) -> Option<u16> {
        self.exchange
            .response
            .as_ref()
            .map(|response| response.status)
            .filter(|status| *status > 0)
    }

    /// The id of the endpoint: from the URL, else from the body, else from the answer.
    pub fn endpoint_id(&self) -> Option<&str> {
        let real = |id: &&str| !is_unsaved(id);
        self.route
            .endpoint_id
            .as_deref()
            .filter(real)
            .or(self.names.id.as_deref())
    }

    /// The display name of the endpoint.
    pub fn endpoint_name(&self) -> Option<&str> {
        self.names.name.as_deref()
    }

    /// `authorization.scheme`, from the request or the answer.
    pub fn scheme(&self) -> Option<&str> {
        self.names.scheme.as_deref()
    }

    /// `data.creationMode`, from the request or the answer.
    pub(crate) fn creation_mode(&self) -> Option<&str> {
        self.names.creation_mode.as_deref()
    }

    /// The endpoint's `type` (`azurerm`), from the request or the answer.
    pub(crate) fn endpoint_type(&self) -> Option<&str> {
        self.names.kind.as_deref()
    }

    /// The api-version: from the query, else the `Accept` header, else the `Content-Type` header.
    pub fn api_version(&self) -> Option<&str> {
        let asked = self.route.query("api-version");
        asked.or(self.names.version.as_deref())
    }

    /// `dataSourceDetails.dataSourceName` of a verify.
    pub(crate) fn data_source(&self) -> Option<&str> {
        self.names.data_source.as_deref()
    }

    /// The app and the subscription of the endpoint that it sends; of one of them it may tell nothing.
    pub(super) fn subject(&self) -> Option<[&str; 2]> {
        let [client, target] = self.names.subject.as_ref()?;
        Some([client, target])
    }

    /// The projects that the endpoint which it sends and the one that it is answered belong to: ids, or
    /// names where no id is given.
    pub(super) fn projects(&self) -> impl Iterator<Item = &str> {
        self.names.projects.iter().map(|project| &**project)
    }

    /// Id and name of each project of which a body tells both.
    pub(super) fn linked_projects(&self) -> impl Iterator<Item = [&str; 2]> {
        let linked = self.names.linked.iter();
        linked.map(|project| project.each_ref().map(|text| &**text))
    }

    /// The `ServiceEndpoint` in the request body, if there is exactly one.
    pub fn stored(&self) -> Option<&Node> {
        let body = self.request()?;
        if self.operation == Operation::Verify {
            return body.get("serviceEndpointDetails");
        }
        match body.items() {
            [] => Some(body).filter(|body| body.is_object()),
            [only] if self.operation != Operation::Share => Some(only),
            _ => None,
        }
    }

    /// The `ServiceEndpoint` in the answer, if it is a single one.
    pub fn answer(&self) -> Option<&Node> {
        self.response()
            .filter(|node| node.get("authorization").is_some() || node.get("isReady").is_some())
    }

    /// Every `ServiceEndpoint` of the answer with its pointer: one, or those of a list.
    pub(crate) fn answered_endpoints(&self) -> Vec<(String, &Node)> {
        let Some(response) = self.response() else {
            return Vec::new();
        };
        let listed = response.get("value").map_or("", |_| "/value");
        let items = response.get("value").unwrap_or(response).items();
        if items.is_empty() {
            return self
                .answer()
                .map(|node| (String::new(), node))
                .into_iter()
                .collect();
        }
        items
            .iter()
            .enumerate()
            .map(|(at, node)| (format!("{listed}/{at}"), node))
            .collect()
    }

    /// The `statusMessage` of a failed endpoint in an answer that breaks off behind it.
    pub(crate) fn loose_failure(&self) -> Option<&str> {
        let answered = self.status().is_none_or(|status| status < 300) && !self.answers_json();
        let answer = self.exchange.response.as_ref().filter(|_| answered)?;
        outcome::loose_failure(answer.body.text()?)
    }

    /// Whether the answer refuses `id` for its form, which proves that it was sent as it stands here
    /// and was not masked afterwards.
    pub(crate) fn refuses_form_of(&self, id: &str) -> bool {
        const REFUSALS: &[&str] = &["AADSTS900021", "AADSTS900023", "is malformed or invalid"];
        let answer = self.exchange.response.as_ref();
        let text = answer
            .and_then(|answer| answer.body.text())
            .unwrap_or_default();
        REFUSALS.iter().any(|refusal| text.contains(refusal)) && text.contains(id)
    }

    /// Every `ServiceEndpoint` payload of the request.
    pub fn payloads(&self) -> Vec<Payload<'_>> {
        let (Some(body), Some(text)) = (self.request(), self.exchange.request.body.text()) else {
            return Vec::new();
        };
        let usage = match self.operation {
            Operation::Create => Use::Create,
            Operation::Update => Use::Update,
            Operation::Convert => Use::Convert,
            Operation::Verify if self.endpoint_id().is_some() => Use::VerifySaved,
            Operation::Verify => Use::VerifyNew,
            _ => return Vec::new(),
        };
        let start = Payload {
            node: body,
            text,
            index: None,
            list: "",
            usage,
            call: Some(self),
            input: self.input,
            entry: self.exchange.entry,
        };
        payload::of_body(body, start)
    }

    /// The place of `part` of this call.
    pub fn location(&self, part: Part, pointer: Option<String>) -> Location {
        Location {
            input: self.input,
            entry: self.exchange.entry,
            part,
            pointer,
        }
    }
}

/// The app and the subscription of an endpoint.
fn subject_of(endpoint: &Node) -> Option<[Box<str>; 2]> {
    let parameters = endpoint.get("authorization")?.get("parameters");
    let client = parameters.and_then(|node| node.str("serviceprincipalid"));
    let data = endpoint.get("data");
    let target = data.and_then(|node| node.str("subscriptionId"));
    let both = [client.unwrap_or_default(), target.unwrap_or_default()];
    let tells = both.iter().any(|text| !text.is_empty());
    tells.then(|| both.map(Box::from))
}

fn tunnelled(exchange: &Exchange) -> Option<&str> {
    exchange.request.headers.get("x-http-method-override")
}

fn media_version(value: &str) -> Option<&str> {
    value
        .split([';', ','])
        .filter_map(|part| part.trim().split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case("api-version"))
        .map(|(_, version)| version.trim().trim_matches('"'))
}

/// Whether `id` stands for an endpoint that is not saved yet: `0`, all zeros, or nothing.
pub fn is_unsaved(id: &str) -> bool {
    let id = canonical_id(id);
    id.is_empty()
        || (id.bytes().all(|byte| matches!(byte, b'0' | b'-'))
            && (id == "0" || crate::text::guid::is_guid(&id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Request;

    fn call(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> EndpointCall {
        let request = Request {
            method: method.into(),
            url: url.into(),
            headers: headers.iter().copied().collect(),
            body: Body::Text(body.into()),
        };
        EndpointCall::recognise(
            Exchange {
                request,
                ..Exchange::default()
            },
            0,
        )
        .unwrap()
    }

    #[test]
    fn the_api_version_comes_from_query_then_accept_then_content_type() {
        let url = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints";
        let accept = (
            "Accept",
            "application/json;api-version=6.0-preview.4;excludeUrls=true",
        );
        let content = (
            "content-type",
            "application/json; api-version=5.1-preview.2",
        );
        assert_eq!(
            call("POST", url, &[content, accept], "").api_version(),
            Some("6.0-preview.4")
        );
        assert_eq!(
            call("POST", url, &[content], "").api_version(),
            Some("5.1-preview.2")
        );
        let query = format!("{url}?API-Version=7.1");
        assert_eq!(
            call("POST", &query, &[accept], "").api_version(),
            Some("7.1")
        );
    }

    #[test]
    fn a_tunnelled_verb_counts() {
        let url = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/11111111-1111-4111-8111-111111111111";
        let call = call("POST", url, &[("X-HTTP-Method-Override", "PUT")], "{}");
        assert_eq!(call.operation, Operation::Update);
    }

    #[test]
    fn a_proxy_call_that_only_asks_for_a_list_is_no_verify() {
        let url = "https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpointproxy";
        let list = call(
            "POST",
            url,
            &[],
            r#"{"dataSourceName":"AzureVirtualMachinesV2Endpoint"}"#,
        );
        assert_eq!(list.operation, Operation::Query);
        let verify = call("POST", url, &[], r#"{"serviceEndpointDetails":{}}"#);
        assert_eq!(verify.operation, Operation::Verify);
    }

    #[test]
    fn a_verify_before_the_first_save_has_no_endpoint_id() {
        for id in ["0", "00000000-0000-0000-0000-000000000000", ""] {
            let url = format!(
                "https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpointproxy?endpointId={id}"
            );
            let call = call(
                "POST",
                &url,
                &[],
                r#"{"serviceEndpointDetails":{"authorization":{"scheme":"ServicePrincipal"}}}"#,
            );
            assert_eq!(call.endpoint_id(), None);
            assert_eq!(call.scheme(), Some("ServicePrincipal"));
            assert_eq!(call.payloads()[0].usage, Use::VerifyNew);
        }
    }
}
