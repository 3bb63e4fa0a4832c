//! What a verdict says of a trace whose deciding call could not be read.

use std::io::{Cursor, Write as _};

use mendpoint::ingest::{Options, Source, read};
use mendpoint::judge::Analyzer;
use mendpoint::report::Verdict;
use mendpoint::rules::engine::Catalogue;
use zip::write::{SimpleFileOptions, ZipWriter};

const NOISE: &str = r#"{"request":{"method":"GET","url":"https://cdn.contoso.com/a.js"},"response":{"status":200}}"#;
const PUT: &str = r#"{"request":{"method":"PUT","url":"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/7c1f0a52-3d84-4e19-9b60-5a2e8d417f33","postData":{"text":"{\"type\":\"azurerm\",\"authorization\":{\"scheme\":\"ServicePrincipal\",\"parameters\":{\"accesstoken\":null}}}"}},"response":{"status":"#;

fn verdict(bytes: &[u8]) -> (Verdict, Vec<String>) {
    let mut source = Cursor::new(bytes);
    let traces = read("t", Source::File(&mut source), &Options::default()).expect("it can be read");
    let catalogue = Catalogue::built_in();
    let analyzer = Analyzer::new(&catalogue);
    let mut traces = traces.into_iter();
    let report = analyzer.analyze(traces.next().expect("there is one"));
    (report.verdict(), report.missing)
}

#[test]
fn an_entry_that_may_have_decided_is_missing_evidence() {
    let log = |entry: &str| format!(r#"{{"log":{{"entries":[{NOISE},{entry}]}}}}"#);
    for (entry, expected) in [
        (format!("{PUT}4x00}}}}"), Verdict::Inconclusive),
        ("null".to_owned(), Verdict::NothingRelevant),
    ] {
        let (found, missing) = verdict(log(&entry).as_bytes());
        assert_eq!(found, expected, "{entry}");
        assert_eq!(
            missing.len(),
            usize::from(expected == Verdict::Inconclusive)
        );
    }
}

#[test]
fn a_request_before_the_cut_is_still_judged() {
    let cut = format!(r#"{{"log":{{"entries":[{NOISE},{PUT}50"#);
    let (found, missing) = verdict(cut.as_bytes());
    assert_eq!(found, Verdict::Fault);
    assert!(missing[0].contains("ends inside entry 1"), "{missing:?}");
    let earlier = &cut[..cut.find("accesstoken").expect("it is there")];
    assert_eq!(verdict(earlier.as_bytes()).0, Verdict::Inconclusive);
}

#[test]
fn why_a_call_was_not_answered_is_named_and_is_no_fault_of_the_connection() {
    for (error, named) in [
        (
            "net::ERR_CERT_AUTHORITY_INVALID",
            "does not trust the certificate",
        ),
        ("net::ERR_TUNNEL_CONNECTION_FAILED", "proxy"),
        ("net::ERR_NAME_NOT_RESOLVED", "by its name"),
        ("net::ERR_CONNECTION_RESET", "broke off"),
        ("net::ERR_ABORTED", "got no answer"),
        ("net::ERR_BLOCKED_BY_CLIENT", "got no answer"),
    ] {
        let log = format!(
            r#"{{"log":{{"entries":[{{"request":{{"method":"DELETE","url":"https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/7c1f0a52-3d84-4e19-9b60-5a2e8d417f33?api-version=7.1"}},"response":{{"status":0,"_error":"{error}"}}}}]}}}}"#
        );
        let mut source = Cursor::new(log.as_bytes());
        let mut traces =
            read("t", Source::File(&mut source), &Options::default()).expect("it can be read");
        let catalogue = Catalogue::built_in();
        let report = Analyzer::new(&catalogue).analyze(traces.remove(0));
        assert_eq!(report.verdict(), Verdict::Inconclusive, "{error}");
        let [finding] = report.findings.as_slice() else {
            panic!("{error}: {:?}", report.findings);
        };
        assert!(finding.title.contains(named), "{error}: {}", finding.title);
    }
}

#[test]
fn a_damaged_session_is_missing_evidence() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, host) in [("raw/1_c.txt", "cdn"), ("raw/2_c.txt", "www")] {
        zip.start_file(name, stored).unwrap();
        write!(zip, "GET https://{host}.contoso.com/ HTTP/1.1\r\n\r\n").unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    assert_eq!(verdict(&bytes).0, Verdict::NothingRelevant);
    let at = bytes.windows(3).position(|three| three == b"www").unwrap();
    bytes[at] = b'v';
    let (found, missing) = verdict(&bytes);
    assert_eq!(found, Verdict::Inconclusive);
    assert!(missing[0].contains("session 2"), "{missing:?}");
}
