//! HAR dialects, one trait each, through the public function.

use crate::exchange::{AnsweredBy, Body};
use crate::ingest::{Container, Options, Source, Trace, read};

const URL: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/1?api-version=7.1";

fn parse(bytes: &[u8]) -> Trace {
    let mut traces = read("t.har", Source::Stream(&mut &*bytes), &Options::default()).unwrap();
    assert_eq!(traces.len(), 1);
    traces.remove(0)
}

fn entry(extra: &str, request: &str, response: &str) -> String {
    format!(
        r#"{{"startedDateTime":"2026-03-02T10:15:30.1234567+01:00",{extra}
        "request":{{"method":"PUT","url":"{URL}#f",{request}
            "headers":[{{"name":":path","value":"x"}},{{"name":"Content-Type","value":"application/json"}}]}},
        "response":{{"status":400,"statusText":"Bad Request",{response}"headers":[]}}}}"#
    )
}

fn har(entries: &[String]) -> String {
    let entries = entries.join(",\n");
    format!(
        r#"{{"log":{{"pages":[{{"a":"]}}"}}],"entries":[{entries}],"creator":{{"name":"Fiddler","version":"5.0"}},"version":1.1}}}}"#
    )
}

fn plain_entry() -> String {
    let content = r#""content":{"size":9,"text":"{\"a\":\"é\"}"},"#;
    entry("", r#""postData":{"mimeType":"","text":"{}"},"#, content)
}

#[test]
fn an_ordinary_entry_is_read() {
    let noise = r#"{"request":{"method":"GET","url":"https://cdn.contoso.com/a.js"},"response":{"status":200}}"#;
    let trace = parse(har(&[noise.to_owned(), plain_entry()]).as_bytes());
    assert_eq!(trace.container, Container::Har);
    assert_eq!(trace.path, "t.har");
    assert_eq!((trace.total, trace.exchanges.len()), (2, 1));
    assert_eq!(trace.creator.as_deref(), Some("Fiddler 5.0"));
    assert_eq!(trace.hosts[0], ("cdn.contoso.com".to_owned(), 1));
    assert!(trace.notes.is_empty(), "{:?}", trace.notes);
    let exchange = &trace.exchanges[0];
    assert_eq!(exchange.entry, 1);
    assert_eq!(
        exchange.started.unwrap().to_string(),
        "2026-03-02T09:15:30.1234567Z"
    );
    assert_eq!(exchange.request.url, URL);
    assert_eq!(exchange.request.headers.iter().count(), 1);
    assert_eq!(exchange.request.body, Body::Text("{}".to_owned().into()));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(response.status, 400);
    assert_eq!(response.body, Body::Text(r#"{"a":"é"}"#.into()));
}

#[test]
fn every_envelope_is_opened() {
    let one = plain_entry();
    let log = har(std::slice::from_ref(&one));
    let bare = &log[r#"{"log":"#.len()..log.len() - 1];
    let quoted = serde_json::to_string(&log).unwrap();
    let utf16: Vec<u8> = log.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16_be: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(log.encode_utf16())
        .flat_map(u16::to_be_bytes)
        .collect();
    let table: Vec<(&str, Vec<u8>, usize)> = vec![
        ("byte order mark", format!("\u{feff}{log}").into(), 1),
        ("bare log", bare.into(), 1),
        (
            "XML of Internet Explorer",
            format!(
                "<log><entries><entry><request><url>{URL}</url></request></entry></entries></log>"
            )
            .into(),
            1,
        ),
        (
            "one entry in place of a list",
            format!(r#"{{"log":{{"entries":{one}}}}}"#).into(),
            1,
        ),
        (
            "entries converted from XML",
            format!(r#"{{"log":{{"entries":{{"entry":[{one},{one}]}}}}}}"#).into(),
            2,
        ),
        (
            "entries by number",
            format!(r#"{{"log":{{"entries":{{"0":{one},"1":{one}}}}}}}"#).into(),
            2,
        ),
        (
            "bare entries",
            format!(r#"{{"entries":[{one},{one}]}}"#).into(),
            2,
        ),
        ("array of logs", format!("[{log},{log}]").into(), 2),
        ("array of entries", format!("[{one},{one}]").into(), 2),
        ("entry", one.clone().into(), 1),
        (
            "lines",
            format!("{}\n{}\n", one.replace('\n', ""), one.replace('\n', "")).into(),
            2,
        ),
        ("two logs", format!("{log}\n{log}").into(), 2),
        ("JSONP", format!("onInputData({log});").into(), 1),
        ("guard", format!(")]}}'\n{log}").into(), 1),
        ("padding", format!("{log}\0\0\0\0").into(), 1),
        ("quoted", quoted.clone().into(), 1),
        (
            "quoted twice",
            serde_json::to_string(&quoted).unwrap().into(),
            1,
        ),
        ("UTF-16 without mark", utf16, 1),
        ("UTF-16 big endian", utf16_be, 1),
        (
            "in another document",
            format!(r#"{{"id":1,"data":[{{"har":{log}}}]}}"#).into(),
            1,
        ),
        ("no entries", br#"{"log":{"entries":[]}}"#.to_vec(), 0),
        ("only a log", br#"{"log":{}}"#.to_vec(), 0),
    ];
    for (name, bytes, total) in table {
        let trace = parse(&bytes);
        assert_eq!(trace.container, Container::Har, "{name}");
        assert_eq!(
            (trace.total, trace.exchanges.len()),
            (total, total),
            "{name}"
        );
        assert!(trace.notes.is_empty(), "{name}: {:?}", trace.notes);
    }
}

#[test]
fn broken_entries_cost_only_themselves() {
    let broken = plain_entry().replace("400", "4x00");
    let log = har(&["null".to_owned(), broken, plain_entry()]);
    let trace = parse(log.as_bytes());
    assert_eq!((trace.total, trace.exchanges.len()), (3, 1));
    let kinds: Vec<_> = trace
        .notes
        .iter()
        .map(|note| (note.kind, note.entry))
        .collect();
    assert_eq!(
        kinds,
        [("entry-unreadable", Some(0)), ("entry-lost", Some(1))]
    );
}

#[test]
fn a_trace_without_a_readable_entry_is_refused() {
    let broken = plain_entry().replace("400", "4x00");
    let all_broken = har(&[broken.clone(), broken]);
    for text in [
        r#"{"log":{"version":"1.2""#,
        r#"{"log":{"#,
        r#"{"log":{"entries":["#,
        r#"{"log":{"entries":[{"request":{"method":"PUT","url":"https://dev.azure.com/"#,
        &all_broken,
    ] {
        let options = Options::default();
        let error = read("t.har", Source::Stream(&mut text.as_bytes()), &options).unwrap_err();
        let told = error.to_string();
        assert!(
            told.starts_with("no entry of t.har could be read: "),
            "{told}"
        );
    }
}

#[test]
fn misspelt_entries_are_mended() {
    let good = plain_entry();
    for bad in [
        good.replace("400", "NaN"),
        good.replace(r#""headers":[]}"#, r#""headers":[],}"#),
        good.replace("Bad Request", "Bad\nRe\u{1}quest"),
        good.replace("Bad Request", r"\ud83d"),
        good.replace(r#""status":400"#, r#""status":500,"status":"400""#),
    ] {
        let trace = parse(har(&[bad]).as_bytes());
        assert_eq!((trace.total, trace.exchanges.len()), (1, 1));
        assert!(trace.notes.is_empty(), "{:?}", trace.notes);
    }
    let mut latin1 = har(&[good]).replace('é', "~").into_bytes();
    for byte in &mut latin1 {
        if *byte == b'~' {
            *byte = 0xe9;
        }
    }
    let trace = parse(&latin1);
    assert_eq!(trace.notes[0].kind, "charset-guessed");
    let response = trace.exchanges[0].response.as_ref().unwrap();
    assert_eq!(response.body.text(), Some(r#"{"a":"é"}"#));
}

#[test]
fn a_cut_file_keeps_its_complete_entries() {
    let log = har(&[plain_entry(), plain_entry(), plain_entry()]);
    let ends = |last: &str| -> Vec<usize> {
        let found = log.match_indices(last);
        found.map(|(at, last)| at + last.len()).collect()
    };
    let requests = ends(r#""application/json"}]}"#);
    let ends = ends(r#""headers":[]}}"#);
    let begun = |ends: &[usize], cut: usize| ends.iter().filter(|end| **end <= cut).count();
    for cut in (requests[0]..log.len()).step_by(7) {
        let trace = parse(&log.as_bytes()[..cut]);
        let answered = trace
            .exchanges
            .iter()
            .filter(|call| call.response.is_some());
        assert_eq!(answered.count(), begun(&ends, cut), "cut at {cut}");
        let asked = trace
            .exchanges
            .iter()
            .filter(|call| call.request.body == Body::Text("{}".to_owned().into()));
        assert_eq!(asked.count(), begun(&requests, cut), "cut at {cut}");
        assert!(
            trace.notes.iter().any(|note| note.kind == "file-cut"),
            "cut at {cut}"
        );
    }
}

#[test]
fn bodies_tell_what_became_of_them() {
    let none = |reason: &str| Body::NotRecorded(Some(reason.to_owned()));
    let table = [
        (
            r#""content":{"size":5,"comment":"Response bodies are not included."},"#,
            none("Response bodies are not included."),
        ),
        (r#""content":{"size":5},"#, Body::NotRecorded(None)),
        (r#""content":{"size":0},"#, Body::Empty),
        (
            r#""content":{"size":7,"encoding":"base64","text":"eyJhIjoxfQ=="},"#,
            Body::Text(r#"{"a":1}"#.into()),
        ),
        (
            r#""content":{"size":7,"encoding":"utf-8","text":"eyJh"},"#,
            Body::Text("eyJh".to_owned().into()),
        ),
        (
            r#""content":{"size":7,"encoding":"base64","text":"[\"eyJhIjo=\",\"MX0=\"]"},"#,
            Body::Text(r#"{"a":1}"#.into()),
        ),
        (
            r#""content":{"encoding":"base64","text":"H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA"},"#,
            Body::Text(r#"{"a":1}"#.into()),
        ),
        (
            r#""content":{"encoding":"base64","text":"not*base64!!"},"#,
            none("its base64 is damaged"),
        ),
        (
            r#""content":{"size":3,"encoding":"BASE64","text":"AAEC"},"#,
            Body::Binary(3),
        ),
        (
            r#""content":{"text":{"a":1}},"#,
            Body::Text(r#"{"a":1}"#.into()),
        ),
        (
            r#""content":{"_file":"../x.json"},"#,
            none("it is in a file of its own beside the trace, which is missing"),
        ),
    ];
    for (content, expected) in table {
        let trace = parse(har(&[entry("", "", content)]).as_bytes());
        assert_eq!(
            trace.exchanges[0].response.as_ref().unwrap().body,
            expected,
            "{content}"
        );
    }
}

#[test]
fn request_bodies_come_in_many_shapes() {
    let how = "the recorder took it apart into fields, from which it was put together".to_owned();
    let table = [
        (r#""postData":null,"#, Body::Empty),
        (
            r#""postData":{"mimeType":"","text":"","params":[]},"#,
            Body::Empty,
        ),
        (
            r#""postData":{"mimeType":"text/plain","params":[{"name":"a b","value":"1&2"},{"name":"c"}]},"#,
            Body::Text("a%20b=1%262&c=".to_owned().into()),
        ),
        (
            r#""postData":{"mimeType":"application/json","params":[{"name":"a","value":{"b":[1]}},{"name":"c","value":"x"},{"name":"d"}]},"#,
            Body::Rebuilt(r#"{"a":{"b":[1]},"c":"x","d":null}"#.into(), how.clone()),
        ),
        (
            r#""postData":{"mimeType":"application/json","params":[{"name":"{\"a\":\"b","value":"c"},{"name":"d\"}","value":""}]},"#,
            Body::Rebuilt(r#"{"a":"b=c&d"}"#.into(), how.clone()),
        ),
        (
            r#""postData":{"mimeType":"application/json","params":[{"name":"a","value":1},{"name":"a","value":2},{"name":"serviceEndpointProjectReferences","value":{}}]},"#,
            Body::Rebuilt(
                r#"{"a":[1,2],"serviceEndpointProjectReferences":[{}]}"#.into(),
                how.clone(),
            ),
        ),
        (
            r#""postData":{"text":"x","params":[{"name":"a"}]},"#,
            Body::Text("x".to_owned().into()),
        ),
        (
            r#""postData":{"text":"e30=","encoding":"base64"},"#,
            Body::Text("{}".to_owned().into()),
        ),
        (
            r#""_content":{"text":"e30=","encoding":"base64"},"#,
            Body::Text("{}".to_owned().into()),
        ),
        (
            r#""postData":{"mimeType":"x","_content":{"text":"e30=","encoding":"base64"}},"#,
            Body::Text("{}".to_owned().into()),
        ),
        (r#""bodySize":55,"#, Body::NotRecorded(None)),
    ];
    for (request, expected) in table {
        let trace = parse(har(&[entry("", request, "")]).as_bytes());
        assert_eq!(trace.exchanges[0].request.body, expected, "{request}");
    }
}

#[test]
fn headers_come_in_many_shapes() {
    for headers in [
        r#""A: 1\r\nB: 2, 3\r\n""#,
        r#"{"A":"1","B":["2","3"]}"#,
        r#"[["A","1"],["B","2, 3"]]"#,
        r#"[{"name":"A","value":"1"},{"name":"B","value":["2","3"]}]"#,
    ] {
        let log =
            har(&[plain_entry().replace(r#""headers":[]"#, &format!(r#""headers":{headers}"#))]);
        let trace = parse(log.as_bytes());
        let response = trace.exchanges[0].response.as_ref().unwrap();
        assert_eq!(response.headers.get("b"), Some("2, 3"), "{headers}");
        assert_eq!(response.headers.get("a"), Some("1"), "{headers}");
    }
}

#[test]
fn what_the_server_did_not_answer_is_told() {
    let log = har(&[
        plain_entry().replace(
            r#""status":400"#,
            r#""status":0,"_error":"net::ERR_ABORTED""#,
        ),
        entry(r#""_fromCache":"disk","#, "", ""),
        entry("", "", r#""_fetchedViaServiceWorker":true,"#),
        plain_entry().replace("Bad Request", "Fiddler - Connection Failed"),
        plain_entry().replace("PUT", "OPTIONS"),
    ]);
    let trace = parse(log.as_bytes());
    assert_eq!((trace.total, trace.exchanges.len()), (5, 4));
    assert!(trace.exchanges[0].response.is_none());
    assert_eq!(
        trace.exchanges[0].error.as_deref(),
        Some("net::ERR_ABORTED")
    );
    for odd in [r#""status":0"#, r#""status":null"#, r#""statusX":400"#] {
        let answered = plain_entry().replace(r#""status":400"#, odd);
        let trace = parse(har(&[answered]).as_bytes());
        let answer = trace.exchanges[0].response.as_ref().unwrap();
        assert_eq!(
            (answer.status, answer.body.text()),
            (0, Some("{\"a\":\"\u{e9}\"}"))
        );
        let silent = entry("", "", "").replace(r#""status":400"#, odd);
        let trace = parse(har(&[silent]).as_bytes());
        assert!(trace.exchanges[0].response.is_none(), "{odd}");
    }
    let by: Vec<_> = trace
        .exchanges
        .iter()
        .map(|exchange| exchange.answered_by)
        .collect();
    assert_eq!(
        by[1..],
        [
            AnsweredBy::Cache,
            AnsweredBy::ServiceWorker,
            AnsweredBy::Proxy
        ]
    );
}

#[test]
fn what_a_service_worker_passes_on_is_one_call() {
    let page = plain_entry().replace(
        r#""headers":[]}"#,
        r#""_fetchedViaServiceWorker":true,"headers":[]}"#,
    );
    let own = |second: &str| {
        let own = entry("", r#""bodySize":2,"#, r#""content":{"size":9},"#);
        own.replace("10:15:30.1234567", &format!("10:15:{second}"))
    };
    for (entries, left) in [
        ([page.clone(), own("31")], vec![0]),
        ([own("31"), page.clone()], vec![1]),
        ([page.clone(), own("30")], vec![0, 1]),
        ([page.clone(), own("31").replace("400", "200")], vec![0, 1]),
        ([page.clone(), plain_entry()], vec![0, 1]),
    ] {
        let trace = parse(har(&entries).as_bytes());
        let found: Vec<usize> = trace.exchanges.iter().map(|call| call.entry).collect();
        assert_eq!(found, left);
        let by_server = trace
            .exchanges
            .iter()
            .all(|call| call.answered_by == AnsweredBy::Server);
        assert_eq!(by_server, left.len() == 1);
    }
}

#[test]
fn large_and_deep_entries_stay_bounded() {
    let big = format!(
        r#"{{"response":{{"content":{{"text":"{}"}}}},"request":{{"url":"{URL}"}}}}"#,
        "x".repeat(3 << 20)
    );
    let deep = format!(
        r#"{{"_initiator":{}{},{}"#,
        "[".repeat(100_000),
        "]".repeat(100_000),
        plain_entry().split_at(1).1
    );
    let log = har(&[big, deep]);
    let options = Options {
        max_entry: 1 << 20,
        ..Options::default()
    };
    let traces = read("t.har", Source::Stream(&mut log.as_bytes()), &options).unwrap();
    assert_eq!((traces[0].total, traces[0].exchanges.len()), (2, 1));
    assert_eq!(traces[0].notes[0].kind, "entry-too-large");
    assert_eq!(traces[0].exchanges[0].entry, 1);
}

#[test]
fn a_session_of_charles_is_read() {
    let session = r#"{"status":"COMPLETE","method":"POST","scheme":"https","host":"dev.azure.com",
        "path":"/contoso/_apis/serviceendpoint/endpoints","query":"api-version=7.1","times":{"start":"2026-03-02T10:15:30Z"},
        "request":{"sizes":{"body":2},"header":{"headers":[{"name":":path","value":"/"},{"name":"a","value":"b"}]},"body":{"text":"{}"}},
        "response":{"status":400,"sizes":{"body":9},"header":{"firstLine":"HTTP/1.1 400 Bad Request","headers":[]},"body":{"encoded":"e30="}}}"#;
    let trace = parse(format!("[{session},{session}]").as_bytes());
    assert_eq!(
        (trace.container, trace.total, trace.exchanges.len()),
        (Container::Har, 2, 2)
    );
    let exchange = &trace.exchanges[1];
    assert!(exchange.request.url.ends_with("/endpoints?api-version=7.1"));
    assert_eq!(exchange.request.headers.iter().count(), 1);
    assert_eq!(exchange.request.body.text(), Some("{}"));
    let response = exchange.response.as_ref().unwrap();
    assert_eq!(
        (response.status, response.status_text.as_str()),
        (400, "Bad Request")
    );
    assert_eq!(response.body.text(), Some("{}"));
}

#[test]
fn an_entry_without_its_quote_or_bracket_costs_only_itself() {
    let good = plain_entry();
    for broken in [
        good.replacen("\"Bad Request\"", "\"Bad Request", 1),
        good.replacen("\"headers\":[]}", "\"headers\":[}", 1),
        good.replacen("\"headers\":[{", "\"headers\":{", 1),
        good.replacen("\"status\":400", "\"status\":{400", 1),
    ] {
        assert_ne!(broken, good);
        let trace =
            parse(har(&[good.clone(), broken.clone(), good.clone(), good.clone()]).as_bytes());
        let entries: Vec<usize> = trace
            .exchanges
            .iter()
            .map(|exchange| exchange.entry)
            .collect();
        assert_eq!(
            (entries, trace.total),
            (vec![0, 2, 3], 4),
            "{broken} {:?}",
            trace.notes
        );
        let kinds: Vec<_> = trace
            .notes
            .iter()
            .map(|note| (note.kind, note.entry))
            .collect();
        assert_eq!(kinds, [("entry-lost", Some(1))], "{broken}");
    }
}

#[test]
fn a_broken_line_costs_only_itself() {
    let line = plain_entry().replace('\n', "");
    for (broken, kind) in [
        (r#"{"x":"#, "entry-unreadable"),
        (r#"{"x":"no end"#, "entry-unreadable"),
        (
            r#"{"request":{"url":"https://dev.azure.com/_apis/serviceendpoint"}]"#,
            "entry-lost",
        ),
    ] {
        let trace = parse(format!("{line}\n{broken}\n{line}\n{line}\r\n").as_bytes());
        let entries: Vec<usize> = trace.exchanges.iter().map(|call| call.entry).collect();
        assert_eq!((entries, trace.total), (vec![0, 2, 3], 4), "{broken}");
        assert_eq!(trace.notes.len(), 1, "{:?}", trace.notes);
        assert_eq!(trace.notes[0].kind, kind);
    }
    let cut = parse(format!("{line}\n{{\"request\":{{").as_bytes());
    assert_eq!((cut.total, cut.notes[0].kind), (1, "file-cut"));
}

#[test]
fn a_trace_without_credentials_by_chrome_proves_nothing() {
    let by = |agent: &str, extra: &str| {
        let agent = format!(
            r#"{{"name":"User-Agent","value":"Mozilla/5.0 Chrome/{agent}.0.0.0"}},{extra}"#
        );
        let log = har(&[plain_entry().replace(r#"{"name":":path","value":"x"},"#, &agent)]);
        let trace = parse(log.replace("Fiddler", "WebInspector").as_bytes());
        trace.notes.iter().any(|note| note.kind == "sanitised")
    };
    assert!(by("141", ""));
    assert!(!by("129", ""));
    assert!(!by(
        "141",
        r#"{"name":"authorization","value":"Bearer x"},"#
    ));
}

#[test]
fn a_flood_of_calls_is_counted_and_cut_short() {
    let entry = format!(r#"{{"request":{{"method":"GET","url":"{URL}"}}}},"#);
    let trace = parse(format!(r#"{{"log":{{"entries":[{}]}}}}"#, entry.repeat(12_000)).as_bytes());
    assert_eq!((trace.total, trace.exchanges.len()), (12_000, 10_000));
    assert_eq!(trace.notes.len(), 1);
    assert_eq!(trace.notes[0].kind, "entries-left-out");
}

#[test]
fn bodies_beyond_what_is_held_are_left_out() {
    let content = format!(r#""content":{{"text":"{}"}},"#, "x".repeat(1500));
    let one = entry("", "", &content);
    let log = har(&[one.clone(), one]);
    let options = Options {
        max_kept: 3600,
        ..Options::default()
    };
    let traces = read("t.har", Source::Stream(&mut log.as_bytes()), &options).unwrap();
    let bodies = traces[0]
        .exchanges
        .iter()
        .map(|exchange| exchange.response.as_ref().unwrap().body.text().is_some());
    assert_eq!(bodies.collect::<Vec<_>>(), [true, false]);
    assert_eq!(traces[0].notes[0].kind, "bodies-left-out");
}
