//! A difference as people read one: the payload with the known-good lines beside its own.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use similar::{ChangeTag, TextDiff};

use crate::connection::EndpointCall;
use crate::json::{Node, pointer};
use crate::mend::diff::{Difference, Kind, Significance};
use crate::mend::known_good::KnownGood;
use crate::report::Report;
use crate::sensitive::Known;

use super::{Style, columns, place};
use crate::text::sanitize;

/// How many unchanged lines stand around a change.
const CONTEXT: usize = 3;

/// How many differences the text shows; the JSON has all of them.
const MAX_SHOWN: usize = 200;

/// What was compared.
pub struct Comparison<'a> {
    /// The call; `None` for a pasted payload.
    pub call: Option<&'a EndpointCall>,
    /// The endpoint that the call sends.
    pub payload: &'a Node,
    /// What it was compared with.
    pub known_good: &'a KnownGood,
    /// How many known-good payloads fit equally well; this one is the latest.
    pub alike: usize,
    /// The significant differences that set the payload apart from all of them.
    pub apart: &'a [Difference],
    /// The differences to show.
    pub differences: &'a [Difference],
    /// How many are hidden because they are volatile.
    pub hidden: usize,
}

/// `mendpoint.diff.v1`
pub fn json(report: &Report, comparison: &Comparison<'_>, style: Style) -> Value {
    let differences: Vec<Value> = comparison
        .differences
        .iter()
        .map(|difference| {
            let mut difference = difference.clone();
            if difference.kind != Kind::Spelling {
                let masked = |value: &Value| mask(&difference.pointer, value, &report.known, style);
                (difference.expected, difference.actual) = (
                    difference.expected.as_ref().map(masked),
                    difference.actual.as_ref().map(masked),
                );
            }
            serde_json::to_value(&difference).unwrap_or_default()
        })
        .collect();
    json!({
        "schema": "mendpoint.diff.v1",
        "call": comparison
            .call
            .map(|call| super::json::call(report, call, &report.explained())),
        "known_good": { "origin": comparison.known_good.origin.name(), "description": comparison.known_good.description },
        "differences": differences,
        "apart": comparison.apart.iter().map(|difference| &difference.pointer).collect::<Vec<_>>(),
    })
}

/// Writes the difference as text.
pub fn write(
    report: &Report,
    comparison: &Comparison<'_>,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let known = &report.known;
    if let Some(call) = comparison.call {
        writeln!(
            out,
            "{}",
            style.strong(&sanitize::line(&format!(
                "{}: {}",
                place::place_name(call),
                place::request_line(call, known)
            )))
        )?;
    }
    writeln!(
        out,
        "{}",
        style.bad(&sanitize::line(&format!(
            "--- known good: {}",
            comparison.known_good.description
        )))
    )?;
    writeln!(out, "{}", style.good("+++ this payload"))?;
    let own = mask("", &comparison.payload.to_value(), known, style);
    // Those beyond stay as they are on both sides.
    let (shown, beyond) = comparison
        .differences
        .split_at(comparison.differences.len().min(MAX_SHOWN));
    let good = undone(&own, shown, known, style);
    let (old, new) = (pretty(&good), pretty(&own));
    lines(&old, &new, style, out)?;
    writeln!(out)?;
    for difference in shown {
        writeln!(out, "{}", explanation(difference, known, style))?;
    }
    if !beyond.is_empty() {
        let text = format!("and {} more; --format json has all of them", beyond.len());
        writeln!(out, "{text}")?;
    }
    if shown.is_empty() {
        writeln!(out, "no difference that matters")?;
    }
    alike(comparison, out)?;
    if comparison.hidden > 0 {
        writeln!(
            out,
            "{}",
            style.faint(&format!(
                "{} volatile (ids, dates, what the service fills in) hidden; --all shows them",
                comparison.hidden
            ))
        )?;
    }
    Ok(())
}

