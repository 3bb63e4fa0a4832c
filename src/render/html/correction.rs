//! The corrected body beside the captured one, and how to send it.

use std::borrow::Cow;

use maud::{Markup, html};

use crate::correct::{Correction, correct_each, need};
use crate::judge::Analyzer;
use crate::mend::request::{Form, Method, Request, method_reason};
use crate::render::layout::pretty;
use crate::render::view;
use crate::report::command::{Invocation, Job, Patch};
use crate::report::{Report, Verdict};
use crate::text::sanitize;
use crate::text::shell::Shell;

use super::Page;
use super::diff;
use super::markup::{copy_button, copyable, inline, line};

/// Largest body that stands in the page; a larger one is written by `mendpoint patch`.
const LARGEST: usize = 1 << 20;

/// How many corrections stand in the page: each is some 50 KB with its requests.
const SHOWN: usize = 20;

/// The corrections of a report.
pub(super) struct Corrections<'a> {
    /// Those that stand in the page.
    shown: Vec<Correction<'a>>,
    /// How many there are.
    count: usize,
    /// Whether they only take back what broke a call.
    is_safe: bool,
}

impl<'a> Corrections<'a> {
    /// Empty if no body can mend anything, or nothing is left to mend.
    pub(super) fn of(report: &'a Report, analyzer: &Analyzer<'_>) -> Self {
        if report.verdict() == Verdict::Clean {
            return Self {
                shown: Vec::new(),
                count: 0,
                is_safe: true,
            };
        }
        let safe = Self::with(report, analyzer, true);
        if safe.count > 0 {
            safe
        } else {
            Self::with(report, analyzer, false)
        }
    }

    fn with(report: &'a Report, analyzer: &Analyzer<'_>, is_safe: bool) -> Self {
        let mut all = correct_each(report, analyzer, !is_safe);
        let shown: Vec<Correction<'a>> = all.by_ref().take(SHOWN).collect();
        let count = shown.len() + all.count();
        Self {
            shown,
            count,
            is_safe,
        }
    }

    /// One for each connection that a body mends.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether every body that is shown stands in the page whole.
    pub(super) fn are_whole(&self, report: &Report) -> bool {
        let mut shown = self.shown.iter();
        self.is_safe && shown.all(|one| may_stand_here(&one.body, report))
    }
}

/// Whether a body may stand in the page: it holds no secret that had to be masked, and is not too large.
fn may_stand_here(body: &str, report: &Report) -> bool {
    body.len() <= LARGEST && matches!(report.known.mask_body(body), Cow::Borrowed(_))
}

pub(super) fn section(page: &Page<'_>) -> Markup {
    let corrections = &page.corrections;
    html! {
        @if corrections.count() > 0 {
            section id="corrected" aria-labelledby="corrected-title" {
                h2 id="corrected-title" { "Corrected request" }
                @for (at, correction) in corrections.shown.iter().enumerate() {
                    (Part {
                        report: page.report,
                        correction,
                        at: at + 1,
                        several: corrections.count() > 1,
                        is_safe: corrections.is_safe,
                    }.write())
                }
                @if corrections.count() > SHOWN { (more(page)) }
            }
        }
    }
}

/// How many corrections there are beside those that stand in the page, and what writes them all.
fn more(page: &Page<'_>) -> Markup {
    let corrections = &page.corrections;
    let all = Job::PatchAll {
        unsafe_fixes: !corrections.is_safe,
    };
    let report = page.report;
    let command = report.command(all, &report.invocation);
    html! {
        p { "and " (corrections.count() - SHOWN) " more connections, each with a corrected body of its own" }
        @if let Some(command) = command {
            p { "On the machine that has the traces, this writes them all:" }
            (copyable("corrected-all", "the command that writes every corrected body", &report.without_folders(&command)))
        }
    }
}

struct Part<'a> {
    report: &'a Report,
    correction: &'a Correction<'a>,
    at: usize,
    several: bool,
    is_safe: bool,
}

