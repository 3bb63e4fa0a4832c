//! The one way of text from a trace into the page: made visible here, escaped by `maud`.

use maud::{Markup, PreEscaped, html};

use crate::render::prose::{self, Piece};
use crate::text::sanitize;

/// Text on one line: what would turn the direction of writing becomes visible text.
pub(super) fn line(text: &str) -> String {
    sanitize::line(text)
}

/// An address on one line, which breaks at its joints where it has to.
pub(super) fn jointed(text: &str) -> Markup {
    html! {
        @for part in line(text).split_inclusive(['/', '?', '&', '=']) { (part) wbr; }
    }
}

/// A paragraph of a rule's words. In the place of a call of `mendpoint patch` stands the corrected request,
/// where there is one: the reader may not have the program.
pub(super) fn inline(text: &str, corrected: bool) -> Markup {
    html! {
        @for piece in prose::pieces(text) {
            @match piece {
                Piece::Text(text) => (line(text)),
                Piece::Code(text) if corrected && text.starts_with("mendpoint patch") => {
                    a href="#corrected" { "\u{201c}Corrected request\u{201d}" }
                },
                Piece::Code(text) => code { (line(text)) },
                Piece::Emphasis(text) => em { (line(text)) },
                Piece::Strong(text) => strong { (line(text)) },
            }
        }
    }
}

/// Paragraphs of a rule's words.
pub(super) fn paragraphs(text: &str, corrected: bool) -> Markup {
    html! {
        @for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
            p { (inline(part, corrected)) }
        }
    }
}

/// A block of code whose button copies exactly `text`.
pub(super) fn copyable(id: &str, label: &str, text: &str) -> Markup {
    html! {
        div class="code" {
            pre tabindex="0" aria-label=(label) { code { (sanitize::block(text)) } }
            (copy_button(id, label, text))
        }
    }
}

/// A button that copies exactly `text`, and `text` itself as data.
pub(super) fn copy_button(id: &str, label: &str, text: &str) -> Markup {
    html! {
        button type="button" class="copy" data-copy=(id) aria-label={ "Copy " (label) } hidden { "Copy" }
        script type="application/json" id=(id) { (PreEscaped(data(text))) }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_a_trace_is_markup() {
        let text = line("<script>\"onload='x'&\u{202e}\n");
        assert_eq!(
            html! { p title=(text) { (text) } }.into_string(),
            "<p title=\"&lt;script&gt;&quot;onload='x'&amp;&lt;U+202E&gt;\\n\">&lt;script&gt;&quot;onload='x'&amp;&lt;U+202E&gt;\\n</p>"
        );
        assert_eq!(
            inline("`<b>` *x*", false).into_string(),
            "<code>&lt;b&gt;</code> <em>x</em>"
        );
    }

    #[test]
    fn what_is_copied_is_exact_and_cannot_end_its_element() {
        let text = "</script><!-- \u{202e}\r\n\"ü\u{1f600}\\";
        let data = data(text);
        assert!(data.is_ascii() && !data.contains(['<', '>', '&', '\n']));
        assert_eq!(serde_json::from_str::<String>(&data).unwrap(), text);
    }
}