/// What sets the payload apart from several that work.
fn alike(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    if comparison.alike > 1 {
        let pointers: Vec<&str> = comparison
            .apart
            .iter()
            .take(MAX_SHOWN)
            .map(|difference| difference.pointer.as_str())
            .collect();
        let text = if pointers.is_empty() {
            "no significant difference holds against all of them".to_owned()
        } else {
            format!("unlike all of them in {}", pointers.join(", "))
        };
        let line = format!(
            "{} known-good payloads fit equally well: {text}",
            comparison.alike
        );
        writeln!(out, "{}", sanitize::line(&line))?;
    }
    Ok(())
}

fn lines(old: &str, new: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let diff = TextDiff::from_lines(old, new);
    if style.width >= columns::MIN_WIDTH {
        return columns::write(&diff, CONTEXT, style, out);
    }
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            writeln!(out, "{}", style.faint("  \u{22ee}"))?;
        }
        for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
            let mut line = String::new();
            for (emphasized, value) in change.iter_strings_lossy() {
                let value = sanitize::line(value.trim_end_matches(['\n', '\r']));
                line.push_str(&match (change.tag(), emphasized) {
                    (ChangeTag::Delete, false) => style.bad(&value),
                    (ChangeTag::Delete, true) => style.bad_strong(&value),
                    (ChangeTag::Insert, false) => style.good(&value),
                    (ChangeTag::Insert, true) => style.good_strong(&value),
                    (ChangeTag::Equal, _) => value,
                });
            }
            let sign = match change.tag() {
                ChangeTag::Delete => style.bad("-"),
                ChangeTag::Insert => style.good("+"),
                ChangeTag::Equal => " ".to_owned(),
            };
            writeln!(out, "{sign} {line}")?;
        }
    }
    Ok(())
}

/// One line for one difference: `null`, absent and empty are three things.
fn explanation(difference: &Difference, known: &Known, style: Style) -> String {
    let word = |value: Option<&Value>| difference.side(value, known.types(), style.secrets);
    let label = match difference.significance {
        Significance::Significant => style.bad("significant"),
        Significance::Form => "form       ".to_owned(),
        Significance::Volatile => style.faint("volatile   "),
    };
    let text = format!(
        "{}: {} here, {} in the known-good payload",
        difference.pointer,
        word(difference.actual.as_ref()),
        word(difference.expected.as_ref())
    );
    let text = if style.secrets {
        text.into()
    } else {
        known.hide(&text)
    };
    format!("{label} {}", sanitize::line(&text))
}

/// The payload with every shown difference turned back into the known-good one.
fn undone(own: &Value, differences: &[Difference], known: &Known, style: Style) -> Value {
    let mut good = own.clone();
    for difference in differences {
        let Some((parent, key)) = pointer::split_last(&difference.pointer) else {
            continue;
        };
        let Some(Value::Object(members)) = good.pointer_mut(parent) else {
            continue;
        };
        match (difference.kind, &difference.expected) {
            (Kind::Unexpected, _) => {
                members.shift_remove(&key);
            }
            // The key in its right letters stands beside it already.
            (Kind::Spelling, Some(Value::String(spelt))) if members.contains_key(spelt) => {
                members.shift_remove(&key);
            }
            (Kind::Spelling, Some(Value::String(spelt))) => respell(members, &key, spelt),
            (_, Some(value)) => {
                members.insert(key, mask(&difference.pointer, value, known, style));
            }
            (_, None) => {}
        }
    }
    good
}

fn respell(members: &mut Map<String, Value>, key: &str, spelt: &str) {
    let respelt = std::mem::take(members)
        .into_iter()
        .map(|(name, value)| (if name == key { spelt.to_owned() } else { name }, value));
    *members = respelt.collect();
}

/// One member a line. The comma behind it says only whether another one follows, which is no difference.
fn pretty(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.lines()
        .map(|line| format!("{}\n", line.trim_end_matches(',')))
        .collect()
}

/// `value` at `pointer` with everything masked that is, or may be, a secret.
fn mask(pointer: &str, value: &Value, known: &Known, style: Style) -> Value {
    if style.secrets {
        value.clone()
    } else {
        known.mask_value(known.around(pointer), value)
    }
}
