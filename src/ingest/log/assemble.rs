//! What the lines of a log say of requests, put together to [`Exchange`]s.

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use jiff::Timestamp;

use super::curl::Dump;
use super::lines::Line;
use crate::connection::route::Route;
use crate::exchange::{Body, Exchange, Headers, Request};
use crate::ingest::http::Start;
use crate::ingest::notes::Notes;
use crate::text::url::{split_scheme, without_fragment};

/// Who says something. Two of them may speak of one request; the same one speaks of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A command that was copied or stands in a script.
    Command,
    /// The client of the azure-devops extension of `az`.
    AzClient,
    /// The HTTP loggers of `az` and of the Azure SDK for Python.
    AzHttp,
    /// urllib3, below every client written in Python.
    Urllib3,
    /// `http.client` of Python.
    HttpClient,
    /// `curl --verbose`.
    CurlVerbose,
    /// `curl --trace` and `--trace-ascii`.
    CurlTrace,
    /// A message between the dashed lines of a Terraform provider.
    Terraform,
    /// The structured lines of a Terraform provider.
    TerraformFields,
    /// `-Verbose`, `-Debug` and the error records of PowerShell.
    PowerShell,
    /// The outer logger of .NET's `HttpClient`, and handlers of one's own.
    DotNet,
    /// Its inner logger, which tells of each request that goes over the wire.
    DotNetHandler,
    /// The console of Postman.
    Postman,
    /// Postman on the command line.
    Newman,
    /// A message with a mark in front of its lines.
    Marked,
    /// A message as it goes over the wire, or an answer that was copied behind a command.
    Message,
    /// Bytes on the wire, printed as strings.
    Wire,
    /// A line that names a request, of whatever program.
    Told,
    /// An object in which a program tells of a request.
    Record,
    /// The logging policy of the Azure SDKs, which leaves bodies out.
    AzPolicy,
}

impl Source {
    /// Whether it shows the bodies of answers.
    fn shows_answers(self) -> bool {
        !matches!(
            self,
            Self::Urllib3
                | Self::HttpClient
                | Self::DotNet
                | Self::DotNetHandler
                | Self::PowerShell
                | Self::Newman
                | Self::Told
                | Self::AzPolicy
        )
    }

    /// How to make the body of a request seen, where this one does not show it.
    fn shows_bodies_with(self) -> Option<&'static str> {
        Some(match self {
            Self::AzHttp | Self::AzPolicy => {
                "the logging policy of the Azure SDK leaves bodies out; `az rest --debug` and `az devops … --debug` show them"
            }
            Self::Urllib3 => {
                "urllib3 logs no bodies; `--debug` of `az` shows them, and so does http.client.HTTPConnection.debuglevel = 1 of Python"
            }
            Self::HttpClient => "http.client shows what is sent only while debuglevel is 1",
            Self::CurlVerbose => {
                "curl -v shows no request body; --trace-ascii FILE in its place does"
            }
            Self::PowerShell => {
                "-Verbose shows no request body; -Debug of PowerShell 7.4 and later does, or print the variable that -Body gets"
            }
            Self::DotNet | Self::DotNetHandler => {
                "the loggers of HttpClient show no bodies; log them in a DelegatingHandler, or record with a proxy"
            }
            Self::Newman => "newman shows bodies with --verbose",
            Self::TerraformFields | Self::Terraform => {
                "the provider logs bodies with TF_LOG=DEBUG or TF_LOG=TRACE"
            }
            Self::Told | Self::Record => "print the body before it is sent, or record with a proxy",
            Self::Command
            | Self::AzClient
            | Self::CurlTrace
            | Self::Postman
            | Self::Marked
            | Self::Message
            | Self::Wire => return None,
        })
    }
}

