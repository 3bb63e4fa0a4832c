//! Text that is a file of another program, named for who gave it in place of a trace.

use super::sniff::RECORD;

/// What to do about requests without their answers.
const EXPORT: &str =
    "it holds no answers; save the sessions as an archive (.saz) or as HTTPArchive (.har) instead";

/// How much of a text is looked at, in characters.
const HEAD: usize = 2048;

/// The columns of Fiddler's list of sessions.
const COLUMNS: [&str; 7] = [
    "result",
    "protocol",
    "host",
    "url",
    "body",
    "content-type",
    "process",
];

/// What a page of mendpoint has near its beginning.
const OWN_PAGE: &str = "<meta name=\"generator\" content=\"mendpoint\">";

/// A page that mendpoint wrote: it quotes requests, and none of them was recorded.
pub(super) fn own_page(text: &str) -> Option<(&'static str, &'static str)> {
    let head: String = text.chars().take(HEAD).collect();
    head.contains(OWN_PAGE).then_some((
        "a report of mendpoint",
        "give the recording that it is about",
    ))
}

/// Whether `text` spells a payload as YAML does: the authorization as a block, with its scheme in it.
fn is_payload_in_yaml(text: &str) -> bool {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim() != "authorization:");
    lines.next().is_some()
        && lines
            .take(2)
            .any(|line| line.starts_with(' ') && line.trim_start().starts_with("scheme:"))
}

/// What `text` is, and what to do about it; `None` if it may be a message.
pub(super) fn known_text(text: &str) -> Option<(&'static str, &'static str)> {
    let head = text.trim_start_matches('\u{feff}').trim_start();
    let head: String = head.chars().take(HEAD).collect();
    let lower = head.to_ascii_lowercase();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| lower.starts_with(prefix));
    if starts(&["version https://git-lfs.github.com/spec/"]) {
        return Some((
            "a pointer of Git LFS to a file stored elsewhere",
            "fetch the file itself with `git lfs pull`",
        ));
    }
    if starts(&["<"]) {
        return markup(&lower);
    }
    if starts(&["scenario", "transaction"]) && lower.contains('{') {
        return Some(("a WCAT script", EXPORT));
    }
    if lower.contains("meddlerscript") || starts(&["import meddler"]) {
        return Some(("a MeddlerScript", EXPORT));
    }
    if starts(&["cache manifest"]) {
        return Some(("a manifest of AppCache", EXPORT));
    }
    if starts(&["[", "{"]) {
        let is_template = lower.contains("\"success_asserts\"");
        return is_template.then_some(("a template of QD", RECORD));
    }
    if is_payload_in_yaml(&lower) {
        return Some((
            "a payload of a connection as YAML",
            "give it as JSON, as it is sent: `yq -o=json` writes it so",
        ));
    }
    script(&lower).filter(|_| !quotes_answer(text)).or_else(|| {
        let first = lower.lines().next().unwrap_or_default();
        let named = first
            .split([',', '\t', ';'])
            .filter(|name| COLUMNS.contains(&name.trim_matches(['"', ' ', '#'])));
        (named.count() >= 4).then_some(("a summary in columns", EXPORT))
    })
}

/// A request as a command, as browsers copy and Fiddler saves it.
fn script(lower: &str) -> Option<(&'static str, &'static str)> {
    let remarks = ["#", "rem ", "::", "@echo", "set -"];
    let is_remark = |line: &&str| {
        let line = line.trim();
        line.is_empty() || remarks.iter().any(|mark| line.starts_with(mark))
    };
    let first = lower.lines().find(|line| !is_remark(line))?.trim_start();
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| first.starts_with(prefix));
    if starts(&["curl ", "curl.exe "]) {
        Some(("a cURL script", EXPORT))
    } else if starts(&["fetch(\"", "fetch('", "await fetch("]) {
        Some(("a request copied as fetch", EXPORT))
    } else if starts(&[
        "$session = new-object microsoft.powershell",
        "invoke-webrequest -",
        "invoke-restmethod -",
    ]) {
        Some(("a request copied as PowerShell", EXPORT))
    } else {
        None
    }
}

