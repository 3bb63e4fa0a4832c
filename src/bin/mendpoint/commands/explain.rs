//! `explain`: one rule in full, and its own sample run through the analysis.

use std::fmt::Write as _;
use std::io::Write;

use mendpoint::render::text::Detail;
use mendpoint::render::{Style, json, page_text, rule_text};
use mendpoint::rules::engine::fill::prose;
use mendpoint::rules::engine::placeholders;
use mendpoint::rules::engine::{Case, Catalogue, Rule};
use mendpoint::sensitive::Known;
use serde_json::json;

use super::samples;
use crate::args::{ExplainArgs, Format, Global};
use crate::output::{self, Failure};
use crate::{Status, load, terminal};

/// The page on how to record a trace, and what it is called.
const RECORDING: (&str, &str) = ("recording", include_str!("../../../../docs/recording.md"));

pub(crate) fn run(args: &ExplainArgs, global: &Global) -> Result<Status, Failure> {
    let question = args.what.join(" ");
    let style = terminal::style(global, false);
    let catalogue = load::catalogue(global)?;
    let bytes = answer(&question, args, &catalogue, style)?;
    output::print(&bytes)?;
    Ok(Status::Clean)
}

/// What is known of `question`, in the form that is asked for.
fn answer(
    question: &str,
    args: &ExplainArgs,
    catalogue: &Catalogue,
    style: Style,
) -> Result<Vec<u8>, Failure> {
    let found = catalogue.search(question);
    match (found.as_slice(), args.format) {
        _ if is_recording(question) && args.format == Format::Json => {
            let (name, text) = RECORDING;
            super::json_bytes(&json!({
                "schema": "mendpoint.page.v1", "page": name, "markdown": text,
            }))
        }
        ([rule], format) if args.demo => demo(rule, catalogue, format, style),
        ([rule], Format::Json) => super::json_bytes(&value(rule, question)),
        ([_, _, ..], Format::Json) => super::json_bytes(&super::rules::document(&found)),
        _ => text(question, catalogue, style),
    }
}

/// What is known of `question`, laid out: one rule in full, several with a line each, or the page on
/// recording.
pub(crate) fn text(
    question: &str,
    catalogue: &Catalogue,
    style: Style,
) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if is_recording(question) {
        page_text::write(RECORDING.1, style, &mut bytes)?;
        return Ok(bytes);
    }
    match catalogue.search(question).as_slice() {
        [] => return Err(unknown(question, catalogue)),
        [rule] => rule_text::write(rule, question, style, &mut bytes)?,
        several => bytes = choices(several, style),
    }
    Ok(bytes)
}

fn is_recording(question: &str) -> bool {
    question.trim().eq_ignore_ascii_case(RECORDING.0)
}

/// Several rules that a question may mean, one line each.
fn choices(rules: &[&Rule], style: Style) -> Vec<u8> {
    let shown = rules.len().min(MOST_CHOICES);
    let mut text = String::new();
    for rule in &rules[..shown] {
        let severity = style.severity(rule.severity, &format!("{:7}", rule.severity.name()));
        let _ = writeln!(
            text,
            "{severity}  {} ({})",
            prose(&rule.title, &placeholders::example(rule)),
            style.code(&rule.id)
        );
    }
    let more = rules.len() - shown;
    if more > 0 {
        let _ = writeln!(text, "and {more} more; more words find fewer");
    }
    let _ = writeln!(text, "\n`mendpoint explain ID` tells all about one.");
    text.into_bytes()
}

/// How many rules a list of choices names.
const MOST_CHOICES: usize = 12;

