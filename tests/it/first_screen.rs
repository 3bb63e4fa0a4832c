//! The first screen decides: what stands on it, and that what it suggests works as it stands.

use std::path::Path;
use std::process::{Command, Output};

use mendpoint::render::Style;
use mendpoint::render::text::{self, Detail};
use mendpoint::report::Report;
use mendpoint::report::finding::Severity;

use crate::reports::shared::{CATALOGUE, RECORDED, pasted, pasted_all, recorded};

const ROWS: usize = 22;

fn screen(report: &Report, width: usize) -> String {
    let mut bytes = Vec::new();
    let style = Style {
        width,
        ..Style::default()
    };
    text::write(report, style, Detail::default(), &mut bytes).expect("memory");
    String::from_utf8(bytes).expect("UTF-8")
}

/// The rows that a terminal of `width` columns needs.
fn rows(text: &str, width: usize) -> usize {
    let row = |line: &str| line.chars().count().div_ceil(width).max(1);
    text.lines().map(row).sum()
}

/// The first sample of every rule that leads to one error, as a user would hand it in.
fn single_faults() -> impl Iterator<Item = (String, Report)> {
    CATALOGUE.iter().filter_map(|rule| {
        let sample = rule.samples().into_iter().find(|sample| sample.fires)?;
        let report = pasted("trace.har", &sample.text);
        (report.count(Severity::Error) == 1).then(|| (rule.id.clone(), report))
    })
}

