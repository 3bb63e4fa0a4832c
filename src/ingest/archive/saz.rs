//! Fiddler's session archive: a request, an answer and metadata per session.

use std::collections::{BTreeMap, HashMap};

use encoding_rs::UTF_8;

use super::metadata::Metadata;
use super::{Archive, Listed, Member, listing};
use crate::exchange::{AnsweredBy, Body, Exchange, Headers, Request, Response};
use crate::ingest::har::count_host;
use crate::ingest::http::{self, Head, Start};
use crate::ingest::keep::keep;
use crate::ingest::notes::Notes;
use crate::ingest::{Container, Options, Trace, body, text};

/// How much of a request is read to learn where it went.
const FIRST_LINES: usize = 8 << 10;

/// How many encrypted sessions are opened without looking for a list of them first.
const MOST_OPENED: usize = 16;

/// Where the parts of a session lie in the archive.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Parts {
    request: Option<usize>,
    response: Option<usize>,
    metadata: Option<usize>,
}

/// Sessions in the order of their file numbers.
type Sessions = BTreeMap<u64, Parts>;

/// The sessions in an archive, by the folder in which their `raw` folder lies.
pub(super) fn sessions(members: &[Listed]) -> BTreeMap<String, Sessions> {
    let mut groups: BTreeMap<String, Sessions> = BTreeMap::new();
    for (index, member) in members.iter().enumerate() {
        let Some((folder, number, part)) = part(&member.name) else {
            continue;
        };
        let parts = groups
            .entry(folder.to_owned())
            .or_default()
            .entry(number)
            .or_default();
        match part {
            'c' => parts.request = Some(index),
            's' => parts.response = Some(index),
            _ => parts.metadata = Some(index),
        }
    }
    groups.retain(|_, sessions| {
        sessions.retain(|_, parts| parts.request.is_some() || parts.response.is_some());
        !sessions.is_empty()
    });
    groups
}

/// Whether an archive holds nothing but what Fiddler puts around sessions.
pub(super) fn is_bare(members: &[Listed]) -> bool {
    members.iter().all(|member| {
        let file = member.name.rsplit('/').next().unwrap_or_default();
        matches!(file, "" | "_index.htm" | "[Content_Types].xml")
    })
}

/// Takes `folder/raw/12_c.txt` apart.
fn part(name: &str) -> Option<(&str, u64, char)> {
    let (path, file) = name.rsplit_once('/')?;
    let folder = path.get(..path.len().checked_sub(3)?)?;
    let in_raw = path[folder.len()..].eq_ignore_ascii_case("raw")
        && (folder.is_empty() || folder.ends_with('/'));
    let (number, part) = file.split_once('_')?;
    let part = part.to_ascii_lowercase();
    let part = match part.as_str() {
        "c.txt" => 'c',
        "s.txt" => 's',
        "m.xml" => 'm',
        _ => return None,
    };
    let number = number.parse().ok().filter(|_| in_raw)?;
    Some((folder.trim_end_matches('/'), number, part))
}

/// Reads the sessions: all requests' first lines, and the rest only where it can matter.
///
/// An error says why none of them could be read.
pub(super) fn read(
    archive: &mut Archive<'_, '_, '_>,
    folder: &str,
    sessions: &Sessions,
    options: &Options<'_>,
) -> Result<Trace, String> {
    let comment = String::from_utf8_lossy(archive.comment());
    let creator = comment
        .split(" Session Archive")
        .next()
        .unwrap_or_default()
        .trim();
    let mut trace = Trace {
        container: Container::Saz,
        creator: Some(creator.to_owned()).filter(|creator| creator.starts_with("Fiddler")),
        ..Trace::default()
    };
    let mut notes = Notes::default();
    let mut kept = 0;
    let mut unread = 0;
    let addresses = addresses(archive, folder, sessions, options);
    for (number, parts) in sessions {
        let entry = trace.total;
        trace.total += 1;
        if let Some(address) = addresses.get(number).filter(|url| !(options.matters)(url)) {
            count_host(&mut trace, address);
            continue;
        }
        match session(archive, *parts, entry, &mut trace, &mut notes, options) {
            Ok(Some(exchange)) => keep(exchange, &mut trace, &mut notes, options, &mut kept),
            Ok(None) => {}
            Err(Unread { kind, why }) => {
                unread += 1;
                let message = format!(
                    "session {} of the archive could not be read: {why}",
                    entry + 1
                );
                notes.add(kind, Some(entry), message);
            }
        }
    }
    trace.notes = notes.finish();
    match trace.notes.first() {
        Some(note) if unread == trace.total => Err(note.message.clone()),
        _ => Ok(trace),
    }
}

