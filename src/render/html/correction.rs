//! The corrected body beside the captured one, and how to send it.

use std::borrow::Cow;

use crate::correct::{Correction, correct_each};
use crate::finding::Applicability;
use crate::render::{masked, sanitize};
use crate::report::{Report, Verdict};
use crate::request::{Auth, Form, Method, Request, method_reason};
use crate::rule::fill;

use super::diff;
use super::markup::{block, copy_button, copyable, esc, inline};

/// Largest body that stands in the page; a larger one is written by `mendpoint patch`.
const LARGEST: usize = 1 << 20;

/// The forms of a request: the option of `mendpoint patch`, and the name of its tab.
const FORMS: [(Form, &str, &str); 5] = [
    (Form::Curl, "curl", "bash"),
    (Form::PowerShell, "powershell", "PowerShell"),
    (Form::Cmd, "cmd", "cmd.exe"),
    (Form::Az, "az", "Azure CLI"),
    (Form::Http, "http", ".http file"),
];

/// Every correction; empty if no body can mend anything, or nothing is left to mend.
pub(super) fn section(report: &Report) -> String {
    if report.verdict() == Verdict::Clean {
        return String::new();
    }
    let safe = correct_each(report, false);
    let is_safe = !safe.is_empty();
    let corrections = if is_safe {
        safe
    } else {
        correct_each(report, true)
    };
    if corrections.is_empty() {
        return String::new();
    }
    let several = corrections.len() > 1;
    let parts: String = corrections
        .iter()
        .enumerate()
        .map(|(at, correction)| {
            let part = Part {
                report,
                correction,
                at: at + 1,
                several,
                is_safe,
            };
            part.write()
        })
        .collect();
    format!(
        "<section id=\"corrected\" aria-labelledby=\"corrected-title\"><h2 id=\"corrected-title\">Corrected request</h2>\n{parts}</section>\n"
    )
}

struct Part<'a> {
    report: &'a Report,
    correction: &'a Correction<'a>,
    at: usize,
    several: bool,
    is_safe: bool,
}