#[test]
fn one_fault_at_one_connection_fits_a_screen_of_80_by_24() {
    let mut long = Vec::new();
    for (id, report) in single_faults() {
        let shown = screen(&report, 80);
        if rows(&shown, 80) > ROWS {
            long.push(format!("{id}: {} rows\n{shown}", rows(&shown, 80)));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn several_faults_share_a_screen_and_the_first_is_told() {
    let samples: Vec<String> = CATALOGUE
        .iter()
        .filter_map(|rule| rule.samples().into_iter().find(|sample| sample.fires))
        .map(|sample| sample.text)
        .collect();
    let mut long = Vec::new();
    for group in samples.chunks(3).chain([samples.as_slice()]) {
        let files = group.iter().enumerate();
        let files: Vec<(String, &str)> = files
            .map(|(at, text)| (format!("{at}.txt"), text.as_str()))
            .collect();
        let report = pasted_all(&files);
        let shown = screen(&report, 80);
        let first = report.findings.first().expect("a finding");
        if first.severity == Severity::Error {
            assert!(
                shown.contains(&format!("\nerror[{}] ", first.rule)),
                "{shown}"
            );
        }
        assert!(
            shown
                .lines()
                .last()
                .is_some_and(|last| last.starts_with("next: "))
        );
        if rows(&shown, 80) > ROWS {
            long.push(format!("{} rows\n{shown}", rows(&shown, 80)));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn a_clean_screen_names_the_connection_and_what_was_made_good_on_the_way() {
    let shown = screen(&recorded("chromium-fixed-afterwards.har"), 80);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "CLEAN: what failed at first worked in the end at 'contoso-dev'",
        "at 'contoso-dev' (azurerm, contoso/WebShop)",
        "was call 3: PUT (save changes), 2026-11-21 07:13:52 UTC \u{2192} 500 (call 5 made it good): Failed to get",
        "last call 8: POST (verify), 2026-11-21 07:13:54 UTC \u{2192} 200",
    ] {
        assert!(flat.contains(words), "{words}\n{shown}");
    }
}

#[test]
fn lists_keep_to_the_width_of_the_terminal() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (name, size) in [
        ("chromium-accesstoken-null.har", 1),
        ("chromium-verify-forbidden.har", 2),
    ] {
        let text = std::fs::read_to_string(format!("samples/recorded/{name}")).expect("the sample");
        let long = format!("contoso-{}", "prod-".repeat(12 * size));
        let text = text.replace("contoso-prod-manual", &long);
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    for line in [
        "mendpoint calls --all .",
        "mendpoint connections .",
        "mendpoint rules",
        "mendpoint compare chromium-accesstoken-null.har chromium-verify-forbidden.har",
    ] {
        for width in [80, 100] {
            let done = sh(folder.path(), &format!("COLUMNS={width} {line}"));
            let shown = String::from_utf8(done.stdout).expect("text");
            assert!(shown.lines().count() > 2, "{line}\n{shown}");
            for row in shown.lines() {
                let long_word = row.split_whitespace().any(|word| word.len() > width / 2);
                let fits = row.chars().count() <= width || row.starts_with("next: ");
                assert!(fits || long_word, "{line} at {width}: {row}");
            }
        }
    }
}

#[test]
fn calls_of_several_files_stand_in_one_order_of_time() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let text = std::fs::read_to_string("samples/recorded/chromium-accesstoken-null.har");
    let text = text.expect("the sample");
    let later = text.replace("2026-11-21T07:13", "2026-11-22T09:00");
    std::fs::write(folder.path().join("1-later.har"), later).expect("written");
    let other = text.replace("/contoso/", "/fabrikam/");
    std::fs::write(folder.path().join("2-earlier.har"), other).expect("written");
    let done = sh(folder.path(), "mendpoint calls .");
    let shown = String::from_utf8(done.stdout).expect("text");
    let place = |words: &str| {
        shown
            .find(words)
            .unwrap_or_else(|| panic!("{words}\n{shown}"))
    };
    assert!(
        place("2026-11-21, fabrikam, ./2-earlier.har")
            < place("2026-11-22, contoso, ./1-later.har"),
        "{shown}"
    );
}

#[test]
fn a_comparison_says_what_is_proved_and_what_to_do_next() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in RECORDED {
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(name)).expect("copied");
    }
    for (after, status, first, last) in [
        (
            "chromium-fixed-afterwards.har",
            0,
            "repaired: every fault is gone",
            "next: mendpoint calls chromium-fixed-afterwards.har",
        ),
        (
            "firefox-accesstoken-null.har",
            1,
            "not repaired: 1 fault stayed",
            "next: mendpoint --verbose firefox-accesstoken-null.har",
        ),
        (
            "chromium-verify-forbidden.har",
            1,
            "not proved: what failed was not done again in the later trace, and 1 new fault showed",
            "next: mendpoint --verbose chromium-verify-forbidden.har",
        ),
    ] {
        let line = format!("mendpoint compare chromium-accesstoken-null.har {after}");
        let done = sh(folder.path(), &line);
        assert_eq!(done.status.code(), Some(status), "{line}");
        let shown = String::from_utf8(done.stdout).expect("text");
        let words: Vec<&str> = shown.split_whitespace().collect();
        assert!(words.join(" ").starts_with(first), "{shown}");
        assert_eq!(shown.lines().last(), Some(last), "{shown}");
        let done = sh(folder.path(), &format!("{line} --format markdown"));
        let told = String::from_utf8(done.stdout).expect("text");
        let begin = first.split(':').next().unwrap_or_default().to_lowercase();
        assert!(
            told.to_lowercase().starts_with(&format!("### {begin}")),
            "{told}"
        );
    }
}

/// A payload that nobody sent, with an empty accesstoken.
fn payload(id: &str, name: &str) -> String {
    serde_json::json!({
        "id": id, "name": name, "type": "azurerm", "url": "https://management.azure.com/",
        "authorization": { "scheme": "ServicePrincipal", "parameters": {
            "tenantid": "11111111-2222-4333-8444-555555555555",
            "serviceprincipalid": "22222222-3333-4444-8555-666666666666",
            "authenticationType": "spnKey", "serviceprincipalkey": null, "accesstoken": null,
        }},
        "data": { "environment": "AzureCloud", "scopeLevel": "Subscription", "creationMode": "Automatic",
            "subscriptionId": "33333333-4444-4555-8666-777777777777", "subscriptionName": "Shop" },
        "isShared": false, "isReady": true, "owner": "Library",
        "serviceEndpointProjectReferences": [{ "name": name, "description": "", "projectReference": {
            "id": "44444444-5555-4666-8777-888888888888", "name": "Shop" } }],
    })
    .to_string()
}

#[test]
fn patch_finds_the_payload_in_a_folder_and_all_writes_one_file_a_connection() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let write = |name: &str, text: String| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    write(
        "message.txt",
        "##[error]AADSTS7000222: The provided client secret keys are expired.".to_owned(),
    );
    write(
        "one.json",
        payload("55555555-6666-4777-8888-99999999000a", "web"),
    );
    let done = sh(folder.path(), "mendpoint patch .");
    assert_eq!(done.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&done.stdout).contains("accesstoken"));
    let said = String::from_utf8(done.stderr).expect("text");
    assert!(
        said.starts_with("corrected the payload of 'web' in one.json\n"),
        "{said}"
    );

    write(
        "two.json",
        payload("55555555-6666-4777-8888-99999999000b", "db"),
    );
    let done = sh(folder.path(), "mendpoint patch .");
    assert_eq!(done.status.code(), Some(2));
    let said = String::from_utf8(done.stderr).expect("text");
    assert!(
        said.contains("one.json") && said.contains("two.json"),
        "{said}"
    );

    for name in [
        "az-rest-debug.log",
        "curl-trace.log",
        "firefox-accesstoken-null.har",
    ] {
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(name)).expect("copied");
    }
    let done = sh(folder.path(), "mendpoint patch . --all -o fixed");
    assert_eq!(done.status.code(), Some(0));
    let files = std::fs::read_dir(folder.path().join("fixed")).expect("written");
    assert_eq!(
        files.count(),
        3,
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let said = String::from_utf8(done.stderr).expect("text");
    let address =
        "send it with PUT to https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/";
    assert!(said.contains(address), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(last.ends_with("mendpoint compare . after.har"), "{said}");
}

#[test]
fn next_carries_the_values_that_a_body_needs_and_patch_asks_for_each() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut body: serde_json::Value = serde_json::from_str(&payload("", "web")).expect("JSON");
    let members = body.as_object_mut().expect("an object");
    members.remove("id");
    members.remove("serviceEndpointProjectReferences");
    let refused = "{\"message\":\"Failed to get Azure DevOps Service access token, cache value is invalid.\"}";
    let text = format!(
        "POST https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints?api-version=7.1 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n\r\nHTTP/1.1 500 X\r\nContent-Type: application/json\r\n\r\n{refused}\r\n"
    );
    std::fs::write(folder.path().join("run.txt"), text).expect("written");
    let run = |line: &str| sh(folder.path(), line);
    let shown = String::from_utf8(run("mendpoint run.txt").stdout).expect("text");
    let line = next(&shown).expect("a next command");
    let at = "/serviceEndpointProjectReferences/0/projectReference";
    assert!(
        line.contains(&format!("--set {at}/id=- --set {at}/name=-")),
        "{shown}"
    );
    // Here is no terminal to ask on.
    let unfilled = run(&line);
    assert_eq!(unfilled.status.code(), Some(2));
    let said = String::from_utf8(unfilled.stderr).expect("text");
    assert!(said.contains(&format!("use --set {at}/id=@FILE")), "{said}");
    let given = line.replace("/id=-", "/id=44444444-5555-4666-8777-888888888888");
    let half = given.replace(&format!(" --set {at}/name=-"), "");
    let said = String::from_utf8(run(&half).stderr).expect("text");
    assert!(
        said.contains(&format!("needs another one beside it: --set {at}/name=")),
        "{said}"
    );
    let filled = run(&given.replace("/name=-", "/name=Shop"));
    assert_eq!(filled.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&filled.stdout).contains("--request POST"));
}

