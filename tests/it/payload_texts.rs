//! A payload without its request, as people paste it and as programs print it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn payload() -> Value {
    json!({
        "name": "scans", "type": "sonarcloud", "url": "https://sonarcloud.io", "description": "", "isShared": false,
        "owner": "library", "authorization": {"scheme": "Token", "parameters": {"apitoken": "Kq7vWm2Zt9Xb4Rn8"}},
        "data": {},
    })
}

fn run(arguments: &[&str], text: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mendpoint"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(text.as_bytes()).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

/// The texts that hold `body`, each in another notation.
fn notations(body: &Value) -> Vec<String> {
    let plain = body.to_string();
    let pretty = serde_json::to_string_pretty(body).expect("a value has a text");
    let python = pretty
        .replace('"', "'")
        .replace("false", "False")
        .replace("null", "None");
    vec![
        pretty.clone(),
        format!("\u{feff}{pretty}"),
        pretty.replacen('{', "{ // the scans of the shop\n /* new */", 1),
        format!("This is what I send:\n\n```json\n{pretty}\n```\n\nThank you"),
        format!("payload: '{plain}'\n"),
        format!("payload = {python}\n"),
        format!("$body = @\"\n{pretty}\n\"@\n"),
        format!("cat > body.json <<EOF\n{pretty}\nEOF\n"),
        pretty.lines().map(|line| format!("> {line}\n")).collect(),
        format!("{plain}\n{plain}\n"),
    ]
}

#[test]
fn it_is_named_and_judged_in_every_notation() {
    for text in notations(&payload()) {
        let output = run(&["check", "-", "--format", "json"], &text);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
        let notes = report["inputs"][0]["notes"].to_string();
        assert!(
            notes.contains("of the connection 'scans', type sonarcloud"),
            "{text}\n{notes}"
        );
        assert_eq!(output.status.code(), Some(0), "{text}\n{report:#}");
    }
    let mut spoiled = payload();
    spoiled["authorization"]["parameters"] = json!({});
    for text in notations(&spoiled) {
        let output = run(&["check", "-", "--format", "json"], &text);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
        assert_eq!(
            report["findings"][0]["rule"], "payload-required-member-missing",
            "{text}"
        );
        assert_eq!(output.status.code(), Some(1), "{text}");
    }
}

#[test]
fn tables_of_powershell_are_payloads_too() {
    for text in [
        "@{name=scans; type=sonarcloud; url=https://sonarcloud.io; authorization=@{scheme=Basic; parameters=@{apitoken=}}; data=}",
        "$body = @{\n  name = 'scans'\n  type = 'sonarcloud'\n  url = 'https://sonarcloud.io'\n  authorization = @{ scheme = 'Basic'; parameters = @{ apitoken = $null } }\n  data = @{}\n}\n",
        "name          : scans\ntype          : sonarcloud\nurl           : https://sonarcloud.io\nauthorization : @{scheme=Basic; parameters=@{apitoken=}}\ndata          : \n",
    ] {
        let output = run(&["check", "-", "--format", "json"], text);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
        assert_eq!(
            report["findings"][0]["rule"], "payload-scheme-unsupported",
            "{text}\n{report:#}"
        );
    }
}

#[test]
fn it_is_corrected_as_the_json_that_it_stands_for() {
    let text = "payload = {'name': 'scans', 'type': 'sonarcloud', 'url': 'https://sonarcloud.io', 'authorization': {'scheme': 'Token', 'apitoken': 'Kq7vWm2Zt9Xb4Rn8', 'parameters': {}}, 'data': {}}";
    let output = run(&["patch", "-", "--show-secrets"], text);
    let fixed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(
        fixed["authorization"],
        json!({"scheme": "Token", "parameters": {"apitoken": "Kq7vWm2Zt9Xb4Rn8"}})
    );
}

#[test]
fn a_failure_beside_it_says_more_and_yaml_is_told_apart() {
    let text = format!(
        "{}\n\nTF400813: The user is not authorized to access this resource.",
        payload()
    );
    let said = String::from_utf8(run(&["check", "-"], &text).stdout).expect("it writes UTF-8");
    assert!(said.contains("TF400813"), "{said}");
    let yaml = "name: scans\ntype: sonarcloud\nauthorization:\n  scheme: Token\n  parameters:\n    apitoken: x\n";
    let output = run(&["check", "-"], yaml);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("YAML") && said.contains("JSON"), "{said}");
}

#[test]
fn payloads_in_a_list_are_judged_each_by_itself() {
    let mut bad = payload();
    bad["name"] = "broken".into();
    bad["authorization"]["parameters"] = json!({"apitoken": ""});
    let list = json!({"count": 2, "value": [payload(), bad]}).to_string();
    let output = run(&["check", "-", "--format", "json"], &list);
    let report: Value = serde_json::from_slice(&output.stdout).expect("it writes JSON");
    let finding = &report["findings"][0];
    assert_eq!(finding["rule"], "payload-required-member-missing");
    assert_eq!(
        finding["locations"][0]["pointer"],
        "/value/1/authorization/parameters/apitoken"
    );
    let connection = finding["connection"]
        .as_u64()
        .expect("it is of a connection");
    let names = &report["connections"];
    assert_eq!(
        names[usize::try_from(connection).unwrap_or_default()]["name"],
        "broken"
    );
    assert_eq!(names.as_array().map(Vec::len), Some(2));
}
