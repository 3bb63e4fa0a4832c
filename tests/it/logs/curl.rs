//! What the real curl writes of calls to the stand-in.

use std::process::Command;

use serde_json::Value;

use crate::stand_in::contoso::{self, AUTOMATIC_ID};
use crate::stand_in::{Config, StandIn};

use super::{judge, trace};

/// How somebody makes curl tell what it does, and whether that shows the body of a request.
const TOLD: [(&[&str], bool); 8] = [
    (&["--verbose"], false),
    (&["--verbose", "--silent"], false),
    (&["--verbose", "--trace-time"], false),
    (&["--trace-ascii", "-"], true),
    (&["--trace-ascii", "-", "--trace-time", "--silent"], true),
    (&["--trace", "-", "--silent"], true),
    (
        &["--trace-ascii", "-", "-H", "Transfer-Encoding: chunked"],
        true,
    ),
    (&["--trace", "-", "-H", "Transfer-Encoding: chunked"], true),
];

/// Everything that curl prints while it sends `body` to an address of the cloud, which the stand-in answers.
fn told(server: &StandIn, arguments: &[&str], body: &Value) -> String {
    let port = server.base().rsplit(':').next().expect("a port");
    let address = format!(
        "http://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{AUTOMATIC_ID}?api-version=7.1"
    );
    let output = Command::new("curl")
        .args(["--noproxy", "*", "--connect-to"])
        .arg(format!("dev.azure.com:80:127.0.0.1:{port}"))
        .args(arguments)
        .args(["-X", "PUT", "-H", "Content-Type: application/json", "-d"])
        .arg(body.to_string())
        .arg(address)
        .output()
        .expect("curl is installed");
    let mut told = output.stderr;
    told.extend(output.stdout);
    String::from_utf8(told).expect("UTF-8")
}

