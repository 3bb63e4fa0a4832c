//! The same exchange as HTTP clients of several languages log it.

use std::fmt::Write as _;

use serde_json::Value;

use super::forms::{answer_head, dictionary, literal, request_head};
use super::{Call, Form, HOST};

/// Clients whose logs show both bodies.
pub(super) const WHOLE: &[(&str, Form)] = &[
    ("Azure SDK for Python, network trace", azure_sdk_trace),
    ("azure-devops for Python, line numbers", azure_devops_lines),
    ("httpx event hooks", httpx_hooks),
    ("aiohttp trace", aiohttp_trace),
    ("requests, printed", requests_printed),
    ("requests-toolbelt dump", toolbelt_dump),
    ("Robot Framework", robot_framework),
    ("Apache HttpClient, wire", apache_wire),
    ("OkHttp", okhttp),
    ("Feign", feign),
    ("Net::HTTP of Ruby", ruby),
    ("mitmdump", mitmdump),
    ("error object of axios", axios_error),
    ("JSON line of a logger", json_line),
    ("Ansible", ansible),
];

/// Clients whose logs leave the body of the request out, and what shows it.
pub(super) const WITHOUT_BODIES: &[(&str, Form, &str)] = &[
    ("httpx", httpx, "proxy"),
    ("undici", undici, "proxy"),
    ("Azure SDK for JavaScript", azure_sdk_javascript, "proxy"),
    ("HttpClient of Java", java_http_client, "proxy"),
    ("HttpURLConnection of Java", java_url_connection, "proxy"),
];

fn azure_sdk_trace(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        answer,
        ..
    } = call;
    let url = call.url();
    format!(
        "2026-03-02 10:00:00,001 DEBUG azure.core.pipeline.policies._universal Request URL: '{url}'\nRequest method: '{method}'\nRequest headers:\n    'Content-Type': 'application/json'\nRequest body:\n{body}\n\
         2026-03-02 10:00:00,002 INFO azure.core.pipeline.policies.http_logging_policy Request URL: '{url}'\nRequest method: '{method}'\nRequest headers:\n    'Content-Type': 'application/json'\nA body is sent with the request\n\
         2026-03-02 10:00:00,003 DEBUG urllib3.connectionpool https://{HOST}:443 \"{method} {path} HTTP/1.1\" {status} {}\n\
         2026-03-02 10:00:00,004 INFO azure.core.pipeline.policies.http_logging_policy Response status: {status}\nResponse headers:\n    'Content-Type': 'application/json'\n\
         2026-03-02 10:00:00,005 DEBUG azure.core.pipeline.policies._universal Response status: '{status}'\nResponse headers:\n    'Content-Type': 'application/json'\nResponse content:\n{answer}\n",
        answer.len()
    )
}

fn azure_devops_lines(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        answer,
        ..
    } = call;
    let (url, dictionary) = (call.url(), dictionary(body));
    format!(
        "[2026-03-02 10:00:00,001] DEBUG [azure.devops.client._send_request:59] {method} {url}\n\
         [2026-03-02 10:00:00,001] DEBUG [azure.devops.client._send_request:61] Request content: {dictionary}\n\
         [2026-03-02 10:00:00,002] DEBUG [msrest.http_logger.log_request:50] Request URL: '{url}'\n\
         [2026-03-02 10:00:00,002] DEBUG [msrest.http_logger.log_request:51] Request method: '{method}'\n\
         [2026-03-02 10:00:00,002] DEBUG [msrest.http_logger.log_request:57] Request body:\n\
         [2026-03-02 10:00:00,002] DEBUG [msrest.http_logger.log_request:63] {body}\n\
         [2026-03-02 10:00:00,003] DEBUG [urllib3.connectionpool._make_request:1568] https://{HOST}:443 \"{method} {path} HTTP/1.1\" {status} {}\n\
         [2026-03-02 10:00:00,004] DEBUG [azure.devops.client._send_request:66] Response content: {}\n",
        answer.len(),
        literal(answer)
    )
}

fn httpx_hooks(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        answer,
        ..
    } = call;
    let url = call.url();
    format!(
        "Request event hook: {method} {url} - Waiting for response\nHeaders({{'host': '{HOST}', 'content-type': 'application/json'}})\n{}\n\
         Response event hook: {method} {url} - Status {status}\n{answer}\n",
        literal(body)
    )
}

fn aiohttp_trace(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let url = call.url();
    format!(
        "Starting request TraceRequestStartParams(method='{method}', url=URL('{url}'), headers=<CIMultiDict()>)\n\
         chunk sent TraceRequestChunkSentParams(method='{method}', url=URL('{url}'), chunk={})\n\
         Ending request TraceRequestEndParams(method='{method}', url=URL('{url}'), headers=<CIMultiDict()>, response=<ClientResponse({url}) [{status} {reason}]>\n)\n{answer}\n",
        literal(body)
    )
}

fn requests_printed(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    format!(
        "{method} {}\n{{'Content-Type': 'application/json', 'Content-Length': '{}'}}\n{}\n{status} {reason}\n{{'Content-Type': 'application/json; charset=utf-8'}}\n{answer}\n",
        call.url(),
        body.len(),
        literal(body)
    )
}

