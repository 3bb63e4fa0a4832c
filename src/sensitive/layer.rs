//! A text with one level of its encoding undone, and where each part of it stood.
//!
//! The same pair of name and value reaches a trace as `"password":"x"`, as `%22password%22%3A%22x%22`,
//! as `&quot;password&quot;:…` and as `\u0022password\u0022:…`, and mixed. What is looked for is looked
//! for in each level, and what is found is cut out of the text as it was written.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::readable::reference;

/// How many levels are undone.
const MOST_LEVELS: usize = 3;

/// One level: a text, and what it stands for in the text before it.
struct Layer {
    text: String,
    /// Where something was undone: a place in `text`, and the one in the source that it comes from.
    /// Between two of them both run alike.
    marks: Vec<(usize, usize)>,
}

impl Layer {
    /// One level of `source` undone; `None` if there is nothing to undo.
    fn of(source: &str) -> Option<Self> {
        let bytes = source.as_bytes();
        let mut layer = Self {
            text: String::new(),
            marks: Vec::new(),
        };
        let mut copied = 0;
        let mut from = 0;
        while let Some(found) = memchr::memchr3(b'%', b'&', b'\\', &bytes[from..]) {
            let at = from + found;
            from = at + 1;
            let Some(plain) = undone(&source[at..]) else {
                continue;
            };
            layer.text.push_str(&source[copied..at]);
            copied = at;
            for (part, length) in plain {
                layer.marks.push((layer.text.len(), copied));
                layer.text.push(part);
                copied += length;
                layer.marks.push((layer.text.len(), copied));
            }
            from = copied;
        }
        if layer.marks.is_empty() {
            return None;
        }
        layer.text.push_str(&source[copied..]);
        Some(layer)
    }

    /// The place in the source of a place in the text.
    fn source(&self, at: usize) -> usize {
        let next = self.marks.partition_point(|(plain, _)| *plain <= at);
        match next.checked_sub(1).map(|mark| self.marks[mark]) {
            Some((plain, source)) => source + (at - plain),
            None => at,
        }
    }
}

/// What the escape stands for that `text` may begin with: characters, each with its length in `text`.
fn undone(text: &str) -> Option<Vec<(char, usize)>> {
    match text.as_bytes()[0] {
        b'%' => {
            let plain = percent(text);
            (!plain.is_empty()).then_some(plain)
        }
        b'&' => {
            let (length, plain) = reference(text);
            (length > 0).then(|| vec![(plain, length)])
        }
        _ => {
            let (front, digits) = match text.as_bytes().get(1)? {
                b'/' => return Some(vec![('/', 2)]),
                b'u' => (2, 4),
                b'x' => (2, 2),
                _ => return None,
            };
            let hex = text.get(front..front + digits)?;
            let is_hex = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = is_hex.then(|| u32::from_str_radix(hex, 16).ok())??;
            Some(vec![(char::from_u32(code)?, front + digits)])
        }
    }
}

/// A run of `%XX` as the characters that its bytes are in UTF-8, as far as they are some.
fn percent(text: &str) -> Vec<(char, usize)> {
    let byte = |three: &[u8]| {
        let digit = |at: usize| char::from(three[at]).to_digit(16);
        let code = (three[0] == b'%').then(|| Some(digit(1)? << 4 | digit(2)?))??;
        u8::try_from(code).ok()
    };
    let run: Vec<u8> = text
        .as_bytes()
        .chunks_exact(3)
        .map_while(byte)
        .take(4096)
        .collect();
    let valid = run.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    valid.chars().map(|c| (c, 3 * c.len_utf8())).collect()
}

/// Where `find` finds something in `text`, as it is or with up to three levels of encoding undone:
/// ranges of `text`, in order, none touching another.
pub(crate) fn in_every_layer(
    text: &str,
    find: &dyn Fn(&str) -> Vec<Range<usize>>,
) -> Vec<Range<usize>> {
    let mut ranges = find(text);
    ranges.extend(below(text, find));
    joined(ranges)
}

/// Like [`in_every_layer`], but without the text as it is.
pub(crate) fn below(text: &str, find: &dyn Fn(&str) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut layers: Vec<Layer> = Vec::new();
    let mut ranges = Vec::new();
    while layers.len() < MOST_LEVELS {
        let source = layers.last().map_or(text, |layer| layer.text.as_str());
        let Some(layer) = Layer::of(source) else {
            break;
        };
        layers.push(layer);
        let top = &layers[layers.len() - 1].text;
        ranges.extend(find(top).into_iter().map(|found| {
            let place = |at| layers.iter().rev().fold(at, |at, layer| layer.source(at));
            whole_escapes(text, place(found.start)..place(found.end))
        }));
    }
    joined(ranges)
}

/// `range` with the backslash before it that belongs to its first character.
fn whole_escapes(text: &str, range: Range<usize>) -> Range<usize> {
    let backslashes = text[..range.start]
        .bytes()
        .rev()
        .take_while(|byte| *byte == b'\\')
        .count();
    range.start - backslashes % 2..range.end
}

/// Ranges in order, those that touch made one.
pub(crate) fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// `text` with `with` in the place of each range.
pub(crate) fn replaced<'t>(text: &'t str, ranges: &[Range<usize>], with: &str) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for range in ranges {
        out.push_str(&text[copied..range.start]);
        out.push_str(with);
        copied = range.end;
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(word: &str, text: &str) -> String {
        let find = |text: &str| {
            text.match_indices(word)
                .map(|(at, _)| at..at + word.len())
                .collect()
        };
        replaced(text, &in_every_layer(text, &find), "*").into_owned()
    }

    #[test]
    fn what_is_found_in_any_layer_is_cut_out_of_the_text_as_written() {
        for (text, cut) in [
            ("say \"ä\" now", "say * now"),
            ("say %22%C3%A4%22 now", "say * now"),
            ("say &#34;&#xe4;&quot; now", "say * now"),
            (r"say \u0022\u00e4\x22 now", "say * now"),
            ("say %2522%25C3%25A4%2522 now %41", "say * now %41"),
            ("say &amp;quot;%C3%A4\\u0022 now", "say * now"),
            // One backslash that belonged to the quote goes with it.
            (r#"{"a":"say \\u0022ä\u0022 now"}"#, r#"{"a":"say * now"}"#),
            (
                "100% & more \\ of %zz &none; \\u00",
                "100% & more \\ of %zz &none; \\u00",
            ),
            ("%FF%22ä%22 %22ä\"", "%FF* *"),
        ] {
            assert_eq!(without("\"ä\"", text), cut, "{text}");
        }
    }

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(joined(vec![4..6, 0..2, 1..3, 6..7, 9..9]), [0..3, 4..7]);
    }
}
