//! Texts as a person reads them: JSON in strings, HTML and URL encoding undone.
//!
//! The same sentence reaches a trace plain, as JSON in a string in JSON, inside an HTML page, or as
//! a redirect's query. Rules are compared with the one form that [`readable`] gives. Peeling is done on
//! the text and not on a parsed document, because the service itself puts unescaped JSON between
//! single quotes and documentation prints it with its escapes lost.

use std::borrow::Cow;

use super::url;

/// JSON in strings is undone this many levels deep.
const MAX_LEVELS: usize = 4;

/// Longest text looked at, in bytes; the rest of a longer one is left out.
pub(crate) const MAX_TEXT: usize = 4 << 20;

/// Undoes escapes, HTML, log prefixes and typographic marks; blanks become single spaces.
pub fn readable(text: &str) -> String {
    let mut text = Cow::Borrowed(clip(text, MAX_TEXT));
    for _ in 0..MAX_LEVELS {
        if !has_escape(&text) {
            break;
        }
        text = Cow::Owned(unescape(&text));
    }
    if text.contains("error_description=") || is_percent_encoded(&text) {
        text = Cow::Owned(url::decode_form(&text));
    }
    if text.contains('&') || text.contains('<') {
        text = Cow::Owned(strip_html(&text));
    }
    tidy(&text)
}

/// The first `max` bytes of `text`, cut at a character.
pub fn clip(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn has_escape(text: &str) -> bool {
    memchr::memchr_iter(b'\\', text.as_bytes()).any(|at| {
        text.as_bytes()
            .get(at + 1)
            .is_some_and(|next| b"\"\\/nrtu".contains(next))
    })
}

/// One level of JSON escapes. What is no escape stays, so that a path of Windows survives.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let next = rest.as_bytes().get(at + 1);
        let (len, plain) = match next {
            Some(b'"') => (2, '"'),
            Some(b'\\') => (2, '\\'),
            Some(b'/') => (2, '/'),
            Some(b'n' | b'r' | b't') => (2, '\n'),
            Some(b'u') => rest
                .get(at + 2..at + 6)
                .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                .map_or((1, '\\'), |code| {
                    (6, char::from_u32(code).unwrap_or('\u{fffd}'))
                }),
            _ => (1, '\\'),
        };
        out.push(plain);
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    out
}

/// A query or form without any blank, but with encoded ones.
fn is_percent_encoded(text: &str) -> bool {
    !text.trim().contains([' ', '\n', '{']) && text.contains("%20")
}

/// Drops tags and undoes character references. `<` without a tag behind it stays.
fn strip_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        let found = &rest[at..];
        let (len, plain) = if found.starts_with('<') {
            tag(found)
        } else {
            reference(found)
        };
        if len == 0 {
            let mark = if found.starts_with('<') { '<' } else { '&' };
            out.push(mark);
            rest = &found[1..];
        } else {
            out.push(plain);
            if let Some(said) = handed_on(&found[..len]) {
                out.push_str(&strip_html(said));
                out.push(plain);
            }
            rest = &found[len..];
        }
    }
    out.push_str(rest);
    out
}

/// What a sign-in page hands on in a hidden field of its form.
fn handed_on(tag: &str) -> Option<&str> {
    if !tag.contains("error_description") {
        return None;
    }
    let value = tag.split("value=").nth(1)?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next()
}

const CDATA: &str = "<![CDATA[";

fn tag(text: &str) -> (usize, char) {
    // Pages wrap their scripts in it; what is inside is text.
    if text.starts_with(CDATA) {
        return (CDATA.len(), ' ');
    }
    let name = text[1..].trim_start_matches('/');
    let known = [
        "a", "b", "br", "p", "div", "span", "title", "html", "head", "body", "script", "li", "ul",
        "h1", "h2", "h3", "td", "tr", "table", "strong", "code", "pre", "em", "i", "meta", "link",
        "style", "form", "input", "img", "details", "summary",
    ];
    let word: &str = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or("");
    let is_known = name.starts_with("!-")
        || name.starts_with('!')
        || known.iter().any(|tag| word.eq_ignore_ascii_case(tag));
    match clip(text, 2000).find('>') {
        Some(end) if is_known => (end + 1, ' '),
        _ => (0, '<'),
    }
}