/// A new connection to GitHub without its token, refused with `words`.
fn without_token(words: &str) -> String {
    let body = serde_json::json!({
        "name": "code", "type": "github", "url": "https://github.com", "data": {},
        "authorization": { "scheme": "Token", "parameters": { "AccessToken": null } },
        "serviceEndpointProjectReferences": [{ "name": "code", "projectReference": {
            "id": "44444444-5555-4666-8777-888888888888", "name": "Shop" } }],
    });
    let answer = serde_json::json!({ "message": words, "typeKey": "ServiceEndpointException" });
    format!(
        "POST https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints?api-version=7.1 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n\r\nHTTP/1.1 400 X\r\nContent-Type: application/json\r\n\r\n{answer}\r\n"
    )
}

#[test]
fn words_that_name_the_missing_member_are_explained_by_it_and_patch_asks_for_the_secret() {
    let shown = |words: &str| screen(&pasted("run.txt", &without_token(words)), 80);
    let named = shown("Value cannot be null. Parameter name: AccessToken");
    assert!(named.starts_with("FAULT: 1 error at 'code'"), "{named}");
    assert!(named.contains("said  Value cannot be null."), "{named}");
    let step = "do    Have the corrected body written with what only you have: the personal";
    assert!(named.contains(step), "{named}");
    assert_eq!(
        next(&named).as_deref(),
        Some("mendpoint patch run.txt --set /authorization/parameters/AccessToken=-")
    );
    // Words of another rule, to which that of the member yields where it is the cause.
    let echo = shown("The string must have at least one character.");
    assert!(echo.starts_with("FAULT: 1 error at 'code'"), "{echo}");
    assert!(
        echo.contains("error[payload-required-member-missing]"),
        "{echo}"
    );
    let odd = shown("The frobnicator is out of order.");
    assert!(odd.starts_with("FAULT: 2 errors at 'code'"), "{odd}");
    assert!(odd.contains("error[call-failed-unexplained]"), "{odd}");
}

