//! One call as one reads it on the wire, in the manner of `curl -v`: masked, JSON laid out, the
//! telling members marked.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::connection::{EndpointCall, Outcome};
use crate::exchange::{Body, Exchange, Headers};
use crate::report::Report;
use crate::report::finding::{Finding, Part, Severity};
use crate::sensitive::Known;
use crate::text::readable::clip;
use crate::text::sanitize;
use crate::text::url::Url;

use super::prose::plain;
use super::{Style, layout, place, view, wire};

/// Most of a body that is no JSON, in bytes, and most lines of one that is.
const MOST_TEXT: usize = 64 << 10;
const MOST_LINES: usize = 4000;

/// What is shown: an exchange, and the call that it is.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The input that it is from.
    pub input: usize,
    /// The exchange.
    pub exchange: &'a Exchange,
    /// The service-endpoint call, if it is one.
    pub call: Option<&'a EndpointCall>,
}

impl<'a> From<&'a EndpointCall> for Shown<'a> {
    fn from(call: &'a EndpointCall) -> Self {
        Self {
            input: call.input,
            exchange: &call.exchange,
            call: Some(call),
        }
    }
}

/// `mendpoint.call.v1`
pub fn json(report: &Report, shown: Shown<'_>) -> Value {
    let known = &report.known;
    let fields = |headers: &Headers| -> Vec<Value> {
        let fields = wire::headers(headers, known).into_iter();
        fields
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect()
    };
    let body = |body: &Body| {
        let text = wire::body(body, known)?;
        Some(serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.into_owned())))
    };
    let exchange = shown.exchange;
    let response = exchange.response.as_ref().map(|response| {
        json!({
            "status": (response.status > 0).then_some(response.status),
            "headers": fields(&response.headers),
            "body": body(&response.body),
        })
    });
    json!({
        "schema": "mendpoint.call.v1",
        "call": shown
            .call
            .map(|call| super::json::call(report, call, &report.explained())),
        "request": {
            "method": crate::sensitive::mask_method(&exchange.request.method),
            "url": known.mask_url(&exchange.request.url),
            "headers": fields(&exchange.request.headers),
            "body": body(&exchange.request.body),
        },
        "response": response,
    })
}

/// Writes the call.
pub fn write(
    report: &Report,
    shown: Shown<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let known = &report.known;
    let exchange = shown.exchange;
    head(report, shown, style, out)?;
    let marks = Marks::at(report, shown);
    let url = known.mask_url(&exchange.request.url);
    let cut = Url::parse(&url);
    let target = cut.map_or(url.as_str(), |cut| {
        &url[cut.scheme.len() + 3 + cut.authority.len()..]
    });
    let method = crate::sensitive::mask_method(&exchange.request.method);
    let line = format!(
        "{method} {} HTTP/1.1",
        if target.is_empty() { "/" } else { target }
    );
    let request = Side {
        sign: ">",
        part: Part::RequestBody,
        style,
        known,
        marks: &marks,
    };
    writeln!(out)?;
    request.line(&style.strong(&sanitize::line(&line)), out)?;
    if exchange.request.headers.get("host").is_none()
        && let Some(cut) = cut
    {
        request.line(
            &sanitize::line(&format!("Host: {}", cut.host_and_port())),
            out,
        )?;
    }
    request.message(&exchange.request.headers, &exchange.request.body, out)?;
    writeln!(out)?;
    let Some(response) = &exchange.response else {
        let why = exchange.error.as_deref().map_or_else(
            || "no answer was recorded".to_owned(),
            |error| format!("no answer: {}", known.mask_text(error)),
        );
        return writeln!(out, "< {}", sanitize::line(&why));
    };
    let status = match response.status {
        0 => "no status was recorded".to_owned(),
        status => format!(
            "HTTP/1.1 {status} {}",
            known.mask_text(&crate::sensitive::mask_strange(&response.status_text))
        ),
    };
    let answer = Side {
        sign: "<",
        part: Part::ResponseBody,
        ..request
    };
    answer.line(&style.strong(sanitize::line(&status).trim_end()), out)?;
    answer.message(&response.headers, &response.body, out)?;
    foot(report, shown, style, out)
}

/// Which call it is, when it was and how it ended.
fn head(report: &Report, shown: Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let exchange = shown.exchange;
    let session = exchange
        .session
        .map_or_else(String::new, |number| format!(", session #{number}"));
    let place = format!("entry {}{session}", exchange.entry);
    let title = match shown.call {
        Some(call) => {
            let of = view::subject(report, call)
                .map_or_else(String::new, |subject| format!(" of {}", subject.line()));
            format!(
                "call {}, {place}: {}{of}",
                call.number,
                view::act(call.operation).to_lowercase()
            )
        }
        None => format!("{place}: no service-endpoint call"),
    };
    let title = style.wrap("", "  ", &sanitize::line(&title));
    writeln!(out, "{}", style.strong(&title))?;
    let mut facts: Vec<String> = view::time_of(exchange).into_iter().collect();
    if let Some(call) = shown.call {
        facts.push(format!(
            "{} ({})",
            view::outcome(call),
            place::status(call, &report.known)
        ));
    }
    if report.inputs.len() > 1 {
        facts.push(report.inputs[shown.input].path.clone());
    }
    writeln!(out, "{}", style.faint(&sanitize::line(&facts.join(", "))))
}

