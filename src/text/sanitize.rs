//! The one way of text from a trace to a terminal.

/// `text` with every character made visible that a terminal would obey: controls, escapes, and the
/// marks that turn the direction of writing. Line breaks become visible too.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_unsafe(c) {
                visible(c)
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// Blanks and invisible characters, which get around a value when it is copied.
pub(crate) fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// A path that can be shown and typed: in the place of each character that a terminal would obey stands
/// `?`, which a path takes for any.
pub(crate) fn path(path: &str) -> String {
    let shown = |c| if is_unsafe(c) { '?' } else { c };
    path.chars().map(shown).collect()
}

/// Like [`fn@line`], but keeps line breaks.
pub fn block(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// JSON for a place where people see it: what a terminal would obey is written as an escape, which
/// means the same.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unsafe(c) && !matches!(c, '\n' | '\r' | '\t') {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a terminal obeys `c` instead of showing it.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn visible(c: char) -> String {
    match c {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => " ".to_owned(),
        c => format!("<U+{:04X}>", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::{block, json, line};

    #[test]
    fn nothing_a_terminal_obeys_gets_through() {
        assert_eq!(
            line("a\u{1b}[31mb\u{202e}c\r\nd\u{7}\u{9b}"),
            "a<U+001B>[31mb<U+202E>c\\r\\nd<U+0007><U+009B>"
        );
        assert_eq!(line("\u{fc}\u{4e2d} \u{1f600}"), "\u{fc}\u{4e2d} \u{1f600}");
        assert_eq!(block("a\nb\rc"), "a\nb\\rc");
        let text = "{\n\"a\": \"\u{202e}\u{9b}\u{e0041}\u{fc}\"}";
        let shown = json(text);
        assert_eq!(shown, "{\n\"a\": \"\\u202e\\u009b\\udb40\\udc41\u{fc}\"}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(text));
    }
}
