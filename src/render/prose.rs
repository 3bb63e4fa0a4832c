//! The little Markdown that the words of rules use: `code`, *emphasis*, **strong**.
//!
//! Values of a trace stand in these words too. Whatever they hold, they can become one of these
//! pieces and nothing else: each format writes a piece with its own escaping.

/// `word` with a capital letter in front, as a line begins with it.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A piece of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Plain words.
    Text(&'a str),
    /// Between backticks.
    Code(&'a str),
    /// Between single stars.
    Emphasis(&'a str),
    /// Between double stars.
    Strong(&'a str),
}

/// The pieces of `text`, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(next) = text[at..].find(['`', '*']) {
        let start = at + next;
        let Some((piece, length)) = marked(&text[start..]) else {
            at = start
                + text[start..]
                    .bytes()
                    .take_while(|byte| b"`*".contains(byte))
                    .count();
            continue;
        };
        if plain < start {
            found.push(Piece::Text(&text[plain..start]));
        }
        found.push(piece);
        at = start + length;
        plain = at;
    }
    if plain < text.len() {
        found.push(Piece::Text(&text[plain..]));
    }
    found
}

/// The marked piece `text` begins with, and its length with its marks.
fn marked(text: &str) -> Option<(Piece<'_>, usize)> {
    let between = |mark: &str| {
        let inside = text.strip_prefix(mark)?;
        let inside = &inside[..inside.find(mark)?];
        let tight = inside.trim() == inside && !inside.is_empty() && !inside.starts_with('*');
        tight.then_some((inside, inside.len() + 2 * mark.len()))
    };
    if let Some((inside, length)) = between("`") {
        Some((Piece::Code(inside), length))
    } else if let Some((inside, length)) = between("**") {
        Some((Piece::Strong(inside), length))
    } else {
        let (inside, length) = between("*")?;
        Some((Piece::Emphasis(inside), length))
    }
}

/// The words without their marks, for formats that have none.
pub(super) fn plain(text: &str) -> String {
    let word = |piece: Piece<'_>| match piece {
        Piece::Text(text) | Piece::Code(text) | Piece::Emphasis(text) | Piece::Strong(text) => {
            text.to_owned()
        }
    };
    pieces(text).into_iter().map(word).collect()
}

/// A source that can be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source<'a> {
    /// Its name; the address where it has none.
    pub(super) title: &'a str,
    /// The address.
    pub(super) link: &'a str,
    /// What stands behind it, such as a date.
    pub(super) rest: &'a str,
}

/// Reads `[title](address), date` and `title, address (date)`; `None` without an address.
pub(super) fn source(line: &str) -> Option<Source<'_>> {
    let start = line.find("https://")?;
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | ',' | '>' | ']' | '"');
    let length = line[start..].find(ends).unwrap_or(line.len() - start);
    let address = &line[start..start + length];
    let rest = line[start + length..].trim_start_matches([')', '>']);
    let title = line[..start].trim_end_matches(['(', '<', ',', ' ', ':']);
    let title = title
        .strip_suffix(']')
        .and_then(|title| title.strip_prefix('['))
        .unwrap_or(title);
    let title = if title.is_empty() { address } else { title };
    Some(Source {
        title,
        link: address,
        rest,
    })
}

/// A source for a terminal: its title, and its address on a line of its own, where it can be clicked.
pub(super) fn source_lines(line: &str) -> Vec<String> {
    match source(line) {
        Some(source) if source.title == source.link => {
            vec![format!("{}{}", source.link, source.rest)]
        }
        Some(source) => vec![
            format!("{}{}", source.title, source.rest),
            source.link.to_owned(),
        ],
        None => vec![line.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces, plain, source};

    #[test]
    fn marks_become_pieces_and_lone_ones_stay() {
        assert_eq!(
            pieces("Set `a*b` to **null**, *not* empty."),
            [
                Piece::Text("Set "),
                Piece::Code("a*b"),
                Piece::Text(" to "),
                Piece::Strong("null"),
                Piece::Text(", "),
                Piece::Emphasis("not"),
                Piece::Text(" empty."),
            ]
        );
        assert_eq!(
            pieces("shown as ***: read it"),
            [Piece::Text("shown as ***: read it")]
        );
        assert_eq!(
            pieces("2 * 3 * 4 and ` alone"),
            [Piece::Text("2 * 3 * 4 and ` alone")]
        );
        assert_eq!(plain("`x` is **y**"), "x is y");
    }

    #[test]
    fn sources_are_read_in_both_spellings() {
        let read = |line| source(line).map(|source| (source.title, source.link, source.rest));
        assert_eq!(
            read("[Roles (RBAC)](https://learn.microsoft.com/a), 2024"),
            Some(("Roles (RBAC)", "https://learn.microsoft.com/a", ", 2024"))
        );
        assert_eq!(
            read("Error codes, https://learn.microsoft.com/b (2025-03-12)"),
            Some((
                "Error codes",
                "https://learn.microsoft.com/b",
                " (2025-03-12)"
            ))
        );
        assert_eq!(read("a book"), None);
    }
}
