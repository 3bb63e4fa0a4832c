//! Texts and traces that chance has changed: masks and copies hold no planted word, and break nothing.
//!
//! The same changes in every run; `MENDPOINT_MUTATIONS=100000` tries more, `MENDPOINT_SEED=2` others.

use std::env;
use std::io::Cursor;

use mendpoint::ingest::Source;
use mendpoint::json::parse;
use mendpoint::redact::redact;
use mendpoint::sensitive::{Known, mask_body, mask_text, mask_url};
use serde_json::json;

use crate::planted::further::SENTENCES;
use crate::redaction::{analyzer, essence, judged, options};

const SECRET: &str = "Harbour!Falcon8842";

/// What a change puts in.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\\",
    "\\\"",
    "%22",
    "%",
    "&quot;",
    "&",
    "=",
    ":",
    ";",
    ",",
    "\n",
    "\t",
    " ",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "</",
    "/",
    "?",
    "#",
    "@",
    "\u{e4}",
    "\u{4e2d}",
    "\u{200b}",
    "\\u0022",
    "\0",
    "password",
    "Bearer ",
    "token=",
    "https://",
    " AADSTS7000215: ",
    "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
    "null",
    "$(x)",
    "***",
    SECRET,
];

/// Payloads and answers beside the sentences.
const BODIES: &[&str] = &[
    r#"{"id":"4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22","name":"tail {}","type":"azurerm","url":"https://management.azure.com/","authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"7d4c1f0e-93ab-4c52-8e61-b02f5d9a7c34","serviceprincipalkey":"{}","accesstoken":null}},"data":{"environment":"AzureCloud","x":"{}"}}"#,
    r#"{"$id":"1","message":"VS403384: {} is wrong","typeKey":"X","inner":{"password":["{}"]}}"#,
    r#"{"result":["{\"error\":\"{}\"}"],"statusCode":403,"errorMessage":"AuthorizationFailed {}"}"#,
    "grant_type=client_credentials&client_secret={}&x=%7B%22a%22%3A1%7D",
    "<html><title>Sign in</title><p>TF400813: {} is not authorized</p></html>",
];

/// Chance that can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).expect("it is below the limit")
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// A place in `text` between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// A text with the secret in it, changed a few times.
    fn text(&mut self) -> String {
        let seeds = [SENTENCES, BODIES][self.below(2)];
        let mut text = self.of(seeds).replace("{}", SECRET);
        for _ in 0..self.below(6) {
            let (a, b) = (self.place(&text), self.place(&text));
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 40));
            let to = (to..=text.len())
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(text.len());
            match self.below(6) {
                0 => text.replace_range(from..to, ""),
                1 => {
                    let twice = text[from..to].to_owned();
                    text.insert_str(from, &twice);
                }
                2 => text = json!(text).to_string(),
                3 => text = format!("{}{}", &text[..from], self.of(seeds)),
                _ => text.insert_str(from, self.of(PIECES)),
            }
        }
        text
    }
}

/// Whether the secret stands in `text` as a word of its own, so that it can be told at all.
fn holds(text: &str) -> bool {
    text.contains(SECRET)
}

/// Runs `one` as often as `MENDPOINT_MUTATIONS` says, and always with the same changes; it says what is wrong.
fn often(one: impl Fn(&mut Chance) -> Option<String>) {
    let number = |name| -> Option<u64> { env::var(name).ok()?.parse().ok() };
    let times = number("MENDPOINT_MUTATIONS").unwrap_or(150);
    let seed = number("MENDPOINT_SEED").unwrap_or(1);
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let wrong: Vec<String> = (0..times).filter_map(|_| one(&mut chance)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {times} are wrong\n{}",
        wrong.len(),
        wrong.join("\n----\n")
    );
}

#[test]
fn masks_of_changed_texts_hold_no_secret_and_leave_json_what_it_is() {
    often(|chance| {
        let text = chance.text();
        let mut known = Known::default();
        known.learn_text(&text);
        let body = mask_body(&text);
        let shown = [
            mask_text(&text),
            mask_url(&text),
            body.to_string(),
            known.mask_body(&text).into_owned(),
            known.mask_text(&text),
        ];
        let leak = shown.into_iter().find(|shown| holds(shown));
        let broken = (parse(&text).is_ok() && parse(&body).is_err()).then(|| body.to_string());
        let wrong = leak.or(broken)?;
        Some(format!("{text:?}\n{wrong:?}"))
    });
}

#[test]
fn copies_of_changed_traces_hold_no_secret_and_are_judged_alike() {
    often(|chance| {
        let calls = 1 + chance.below(3);
        let entries: Vec<_> = (0..calls).map(|at| entry(at, chance)).collect();
        let trace = json!({"log": {"entries": entries}}).to_string();
        let before = judged("mutated", trace.as_bytes())?;
        let mut bytes = Cursor::new(trace.as_bytes());
        let options = options(chance.below(2) == 0);
        let source = Source::File(&mut bytes);
        let redaction = match redact("mutated", source, analyzer(), &options) {
            Ok(redaction) => redaction,
            Err(error) => return Some(format!("refused: {error}\n{trace}")),
        };
        if !redaction.withheld.is_empty() {
            return Some(format!("withheld: {:?}\n{trace}", redaction.withheld));
        }
        let copy = redaction.copy?;
        if har::from_str(&copy).is_err() || holds(&copy) {
            return Some(format!("{trace}\n{copy}"));
        }
        let after = judged("mutated", copy.as_bytes())?;
        // A secret's mask may swallow the words beside it where chance has taken its end away.
        let told = |report| -> Vec<String> {
            let lines = essence(report).into_iter();
            lines
                .filter(|line| line.starts_with("call ") || line.starts_with("verdict"))
                .collect()
        };
        let (before, after) = (told(&before), told(&after));
        (before != after).then(|| format!("{before:?}\n{after:?}\n{trace}\n{copy}"))
    });
}

fn entry(at: usize, chance: &mut Chance) -> serde_json::Value {
    let urls = [
        "https://dev.azure.com/o/_apis/serviceendpoint/endpoints/4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22?api-version=7.1",
        "https://dev.azure.com/o/p/_apis/serviceendpoint/endpointproxy?endpointId=4e8d2c6a-71f9-4b05-a3de-90c7f15b8e22",
        "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    ];
    let (sent, answer) = (chance.text(), chance.text());
    let status = [200, 400, 401, 403, 500][chance.below(5)];
    json!({
        "startedDateTime": format!("2026-03-02T10:00:0{at}Z"), "time": 1, "cache": {}, "timings": {},
        "request": {"method": chance.of(&["PUT", "POST", "GET"]), "url": chance.of(if at == 0 { &urls[..2] } else { &urls }), "httpVersion": "h2",
            "headers": [{"name": "X-Odd", "value": chance.text()}], "cookies": [], "queryString": [],
            "postData": {"mimeType": "application/json", "text": sent}, "headersSize": -1, "bodySize": 1},
        "response": {"status": status, "statusText": "", "httpVersion": "h2", "headers": [], "cookies": [],
            "content": {"size": 1, "mimeType": "application/json", "text": answer}, "redirectURL": "",
            "headersSize": -1, "bodySize": -1},
    })
}