/// A part of an exchange.
#[derive(Debug)]
pub(super) enum Piece {
    /// A request: its verb, if it is known already, and its address.
    Request(Option<String>, String),
    /// The query of the request's address.
    Query(String),
    /// The verb of the request.
    Method(String),
    /// Header fields of the request.
    RequestHeaders(Headers),
    /// The body of the request.
    RequestBody(Body),
    /// A part of the request's body as it was sent.
    Sent(Dump),
    /// The status line of the answer.
    Status(u16, String),
    /// Header fields of the answer.
    ResponseHeaders(Headers),
    /// The body of the answer.
    ResponseBody(Body),
    /// A part of the answer's body as it came in.
    Received(Dump),
    /// The same request is sent once more.
    Again,
    /// More of the body of whoever spoke last.
    More(Dump),
    /// Why there was no answer.
    Failed(String),
}

/// What a form of log read at one place.
#[derive(Debug)]
pub(super) struct Said {
    /// Who said it.
    pub(super) source: Source,
    /// What tells requests apart that were under way at the same time.
    pub(super) key: Option<String>,
    /// The parts of one exchange.
    pub(super) pieces: Vec<Piece>,
}

impl Said {
    /// Parts that `source` gave, one request after another.
    pub(super) fn new(source: Source, pieces: Vec<Piece>) -> Self {
        Self {
            source,
            key: None,
            pieces,
        }
    }

    /// Whether it tells of a request that may be a new one.
    pub(super) fn begins(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Request(..)))
    }

    /// Whether it tells how the request ended.
    pub(super) fn ends(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Status(..)))
    }

    /// Whether it shows that the connection to the server stood.
    pub(super) fn is_connected(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Request(..) | Piece::Status(..)))
    }
}

/// An exchange that is still being put together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) exchange: Exchange,
    asked_by: Vec<Source>,
    answered_by: Vec<Source>,
    /// Whether it is sent once more, so that the next answer replaces the one that is there.
    again: bool,
    sent: Dump,
    received: Dump,
}

/// All exchanges of a log, in the order in which they began, and what is in none of them.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    pub(super) drafts: Vec<Draft>,
    by_key: HashMap<String, usize>,
    current: Option<usize>,
    /// Requests of a provider that works on several at once and does not say which one an answer is for.
    waiting: VecDeque<usize>,
    /// What requests hold that only the machine knows on which they were made.
    pub(super) masked: Vec<String>,
    /// What the log is made of, in order: lines of an exchange, or of none.
    pub(super) spans: Vec<(Range<usize>, Option<usize>)>,
}

impl Assembly {
    /// Adds what was said in the lines at `lines` of the log; `false` where it belongs to no request.
    pub(super) fn add(&mut self, said: Said, time: Option<Timestamp>, lines: Range<usize>) -> bool {
        let Said {
            source,
            key,
            pieces,
        } = said;
        let begins = pieces.iter().find_map(|piece| match piece {
            Piece::Request(method, url) => Some((method.as_deref(), url.as_str())),
            _ => None,
        });
        let ended = pieces.iter().find_map(|piece| match piece {
            Piece::Status(status, _) => Some(*status),
            _ => None,
        });
        let known = match &key {
            Some(key) => self.by_key.get(key).copied(),
            None if source == Source::Terraform && begins.is_none() => self.waiting.pop_front(),
            None => self.current,
        };
        let at = match begins {
            Some((method, url)) => {
                let known = known.filter(|at| self.drafts[*at].may_be(source, method, url, ended));
                known.unwrap_or_else(|| self.begin(time))
            }
            None => match known.filter(|at| {
                pieces
                    .iter()
                    .all(|piece| self.drafts[*at].takes(source, piece))
            }) {
                Some(at) => at,
                None => return false,
            },
        };
        if begins.is_some() {
            self.drafts[at].asked_by.push(source);
            self.current = Some(at);
            if source == Source::Terraform {
                self.waiting.push_back(at);
            }
        }
        if let Some(key) = key {
            self.by_key.insert(key, at);
        }
        for piece in pieces {
            self.drafts[at].put(source, piece);
        }
        self.span(lines, Some(at));
        true
    }

