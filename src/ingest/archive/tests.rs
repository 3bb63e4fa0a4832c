//! Archives as Fiddler and people write them, made here.

use std::io::{Cursor, Write as _};

use zip::unstable::write::FileOptionsExt as _;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{AesMode, CompressionMethod};

use crate::error::Kind;
use crate::exchange::{AnsweredBy, Body};
use crate::ingest::{Container, Options, Source, Trace, read};

const URL: &str = "https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints";

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn pack(members: &[(&str, &[u8])], how: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, how).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn parse(bytes: &[u8]) -> Vec<Trace> {
    read(
        "a.zip",
        Source::File(&mut Cursor::new(bytes)),
        &Options::default(),
    )
    .unwrap()
}

fn saz(how: SimpleFileOptions) -> Vec<u8> {
    let request =
        format!("PUT {URL}/1 HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{{\"a\":1}}");
    let encoded = format!("PUT {URL}/1 HTTP/1.1\r\nFiddler-Encoding: base64\r\n\r\neyJhIjoxfQ==");
    let tunnel = b"CONNECT dev.azure.com:443 HTTP/1.1\r\n\r\nA handshake was found.";
    let other = b"GET /x.js HTTP/1.1\r\nHost: cdn.contoso.com\r\n\r\n";
    let answer =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    let metadata = b"\xef\xbb\xbf<Session SID=\"72\" BitFlags=\"19\"><SessionFlags>\
        <SessionFlag N=\"ui-comments\" V=\"here\"/></SessionFlags></Session>";
    let failed = b"HTTP/1.1 502 Fiddler - Connection Failed\r\n\r\nno";
    pack(
        &[
            ("raw/10_c.txt", encoded.as_bytes()),
            ("raw/10_s.txt", failed),
            ("raw/2_s.txt", answer),
            ("raw/2_c.txt", request.as_bytes()),
            ("raw/2_m.xml", metadata),
            ("raw/1_c.txt", tunnel),
            ("raw/3_c.txt", other),
            ("raw/3_s.txt", b"never looked at"),
            ("raw/4_c.txt", request.as_bytes()),
            ("raw/4_s.txt", b""),
            (
                "raw/4_m.xml",
                b"<Session SID=\"80\" Aborted=\"true\" BitFlags=\"100000\"/>",
            ),
            ("raw/5_c.txt", b"garbage"),
        ],
        how,
    )
}

fn check_saz(trace: &Trace) {
    assert_eq!(trace.container, Container::Saz);
    assert_eq!((trace.total, trace.exchanges.len()), (6, 3));
    let [second, fourth, tenth] = &trace.exchanges[..] else {
        panic!()
    };
    assert_eq!((second.entry, second.session), (1, Some(72)));
    assert_eq!(second.comment.as_deref(), Some("here"));
    assert_eq!(
        second.request.body,
        Body::Text("{\"a\":1}".to_owned().into())
    );
    assert_eq!(
        second.response.as_ref().unwrap().body,
        Body::Text("{}".to_owned().into())
    );
    assert!(fourth.response.is_none());
    assert_eq!(fourth.error.as_deref(), Some("the session was aborted"));
    assert_eq!(tenth.answered_by, AnsweredBy::Proxy);
    assert_eq!(
        trace.hosts,
        [
            ("dev.azure.com".to_owned(), 4),
            ("cdn.contoso.com".to_owned(), 1)
        ]
    );
    let kinds: Vec<_> = trace
        .notes
        .iter()
        .map(|note| (note.kind, note.entry))
        .collect();
    assert_eq!(kinds, [("entry-unreadable", Some(4))]);
}

#[test]
fn a_member_that_cannot_be_unpacked_is_told_with_the_reason() {
    let har = br#"{"log":{"entries":[]}}"#;
    let packed = |names: &[&str]| {
        let members: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &har[..])).collect();
        let mut bytes = pack(&members, options());
        // The last member gets another method, in its own header and in the directory.
        let local = memchr::memmem::rfind(&bytes, b"PK\x03\x04").unwrap();
        let listed = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
        bytes[local + 8] = 12;
        bytes[listed + 10] = 12;
        bytes
    };
    let traces = parse(&packed(&["a.har", "b.har"]));
    assert_eq!(traces.len(), 2);
    assert!(traces[0].failure.is_none() && traces[0].notes.is_empty());
    assert_eq!(traces[1].path, "a.zip!b.har");
    assert_eq!(
        traces[1].failure.as_ref().unwrap().to_string(),
        "a.zip!b.har could not be read: it is compressed with bzip2, which is not read"
    );
}