/// What the service said, the ids of its logs, and the findings at the call.
fn foot(report: &Report, shown: Shown<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let Some(call) = shown.call else {
        return Ok(());
    };
    let mut told = Vec::new();
    if let Some(said) = &call.said {
        let code = said
            .code
            .as_deref()
            .filter(|code| !said.telling().contains(code));
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        told.push(("said", format!("{}{code}", said.telling())));
    }
    told.extend(
        call.ids
            .named()
            .map(|(name, value)| (name, value.to_owned())),
    );
    if !told.is_empty() {
        writeln!(out)?;
    }
    let width = told.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, text) in told {
        let first = format!("{name:<width$}  ");
        let rest = " ".repeat(width + 2);
        writeln!(out, "{}", style.wrap(&first, &rest, &sanitize::line(&text)))?;
    }
    let mut first = true;
    for finding in at_call(report, shown) {
        if std::mem::take(&mut first) {
            writeln!(out)?;
        }
        let label = format!("{}[{}]", finding.severity.name(), finding.rule);
        let title = sanitize::line(&plain(&finding.title));
        let text = style.wrap("", "  ", &format!("{label} {title}"));
        // Painted behind the wrapping, which would count the paint.
        let (first, rest) = text.split_at(label.len().min(text.len()));
        writeln!(out, "{}{rest}", style.severity(finding.severity, first))?;
    }
    if first && call.outcome == Outcome::Failed {
        writeln!(out, "\nno rule explains this failure")?;
    }
    Ok(())
}

/// The findings at the call.
fn at_call<'a>(report: &'a Report, shown: Shown<'_>) -> impl Iterator<Item = &'a Finding> {
    let (input, entry) = (shown.input, shown.exchange.entry);
    report.findings.iter().filter(move |finding| {
        let mut places = finding.locations.iter();
        places.any(|place| place.input == input && place.entry == entry)
    })
}

/// The members that tell, and why.
struct Marks(Vec<(Part, String, Severity, String)>);

impl Marks {
    fn at(report: &Report, shown: Shown<'_>) -> Self {
        let mut marks = Vec::new();
        for finding in at_call(report, shown) {
            let here = finding
                .locations
                .iter()
                .filter(|place| place.input == shown.input && place.entry == shown.exchange.entry);
            for place in here {
                let Some(pointer) = place.pointer.clone().filter(|at| !at.is_empty()) else {
                    continue;
                };
                marks.push((place.part, pointer, finding.severity, finding.rule.clone()));
            }
        }
        let said = shown.call.and_then(|call| call.said.as_ref());
        if let Some(pointer) = said.and_then(|said| said.pointer.clone())
            && !marks.iter().any(|mark| mark.1 == pointer)
        {
            let part = Part::ResponseBody;
            marks.push((
                part,
                pointer,
                Severity::Error,
                "what the service said".to_owned(),
            ));
        }
        Self(marks)
    }

    /// The marks of the value at `pointer`, and of those below it that are not there.
    fn of<'a>(
        &'a self,
        part: Part,
        pointer: &'a str,
        lines: &'a [layout::LaidOut],
    ) -> impl Iterator<Item = (Severity, String)> + 'a {
        let is_there = |at: &str| lines.iter().any(|line| line.pointer.as_deref() == Some(at));
        self.0
            .iter()
            .filter_map(move |(own, target, severity, rule)| {
                if *own != part {
                    return None;
                }
                if target == pointer {
                    return Some((*severity, rule.clone()));
                }
                let (parent, key) = crate::json::pointer::split_last(target)?;
                (parent == pointer && !is_there(target))
                    .then(|| (*severity, format!("no \"{key}\": {rule}")))
            })
    }
}

/// One direction of the exchange.
#[derive(Clone, Copy)]
struct Side<'a> {
    sign: &'static str,
    part: Part,
    style: Style,
    known: &'a Known,
    marks: &'a Marks,
}

impl Side<'_> {
    fn line(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let line = format!("{} {text}", self.sign);
        writeln!(out, "{}", line.trim_end())
    }

    fn message(&self, headers: &Headers, body: &Body, out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in wire::headers(headers, self.known) {
            self.line(&sanitize::line(&format!("{name}: {value}")), out)?;
        }
        let text = if self.style.secrets {
            body.text().filter(|text| !text.is_empty()).map(Into::into)
        } else {
            wire::body(body, self.known)
        };
        let Some(text) = text else {
            return match wire::why_not(body) {
                Some(why) => {
                    self.line("", out)?;
                    self.line(&self.style.faint(&sanitize::line(&format!("({why})"))), out)
                }
                None => Ok(()),
            };
        };
        self.line("", out)?;
        let Some(lines) = layout::lines(&text) else {
            let short = clip(&text, MOST_TEXT);
            for line in sanitize::block(short).lines() {
                self.line(line, out)?;
            }
            return self.rest(text.len() - short.len(), "bytes", out);
        };
        for line in lines.iter().take(MOST_LINES) {
            self.json(line, &lines, out)?;
        }
        self.rest(lines.len().saturating_sub(MOST_LINES), "lines", out)
    }

    /// A line of JSON, and under it what marks it.
    fn json(
        &self,
        line: &layout::LaidOut,
        lines: &[layout::LaidOut],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let text = sanitize::line(&line.text);
        let at = line.pointer.as_deref();
        let marks: Vec<_> = at
            .map(|at| self.marks.of(self.part, at, lines).collect())
            .unwrap_or_default();
        if marks.is_empty() {
            return self.line(&text, out);
        }
        self.line(&self.style.strong(&text), out)?;
        let blank = text.len() - text.trim_start().len();
        let width = textwrap::core::display_width(text.trim_start().trim_end_matches(','));
        for (severity, rule) in marks {
            let carets = format!("{} {rule}", "^".repeat(width.clamp(1, 60)));
            let carets = self.style.severity(severity, &sanitize::line(&carets));
            writeln!(out, "  {}{carets}", " ".repeat(blank))?;
        }
        Ok(())
    }

    fn rest(&self, count: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
        match count {
            0 => Ok(()),
            count => self.line(&format!("\u{2026} {count} more {what}"), out),
        }
    }
}
