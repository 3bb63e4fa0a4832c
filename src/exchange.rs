//! One request with its answer, whichever container it came from.
//!
//! Readers in [`crate::ingest`] produce [`Exchange`]s; nothing behind this type knows
//! whether a trace was a HAR, a Fiddler archive or pasted session text.

mod packed;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

pub use packed::BodyText;

/// One request with its answer.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// 0-based place in `log.entries`, or in the archive's order.
    pub entry: usize,
    /// Fiddler's own session number (`SID`), the one people quote.
    pub session: Option<u64>,
    /// What the person who recorded the trace typed beside this entry.
    pub comment: Option<String>,
    /// When the request was sent.
    pub started: Option<Timestamp>,
    /// What was asked.
    pub request: Request,
    /// What was answered; `None` where no HTTP answer was recorded.
    pub response: Option<Response>,
    /// The recorder's own words for a request that got no answer (`net::ERR_ABORTED`).
    pub error: Option<String>,
    /// Who gave the answer.
    pub answered_by: AnsweredBy,
}

/// Who gave the recorded answer. Only [`AnsweredBy::Server`] says anything about the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnsweredBy {
    /// The server, as far as the recording tells.
    #[default]
    Server,
    /// The browser's cache.
    Cache,
    /// A service worker of the page.
    ServiceWorker,
    /// The recording proxy itself (Fiddler's `ResponseGeneratedByFiddler`, `AutoResponder`).
    Proxy,
}

/// The request half.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The verb as recorded; empty where the entry had none.
    pub method: String,
    /// The absolute URL as recorded, without its fragment.
    pub url: String,
    /// All header fields, in order.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// The response half.
#[derive(Debug, Clone, Default)]
pub struct Response {
    /// HTTP status; 0 where the recorder wrote none.
    pub status: u16,
    /// The reason phrase, often empty.
    pub status_text: String,
    /// All header fields, in order.
    pub headers: Headers,
    /// The decoded body.
    pub body: Body,
}

/// A message body, decoded (content coding and charset undone).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing was sent.
    #[default]
    Empty,
    /// Text, exactly as the recorder kept it.
    Text(BodyText),
    /// Text that had to be spelt anew to be read; the second part says how it differs from what was
    /// sent: `in UTF-8 instead of UTF-16LE`.
    Respelt(BodyText, String),
    /// Text of which the recorder kept only the beginning; the second part says how that is known.
    Cut(BodyText, String),
    /// Text put together from the parts that the recorder took the body apart into; the second part
    /// says so. It means what was sent, and is not spelt like it.
    Rebuilt(BodyText, String),
    /// Bytes that are no text; their number.
    Binary(u64),
    /// A body was sent, but the recording does not hold it; the recorder's reason where it gives one.
    NotRecorded(Option<String>),
}

impl Exchange {
    /// The exchange to look into. Of a packed one nothing that is unpacked stays in memory.
    pub(crate) fn opened(&self) -> Cow<'_, Self> {
        if self.is_packed() {
            Cow::Owned(self.clone())
        } else {
            Cow::Borrowed(self)
        }
    }

    /// When it was answered, as the header `Date` says it: to the second, by the clock of the service.
    pub(crate) fn answered(&self) -> Option<Timestamp> {
        let date = self.response.as_ref()?.headers.get("date")?;
        let parser = jiff::fmt::rfc2822::DateTimeParser::new();
        parser.parse_timestamp(date.trim()).ok()
    }

    /// Whether a packed body is held unpacked as well.
    #[cfg(test)]
    pub(crate) fn is_open(&self) -> bool {
        let answer = self.response.as_ref().map(|answer| &answer.body);
        let bodies = [Some(&self.request.body), answer];
        let mut texts = bodies.into_iter().flatten().filter_map(Body::kept);
        texts.any(BodyText::is_open)
    }

    fn is_packed(&self) -> bool {
        let answer = self.response.as_ref();
        self.request.body.is_packed() || answer.is_some_and(|answer| answer.body.is_packed())
    }

    /// Keeps the bodies packed until somebody asks for one.
    pub(crate) fn pack(&mut self) {
        self.request.body.pack();
        if let Some(response) = &mut self.response {
            response.body.pack();
        }
    }

    /// How many bytes its bodies take.
    pub(crate) fn weight(&self) -> usize {
        let length = |body: &Body| body.text().map_or(0, str::len);
        let answer = self.response.as_ref();
        length(&self.request.body) + answer.map_or(0, |answer| length(&answer.body))
    }
}

