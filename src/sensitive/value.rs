//! Where the value ends that stands behind a secret's name in running text.

use std::ops::Range;

use super::names::is_secret_name;
use crate::text::placeholder::is_variable;
use crate::text::readable::clip;

/// Longest value that is looked for, in bytes; certificates are shorter.
pub(crate) const MAX_VALUE: usize = 16 << 10;

/// How far back is looked for the quote or bracket that a value stands in, in bytes.
const MAX_BEFORE: usize = 2 << 10;

/// Longest name that is looked for behind a value, in bytes.
const MAX_NAME: usize = 80;

/// How many quotes inside of a value are taken for part of it.
const MAX_QUOTES: usize = 32;

/// A value in a text: the range of what it is, and where what belongs to it ends.
pub(crate) struct Found {
    pub(crate) inner: Range<usize>,
    pub(crate) end: usize,
}

/// The value that begins at `at`: in quotes, in brackets, or bare. `None` if there is none.
pub(crate) fn value_at(text: &str, at: usize) -> Option<Found> {
    let is_yaml = text[..at].ends_with(": ");
    let at = at + if is_yaml { tag_length(&text[at..]) } else { 0 };
    let rest = &text[at..];
    let escapes = rest.bytes().take_while(|byte| *byte == b'\\').count();
    match rest.as_bytes().get(escapes)? {
        quote @ (b'"' | b'\'') => {
            let start = at + escapes + 1;
            let end = start + end_of_string(&text[start..], *quote, escapes);
            Some(Found {
                inner: start..end,
                end: (end + escapes + 1).min(text.len()),
            })
        }
        _ if expression_end(rest).is_some() => {
            let end = at + expression_end(rest).unwrap_or_default();
            Some(Found {
                inner: at..end,
                end,
            })
        }
        b'{' | b'[' => {
            let end = at + end_of_brackets(rest);
            Some(Found {
                inner: at..end,
                end,
            })
        }
        _ => {
            let end = bare_end(text, at);
            (end > at).then_some(Found {
                inner: at..end,
                end,
            })
        }
    }
}

/// The length of what YAML puts in front of a value to say of which type it is: `!!str `, `!vault `.
fn tag_length(text: &str) -> usize {
    let name = text.trim_start_matches('!');
    let bare = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_tag = text.len() > name.len() && name.len() > bare.len() && bare.starts_with(' ');
    let length = text.len() - bare.len();
    if is_tag { length + 1 } else { 0 }
}

/// Where a variable ends that `text` begins with and that is all of its value: `$(name)`,
/// `${{ name }}`, `{{ name }}`.
fn expression_end(text: &str) -> Option<usize> {
    let pairs = [("$(", ")"), ("${{", "}}"), ("{{", "}}")];
    let (_, close) = pairs.iter().find(|(open, _)| text.starts_with(open))?;
    let end = clip(text, 300).find(close)? + close.len();
    let goes_on = text[end..].starts_with(|c: char| c.is_alphanumeric());
    (is_variable(&text[..end]) && !goes_on).then_some(end)
}

/// Whatever a secret's name stands for is not shown, however it is built.
fn end_of_brackets(text: &str) -> usize {
    let window = clip(text, MAX_VALUE);
    let last = window.rfind(['}', ']']).map_or(window.len(), |at| at + 1);
    let first = window.find(['}', ']']).map_or(last, |at| at + 1);
    let nested = window[1..first].contains(['{', '[']);
    if nested { last } else { first }
}

/// Where a string ends that `quote` behind `escapes` backslashes began: at a quote with no more
/// backslashes in front. Where escapes were lost, a quote inside the value is told from the last one
/// by what follows.
fn end_of_string(text: &str, quote: u8, escapes: usize) -> usize {
    let window = clip(text, MAX_VALUE);
    let bytes = window.as_bytes();
    let mut first = None;
    for at in memchr::memchr_iter(quote, bytes).take(MAX_QUOTES) {
        let before = backslashes(bytes, at);
        if before > escapes {
            continue;
        }
        let end = at - before;
        let line = window[at + 1..].starts_with(['\r', '\n']);
        let rest = window[at + 1..].trim_start();
        let ends = rest.is_empty()
            || line
            || rest.starts_with([',', '}', ']', ')', ';', '\\', '&', '>', '/'])
            || (rest.len() < window.len() - at - 1 && is_name(rest));
        if ends {
            return end;
        }
        first = first.or(Some(end));
    }
    first.unwrap_or(window.len())
}