pub(crate) fn reference(text: &str) -> (usize, char) {
    let Some(end) = clip(text, 12).find(';') else {
        return (0, '&');
    };
    let name = &text[1..end];
    let plain = match name {
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        _ => name.strip_prefix('#').and_then(|code| {
            let number = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => code.parse().ok(),
            };
            number.and_then(char::from_u32)
        }),
    };
    plain.map_or((0, '&'), |plain| (end + 1, plain))
}

/// Straight quotes, single blanks, no box drawing, no ANSI codes, no log prefixes.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut chars = log_message(line).chars().peekable();
        let mut begins = true;
        while let Some(c) = chars.next() {
            let plain = match c {
                '\u{1b}' => {
                    skip_ansi(&mut chars);
                    continue;
                }
                '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' => '\'',
                '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' => '"',
                '*' if chars.peek() == Some(&'*') => {
                    chars.next();
                    continue;
                }
                '|' | '>' if begins => ' ',
                '\u{2500}'..='\u{257f}' => ' ',
                '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}' => continue,
                c if c.is_whitespace() || c.is_control() => ' ',
                c => c,
            };
            begins = begins && plain == ' ';
            if plain != ' ' || !out.ends_with(' ') {
                out.push(plain);
            }
        }
        if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_owned()
}

fn skip_ansi(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    if chars.next_if_eq(&'[').is_some() {
        while chars.next().is_some_and(|c| !c.is_ascii_alphabetic()) {}
    }
}

/// A line of a pipeline log without its time stamp and `##[error]`.
fn log_message(line: &str) -> &str {
    let line = line.trim_start();
    let stamped = line.split_once('Z').filter(|(stamp, _)| {
        (19..=30).contains(&stamp.len())
            && stamp
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"-:.T".contains(&byte))
    });
    let line = stamped.map_or(line, |(_, rest)| rest.trim_start());
    match line
        .strip_prefix("##[")
        .and_then(|rest| rest.split_once(']'))
    {
        Some((word, rest)) if word.len() <= 12 => rest,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn json_in_strings_is_undone() {
        let wire = r#"{"errorMessage":"Status Code: 'Forbidden', Response from server: '{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client \\\"x\\\" can\\u0027t\\r\\nread\"}}'"}"#;
        assert_eq!(
            readable(wire),
            r#"{"errorMessage":"Status Code: 'Forbidden', Response from server: '{"error":{"code":"AuthorizationFailed","message":"The client "x" can't read"}}'"}"#
        );
    }

    #[test]
    fn html_and_logs_and_boxes_are_undone() {
        assert_eq!(
            readable("<p>You don&#39;t have <a href='x'>access</a>&nbsp;now &lt;tag&gt;</p>"),
            "You don't have access now <tag>"
        );
        assert_eq!(
            readable(
                "2026-01-02T03:04:05.1234567Z ##[error]AADSTS7000222:\n\u{2502} expired\u{a0}key"
            ),
            "AADSTS7000222: expired key"
        );
        assert_eq!(
            readable("\u{1b}[31mthe \u{2018}x\u{2019} **bold**\u{1b}[0m"),
            "the 'x' bold"
        );
        assert_eq!(readable("1 < 2 & 3"), "1 < 2 & 3");
    }

    #[test]
    fn what_pages_of_a_sign_in_say_is_kept() {
        assert_eq!(
            readable(
                "<html><script>//<![CDATA[\n$Config={\"m\":\"AADSTS50020: User \\u0027x\\u0027\"};\n//]]></script></html>"
            ),
            r#"// $Config={"m":"AADSTS50020: User 'x'"}; //]]>"#
        );
        assert_eq!(
            readable(
                r#"<form><input type="hidden" name="state" value="s" /><input name="error_description" value="AADSTS50076: use &#39;x&#39;.&#xD;&#xA;Trace"/></form>"#
            ),
            "AADSTS50076: use 'x'. Trace"
        );
    }

    #[test]
    fn a_redirect_query_is_decoded() {
        assert_eq!(
            readable("error=access_denied&error_description=AADSTS65004%3a+User+declined"),
            "error=access_denied&error_description=AADSTS65004: User declined"
        );
    }
}
