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
mod script;
mod terraform;

use self::assemble::Piece;
use self::assemble::{Assembly, Said, Source};
use self::extent::Extent;
use self::lines::{Cursor, Line};
use self::script::Script;
use super::har::count_host;
use super::keep::keep;
use super::notes::Notes;
use super::{Container, Options, Trace};
use crate::connection::outcome::is_error_envelope;
use crate::connection::route::Route;

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
    message::read,
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
    while let Some((line, behind)) = cursor.line() {
        time = line.time.or(time);
        let after_command = assembly.asked_last() == Some(Source::Command);
        let mut found = FORMS.iter().find_map(|form| form(&line, behind));
        let no_body = after_command || assembly.awaits_body();
        if found.is_none() && no_body && cursor.at >= pasted {
            found = pasted_answer(&line, cursor, !after_command, &mut pasted);
        }
        if let Some((said, rest)) = found {
            let own = said.source != Source::Message || line.is_marked() || after_command;
            let is_curl = matches!(said.source, Source::CurlVerbose | Source::CurlTrace);
            let is_connected = is_curl && said.is_connected();
            if assembly.add(said, time, cursor.at..rest.at) {
                is_log |= own;
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
    }
    (assembly, is_log)
}

/// How much may stand in front of an answer in its line, in bytes.
const MOST_IN_FRONT: usize = 80;

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
    let is_answer = is_error_envelope(&json)
        || json.get("statusCode").is_some() && json.get("errorMessage").is_some()
        || json.get("isReady").is_some() && json.get("createdBy").is_some();
    let mut pieces = vec![Piece::ResponseBody(body)];
    if !has_status {
        pieces.insert(0, Piece::Status(0, String::new()));
    }
    is_answer.then(|| (Said::new(Source::Message, pieces), rest))
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
