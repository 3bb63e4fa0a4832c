//! A log line by line, without what loggers, pipelines and terminals write in front of each line.

use std::borrow::Cow;

use jiff::Timestamp;

/// How many things may stand in front of what a line says.
const MOST_PREFIXES: usize = 8;

/// Words for how much a line matters, as loggers spell them.
const LEVELS: [&str; 17] = [
    "DEBUG",
    "INFO",
    "INFORMATION",
    "WARNING",
    "WARN",
    "ERROR",
    "CRITICAL",
    "TRACE",
    "VERBOSE",
    "FATAL",
    "dbug",
    "info",
    "trce",
    "warn",
    "fail",
    "crit",
    "debug",
];

/// One line of a log.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line<'a> {
    /// Where it begins in the log.
    pub(super) at: usize,
    /// As it stands there, without its end.
    pub(super) raw: &'a str,
    /// What it says, behind everything that stands in front.
    pub(super) text: &'a str,
    /// Who wrote it (`msrest.http_logger`).
    pub(super) logger: Option<&'a str>,
    /// How much it matters (`DEBUG`, `VERBOSE`).
    pub(super) level: Option<&'a str>,
    /// When it was written, if it says so with a date and a zone.
    pub(super) time: Option<Timestamp>,
}

/// A place in a log, from which lines are read one after another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// The whole log.
    log: &'a str,
    /// The place, in bytes.
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// The beginning of `log`.
    pub(super) fn new(log: &'a str) -> Self {
        Self { log, at: 0 }
    }

    /// Everything from this place on.
    pub(super) fn rest(self) -> &'a str {
        self.log.get(self.at..).unwrap_or_default()
    }

    /// The place `at` of the same log.
    pub(super) fn to(self, at: usize) -> Self {
        Self { at, ..self }
    }

    /// The next line, and the place behind it.
    pub(super) fn line(self) -> Option<(Line<'a>, Self)> {
        let (raw, behind) = self.raw()?;
        Some((Line::parse(raw, self.at), behind))
    }

    /// The next line as it stands there, and the place behind it.
    pub(super) fn raw(self) -> Option<(&'a str, Self)> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let length = memchr::memchr(b'\n', rest.as_bytes());
        let raw = &rest[..length.unwrap_or(rest.len())];
        let behind = self.at + raw.len() + usize::from(length.is_some());
        Some((raw, self.to(behind)))
    }

    /// The place behind blank lines.
    pub(super) fn behind_blank(mut self) -> Self {
        while let Some((line, behind)) = self.line()
            && line.text.trim().is_empty()
        {
            self = behind;
        }
        self
    }
}

impl<'a> Line<'a> {
    /// Takes off what stands in front of the line `raw`, which begins at `at`.
    fn parse(raw: &'a str, at: usize) -> Self {
        let mut line = Self {
            at,
            raw,
            text: raw,
            ..Self::default()
        };
        for _ in 0..MOST_PREFIXES {
            if !line.take_prefix() {
                break;
            }
        }
        line
    }

    /// The line `raw` by itself.
    pub(super) fn of(raw: &'a str) -> Self {
        Self::parse(raw, 0)
    }

    /// Where `end`, the last part of this line, begins in the log.
    pub(super) fn place_of(&self, end: &str) -> usize {
        self.at + self.raw.len().saturating_sub(end.len())
    }

    /// Whether anything stood in front of what it says.
    pub(super) fn is_marked(&self) -> bool {
        self.text.len() < self.raw.len()
    }

    /// Whether a logger began to say something here, so that what it said before ends.
    pub(super) fn begins_record(&self) -> bool {
        self.logger.is_some() || self.level.is_some()
    }

    fn take_prefix(&mut self) -> bool {
        let text = self.text;
        if let Some((time, rest)) = time(text) {
            self.time = self.time.or_else(|| time.parse().ok());
            self.text = rest;
            return true;
        }
        if let Some(rest) = pipeline_mark(text).or_else(|| transfer_ids(text)) {
            self.text = rest;
            return true;
        }
        if self.level.is_none()
            && let Some((level, rest)) = level(text, self.is_marked())
        {
            self.level = Some(level);
            self.text = rest;
            return true;
        }
        if self.logger.is_none()
            && let Some((logger, rest)) = logger(text, self.is_marked())
        {
            self.logger = Some(logger);
            self.text = rest;
            return true;
        }
        if self.is_marked()
            && let Some(rest) = text.strip_prefix("- ")
        {
            self.text = rest;
            return true;
        }
        false
    }
}

