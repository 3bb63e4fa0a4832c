//! What holds of every story, those that were written and those that are made up of their steps.

use mendpoint::connection::{EndpointCall, Outcome};
use mendpoint::ingest::Trace;
use mendpoint::render::Format;
use mendpoint::report::finding::Severity;
use mendpoint::report::{Report, Verdict};

use super::language::{self, Step, Story, har};
use super::{ANALYZER, patched, stories, written};
use crate::redaction::difference;

/// Steps that have nothing to do with the others.
const UNRELATED: &str = "
noise = nothing | raw GET https://news.northwind.test/a -> bare 404 ; raw POST https://dc.services.visualstudio.com/v2/track -> bare 500
healthy = clean | put lamp guid=b7c1d2e3-0a0a-4000-8000-0000000000a1 of=Light host=tailspin ; verify lamp guid=b7c1d2e3-0a0a-4000-8000-0000000000a1 of=Light host=tailspin
elsewhere = clean | put web guid=b7c1d2e3-0a0a-4000-8000-0000000000e2 host=tailspin ; verify web guid=b7c1d2e3-0a0a-4000-8000-0000000000e2 host=tailspin
beside = clean | put lamp guid=b7c1d2e3-0a0a-4000-8000-0000000000a3 as=docker ; verify lamp guid=b7c1d2e3-0a0a-4000-8000-0000000000a3 as=docker
";

/// What must be the same whatever stands beside a story.
#[derive(Debug, PartialEq, Eq)]
struct Judged {
    verdict: &'static str,
    /// The rule and the severity of each error, in order.
    errors: Vec<String>,
    /// Which call, by its time, mended which.
    mended: Vec<(String, String)>,
}

impl Judged {
    fn of(report: &Report) -> Self {
        let findings = report.findings.iter();
        let errors = findings.filter(|finding| finding.severity.name() == "error");
        let time = |call: &EndpointCall| {
            call.exchange
                .started
                .map_or_else(String::new, |at| at.to_string())
        };
        let calls = report.calls.iter();
        let mut mended: Vec<(String, String)> = calls
            .filter_map(|call| Some((time(call), time(report.call(call.mended_by?)?))))
            .collect();
        mended.sort();
        Self {
            verdict: report.verdict().name(),
            errors: errors.map(|finding| finding.rule.clone()).collect(),
            mended,
        }
    }

    fn of_steps(steps: &[Step]) -> Self {
        Self::of(&ANALYZER.judge(vec![one_file(steps)]))
    }
}

fn one_file(steps: &[Step]) -> Trace {
    let all: Vec<&Step> = steps.iter().collect();
    har("t.har", &all)
}

/// Stories of one recording in which everything has a time of its own, with those times doubled, so
/// that something fits in between.
fn timed() -> Vec<Story> {
    let is_timed = |story: &Story| {
        let mut times: Vec<usize> = story.steps.iter().filter_map(|step| step.at).collect();
        times.sort_unstable();
        times.dedup();
        times.len() == story.steps.len() && !story.steps.iter().any(Step::is_listed)
    };
    let mut all: Vec<Story> = stories().into_iter().filter(is_timed).collect();
    for story in &mut all {
        story.steps.sort_by_key(|step| step.at);
        story.steps.iter_mut().for_each(|step| step.file = 0);
    }
    all
}

/// Stories made up of steps of others, always the same ones.
fn made_up(count: usize) -> Vec<Story> {
    let pool: Vec<Step> = timed().into_iter().flat_map(|story| story.steps).collect();
    let mut state = 20_260_607_u64;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    let mut story = |at: usize| {
        let length = 2 + draw(5);
        let mut steps: Vec<Step> = (0..length)
            .map(|_| pool[draw(pool.len())].clone())
            .collect();
        for (at, step) in steps.iter_mut().enumerate() {
            step.at = Some(2 * at);
        }
        Story {
            name: format!("made up {at}"),
            truth: language::Truth::default(),
            steps,
        }
    };
    (0..count).map(&mut story).collect()
}

/// Every story, and some that are made up.
fn all() -> Vec<Story> {
    let mut all = timed();
    all.extend(made_up(60));
    all
}

/// Enough of them for what is judged many times.
fn some() -> Vec<Story> {
    let mut some: Vec<Story> = timed().into_iter().step_by(4).collect();
    some.extend(made_up(40));
    some
}

