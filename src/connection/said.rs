//! What a service said of a failure, in its own words.
//!
//! It is there for every failed call that was answered, before any rule looks at the call, and no
//! finding takes it away.

use std::borrow::Cow;

use crate::exchange::{Exchange, Response};
use crate::json::{self, Node};
use crate::text::codes;
use crate::text::readable::{clip, readable};
use crate::text::url;

use super::outcome::{self, State, state_of};
use super::route::Operation;

/// What the service said of a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The status that tells: the one inside of a verify's answer, else that of HTTP.
    pub status: Option<u16>,
    /// The words, with their escapes undone; never empty. The judgement masks the secrets in them.
    pub message: String,
    /// What stands for the failure in all languages: `AADSTS7000222`, `TF400813`,
    /// `AuthorizationFailed`, else the `typeKey`.
    pub code: Option<String>,
    /// RFC 6901 pointer to the words in the answer's JSON.
    pub pointer: Option<String>,
}

/// What the people who run a service ask for when they look a failure up.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Ids {
    /// `ActivityId` of Azure DevOps.
    pub activity_id: Option<String>,
    /// `X-VSS-E2EID` of Azure DevOps.
    pub e2e_id: Option<String>,
    /// `x-ms-correlation-request-id` of Azure, or the correlation id in a message of Entra ID.
    pub correlation_id: Option<String>,
    /// The trace id in a message of Entra ID.
    pub trace_id: Option<String>,
    /// When the service says that it happened, in UTC.
    pub timestamp: Option<String>,
}

/// The most words that are kept of an answer with a message, and of one that is a page.
const MAX_MESSAGE: usize = 16 << 10;
const MAX_PAGE: usize = 1200;

/// How much of a page is read for its words.
const MAX_HTML: usize = 256 << 10;

impl Said {
    /// The words of a call that failed; `body` is the parsed answer.
    pub(crate) fn of(exchange: &Exchange, operation: Operation, body: Option<&Node>) -> Self {
        let Some(response) = &exchange.response else {
            return Self::default();
        };
        let envelope = body.is_some_and(outcome::is_error_envelope);
        let refused = response.status >= 400 || envelope || outcome::is_sign_in(response);
        let found = match body {
            Some(body) if refused => of_error(body),
            Some(body) => of_answer(body, operation).or_else(|| of_error(body)),
            None => None,
        };
        let inner = body.and_then(outcome::inner_status);
        let inner = inner.filter(|_| !refused && operation == Operation::Verify);
        let status = inner
            .and_then(|word| outcome::status_number(&word))
            .or(Some(response.status).filter(|status| *status > 0));
        let (pointer, words) = found.unwrap_or_else(|| (None, without_json(response).into_owned()));
        let whole = response.body.text().unwrap_or_default();
        Self::new(status, pointer, &words, code(&words, body, whole), response)
    }

    /// What another service than that of the connections says of its refusal of `exchange`.
    pub(crate) fn of_refusal(exchange: &Exchange) -> Option<Self> {
        let answer = exchange.response.as_ref()?;
        let body = answer.body.text().and_then(|text| json::parse(text).ok());
        let refused = answer.status >= 400 || body.as_ref().is_some_and(outcome::is_error_envelope);
        refused.then(|| Self::of(exchange, Operation::Get, body.as_ref()))
    }

    /// The words of a connection that ended as failed, as a later answer shows it.
    pub(crate) fn of_state(endpoint: &Node, base: &str, response: &Response) -> Self {
        let (pointer, words) = state_words(endpoint, base);
        let code = code(&words, None, &words);
        Self::new(Some(response.status), pointer, &words, code, response)
    }

    /// The sentence in `words` that tells, of a failure that no call shows.
    pub(crate) fn sentence(words: &str) -> String {
        let message = readable(words);
        let code = code(&message, None, &message);
        let said = Self {
            message,
            code,
            ..Self::default()
        };
        said.telling().to_owned()
    }

    fn new(
        status: Option<u16>,
        pointer: Option<String>,
        words: &str,
        code: Option<String>,
        response: &Response,
    ) -> Self {
        let message = readable(words);
        let message = match clip(&message, MAX_MESSAGE) {
            "" => nothing_but_status(response),
            cut if cut.len() < message.len() => format!("{cut}\u{2026}"),
            whole => whole.to_owned(),
        };
        Self {
            status,
            message,
            code,
            pointer,
        }
    }

    /// The sentence that tells: where a service quotes the answer of another one, what that says; where
    /// it wraps a code, from that on.
    pub fn telling(&self) -> &str {
        self.quoted()
            .or_else(|| self.at_code())
            .unwrap_or(&self.message)
    }

    /// Whether the words are those of a service behind the one that answered: of Azure, or of Entra ID.
    pub(crate) fn is_of_another(&self) -> bool {
        let is_of_entra = |code: &str| code.starts_with("AADSTS");
        self.code.as_deref().is_some_and(is_of_entra) || self.quoted().is_some()
    }

