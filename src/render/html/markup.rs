//! The one way of text from a trace into the page.

use crate::render::prose::{self, Piece};
use crate::text::sanitize;

/// Text on one line: what would be markup or turn the direction of writing becomes visible text.
pub(super) fn esc(text: &str) -> String {
    entities(&sanitize::line(text))
}

/// Text of several lines, for `<pre>`.
pub(super) fn block(text: &str) -> String {
    entities(&sanitize::block(text))
}

/// A paragraph of a rule's words.
pub(super) fn inline(text: &str) -> String {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Text(text) => esc(text),
        Piece::Code(text) => format!("<code>{}</code>", esc(text)),
        Piece::Emphasis(text) => format!("<em>{}</em>", esc(text)),
        Piece::Strong(text) => format!("<strong>{}</strong>", esc(text)),
    };
    prose::pieces(text).into_iter().map(piece).collect()
}

/// Paragraphs of a rule's words.
pub(super) fn paragraphs(text: &str) -> String {
    let parts = text.split("\n\n").filter(|part| !part.trim().is_empty());
    let paragraph = |part: &str| format!("<p>{}</p>\n", inline(part));
    parts.map(paragraph).collect()
}

/// A block of code whose button copies exactly `text`.
pub(super) fn copyable(id: &str, label: &str, text: &str) -> String {
    format!(
        "<div class=\"code\"><pre tabindex=\"0\" aria-label=\"{label}\"><code>{}</code></pre>{}</div>\n",
        block(text),
        copy_button(id, label, text),
    )
}

/// A button that copies exactly `text`, and `text` itself as data.
pub(super) fn copy_button(id: &str, label: &str, text: &str) -> String {
    format!(
        "<button type=\"button\" class=\"copy\" data-copy=\"{id}\" aria-label=\"Copy {label}\" hidden>Copy</button><script type=\"application/json\" id=\"{id}\">{}</script>",
        data(text)
    )
}

/// `text` as a JSON string in which no character means anything to HTML.
fn data(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for c in serde_json::Value::from(text).to_string().chars() {
        if matches!(c, ' '..='~') && !matches!(c, '<' | '>' | '&') {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_trace_is_markup() {
        assert_eq!(
            esc("<script>\"onload='x'&\u{202e}\n"),
            "&lt;script&gt;&quot;onload=&#39;x&#39;&amp;&lt;U+202E&gt;\\n"
        );
        assert_eq!(inline("`<b>` *x*"), "<code>&lt;b&gt;</code> <em>x</em>");
    }

    #[test]
    fn what_is_copied_is_exact_and_cannot_end_its_element() {
        let text = "</script><!-- \u{202e}\r\n\"ü\u{1f600}\\";
        let data = data(text);
        assert!(data.is_ascii() && !data.contains(['<', '>', '&', '\n']));
        assert_eq!(serde_json::from_str::<String>(&data).unwrap(), text);
    }
}
