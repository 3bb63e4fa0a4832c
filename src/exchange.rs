//! One request with its answer, whichever container it came from.
//!
//! Readers in [`crate::ingest`] produce [`Exchange`]s; nothing behind this type knows
//! whether a trace was a HAR, a Fiddler archive or pasted session text.

mod packed;

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

pub use packed::BodyText;
pub(crate) use packed::{Dictionary, pack};

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
        if self.texts().any(BodyText::is_packed) {
            let mut opened = self.clone();
            packed::unpack(opened.texts_mut());
            Cow::Owned(opened)
        } else {
            Cow::Borrowed(self)
        }
    }

    /// When it was answered, as the header `Date` says it: to the second, by the clock of the service.
    pub(crate) fn answered(&self) -> Option<Timestamp> {
        let opened = self.opened();
        let date = opened.response.as_ref()?.headers.get("date")?;
        let parser = jiff::fmt::rfc2822::DateTimeParser::new();
        parser.parse_timestamp(date.trim()).ok()
    }

    /// Whether a packed text is held unpacked as well.
    #[cfg(test)]
    pub(crate) fn is_open(&self) -> bool {
        self.texts().any(BodyText::is_open)
    }

    /// Keeps its texts packed until somebody asks for one.
    pub(crate) fn pack(&mut self, dictionary: &Dictionary) {
        packed::pack(self.texts_mut().collect(), dictionary);
    }

    /// The texts of its messages as they are held.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &BodyText> {
        let asked = [Some(&self.request.headers.fields), self.request.body.kept()];
        let answer = self.response.as_ref();
        let answer = answer.map(|answer| [Some(&answer.headers.fields), answer.body.kept()]);
        let answered = answer.into_iter().flatten();
        asked.into_iter().chain(answered).flatten()
    }

    fn texts_mut(&mut self) -> impl Iterator<Item = &mut BodyText> {
        let request = &mut self.request;
        let asked = [Some(&mut request.headers.fields), request.body.kept_mut()];
        let answer = self.response.as_mut();
        let answer = answer.map(|answer| {
            let fields = &mut answer.headers.fields;
            [Some(fields), answer.body.kept_mut()]
        });
        let answered = answer.into_iter().flatten();
        asked.into_iter().chain(answered).flatten()
    }

    /// How many bytes its bodies take.
    pub(crate) fn weight(&self) -> usize {
        let length = |body: &Body| body.text().map_or(0, str::len);
        let answer = self.response.as_ref();
        length(&self.request.body) + answer.map_or(0, |answer| length(&answer.body))
    }
}

impl Body {
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

    fn kept_mut(&mut self) -> Option<&mut BodyText> {
        match self {
            Self::Text(text)
            | Self::Respelt(text, _)
            | Self::Cut(text, _)
            | Self::Rebuilt(text, _) => Some(text),
            Self::Empty | Self::Binary(_) | Self::NotRecorded(_) => None,
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
    /// Each name and each value behind its length: `4:Host11:example.com`.
    fields: BodyText,
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
        let mut rest: &str = &self.fields;
        std::iter::from_fn(move || {
            let mut next = || {
                let (length, behind) = rest.split_once(':')?;
                let (text, behind) = behind.split_at_checked(length.parse().ok()?)?;
                rest = behind;
                Some(text)
            };
            Some((next()?, next()?))
        })
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(all: I) -> Self {
        let mut fields = String::new();
        for (name, value) in all {
            for text in [name.as_ref(), value.as_ref()] {
                fields.push_str(&text.len().to_string());
                fields.push(':');
                fields.push_str(text);
            }
        }
        fields.shrink_to_fit();
        Self {
            fields: fields.into(),
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

#[cfg(test)]
mod tests {
    use super::Headers;

    #[test]
    fn header_fields_are_read_as_they_were_recorded() {
        let fields = [
            ("Host", "a:1"),
            ("", ""),
            ("caf\u{e9}", "12:\n9:"),
            ("host", "b"),
        ];
        let headers: Headers = fields.into_iter().collect();
        assert_eq!(headers.iter().collect::<Vec<_>>(), fields);
        assert_eq!(headers.get("HOST"), Some("a:1"));
        assert!(!headers.is_empty() && Headers::default().is_empty());
    }
}