    /// What another service says in the answer that is quoted: as JSON, or behind its codes.
    fn quoted(&self) -> Option<&str> {
        const MESSAGE: &str = "\"message\":";
        const INNER: &str = "inner error message ";
        let words = match self.message.rfind(MESSAGE) {
            Some(at) => {
                let value = self.message[at + MESSAGE.len()..].trim_start();
                let value = value.strip_prefix('"')?;
                let ends = ["\",\"", "\", \"", "\"}", "\" }"];
                let end = ends.iter().filter_map(|end| value.find(end)).min()?;
                &value[..end]
            }
            None => self.message.rsplit_once(INNER)?.1,
        };
        Some(words.trim()).filter(|words| !words.is_empty())
    }

    /// The code that the message names, where the sentence that tells does not.
    pub(crate) fn code_around(&self) -> Option<&str> {
        let code = self.code.as_deref();
        code.filter(|code| self.message.contains(code) && !self.telling().contains(code))
    }

    /// The words from their code on: `AADSTS7000222: The provided …`.
    fn at_code(&self) -> Option<&str> {
        let code = self.code.as_deref()?;
        let at = self.message.find(&format!("{code}:"))?;
        let inside = self.message[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.');
        (!inside).then(|| &self.message[at..])
    }

    /// Puts `mask` over all that may hold a secret.
    pub fn mask(&mut self, mask: impl Fn(&str) -> String) {
        self.message = mask(&self.message);
        if let Some(code) = &mut self.code {
            *code = mask(code);
        }
    }
}

/// The words of an error body, whichever service wrote it.
fn of_error(body: &Node) -> Option<(Option<String>, String)> {
    const PATHS: &[&[&str]] = &[
        &["message"],
        &["error", "message"],
        &["error_description"],
        &["odata.error", "message", "value"],
        &["errorMessage"],
        &["detail"],
        &["title"],
        &["error"],
    ];
    PATHS.iter().find_map(|path| text_at(body, path))
}

/// The text at `path`, with its pointer.
fn text_at(body: &Node, path: &[&str]) -> Option<(Option<String>, String)> {
    let mut node = body;
    let mut pointer = String::new();
    for key in path {
        let member = node.member(key)?;
        pointer = crate::json::pointer::push(&pointer, &member.key);
        node = &member.value;
    }
    let text = node.as_str().filter(|text| !text.trim().is_empty())?;
    Some((Some(pointer), text.to_owned()))
}

/// The words of an answer that HTTP calls a success.
fn of_answer(body: &Node, operation: Operation) -> Option<(Option<String>, String)> {
    if operation == Operation::Subscriptions {
        return text_at(body, &["errorMessage"]);
    }
    if operation != Operation::Verify {
        return failed_endpoint(body).map(|(base, endpoint)| state_words(endpoint, &base));
    }
    let items = body.get("result").map_or(&[][..], Node::items);
    let mut results = items.iter().enumerate().filter_map(|(at, item)| {
        let text = item.as_str().filter(|text| !text.trim().is_empty())?;
        Some((Some(format!("/result/{at}")), text.to_owned()))
    });
    text_at(body, &["errorMessage"])
        .or_else(|| results.next())
        .or_else(|| {
            let status = outcome::inner_status(body)?;
            Some((
                Some("/statusCode".to_owned()),
                format!("statusCode {status}"),
            ))
        })
}

/// The first endpoint of an answer that ended as failed, and its pointer.
fn failed_endpoint(body: &Node) -> Option<(String, &Node)> {
    let value = body.get("value");
    let base = value.map_or("", |_| "/value");
    let items = value.unwrap_or(body).items();
    let is_failed = |node: &Node| state_of(node) == State::Failed;
    if is_failed(body) {
        return Some((String::new(), body));
    }
    let at = items.iter().position(is_failed)?;
    Some((format!("{base}/{at}"), &items[at]))
}

fn state_words(endpoint: &Node, base: &str) -> (Option<String>, String) {
    let found = text_at(endpoint, &["operationStatus", "statusMessage"]);
    let (pointer, words) = found.unwrap_or_else(|| {
        let pointer = Some("/operationStatus/state".to_owned());
        (pointer, "operationStatus.state is Failed".to_owned())
    });
    (pointer.map(|pointer| format!("{base}{pointer}")), words)
}

/// The words of an answer that is no JSON with a message.
fn without_json(response: &Response) -> Cow<'_, str> {
    // Azure DevOps puts the message into a header too, which is all there is behind an empty body.
    if let Some(message) = response.headers.get("x-tfs-serviceerror") {
        return url::decode(&message.replace('+', " ")).into();
    }
    let text = response.body.text().unwrap_or_default();
    if outcome::is_html(response) {
        return page_words(clip(text, MAX_HTML)).into();
    }
    if let Some(message) = outcome::loose_failure(text).filter(|text| !text.is_empty()) {
        return message.into();
    }
    clip(text, MAX_MESSAGE + 1).into()
}