#[test]
fn what_another_service_refused_is_told_by_its_words_its_place_and_its_time() {
    let recording = serde_json::json!({ "log": { "version": "1.2", "creator": { "name": "t", "version": "1" },
        "entries": [{
            "startedDateTime": "2026-11-24T08:12:12.000Z", "time": 1, "cache": {},
            "timings": { "send": 0, "wait": 1, "receive": 0 },
            "request": { "method": "PUT", "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [],
                "url": "https://management.azure.com/subscriptions/33333333-4444-4555-8666-777777777777/providers/Microsoft.Authorization/roleAssignments/44444444-5555-4666-8777-888888888888?api-version=2022-04-01",
                "headers": [], "headersSize": -1, "bodySize": -1 },
            "response": { "status": 403, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [],
                "headers": [], "redirectURL": "", "headersSize": -1, "bodySize": -1,
                "content": { "size": 1, "mimeType": "application/json", "text": serde_json::json!({ "error": {
                    "code": "AuthorizationFailed",
                    "message": "The client 'ann@contoso.test' with object id '22222222-3333-4444-8555-666666666666' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/33333333-4444-4555-8666-777777777777' or the scope is invalid." } }).to_string() } },
        }] } });
    let report = pasted("portal.har", &recording.to_string());
    let shown = screen(&report, 80);
    for words in [
        "in    entry 0: PUT to management.azure.com, 2026-11-24 08:12:12 UTC \u{2192} 403",
        "said  The client 'ann@contoso.test' with object id",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!shown.contains("{\"error\""), "{shown}");
}

#[test]
fn a_verdict_that_is_longer_than_the_screen_is_wide_goes_on_in_the_next_row() {
    let report = recorded("chromium-fixed-afterwards.har");
    let shown = screen(&report, 50);
    let rows: Vec<&str> = shown.lines().take(2).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 50), "{shown}");
    assert!(rows[1].starts_with("  "), "{shown}");
}

#[test]
fn commands_in_json_name_a_call_as_its_own_input_numbers_it() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (at, name) in [
        "chromium-verify-forbidden.har",
        "firefox-accesstoken-null.har",
    ]
    .iter()
    .enumerate()
    {
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(format!("{at}-\u{202e}.har"))).expect("copied");
    }
    let done = sh(folder.path(), "mendpoint --format json .");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list").iter();
    let commands = findings.flat_map(|one| one["commands"].as_array().expect("a list"));
    let lines: Vec<&str> = commands.filter_map(|one| one["text"].as_str()).collect();
    let lines: Vec<&&str> = lines
        .iter()
        .filter(|line| line.contains(" --call "))
        .collect();
    assert!(lines.len() > 1, "{report:#}");
    for line in lines {
        let done = sh(folder.path(), line);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(0), "{line}\n{said}");
    }
}

