//! JSON is what its published schema says, no more and no less.

use std::process::Command;

use mendpoint::render::json;
use serde_json::Value;

use crate::reports::shared::{
    CATALOGUE, RECORDED, all_recorded, hostile, pasted, planted, recorded,
};

/// The published schema, and with `strict` the same with every further key forbidden: new keys are
/// allowed to a later program, but this one's must be in the schema.
fn validator(strict: bool) -> jsonschema::Validator {
    let text = include_str!("../../../docs/report.schema.json");
    let mut schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    if strict {
        close(&mut schema);
    }
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn close(schema: &mut Value) {
    if schema.get("properties").is_some() {
        schema["additionalProperties"] = false.into();
    }
    match schema {
        Value::Object(members) => members.values_mut().for_each(close),
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// Each definition by itself, so that an error names the key and not the whole document.
fn faults(value: &Value) -> Vec<String> {
    let validator = validator(true);
    let errors = validator.iter_errors(value);
    errors
        .map(|error| format!("{}: {error:.900}", error.instance_path()))
        .collect()
}

#[test]
fn every_report_is_as_the_schema_says() {
    let mut reports: Vec<_> = RECORDED.map(recorded).into();
    reports.extend([all_recorded(), hostile(), planted()]);
    for rule in CATALOGUE.iter() {
        reports.extend(
            rule.samples()
                .iter()
                .map(|sample| pasted("sample", &sample.text)),
        );
    }
    for report in &reports {
        assert_eq!(faults(&json::report(report)), Vec::<String>::new());
        assert_eq!(faults(&json::calls(report, true)), Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let mut report = json::report(&recorded(RECORDED[0]));
    assert!(validator(false).is_valid(&report));
    report["later"] = "a key of a later version".into();
    assert!(validator(false).is_valid(&report));
    assert!(!validator(true).is_valid(&report));
    report["summary"]["verdict"] = "broken".into();
    assert!(!validator(false).is_valid(&report));
}

#[test]
fn what_the_other_commands_print_is_as_the_schema_says() {
    let sample = "samples/recorded/chromium-accesstoken-null.har";
    for arguments in [
        ["check", sample].as_slice(),
        &["calls", sample, "--all"],
        &["show", sample, "--call", "3"],
        &["show", sample, "--entry", "2"],
        &["connections", sample],
        &["diff", sample],
        &["rules"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .args(arguments)
            .args(["--format", "json"])
            .output()
            .expect("the program runs");
        let value: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"));
        assert_eq!(faults(&value), Vec::<String>::new(), "{arguments:?}");
    }
}
