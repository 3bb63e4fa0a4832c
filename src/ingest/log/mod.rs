//! Logs of tools that hold verb, address, bodies and status of requests, and requests that somebody copied.
//!
//! [`lines`] takes off what stands in front of each line, once for all. Each form of log is one
//! file that reads what begins at a line; what several of them say of one request is put together
//! by [`mod@assemble`]. Lines that belong to no exchange stay text, in which errors are looked for.

mod assemble;
mod az;
mod curl;
mod dotnet;
mod extent;
mod http_client;
mod lines;
mod message;
mod newman;
mod postman;
mod powershell;
mod python;
mod record;
mod script;
mod terraform;
mod told;
mod wire;

use self::assemble::Piece;
use self::assemble::{Assembly, Said, Source};
use self::extent::{Extent, Looked};
use self::lines::{Cursor, Line};
use self::script::Script;
use super::har::count_host;
use super::keep::keep;
use super::literal::{NoNames, Reader};
use super::notes::Notes;
use super::{Container, Options, Trace};
use crate::connection::outcome::is_error_envelope;
use crate::connection::route::Route;
use crate::exchange::Body;
use crate::json::Node;

/// A form of log: what begins in a line, and the place behind it.
type Form = for<'a> fn(&Line<'a>, Cursor<'a>) -> Option<(Said, Cursor<'a>)>;

/// All forms; the first that knows a line reads it.
const FORMS: &[Form] = &[
    az::read,
    curl::read,
    terraform::read,
    http_client::read,
    powershell::read,
    dotnet::read,
    postman::read,
    newman::read,
    wire::read,
    message::read,
    told::read,
];

/// Reads `text` as a log; `None` if no service-endpoint call is in it that session text does not show as well.
pub(super) fn read(text: &str, notes: &mut Notes, options: &Options<'_>) -> Option<Trace> {
    // A dump takes words apart into rows.
    if !speaks_of_endpoints(text.as_bytes()) && !text.contains("=> Send header, ") {
        return None;
    }
    let log = lines::plain(text);
    let (assembly, is_log) = assemble(&log);
    is_log
        .then(|| trace(&log, assembly, notes, options))
        .filter(|trace| trace.total > 0)
}

/// Whether a logger begins to say something in this line.
pub(super) fn begins_record(line: &str) -> bool {
    Line::of(line).begins_record()
}

