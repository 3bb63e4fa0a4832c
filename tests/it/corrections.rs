//! Corrections of generated payloads: whatever the white space, escapes, spelling of numbers, order of
//! keys and duplicate keys, only what is edited changes, and nothing is left to mend.

use std::io::Cursor;
use std::sync::LazyLock;

use mendpoint::correct::{Choice, Correction, Refusal, Terms, correct};
use mendpoint::ingest::{self, Options, Source};
use mendpoint::json::splice::{self, Edit};
use mendpoint::json::{self, Node, pointer};
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
use mendpoint::report::finding::Applicability;
use mendpoint::rules::engine::Catalogue;
use proptest::prelude::*;
use proptest::sample::select;

const GUID: &str = "b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25";

/// A member as it stands in the text: key and value, spelt.
type Member = (String, String);

fn blank() -> impl Strategy<Value = &'static str> {
    select(vec!["", "", " ", "\n  ", "\t", "\r\n", " \n\n "])
}

/// A string in one of its spellings.
fn spelt(text: impl Into<String>) -> impl Strategy<Value = String> {
    let text = text.into();
    prop::collection::vec(0..8_u8, text.chars().count()).prop_map(move |dice| {
        let spell = |(c, die): (char, &u8)| {
            let units = |c: char| c.encode_utf16(&mut [0; 2]).to_vec();
            match (c, die) {
                (c, 0) => units(c)
                    .iter()
                    .map(|unit| format!("\\u{unit:04x}"))
                    .collect(),
                (c, 1) => units(c)
                    .iter()
                    .map(|unit| format!("\\u{unit:04X}"))
                    .collect(),
                ('/', 2..=4) => "\\/".to_owned(),
                (c, _) => {
                    let quoted = serde_json::to_string(&c).expect("a string");
                    quoted[1..quoted.len() - 1].to_owned()
                }
            }
        };
        let inner: String = text.chars().zip(&dice).map(spell).collect();
        format!("\"{inner}\"")
    })
}

fn object(members: Vec<Member>) -> impl Strategy<Value = String> {
    let count = members.len() * 4 + 1;
    (
        Just(members).prop_shuffle(),
        prop::collection::vec(blank(), count),
    )
        .prop_map(|(members, blanks)| {
            let mut blanks = blanks.into_iter();
            let mut next = || blanks.next().unwrap_or_default();
            let inner: Vec<String> = members
                .iter()
                .map(|(key, value)| {
                    format!("{}{key}{}:{}{value}{}", next(), next(), next(), next())
                })
                .collect();
            format!("{{{}{}}}", inner.join(","), next())
        })
}

/// Values that nothing of ours reads: they must come through as they are.
fn anything() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        select(vec![
            "null",
            "true",
            "1e3",
            "-0",
            "1.50",
            "10000000000000000000000",
            "[]",
            "{ }",
            "\"\"",
            "\"%PATH\""
        ])
        .prop_map(str::to_owned),
        "\\PC{0,6}".prop_flat_map(spelt),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3)
            .prop_map(|items| format!("[ {}]", items.join(" ,")));
        let map = prop::collection::vec((stranger(), inner), 0..3)
            .prop_flat_map(object)
            .boxed();
        prop_oneof![list, map]
    })
}

/// A key that the service does not know.
fn stranger() -> impl Strategy<Value = String> {
    "x[\\PC]{0,4}".prop_flat_map(spelt)
}

fn strangers() -> impl Strategy<Value = Vec<Member>> {
    prop::collection::vec((stranger(), anything()), 0..3)
}

