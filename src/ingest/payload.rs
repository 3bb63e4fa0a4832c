//! Payloads in texts that are no JSON: in the midst of a message, in a script, or as Python, JavaScript and
//! PowerShell print them.

use serde_json::{Map, Value as Json};

use crate::connection::payload::looks_like_endpoint;
use crate::json;
use crate::text::codes;
use crate::text::placeholder::MASK;

/// How deep values may lie in each other.
const MOST_DEPTH: usize = 40;

/// How many places where an object may begin are tried.
const MOST_STARTS: usize = 200;

/// Longest text that is looked through, in bytes; payloads are short.
const MOST_TEXT: usize = 1 << 20;

/// How many payloads of one text are taken.
const MOST_PAYLOADS: usize = 100;

/// The payloads in `text`, as the JSON that they stand for: one as it is, several as a list. `None` where
/// there is none, and where the text tells of a failure besides, which says more.
pub(super) fn in_text(text: &str) -> Option<String> {
    if text.len() > MOST_TEXT || !text.contains("authorization") {
        return None;
    }
    let text = without_margin(text);
    let text = of_list(&text).unwrap_or(text);
    let mut found: Vec<Json> = Vec::new();
    let mut rest = String::new();
    let (mut at, mut starts) = (0, 0);
    while let Some(start) = text[at..].find('{').map(|found| at + found) {
        starts += 1;
        if starts > MOST_STARTS || found.len() >= MOST_PAYLOADS {
            break;
        }
        let of_powershell = text[..start].ends_with('@');
        let mut reader = Reader {
            text: &text,
            at: start,
            depth: 0,
        };
        if let Some(payload) = reader.object(of_powershell).filter(is_payload) {
            rest.push_str(&text[at..start]);
            found.push(payload);
            at = reader.at;
        } else {
            rest.push_str(&text[at..=start]);
            at = start + 1;
        }
    }
    rest.push_str(&text[at..]);
    let fails = codes::is_numbered(&rest)
        || ["##[error]", "rror: ", "xception: ", "typeKey"]
            .iter()
            .any(|word| rest.contains(word));
    match found.len() {
        0 => None,
        _ if fails => None,
        1 => serde_json::to_string_pretty(&found[0]).ok(),
        _ => serde_json::to_string_pretty(&found).ok(),
    }
}

fn is_payload(value: &Json) -> bool {
    let has_type = value.get("type").is_some_and(Json::is_string);
    let node = json::parse(&value.to_string());
    has_type
        && value.get("authorization").is_some()
        && node.is_ok_and(|node| looks_like_endpoint(&node))
}

/// `text` without the mark that a mail or a comparison puts in front of each of its lines.
fn without_margin(text: &str) -> String {
    let mark = text
        .trim_start()
        .chars()
        .next()
        .filter(|c| ">+-|".contains(*c));
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let Some(mark) = mark.filter(|mark| lines().all(|line| line.trim_start().starts_with(*mark)))
    else {
        return text.to_owned();
    };
    let bare = text
        .lines()
        .map(|line| line.trim_start().trim_start_matches(mark));
    bare.collect::<Vec<_>>().join("\n")
}

