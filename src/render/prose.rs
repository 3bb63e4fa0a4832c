//! The little Markdown that the words of rules use: `code`, *emphasis*, **strong**.
//!
//! Values of a trace stand in these words too. Whatever they hold, they can become one of these
//! pieces and nothing else: each format writes a piece with its own escaping.

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

#[cfg(test)]
mod tests {
    use super::{Piece, pieces, plain};

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
}
