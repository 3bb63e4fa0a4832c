//! What the page can ask, over the same functions of the library as the command line.

use std::cell::Cell;
use std::ops::RangeInclusive;

use mendpoint::connection::{EndpointCall, Operation};
use mendpoint::correct::{self, Choice, Correction, Given, Terms};
use mendpoint::error::Kind;
use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::mend::known_good::{self, Offer};
use mendpoint::mend::request::{Form, Method, Request};
use mendpoint::redact;
use mendpoint::render::correction::Sending;
use mendpoint::render::{self, Format, Manner, Style};
use mendpoint::report::command::{Invocation, Surface};
use mendpoint::report::compare::compare;
use mendpoint::report::finding::Applicability;
use mendpoint::report::{Report, Status, Verdict};
use mendpoint::rules::engine::Catalogue;
use mendpoint::sensitive::is_secret_name;
use mendpoint::text::sanitize;
use mendpoint::text::shell::Shell;
use serde_json::{Value, json};

use crate::file::File;

/// How wide texts are, in columns: as wide as the page has room for, between these.
const WIDTHS: RangeInclusive<usize> = 30..=100;

/// An answer: what is said of it, and the output itself.
pub(crate) struct Answer {
    pub(crate) head: Value,
    pub(crate) output: Vec<u8>,
}

impl Answer {
    fn of(output: impl Into<Vec<u8>>) -> Self {
        Self {
            head: json!({}),
            output: output.into(),
        }
    }

    fn refused(message: impl Into<String>) -> Self {
        Self {
            head: json!({ "refused": message.into() }),
            output: Vec::new(),
        }
    }
}

/// A file of the page: its name, and where it is among the files that were handed over.
struct Named {
    name: String,
    at: usize,
    size: u64,
}