impl Part<'_> {
    fn write(&self) -> String {
        let correction = self.correction;
        let body = masked::body(&correction.body);
        let whole = matches!(body, Cow::Borrowed(_)) && body.len() <= LARGEST;
        let title = match correction.call {
            Some(call) => format!(
                "{} <span class=\"soft\">call {}, {}</span>",
                esc(self.report.endpoint_name(call).unwrap_or("The connection")),
                call.number,
                call.operation.name()
            ),
            None => "The payload given".to_owned(),
        };
        let body_part = if whole && self.is_safe {
            self.whole_body()
        } else {
            self.withheld_body()
        };
        format!(
            "<article class=\"correction\"><h3>{title}</h3>{}{}{body_part}{}</article>\n",
            self.applied(),
            diff::table(&masked::body(correction.before), &body),
            self.requests(whole && self.is_safe),
        )
    }

    /// What the edits do, and what is left to do.
    fn applied(&self) -> String {
        let line =
            |fix: &&crate::correct::CallFix| format!("<li>{}</li>", inline(&fix.fix.summary));
        let done: String = self.correction.applied.iter().map(line).collect();
        let left = |fix: &&crate::correct::CallFix| match fix.fix.applicability {
            Applicability::Safe => String::new(),
            Applicability::Unsafe => format!(
                "<li>{} (changes what the connection is; needs <code>--unsafe-fixes</code>)</li>",
                inline(&fix.fix.summary)
            ),
            Applicability::DisplayOnly => format!(
                "<li>{} (needs a value that is not in the trace)</li>",
                inline(&fix.fix.summary)
            ),
        };
        let left: String = self.correction.left.iter().map(left).collect();
        let left = if left.is_empty() {
            left
        } else {
            format!("<p>Not done:</p><ul>{left}</ul>")
        };
        let agreement = if self.is_safe {
            ""
        } else {
            "<p class=\"caution\">These edits change what the connection is. Look at them before you agree.</p>"
        };
        format!("{agreement}<p>What the correction does:</p><ul>{done}</ul>{left}")
    }

    /// The body itself: it holds no secret, so it may be copied from here.
    fn whole_body(&self) -> String {
        let body = &self.correction.body;
        format!(
            "<h4>Corrected body</h4><p>Shown with line breaks; the button copies it byte for byte as it is to be sent. It holds no secret.</p><div class=\"code\"><pre class=\"tall\" tabindex=\"0\" aria-label=\"Corrected body\"><code>{}</code></pre>{}</div>\n",
            block(&diff::laid_out(body)),
            copy_button(&format!("body-{}", self.at), "the corrected body", body),
        )
    }

    /// A masked body must never be sent, so a command that writes the real one stands here.
    fn withheld_body(&self) -> String {
        let why = if !self.is_safe {
            "The body is not written here, because it needs your agreement."
        } else if self.correction.body.len() > LARGEST {
            "The body is too large to stand here."
        } else {
            "The body holds a secret, so it is not part of this report. On the machine that has the trace, this writes it:"
        };
        format!(
            "<h4>Corrected body</h4><p>{why}</p>{}",
            copyable(
                &format!("body-{}", self.at),
                "the command that writes the corrected body",
                &self.patch(fill::quote_posix, "-o body.json"),
            )
        )
    }

    fn requests(&self, whole: bool) -> String {
        let Some(call) = self.correction.call else {
            return String::new();
        };
        let request = Request::new(
            call,
            self.correction.body.clone(),
            Method::Put,
            Auth::Az,
            &[],
        );
        let request = match request {
            Ok(request) => request,
            Err(reason) => return format!("<h4>Send it</h4><p>{}</p>", esc(&reason)),
        };
        let path = &self.report.inputs[call.input].path;
        let mut tabs = String::new();
        let mut panels = String::new();
        for (index, (form, option, name)) in FORMS.into_iter().enumerate() {
            // The forms that read the body from a file name the trace only.
            let text = if whole && !self.several {
                request.write(form, path)
            } else {
                self.patch(quoting(form), &format!("--request {option}"))
            };
            let id = format!("{}-{option}", self.at);
            let chosen = index == 0;
            tabs.push_str(&format!(
                "<button type=\"button\" role=\"tab\" id=\"tab-{id}\" aria-controls=\"panel-{id}\" aria-selected=\"{chosen}\" tabindex=\"{}\">{name}</button>",
                if chosen { 0 } else { -1 },
            ));
            panels.push_str(&format!(
                "<div role=\"tabpanel\" id=\"panel-{id}\" aria-labelledby=\"tab-{id}\"><p class=\"tab-name\">{name}</p>{}</div>",
                copyable(&format!("copy-request-{id}"), &format!("the request for {name}"), text.trim_end()),
            ));
        }
        format!(
            "<h4 id=\"send-{at}\">Send it</h4><p>{why} A credential is fetched when you run it; none is in this report.</p><div class=\"tabs\"><div role=\"tablist\" aria-labelledby=\"send-{at}\" hidden>{tabs}</div>{panels}</div>\n",
            at = self.at,
            why = inline(method_reason(self.correction.call, Method::Put)),
        )
    }

    /// The call of `mendpoint patch` that makes this very correction.
    fn patch(&self, quote: fn(&str) -> String, options: &str) -> String {
        let call = self.correction.call;
        let input = call.map_or(0, |call| call.input);
        let path = self
            .report
            .inputs
            .get(input)
            .map_or("TRACE", |input| input.path.as_str());
        let path = if fill::is_plain(path) {
            path.to_owned()
        } else {
            quote(&sanitize::line(path))
        };
        let choice = match call {
            Some(call) if self.several => format!(" --call {}", self.own_number(call)),
            _ => String::new(),
        };
        let agreed = if self.is_safe { "" } else { " --unsafe-fixes" };
        format!("mendpoint patch {path}{choice}{agreed} {options}")
    }

    /// The call's number when its trace is read alone.
    fn own_number(&self, call: &crate::endpoint::EndpointCall) -> usize {
        let before = self.report.calls.iter().filter(|other| {
            other.input == call.input
                && other.number <= call.number
                && !other.method().eq_ignore_ascii_case("GET")
        });
        before.count()
    }
}

/// How the shell of a form quotes a path.
fn quoting(form: Form) -> fn(&str) -> String {
    match form {
        Form::PowerShell => fill::quote_powershell,
        Form::Cmd => |path| format!("\"{}\"", path.replace(['"', '%', '!'], "")),
        Form::Curl | Form::Az | Form::Http => fill::quote_posix,
    }
}