#[test]
fn nothing_is_advised_of_what_was_made_good() {
    let report = recorded("chromium-fixed-afterwards.har");
    let over = report
        .findings
        .iter()
        .filter(|one| one.rule == "payload-accesstoken-null");
    let lines = over.flat_map(|one| {
        one.commands
            .iter()
            .map(|command| command.text.as_str())
            .chain(one.remedy.iter().map(|step| &**step))
    });
    let lines: Vec<&str> = lines
        .filter(|line| line.contains("mendpoint patch"))
        .collect();
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_body_that_was_not_recorded_leads_to_how_to_record_and_is_missed_once() {
    let report = recorded("curl-verbose.log");
    let shown = screen(&report, 80);
    assert_eq!(next(&shown).as_deref(), Some("mendpoint explain recording"));
    assert_eq!(shown.matches("--trace-ascii").count(), 1, "{shown}");
}

#[test]
fn what_is_not_there_is_said_by_its_name() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("trace.saz"), "This is no archive.\n").expect("written");
    let told = |line: &str| {
        let done = sh(folder.path(), line);
        String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned()
    };
    let shown = told("mendpoint trace.saz");
    assert!(
        shown.contains("its name ends in .saz, but it is no archive"),
        "{shown}"
    );
    let demo = told("mendpoint explain payload-accesstoken-null --demo");
    assert_eq!(
        next(&demo).as_deref(),
        Some("mendpoint explain payload-accesstoken-null")
    );
    if cfg!(not(feature = "mcp")) {
        let shown = told("mendpoint mcp --root .");
        assert!(shown.contains("--features mcp"), "{shown}");
    }
}

#[test]
fn a_report_names_verdict_rule_and_next_command_at_every_width() {
    for (id, report) in single_faults() {
        for width in [60, 80, 120] {
            let shown = screen(&report, width);
            assert!(shown.starts_with("FAULT: "), "{id}\n{shown}");
            let error = report
                .findings
                .iter()
                .find(|one| one.severity == Severity::Error);
            let error = error.expect("counted");
            let begin = format!("\nerror[{}] ", error.rule);
            assert!(shown.contains(&begin), "{id}\n{shown}");
            let last = shown.lines().last().unwrap_or_default();
            assert!(last.starts_with("next: mendpoint "), "{id}\n{shown}");
            for line in shown.lines() {
                let command = line.starts_with("next: ") || line.trim_start().starts_with("run ");
                let long_word = line.split_whitespace().any(|word| word.len() > width / 2);
                assert!(
                    command || long_word || line.chars().count() <= width,
                    "{id} at {width}: {line}"
                );
            }
        }
    }
}

#[test]
fn what_the_service_said_stands_whole_on_the_screen_of_a_recording() {
    let shown = screen(&recorded("chromium-verify-forbidden.har"), 80);
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "'contoso-prod-manual' (azurerm, contoso/WebShop)",
        "2026-11-21 07:13:49 UTC \u{2192} 200 (inside: 403)",
        "does not have authorization to perform action 'Microsoft.Resources/subscriptions/read'",
        "please refresh your credentials.",
    ] {
        assert!(flat.contains(words), "{words}\n{shown}");
    }
}

/// What we say of a fault gives way first.
#[test]
fn the_words_of_the_service_stand_whole_where_several_faults_share_the_screen() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in [
        "chromium-verify-forbidden.har",
        "mitmproxy-accesstoken-null.har",
    ] {
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(name)).expect("copied");
    }
    let done = sh(folder.path(), "COLUMNS=80 mendpoint .");
    let shown = String::from_utf8(done.stdout).expect("text");
    let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "please refresh your credentials.",
        "Failed to get Azure DevOps Service access token, cache value is invalid.",
    ] {
        assert!(flat.contains(words), "{words}\n{shown}");
    }
    assert!(rows(&shown, 80) <= ROWS, "{shown}");
}

#[test]
fn nothing_of_a_safe_copy_or_of_a_page_is_offered_to_be_sent() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let run = |line: &str| sh(folder.path(), line);
    std::fs::copy(
        "samples/recorded/chromium-accesstoken-null.har",
        folder.path().join("trace.har"),
    )
    .expect("copied");
    assert!(
        run("mendpoint redact trace.har -o copy.har")
            .status
            .success()
    );
    let shown = String::from_utf8(run("mendpoint copy.har").stdout).expect("text");
    assert!(
        shown.contains("from the original") && !shown.contains(" patch copy"),
        "{shown}"
    );
    let warned = String::from_utf8(run("mendpoint patch copy.har").stderr).expect("text");
    assert!(warned.contains("this recording is a safe copy"), "{warned}");

    run("mendpoint check --format html -o page.html trace.har");
    let refused = run("mendpoint page.html");
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).expect("text");
    assert!(said.contains("is a report of mendpoint"), "{said}");
}