/// Where each session went, from the list that lies beside them; only where they are encrypted, since
/// what a request says of itself is better.
fn addresses(
    archive: &mut Archive<'_, '_, '_>,
    folder: &str,
    sessions: &Sessions,
    options: &Options<'_>,
) -> HashMap<u64, String> {
    let requests = sessions.values().filter_map(|parts| parts.request);
    if requests
        .filter(|index| archive.members[*index].encrypted)
        .nth(MOST_OPENED)
        .is_none()
    {
        return HashMap::new();
    }
    let name = match folder {
        "" => "_index.htm".to_owned(),
        folder => format!("{folder}/_index.htm"),
    };
    let listed = archive
        .members
        .iter()
        .position(|member| member.name == name);
    match listed.map(|index| archive.read_member(index, options.max_entry)) {
        Some(Member::Whole(page)) => listing::addresses(&text::decode(&page).0),
        Some(Member::Beginning(_) | Member::Broken { .. }) | None => HashMap::new(),
    }
}

/// Why a session could not be read, and the kind of note that tells it.
struct Unread {
    kind: &'static str,
    why: String,
}

impl Unread {
    /// There was a request, and nobody can see which.
    fn lost(why: impl Into<String>) -> Self {
        let why = why.into();
        Self {
            kind: "entry-lost",
            why,
        }
    }

    /// What is there is no request.
    fn foreign(why: &str) -> Self {
        Self {
            kind: "entry-unreadable",
            why: why.to_owned(),
        }
    }
}

/// One session; `None` where it cannot matter.
fn session(
    archive: &mut Archive<'_, '_, '_>,
    parts: Parts,
    entry: usize,
    trace: &mut Trace,
    notes: &mut Notes,
    options: &Options<'_>,
) -> Result<Option<Exchange>, Unread> {
    let missing = || Unread::lost("its request is missing");
    let index = parts.request.ok_or_else(missing)?;
    // Each opening of an encrypted member derives its key anew.
    let encrypted = archive.members[index].encrypted;
    let limit = if encrypted {
        options.max_entry
    } else {
        FIRST_LINES
    };
    let begin = archive.read_member(index, limit);
    let first = match &begin {
        Member::Whole(bytes) | Member::Beginning(bytes) => bytes.as_slice(),
        Member::Broken { why } => return Err(Unread::lost(why.as_str())),
    };
    let no_http = || Unread::foreign("its request is no HTTP");
    let (head, _) = split_message(first).ok_or_else(no_http)?;
    let Start::Request { method, target } = head.start else {
        return Err(Unread::foreign("its request is an answer"));
    };
    if method == "CONNECT" {
        count_host(trace, &target);
    }
    if method == "CONNECT" || method == "OPTIONS" {
        return Ok(None);
    }
    let url = http::url(&target, &head.headers);
    count_host(trace, &url);
    if options.others.is_none() && !(options.matters)(&url) {
        return Ok(None);
    }
    let metadata = metadata(archive, parts, entry, notes);
    let whole = match begin {
        Member::Beginning(_) if !encrypted => archive.read_member(index, options.max_entry),
        begin => begin,
    };
    let (head, bytes) = match whole {
        Member::Whole(bytes) => split_message(&bytes).map(|(head, body)| (head, body.to_vec())),
        Member::Beginning(_) => return Err(Unread::lost("its request is too large")),
        Member::Broken { why } => return Err(Unread::lost(why)),
    }
    .ok_or_else(no_http)?;
    let response = response(archive, parts, &metadata, entry, notes, options);
    let plain = std::str::from_utf8(&bytes).ok();
    let decoded = plain.and_then(|text| body::from_fiddler(text, &head.headers));
    let bytes = decoded.unwrap_or(bytes);
    let body = wire_body(
        bytes,
        &head.headers,
        metadata.request_dropped,
        options.max_entry,
    );
    let by_fiddler = response
        .as_ref()
        .is_some_and(|response| response.status_text.starts_with("Fiddler - "));
    Ok(Some(Exchange {
        entry,
        session: metadata.session,
        comment: metadata.comment,
        started: metadata.started,
        request: Request {
            method,
            url,
            headers: head.headers,
            body,
        },
        error: (response.is_none() && metadata.aborted)
            .then(|| "the session was aborted".to_owned()),
        response,
        answered_by: if by_fiddler {
            AnsweredBy::Proxy
        } else {
            metadata.answered_by
        },
    }))
}