/// Where a value without quotes ends that begins at `at`: at a blank, at what separates it from the
/// next pair, or at what closes the quote or bracket that all of it stands in. Other quotes and
/// brackets are part of it.
pub(crate) fn bare_end(text: &str, at: usize) -> usize {
    let before = line_before(text, at);
    let mut opened = Vec::new();
    let mut quotes = 0;
    let rest = clip(&text[at..], MAX_VALUE);
    for (offset, c) in rest.char_indices() {
        let after = &rest[offset + c.len_utf8()..];
        let ends = match c {
            '&' | ';' => ends_a_pair(after),
            '>' => is_inside(before, '<', '>'),
            '#' => is_fragment(after),
            ',' => ends_a_list_item(after),
            '<' => is_tag(after),
            '"' | '\'' => {
                let escapes = backslashes(rest.as_bytes(), offset);
                quotes += 1;
                let first = offset == escapes || quotes > MAX_QUOTES;
                if first || is_open(before, c as u8, escapes) {
                    return at + offset - escapes;
                }
                false
            }
            '(' | '[' | '{' => {
                opened.push(c);
                false
            }
            ')' | ']' | '}' if opened.pop().is_some() => false,
            ')' => is_inside(before, '(', ')'),
            ']' => is_inside(before, '[', ']'),
            '}' => is_inside(before, '{', '}'),
            ' ' if text[..at].ends_with('=') => !is_in_a_list(after),
            c => c.is_whitespace() || c.is_control(),
        };
        if ends {
            return at + offset;
        }
    }
    at + rest.len()
}

/// Blanks belong to a value only in a list with semicolons, as connection strings are.
fn is_in_a_list(after: &str) -> bool {
    let stop = |c: char| "=&;\"'<>".contains(c) || c.is_control();
    let rest = after.trim_start_matches(|c| !stop(c));
    rest.strip_prefix(';').is_some_and(ends_a_pair)
}

/// Behind the comma of a list stands a blank, a quote, or the next name; a password goes on.
fn ends_a_list_item(after: &str) -> bool {
    after.is_empty()
        || after.starts_with(|c: char| c.is_whitespace() || "\"'\\{[".contains(c))
        || is_name(after)
}

/// Behind the sign that separates pairs stands the next one, or nothing more.
fn ends_a_pair(after: &str) -> bool {
    let next = after.trim_start_matches([' ', '\t']);
    let blank = after.len() > next.len();
    next.is_empty()
        || next.starts_with(['\r', '\n', '"', '\'', '\\', ')', '}', '$'])
        || blank
        || is_name(next.strip_prefix("amp;").unwrap_or(next))
}

/// Whether more brackets were opened than closed in `before`.
fn is_inside(before: &str, open: char, close: char) -> bool {
    before.matches(open).count() > before.matches(close).count()
}

/// Whether `text` begins with a name and the sign for what it stands for.
fn is_name(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || " _.-".contains(c));
    rest.len() < text.len() && rest.starts_with(['=', ':'])
}

/// The fragment of a URL that begins with a pair of its own.
fn is_fragment(after: &str) -> bool {
    let name = clip(after, MAX_NAME).split_once('=');
    name.is_some_and(|(name, _)| is_secret_name(name))
}

fn is_tag(after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!".contains(c))
        && clip(after, 200).contains('>')
}

/// Whether the last thing in `before` that `quote` behind `escapes` backslashes begins or ends was begun.
fn is_open(before: &str, quote: u8, escapes: usize) -> bool {
    let bytes = before.as_bytes();
    let letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_alphanumeric)
    };
    let marks = memchr::memchr_iter(quote, bytes).filter(|at| {
        let apostrophe = quote == b'\'' && letter(at.checked_sub(1)) && letter(Some(at + 1));
        !apostrophe && backslashes(bytes, *at) == escapes
    });
    marks.count() % 2 == 1
}

/// How many backslashes stand before `at`.
fn backslashes(bytes: &[u8], at: usize) -> usize {
    let before = bytes[..at].iter().rev();
    before.take_while(|byte| **byte == b'\\').count()
}

