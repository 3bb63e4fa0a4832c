//! SARIF is valid, complete and the same at every run.

use mendpoint::render::sarif;
use mendpoint::report::Report;
use serde_json::Value;

use crate::reports::shared::{CATALOGUE, RECORDED, all_recorded, pasted, recorded};

fn log(report: &Report) -> Value {
    let mut written = Vec::new();
    sarif::write(report, &CATALOGUE, &mut written).expect("memory");
    serde_json::from_slice(&written).expect("JSON")
}

/// Every way in which `log` breaks the published schema.
fn broken(log: &Value) -> Vec<String> {
    // The published pattern of a language has a bracket too many, which strict readers refuse.
    let schema = include_str!("../../schemas/sarif-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    validator
        .iter_errors(log)
        .map(|error| format!("{}: {}", error.instance_path(), error.masked()))
        .collect()
}

#[test]
fn every_log_is_valid() {
    let mut reports: Vec<Report> = RECORDED.map(recorded).into();
    reports.push(all_recorded());
    reports.push(Report::default());
    for rule in CATALOGUE.iter() {
        reports.extend(
            rule.samples()
                .iter()
                .map(|sample| pasted("a b.txt", &sample.text)),
        );
    }
    assert!(reports.len() > 300, "only {} reports", reports.len());
    let validator_sees = broken(&serde_json::json!({ "version": "2.1.0" }));
    assert!(!validator_sees.is_empty(), "the schema takes anything");
    let logs: Vec<Value> = reports.iter().map(log).collect();
    let all = serde_json::json!({
        "version": "2.1.0",
        "runs": logs.iter().map(|log| log["runs"][0].clone()).collect::<Vec<_>>(),
    });
    assert_eq!(broken(&all), Vec::<String>::new());
    assert_eq!(broken(&logs[0]), Vec::<String>::new());
}

#[test]
fn a_result_tells_where_what_was_said_and_how_to_mend_it() {
    let log = log(&recorded("chromium-accesstoken-null.har"));
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "payload-accesstoken-null");
    assert_eq!(result["level"], "error");
    let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let request = &run["webRequests"][at(&result["webRequest"]["index"])];
    let response = &run["webResponses"][at(&result["webResponse"]["index"])];
    assert_eq!(request["method"], "PUT");
    assert_eq!(response["statusCode"], 500);
    let rule = &run["tool"]["driver"]["rules"][at(&result["ruleIndex"])];
    assert_eq!(rule["id"], result["ruleId"]);
    assert!(
        rule["help"]["markdown"]
            .as_str()
            .unwrap()
            .contains("## What to do")
    );
    let place = &result["locations"][0]["physicalLocation"];
    let artifact = &run["artifacts"][at(&place["artifactLocation"]["index"])];
    assert_eq!(
        artifact["location"]["uri"],
        "log/entries/3/request/postData/text"
    );
    assert_eq!(artifact["parentIndex"], 0);

    let body = body_of_entry("chromium-accesstoken-null.har", 3);
    let cut = |region: &Value| {
        let (from, length) = (at(&region["charOffset"]), at(&region["charLength"]));
        body.chars().skip(from).take(length).collect::<String>()
    };
    assert_eq!(cut(&place["region"]), r#""accesstoken":null"#);
    let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
    let deleted = cut(&replacement["deletedRegion"]);
    assert_eq!(replacement["insertedContent"]["text"], "");
    let mended: Value = serde_json::from_str(&body.replace(&deleted, "")).unwrap();
    assert!(
        mended["authorization"]["parameters"]
            .get("accesstoken")
            .is_none()
    );
}

fn body_of_entry(name: &str, entry: usize) -> String {
    let text = std::fs::read_to_string(format!("samples/recorded/{name}")).expect("a sample");
    let har: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("a HAR");
    let body = &har["log"]["entries"][entry]["request"]["postData"]["text"];
    body.as_str().expect("a body").to_owned()
}

#[test]
fn a_fault_has_one_fingerprint_whoever_recorded_it() {
    let fingerprint = |name: &str| {
        let log = log(&recorded(name));
        let result = &log["runs"][0]["results"][0];
        result["partialFingerprints"]["mendpoint/v1"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let [chromium, firefox, mitmproxy] = [RECORDED[0], RECORDED[3], RECORDED[4]].map(fingerprint);
    assert_eq!(chromium, firefox);
    assert_eq!(chromium, mitmproxy);
    assert_ne!(chromium, fingerprint("chromium-verify-forbidden.har"));
    assert_eq!(chromium.len(), 32);
}