/// Whether the word is there that the address of every such call has.
pub(super) fn speaks_of_endpoints(text: &[u8]) -> bool {
    let word = b"serviceendpoint";
    let mut places = memchr::memchr2_iter(b's', b'S', text);
    places.any(|at| {
        let found = text.get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// What the log says of requests, and whether it says it as a log.
fn assemble(log: &str) -> (Assembly, bool) {
    let mut assembly = Assembly::default();
    let mut script = Script::new(log.len());
    let mut is_log = false;
    let mut cursor = Cursor::new(log);
    let mut time = None;
    // How far answers have been looked for; nothing is looked at twice.
    let mut pasted = 0;
    let mut looked = Looked::new(log.len());
    while let Some((line, behind)) = cursor.line() {
        time = line.time.or(time);
        let after_command = assembly.asked_last() == Some(Source::Command);
        let mut found = FORMS.iter().find_map(|form| form(&line, behind));
        if found.is_none() && cursor.at >= pasted {
            found = known_by_itself(&line, cursor, &assembly, &mut pasted, &mut looked);
        }
        if let Some((said, rest)) = found {
            let own = match said.source {
                Source::Message => line.is_marked() || after_command,
                Source::Told => line.is_marked() || !said.begins() || said.ends(),
                _ => true,
            };
            // What a line says besides may be why it failed.
            let is_talk = said.source == Source::Told && said.begins();
            let is_curl = matches!(said.source, Source::CurlVerbose | Source::CurlTrace);
            let is_connected = is_curl && said.is_connected();
            if assembly.add(said, time, cursor.at..rest.at) {
                is_log |= own;
                if is_talk {
                    assembly.span(cursor.at..rest.at, None);
                }
                if is_connected {
                    assembly.leave_out(log, curl::is_remark);
                }
            } else {
                assembly.span(cursor.at..rest.at, None);
            }
            cursor = rest;
            continue;
        }
        let mut rest = behind;
        let mut start = cursor.at;
        if let Some(ran) = script.read(&line, cursor) {
            rest = ran.rest;
            assembly.masked.extend(script.masked());
            for said in ran.said {
                is_log |= assembly.add(said, time, start..rest.at);
                start = rest.at;
            }
        }
        if start == cursor.at
            && let Some((said, behind)) = record::read(&line, cursor, &mut looked)
        {
            for said in said {
                is_log |= assembly.add(said, time, start..behind.at);
                start = behind.at;
            }
            rest = behind;
        }
        if start < rest.at {
            assembly.span(start..rest.at, None);
        }
        cursor = rest;
    }
    if assembly.drafts.is_empty()
        && let Some(said) = script.program(log)
    {
        assembly.masked.extend(script.masked());
        is_log = assembly.add(said, time, 0..0);
        if let Some(said) = printed_answer(log) {
            assembly.add(said, time, 0..0);
        }
    }
    (assembly, is_log)
}

/// How much may stand in front of an answer in its line, in bytes.
const MOST_IN_FRONT: usize = 80;

/// What `line` holds of the last request and says nothing of it: the body that it sends, known by what it
/// is, its status, or its answer.
fn known_by_itself<'a>(
    line: &Line<'a>,
    at: Cursor<'a>,
    assembly: &Assembly,
    pasted: &mut usize,
    looked: &mut Looked,
) -> Option<(Said, Cursor<'a>)> {
    let asked = assembly.asked_last();
    if assembly.awaits_payload()
        && let Some(found) = told::payload(line, at, looked)
    {
        return Some(found);
    }
    if matches!(asked, Some(Source::Told | Source::Record))
        && let Some(said) = told::status_line(line)
    {
        return Some((said, at.line()?.1));
    }
    let after_command = matches!(asked, Some(Source::Command | Source::Told));
    (after_command || assembly.awaits_body())
        .then(|| pasted_answer(line, at, !after_command, pasted))
        .flatten()
}

/// The answer that the output of a program shows somewhere, with the status that is told last.
fn printed_answer(log: &str) -> Option<Said> {
    let telling = log.find("typeKey").or_else(|| log.find("typeName"))?;
    let from = log[..telling].rfind('{')?;
    let mut names = NoNames;
    let answer = Reader::new(&log[from..], &mut names).value()?.to_json(None);
    let status = log.lines().rev().find_map(told::status).unwrap_or(0);
    let json = crate::json::parse(&answer).ok()?;
    let pieces = vec![
        Piece::Status(status, String::new()),
        Piece::ResponseBody(Body::Text(answer.clone().into())),
    ];
    is_answer(&json).then(|| Said::new(Source::Told, pieces))
}

/// Whether `json` is what the service says of a request about connections.
fn is_answer(json: &Node) -> bool {
    is_error_envelope(json)
        || json.get("statusCode").is_some() && json.get("errorMessage").is_some()
        || json.get("isReady").is_some() && json.get("createdBy").is_some()
}

/// What somebody pasted behind a command as the answer that it got.
fn pasted_answer<'a>(
    line: &Line<'a>,
    at: Cursor<'a>,
    has_status: bool,
    looked_at: &mut usize,
) -> Option<(Said, Cursor<'a>)> {
    // A script may print the status, or its error, in front.
    let front = line
        .text
        .find('{')
        .filter(|front| *front <= MOST_IN_FRONT)?;
    let at = at.to(line.place_of(&line.text[front..]));
    let Extent { body, rest } = extent::body(at, &Line::begins_record);
    *looked_at = rest.at;
    let json = crate::json::parse(body.text()?).ok()?;
    let mut pieces = vec![Piece::ResponseBody(body)];
    if !has_status {
        pieces.insert(0, Piece::Status(0, String::new()));
    }
    is_answer(&json).then(|| (Said::new(Source::Message, pieces), rest))
}

/// The exchanges that can matter, and the rest of the log as text.
fn trace(log: &str, assembly: Assembly, notes: &mut Notes, options: &Options<'_>) -> Trace {
    let mut trace = Trace {
        container: Container::Log,
        ..Trace::default()
    };
    let Assembly {
        drafts,
        spans,
        masked,
        ..
    } = assembly;
    let exchanges: Vec<_> = drafts
        .into_iter()
        .enumerate()
        .map(|(entry, draft)| draft.finish(entry, options.max_entry))
        .collect();
    if !exchanges
        .iter()
        .any(|exchange| Route::parse(&exchange.request.url).is_some())
    {
        return trace;
    }
    let mut owned = Vec::with_capacity(exchanges.len());
    let mut kept = 0;
    trace.total = exchanges.len();
    for exchange in exchanges {
        count_host(&mut trace, &exchange.request.url);
        let matters = (options.matters)(&exchange.request.url);
        owned.push(matters);
        if matters {
            assemble::tell(&exchange, notes);
            keep(exchange, &mut trace, notes, options, &mut kept);
        }
    }
    if !masked.is_empty() {
        let names = masked.join(", ");
        let message = format!("what {names} holds is not in the script; *** stands in its place");
        notes.once("variables-unknown", message);
    }
    // What belongs to no exchange that is judged is judged as text.
    let others = spans
        .iter()
        .filter(|(_, draft)| draft.is_none_or(|draft| !owned[draft]));
    let text: String = others.map(|(span, _)| &log[span.clone()]).collect();
    trace.text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    trace
}
