//! One rule in full, for a terminal.

use std::io::{self, Write};

use crate::rules::engine::fill::prose;
use crate::rules::engine::{CommandBlock, Rule, placeholders};

use super::Style;
use super::prose::{plain, source_lines};

/// Writes what a rule means, why it happens, what to do, and where that is written; of its cases the one
/// that `question` names, else all.
pub fn write(rule: &Rule, question: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    // There is no trace to fill the placeholders from.
    let values = placeholders::example(rule);
    let filled = |text: &str| prose(text, &values);
    let words = |text: &str| plain(&filled(text));
    writeln!(out, "{}", style.strong(&words(&rule.title)))?;
    writeln!(
        out,
        "{} {}",
        style.severity(rule.severity, rule.severity.name()),
        style.faint(&kind(rule))
    )?;
    for (heading, text) in [
        ("What it means", &rule.prose().meaning),
        ("Why it happens", &rule.prose().cause),
    ] {
        writeln!(out, "\n{}", style.strong(heading))?;
        for (at, paragraph) in words(text).split("\n\n").enumerate() {
            let gap = if at > 0 { "\n" } else { "" };
            writeln!(out, "{gap}{}", style.wrap("  ", "  ", paragraph))?;
        }
    }
    for (at, case) in rule.cases_asked(question).into_iter().enumerate() {
        if at == 0 {
            writeln!(out, "\n{}", style.strong("Cases"))?;
        }
        let told = format!("{}: {}. {}", case.sign(), case.fault, case.next);
        writeln!(out, "{}", style.wrap("  - ", "    ", &told))?;
    }
    writeln!(out, "\n{}", style.strong("What to do"))?;
    for (at, step) in rule.prose().remedy.iter().enumerate() {
        let number = format!("  {}. ", at + 1);
        writeln!(out, "{}", style.wrap(&number, "     ", &words(step)))?;
    }
    if let Some(who) = &rule.who {
        writeln!(out, "  Who can do it: {who}")?;
    }
    if !rule.prose().commands.is_empty() {
        writeln!(out, "\n{}", style.strong("Commands"))?;
    }
    for block in &rule.prose().commands {
        command(block, &filled, style, out)?;
    }
    writeln!(out, "\n{}", style.strong("Sources"))?;
    for line in rule.all_sources() {
        for (at, text) in source_lines(line).iter().enumerate() {
            let head = if at == 0 { "  - " } else { "    " };
            writeln!(out, "{}", style.wrap(head, "    ", text))?;
        }
    }
    let demo = format!("mendpoint explain {} --demo", rule.id);
    writeln!(out, "\nsee it at work: {}", style.code(&demo))
}

/// What kind of rule it is, in one line.
fn kind(rule: &Rule) -> String {
    let schemes = if rule.schemes.is_empty() {
        "any scheme".to_owned()
    } else {
        rule.schemes.join(", ")
    };
    [
        rule.id.clone(),
        rule.family.clone(),
        schemes,
        format!("corrected body: {}", rule.repair.name()),
        format!("since {}", rule.since),
    ]
    .join(" \u{b7} ")
}

fn command(
    block: &CommandBlock,
    filled: &dyn Fn(&str) -> String,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let shell = match block.shell.as_str() {
        "any" => String::new(),
        shell => format!(" ({shell})"),
    };
    let purpose = format!("# {}{shell}", filled(&block.purpose));
    writeln!(out, "  {}", style.faint(&purpose))?;
    for line in filled(&block.text).lines() {
        writeln!(out, "  {}", style.code(line))?;
    }
    Ok(())
}