impl Part<'_> {
    fn write(&self) -> Markup {
        let correction = self.correction;
        let body = self.report.known.mask_body(&correction.body);
        let whole = self.is_safe && may_stand_here(&correction.body, self.report);
        html! {
            article class="correction" {
                h3 {
                    @if let Some(call) = correction.call {
                        @let name = self.report.shown_name(call);
                        (line(name.as_deref().unwrap_or("The connection"))) " "
                        span class="soft" { "call " (call.number) ", " (view::act(call.operation).to_lowercase()) }
                    } @else { "The payload given" }
                }
                (self.applied())
                (diff::table(&self.report.known.mask_body(&correction.before), &body))
                h4 { "Corrected body" }
                @if whole { (self.whole_body()) } @else { (self.withheld_body()) }
                (self.requests(whole))
            }
        }
    }

    /// What the edits do, and what is left to do.
    fn applied(&self) -> Markup {
        let correction = self.correction;
        html! {
            @if !self.is_safe {
                p class="caution" { "These edits change what the connection is. Look at them before you agree." }
            }
            p { "What the correction does:" }
            ul { @for fix in &correction.applied { li { (inline(&fix.fix.summary, false)) } } }
            @if !correction.left.is_empty() {
                p { "Not done:" }
                ul { @for fix in &correction.left { li { (inline(&fix.fix.summary, false)) "; " (line(&need(fix))) } } }
            }
        }
    }

    /// The body itself: it holds no secret, so it may be copied from here.
    fn whole_body(&self) -> Markup {
        let body = &self.correction.body;
        let id = format!("body-{}", self.at);
        html! {
            p { "Shown with line breaks; the buttons give it byte for byte as it is to be sent. It holds no secret." }
            div class="code" {
                pre class="tall" tabindex="0" aria-label="Corrected body" { code { (sanitize::block(&pretty(body))) } }
                (copy_button(&id, "the corrected body", body))
            }
            p { button type="button" class="save" data-save=(id) data-name="body.json" hidden { "Save as body.json" } }
        }
    }

    /// A masked body must never be sent, so a command that writes the real one stands here.
    fn withheld_body(&self) -> Markup {
        let why = if !self.is_safe {
            "The body is not written here, because it needs your agreement. On the machine that has the trace, this writes it:"
        } else if self.correction.body.len() > LARGEST {
            "The body is too large to stand here. On the machine that has the trace, this writes it:"
        } else {
            "The body holds a secret, so it is not part of this report. On the machine that has the trace, this writes it:"
        };
        html! {
            p { (why) }
            (copyable(
                &format!("body-{}", self.at),
                "the command that writes the corrected body",
                &self.patch(Shell::Posix, &["--output", "body.json"]),
            ))
        }
    }

    fn requests(&self, whole: bool) -> Markup {
        let Some(call) = self.correction.call else {
            return html! {};
        };
        let body = self.correction.body.clone();
        let request = match Request::new(call, body, Method::Put, None, &[]) {
            Ok(request) => request.checked_first(call, &self.correction.operations, self.report),
            Err(reason) => {
                let reason = self.report.known.mask_text(&reason);
                return html! { h4 { "Send it" } p { (line(&reason)) } };
            }
        };
        // Most readers of a page are at a prompt of Windows.
        let forms = || {
            Form::for_reader(Shell::Windows)
                .into_iter()
                .map(|form| (form, format!("{}-{}", self.at, form.name)))
        };
        html! {
            h4 id={ "send-" (self.at) } { "Send it" }
            p {
                (inline(method_reason(self.correction.operation(), Method::Put), false))
                " A credential is fetched when you run it; none is in this report."
            }
            div class="tabs" {
                div role="tablist" aria-labelledby={ "send-" (self.at) } hidden {
                    @for (index, (form, id)) in forms().enumerate() {
                        button type="button" role="tab" id={ "tab-" (id) } data-form=(form.name) aria-controls={ "panel-" (id) }
                            aria-selected=(if index == 0 { "true" } else { "false" }) tabindex=(if index == 0 { "0" } else { "-1" }) { (form.title) }
                    }
                }
                @for (form, id) in forms() {
                    div role="tabpanel" id={ "panel-" (id) } aria-labelledby={ "tab-" (id) } {
                        p class="tab-name" { (form.title) }
                        @if let Some(remark) = request.unguarded(form) { p class="soft" { (line(&remark)) } }
                        @if whole && form.takes_file() {
                            p { "It sends the file body.json: save the body above under that name first." }
                        }
                        (copyable(&format!("copy-request-{id}"), &format!("the request for {}", form.title), self.request(&request, form, whole).trim_end()))
                    }
                }
            }
        }
    }

    /// The request itself, which takes a body from a file where its form has to; where the body may not
    /// stand here, the command that writes the request.
    fn request(&self, request: &Request, form: &Form, whole: bool) -> String {
        if whole {
            request.write(form, None)
        } else {
            self.patch(form.shell, &["--request", form.name])
        }
    }

    /// The call of `mendpoint patch` that makes this very correction.
    fn patch(&self, shell: Shell, options: &[&str]) -> String {
        let invocation = Invocation {
            shell,
            ..Invocation::of_others()
        };
        let job = Job::Patch(Patch {
            input: self.correction.input,
            call: self.correction.call.filter(|_| self.several),
            unsafe_fixes: !self.is_safe,
            request: None,
            values: Vec::new(),
        });
        let mut words = self
            .report
            .arguments(job, &invocation)
            .unwrap_or_else(|| vec!["patch".to_owned(), "-".to_owned()]);
        words.extend(options.iter().map(|option| (*option).to_owned()));
        invocation.line(&words)
    }
}