/// An object as PowerShell shows it, `name : value` on each line, in the form that it prints inside of others.
fn of_list(text: &str) -> Option<String> {
    let mut out = String::from("@{");
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with(' ') {
            // The rest of a value that was too long for the line.
            out.push_str(line.trim_start());
            continue;
        }
        let (name, value) = line.split_once(" : ").or_else(|| line.split_once(": "))?;
        let name = name.trim();
        if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        if out.len() > 2 {
            out.push_str("; ");
        }
        out.push_str(&format!("{name}={}", value.trim()));
    }
    out.push('}');
    out.contains("authorization=@{").then_some(out)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn take(&mut self, begin: &str) -> bool {
        let found = self.rest().starts_with(begin);
        self.at += if found { begin.len() } else { 0 };
        found
    }

    /// Goes on behind blanks and comments.
    fn blank(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            let end = if self.rest().starts_with("/*") {
                self.rest().find("*/").map(|end| end + 2)
            } else if self.rest().starts_with("//") || self.rest().starts_with('#') {
                self.rest().find('\n')
            } else {
                return;
            };
            self.at += end.unwrap_or(self.rest().len());
        }
    }

    /// The object that begins here, with its brace.
    fn object(&mut self, of_powershell: bool) -> Option<Json> {
        self.depth += 1;
        if self.depth > MOST_DEPTH || !self.take("{") {
            return None;
        }
        let mut members = Map::new();
        loop {
            self.blank();
            if self.take("}") {
                break;
            }
            if self.take(",") || self.take(";") {
                continue;
            }
            let key = self.key()?;
            self.blank();
            if !(self.take(":") || self.take("=")) {
                return None;
            }
            let value = self.value(of_powershell)?;
            members.insert(key, value);
        }
        self.depth -= 1;
        Some(Json::Object(members))
    }

    fn list(&mut self, end: &str, of_powershell: bool) -> Option<Json> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.take(end) {
                break;
            }
            if self.take(",") || self.take(";") {
                continue;
            }
            let before = self.at;
            items.push(self.value(of_powershell)?);
            if self.at == before {
                return None;
            }
        }
        self.depth -= 1;
        Some(Json::Array(items))
    }

    fn key(&mut self) -> Option<String> {
        if let Some(quote) = self.rest().chars().next().filter(|c| is_quote(*c)) {
            return self.string(quote, false);
        }
        let symbol = |c: char| c.is_alphanumeric() || "_-.$".contains(c);
        let length = self.rest().find(|c| !symbol(c))?;
        let key = self.rest()[..length].to_owned();
        self.at += length;
        (!key.is_empty()).then_some(key)
    }

    fn value(&mut self, of_powershell: bool) -> Option<Json> {
        // What PowerShell prints of nothing is nothing.
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
        if of_powershell && self.rest().starts_with([';', '}']) {
            return Some(Json::Null);
        }
        self.blank();
        // PowerShell prints a list of objects in bare braces.
        if of_powershell && self.rest().starts_with("{@{") {
            self.take("{");
            return self.list("}", true);
        }
        if self.rest().starts_with("@{") {
            self.take("@");
            return self.object(true);
        }
        if self.take("@(") {
            return self.list(")", true);
        }
        match self.rest().chars().next()? {
            '{' => self.object(of_powershell),
            '[' => {
                self.take("[");
                self.list("]", of_powershell)
            }
            quote if is_quote(quote) => self.string(quote, of_powershell).map(Json::String),
            _ => Some(self.word(of_powershell)),
        }
    }

    /// A word without quotes: a switch, a number, nothing, or what only the program knows.
    fn word(&mut self, of_powershell: bool) -> Json {
        let ends: &[char] = if of_powershell {
            &[';', '}', '\n', ')']
        } else {
            &[',', '}', ']', '\n', ')']
        };
        let length = self.rest().find(ends).unwrap_or(self.rest().len());
        let word = self.rest()[..length].trim().to_owned();
        self.at += length;
        match word.as_str() {
            "true" | "True" | "$true" => Json::Bool(true),
            "false" | "False" | "$false" => Json::Bool(false),
            "null" | "None" | "$null" | "undefined" => Json::Null,
            _ => match serde_json::from_str::<serde_json::Number>(&word) {
                Ok(number) if !of_powershell => Json::Number(number),
                _ if of_powershell && !word.starts_with('$') => Json::String(word),
                _ => Json::String(MASK.to_owned()),
            },
        }
    }

    /// The string that begins here, with its quotes.
    fn string(&mut self, quote: char, of_powershell: bool) -> Option<String> {
        self.at += quote.len_utf8();
        let is_end = |c: char| c == quote || is_curved(quote) && is_curved(c);
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if is_end(c) {
                // A quote that is doubled is one in PowerShell.
                if of_powershell && chars.peek().is_some_and(|(_, next)| *next == quote) {
                    chars.next();
                    out.push(quote);
                    continue;
                }
                self.at += at + c.len_utf8();
                return Some(out);
            }
            if c != '\\' || of_powershell {
                out.push(c);
                continue;
            }
            match chars.next()?.1 {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, digit)| digit).collect();
                    let unit = u32::from_str_radix(&digits, 16).ok()?;
                    out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                other => out.push(other),
            }
        }
        None
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`') || is_curved(c)
}

/// Quotes as programs for letters and mails write them.
fn is_curved(c: char) -> bool {
    matches!(
        c,
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}'
    )
}

#[cfg(test)]
mod tests {
    use super::in_text;
    use serde_json::{Value, json};

    fn found(text: &str) -> Value {
        serde_json::from_str(&in_text(text).unwrap_or_else(|| panic!("{text}"))).unwrap()
    }

    #[test]
    fn payloads_are_read_as_people_and_programs_write_them() {
        let wanted = json!({"name": "it's", "type": "jenkins", "isShared": false, "url": null,
            "authorization": {"scheme": "Token", "parameters": {"apitoken": "x"}}, "data": {}});
        for text in [
            r#"{ // one
                "name": "it's", "type": "jenkins", /* two */ "isShared": false, "url": null,
                "authorization": {"scheme": "Token", "parameters": {"apitoken": "x"},}, "data": {}, }"#,
            r#"payload = {'name': "it's", 'type': 'jenkins', 'isShared': False, 'url': None, 'authorization': {'scheme': 'Token', 'parameters': {'apitoken': 'x'}}, 'data': {}}"#,
            r"$body = @{
                name = 'it''s'; type = 'jenkins'
                isShared = $false
                url = $null
                authorization = @{ scheme = 'Token'; parameters = @{ apitoken = 'x' } }
                data = @{}
            }",
            r"@{name=it's; type=jenkins; isShared=False; url=; authorization=@{scheme=Token; parameters=@{apitoken=x}}; data=@{}}",
            r#"const body = {name: "it's", type: `jenkins`, isShared: false, url: undefined, authorization: {scheme: 'Token', parameters: {apitoken: "x"}}, data: {}};"#,
            "> {\u{201c}name\u{201d}: \"it's\", \"type\": \"jenkins\", \"isShared\": false, \"url\": null,\n> \"authorization\": {\"scheme\": \"Token\", \"parameters\": {\"apitoken\": \"x\"}}, \"data\": {}}",
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }

    #[test]
    fn other_objects_and_messages_are_left_alone() {
        for text in [
            "{a: 1}",
            "if (x) { return { type: 'a' } }",
            "{{{{{{{{{{",
            "TF400898: An internal error. {\"type\":\"jenkins\",\"authorization\":{\"scheme\":\"Token\"}}",
            r#"{"type":"jenkins","authorization":{"scheme":"Token""#,
        ] {
            assert_eq!(in_text(text), None, "{text}");
        }
    }
}