#[test]
fn what_is_in_front_of_the_damage_is_read() {
    let entry =
        format!(r#"{{"request":{{"method":"GET","url":"{URL}"}},"response":{{"status":200}}}}"#);
    let rest: String = (0..400_u32)
        .map(|n| format!("{:x}", n.wrapping_mul(2_654_435_769)))
        .collect();
    let har = format!(r#"{{"log":{{"entries":[{entry},{{"x":"{rest}"}}]}}}}"#);
    let bytes = pack(&[("a.har", har.as_bytes())], options());
    let trace = parse(&bytes[..bytes.len() / 2]).remove(0);
    assert_eq!(trace.exchanges.len(), 1);
    assert_eq!(trace.notes[0].kind, "file-cut");
}

#[test]
fn an_archive_without_sessions_is_one_of_fiddler() {
    let request = format!("PUT {URL}/1 HTTP/1.1\r\n\r\n{{}}");
    for (member, container, total) in [
        ("_index.htm", Container::Saz, 0),
        ("1_c.txt", Container::SessionText, 1),
    ] {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.add_directory("raw/", options()).unwrap();
        writer.start_file(member, options()).unwrap();
        writer.write_all(request.as_bytes()).unwrap();
        writer
            .set_comment("Fiddler (v5.0) Session Archive.")
            .unwrap();
        let trace = parse(&writer.finish().unwrap().into_inner()).remove(0);
        assert_eq!((trace.container, trace.total), (container, total));
    }
}

#[test]
fn documents_of_office_programs_are_named() {
    let members: [(&str, &[u8]); 2] = [
        ("[Content_Types].xml", b"<x/>"),
        ("word/document.xml", b"x"),
    ];
    let bytes = pack(&members, options());
    let mut file = Cursor::new(bytes);
    let error = read("a.docx", Source::File(&mut file), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("a Word document"), "{error}");
}

#[test]
fn a_fiddler_archive_is_read_in_session_order() {
    let bytes = saz(options());
    let traces = parse(&bytes);
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].path, "a.zip");
    check_saz(&traces[0]);
    let streamed = read(
        "a.zip",
        Source::Stream(&mut &bytes[..]),
        &Options::default(),
    )
    .unwrap();
    check_saz(&streamed[0]);
}

#[test]
fn passwords_are_asked_for_and_tried() {
    let aes = [AesMode::Aes128, AesMode::Aes192, AesMode::Aes256];
    let mut ways: Vec<_> = aes
        .into_iter()
        .map(|mode| options().with_aes_encryption(mode, "fabrikam"))
        .collect();
    ways.push(options().with_deprecated_encryption(b"fabrikam").unwrap());
    for how in ways {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let request = format!("GET {URL} HTTP/1.1\r\n\r\n");
        for name in ["raw/1_c.txt", "raw/2_c.txt", "raw/3_c.txt"] {
            writer.start_file(name, how).unwrap();
            writer.write_all(request.as_bytes()).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let with = |password: Option<&str>| {
            let ask = || password.map(str::to_owned);
            let options = Options {
                password: Some(&ask),
                ..Options::default()
            };
            read("a.saz", Source::File(&mut Cursor::new(&bytes)), &options)
        };
        assert_eq!(with(Some("fabrikam")).unwrap()[0].exchanges.len(), 3);
        assert!(
            with(Some("contoso"))
                .unwrap_err()
                .to_string()
                .contains("wrong")
        );
        let none = with(None).unwrap_err();
        assert_eq!(none.kind(), Kind::Password);
        assert!(none.hint().is_some());
    }
}

#[test]
fn all_that_may_be_an_input_is_found_in_any_archive() {
    let body = format!("case/{}.json", "ab12".repeat(10));
    let har = format!(
        "{{\"log\":{{\"entries\":[{{\"request\":{{\"method\":\"GET\",\"url\":\"{URL}\"}},\
        \"response\":{{\"status\":200,\"content\":{{\"_file\":\"{}\"}}}}}}]}}}}",
        &body["case/".len()..]
    );
    let inner = saz(options());
    let bytes = pack(
        &[
            ("__MACOSX/._x.har", b"junk"),
            ("case/x.har", har.as_bytes()),
            (&body, b"{\"value\":[]}"),
            (&body["case/".len()..], b"not this one"),
            ("notes.txt", b"it fails"),
            ("picture.png", b"\x89PNG\r\n"),
            ("t.saz", &inner),
        ],
        options(),
    );
    let traces = parse(&bytes);
    let paths: Vec<&str> = traces.iter().map(|trace| trace.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "a.zip!case/x.har",
            "a.zip!notes.txt",
            "a.zip!picture.png",
            "a.zip!t.saz"
        ]
    );
    assert!(traces.iter().all(|trace| trace.found));
    let response = traces[0].exchanges[0].response.as_ref().unwrap();
    assert_eq!(response.body.text(), Some("{\"value\":[]}"));
    assert!(traces[2].failure.is_some());
    check_saz(&traces[3]);
    let only_text = parse(&pack(&[("message.txt", b"AADSTS700016")], options()));
    assert_eq!(only_text[0].text.as_deref(), Some("AADSTS700016"));
}

