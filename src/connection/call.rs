//! An [`Exchange`] recognised as a service-endpoint call, with its bodies parsed once.

use crate::exchange::{Body, Exchange, Request, Response};
use crate::exchange::{Location, Part};
use crate::json::{self, Node};

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
    pub route: Route,
    /// What it does.
    pub operation: Operation,
    /// The request body, if it is JSON.
    pub request: Option<Node>,
    /// The response body, if it is JSON.
    pub response: Option<Node>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the service said, if it failed and was answered.
    pub said: Option<Said>,
    /// What the service calls this call in its own logs.
    pub ids: Ids,
    /// Number of the later call that did what this one failed to do.
    pub mended_by: Option<usize>,
}

impl EndpointCall {
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
        let Some(operation) = route.operation(method(&exchange), array) else {
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
        let said = failed.then(|| Said::of(&exchange, operation, response.as_ref()));
        let ids = Ids::of(&exchange, said.as_ref());
        Ok(Self {
            number: 0,
            input,
            exchange,
            route,
            operation,
            request,
            response,
            outcome,
            said,
            ids,
            mended_by: None,
        })
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
            body: Body::Text(text),
            ..Response::default()
        };
        Self {
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
            route: Route::default(),
            operation,
            request: None,
            response: Some(body),
            outcome: Outcome::Ok,
            said: None,
            ids: Ids::default(),
            mended_by: None,
        }
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
        method(&self.exchange)
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
            .or_else(|| self.stored().and_then(|node| node.str("id")).filter(real))
            .or_else(|| self.answer().and_then(|node| node.str("id")).filter(real))
    }

    /// The display name of the endpoint.
    pub fn endpoint_name(&self) -> Option<&str> {
        [self.stored(), self.answer()]
            .into_iter()
            .flatten()
            .find_map(|node| node.str("name"))
    }

    /// `authorization.scheme`, from the request or the answer.
    pub fn scheme(&self) -> Option<&str> {
        [self.stored(), self.answer()]
            .into_iter()
            .flatten()
            .find_map(|node| {
                node.get("authorization")
                    .and_then(|node| node.str("scheme"))
            })
    }

    /// `data.creationMode`, from the request or the answer.
    pub(crate) fn creation_mode(&self) -> Option<&str> {
        [self.stored(), self.answer()]
            .into_iter()
            .flatten()
            .find_map(|node| node.get("data").and_then(|node| node.str("creationMode")))
    }

    /// The endpoint's `type` (`azurerm`), from the request or the answer.
    pub(crate) fn endpoint_type(&self) -> Option<&str> {
        [self.stored(), self.answer()]
            .into_iter()
            .flatten()
            .find_map(|node| node.str("type"))
    }

    /// The api-version: from the query, else the `Accept` header, else the `Content-Type` header.
    pub fn api_version(&self) -> Option<&str> {
        let header = |name| {
            self.exchange
                .request
                .headers
                .get(name)
                .and_then(media_version)
        };
        self.route
            .query("api-version")
            .or_else(|| header("accept"))
            .or_else(|| header("content-type"))
    }

    /// `dataSourceDetails.dataSourceName` of a verify.
    pub(crate) fn data_source(&self) -> Option<&str> {
        self.request
            .as_ref()?
            .get("dataSourceDetails")?
            .str("dataSourceName")
    }

    /// The `ServiceEndpoint` in the request body, if there is exactly one.
    pub fn stored(&self) -> Option<&Node> {
        let body = self.request.as_ref()?;
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
        self.response
            .as_ref()
            .filter(|node| node.get("authorization").is_some() || node.get("isReady").is_some())
    }

    /// Every `ServiceEndpoint` of the answer with its pointer: one, or those of a list.
    pub(crate) fn answered_endpoints(&self) -> Vec<(String, &Node)> {
        let Some(response) = &self.response else {
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
        let answered = self.status().is_none_or(|status| status < 300) && self.response.is_none();
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
        let (Some(body), Some(text)) = (&self.request, self.exchange.request.body.text()) else {
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

fn method(exchange: &Exchange) -> &str {
    exchange
        .request
        .headers
        .get("x-http-method-override")
        .unwrap_or(&exchange.request.method)
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