/// Whether somebody pasted a command together with what it answered.
fn quotes_answer(text: &str) -> bool {
    let marks = ["\"$id\"", "\"message\"", "typeKey", "AADSTS"];
    marks.iter().any(|mark| text.contains(mark))
}

/// Web pages, and XML that programs around HTTP write.
fn markup(lower: &str) -> Option<(&'static str, &'static str)> {
    let has = |word: &str| lower.contains(word);
    if has("<autoresponder") {
        Some(("a list of Fiddler's AutoResponder rules", RECORD))
    } else if has("<webtest") || has("<testcase") {
        Some(("a Visual Studio web test", RECORD))
    } else if has("<charles-session") {
        Some((
            "a session of Charles in XML",
            "export the session as HTTP Archive (.har) in Charles",
        ))
    } else if has("<items burpversion") {
        Some(("a list of Burp's items", RECORD))
    } else if has("<log>") && (has("<entries") || has("<creator")) {
        Some((
            "an Internet Explorer recording in XML",
            "import it into Fiddler and save the sessions as an archive (.saz)",
        ))
    } else {
        None
    }
}

/// Whether `text` is a web page: the answer that somebody saved, or one that came in place of a file.
pub(crate) fn is_web_page(text: &str) -> bool {
    let head: String = text
        .trim_start_matches('\u{feff}')
        .chars()
        .take(HEAD)
        .collect();
    let lower = head.to_ascii_lowercase();
    let page = behind_prolog(&lower);
    let begins = ["<!doctype html", "<html", "<head", "<body"];
    begins.iter().any(|begin| page.starts_with(begin))
}

/// `text` behind comments and the declaration of XML.
fn behind_prolog(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let end = if text.starts_with("<!--") {
            "-->"
        } else if text.starts_with("<?") {
            "?>"
        } else {
            return text;
        };
        let Some((_, behind)) = text.split_once(end) else {
            return text;
        };
        text = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_tools_files_are_known() {
        for (text, what) in [
            (
                "version https://git-lfs.github.com/spec/v1\noid sha256:1",
                "Git LFS",
            ),
            ("curl -k https://dev.azure.com/contoso", "cURL"),
            ("#!/bin/sh\n# by hand\ncurl 'https://x/'", "cURL"),
            ("REM Generated by Fiddler\r\ncurl -k x", "cURL"),
            (
                "fetch(\"https://x/\", {\n  \"method\": \"PUT\"\n});",
                "fetch",
            ),
            ("Invoke-WebRequest -Uri \"https://x/\"", "PowerShell"),
            ("CACHE MANIFEST\n# Generated", "AppCache"),
            ("<?xml version=\"1.0\"?>\n<charles-session>", "Charles"),
            (
                "<?xml version=\"1.0\"?><items burpVersion=\"2023.1\">",
                "Burp",
            ),
            ("[{\"request\":{},\"rule\":{\"success_asserts\":[]}}]", "QD"),
            (
                "#,Result,Protocol,Host,URL,Body\n1,200,HTTPS,a,/,5",
                "summary",
            ),
            (
                "<?xml version=\"1.0\"?><log><version>1.1</version><creator>",
                "Internet Explorer",
            ),
        ] {
            let (found, _) = known_text(text).unwrap();
            assert!(found.contains(what), "{text}: {found}");
        }
    }

    #[test]
    fn web_pages_are_known() {
        for page in [
            "<!DOCTYPE html>\n<title>Sign in</title>",
            "\r\n<!-- Copyright -->\n<!DOCTYPE html>\n<title>Sign in</title>",
            "<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"x\">",
        ] {
            assert!(is_web_page(page) && known_text(page).is_none(), "{page}");
        }
        assert!(!is_web_page("it says <html>"));
    }

    #[test]
    fn messages_are_no_files() {
        for text in [
            "AADSTS7000215: Invalid client secret provided.",
            "curl -X PUT https://x/ -d @a.json\n{\"$id\":\"1\",\"message\":\"no\"}",
            "Invoke-RestMethod : The remote server returned an error: (500)",
            "# what I saw\nthe url and the host, the body and the protocol, the result and more",
            "{\"message\":\"no\"}",
        ] {
            assert_eq!(known_text(text), None, "{text}");
        }
    }
}