#[test]
fn whatever_curl_is_told_to_show_holds_the_call_and_what_the_service_said() {
    let server = StandIn::start(Config::default());
    let mut body = contoso::automatic();
    body["authorization"]["parameters"]["accesstoken"] = Value::Null;
    for (arguments, shows_body) in TOLD {
        let log = told(&server, arguments, &body);
        let log = log.as_str();
        let read = trace(log);
        let [exchange] = read.exchanges.as_slice() else {
            panic!("{arguments:?}: {log}");
        };
        let answer = exchange.response.as_ref().expect("the stand-in answers");
        assert_eq!(answer.status_text, "Internal Server Error", "{arguments:?}");
        assert_eq!(
            answer.headers.get("content-type"),
            Some("application/json; charset=utf-8"),
            "{arguments:?}"
        );
        let said: Value = serde_json::from_str(answer.body.text().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {log}"));
        assert_eq!(said["typeKey"], "ServiceEndpointException", "{arguments:?}");
        let sent = exchange.request.body.as_sent();
        let sent = sent.and_then(|text| serde_json::from_str::<Value>(text).ok());
        assert_eq!(sent, shows_body.then(|| body.clone()), "{arguments:?}");
        let others = read.text.as_deref().unwrap_or_default();
        for told in ["Connecting", "cache value"] {
            assert!(!others.contains(told), "{arguments:?}: {others}");
        }
        let judged = judge(log);
        assert_eq!(judged.verdict, "fault", "{arguments:?}");
        assert_eq!(judged.patch.is_some(), shows_body, "{arguments:?}");
    }
}

#[test]
fn a_letter_that_a_dump_of_text_replaces_is_told() {
    let server = StandIn::start(Config::default());
    let mut body = contoso::automatic();
    body["description"] = "Ausf\u{fc}hrung".into();
    let notes = |arguments| judge(told(&server, arguments, &body)).notes;
    assert!(notes(&["--trace-ascii", "-"]).contains(&"body-respelt".to_owned()));
    assert!(!notes(&["--trace", "-"]).contains(&"body-respelt".to_owned()));
}

#[test]
fn a_packed_answer_in_a_dump_of_text_is_not_shown_as_words() {
    let head = "=> Send header, 130 bytes (0x82)\n0000: GET /contoso/_apis/serviceendpoint/endpoints/3d0c7f8e-51b2-4a96-\n0040: 8e47-90ac1b2d3e4f?api-version=7.1 HTTP/1.1\n006c: Host: dev.azure.com\n0081: \n";
    let answer = "<= Recv header, 26 bytes (0x1a)\n0000: HTTP/1.1 400 Bad Request\n<= Recv header, 24 bytes (0x18)\n0000: Content-Encoding: gzip\n<= Recv header, 2 bytes (0x2)\n0000: \n<= Recv data, 20 bytes (0x14)\n0000: .....eH.k..e....@.._\n";
    let read = trace(&format!("{head}{answer}"));
    let response = read.exchanges[0].response.as_ref().expect("it is there");
    assert_eq!(response.body.text(), None);
    assert!(judge(format!("{head}{answer}")).verdict == "fault");
}

#[test]
fn a_certificate_that_curl_was_told_to_take_is_no_failure() {
    let log = |last: &str| {
        format!(
            "*   Trying 127.0.0.1:8443...\n* Connected to dev.azure.com (127.0.0.1) port 8443 (#0)\n* Server certificate:\n*  SSL certificate verify result: self-signed certificate (18), continuing anyway.\n> GET /contoso/_apis/serviceendpoint/endpoints/3d0c7f8e-51b2-4a96-8e47-90ac1b2d3e4f?api-version=7.1 HTTP/1.1\n> Host: dev.azure.com\n>\n< HTTP/1.1 200 OK\n< Content-Type: application/json\n<\n{{\"id\":\"3d0c7f8e-51b2-4a96-8e47-90ac1b2d3e4f\",\"name\":\"web\",\"type\":\"generic\",\"isReady\":true}}\n{last}"
        )
    };
    assert_eq!(judge(log("")).rules, [""; 0]);
    let refused = log(
        "* Connecting to hostname: dev.azure.com\n* SSL certificate problem: self-signed certificate\n* Closing connection 1\ncurl: (60) SSL certificate problem: self-signed certificate\n",
    );
    assert!(!judge(refused).rules.is_empty());
}

#[test]
fn the_numbers_of_transfers_that_curl_writes_in_front_are_no_part_of_a_call() {
    let log = "10:00:01.123456 [0-0] * Host dev.azure.com:443 was resolved.\n10:00:01.123456 [0-0] > GET /contoso/_apis/serviceendpoint/endpoints/3d0c7f8e-51b2-4a96-8e47-90ac1b2d3e4f?api-version=7.1 HTTP/2\n10:00:01.123456 [0-0] > Host: dev.azure.com\n10:00:01.123456 [0-0] >\n10:00:01.623456 [0-0] < HTTP/2 404\n10:00:01.623456 [0-0] < content-type: application/json\n10:00:01.623456 [0-0] <\n{\"message\":\"Nothing is called that.\"}\n";
    let read = trace(log);
    let answer = read.exchanges[0].response.as_ref().expect("it is there");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers.get("content-type"), Some("application/json"));
}

#[test]
fn an_answer_with_its_head_and_without_its_request_is_read_as_the_answer() {
    let answer = r#"{"$id":"1","message":"The quota of connections is used up.","typeKey":"ServiceEndpointException","errorCode":0,"eventId":3000}"#;
    let bare = judge(answer);
    let with_head = judge(format!(
        "HTTP/1.1 302 Found\r\nLocation: /contoso\r\nContent-Length: 0\r\n\r\nHTTP/2 400 Bad Request\r\ncontent-type: application/json\r\n\r\n{answer}"
    ));
    assert_eq!(with_head.verdict, bare.verdict);
    assert_eq!(with_head.rules, bare.rules);
    assert_eq!(with_head.container, bare.container);
    assert_eq!(with_head.notes, ["answer-without-request"]);
}