/// What a person sees of a page: no scripts, no styles, no tags.
fn page_words(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut shown = String::new();
    let mut at = 0;
    while let Some(open) = ["<script", "<style"]
        .iter()
        .filter_map(|tag| lower[at..].find(tag))
        .min()
    {
        shown.push_str(&page[at..at + open]);
        let close = ["</script>", "</style>"]
            .iter()
            .filter_map(|tag| Some(lower[at + open..].find(tag)? + tag.len()))
            .min();
        let Some(close) = close else {
            at = page.len();
            break;
        };
        at += open + close;
        shown.push(' ');
    }
    shown.push_str(&page[at..]);
    let mut words = readable(&shown);
    // A page of Entra ID has its message in a script.
    if let (Some((_, span)), false) = (codes::aadsts(page).pop(), words.contains("AADSTS")) {
        let message = &page[span.start..];
        let end = message.find(['"', '<']).unwrap_or(message.len());
        words = format!("{words} {}", clip(&message[..end], MAX_PAGE));
    }
    let cut = clip(&words, MAX_PAGE);
    if cut.len() == words.len() {
        return words;
    }
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}\u{2026}", &cut[..end])
}

/// An answer without any words.
fn nothing_but_status(response: &Response) -> String {
    let target = response.headers.get("location").map(|target| {
        let end = target.find(['?', '#']).unwrap_or(target.len());
        format!(" to {}", clip(&target[..end], MAX_PAGE))
    });
    let challenge = response.headers.get("www-authenticate");
    let challenge = challenge.map(|challenge| format!(", {}", clip(challenge, MAX_PAGE)));
    let phrase = match response.status_text.trim() {
        "" => String::new(),
        phrase => format!(" {phrase}"),
    };
    let more = target.or(challenge).unwrap_or_default();
    format!("HTTP {}{phrase}{more}", response.status)
}

/// The code behind `words`: that of the service that was asked last says most.
fn code(words: &str, body: Option<&Node>, whole: &str) -> Option<String> {
    let text = readable(clip(words, MAX_MESSAGE));
    let entra = |text: &str| {
        let last = codes::aadsts(text).pop();
        last.map(|(code, _)| format!("AADSTS{code}"))
    };
    let named = |text: &str| {
        let found = codes::words(text).pop();
        found.map(|(word, _)| word.to_owned())
    };
    let keyed = |path: &[&str]| {
        body.and_then(|body| text_at(body, path))
            .map(|(_, text)| text)
    };
    entra(&text)
        .or_else(|| named(&text))
        .or_else(|| entra(clip(whole, MAX_HTML)))
        .or_else(|| keyed(&["error", "code"]))
        .or_else(|| keyed(&["odata.error", "code"]))
        .or_else(|| keyed(&["typeKey"]))
        .or_else(|| keyed(&["error"]).filter(|word| !word.contains(' ')))
        .or_else(|| keyed(&["code"]))
}

impl Ids {
    /// The ids of an exchange: of its headers, and of what was `said`.
    pub(crate) fn of(exchange: &Exchange, said: Option<&Said>) -> Self {
        let answered = exchange.response.as_ref().map(|response| &response.headers);
        let header = |name: &str| {
            let own = answered.and_then(|headers| headers.get(name));
            let value = own.map(str::trim).filter(|value| !value.is_empty())?;
            Some(clip(value, 100).to_owned())
        };
        let told = said
            .map(|said| codes::common(&said.message))
            .unwrap_or_default();
        let told = |name: &str| {
            let found = told.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        };
        let asked = exchange.request.headers.get("x-vss-e2eid");
        Self {
            activity_id: told("activity_id").or_else(|| header("activityid")),
            e2e_id: header("x-vss-e2eid").or_else(|| asked.map(|id| clip(id, 100).to_owned())),
            correlation_id: told("correlation_id")
                .or_else(|| header("x-ms-correlation-request-id")),
            trace_id: told("trace_id"),
            timestamp: told("timestamp").or_else(|| exchange.answered().map(|at| at.to_string())),
        }
    }

    /// Puts `mask` over all of them: anybody can write a header.
    pub fn mask(&mut self, mask: impl Fn(&str) -> String) {
        let all = [
            &mut self.activity_id,
            &mut self.e2e_id,
            &mut self.correlation_id,
            &mut self.trace_id,
            &mut self.timestamp,
        ];
        for value in all.into_iter().flatten() {
            *value = mask(value);
        }
    }

