//! The page, as bytes and in a real browser.

use mendpoint::correct::correct_each;
use mendpoint::render::html;
use mendpoint::report::Report;

use crate::reports::browser::Browser;
use crate::reports::shared::{
    ANALYZER, CATALOGUE, RECORDED, all_recorded, hostile, pasted, pasted_all, planted, recorded,
};

fn page(report: &Report) -> String {
    let mut bytes = Vec::new();
    html::write(report, &ANALYZER, &mut bytes).expect("writing to memory");
    String::from_utf8(bytes).expect("the page is UTF-8")
}

/// Saving and verifying by turns, again and again, with the same result.
fn tries(count: usize) -> String {
    let body = serde_json::json!({
        "id": "11111111-2222-4333-8444-555555555555", "name": "web", "type": "azurerm",
        "url": "https://management.azure.com/",
        "authorization": { "scheme": "ServicePrincipal", "parameters": { "accesstoken": null } },
    });
    let said = "Failed to get Azure DevOps Service access token, cache value is invalid.";
    let place = "https://dev.azure.com/contoso/_apis/serviceendpoint";
    let id = "11111111-2222-4333-8444-555555555555";
    let save = format!(
        "PUT {place}/endpoints/{id}?api-version=7.1 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n\r\nHTTP/1.1 500 X\r\nContent-Type: application/json\r\n\r\n{}\r\n\r\n",
        serde_json::json!({ "message": said, "typeKey": "ServiceEndpointException" })
    );
    let verify = format!(
        "POST {place}/endpointproxy?endpointId={id}&api-version=7.1-preview.1 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{}\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}\r\n\r\n",
        serde_json::json!({ "serviceEndpointDetails": body, "dataSourceDetails": { "dataSourceName": "TestConnection" } }),
        serde_json::json!({ "result": [], "statusCode": 400, "errorMessage": said })
    );
    (save + &verify).repeat(count)
}

#[test]
fn equal_tries_are_folded_and_stand_nowhere_else() {
    let page = page(&pasted("tries.txt", &tries(8)));
    assert!(
        page.contains("12 more, each like one that is shown"),
        "{page}"
    );
    assert_eq!(page.matches("class=\"step failed\"").count(), 4, "{page}");
    assert!(!page.contains("Other calls"), "{page}");
    // No link leads to a call that is not there.
    for link in page.split("href=\"#call-").skip(1) {
        let number = link.split('"').next().unwrap_or_default();
        assert!(page.contains(&format!("id=\"call-{number}\"")), "{number}");
    }
}

#[test]
fn a_page_on_many_connections_holds_the_first_corrections_and_counts_the_rest() {
    let trace = std::fs::read_to_string("samples/recorded/chromium-accesstoken-null.har");
    let trace = trace.expect("it is a sample");
    // Each is of an organization of its own.
    let of = |number: usize| {
        let trace = trace.replace("contoso/", &format!("contoso{number}/"));
        trace.replace("7c1f0a52-", &format!("7c1f0{number:03}-"))
    };
    let texts: Vec<String> = (0..23).map(of).collect();
    let files = texts.iter().enumerate();
    let files: Vec<(String, &str)> = files
        .map(|(at, text)| (format!("{at:02}.har"), text.as_str()))
        .collect();
    let page = page(&pasted_all(&files));
    assert_eq!(page.matches("class=\"correction\"").count(), 20);
    assert!(page.contains("and 3 more connections, each with a corrected body"));
}

/// The only tags that load something or run something are the page's own.
#[test]
fn no_page_refers_to_anything_outside_but_by_links() {
    let mut reports: Vec<Report> = RECORDED.map(recorded).into();
    reports.push(all_recorded());
    reports.push(hostile());
    reports.push(Report::default());
    for rule in CATALOGUE.iter() {
        reports.extend(
            rule.samples()
                .first()
                .map(|sample| pasted("a b.txt", &sample.text)),
        );
    }
    for report in reports {
        let page = page(&report);
        for tag in [
            "<img",
            "<link",
            "<iframe",
            "<object",
            "<embed",
            "<base",
            "<form",
            " src=\"",
            " style=\"",
            "@import",
            "url(",
        ] {
            assert!(!page.contains(tag), "{tag}");
        }
        assert_eq!(page.matches("<style>").count(), 1);
        assert_eq!(page.matches("<script>").count(), 1);
        let data = page.matches("<script type=\"application/json\"").count();
        assert_eq!(page.matches("</script>").count(), 1 + data);
        assert!(!page.contains(['\u{202e}', '\u{0}', '\u{1b}']));
    }
}

#[test]
fn a_body_with_a_secret_is_not_in_the_page() {
    let page = page(&planted());
    assert!(!page.contains("planted"), "a secret is in the page");
    assert!(
        page.contains("mendpoint patch samples.txt --output body.json"),
        "{page}"
    );
}

#[test]
#[cfg_attr(
    not(browser_tests),
    ignore = "needs chromium: set MENDPOINT_BROWSER_TESTS=1"
)]
fn the_page_works_in_a_browser_and_fetches_nothing() {
    let mut browser = Browser::start();
    for name in RECORDED {
        let report = recorded(name);
        browser.open(page(&report).as_bytes());
        assert_eq!(browser.requested().len(), 1, "{:?}", browser.requested());
        assert_eq!(browser.complaints(), Vec::<&serde_json::Value>::new());
        // Style and script run under the policy.
        assert_eq!(
            browser.value("getComputedStyle(document.querySelector('.lane')).borderTopStyle"),
            "solid"
        );
        assert_eq!(
            browser.value(
                "document.querySelectorAll('button.copy[hidden], [role=tablist][hidden]').length"
            ),
            0
        );
        let doubled = "(() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length - new Set(ids).size })()";
        assert_eq!(browser.value(doubled), 0);
        let dangling = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.getElementById(a.hash.slice(1))).map(a => a.hash)";
        assert_eq!(browser.value(dangling), serde_json::json!([]));
    }
}

