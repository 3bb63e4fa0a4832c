//! Objects in which a program tells of a request, as JSON or as it prints its objects: address and verb
//! anywhere in them, and with these what was sent, the status and the answer, each known by what it is.

use super::assemble::{Piece, Said, Source};
use super::extent::Looked;
use super::lines::{Cursor, Line};
use crate::connection::route::Route;
use crate::exchange::Body;
use crate::ingest::literal::{NoNames, Reader};
use crate::ingest::value::Value;
use crate::json;

/// How far into a line an object may begin, in bytes.
const MOST_IN_FRONT: usize = 300;

/// Most requests that one object tells of.
const MOST_REQUESTS: usize = 1000;

/// Reads the object that begins in `line`, at `at`, where it is not inside of one that was looked through.
pub(super) fn read<'a>(
    line: &Line<'a>,
    at: Cursor<'a>,
    looked: &mut Looked,
) -> Option<(Vec<Said>, Cursor<'a>)> {
    let front = line
        .text
        .find('{')
        .filter(|front| *front <= MOST_IN_FRONT)?;
    // An object begins at the end of its line, or it is all in the line.
    let opens = line.text.trim_end().ends_with(['{', '[']);
    if !opens && !super::speaks_of_endpoints(line.text.as_bytes()) {
        return None;
    }
    let from = at.to(line.place_of(&line.text[front..]));
    let found = looked.object(from).filter(|_| from.at >= looked.behind)?;
    let text = found.body.text()?;
    if !matches!(found.body, Body::Cut(..)) {
        looked.behind = found.rest.at;
    }
    let names_verb = ["ethod", "erb", "tatus"]
        .iter()
        .any(|name| text.contains(name));
    if !names_verb || !super::speaks_of_endpoints(text.as_bytes()) {
        return None;
    }
    let mut names = NoNames;
    let value = Reader::new(text, &mut names).value()?;
    let (mut facts, mut requests) = (Facts::default(), Vec::new());
    facts.gather("", &value, false, &mut requests);
    requests.push(facts);
    let before = line.text[..front].trim_end().trim_end_matches(':');
    let announced = before.to_ascii_lowercase().ends_with("request");
    let said: Vec<Said> = requests
        .into_iter()
        .filter_map(|facts| facts.said(announced))
        .collect();
    (!said.is_empty()).then_some((said, found.rest))
}

/// Whether it is what is sent of a connection. Node.js shows the outer levels of an object only.
pub(super) fn is_payload(value: &Value) -> bool {
    let whole = |table: &Value| {
        let parameters = table.get("parameters");
        matches!(table, Value::Table(_)) && !matches!(parameters, Some(Value::Unknown))
    };
    value.get("authorization").is_some_and(whole)
        || value.get("serviceEndpointDetails").is_some_and(whole)
}

/// What an object tells of one request.
#[derive(Default)]
struct Facts {
    method: Option<String>,
    url: Option<String>,
    /// Whether it says something of a verb, even where it is none.
    names_verb: bool,
    status: Option<u16>,
    sent: Option<String>,
    answer: Option<String>,
}

impl Facts {
    /// Looks through `value`, the member called `name`; each item of a list may tell of a request of its own.
    fn gather(&mut self, name: &str, value: &Value, answers: bool, requests: &mut Vec<Facts>) {
        let name = name.to_ascii_lowercase();
        let answers = answers || name.contains("respon") || name.contains("result");
        self.names_verb |= name.contains("method") || name.contains("verb");
        match value {
            Value::Text(text) => self.text(&name, text, answers),
            Value::Number(number) if name.contains("status") => {
                let status = number.parse().ok();
                self.status = self
                    .status
                    .or(status.filter(|status| (100..600).contains(status)));
            }
            Value::Table(members) => {
                let json = || value.to_json(None);
                let is_cut = value.get("authorization").is_some() && !is_payload(value);
                if self.sent.is_none() && !answers && (is_payload(value) || is_cut) {
                    self.sent = Some(json()).filter(|_| !is_cut);
                    return;
                }
                let may_answer = members.iter().any(|(name, _)| {
                    matches!(name.as_str(), "typeKey" | "errorMessage" | "isReady")
                });
                if self.answer.is_none() && may_answer && is_answer(&json()) {
                    self.answer = Some(json());
                    return;
                }
                for (name, value) in members {
                    self.gather(name, value, answers, requests);
                }
            }
            Value::List(items) => {
                for item in items {
                    let mut own = Facts::default();
                    own.gather(&name, item, answers, requests);
                    if own.url.is_some() && own.method.is_some() && requests.len() < MOST_REQUESTS {
                        requests.push(own);
                    }
                }
            }
            Value::Unknown | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, name: &str, text: &str, answers: bool) {
        const VERBS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        if (name.contains("method") || name.contains("verb")) && self.method.is_none() {
            let verb = text.to_ascii_uppercase();
            self.method = Some(verb).filter(|verb| VERBS.contains(&verb.as_str()));
        } else if self.url.is_none() && text.contains("://") && Route::parse(text).is_some() {
            self.url = Some(text.to_owned());
        } else if text.trim_start().starts_with('{') {
            let mut names = NoNames;
            let Some(value) = Reader::new(text.trim(), &mut names).value() else {
                return;
            };
            if self.sent.is_none() && !answers && is_payload(&value) {
                self.sent = Some(text.trim().to_owned());
            } else if self.answer.is_none() && is_answer(text) {
                self.answer = Some(text.trim().to_owned());
            }
        }
    }

    /// The request, if the object is the record of one: code that only names an address tells no end.
    fn said(self, announced: bool) -> Option<Said> {
        let tells = self.status.is_some() || self.sent.is_some() || self.answer.is_some();
        if !(tells || announced) {
            return None;
        }
        // An address without its verb is one of a request only where it was answered.
        let whole = self.status.is_some() && self.answer.is_some() && !self.names_verb;
        let url = self.url.filter(|_| whole || self.method.is_some())?;
        let mut pieces = vec![Piece::Request(self.method, url)];
        pieces.extend(
            self.sent
                .map(|body| Piece::RequestBody(Body::Text(body.into()))),
        );
        if self.status.is_some() || self.answer.is_some() {
            pieces.push(Piece::Status(self.status.unwrap_or(0), String::new()));
        }
        pieces.extend(
            self.answer
                .map(|body| Piece::ResponseBody(Body::Text(body.into()))),
        );
        Some(Said::new(Source::Record, pieces))
    }
}

fn is_answer(text: &str) -> bool {
    json::parse(text).is_ok_and(|json| super::is_answer(&json))
}