/// A member with one of several values.
fn member(key: &'static str, values: &'static [&'static str]) -> BoxedStrategy<Vec<Member>> {
    let value = select(values).prop_flat_map(|value| match value {
        "null" => Just("null".to_owned()).boxed(),
        text => spelt(text).boxed(),
    });
    (spelt(key), value).prop_map(|pair| vec![pair]).boxed()
}

fn some(
    inner: BoxedStrategy<Vec<Member>>,
    count: std::ops::Range<usize>,
) -> BoxedStrategy<Vec<Member>> {
    prop::collection::vec(inner, count)
        .prop_map(|all| all.concat())
        .boxed()
}

fn joined(parts: Vec<BoxedStrategy<Vec<Member>>>) -> impl Strategy<Value = Vec<Member>> {
    (parts, strangers())
        .prop_map(|(parts, strangers)| parts.concat().into_iter().chain(strangers).collect())
}

fn parameters() -> impl Strategy<Value = String> {
    let empty: &[&str] = &["null", "", " ", "\u{200b}", "\"\""];
    let plain = joined(vec![
        member(
            "tenantid",
            &[
                GUID,
                "{b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25}",
                " b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25\t",
            ],
        ),
        some(member("tenantid", &[GUID]), 0..2),
        member(
            "serviceprincipalid",
            &[GUID, "b61d7e0852c94a3f8e14d70f3b9a6c25"],
        ),
        member(
            "serviceprincipalkey",
            &["null", " a secret's \"own\" blanks "],
        ),
        some(member("accesstoken", empty), 0..3),
        some(member("accessToken", empty), 0..2),
    ])
    .prop_flat_map(object)
    .boxed();
    prop_oneof![
        4 => plain.clone(),
        1 => plain.prop_flat_map(spelt),
    ]
}

fn data() -> impl Strategy<Value = String> {
    joined(vec![
        member("environment", &["AzureCloud", "azureusgovernment"]),
        member("scopeLevel", &["Subscription"]),
        member(
            "subscriptionId",
            &[GUID, "(b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25)"],
        ),
        member(
            "subscriptionName",
            &["Contoso Development", "Contoso\u{a0}"],
        ),
        member("creationMode", &["Manual", "Automatic"]),
        some(
            member(
                "environmentAuthorityUrl",
                &["", "login.example", "https://login.example/"],
            ),
            0..2,
        ),
    ])
    .prop_flat_map(object)
}

/// The body of an update.
fn payload() -> impl Strategy<Value = String> {
    let authorization = (
        member(
            "scheme",
            &["ServicePrincipal", "Service Principal", "serviceprincipal"],
        ),
        spelt("parameters"),
        parameters(),
        strangers(),
    )
        .prop_flat_map(|(scheme, key, parameters, strangers)| {
            object([scheme, vec![(key, parameters)], strangers].concat())
        });
    let references =
        format!(r#"[{{"projectReference" : {{"id":"{GUID}"}}, "name":"contoso-dev"}}]"#);
    let top = joined(vec![
        member("type", &["azurerm", "AzureRM"]),
        member("name", &["contoso-dev", "contoso-dev "]),
        member(
            "url",
            &[
                "https://management.azure.com/",
                " https://management.azure.com",
                "https://portal.azure.com/ ",
            ],
        ),
        member("description", &["", "it's \"$(id)\" \u{202e}"]),
    ]);
    (top, authorization, data()).prop_flat_map(move |(mut top, authorization, data)| {
        top.push(("\"authorization\"".to_owned(), authorization));
        top.push(("\"data\"".to_owned(), data));
        top.push((
            "\"serviceEndpointProjectReferences\"".to_owned(),
            references.clone(),
        ));
        object(top)
    })
}

/// A trace with one failed update of `body`.
fn trace(body: &str) -> String {
    serde_json::json!({"log": {"version": "1.2", "creator": {"name": "t", "version": "1"}, "entries": [{
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1, "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        "request": {
            "method": "PUT", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "queryString": [],
            "url": "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/7c1f0a52-3d84-4e19-9b60-5a2e8d417f33?api-version=7.1",
            "postData": {"mimeType": "application/json", "text": body}, "headersSize": -1, "bodySize": -1
        },
        "response": {
            "status": 400, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
            "content": {"size": 2, "mimeType": "application/json", "text": "{}"}, "redirectURL": "", "headersSize": -1, "bodySize": -1
        }
    }]}})
    .to_string()
}

fn report(analyzer: &Analyzer<'_>, body: &str) -> Report {
    let mut bytes = Cursor::new(trace(body));
    let mut traces =
        ingest::read("t.har", Source::File(&mut bytes), &Options::default()).expect("a trace");
    analyzer.analyze(traces.remove(0))
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

const TERMS: Terms<'_> = Terms {
    choice: Choice::Call(1),
    unsafe_fixes: true,
    values: &[],
};

/// Every value with its pointer and its own text; of duplicate keys each.
fn values<'a>(node: &Node, text: &'a str, at: &str, out: &mut Vec<(String, &'a str)>) {
    if node.members().is_empty() && node.items().is_empty() {
        out.push((at.to_owned(), &text[node.span()]));
    }
    for member in node.members() {
        let here = pointer::push(at, &member.key);
        out.push((format!("{here} key"), &text[member.key_span()]));
        values(&member.value, text, &here, out);
    }
    for (index, item) in node.items().iter().enumerate() {
        values(item, text, &format!("{at}/{index}"), out);
    }
}

/// What neither edit of `edits` leads to, in order.
fn untouched<'a>(text: &'a str, edits: &[Edit]) -> Vec<(String, &'a str)> {
    let mut all = Vec::new();
    values(&json::parse(text).expect("JSON"), text, "", &mut all);
    all.retain(|(at, _)| {
        let at = at.trim_end_matches(" key");
        !edits.iter().any(|edit| {
            at.strip_prefix(edit.path())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    });
    all
}

/// Checks one edit by what it may change in the text, byte by byte.
fn check_step(before: &str, after: &str, edit: &Edit) {
    let root = json::parse(before).expect("JSON");
    match edit {
        Edit::Replace { path, value } => {
            let span = pointer::resolve(&root, path).expect("it exists").span();
            let expected = [
                &before[..span.start],
                &value.to_string(),
                &before[span.end..],
            ]
            .concat();
            assert_eq!(after, expected);
        }
        Edit::Remove { path } => {
            let (parent, key) = pointer::split_last(path).expect("a member");
            let parent = pointer::resolve(&root, parent).expect("it exists");
            let gone = parent.members().iter().filter(|member| member.key == key);
            let gone: Vec<&str> = gone.map(|member| &before[member.span()]).collect();
            let mut removed: Vec<u8> = before.bytes().collect();
            for byte in after.bytes().chain(gone.concat().bytes()) {
                let at = removed
                    .iter()
                    .position(|own| *own == byte)
                    .expect("nothing is added");
                removed.swap_remove(at);
            }
            let commas = removed.split(|byte| *byte == b',').count() - 1;
            assert!(commas <= gone.len(), "{before}\n{after}");
            assert!(
                removed
                    .iter()
                    .all(|byte| *byte == b',' || byte.is_ascii_whitespace()),
                "{before}\n{after}"
            );
        }
        Edit::Add { .. } | Edit::Test { .. } => {}
    }
}

/// Applies the operations one by one, as another program would.
fn replay(correction: &Correction<'_>) -> String {
    let mut text = correction.before.to_string();
    for edit in &correction.operations {
        let next = splice::apply(&text, std::slice::from_ref(edit)).expect("its guard holds");
        check_step(&text, &next, edit);
        text = next;
    }
    text
}

/// How many payloads are generated. `.ci/run` asks for more by `PROPTEST_CASES`.
fn cases(usual: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked
        .and_then(|number| number.parse().ok())
        .unwrap_or(usual)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(100), ..ProptestConfig::default() })]

    #[test]
    fn a_correction_changes_what_it_edits_and_nothing_else(body in payload()) {
        let analyzer = &*ANALYZER;
        prop_assert!(json::parse(&body).is_ok(), "the generator writes JSON: {body}");
        let report = report(analyzer, &body);
        let correction = match correct(&report, analyzer, &TERMS) {
            Ok(correction) => correction,
            Err(
                Refusal::NoFault
                | Refusal::NotMendable(_)
                | Refusal::NotRecorded(_)
                | Refusal::OnRequest(..),
            ) => return Ok(()),
            Err(other) => panic!("{other:?}"),
        };
        prop_assert_eq!(&*correction.before, body.as_str());
        prop_assert!(json::parse(&correction.body).is_ok());
        prop_assert_eq!(&replay(&correction), &correction.body);
        prop_assert_eq!(untouched(&body, &correction.operations), untouched(&correction.body, &correction.operations));

        let left = analyzer.fixes_of(&report, 0, 0, &correction.body);
        let mendable: Vec<_> = left.iter().filter(|fix| fix.fix.applicability > Applicability::DisplayOnly).collect();
        prop_assert!(mendable.is_empty(), "still there: {mendable:?}\n{}", correction.body);
        let again = self::report(analyzer, &correction.body);
        prop_assert!(correct(&again, analyzer, &TERMS).is_err(), "it is corrected once and for all");
    }
}

#[test]
fn bash_hands_on_exactly_what_was_quoted() {
    use proptest::test_runner::{Config, TestRunner};
    let mut runner = TestRunner::new(Config::with_cases(60));
    let pieces = select(vec![
        "'", "\"", "$(id)", "`id`", "!", "\\", "\n", "*", "~", "\u{202e}", "a b", "#", "&",
    ]);
    let text = prop::collection::vec(pieces, 0..12).prop_map(|parts| parts.concat());
    let done = runner.run(&text, |text| {
        let script = format!("printf %s {}", mendpoint::text::shell::quote_posix(&text));
        let output = std::process::Command::new("bash")
            .args(["-c", &script])
            .output()
            .expect("bash is installed");
        prop_assert_eq!(String::from_utf8_lossy(&output.stdout), text);
        Ok(())
    });
    done.expect("every text comes through");
}