#[test]
fn a_damaged_or_swollen_archive_is_told() {
    let nothing = b"PK\x03\x04 and nothing else that one could use";
    let error = read(
        "a.saz",
        Source::File(&mut Cursor::new(nothing)),
        &Options::default(),
    );
    assert_eq!(error.unwrap_err().kind(), Kind::Unreadable);
    let zeros = vec![b' '; 4 << 20];
    let bomb = pack(&[("a.har", &zeros), ("b.har", &zeros)], options());
    let small = Options {
        max_unpacked: 1 << 20,
        ..Options::default()
    };
    let traces = read("b.zip", Source::File(&mut Cursor::new(&bomb)), &small).unwrap();
    assert!(traces.iter().any(|trace| trace.failure.is_some()));
    let nested = (0..5).fold(saz(options()), |inner, _| {
        pack(&[("i.zip", &inner)], options())
    });
    let traces = parse(&nested);
    let why = traces[0].failure.as_ref().unwrap().to_string();
    assert!(why.contains("packed several times over"), "{why}");
}

#[test]
fn half_a_download_keeps_its_complete_sessions() {
    let request = format!("GET {URL} HTTP/1.1\r\n\r\n");
    let names = ["raw/1_c.txt", "raw/1_s.txt", "raw/2_c.txt", "raw/2_s.txt"];
    for (name, how) in [
        ("plain", options()),
        (
            "encrypted",
            options().with_deprecated_encryption(b"fabrikam").unwrap(),
        ),
    ] {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(name, how).unwrap();
            let answer = name.ends_with("s.txt");
            let text = if answer {
                "HTTP/1.1 200 OK\r\n\r\n{}"
            } else {
                &request
            };
            writer.write_all(text.as_bytes()).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let starts: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x03\x04").collect();
        let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        let ask = || Some("fabrikam".to_owned());
        let options = Options {
            password: Some(&ask),
            ..Options::default()
        };
        for cut in 5..bytes.len() {
            let read = read(
                "a.saz",
                Source::File(&mut Cursor::new(&bytes[..cut])),
                &options,
            );
            if cut < starts[1] {
                continue;
            }
            let traces = read.unwrap_or_else(|error| panic!("{name} cut at {cut}: {error}"));
            let whole = |member: usize| cut >= *starts.get(member + 1).unwrap_or(&directory);
            let answered = |entry: usize| {
                let mut found = traces[0]
                    .exchanges
                    .iter()
                    .filter(|exchange| exchange.entry == entry);
                found.next().map(|exchange| exchange.response.is_some())
            };
            assert!(answered(0).is_some(), "{name} cut at {cut}");
            assert!(
                !whole(1) || answered(0) == Some(true),
                "{name} cut at {cut}"
            );
            assert!(!whole(2) || answered(1).is_some(), "{name} cut at {cut}");
            assert!(
                !whole(3) || answered(1) == Some(true),
                "{name} cut at {cut}"
            );
            assert!(traces[0].notes.iter().any(|note| note.kind == "file-cut"));
        }
    }
}

#[test]
fn the_list_of_an_encrypted_archive_says_what_need_not_be_opened() {
    let how = options().with_aes_encryption(AesMode::Aes256, "fabrikam");
    let ask = || Some("fabrikam".to_owned());
    let row = |number: usize, host: &str, path: &str| {
        format!(
            "<tr><td><a href='raw\\{number:02}_c.txt'>C</a></td><td>{number}</td><td>HTTPS</td>\
             <td>{host}</td><td>{path}</td></tr>"
        )
    };
    let head = "<tr><th>&nbsp;</th><th>#</th><th>Protocol</th><th>Host</th><th>URL</th></tr>";
    let (mut page, mut members) = (head.to_owned(), Vec::new());
    for number in 1..=40 {
        let ours = number % 10 == 0;
        // What the list says is no matter of ours is damaged: whoever opens it tells.
        let request = if ours {
            format!("GET {URL}/{number} HTTP/1.1\r\n\r\n")
        } else {
            "no request".to_owned()
        };
        page += &if ours {
            row(
                number,
                "dev.azure.com",
                "/contoso/_apis/serviceendpoint/endpoints",
            )
        } else {
            row(number, "cdn.contoso.example", "/x.js")
        };
        members.push((format!("raw/{number:02}_c.txt"), request));
    }
    members.push(("_index.htm".to_owned(), page));
    let members: Vec<(&str, &[u8])> = members
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let options = Options {
        password: Some(&ask),
        ..Options::default()
    };
    let read = |members: &[(&str, &[u8])]| {
        let bytes = pack(members, how);
        read("a.saz", Source::File(&mut Cursor::new(bytes)), &options)
            .unwrap()
            .remove(0)
    };
    let trace = read(&members);
    assert_eq!((trace.total, trace.exchanges.len()), (40, 4));
    assert_eq!(trace.exchanges[0].entry, 9);
    assert!(trace.notes.is_empty(), "{:?}", trace.notes);
    let host = ("cdn.contoso.example".to_owned(), 36);
    assert!(trace.hosts.contains(&host), "{:?}", trace.hosts);
    // Without the list everything is opened, as in an archive that is not encrypted.
    let opened = read(&members[..40]);
    assert_eq!((opened.total, opened.exchanges.len()), (40, 4));
    assert!(!opened.notes.is_empty());
}