/// What Fiddler says beside the messages; nothing where that is missing.
fn metadata(
    archive: &mut Archive<'_, '_, '_>,
    parts: Parts,
    entry: usize,
    notes: &mut Notes,
) -> Metadata {
    let Some(index) = parts.metadata else {
        return Metadata::default();
    };
    let parsed = match archive.read_member(index, 1 << 20) {
        Member::Whole(bytes) => Metadata::parse(&UTF_8.decode(&bytes).0),
        Member::Beginning(_) | Member::Broken { .. } => None,
    };
    parsed.unwrap_or_else(|| {
        let message = format!(
            "session {} of the archive: its number, time and comment could not be read",
            entry + 1
        );
        notes.add("metadata-unreadable", Some(entry), message);
        Metadata::default()
    })
}

/// The recorded answer; `None` where there is none.
fn response(
    archive: &mut Archive<'_, '_, '_>,
    parts: Parts,
    metadata: &Metadata,
    entry: usize,
    notes: &mut Notes,
    options: &Options<'_>,
) -> Option<Response> {
    let (bytes, whole) = match archive.read_member(parts.response?, options.max_entry) {
        Member::Whole(bytes) if bytes.is_empty() => return None,
        Member::Whole(bytes) => (bytes, true),
        Member::Beginning(bytes) => (bytes, false),
        Member::Broken { why, .. } => {
            let message = format!(
                "the answer of session {} could not be read: {why}",
                entry + 1
            );
            notes.add("entry-unreadable", Some(entry), message);
            return None;
        }
    };
    let mut parsed = split_message(&bytes);
    while let Some((head, rest)) = &parsed
        && head.start.is_interim()
        && let Some(next) = split_message(rest)
    {
        parsed = Some(next);
    }
    let Some((
        Head {
            start: Start::Status { status, text },
            headers,
        },
        body,
    )) = parsed
    else {
        let message = format!("the answer of session {} is no HTTP", entry + 1);
        notes.add("entry-unreadable", Some(entry), message);
        return None;
    };
    let body = if whole {
        wire_body(
            body.to_vec(),
            &headers,
            metadata.response_dropped.clone(),
            options.max_entry,
        )
    } else {
        let limit = options.max_entry >> 20;
        Body::NotRecorded(Some(format!(
            "it is larger than {limit} MiB and was left out"
        )))
    };
    Some(Response {
        status,
        status_text: text,
        headers,
        body,
    })
}

/// A body as it went over the wire, or why it is missing.
fn wire_body(bytes: Vec<u8>, headers: &Headers, dropped: Option<String>, limit: usize) -> Body {
    if bytes.is_empty() && dropped.is_some() {
        return Body::NotRecorded(dropped);
    }
    body::from_wire(bytes, headers, limit)
}

/// A message's head, and the bytes behind it; `None` if they begin with no start line.
fn split_message(bytes: &[u8]) -> Option<(Head, &[u8])> {
    let end = memchr::memmem::find(bytes, b"\n\r\n").map(|at| (at, at + 3));
    let bare = memchr::memmem::find(bytes, b"\n\n").map(|at| (at, at + 2));
    let whole = (bytes.len(), bytes.len());
    let (head, body) = match (end, bare) {
        (Some(end), Some(bare)) => end.min(bare),
        (end, bare) => end.or(bare).unwrap_or(whole),
    };
    let text = text::decode(&bytes[..head]).0;
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let start = Start::parse(lines.next()?)?;
    let headers = http::headers(lines);
    Some((Head { start, headers }, &bytes[body..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_whatever_packed_them() {
        for (name, expected) in [
            ("raw/1_c.txt", Some(("", 1, 'c'))),
            ("RAW/001_S.TXT", Some(("", 1, 's'))),
            ("my trace/raw/12_m.xml", Some(("my trace", 12, 'm'))),
            ("raw/1_w.txt", None),
            ("notraw/1_c.txt", None),
            ("raw/x_c.txt", None),
            ("1_c.txt", None),
        ] {
            assert_eq!(part(name), expected, "{name}");
        }
    }

    #[test]
    fn a_message_is_split_at_its_first_blank_line() {
        let (head, body) = split_message(b"GET https://a/ HTTP/2\nA: b\n\nx\r\n\r\ny").unwrap();
        assert_eq!(head.headers.get("a"), Some("b"));
        assert_eq!(body, b"x\r\n\r\ny");
        assert!(split_message(b"\r\n\r\n").is_none());
        assert!(split_message(b"").is_none());
    }
}