    /// The ids that are there, each with the name that its service calls it by.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("activityId", &self.activity_id),
            ("x-vss-e2eid", &self.e2e_id),
            ("correlation id", &self.correlation_id),
            ("trace id", &self.trace_id),
            ("answered", &self.timestamp),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Body;
    use crate::json::parse;

    fn said(operation: Operation, status: u16, headers: &[(&str, &str)], body: &str) -> Said {
        let exchange = Exchange {
            response: Some(Response {
                status,
                headers: headers.iter().copied().collect(),
                body: Body::Text(body.into()),
                ..Response::default()
            }),
            ..Exchange::default()
        };
        Said::of(&exchange, operation, parse(body).ok().as_ref())
    }

    #[test]
    fn an_error_body_speaks_through_its_message() {
        let envelope = r#"{"$id":"1","message":"VS403384: The thing is \"odd\".","typeName":"A.B, A","typeKey":"OddException"}"#;
        let said = said(Operation::Update, 400, &[], envelope);
        assert_eq!(said.message, "VS403384: The thing is \"odd\".");
        assert_eq!(said.code.as_deref(), Some("VS403384"));
        assert_eq!(said.pointer.as_deref(), Some("/message"));
        assert_eq!(said.status, Some(400));
    }

    #[test]
    fn without_a_number_the_type_key_is_the_code() {
        let envelope = r#"{"message":"Out of range.","typeKey":"VssVersionOutOfRangeException"}"#;
        let said = said(Operation::Create, 400, &[], envelope);
        assert_eq!(said.message, "Out of range.");
        assert_eq!(said.code.as_deref(), Some("VssVersionOutOfRangeException"));
    }

    #[test]
    fn a_verify_speaks_through_what_azure_told_it() {
        let body = r#"{"result":[],"statusCode":"Forbidden","errorMessage":"Status Code: 'Forbidden', Response from server: '{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client \\\"x\\\" may not, ever.\"}}'"}"#;
        let said = said(Operation::Verify, 200, &[], body);
        assert_eq!(said.status, Some(403));
        assert_eq!(said.code.as_deref(), Some("AuthorizationFailed"));
        assert_eq!(said.telling(), "The client \"x\" may not, ever.");
        assert!(said.message.starts_with("Status Code: 'Forbidden'"));
    }

    #[test]
    fn a_failed_state_speaks_through_its_message() {
        let body = r#"{"id":"x","isReady":false,"operationStatus":{"state":"Failed","statusMessage":"It broke."}}"#;
        let said = said(Operation::Get, 200, &[], body);
        assert_eq!(said.message, "It broke.");
        assert_eq!(
            said.pointer.as_deref(),
            Some("/operationStatus/statusMessage")
        );
    }

    #[test]
    fn a_page_speaks_through_what_a_person_sees() {
        let page = "<html><head><title>Sign in</title><script>var a = 1 < 2;</script></head><body><p>Zugriff verweigert</p></body></html>";
        let html = [("Content-Type", "text/html")];
        let said = said(Operation::Update, 401, &html, page);
        assert_eq!(said.message, "Sign in Zugriff verweigert");
    }

    #[test]
    fn an_answer_without_words_is_told_by_its_status() {
        let moved = [("Location", "https://login.microsoftonline.com/x?state=1")];
        let told = said(Operation::Update, 302, &moved, "");
        assert_eq!(
            told.message,
            "HTTP 302 to https://login.microsoftonline.com/x"
        );
        assert_eq!(said(Operation::Update, 500, &[], " ").message, "HTTP 500");
        let header = [("X-TFS-ServiceError", "TF400813%3a+No.")];
        let told = said(Operation::Update, 401, &header, "");
        assert_eq!(told.message, "TF400813: No.");
        assert_eq!(told.code.as_deref(), Some("TF400813"));
    }

    #[test]
    fn ids_are_those_of_the_headers_and_of_the_message() {
        let exchange = Exchange {
            response: Some(Response {
                headers: [
                    ("ActivityId", "a"),
                    ("Date", "Tue, 03 Mar 2026 10:00:00 GMT"),
                ]
                .into_iter()
                .collect(),
                ..Response::default()
            }),
            ..Exchange::default()
        };
        let ids = Ids::of(&exchange, None);
        assert_eq!(ids.activity_id.as_deref(), Some("a"));
        assert_eq!(ids.timestamp.as_deref(), Some("2026-03-03T10:00:00Z"));
        let said = Said {
            message: "AADSTS1: x. Trace ID: 11111111-2222-4333-8444-555555555555 Timestamp: 2026-01-02 03:04:05Z".into(),
            ..Said::default()
        };
        let ids = Ids::of(&exchange, Some(&said));
        assert_eq!(
            ids.trace_id.as_deref(),
            Some("11111111-2222-4333-8444-555555555555")
        );
        assert_eq!(ids.timestamp.as_deref(), Some("2026-01-02 03:04:05Z"));
    }
}
