//! A page of the documentation as a terminal shows it.

use std::io::{self, Write};

use super::Style;
use super::prose::plain;

/// Writes Markdown: headings, paragraphs, lists and indented code.
pub fn write(markdown: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = markdown.lines();
    let mut block = lines.next().unwrap_or_default().to_owned();
    for line in lines.chain([""]) {
        // A list item or a paragraph goes on where the next line is indented or plain text.
        if is_continued(&block, line) {
            block.push(' ');
            block.push_str(line.trim());
            continue;
        }
        flush(&std::mem::take(&mut block), style, out)?;
        line.clone_into(&mut block);
    }
    flush(&block, style, out)
}

fn is_continued(block: &str, line: &str) -> bool {
    let text = !block.trim().is_empty() && !block.starts_with('#') && !block.starts_with("    ");
    text && !line.trim().is_empty() && !line.starts_with('#') && marker(line.trim_start()) == 0
}

fn flush(block: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    if let Some(heading) = block.strip_prefix('#') {
        let heading = heading.trim_start_matches('#').trim();
        return writeln!(out, "{}", style.strong(heading));
    }
    if let Some(code) = block.strip_prefix("    ") {
        return writeln!(out, "    {}", style.code(code));
    }
    let (first, text) = block.split_at(marker(block));
    let (head, rest) = if first.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("  {first}"), " ".repeat(first.len() + 2))
    };
    writeln!(out, "{}", style.wrap(&head, &rest, &plain(text)))
}

/// The length of what begins a list item: `- ` or `1. `.
fn marker(line: &str) -> usize {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match &line[digits..] {
        rest if digits > 0 && rest.starts_with(". ") => digits + 2,
        rest if digits == 0 && rest.starts_with("- ") => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, write};

    #[test]
    fn a_page_is_laid_out_for_the_terminal() {
        let mut out = Vec::new();
        let page =
            "# Title\n\nSome *words*\nof `text`.\n\n1. One\n   more\n2. Two\n\n    code *x*\n";
        write(page, Style::default(), &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "Title\n\nSome words of text.\n\n  1. One more\n  2. Two\n\n    code *x*\n\n"
        );
    }
}