impl Body {
    fn is_packed(&self) -> bool {
        self.kept().is_some_and(BodyText::is_packed)
    }

    /// Its text as it is held.
    fn kept(&self) -> Option<&BodyText> {
        match self {
            Self::Text(text)
            | Self::Respelt(text, _)
            | Self::Cut(text, _)
            | Self::Rebuilt(text, _) => Some(text),
            Self::Empty | Self::Binary(_) | Self::NotRecorded(_) => None,
        }
    }

    /// The text, whole, cut or rebuilt; `None` where there is none to read.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.kept().map(|text| &**text)
    }

    /// Keeps the text packed until somebody asks for it.
    pub(crate) fn pack(&mut self) {
        match self {
            Self::Text(text)
            | Self::Respelt(text, _)
            | Self::Cut(text, _)
            | Self::Rebuilt(text, _) => text.pack(),
            Self::Empty | Self::Binary(_) | Self::NotRecorded(_) => {}
        }
    }

    /// Whether there is a text that is what was sent.
    pub(crate) fn is_as_sent(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Respelt(..) | Self::Cut(..))
    }

    /// The text, as far as it is what was sent.
    #[must_use]
    pub fn as_sent(&self) -> Option<&str> {
        self.text().filter(|_| self.is_as_sent())
    }
}

/// Header fields in recorded order; looked up without regard to letter case. Tens of thousands are held
/// at a time, so that those of one message share one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Each name with its value behind it.
    text: Box<str>,
    /// Where each name and each value ends.
    ends: Box<[(u32, u32)]>,
}

impl Headers {
    /// The first value of the field called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |(name, value)| {
            let (from, middle, end) = (start, *name as usize, *value as usize);
            start = end;
            (&self.text[from..middle], &self.text[middle..end])
        })
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut text = String::new();
        let mut ends = Vec::new();
        for (name, value) in fields {
            let (name, value) = (name.as_ref(), value.as_ref());
            let middle = text.len() + name.len();
            // No message has 4 GiB of fields.
            let (Ok(middle), Ok(end)) =
                (u32::try_from(middle), u32::try_from(middle + value.len()))
            else {
                break;
            };
            text.push_str(name);
            text.push_str(value);
            ends.push((middle, end));
        }
        Self {
            text: text.into_boxed_str(),
            ends: ends.into_boxed_slice(),
        }
    }
}

/// The part of an exchange a location points into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Part {
    /// The request line.
    #[serde(rename = "request.url")]
    RequestUrl,
    /// A request header field.
    #[serde(rename = "request.headers")]
    RequestHeaders,
    /// The request body.
    #[serde(rename = "request.body")]
    RequestBody,
    /// The HTTP status.
    #[serde(rename = "response.status")]
    ResponseStatus,
    /// A response header field.
    #[serde(rename = "response.headers")]
    ResponseHeaders,
    /// The response body.
    #[serde(rename = "response.body")]
    ResponseBody,
    /// Pasted text.
    #[serde(rename = "text")]
    Text,
}

impl Part {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::RequestUrl => "request.url",
            Self::RequestHeaders => "request.headers",
            Self::RequestBody => "request.body",
            Self::ResponseStatus => "response.status",
            Self::ResponseHeaders => "response.headers",
            Self::ResponseBody => "response.body",
            Self::Text => "text",
        }
    }
}

/// Where something was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    /// Index into the report's inputs.
    pub input: usize,
    /// 0-based place in the container.
    pub entry: usize,
    /// The part of the exchange.
    pub part: Part,
    /// RFC 6901 pointer into a JSON body.
    pub pointer: Option<String>,
}
