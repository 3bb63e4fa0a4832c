//! Every connection type: what works is silent on every route, and what its file asks for is found
//! when it is missing or spoiled.

use std::io::Cursor;
use std::sync::OnceLock;

use mendpoint::connection::types::{self, Member, Place, Scheme, Shape, Type};
use mendpoint::ingest::{self, Options, Source};
use mendpoint::json;
use mendpoint::judge::Analyzer;
use mendpoint::mend::known_good;
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;
use mendpoint::rules::engine::Catalogue;
use serde_json::{Value, json};

const ID: &str = "6d1b0a43-7c52-4e89-9f30-2a5c8e417b60";
const PROJECT: &str = "44444444-4444-4444-8444-444444444444";

/// The built-in payloads of all types but azurerm, which other tests are about.
fn samples() -> Vec<(&'static Type, Value)> {
    let all = known_good::built_in().into_iter().filter_map(|good| {
        let body = good.body.to_value();
        let kind = types::of(body["type"].as_str()?)?;
        (!kind.rules_of_its_own).then_some((kind, body))
    });
    all.collect()
}

fn form_of(kind: &'static Type, body: &Value) -> &'static Scheme {
    let node = json::parse(&body.to_string()).expect("the data of the test is whole");
    kind.form_of(&node).expect("the data of the test is whole")
}

fn pointer(member: &Member) -> String {
    let map = match member.place {
        Place::Parameters => "/authorization/parameters",
        Place::Data => "/data",
    };
    format!("{map}/{}", member.name)
}

/// A body as a new connection sends it: with its secrets.
fn with_secrets(kind: &'static Type, body: &Value) -> Value {
    let mut body = body.clone();
    for member in &form_of(kind, &body).members {
        if let Some(value) = body.pointer_mut(&pointer(member))
            && value.is_null()
        {
            *value = "invented-value-0123456789".into();
        }
    }
    body
}

fn entry(verb: &str, path: &str, body: &Value, status: u16, answer: &Value) -> Value {
    json!({
        "startedDateTime": "2031-03-14T09:00:00.000Z", "time": 1,
        "request": {"method": verb, "url": format!("https://dev.azure.com/{path}"), "headers": [],
            "postData": {"mimeType": "application/json", "text": body.to_string()}},
        "response": {"status": status, "headers": [], "content": {"mimeType": "application/json", "text": answer.to_string()}}
    })
}

/// The built-in rules, prepared once.
fn analyzer() -> &'static Analyzer<'static> {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    static ANALYZER: OnceLock<Analyzer<'static>> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(CATALOGUE.get_or_init(Catalogue::built_in)))
}

fn judge_with(analyzer: &Analyzer<'_>, text: &str) -> Report {
    let mut bytes = Cursor::new(text.as_bytes());
    let mut traces = ingest::read("x", Source::File(&mut bytes), &Options::default())
        .expect("the data of the test is whole");
    analyzer.judge(vec![traces.remove(0)])
}

fn judge(text: &str) -> Report {
    judge_with(analyzer(), text)
}

fn judge_entries(entries: &[Value]) -> Report {
    judge(
        &json!({"log": {"version": "1.2", "creator": {"name": "t"}, "entries": entries}})
            .to_string(),
    )
}

/// Every finding that says anything against a payload, with its place.
fn against(report: &Report) -> Vec<String> {
    let findings = report.findings.iter();
    let against = findings.filter(|finding| !finding.rule.starts_with("trace-"));
    against
        .map(|finding| {
            let place = finding.locations.first().and_then(|at| at.pointer.clone());
            format!("{} {}", finding.rule, place.unwrap_or_default())
        })
        .collect()
}

#[test]
fn what_works_is_silent_on_every_route() {
    let version = "api-version=7.1";
    for (at, (kind, sample)) in samples().into_iter().enumerate() {
        let new = with_secrets(kind, &sample);
        let id = format!("6d1b0a43-7c52-4e89-9f30-{at:012x}");
        let mut stored = sample.clone();
        stored["id"] = id.clone().into();
        stored["isReady"] = true.into();
        let endpoints = "_apis/serviceendpoint/endpoints";
        let proxy = format!("org{at}/{PROJECT}/_apis/serviceendpoint/endpointproxy");
        let details = |body: &Value| json!({"serviceEndpointDetails": body, "dataSourceDetails": {"dataSourceName": "TestConnection"}});
        let verified = json!({"result": ["{}"], "statusCode": "ok", "errorMessage": ""});
        let one = json!([stored]);
        let entries = [
            entry(
                "POST",
                &format!("{proxy}?endpointId=0&{version}"),
                &details(&new),
                200,
                &verified,
            ),
            entry(
                "POST",
                &format!("org{at}/{endpoints}?{version}"),
                &new,
                200,
                &stored,
            ),
            entry(
                "POST",
                &format!("second{at}/{PROJECT}/{endpoints}?{version}"),
                &new,
                200,
                &stored,
            ),
            entry(
                "PUT",
                &format!("org{at}/{endpoints}/{id}?{version}"),
                &stored,
                200,
                &stored,
            ),
            entry(
                "PUT",
                &format!("org{at}/{PROJECT}/{endpoints}/{id}?{version}"),
                &stored,
                200,
                &stored,
            ),
            entry(
                "PUT",
                &format!("org{at}/{endpoints}?{version}"),
                &one,
                200,
                &one,
            ),
            entry(
                "POST",
                &format!("{proxy}?endpointId={id}&{version}"),
                &details(&stored),
                200,
                &verified,
            ),
        ];
        let report = judge_entries(&entries);
        assert_eq!(report.calls.len(), entries.len(), "{}", kind.name);
        let found = against(&report);
        assert!(found.is_empty(), "{}: {found:?}\n{new}", kind.name);
        // The same body alone.
        let found = against(&judge(&new.to_string()));
        assert!(found.is_empty(), "{}: {found:?}\n{new}", kind.name);
    }
}

/// What `change` makes of each sample and each member that `wanted` takes, judged as a body that the
/// service refused to save and to verify, and as a pasted one, alone and in a list; each must be found. A member that tells the form from its
/// siblings is left out: without it the body is of another form.
fn each_is_found(
    wanted: fn(&Member) -> bool,
    change: fn(&mut Value, &str, &Member),
    rules: &[&str],
) {
    let refusal = json!({"$id": "1", "message": "The connection was not taken.", "typeKey": "ServiceEndpointException"});
    let mut tried = 0;
    for (kind, sample) in samples() {
        let good = with_secrets(kind, &sample);
        let form = form_of(kind, &good);
        let deciding = |member: &Member| form.when.iter().any(|one| one.member == member.name);
        let members = form.members.iter().filter(|member| wanted(member));
        for member in members.filter(|member| !deciding(member)) {
            let mut bad = good.clone();
            change(&mut bad, &pointer(member), member);
            let path = "org/_apis/serviceendpoint/endpoints?api-version=7.1";
            let proxy = format!(
                "org/{PROJECT}/_apis/serviceendpoint/endpointproxy?endpointId=0&api-version=7.1"
            );
            let details = json!({"serviceEndpointDetails": bad, "dataSourceDetails": {"dataSourceName": "TestConnection"}});
            let reports = [
                judge_entries(&[entry("POST", path, &bad, 400, &refusal)]),
                judge_entries(&[entry("POST", &proxy, &details, 400, &refusal)]),
                judge(&bad.to_string()),
                judge(&json!({"count": 1, "value": [bad]}).to_string()),
            ];
            for report in reports {
                let named = |finding: &&mendpoint::report::finding::Finding| {
                    rules.contains(&finding.rule.as_str()) && finding.severity == Severity::Error
                };
                let found = report.findings.iter().find(named);
                assert!(
                    found.is_some(),
                    "{} {} {}: {:?}\n{bad}",
                    kind.name,
                    form.name,
                    member.name,
                    against(&report)
                );
            }
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

fn remove(body: &mut Value, at: &str) {
    let (parent, name) = at.rsplit_once('/').expect("the data of the test is whole");
    body.pointer_mut(parent)
        .expect("the data of the test is whole")
        .as_object_mut()
        .expect("the data of the test is whole")
        .remove(name);
}

fn is_required(member: &Member) -> bool {
    member.required && !member.by_service && member.words.is_empty()
}

#[test]
fn every_required_member_that_is_taken_away_is_found() {
    let rules = ["payload-required-member-missing"];
    each_is_found(is_required, |body, at, _| remove(body, at), &rules);
}

#[test]
fn every_required_member_that_is_blank_is_found() {
    let rules = ["payload-required-member-missing"];
    let blank =
        |body: &mut Value, at: &str, _: &Member| *body.pointer_mut(at).unwrap() = " ".into();
    each_is_found(is_required, blank, &rules);
}

#[test]
fn every_required_member_that_is_null_in_a_new_connection_is_found() {
    let is_shown = |member: &Member| is_required(member) && !member.secret;
    let empty =
        |body: &mut Value, at: &str, _: &Member| *body.pointer_mut(at).unwrap() = json!(null);
    each_is_found(is_shown, empty, &["payload-required-member-missing"]);
}

#[test]
fn every_secret_that_a_template_left_unfilled_is_found_in_what_was_sent() {
    let refusal = json!({"$id": "1", "message": "The connection was not taken.", "typeKey": "ServiceEndpointException"});
    let path = "org/_apis/serviceendpoint/endpoints?api-version=7.1";
    for (kind, sample) in samples() {
        let good = with_secrets(kind, &sample);
        let form = form_of(kind, &good);
        for member in form.members.iter().filter(|member| member.secret) {
            let mut bad = good.clone();
            let Some(value) = bad.pointer_mut(&pointer(member)) else {
                continue;
            };
            *value = "<your value>".into();
            let found = against(&judge_entries(&[entry("POST", path, &bad, 400, &refusal)]));
            assert!(
                found
                    .iter()
                    .any(|one| one.starts_with("payload-placeholder-value")),
                "{} {}: {found:?}",
                kind.name,
                member.name
            );
        }
    }
}

#[test]
fn every_value_of_the_wrong_shape_is_found() {
    let has_shape = |member: &Member| {
        (member.shape != Shape::Text && member.shape != Shape::Json || !member.words.is_empty())
            && !member.by_service
            && !member.other_versions
    };
    let spoil = |body: &mut Value, at: &str, member: &Member| {
        let value = match member.shape {
            Shape::Base64 => "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            Shape::PrivateKey => {
                r"-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"
            }
            Shape::Kubeconfig => {
                "apiVersion: v1\nusers:\n- name: u\n  user:\n    exec:\n      command: kubelogin\n"
            }
            Shape::Host => "https://Fabrikam.azurecr.io/",
            _ => "not of that shape",
        };
        let (parent, name) = at.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = value.into();
    };
    each_is_found(
        has_shape,
        spoil,
        &["payload-value-of-wrong-shape", "payload-scheme-unsupported"],
    );
}

#[test]
fn every_credential_beside_the_scheme_is_found() {
    let is_own = |member: &Member| member.place == Place::Parameters && is_required(member);
    let beside = |body: &mut Value, at: &str, member: &Member| {
        let value = body.pointer_mut(at).unwrap().take();
        remove(body, at);
        body["authorization"][&member.name] = value;
    };
    each_is_found(is_own, beside, &["payload-member-misplaced"]);
}

#[test]
fn every_address_that_is_not_absolute_is_found() {
    for (kind, sample) in samples() {
        let mut bad = with_secrets(kind, &sample);
        bad["url"] = "server.fabrikam.example/path".into();
        if kind.name == "kubernetes" && bad["authorization"]["scheme"] == "None" {
            continue;
        }
        let found = against(&judge(&bad.to_string()));
        assert_eq!(found, ["payload-url-not-absolute /url"], "{}", kind.name);
    }
}

#[test]
fn every_member_that_is_too_much_or_spelt_in_other_letters_is_told() {
    for (kind, sample) in samples() {
        let good = with_secrets(kind, &sample);
        let form = form_of(kind, &good);
        if form.incomplete {
            continue;
        }
        let mut more = good.clone();
        more["data"]["frobnicator"] = "x".into();
        let found = against(&judge(&more.to_string()));
        assert_eq!(
            found,
            ["payload-member-unexpected /data/frobnicator"],
            "{}",
            kind.name
        );

        let spelt = form.members.iter().find(|member| {
            member.required && member.words.is_empty() && good.pointer(&pointer(member)).is_some()
        });
        let Some(member) = spelt else { continue };
        let odd = member.name.to_ascii_uppercase();
        if member.is_spelt(&odd) {
            continue;
        }
        let mut loud = good.clone();
        let at = pointer(member);
        let value = loud.pointer_mut(&at).unwrap().take();
        remove(&mut loud, &at);
        let (parent, _) = at.rsplit_once('/').unwrap();
        loud.pointer_mut(parent).unwrap()[&odd] = value;
        let found = against(&judge(&loud.to_string()));
        assert_eq!(
            found,
            [format!("payload-member-spelling {parent}/{odd}")],
            "{}",
            kind.name
        );
    }
}

#[test]
fn an_update_keeps_with_null_and_erases_with_an_empty_text() {
    let path = format!("org/_apis/serviceendpoint/endpoints/{ID}?api-version=7.1");
    let mut body = json!({
        "id": ID, "name": "n", "type": "jenkins", "url": "https://jenkins.fabrikam.example/",
        "authorization": {"scheme": "UsernamePassword", "parameters": {"username": "u", "password": null}},
        "data": {}, "serviceEndpointProjectReferences": [{"projectReference": {"id": PROJECT, "name": "p"}, "name": "n"}]
    });
    let found = |body: &Value| against(&judge_entries(&[entry("PUT", &path, body, 200, body)]));
    assert_eq!(found(&body), Vec::<String>::new());
    body["authorization"]["parameters"]["password"] = "".into();
    assert_eq!(
        found(&body),
        ["payload-required-member-missing /authorization/parameters/password"]
    );
}

#[test]
fn of_a_type_that_is_not_known_nothing_is_claimed() {
    let body = json!({
        "name": "n", "type": "contosoWidget", "url": "widget",
        "authorization": {"scheme": "Odd", "parameters": {"Key": "", "more": "x"}}, "data": {"Url": "y"},
        "serviceEndpointProjectReferences": [{"projectReference": {"id": PROJECT, "name": "p"}, "name": "n"}]
    });
    assert_eq!(against(&judge(&body.to_string())), Vec::<String>::new());
}

#[test]
fn a_type_of_the_user_is_judged_like_the_built_in_ones() {
    let mut catalogue = Catalogue::built_in();
    let file = "title = \"Widget\"\n[url]\nschemes = [\"https\"]\n[[scheme]]\nname = \"Token\"\n[scheme.parameters]\nwidgetkey = { required = true, secret = true }\n";
    catalogue
        .add_type("contosoWidget.toml", "contosoWidget", file)
        .unwrap();
    let body = json!({
        "name": "n", "type": "ContosoWidget", "url": "https://widget.example",
        "authorization": {"scheme": "Token", "parameters": {}}, "data": {},
        "serviceEndpointProjectReferences": [{"projectReference": {"id": PROJECT, "name": "p"}, "name": "n"}]
    });
    let report = judge_with(&Analyzer::new(&catalogue), &body.to_string());
    assert_eq!(
        against(&report),
        ["payload-required-member-missing /authorization/parameters/widgetkey"]
    );
}

#[test]
fn every_form_of_every_type_has_a_payload_that_works() {
    let samples = samples();
    for kind in types::all().filter(|kind| !kind.rules_of_its_own) {
        for form in kind
            .schemes
            .iter()
            .filter(|form| !form.incomplete || !form.members.is_empty())
        {
            let has = samples.iter().any(|(known, body)| {
                known.name == kind.name && std::ptr::eq(form_of(kind, body), form)
            });
            assert!(has, "{} {} {:?}", kind.name, form.name, form.variant);
        }
    }
}