fn toolbelt_dump(call: &Call) -> String {
    let marked = |mark: &str, text: &str| {
        text.lines().fold(String::new(), |mut out, line| {
            let _ = writeln!(out, "{mark} {line}");
            out
        })
    };
    let sent = marked("<", &format!("{}{}", request_head(call, "\n"), call.body));
    let head = marked(">", &answer_head(call, "\n"));
    format!("{sent}\n{head}{}\n", call.answer)
}

fn robot_framework(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let url = call.url();
    format!(
        "2026-03-02 10:00:00.725138 - INFO - {method} Request : url={url} \n path_url={path} \n headers={{'Content-Type': 'application/json'}} \n body={} \n \n\
         2026-03-02 10:00:00.848917 - INFO - {method} Response : url={url} \n status={status}, reason={reason} \n headers={{'Content-Type': 'application/json'}} \n body={answer} \n \n\
         2026-03-02 10:00:00.849099 - FAIL - Url: {url} Expected status: {status} != 201\n",
        literal(body)
    )
}

fn apache_wire(call: &Call) -> String {
    let printed = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'\r' => out.push_str("[\\r]"),
                b'\n' => out.push_str("[\\n]"),
                0x20..=0x7e => out.push(char::from(byte)),
                other => write!(out, "[0x{other:x}]").expect("a string takes all"),
            }
        }
        out
    };
    let mut log = String::from(
        "10:00:00.737 [main] DEBUG o.a.h.i.conn.PoolingHttpClientConnectionManager - Connection request: [route: {s}->https://dev.azure.com:443]\n",
    );
    for (mark, head, body) in [
        (">>", request_head(call, "\r\n"), &call.body),
        ("<<", answer_head(call, "\r\n"), &call.answer),
    ] {
        for line in head.split_inclusive("\r\n").map(str::trim_end) {
            if !line.is_empty() {
                let _ = writeln!(
                    log,
                    "10:00:00.738 [main] DEBUG org.apache.http.headers - http-outgoing-0 {mark} {line}"
                );
            }
        }
        for line in head.split_inclusive("\r\n").chain([body.as_str()]) {
            let _ = writeln!(
                log,
                "10:00:00.739 [main] DEBUG org.apache.http.wire - http-outgoing-0 {mark} \"{}\"",
                printed(line)
            );
        }
    }
    log
}

fn okhttp(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let url = call.url();
    let log = format!(
        "--> {method} {url} h2\nContent-Type: application/json\nContent-Length: {}\n\n{body}\n--> END {method} ({}-byte body)\n\
         <-- {status} {reason} {url} (91ms)\ncontent-type: application/json\n\n{answer}\n<-- END HTTP ({}-byte body)\n",
        body.len(),
        body.len(),
        answer.len()
    );
    log.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "I/okhttp.OkHttpClient: {line}");
        out
    })
}

fn feign(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let log = format!(
        "---> {method} {} HTTP/1.1\nContent-Type: application/json\n\n{body}\n---> END HTTP ({}-byte body)\n\
         <--- HTTP/1.1 {status} {reason} (123ms)\ncontent-type: application/json\n\n{answer}\n<--- END HTTP ({}-byte body)\n",
        call.url(),
        body.len(),
        answer.len()
    );
    log.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "2026-03-02 10:00:00.123 DEBUG [Endpoints#save] {line}");
        out
    })
}

fn ruby(call: &Call) -> String {
    let string = |text: &str| format!("{text:?}").replace("\\'", "'");
    let mut log = format!(
        "opening connection to {HOST}:443...\nopened\n<- {}\n<- {}\n",
        string(&request_head(call, "\r\n")),
        string(&call.body)
    );
    for line in answer_head(call, "\r\n").split_inclusive("\r\n") {
        let _ = writeln!(log, "-> {}", string(line));
    }
    let _ = write!(
        log,
        "reading {} bytes...\n-> \"\"\n-> {}\nread {} bytes\nConn close\n",
        call.answer.len(),
        string(&call.answer),
        call.answer.len()
    );
    log
}

fn mitmdump(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let indented = |json: &str| {
        let value: Value = serde_json::from_str(json).expect("the data of the test is whole");
        let pretty = serde_json::to_string_pretty(&value).expect("the data of the test is whole");
        pretty.replace('\n', "\n    ")
    };
    format!(
        "127.0.0.1:52310: {method} {} HTTP/2.0\n    Content-Type: application/json\n\n    {}\n\n << HTTP/2.0 {status} {reason} {}b\n    Content-Type: application/json\n\n    {}\n\n",
        call.url(),
        indented(body),
        answer.len(),
        indented(answer)
    )
}

