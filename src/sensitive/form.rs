//! The forms of values that say nothing of anybody: numbers, versions, times, and ids of requests.

use std::net::Ipv4Addr;

use crate::text::guid::is_guid;

/// An id that support looks up: a GUID, or one with a region and a time in front.
pub(crate) fn is_trace_id(text: &str) -> bool {
    let parts = text.split(':').filter(|part| !part.is_empty());
    let is_part = |part: &str| {
        is_guid(part)
            || (part.len() <= 24 && part.bytes().all(|byte| byte.is_ascii_uppercase()))
            || is_time(part)
            || (part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut parts = parts.peekable();
    parts.peek().is_some() && parts.all(is_part)
}

/// A number with a sign and a fraction at most.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.len() <= 16
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `7.1`, `6.0-preview.4`, `2016-06-01`, `2018-01-01-preview`.
pub(crate) fn is_version(text: &str) -> bool {
    let number = text.trim_start_matches(['v', 'V']);
    let number = number
        .split_once("-preview")
        .map_or(number, |(front, back)| {
            let tail = back.trim_start_matches('.');
            if tail.len() <= 2 && tail.bytes().all(|byte| byte.is_ascii_digit()) {
                front
            } else {
                "x"
            }
        });
    !number.is_empty()
        && number.len() <= if number.contains(['.', '-']) { 12 } else { 4 }
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
}

/// A point in time in any spelling of the API or HTTP, or a number of seconds.
pub(crate) fn is_time(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "jan", "feb", "mar", "apr", "may", "jun",
        "jul", "aug", "sep", "oct", "nov", "dec", "gmt", "utc", "am", "pm", "date", "t", "z",
    ];
    if text.is_empty() || text.len() > 40 || !text.is_ascii() {
        return false;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return matches!(text.len(), 1..=5 | 10 | 13);
    }
    if text
        .split([' ', ':', '/'])
        .any(|part| part.parse::<Ipv4Addr>().is_ok())
    {
        return false;
    }
    let kind = |byte: u8| (byte.is_ascii_digit(), byte.is_ascii_alphabetic());
    let parts: Vec<&[u8]> = text
        .as_bytes()
        .chunk_by(|a, b| kind(*a) == kind(*b))
        .collect();
    let mut before: &[u8] = b"";
    let (mut numbers, mut word) = (0, false);
    for part in &parts {
        let fits = if part[0].is_ascii_digit() {
            numbers += 1;
            part.len() <= 4 && part.len() != 3
                || before == b"." && part.len() <= 9
                || before.ends_with(b"(") && matches!(part.len(), 10 | 13)
        } else if part[0].is_ascii_alphabetic() {
            word = true;
            WORDS
                .iter()
                .any(|own| part.eq_ignore_ascii_case(own.as_bytes()))
        } else {
            part.len() <= 2 && part.iter().all(|byte| b"-:.,+/() ".contains(byte))
        };
        if !fits {
            return false;
        }
        before = part;
    }
    let clock = text.contains(':') && numbers >= 2;
    let date = numbers == 3 && !text.contains(' ') && parts.len() == 5 && parts[1] == parts[3];
    clock || date || (word && numbers > 0)
}

/// Whether `text` may be a word of the API, rightly or wrongly spelt: short, and of letters, blanks and
/// what joins words. Anything else in the place of a word can be a secret.
pub(crate) fn may_be_word(text: &str) -> bool {
    const LONGEST: usize = 40;
    let plain = |c: char| c.is_alphabetic() || " -_.".contains(c);
    text.chars().count() <= LONGEST && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_other_numbers() {
        for time in [
            "2026-03-02T10:00:00.1234567Z",
            "2026-03-02",
            "Sat, 21 Nov 2026 07:13:49 GMT",
            "3/2/2026",
            "120",
            "/Date(1700000000000)/",
            "1:47:11",
            "2022-10-27 23:39:22Z",
            "2026-03-02T10:00:00+05:30",
        ] {
            assert!(is_time(time), "{time}");
        }
        for other in [
            "11111111-2222-4333-8444-555555555504",
            "88421234",
            "4111-1111-1111-1111",
            "030-1234567",
            "10.1.2.3",
            "10.1.2.3:443",
            "10.129.51.121:6443",
            "",
            "-",
            "may",
            "ab12",
        ] {
            assert!(!is_time(other), "{other}");
        }
    }

    #[test]
    fn versions_are_told_from_other_numbers() {
        for version in [
            "7.1",
            "6.0-preview.4",
            "2016-06-01",
            "2018-01-01-preview",
            "v2.0",
        ] {
            assert!(is_version(version), "{version}");
        }
        assert!(!is_version("7.1-preview.x") && !is_version("") && !is_version("hunter2"));
    }
}
