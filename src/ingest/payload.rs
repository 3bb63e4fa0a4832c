//! Payloads in texts that are no JSON: in the midst of a message, in a script, or as Python, JavaScript and
//! PowerShell print them.

use serde_json::Value as Json;

use crate::connection::payload::looks_like_endpoint;
use crate::json;
use crate::text::codes;

use super::literal::{NoNames, Reader};

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
        let marked = start - usize::from(text[..start].ends_with('@'));
        let mut names = NoNames;
        let mut reader = Reader::new(&text[marked..], &mut names);
        let value = reader.value();
        let end = marked + reader.at;
        if let Some(payload) = value.and_then(|value| value.json()).filter(is_payload) {
            rest.push_str(&text[at..start]);
            found.push(payload);
            at = end;
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