fn axios_error(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        reason,
        answer,
        path,
        ..
    } = call;
    let url = call.url();
    let quoted = body.replace('\\', "\\\\").replace('`', "\\`");
    format!(
        "AxiosError: Request failed with status code {status}\n    at settle (file:///app/node_modules/axios/lib/core/settle.js:19:12)\n    at async file:///app/save.mjs:2:6 {{\n  isAxiosError: true,\n  config: {{\n    adapter: [ 'xhr', 'http' ],\n    transformRequest: [ [Function: transformRequest] ],\n    headers: Object [AxiosHeaders] {{\n      'Content-Type': 'application/json'\n    }},\n    method: '{}',\n    url: '{url}',\n    data: `{quoted}`\n  }},\n  request: <ref *1> ClientRequest {{\n    _events: [Object: null prototype] {{ abort: [Function (anonymous)] }},\n    method: '{method}',\n    path: '{path}',\n    [Symbol(kCapture)]: false\n  }},\n  response: {{\n    status: {status},\n    statusText: '{reason}',\n    data: {answer}\n  }},\n  status: {status}\n}}\n",
        method.to_lowercase(),
    )
}

fn json_line(call: &Call) -> String {
    let line = serde_json::json!({
        "level": 50, "time": 1_772_445_600_000_u64, "msg": "request failed",
        "req": {"method": call.method, "url": call.url(), "body": call.body},
        "res": {"statusCode": call.status, "body": call.answer},
    });
    format!("{line}\n")
}

fn ansible(call: &Call) -> String {
    let sent: Value = serde_json::from_str(&call.body).expect("the data of the test is whole");
    let result = serde_json::json!({
        "changed": false, "content": call.answer, "elapsed": 0,
        "invocation": {"module_args": {"body": sent, "body_format": "json", "method": call.method, "url": call.url()}},
        "json": serde_json::from_str::<Value>(&call.answer).expect("the data of the test is whole"),
        "msg": format!("Status code was {} and not [201]: HTTP Error {}: {}", call.status, call.status, call.reason),
        "status": call.status, "url": call.url(),
    });
    let pretty = serde_json::to_string_pretty(&result).expect("the data of the test is whole");
    format!(
        "TASK [Save the connection] ****\ntask path: /srv/play.yml:4\nfatal: [localhost]: FAILED! => {pretty}\n\nPLAY RECAP ****\nlocalhost : ok=0    changed=0    failed=1\n"
    )
}

fn httpx(call: &Call) -> String {
    let Call {
        method,
        status,
        reason,
        answer,
        ..
    } = call;
    format!(
        "DEBUG [2026-03-02 10:00:00] httpcore.http11 - send_request_body.started request=<Request [b'{method}']>\n\
         INFO [2026-03-02 10:00:00] httpx - HTTP Request: {method} {} \"HTTP/1.1 {status} {reason}\"\n{status}\n{answer}\n",
        call.url()
    )
}

fn undici(call: &Call) -> String {
    let Call {
        method,
        status,
        answer,
        path,
        ..
    } = call;
    format!(
        "UNDICI 22050: connected to {HOST} using https:h1\nUNDICI 22050: sending request to {method} https://{HOST}/{path}\n\
         UNDICI 22050: received response to {method} https://{HOST}/{path} - HTTP {status}\nUNDICI 22050: trailers received from {method} https://{HOST}/{path}\n{status} {answer}\n"
    )
}

fn azure_sdk_javascript(call: &Call) -> String {
    let Call {
        method,
        status,
        answer,
        ..
    } = call;
    format!(
        "azure:core-rest-pipeline:info Request: {{\n  \"url\": \"{}\",\n  \"method\": \"{method}\",\n  \"headers\": {{\n    \"content-type\": \"application/json\"\n  }},\n  \"timeout\": 0\n}}\n\
         azure:core-rest-pipeline:info Response status code: {status}\nazure:core-rest-pipeline:info Headers: {{\n  \"content-type\": \"application/json\"\n}}\n{answer}\n",
        call.url()
    )
}

fn java_http_client(call: &Call) -> String {
    let Call {
        method,
        status,
        answer,
        ..
    } = call;
    let url = call.url();
    format!(
        "Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Http1Request headers\nINFO: REQUEST: {url} {method}\nMar 02, 2026 10:00:00 AM jdk.internal.net.http.Http1Request logHeaders\nINFO: HEADERS: REQUEST HEADERS:\n{}\
         Mar 02, 2026 10:00:00 AM jdk.internal.net.http.Exchange lambda$wrapForLog$13\nINFO: RESPONSE: ({method} {url}) {status} HTTP_1_1 Local port:  60036\n{answer}\n",
        request_head(call, "\n")
    )
}

fn java_url_connection(call: &Call) -> String {
    let Call {
        method,
        path,
        status,
        reason,
        answer,
        ..
    } = call;
    format!(
        "Mar 02, 2026 1:21:16 PM sun.net.www.protocol.http.HttpURLConnection writeRequests\n\
         FINE: sun.net.www.MessageHeader@7c7113757 pairs: {{{method} {path} HTTP/1.1: null}}{{Content-Type: application/json}}{{Host: {HOST}}}{{Content-Length: 793}}\n\
         Mar 02, 2026 1:21:16 PM sun.net.www.protocol.http.HttpURLConnection getInputStream0\n\
         FINE: sun.net.www.MessageHeader@3c7f66c46 pairs: {{null: HTTP/1.1 {status} {reason}}}{{Content-Type: application/json}}\n\
         Response Code : {status}\n{answer}\n"
    )
}
