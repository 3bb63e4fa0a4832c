//! Where a sentence ends.

/// The first sentence of `text`. A full stop inside of code, or in front of a small letter, ends none.
pub fn first(text: &str) -> &str {
    let text = text.trim();
    let paragraph = text.split("\n\n").next().unwrap_or(text);
    let mut in_code = false;
    for (at, c) in paragraph.char_indices() {
        match c {
            '`' => in_code = !in_code,
            '.' | '!' | '?' | ':' if !in_code => {
                let end = at + 1;
                // A quotation mark or a bracket belongs to what it closes.
                let closing = paragraph[end..]
                    .chars()
                    .take_while(|c| matches!(c, '"' | '\'' | ')' | '\u{201d}' | '*'))
                    .map(char::len_utf8)
                    .sum::<usize>();
                let rest = &paragraph[end + closing..];
                let mut next = rest.trim_start().chars();
                let new = next.next().is_none_or(|c| !c.is_lowercase());
                if c != ':' && rest.starts_with(char::is_whitespace) && new {
                    return &paragraph[..end + closing];
                }
            }
            _ => {}
        }
    }
    paragraph
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn a_sentence_ends_where_another_begins() {
        for (text, sentence) in [
            ("One. Two.", "One."),
            ("Print `a. B` first. Then send it.", "Print `a. B` first."),
            (
                "Only api-version 7.1 takes it, e.g. here. No.",
                "Only api-version 7.1 takes it, e.g. here.",
            ),
            ("It said \"no.\" So it is.", "It said \"no.\""),
            ("No end", "No end"),
            ("First\n\nSecond.", "First"),
        ] {
            assert_eq!(first(text), sentence);
        }
    }
}