    /// A new draft, and where it stands.
    fn begin(&mut self, time: Option<Timestamp>) -> usize {
        let exchange = Exchange {
            started: time,
            ..Exchange::default()
        };
        self.drafts.push(Draft {
            exchange,
            ..Draft::default()
        });
        self.drafts.len() - 1
    }

    /// Notes whose the lines at `lines` are.
    pub(super) fn span(&mut self, lines: Range<usize>, draft: Option<usize>) {
        match self.spans.last_mut() {
            Some((last, owner)) if *owner == draft && last.end == lines.start => {
                last.end = lines.end;
            }
            _ => self.spans.push((lines, draft)),
        }
    }

    /// Leaves out what stands in front of what was added last and is `remark`: what a client tells
    /// of a connection over which it then sent a request is no failure.
    pub(super) fn leave_out(&mut self, log: &str, remark: impl Fn(&Line<'_>) -> bool) {
        let before = self.spans.len().checked_sub(2);
        let Some((span, None)) = before.and_then(|at| self.spans.get_mut(at)) else {
            return;
        };
        while let Some(raw) = log[span.clone()].split_inclusive('\n').next_back()
            && remark(&Line::of(raw.trim_end_matches('\n')))
        {
            span.end -= raw.len();
        }
    }

    /// Whether a request stands last that nothing answers yet.
    fn awaits_answer(&self) -> bool {
        self.current.is_some_and(|at| {
            let draft = &self.drafts[at];
            draft.exchange.response.is_none() && draft.exchange.error.is_none()
        })
    }

    /// Whether a request stands last that sends something, and nothing shows what.
    pub(super) fn awaits_payload(&self) -> bool {
        self.awaits_answer()
            && self.current.is_some_and(|at| {
                let Draft { exchange, sent, .. } = &self.drafts[at];
                let method = exchange.request.method.as_str();
                matches!(method, "" | "POST" | "PUT" | "PATCH")
                    && exchange.request.body == Body::Empty
                    && sent.is_empty()
            })
    }

    /// Whether an answer stands last of which only the body is not there.
    pub(super) fn awaits_body(&self) -> bool {
        self.current.is_some_and(|at| {
            let draft = &self.drafts[at];
            let response = draft.exchange.response.as_ref();
            response.is_some_and(|response| response.body == Body::Empty)
                && draft.received.is_empty()
        })
    }

    /// Who asked last, if nothing answers it yet.
    pub(super) fn asked_last(&self) -> Option<Source> {
        let draft = &self.drafts[self.current.filter(|_| self.awaits_answer())?];
        draft.asked_by.last().copied()
    }
}

impl Draft {
    /// Whether a request that `source` tells of, and how it `ended` if it says that as well, is the
    /// one of this draft.
    fn may_be(&self, source: Source, method: Option<&str>, url: &str, ended: Option<u16>) -> bool {
        let request = &self.exchange.request;
        let same_method =
            method.is_none_or(|method| request.method.is_empty() || request.method == method);
        let answer = self.exchange.response.as_ref().map(|answer| answer.status);
        let open = if self.answered_by.is_empty() {
            // Who tells how it ended tells of the one that is under way, and so does talk of it.
            ended.is_some() || source == Source::Told || !self.asked_by.contains(&source)
        } else {
            let spoke = if source == Source::Told {
                &self.answered_by
            } else {
                &self.asked_by
            };
            // An object tells of a request when all is over; an address without a verb is only told again.
            source == Source::Record && !spoke.contains(&source)
                || source == Source::Told && method.is_none()
                || ended.is_some() && ended == answer && !spoke.contains(&source)
        };
        same_method && (open || self.again) && same_place(&request.url, url)
    }