/// A date and time, or a time alone, and what follows behind one blank.
fn time(text: &str) -> Option<(&str, &str)> {
    let open = text.starts_with('[');
    let bare = if open { &text[1..] } else { text };
    let length = time_length(bare.as_bytes()).or_else(|| java_time(text))?;
    let (time, rest) = bare.split_at(length);
    let rest = if open { behind_bracket(rest)? } else { rest };
    if rest.is_empty() {
        return Some((time, rest));
    }
    let rest = rest
        .strip_prefix(':')
        .filter(|rest| rest.starts_with(' '))
        .unwrap_or(rest);
    Some((time, rest.strip_prefix([' ', '\t'])?))
}

/// What follows the bracket around a time, which may hold a level as well: `[10:00:01 INF]`.
fn behind_bracket(text: &str) -> Option<&str> {
    let level = text
        .bytes()
        .take_while(|byte| byte.is_ascii_uppercase() || *byte == b' ')
        .count();
    text[level..].strip_prefix(']').filter(|_| level <= 12)
}

/// How long the date and time are that loggers of Java write by themselves: `Mar 02, 2026 1:02:03 PM`.
fn java_time(text: &str) -> Option<usize> {
    let mut words = text.splitn(6, ' ');
    let (month, day) = (words.next()?, words.next()?.strip_suffix(',')?);
    let (year, time, half) = (words.next()?, words.next()?, words.next()?);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = month.len() == 3
        && number(day)
        && number(year)
        && time.split(':').all(number)
        && time.contains(':')
        && matches!(half, "AM" | "PM");
    is_time.then(|| month.len() + day.len() + year.len() + time.len() + half.len() + 5)
}

/// How long the time is that `bytes` begin with.
fn time_length(bytes: &[u8]) -> Option<usize> {
    let shaped = |bytes: &[u8], shape: &[u8]| {
        bytes.len() >= shape.len()
            && shape.iter().zip(bytes).all(|(shape, byte)| match shape {
                b'0' => byte.is_ascii_digit(),
                b'-' => matches!(byte, b'-' | b'/'),
                b'T' => matches!(byte, b'T' | b' '),
                shape => shape == byte,
            })
    };
    let mut at = if shaped(bytes, b"0000-00-00T00:00:00") {
        19
    } else if shaped(bytes, b"00:00:00") {
        8
    } else {
        return None;
    };
    if let [b'.' | b',', digits @ ..] = &bytes[at..] {
        let digits = digits
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        at += if digits > 0 { digits + 1 } else { 0 };
    }
    if bytes.get(at) == Some(&b'Z') {
        at += 1;
    } else if shaped(&bytes[at..], b"+00:00") {
        at += 6;
    } else if shaped(&bytes[at..], b"+0000") || shaped(&bytes[at..], b"-0000") {
        at += 5;
    }
    Some(at)
}

/// What follows the mark of a pipeline: `##[debug]`, `##vso[task.debug]`.
fn pipeline_mark(text: &str) -> Option<&str> {
    let marked = text.strip_prefix("##")?;
    let marked = marked.strip_prefix("vso").unwrap_or(marked);
    marked
        .strip_prefix('[')?
        .split_once(']')
        .map(|(_, rest)| rest)
}