/// What stands before `at` on its line, as far as it is looked at.
fn line_before(text: &str, at: usize) -> &str {
    let mut from = at.saturating_sub(MAX_BEFORE);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..at];
    let line = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |end| end + 1);
    &before[line..]
}

/// Where `user:password` ends in `rest`, which is a URL without its scheme: the place of the `@`.
///
/// A password that nobody encoded may hold the signs that separate the parts of a URL. What cannot
/// be a host with its port belongs to it.
pub(crate) fn user_info(rest: &str) -> Option<usize> {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let path = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let Some(at) = authority.rfind('@') else {
        let user = || path.rfind('@').or_else(|| rest.rfind('@'));
        return (!is_place(authority)).then(user)?;
    };
    let certain = is_host(&authority[at + 1..]) && !authority[..at].contains(':');
    if certain { Some(at) } else { path.rfind('@') }
}

/// Whether `text` can be a host with a port. Only a colon before something else tells that it is not.
fn is_place(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some((host, port)) => {
            port.bytes().all(|byte| byte.is_ascii_digit())
                || host.starts_with('[')
                || text.contains(['$', '{'])
        }
        None => true,
    }
}

fn is_host(text: &str) -> bool {
    is_place(text) && text.contains(['.', '[']) || text.starts_with("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_its_surroundings_say() {
        for (text, value) in [
            (r#"pwd="a'b" c"#, "a'b"),
            (r#"<a pwd="ab" b="c">"#, "ab"),
            (r#"pwd=\"a\\\"b\" c"#, r#"a\\\"b"#),
            (r#"pwd=ab"cd ef"#, r#"ab"cd"#),
            ("pwd: \"ab\"\n\"cd\": \"e\",", "ab"),
            (r#""pwd=ab"cd"#, "ab"),
            (r#""say \"pwd=ab\" cd""#, "ab"),
            (r#"{"m":"pwd=ab\"cd","x":1}"#, r#"ab\"cd"#),
            ("pwd=ab,cd ef", "ab,cd"),
            ("pwd=ab, cd", "ab"),
            ("pwd=ab,user=cd", "ab"),
            ("(pwd=ab) cd", "ab"),
            ("pwd=ab(cd)ef gh", "ab(cd)ef"),
            ("don't say pwd=ab'cd ef", "ab'cd"),
            ("'pwd=ab' cd", "ab"),
            ("pwd=ab<br> cd", "ab"),
            ("pwd=ab<7 cd", "ab<7"),
            ("pwd=ab&cd=e", "ab"),
            ("pwd=ab&cd;e", "ab&cd;e"),
            ("pwd=ab;User Id=cd", "ab"),
            ("pwd=a)b]c}d>e f", "a)b]c}d>e"),
            ("<pwd=ab> cd", "ab"),
            ("pwd=a b;x=y", "a b"),
            ("pwd=a b; c", "a b"),
            ("pwd=a b", "a"),
            ("pwd=a b=c;", "a"),
            ("pwd={\"a\":1} b", "{\"a\":1}"),
            ("pwd: !vault ab cd", "ab"),
            ("pwd=!ab cd", "!ab"),
        ] {
            let name = text.find("pwd").unwrap() + 4;
            let at = name + text[name..].len() - text[name..].trim_start().len();
            let found = value_at(text, at).unwrap();
            assert_eq!(&text[found.inner], value, "{text}");
        }
        assert!(value_at("pwd=", 4).is_none());
        assert!(value_at("pwd= x", 4).is_none());
    }

    #[test]
    fn a_password_in_a_url_may_hold_anything() {
        for (rest, user) in [
            ("me:pw@host/x", Some("me:pw")),
            ("me:p@ss@host/x", Some("me:p@ss")),
            ("me:p/a@host/x?y=a@b", Some("me:p/a")),
            ("me:p@a/x@host", Some("me:p@a/x")),
            ("me:p?x#y@host", Some("me:p?x#y")),
            ("org@dev.azure.com/org/users/a@b.c", Some("org")),
            ("host:8080/users/a@b", None),
            ("[::1]:80/a@b", None),
            ("host/users/a@b?c=d@e", None),
            ("{host}:{port}/a@b", None),
        ] {
            let end = user_info(rest);
            assert_eq!(end.map(|end| &rest[..end]), user, "{rest}");
        }
    }
}