    /// Whether `piece` can be a part of this draft.
    fn takes(&self, source: Source, piece: &Piece) -> bool {
        match piece {
            Piece::Status(status, _) if !self.answered_by.is_empty() => {
                let own = self
                    .exchange
                    .response
                    .as_ref()
                    .map_or(0, |response| response.status);
                self.again
                    || own == 0
                    || *status == 0
                    || is_interim(own)
                    || own == *status && !self.answered_by.contains(&source)
            }
            // What is asked next is another request, even where its first line is not there.
            Piece::Method(_)
            | Piece::Query(_)
            | Piece::RequestHeaders(_)
            | Piece::RequestBody(_)
            | Piece::Sent(_) => {
                let own = self.exchange.response.as_ref();
                let interim = own.is_some_and(|response| is_interim(response.status));
                interim || !self.answered_by.contains(&source)
            }
            _ => true,
        }
    }

    fn put(&mut self, source: Source, piece: Piece) {
        let request = &mut self.exchange.request;
        match piece {
            Piece::Request(method, url) => {
                if let Some(method) = method {
                    request.method = method;
                }
                let url = without_fragment(&url).to_owned();
                if request.url.is_empty() || is_fuller(&url, &request.url) {
                    request.url = url;
                }
            }
            Piece::Query(query) => {
                if !request.url.contains('?') && !query.is_empty() {
                    request.url = format!("{}?{query}", request.url);
                }
            }
            Piece::Method(method) => request.method = method,
            Piece::RequestHeaders(headers) => extend(&mut request.headers, &headers),
            Piece::RequestBody(body) => {
                if worth(&body) > worth(&request.body) {
                    request.body = body;
                }
            }
            Piece::Status(status, text) => {
                let known = !self.answered_by.is_empty() && !self.again;
                self.again = false;
                self.answered_by.push(source);
                let response = self.exchange.response.get_or_insert_default();
                if !known || is_interim(response.status) || response.status == 0 {
                    response.status = status;
                }
                if response.status_text.is_empty() {
                    response.status_text = text;
                }
            }
            Piece::ResponseHeaders(headers) => {
                extend(
                    &mut self.exchange.response.get_or_insert_default().headers,
                    &headers,
                );
            }
            Piece::ResponseBody(body) => {
                let response = self.exchange.response.get_or_insert_default();
                if worth(&body) > worth(&response.body) {
                    response.body = body;
                }
            }
            Piece::Received(part) => self.received.append(part),
            Piece::More(part) if self.exchange.response.is_some() => self.received.append(part),
            Piece::Sent(part) | Piece::More(part) => self.sent.append(part),
            Piece::Again => self.again = true,
            Piece::Failed(words) => {
                self.exchange.error.get_or_insert(words);
            }
        }
    }