/// What follows the numbers of transfer and connection that `curl --trace-ids` writes: `[0-0]`, `[0-x]`.
fn transfer_ids(text: &str) -> Option<&str> {
    let (ids, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let (transfer, connection) = ids.split_once('-')?;
    let is_id =
        |id: &str| id == "x" || !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    (is_id(transfer) && is_id(connection)).then_some(rest)
}

/// A level, and what it is written in front of. A bare word counts only behind another mark.
fn level(text: &str, marked: bool) -> Option<(&str, &str)> {
    let open = text.starts_with('[');
    let bare = if open { &text[1..] } else { text };
    let level = LEVELS.iter().find(|level| {
        let behind = bare.strip_prefix(**level);
        behind.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })?;
    let (level, rest) = bare.split_at(level.len());
    if open {
        return Some((level, rest.strip_prefix(']')?.trim_start_matches(' ')));
    }
    if let Some(rest) = rest.strip_prefix(':') {
        // `DEBUG:urllib3.connectionpool:…` is how Python's loggers write unless told otherwise.
        let named = rest
            .strip_prefix(' ')
            .or_else(|| logger(rest, true).map(|_| rest));
        return Some((level, named.or_else(|| rest.is_empty().then_some(rest))?));
    }
    let rest = rest
        .strip_prefix(" - ")
        .or_else(|| rest.strip_prefix(' '))
        .filter(|_| marked)?;
    Some((level, rest.trim_start_matches(' ')))
}

/// The dotted name of a logger, and what follows it. Without another mark in front it has to end with a colon.
fn logger(text: &str, marked: bool) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[').unwrap_or(text);
    let length = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        .count();
    let (name, rest) = inner.split_at(length);
    let name = name.trim_end_matches('.');
    let is_name = name.contains('.') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !is_name || (!marked && name.bytes().any(|byte| byte.is_ascii_uppercase())) {
        return None;
    }
    if inner.len() < text.len() {
        // The line of the program may stand behind the name: `[azure.core:59]`.
        let rest = match rest.strip_prefix(':') {
            Some(number) => number.trim_start_matches(|c: char| c.is_ascii_digit()),
            None => rest,
        };
        return Some((name, rest.strip_prefix("] ")?));
    }
    // .NET puts the number of the event behind the name and the message on the next line.
    if let Some((number, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        return is_number.then_some((name, rest.trim_start()));
    }
    if let Some(rest) = rest.strip_prefix(':') {
        let colon_is_all = marked || rest.is_empty() || rest.starts_with(' ');
        return colon_is_all.then(|| (name, rest.strip_prefix(' ').unwrap_or(rest)));
    }
    let rest = rest.strip_prefix(' ').filter(|_| marked)?;
    if let Some(rest) = rest.strip_prefix("- ") {
        return Some((name, rest));
    }
    // A host is named in the midst of a sentence.
    let begins = rest.starts_with(|c: char| c.is_uppercase()) || rest.starts_with("http");
    (begins || name.matches('.').count() > 2).then_some((name, rest))
}

/// `text` with one kind of line end: terminals and progress meters write others.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line, who logs it, and what it says.
    const LINES: &[(&str, Option<&str>, &str)] = &[
        ("plain words", None, "plain words"),
        (
            "2024-02-07T16:08:33.5909328Z DEBUG: msrest.http_logger: Request body:",
            Some("msrest.http_logger"),
            "Request body:",
        ),
        (
            "DEBUG:urllib3.connectionpool:https://a:443 \"GET / HTTP/1.1\" 200 2",
            Some("urllib3.connectionpool"),
            "https://a:443 \"GET / HTTP/1.1\" 200 2",
        ),
        (
            "cli.azure.cli.core.util:     'Accept': '*/*'",
            Some("cli.azure.cli.core.util"),
            "    'Accept': '*/*'",
        ),
        (
            "2024-02-07 16:08:33,590 - msrest.http_logger - DEBUG - Request URL: 'x'",
            Some("msrest.http_logger"),
            "Request URL: 'x'",
        ),
        (
            "2025-08-26T10:00:00.000Z [DEBUG] provider.terraform-provider-azuredevops_v1.11.2: 2025/08/26 10:00:00 [DEBUG] A",
            Some("provider.terraform-provider-azuredevops_v1.11.2"),
            "[DEBUG] A",
        ),
        (
            "2025-08-13T20:07:40.8071427Z ##[debug]> PUT /a HTTP/1.1",
            None,
            "> PUT /a HTTP/1.1",
        ),
        (
            "##vso[task.debug]VERBOSE: PUT https://a/b",
            None,
            "PUT https://a/b",
        ),
        (
            "12:34:56.789012 => Send header, 3 bytes (0x3)",
            None,
            "=> Send header, 3 bytes (0x3)",
        ),
        (
            "12:34:56.789012 [0-x] > PUT /a HTTP/2",
            None,
            "> PUT /a HTTP/2",
        ),
        ("[a-b] c", None, "[a-b] c"),
        (
            "2024-02-07 16:08:33,590 DEBUG urllib3.connectionpool https://a:443",
            Some("urllib3.connectionpool"),
            "https://a:443",
        ),
        (
            "2024-02-07 16:08:33,590 ERROR dev.azure.com is not there",
            None,
            "dev.azure.com is not there",
        ),
        (
            "info: System.Net.Http.HttpClient.azdo.ClientHandler[100]",
            Some("System.Net.Http.HttpClient.azdo.ClientHandler"),
            "",
        ),
        (
            "Content-Type: application/json",
            None,
            "Content-Type: application/json",
        ),
        ("Host: dev.azure.com", None, "Host: dev.azure.com"),
        (
            "https://dev.azure.com: no",
            None,
            "https://dev.azure.com: no",
        ),
        (
            "Mar 02, 2026 1:02:03 PM jdk.internal.net.http.Http1Request headers",
            Some("jdk.internal.net.http.Http1Request"),
            "headers",
        ),
        ("2024-02-07T16:08:33Z", None, ""),
        ("2024-02-07T16:08:33Z     \"id\": 1", None, "    \"id\": 1"),
    ];

    #[test]
    fn what_stands_in_front_is_taken_off() {
        for (raw, logger, text) in LINES {
            let line = Line::parse(raw, 0);
            assert_eq!((line.logger, line.text), (*logger, *text), "{raw}");
        }
        assert!(
            Line::parse("2024-02-07T16:08:33.5909328Z x", 0)
                .time
                .is_some()
        );
        assert!(Line::parse("16:08:33 x", 0).time.is_none());
    }

    #[test]
    fn progress_meters_become_lines() {
        assert_eq!(plain("a\r\nb\r100"), "a\nb\n100");
        assert!(matches!(plain("a\nb"), Cow::Borrowed(_)));
    }
}