fn assert_none(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The steps as one reads them.
fn told(steps: &[Step]) -> String {
    let lines = steps.iter().map(|step| {
        let answer = step.answer.as_deref().unwrap_or("-");
        let cut: String = answer.chars().take(160).collect();
        format!(
            "    {:?} {} {} -> {} {cut}",
            step.at, step.method, step.url, step.status
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A sentence as it stands in a page or a JSON text, without blanks and what a format escapes.
fn bare(text: &str) -> String {
    let plain = text
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    plain.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a screen has room for: no wrapper in front of a code, and no ids of a log behind it.
fn core(words: &str) -> &str {
    let words = words.split(" Trace ID:").next().unwrap_or(words);
    &words[words.find("AADSTS").unwrap_or(0)..]
}

#[test]
fn the_words_of_every_open_failure_are_in_every_format() {
    let mut wrong = Vec::new();
    for story in all() {
        let report = ANALYZER.judge(vec![one_file(&story.steps)]);
        let answered = |call: &&EndpointCall| {
            call.outcome == Outcome::Failed && call.exchange.response.is_some()
        };
        let failed: Vec<&EndpointCall> = report.calls.iter().filter(answered).collect();
        if failed.is_empty() {
            continue;
        }
        let formats = [
            Format::Text,
            Format::Json,
            Format::Sarif,
            Format::Markdown,
            Format::Html,
        ];
        let texts = formats.map(|format| (format, bare(&written(&report, format))));
        for call in failed {
            let Some(said) = &call.said else {
                wrong.push(format!("{}: call {} says nothing", story.name, call.number));
                continue;
            };
            if call.mended_by.is_some() {
                continue;
            }
            for (format, text) in &texts {
                let words = match format {
                    Format::Text | Format::Markdown => bare(core(said.telling())),
                    _ => bare(said.telling()),
                };
                // A screen that has no room for a long sentence shows how it begins; many faults share it.
                let begins: String = words.chars().take(50).collect();
                let is_told = match format {
                    Format::Text => text.contains(&begins) || report.count(Severity::Error) > 2,
                    _ => text.contains(&words),
                };
                if !is_told {
                    wrong.push(format!(
                        "{}: {format:?} lacks {:?}",
                        story.name,
                        said.telling()
                    ));
                }
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_fault_is_an_error_and_an_open_failure_is_a_fault() {
    let mut wrong = Vec::new();
    for story in all() {
        let report = ANALYZER.judge(vec![one_file(&story.steps)]);
        let errors = report
            .findings
            .iter()
            .any(|finding| finding.severity.name() == "error");
        let open = report.verdict() != Verdict::Inconclusive
            && report.calls.iter().any(|call| {
                call.outcome == Outcome::Failed && call.mended_by.is_none() && call.said.is_some()
            });
        let fault = report.verdict() == Verdict::Fault;
        if fault != errors || (open && !fault) {
            wrong.push(format!(
                "{}: fault {fault}, errors {errors}, open {open}\n{}",
                story.name,
                told(&story.steps)
            ));
        }
        let is_clean = report.verdict() == Verdict::Clean;
        if is_clean && patched(&report) == "many" {
            wrong.push(format!(
                "{}: clean, and a choice of corrections",
                story.name
            ));
        }
    }
    assert_none(&wrong);
}

fn is_call(step: &Step) -> bool {
    step.url.contains("erviceendpoint")
}

fn asks_to_sign_in(step: &Step) -> bool {
    let is_page = step
        .answer
        .as_deref()
        .is_some_and(|text| text.starts_with("<!DOCTYPE"));
    step.status == 302 || step.status == 401 || step.status == 203 || is_page
}

#[test]
fn what_stands_beside_a_story_changes_nothing() {
    let beside = language::read(UNRELATED);
    let mut wrong = Vec::new();
    for story in some() {
        let alone = Judged::of_steps(&story.steps);
        for other in &beside {
            // Without calls everything that was refused counts, and whoever is let in has signed in.
            let is_portal = alone.verdict == "nothing-relevant" || !story.steps.iter().any(is_call);
            let signs_in = other.name == "beside" && story.steps.iter().any(asks_to_sign_in);
            if other.truth.verdict == "clean" && (is_portal || signs_in) {
                continue;
            }
            let mut steps = story.steps.clone();
            for (at, step) in other.steps.iter().enumerate() {
                let mut step = step.clone();
                step.at = Some(1 + at * 2 * story.steps.len());
                steps.push(step);
            }
            steps.sort_by_key(|step| step.at);
            let now = Judged::of_steps(&steps);
            if now != alone {
                wrong.push(format!(
                    "{} beside {}: {now:?}, alone {alone:?}\n{}",
                    story.name,
                    other.name,
                    told(&story.steps)
                ));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn what_only_makes_a_note_changes_nothing() {
    let mut wrong = Vec::new();
    for story in some() {
        let alone = Judged::of_steps(&story.steps);
        let mut steps = story.steps.clone();
        for step in &mut steps {
            step.sent = step
                .sent
                .take()
                .map(|sent| sent.replace("\"isReady\":true", "\"isReady\":false"));
        }
        let now = Judged::of_steps(&steps);
        if now != alone {
            wrong.push(format!(
                "{}: {now:?}, before {alone:?}\n{}",
                story.name,
                told(&story.steps)
            ));
        }
    }
    assert_none(&wrong);
}

#[test]
fn files_and_their_order_change_nothing() {
    let mut wrong = Vec::new();
    for story in some() {
        let report = ANALYZER.judge(vec![one_file(&story.steps)]);
        let (alone, patch) = (Judged::of(&report), patched(&report));
        for at in 1..story.steps.len() {
            let (first, second) = story.steps.split_at(at);
            for turned in [false, true] {
                let mut files = vec![one_file(first), one_file(second)];
                if turned {
                    files.reverse();
                }
                let report = ANALYZER.judge(files);
                let now = Judged::of(&report);
                let other_patch =
                    patched(&report).parse::<usize>().is_ok() != patch.parse::<usize>().is_ok();
                if now != alone || other_patch {
                    wrong.push(format!(
                        "{} cut at {at}, turned {turned}: {now:?} {}, alone {alone:?} {patch}\n{}",
                        story.name,
                        patched(&report),
                        told(&story.steps)
                    ));
                }
            }
        }
    }
    assert_none(&wrong);
}

/// A recording in which the last answer is a refusal in words that nobody knows; none where the last
/// request is no call about a connection.
fn refused_at_the_end(text: &str) -> Option<String> {
    const REFUSAL: &str = "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"$id\":\"1\",\"message\":\"The frobnicator of the gateway is out of order.\",\"typeName\":\"A.B, A\",\"typeKey\":\"OddException\",\"errorCode\":0,\"eventId\":3000}\n";
    let is_request = |line: &&str| {
        let mut words = line.split(' ');
        let method = words.next().unwrap_or_default();
        ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method)
            && words.next().is_some_and(|url| url.starts_with("https://"))
    };
    let last = text.lines().rfind(is_request)?;
    let at = text.rfind("\nHTTP/1.1 ")? + 1;
    let is_of_connection = last
        .to_ascii_lowercase()
        .contains("/_apis/serviceendpoint/endpoint");
    (is_of_connection && text.find(last)? < at).then(|| format!("{}{REFUSAL}", &text[..at]))
}

#[test]
fn no_finding_takes_the_words_of_a_refusal_away() {
    let mut wrong = Vec::new();
    let mut played = 0;
    for rule in super::CATALOGUE.iter() {
        for (at, sample) in rule.samples().into_iter().enumerate() {
            let Some(text) = refused_at_the_end(&sample.text) else {
                continue;
            };
            played += 1;
            let mut bytes = std::io::Cursor::new(text.into_bytes());
            let options = mendpoint::ingest::Options::default();
            let source = mendpoint::ingest::Source::File(&mut bytes);
            let traces = mendpoint::ingest::read("t.txt", source, &options).expect("a session");
            let report = ANALYZER.judge(traces);
            let lacks = |format: &Format| !written(&report, *format).contains("frobnicator");
            let formats = [
                Format::Text,
                Format::Json,
                Format::Sarif,
                Format::Markdown,
                Format::Html,
            ];
            let lacking: Vec<Format> = formats.into_iter().filter(lacks).collect();
            if report.verdict() != Verdict::Fault || !lacking.is_empty() {
                let rules = report
                    .findings
                    .iter()
                    .map(|one| (one.rule.as_str(), one.severity.name()));
                wrong.push(format!(
                    "{} sample {at}: {}, {lacking:?} lack the words; {:?}",
                    rule.id,
                    report.verdict().name(),
                    rules.collect::<Vec<_>>()
                ));
            }
        }
    }
    assert!(played > 100, "only {played} samples");
    assert_none(&wrong);
}

#[test]
fn copies_of_stories_are_judged_like_them() {
    let mut all = stories();
    all.extend(made_up(60));
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|story| {
            let steps: Vec<&Step> = story.steps.iter().collect();
            difference(&story.name, &language::written(&steps))
        })
        .collect();
    assert_none(&wrong);
}