    /// The exchange, with a note on what its log does not show.
    pub(super) fn finish(self, entry: usize, limit: usize) -> Exchange {
        let mut exchange = self.exchange;
        exchange.entry = entry;
        if !self.sent.is_empty() && worth(&exchange.request.body) == 0 {
            exchange.request.body = self.sent.body(&exchange.request.headers, limit);
        }
        if !self.received.is_empty() {
            let response = exchange.response.get_or_insert_default();
            if worth(&response.body) == 0 {
                response.body = self.received.body(&response.headers, limit);
            }
        }
        let Request {
            method,
            headers,
            body,
            url,
        } = &mut exchange.request;
        if method.is_empty() {
            let of_one = Route::parse(url).is_some_and(|route| route.endpoint_id.is_some());
            method.push_str(match worth(body) {
                0 => "GET",
                _ if of_one && !url.contains("endpointproxy") => "PUT",
                _ => "POST",
            });
        }
        if !url.contains("://")
            && url.starts_with('/')
            && let Some(host) = headers.get("host")
        {
            *url = format!("https://{host}{url}");
        }
        let shown = self.answered_by.iter().any(|source| source.shows_answers());
        if let Some(response) = exchange.response.as_mut().filter(|_| !shown)
            && response.body == Body::Empty
            && !matches!(response.status, 204 | 304)
        {
            response.body =
                Body::NotRecorded(Some("the log shows no body of an answer".to_owned()));
        }
        let sends = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
        let empty = headers
            .get("content-length")
            .is_some_and(|length| length.trim() == "0");
        if sends && !empty && *body == Body::Empty {
            let hint = self
                .asked_by
                .iter()
                .find_map(|source| source.shows_bodies_with());
            if let Some(hint) = hint {
                *body = Body::NotRecorded(Some(hint.to_owned()));
            }
        }
        exchange
    }
}

/// Tells what the log did to the bodies of `exchange`.
pub(super) fn tell(exchange: &Exchange, notes: &mut Notes) {
    let entry = exchange.entry;
    let answer = exchange.response.as_ref().map(|response| &response.body);
    let bodies = [
        ("request", Some(&exchange.request.body)),
        ("answer", answer),
    ];
    for (what, body) in bodies {
        match body {
            Some(Body::Cut(_, reason)) => {
                let message = format!(
                    "entry {entry}: only the beginning of the body of its {what} is there: {reason}"
                );
                notes.add("body-cut", Some(entry), message);
            }
            Some(Body::NotRecorded(Some(how))) if what == "request" => {
                let message = format!("entry {entry}: the log does not show what was sent: {how}");
                notes.add("body-not-shown", Some(entry), message);
            }
            Some(Body::Respelt(_, how)) if what == "request" => {
                let message = format!("entry {entry}: the body of its {what} is read {how}");
                notes.add("body-respelt", Some(entry), message);
            }
            _ => {}
        }
        if body
            .and_then(Body::text)
            .is_some_and(|text| text.contains("***"))
        {
            notes.once(
                "values-masked",
                "whoever wrote the log put *** in place of secrets; what they were is not known",
            );
        }
    }
}

fn is_interim(status: u16) -> bool {
    Start::Status {
        status,
        text: String::new(),
    }
    .is_interim()
}

/// How much a body is worth beside another spelling of the same one.
fn worth(body: &Body) -> u8 {
    match body {
        Body::Empty => 0,
        Body::NotRecorded(_) | Body::Binary(_) => 1,
        Body::Cut(..) | Body::Rebuilt(..) => 2,
        Body::Respelt(..) => 3,
        Body::Text(_) => 4,
    }
}

fn extend(headers: &mut Headers, more: &Headers) {
    let mut fields: Vec<(&str, &str)> = headers.iter().collect();
    for (name, value) in more.iter() {
        let mut known = fields.iter();
        let known = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
        if known.is_none_or(|(_, known)| *known != value) {
            fields.push((name, value));
        }
    }
    *headers = fields.into_iter().collect();
}

/// The path of an address, and its query.
fn path_of(url: &str) -> (&str, &str) {
    let behind = split_scheme(url).map_or(url, |(_, rest)| rest);
    let path = behind.find('/').map_or("", |at| &behind[at..]);
    path.split_once('?').unwrap_or((path, ""))
}

/// Whether two spellings may be of one address: one may lack the host or the query, or hold what is masked.
fn same_place(one: &str, other: &str) -> bool {
    let ((path, query), (other_path, other_query)) = (path_of(one), path_of(other));
    let masked = |text: &str| text.contains("***");
    (path == other_path || masked(path) || masked(other_path))
        && (query == other_query
            || query.is_empty()
            || other_query.is_empty()
            || masked(query)
            || masked(other_query))
}

/// Whether the address `url` says more than `known`.
fn is_fuller(url: &str, known: &str) -> bool {
    let weigh = |url: &str| (url.contains("://"), !url.contains("***"), url.len());
    weigh(url) > weigh(known)
}

/// The answer with what is known of it; for forms that read a whole one.
pub(super) fn answer(status: u16, text: &str, headers: Headers, body: Body) -> Vec<Piece> {
    vec![
        Piece::Status(status, text.to_owned()),
        Piece::ResponseHeaders(headers),
        Piece::ResponseBody(body),
    ]
}
