//! Where a finding is, in words and as the lines of JSON around it.

use crate::connection::EndpointCall;
use crate::json::{Member, Node, Value, pointer};
use crate::report::Report;
use crate::report::finding::{Location, Part};
use crate::sensitive::Known;
use crate::text::readable::clip;

/// `call 1, entry 3: PUT https://… → 500`, or where else it is.
pub fn headline(report: &Report, location: &Location) -> String {
    let many = report.inputs.len() > 1;
    let path = report
        .inputs
        .get(location.input)
        .map_or("", |input| input.path.as_str());
    let prefix = if many {
        format!("{path}, ")
    } else {
        String::new()
    };
    match report.call_at(location.input, location.entry) {
        Some(call) => format!(
            "{prefix}{}: {}",
            place_name(call),
            request_line(call, &report.known)
        ),
        None if location.part == Part::Text => in_document(path),
        None => format!("{prefix}entry {}", location.entry),
    }
}

/// `in list.json`; what comes from standard input has no name.
pub(super) fn in_document(path: &str) -> String {
    match path {
        "" | "-" => "in the text given".to_owned(),
        path => format!("in {path}"),
    }
}

/// `call 1, entry 3`, with Fiddler's session number where there is one.
pub fn place_name(call: &EndpointCall) -> String {
    let session = call
        .exchange
        .session
        .map(|number| format!(", session #{number}"))
        .unwrap_or_default();
    format!(
        "call {}, entry {}{session}",
        call.number, call.exchange.entry
    )
}

/// `PUT https://… → 200 (inside: 403)`, secrets masked.
pub(crate) fn request_line(call: &EndpointCall, known: &Known) -> String {
    format!(
        "{} {} \u{2192} {}",
        method(call),
        known.mask_url(&call.exchange.request.url),
        status(call, known)
    )
}

/// The verb. A client may name any in `X-HTTP-Method-Override`.
pub fn method(call: &EndpointCall) -> String {
    crate::sensitive::mask_method(call.method()).to_ascii_uppercase()
}

/// The HTTP status, and the one inside a verify answer.
pub fn status(call: &EndpointCall, known: &Known) -> String {
    use crate::connection::Operation;
    use crate::connection::outcome::inner_status;
    let outer = match call.status() {
        Some(status) => status.to_string(),
        None => call
            .exchange
            .error
            .as_deref()
            .map_or_else(|| "no answer".to_owned(), |error| known.mask_text(error)),
    };
    let inner = Some(call.opened())
        .filter(|call| call.operation == Operation::Verify)
        .and_then(|call| inner_status(call.response()?));
    match inner {
        // What went well needs no word of its own.
        Some(inner) if inner != outer && !inner.eq_ignore_ascii_case("ok") => {
            format!("{outer} (inside: {})", clip(&known.mask_text(&inner), 60))
        }
        _ => outer,
    }
}

/// One line of a JSON excerpt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line, secrets masked.
    pub text: String,
    /// Whether it is the line that is meant.
    pub telling: bool,
}

/// The member at the location with its neighbours, as a person would see it in a viewer; masked
/// unless `secrets` are wanted.
pub(crate) fn excerpt(report: &Report, location: &Location, secrets: bool) -> Vec<Line> {
    let target = location.pointer.as_deref().unwrap_or("");
    let Some(body) = body(report, location) else {
        return Vec::new();
    };
    let Some((parent_at, key)) = pointer::split_last(target) else {
        return Vec::new();
    };
    let Some((parent_at, parent)) = nearest(&body, parent_at) else {
        return Vec::new();
    };
    let indent = parent_at.matches('/').count();
    let mut lines = Vec::new();
    for (depth, token) in pointer::tokens(parent_at)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        lines.push(Line {
            text: format!("{}\"{token}\": {{", "  ".repeat(depth)),
            telling: false,
        });
    }
    let inside = report.known.around(parent_at).of_members(parent);
    let value = |member: &Member| {
        if secrets {
            on_a_line(&member.value, &|value| value.to_value().to_string())
        } else {
            let around = inside(member);
            let masked = |value: &Node| {
                let value = report.known.mask_value(around, &value.to_value());
                value.to_string()
            };
            on_a_line(&member.value, &masked)
        }
    };
    let members = parent.members();
    let position = members.iter().rposition(|member| member.key == key);
    let pad = "  ".repeat(indent);
    if let Some(at) = position {
        for (index, member) in members
            .iter()
            .enumerate()
            .take(at + 2)
            .skip(at.saturating_sub(2))
        {
            let comma = if index + 1 < members.len() { "," } else { "" };
            let value = value(member);
            lines.push(Line {
                text: format!("{pad}\"{}\": {value}{comma}", member.key),
                telling: index == at,
            });
        }
    } else if parent.is_object() {
        for member in members.iter().take(4) {
            let value = value(member);
            lines.push(Line {
                text: format!("{pad}\"{}\": {value},", member.key),
                telling: false,
            });
        }
        lines.push(Line {
            text: format!("{pad}(no \"{key}\")"),
            telling: true,
        });
    }
    lines
}

/// The deepest existing value on the way to `pointer`.
fn nearest<'a, 'p>(body: &'a Node, mut at: &'p str) -> Option<(&'p str, &'a Node)> {
    loop {
        if let Some(node) = pointer::resolve(body, at) {
            return Some((at, node));
        }
        at = &at[..at.rfind('/')?];
    }
}

fn body(report: &Report, location: &Location) -> Option<Node> {
    let call = report.call_at(location.input, location.entry);
    match location.part {
        Part::RequestBody => call?.opened().request().cloned(),
        Part::ResponseBody => call?.opened().response().cloned(),
        Part::Text => crate::json::parse(report.inputs.get(location.input)?.text.as_deref()?).ok(),
        _ => None,
    }
}

/// A value on one line; `text` writes one that is neither object nor array.
fn on_a_line(value: &Node, text: &dyn Fn(&Node) -> String) -> String {
    match &value.value {
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Object(_) => "{ \u{2026} }".to_owned(),
        Value::Array(_) => "[ \u{2026} ]".to_owned(),
        _ => {
            let text = text(value);
            let short = clip(&text, 140);
            if short.len() < text.len() {
                format!("{short}\u{2026}\"")
            } else {
                text
            }
        }
    }
}
