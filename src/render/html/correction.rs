//! The corrected body beside the captured one, and how to send it.

use std::borrow::Cow;

use crate::judge::Analyzer;
use crate::mend::correct::{Correction, correct_each, need};
use crate::mend::request::{Form, Method, Request, call_of_mendpoint, method_reason};
use crate::render::layout::pretty;
use crate::report::finding::CallFix;
use crate::report::{Report, Verdict};
use crate::text::sanitize;
use crate::text::trace_path::STANDARD_INPUT;

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
pub(super) fn section(report: &Report, analyzer: &Analyzer<'_>) -> String {
    if report.verdict() == Verdict::Clean {
        return String::new();
    }
    let safe = correct_each(report, analyzer, false);
    let is_safe = !safe.is_empty();
    let corrections = if is_safe {
        safe
    } else {
        correct_each(report, analyzer, true)
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
        let body = self.report.known.mask_body(&correction.body);
        let whole = matches!(body, Cow::Borrowed(_)) && body.len() <= LARGEST;
        let title = match correction.call {
            Some(call) => format!(
                "{} <span class=\"soft\">call {}, {}</span>",
                esc(self
                    .report
                    .shown_name(call)
                    .as_deref()
                    .unwrap_or("The connection")),
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
            diff::table(&self.report.known.mask_body(correction.before), &body),
            self.requests(whole && self.is_safe),
        )
    }

    /// What the edits do, and what is left to do.
    fn applied(&self) -> String {
        let line = |fix: &CallFix| format!("<li>{}</li>", inline(&fix.fix.summary));
        let done: String = self.correction.applied.iter().map(line).collect();
        let left =
            |fix: &CallFix| format!("<li>{}; {}</li>", inline(&fix.fix.summary), esc(&need(fix)));
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
            block(&pretty(body)),
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
                &self.patch(Form::Curl, &["--output", "body.json"]),
            )
        )
    }

    fn requests(&self, whole: bool) -> String {
        let Some(call) = self.correction.call else {
            return String::new();
        };
        let request = Request::new(call, self.correction.body.clone(), Method::Put, None, &[]);
        let request = match request {
            Ok(request) => request.checked_first(call, &self.correction.operations, self.report),
            Err(reason) => {
                let reason = self.report.known.mask_text(&reason);
                return format!("<h4>Send it</h4><p>{}</p>", esc(&reason));
            }
        };
        let mut tabs = String::new();
        let mut panels = String::new();
        for (index, (form, option, name)) in FORMS.into_iter().enumerate() {
            let from_file = matches!(form, Form::Cmd | Form::Az);
            let text = if whole || from_file {
                request.write(form, &self.words())
            } else {
                self.patch(form, &["--request", option])
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
            why = inline(method_reason(self.correction.operation(), Method::Put)),
        )
    }

    /// The call of `mendpoint patch` that makes this very correction.
    fn patch(&self, form: Form, options: &[&str]) -> String {
        let mut words = self.words();
        words.extend(options.iter().map(|option| (*option).to_owned()));
        call_of_mendpoint(form, &words)
    }

    fn words(&self) -> Vec<String> {
        let input = self.correction.call.map_or(0, |call| call.input);
        let path = self
            .report
            .inputs
            .get(input)
            .map_or("TRACE", |input| input.path.as_str());
        let path = if path == STANDARD_INPUT { "-" } else { path };
        let mut words = vec!["patch".to_owned(), sanitize::line(path)];
        if let Some(call) = self.correction.call.filter(|_| self.several) {
            words.extend([
                "--call".to_owned(),
                self.report.own_number(call).to_string(),
            ]);
        }
        if !self.is_safe {
            words.push("--unsafe-fixes".to_owned());
        }
        words
    }
}