/// Runs the last line of a report as it stands, in a folder of its own.
#[cfg(unix)]
#[test]
fn every_next_command_works_as_it_stands() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let run = |line: &str| sh(folder.path(), line);
    let mut seen = Vec::new();
    for (at, name) in RECORDED.into_iter().enumerate() {
        let odd = format!("it's $(touch owned) & {at}.har");
        let from = format!("samples/recorded/{name}");
        std::fs::copy(from, folder.path().join(&odd)).expect("copied");
        let quoted = mendpoint::text::shell::quote_posix(&odd);
        let shown = String::from_utf8(run(&format!("mendpoint {quoted}")).stdout).expect("text");
        seen.extend(next(&shown));
        let piped = run(&format!("mendpoint - < {quoted}"));
        seen.extend(next(&String::from_utf8(piped.stdout).expect("text")));
    }
    let all = run("mendpoint .");
    seen.extend(next(&String::from_utf8(all.stdout).expect("text")));
    for file in [
        "payload.json",
        "expired-secret.txt",
        "sign-in-page.har",
        "empty.har",
    ] {
        let path = std::env::current_dir()
            .expect("a folder")
            .join("samples/inputs")
            .join(file);
        let shown = run(&format!("mendpoint '{}'", path.display()));
        seen.extend(next(&String::from_utf8(shown.stdout).expect("text")));
    }
    assert!(seen.len() > 10, "{seen:?}");
    for line in seen {
        let done = run(&line);
        // Only a fault is told in full, and it is one still.
        let judges = line.contains(" --verbose ");
        assert_eq!(
            done.status.code(),
            Some(i32::from(judges)),
            "{line}\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
    }
    assert!(!folder.path().join("owned").exists(), "a file name was run");
}

#[test]
fn a_step_that_mends_names_one_command_that_can_be_run() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let recording = std::fs::read_to_string("samples/recorded/chromium-accesstoken-null.har");
    let recording = recording.expect("the sample");
    for digit in ["1", "2"] {
        let own = recording
            .replace(
                "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
                &format!("7c1f0a52-3d84-4e19-9b60-5a2e8d417f3{digit}"),
            )
            .replace("contoso-dev", &format!("contoso-dev-{digit}"));
        std::fs::write(folder.path().join(format!("{digit}.har")), own).expect("written");
    }
    let shown = |line: &str| String::from_utf8(sh(folder.path(), line).stdout).expect("text");
    let one = shown("mendpoint 1.har");
    assert!(one.contains("\n  do    Send the corrected body: it removes the empty accesstoken.\n  run   mendpoint patch 1.har\n"), "{one}");
    let both = shown("mendpoint .");
    // One command is told once.
    assert_eq!(both.matches(" --all -o corrected").count(), 1, "{both}");
    assert_eq!(
        next(&both).as_deref(),
        Some("mendpoint patch . --all -o corrected")
    );
    let piped = shown("mendpoint - < 1.har");
    assert!(
        piped.contains("Save the recording to a file") && !piped.contains("patch -"),
        "{piped}"
    );
    std::fs::write(
        folder.path().join("odd.har"),
        recording.replace("dev.azure.com", "dev.azure.com.evil.example"),
    )
    .expect("written");
    let whole = shown("mendpoint --format json odd.har");
    assert!(
        !whole.contains("--allow-host") && !whole.contains("az rest"),
        "{whole}"
    );
    let odd = shown("mendpoint odd.har");
    assert!(
        odd.contains("only looks like Azure DevOps") && !odd.contains(" patch "),
        "{odd}"
    );
}

/// Runs a line of sh in `folder`, with the program on the path.
fn sh(folder: &Path, line: &str) -> Output {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", crate::cli::path_with_the_program())
        .env("NO_COLOR", "1")
        .output();
    output.expect("sh is there")
}

fn next(report: &str) -> Option<String> {
    let last = report.lines().last()?;
    last.strip_prefix("next: ").map(str::to_owned)
}