#[test]
#[cfg_attr(
    not(browser_tests),
    ignore = "needs chromium: set MENDPOINT_BROWSER_TESTS=1"
)]
fn the_button_copies_the_exact_corrected_body() {
    let mut browser = Browser::start();
    for report in [recorded("chromium-accesstoken-null.har"), hostile()] {
        let body = correct_each(&report, &ANALYZER, false).next().unwrap().body;
        browser.open(page(&report).as_bytes());
        let click = |id: &str| {
            format!(
                "(async () => {{ document.querySelector('[data-copy=\"{id}\"]').click(); await new Promise(done => setTimeout(done, 200)); return navigator.clipboard.readText(); }})()"
            )
        };
        assert_eq!(browser.value(&click("body-1")), body.as_str());
        // The same without the clipboard interface, as in older browsers.
        browser.value("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })");
        browser.value("document.querySelector('[data-copy=\"copy-next\"]').click()");
        browser.value("delete navigator.clipboard");
        let command = browser.value("navigator.clipboard.readText()");
        assert!(
            command
                .as_str()
                .is_some_and(|text| text.starts_with("mendpoint patch")),
            "{command}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_page_is_opened_where_it_was_written() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in ["xdg-open", "open"] {
        let path = folder.path().join(name);
        std::fs::write(&path, "#!/bin/sh\necho \"$1\" > opened\n").expect("writable");
        let may_run = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, may_run).expect("permitted");
    }
    let sample = std::env::current_dir()
        .expect("a folder")
        .join("samples/recorded")
        .join(RECORDED[0]);
    let run = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_mendpoint"))
            .arg("check")
            .arg(&sample)
            .args(arguments)
            .current_dir(folder.path())
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
            .env("TMPDIR", folder.path())
            .output()
            .expect("it runs")
    };
    let opened = || std::fs::read_to_string(folder.path().join("opened")).expect("opened");
    let done = run(&["--format", "html", "--open", "-o", "report.html"]);
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(opened().trim(), "report.html");
    assert!(done.stdout.is_empty());
    run(&["--format", "html", "--open"]);
    let path = opened();
    let page = std::fs::read_to_string(path.trim()).expect("the page is there");
    assert!(page.starts_with("<!DOCTYPE html>"), "{path}");
    assert_eq!(run(&["--open"]).status.code(), Some(2));
}

#[test]
fn a_page_tells_nothing_of_the_machine_that_made_it() {
    for report in [recorded("chromium-accesstoken-null.har"), all_recorded()] {
        let page = page(&report);
        assert!(
            !page.contains("samples/recorded"),
            "a folder is in the page"
        );
        assert!(page.contains("chromium-accesstoken-null.har"));
    }
}

#[test]
#[cfg_attr(
    not(browser_tests),
    ignore = "needs chromium: set MENDPOINT_BROWSER_TESTS=1"
)]
fn the_numbers_leave_only_their_findings() {
    let mut browser = Browser::start();
    browser.open(page(&all_recorded()).as_bytes());
    let shown = "[...document.querySelectorAll('.finding')].filter(one => !one.hidden).map(one => one.classList[1])";
    let all = browser.value(shown);
    browser.value("document.querySelector('[data-filter=error]').click()");
    let errors = browser.value(shown);
    let errors = errors.as_array().expect("a list");
    assert!(!errors.is_empty() && errors.iter().all(|class| class == "error"));
    browser.value("document.querySelector('[data-filter=error]').click()");
    assert_eq!(browser.value(shown), all);
}

#[test]
#[cfg_attr(
    not(browser_tests),
    ignore = "needs chromium: set MENDPOINT_BROWSER_TESTS=1"
)]
fn hostile_names_stay_text() {
    let mut browser = Browser::start();
    browser.open(page(&hostile()).as_bytes());
    assert_eq!(browser.requested().len(), 1, "{:?}", browser.requested());
    assert_eq!(browser.complaints(), Vec::<&serde_json::Value>::new());
    assert_eq!(browser.value("window.ran"), serde_json::Value::Null);
    assert_eq!(
        browser.value(
            "document.querySelectorAll('img, iframe, [onload], [onerror], [onmouseover]').length"
        ),
        0
    );
    let name = browser.value("document.querySelector('.lane h3').textContent");
    let name = name.as_str().expect("a name");
    assert!(
        name.contains("<script>") && name.contains("\"onload=") && name.contains("<U+202E>"),
        "{name}"
    );
}

#[test]
#[cfg_attr(
    not(browser_tests),
    ignore = "needs chromium: set MENDPOINT_BROWSER_TESTS=1"
)]
fn tabs_answer_to_the_keyboard() {
    let mut browser = Browser::start();
    browser.open(page(&recorded("chromium-accesstoken-null.har")).as_bytes());
    let press = |key: &str| {
        format!(
            "(() => {{ const now = document.querySelector('[role=tab][aria-selected=true]'); now.focus(); now.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }})); const shown = [...document.querySelectorAll('[role=tabpanel]')].filter(p => !p.hidden); return shown.length + ' ' + document.activeElement.textContent + ' ' + (shown[0].getAttribute('aria-labelledby') === document.activeElement.id); }})()"
        )
    };
    assert_eq!(
        browser.value(&press("ArrowRight")),
        "1 Azure CLI in sh, bash, zsh true"
    );
    assert_eq!(browser.value(&press("End")), "1 .http file true");
    assert_eq!(browser.value(&press("ArrowRight")), "1 PowerShell true");
}