/// The rules, and what was judged last.
pub(crate) struct Engine {
    catalogue: &'static Catalogue,
    analyzer: Analyzer<'static>,
    inputs: Vec<Named>,
    password: Option<String>,
    report: Report,
    before: Option<Report>,
    style: Style,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let catalogue = Catalogue::shared();
        Self {
            catalogue,
            analyzer: Analyzer::new(catalogue),
            inputs: Vec::new(),
            password: None,
            report: Report::default(),
            before: None,
            style: Style::default(),
        }
    }

    pub(crate) fn answer(&mut self, question: &Value) -> Answer {
        let columns = question["columns"].as_u64().map(usize::try_from);
        let columns = columns.and_then(Result::ok).unwrap_or(*WIDTHS.end());
        self.style.width = columns.clamp(*WIDTHS.start(), *WIDTHS.end());
        let answered = match question["do"].as_str() {
            Some("about") => Ok(Answer {
                head: about(self.catalogue),
                output: Vec::new(),
            }),
            Some("judge") => Ok(self.judge(question)),
            Some("report") => self.rendered(question),
            Some("calls") => {
                pretty(&render::json::calls(&self.report, true)).map(|text| self.shown(text))
            }
            Some("connections") => self.connections(),
            Some("recording") => recording(self.style),
            Some("show") => self.show(question),
            Some("patch") => Ok(self.patch(question)),
            Some("compare") => self.compare(question),
            Some("ticket") => Ok(self.ticket()),
            Some("redact") => Ok(self.redact(question)),
            Some("panic") => panic!("asked for, to see that it is told"),
            _ => Ok(Answer::refused("the page asked for something unknown")),
        };
        answered.unwrap_or_else(|error| Answer::refused(error.to_string()))
    }

    /// Judges what was dropped, and what was dropped before it.
    fn judge(&mut self, question: &Value) -> Answer {
        let mut at = 0;
        let mut named = |list: &Value| -> Vec<Named> {
            let files = list.as_array().into_iter().flatten();
            files
                .map(|file| {
                    at += 1;
                    Named {
                        name: file["name"].as_str().unwrap_or("-").to_owned(),
                        at: at - 1,
                        size: file["size"].as_u64().unwrap_or(0),
                    }
                })
                .collect()
        };
        let before = named(&question["before"]);
        let inputs = named(&question["inputs"]);
        let good = named(&question["good"]);
        self.password = question["password"].as_str().map(str::to_owned);
        self.analyzer = Analyzer::new(self.catalogue);
        if !good.is_empty() {
            let (payloads, _) = self.check(&good);
            self.analyzer = Analyzer::new(self.catalogue).with_known_good(Offer {
                named: known_good::given(&payloads),
                kept: Vec::new(),
            });
        }
        let mut asked = false;
        self.before = None;
        if !before.is_empty() {
            let (report, needs) = self.check(&before);
            asked |= needs;
            self.before = Some(report);
        }
        let (report, needs) = self.check(&inputs);
        asked |= needs;
        self.inputs = inputs;
        self.report = report;
        if asked {
            let why = match self.password {
                Some(_) => "This password does not open the archive.",
                None => "This archive is encrypted.",
            };
            return Answer {
                head: json!({ "password": why }),
                output: Vec::new(),
            };
        }
        self.first_screen()
    }

    /// The report on `files`, and whether a password is missing or wrong.
    fn check(&self, files: &[Named]) -> (Report, bool) {
        let asked = Cell::new(false);
        let ask = || {
            asked.set(true);
            self.password.clone()
        };
        let options = Options {
            password: Some(&ask),
            ..Options::default()
        };
        let mut opened: Vec<File> = files
            .iter()
            .map(|file| File::new(file.at, file.size))
            .collect();
        let sources = files
            .iter()
            .zip(&mut opened)
            .map(|(named, file)| (named.name.as_str(), Source::File(file)));
        let mut report = mendpoint::check(sources, &self.analyzer, &options);
        report.invocation.surface = Surface::Page;
        let unread = report
            .inputs
            .iter()
            .any(|input| input.verdict == Verdict::Unreadable);
        (report, asked.get() && unread)
    }

    /// The verdict, the first finding and the short report.
    fn first_screen(&self) -> Answer {
        let report = &self.report;
        let verdict = report.verdict();
        let is_told = matches!(
            verdict,
            Verdict::Fault | Verdict::Clean | Verdict::Inconclusive
        );
        let headline = is_told.then(|| sanitize::line(&render::headline(report)));
        let compared = self.before.as_ref().map(|before| {
            let comparison = compare(before, report);
            json!({
                "closed": comparison.is_closed(),
                "headline": render::compare::headline(&comparison),
            })
        });
        let head = json!({
            "verdict": verdict.name(),
            "headline": headline,
            "compared": compared,
            "relevant": !matches!(verdict, Verdict::NothingRelevant | Verdict::Unreadable),
        });
        let manner = Manner {
            style: self.style,
            ..Manner::default()
        };
        match render::render(report, &self.analyzer, Format::Text, manner) {
            Ok(text) => Answer {
                head,
                output: text.into_bytes(),
            },
            Err(error) => Answer::refused(error.to_string()),
        }
    }

    fn rendered(&self, question: &Value) -> Result<Answer, Box<dyn std::error::Error>> {
        let format: Format = serde_json::from_value(question["format"].clone())?;
        let text = render::render(&self.report, &self.analyzer, format, Manner::default())?;
        Ok(Answer::of(text))
    }

    /// `text` without any secret of the traces.
    fn shown(&self, text: impl AsRef<str>) -> Answer {
        Answer::of(self.report.known.hide_in_output(text.as_ref()).into_owned())
    }

    fn connections(&self) -> Result<Answer, Box<dyn std::error::Error>> {
        let mut bytes = Vec::new();
        if self.report.verdict() == Verdict::Unreadable {
            return Ok(Answer::of(bytes));
        }
        render::connections::write(&self.report, self.style, &mut bytes)?;
        Ok(self.shown(String::from_utf8_lossy(&bytes)))
    }

    fn show(&self, question: &Value) -> Result<Answer, Box<dyn std::error::Error>> {
        let number = question["call"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let mut calls = self.report.calls.iter();
        let Some(call) = calls.find(|call| Some(call.number) == number) else {
            return Ok(Answer::refused("there is no such call"));
        };
        let mut bytes = Vec::new();
        render::show::write(&self.report, call.into(), self.style, &mut bytes)?;
        Ok(self.shown(String::from_utf8_lossy(&bytes)))
    }

    fn compare(&self, question: &Value) -> Result<Answer, Box<dyn std::error::Error>> {
        let Some(before) = &self.before else {
            return Ok(Answer::refused("there is nothing to compare with"));
        };
        let comparison = compare(before, &self.report);
        let mut bytes = Vec::new();
        let known = &self.report.known;
        match question["format"].as_str() {
            Some("markdown") => {
                render::compare::markdown(&comparison, before, &self.report, known, &mut bytes)?;
            }
            _ => render::compare::text(&comparison, known, self.style, &mut bytes)?,
        }
        let text = before
            .known
            .hide_in_output(&String::from_utf8_lossy(&bytes))
            .into_owned();
        Ok(self.shown(text))
    }

    /// What to hand over of each fault: facts for the service's support, and words for the customer.
    fn ticket(&self) -> Answer {
        let hidden = |text: &str| self.report.known.hide_in_output(text).into_owned();
        let faults = render::handover::all(&self.report).into_iter().map(|one| {
            json!({
                "title": sanitize::line(&hidden(&one.title)),
                "facts": sanitize::block(&hidden(&one.facts_text())),
                "letter": sanitize::block(&hidden(&one.letter.join("\n\n"))),
            })
        });
        let faults: Vec<Value> = faults.collect();
        Answer {
            head: json!({ "faults": faults }),
            output: Vec::new(),
        }
    }

    /// The corrected body, or the whole request, of the call that was chosen or that needs it.
    fn patch(&self, question: &Value) -> Answer {
        if self.report.verdict() == Verdict::Unreadable {
            let words = ["This could not be read, so there is nothing to correct."];
            return Answer {
                head: json!({ "status": Status::Failed as u8, "words": words, "choices": [], "fields": [] }),
                output: Vec::new(),
            };
        }
        let number = question["call"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let values: Vec<Given> = question["values"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(pointer, value)| {
                Some(Given {
                    pointer: pointer.clone(),
                    value: value.as_str().filter(|value| !value.is_empty())?.to_owned(),
                })
            })
            .collect();
        let unsafe_fixes = question["unsafe"].as_bool().unwrap_or(false);
        let of_choice = |choice| Terms {
            choice,
            unsafe_fixes,
            values: &[],
        };
        let choice = number.map_or(Choice::Last, Choice::Call);
        let (asked_by, asked) = correct::asked_for(&self.report, &of_choice(choice));
        // A value is given to the call that asks for it.
        let asking = asked_by.filter(|_| !values.is_empty());
        let terms = Terms {
            values: &values,
            ..of_choice(asking.map_or(choice, |call| Choice::Call(call.number)))
        };
        let fields: Vec<Value> = asked
            .into_iter()
            .map(|(pointer, what)| {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                json!({ "pointer": pointer, "what": what, "secret": is_secret_name(name) })
            })
            .collect();
        let asked_by = asked_by.map(|call| self.choice(call)["name"].clone());
        let mut operation = None;
        let (status, words, output) = match correct::correct(&self.report, &self.analyzer, &terms) {
            Ok(correction) => {
                operation = correction.operation();
                match self.sent(&correction, &terms, question) {
                    Ok((words, output)) => (Status::Clean, words, output),
                    Err(why) => (Status::Failed, vec![why], String::new()),
                }
            }
            Err(refusal) => (refusal.status(), refusal.words(&self.report), String::new()),
        };
        let shown = |line: &String| {
            let line = render::words(&self.report, line);
            self.report.known.hide_in_output(&line).into_owned()
        };
        let words: Vec<String> = words.iter().map(shown).collect();
        let is_update = matches!(operation, Some(Operation::Update | Operation::Convert));
        let mut calls = self.report.calls.iter();
        let chosen = calls.find(|call| Some(call.number) == number);
        let mut fixes = self.report.fixes.iter().filter(|fix| {
            !fix.history
                && chosen
                    .is_none_or(|call| (call.input, call.exchange.entry) == (fix.input, fix.entry))
        });
        let unsafe_fixes = fixes.any(|fix| fix.fix.applicability == Applicability::Unsafe);
        Answer {
            head: json!({
                "status": status as u8,
                "words": words,
                "choices": self.choices(),
                "fields": fields,
                "asked_by": asked_by,
                "update": is_update,
                "agree": unsafe_fixes,
            }),
            output: output.into_bytes(),
        }
    }

    /// What is said of `correction`, and its body as it is or in the form that was asked for.
    fn sent(
        &self,
        correction: &Correction<'_>,
        terms: &Terms<'_>,
        question: &Value,
    ) -> Result<(Vec<String>, String), String> {
        let words = |request| {
            let sending = Sending {
                terms: *terms,
                method: method(question),
                request,
                json_patch: false,
            };
            render::correction::words(correction, &self.report, &sending)
        };
        let Some(name) = question["request"].as_str() else {
            return Ok((words(None), correction.body.clone()));
        };
        let form = Form::named(name).ok_or("There is no such form of a request.")?;
        let call = correction
            .call
            .ok_or("A pasted payload has no URL to send it to: take the body alone, or drop the trace it came from.")?;
        let request = Request::new(call, correction.body.clone(), method(question), None, &[])?
            .checked_first(call, &correction.operations, &self.report);
        let path = self
            .inputs
            .get(call.input)
            .map_or("-", |input| input.name.as_str());
        let save = Invocation::default().in_shell(form.shell);
        let save = save.line(&terms.arguments(path));
        Ok((
            words(Some((&request, form))),
            request.write(form, Some(&save)),
        ))
    }

    /// The calls that can be chosen: those that write a connection.
    fn choices(&self) -> Vec<Value> {
        let calls = self.report.calls.iter();
        let written = calls.filter(|call| !call.payloads().is_empty());
        written.map(|call| self.choice(call)).collect()
    }

    /// A call by its number, with what it does and the connection's name.
    fn choice(&self, call: &EndpointCall) -> Value {
        let name = self.report.shown_name(call).unwrap_or_default();
        let what = call.operation.name();
        json!({ "number": call.number, "name": format!("#{} {what} {name}", call.number) })
    }

    /// A copy of one input that is safe to share.
    fn redact(&self, question: &Value) -> Answer {
        let at = question["input"].as_u64().map(usize::try_from);
        let at = at.and_then(Result::ok).unwrap_or(0);
        let Some(input) = self.inputs.get(at) else {
            return Answer::refused("nothing was dropped");
        };
        let mut salt = [0; 16];
        let given = question["salt"].as_array().into_iter().flatten();
        for (own, byte) in salt.iter_mut().zip(given) {
            *own = byte
                .as_u64()
                .and_then(|byte| u8::try_from(byte).ok())
                .unwrap_or(0);
        }
        let asked = Cell::new(false);
        let ask = || {
            asked.set(true);
            self.password.clone()
        };
        let options = redact::Options {
            salt,
            password: Some(&ask),
            ..redact::Options::default()
        };
        let mut file = File::new(input.at, input.size);
        match redact::redact(
            &input.name,
            Source::File(&mut file),
            &self.analyzer,
            &options,
        ) {
            Ok(redaction) => {
                let ending = if redaction.entries.is_some() {
                    "har"
                } else {
                    "txt"
                };
                let stem = question["stem"].as_str().unwrap_or("trace");
                let name = format!("{stem}.safe.{ending}");
                let words = redaction.words(&input.name, &name).join("\n");
                Answer {
                    head: json!({ "manifest": sanitize::block(&words), "name": name }),
                    output: redaction.copy.unwrap_or_default().into_bytes(),
                }
            }
            Err(error) if error.kind() == Kind::Usage => {
                Answer::refused(format!("{error}: drop the one that is to be shared alone"))
            }
            Err(error) => Answer::refused(error.to_string()),
        }
    }
}

/// What is asked once: the version, how many rules there are, and the forms of a request.
fn about(catalogue: &Catalogue) -> Value {
    let forms = Form::for_reader(Shell::Windows);
    let forms = forms.map(|form| json!({ "name": form.name, "title": form.title }));
    json!({ "version": env!("CARGO_PKG_VERSION"), "rules": catalogue.iter().count(), "forms": forms })
}

/// The verb that was asked for.
fn method(question: &Value) -> Method {
    match question["method"].as_str() {
        Some("patch") => Method::Patch,
        _ => Method::Put,
    }
}

/// How to record a trace.
fn recording(style: Style) -> Result<Answer, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    render::page_text::write(include_str!("../../docs/recording.md"), style, &mut bytes)?;
    Ok(Answer::of(bytes))
}

fn pretty(value: &Value) -> Result<String, Box<dyn std::error::Error>> {
    Ok(sanitize::json(&serde_json::to_string_pretty(value)?) + "\n")
}