fn unknown(id: &str, catalogue: &Catalogue) -> Failure {
    let typed = id.to_lowercase();
    let close = catalogue
        .iter()
        .map(|rule| (likeness(&rule.id, &typed), rule.id.as_str()))
        .filter(|(likeness, _)| *likeness >= CLOSE)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = if let Some((_, close)) = close {
        format!("the closest is {close}; mendpoint rules lists them all")
    } else if let Some(respelt) = catalogue.respelt(id) {
        format!("did you mean {respelt:?}? mendpoint rules lists all rules")
    } else if let speak @ 1.. = speaking(id, catalogue) {
        let rules = if speak == 1 {
            "rule speaks"
        } else {
            "rules speak"
        };
        format!("{speak} {rules} of these words: mendpoint rules {id}")
    } else {
        "give its code or a sentence of the message as it was written, or the whole message to \
         `mendpoint check -`; mendpoint rules lists all rules"
            .to_owned()
    };
    let mut known = Known::default();
    known.learn_text(id);
    let shown = known.mask_text(id);
    Failure::new(format!(
        "no rule is called {shown:?}, and no rule knows it as a code or as its words"
    ))
    .with_hint(hint)
}

/// How many rules have all words of `question` in their texts, if these are so few that it tells.
fn speaking(question: &str, catalogue: &Catalogue) -> usize {
    let plain = |c: char| c.is_alphanumeric() || c == ' ';
    let words: Vec<String> = question.split_whitespace().map(str::to_owned).collect();
    if words.len() > 4 || !question.chars().all(plain) {
        return 0;
    }
    let speak = catalogue
        .iter()
        .filter(|rule| rule.speaks_of(&words))
        .count();
    if speak > MOST_CHOICES { 0 } else { speak }
}

/// How alike an id must be to what was typed before it is worth a word. Any two share some letters.
const CLOSE: f32 = 0.7;

/// How alike two ids are, from 0 to 1.
fn likeness(a: &str, b: &str) -> f32 {
    similar::TextDiff::from_chars(a, b).ratio()
}

fn value(rule: &Rule, question: &str) -> serde_json::Value {
    let values = placeholders::example(rule);
    let plain = |text: &str| prose(text, &values);
    let mut value = super::rules::value(rule);
    value["meaning"] = json!(plain(&rule.prose().meaning));
    value["cause"] = json!(plain(&rule.prose().cause));
    let steps = rule.prose().remedy.iter();
    value["remedy"] = steps.map(|step| plain(step)).collect();
    value["who"] = json!(rule.who);
    let command = |block: &mendpoint::rules::engine::CommandBlock| json!({ "shell": block.shell, "purpose": block.purpose, "text": plain(&block.text) });
    value["commands"] = rule.prose().commands.iter().map(command).collect();
    value["references"] = json!(rule.prose().references);
    let case = |case: &&Case| json!({ "codes": case.codes, "text": case.text, "fault": case.fault, "next": case.next });
    value["cases"] = rule.cases_asked(question).iter().map(case).collect();
    value
}

/// The rule's own sample, judged by all rules.
fn demo(
    rule: &Rule,
    catalogue: &Catalogue,
    format: Format,
    style: Style,
) -> Result<Vec<u8>, Failure> {
    let samples = rule.samples();
    let sample = samples
        .iter()
        .find(|sample| sample.fires)
        .ok_or_else(|| Failure::new(format!("{} has no sample", rule.id)))?;
    let mut report = samples::judge(&sample.text, catalogue)?;
    if !report
        .findings
        .iter()
        .any(|finding| finding.rule == rule.id)
    {
        // Another rule tells more of this sample; here this one is to be seen.
        report = samples::judge(&sample.text, &catalogue.only(&rule.id))?;
    }
    report
        .findings
        .sort_by_key(|finding| finding.rule != rule.id);
    if format == Format::Json {
        return super::json_bytes(&json::report(&report));
    }
    let mut bytes = Vec::new();
    for line in sample.text.lines().take(40) {
        writeln!(
            bytes,
            "{}",
            style.faint(&format!("  {}", mendpoint::text::readable::clip(line, 160)))
        )?;
    }
    writeln!(bytes)?;
    mendpoint::render::text::write(&report, style, Detail::default(), &mut bytes)?;
    Ok(bytes)
}
