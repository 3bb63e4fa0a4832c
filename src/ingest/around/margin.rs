//! What a program puts in front of each line that another one wrote: the name of a container or a unit,
//! a time, a number, the mark of a quotation.

use std::collections::HashMap;

/// How far into a line its mark may reach, in bytes.
const LONGEST: usize = 160;

/// How many lines are looked at for what they share.
const SAMPLE: usize = 4_000;

/// Fewest lines that tell a mark.
const FEWEST: usize = 2;

/// Longest text in which more than one mark is tried, in bytes: what the lines say may begin alike as well.
const SHORT: usize = 256 << 10;

/// How many marks are tried.
const MOST_MARKS: usize = 12;

/// `text` without the mark that most of its lines share, in more than one way where some lines lack it:
/// in their order, and those with the mark apart from the others.
pub(super) fn without(text: &str) -> Vec<String> {
    let marks = shared(text).into_iter();
    marks.flat_map(|mark| without_mark(text, mark)).collect()
}

/// `text` without the mark of a quotation in front of each of its lines.
pub(super) fn unquoted(text: &str) -> Option<String> {
    let mark = |c: char| matches!(c, '>' | ' ');
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let depth = |line: &str| {
        let signs = line.chars().take_while(|c| mark(*c));
        signs.filter(|c| *c == '>').count()
    };
    let depth = lines.by_ref().map(depth).min().filter(|depth| *depth > 0)?;
    let content = |mut line| {
        for _ in 0..depth {
            line = str::trim_start(line).strip_prefix('>').unwrap_or(line);
        }
        line.strip_prefix(' ').unwrap_or(line)
    };
    Some(text.lines().map(content).collect::<Vec<_>>().join("\n"))
}

fn without_mark(text: &str, mark: u64) -> Vec<String> {
    let (mut in_order, mut marked, mut others) = (String::new(), String::new(), String::new());
    let mut lacks = false;
    for line in text.lines() {
        let content = behind(line, mark);
        let (own, kept) = match content {
            Some((front, content)) => (&mut marked, (time_in(front), content)),
            None => (&mut others, (None, line)),
        };
        lacks |= content.is_none() && !line.trim().is_empty();
        for out in [&mut in_order, own] {
            if let Some(time) = kept.0 {
                out.push_str(time);
                out.push(' ');
            }
            out.push_str(kept.1);
            out.push('\n');
        }
    }
    if lacks {
        marked.push('\n');
        marked.push_str(&others);
        vec![in_order, marked]
    } else {
        vec![in_order]
    }
}

/// The shape of the longest beginning that most lines share, and at least a third of them; of a short
/// text the shapes of all that as many share.
fn shared(text: &str) -> Vec<u64> {
    let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
    let mut lines = 0;
    for line in text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(SAMPLE)
    {
        lines += 1;
        for (end, shape) in Shapes::of(line) {
            let count = counts.entry(shape).or_insert((0, end));
            count.0 += 1;
        }
    }
    let most = counts.values().map(|(count, _)| *count).max().unwrap_or(0);
    if most < FEWEST || most * 3 < lines {
        return Vec::new();
    }
    let mut marks: Vec<(usize, u64)> = counts
        .into_iter()
        .filter(|(_, (count, _))| *count == most)
        .map(|(shape, (_, end))| (end, shape))
        .collect();
    marks.sort_unstable_by(|one, other| other.cmp(one));
    marks.truncate(if text.len() > SHORT { 1 } else { MOST_MARKS });
    marks.into_iter().map(|(_, shape)| shape).collect()
}

/// The mark of `line` and what stands behind it, if it begins with `mark`.
fn behind(line: &str, mark: u64) -> Option<(&str, &str)> {
    let at = Shapes::of(line).find(|(_, shape)| *shape == mark)?.0;
    Some((
        &line[..at.min(line.len())],
        line.get(at..).unwrap_or_default(),
    ))
}

/// The point in time that a mark holds beside other things.
fn time_in(front: &str) -> Option<&str> {
    let mut words = front.split([' ', '\t', '[', ']']);
    let time = words.find(|word| word.contains('T') && word.parse::<jiff::Timestamp>().is_ok())?;
    (front.trim().len() > time.len() + 2).then_some(time)
}

/// The places in a line where its mark may end, each with the shape of what stands in front of it: the
/// same signs, where one number is like another.
struct Shapes<'a> {
    line: &'a [u8],
    at: usize,
    shape: u64,
}

impl<'a> Shapes<'a> {
    fn of(line: &'a str) -> Self {
        Self {
            line: line.as_bytes(),
            at: 0,
            shape: 0xcbf2_9ce4_8422_2325,
        }
    }

    fn push(&mut self, byte: u8) {
        self.shape = (self.shape ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
}

impl Iterator for Shapes<'_> {
    type Item = (usize, u64);

    fn next(&mut self) -> Option<Self::Item> {
        while self.at <= self.line.len().min(LONGEST) {
            let rest = &self.line[self.at..];
            // A line may lack the blank with which its mark ends.
            let byte = rest.first().copied().unwrap_or(b' ');
            let count =
                |rest: &[u8], is: fn(&u8) -> bool| rest.iter().take_while(|byte| is(byte)).count();
            // Numbers may be filled up with blanks in front.
            let filled = count(rest, |byte| *byte == b' ');
            let after_blank = self.at == 0 || self.line[self.at - 1] == b' ';
            let filled = if after_blank { filled } else { 0 };
            let digits = count(&rest[filled..], u8::is_ascii_digit);
            if digits > 0 {
                self.at += filled + digits;
                self.push(b'0');
                continue;
            }
            self.at += 1;
            self.push(byte);
            if matches!(byte, b' ' | b'\t' | b':' | b'|' | b'>' | b']' | b',') {
                return Some((self.at, self.shape));
            }
        }
        None
    }
}
