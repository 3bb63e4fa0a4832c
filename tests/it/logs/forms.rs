//! The same exchange as each tool logs it.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Call, Form, HOST};

/// Forms that show both bodies.
pub(super) const WHOLE: &[(&str, Form)] = &[
    ("az devops --debug", az_devops),
    ("az devops --debug, dictionary only", az_dictionary),
    ("az rest --debug", az_rest),
    ("logging of Python", python_logging),
    ("curl --trace-ascii", curl_trace_ascii),
    ("curl --trace", curl_trace),
    ("Terraform", terraform),
    ("Terraform, each line marked", terraform_marked),
    ("Terraform fields", terraform_fields),
    ("Terraform fields over several lines", terraform_field_lines),
    ("Terraform JSON", terraform_json),
    ("curl -v behind its command", curl_command_verbose),
    ("curl -i behind its command", curl_command_head),
    ("timeline of Insomnia", insomnia),
    ("http.client", http_client),
    ("http.client and urllib3", http_client_and_urllib3),
    ("PowerShell -Verbose -Debug", powershell_debug),
    ("PowerShell, command and error record", powershell_record),
    ("messages of HttpClient", dotnet_messages),
    ("logging handler of HttpClient", dotnet_handler),
    ("Postman, raw log", postman_raw),
    ("Postman, sections", postman_sections),
    ("Postman, object", postman_object),
    ("Newman", newman),
];

/// Forms that leave the body of the request out, and what names the switch.
pub(super) const WITHOUT_BODIES: &[(&str, Form, &str)] = &[
    ("Newman without --verbose", newman_short, "--verbose"),
    ("curl -v", curl_verbose, "--trace-ascii"),
    ("urllib3", urllib3, "--debug"),
    ("PowerShell 5 -Verbose", powershell_verbose_5, "-Debug"),
    ("PowerShell 7 -Verbose", powershell_verbose_7, "-Debug"),
    ("loggers of HttpClient", dotnet_loggers, "DelegatingHandler"),
    (
        "loggers of HttpClient, inner one",
        dotnet_inner_logger,
        "DelegatingHandler",
    ),
    (
        "logging policy of the Azure SDK",
        azure_sdk_policy,
        "--debug",
    ),
];

/// Programs in several languages that make the request.
pub(super) const PROGRAMS: &[(&str, Form)] = &[
    ("requests of Python", python_requests),
    ("HttpClient of C#", csharp_client),
    ("http of Go", go_http),
    ("axios of JavaScript", axios),
    ("https of Node.js", node_https),
    ("Guzzle of PHP", php_guzzle),
    ("HTTPie", httpie),
];

fn python_requests(call: &Call) -> String {
    let (path, query) = call.path.split_once('?').expect("it has a version");
    let version = query
        .rsplit("api-version=")
        .next()
        .expect("it has a version");
    let endpoint = query.split_once('&').map_or(String::new(), |(first, _)| {
        format!("?{first}&api-version={version}")
    });
    let body = call
        .body
        .replace("null", "None")
        .replace("true", "True")
        .replace("false", "False");
    format!(
        "import requests\n\nurl = \"https://{HOST}{path}{endpoint}\"\nquerystring = {{\"api-version\": \"{version}\"}}\n\npayload = {body}\nheaders = {{\"Authorization\": \"Basic {{}}\".format(token)}}\n\nresponse = requests.{}(url, json=payload, headers=headers, params=querystring)\nprint(response.json())\n",
        call.method.to_lowercase()
    )
}

fn csharp_client(call: &Call) -> String {
    let method = format!("{}{}", &call.method[..1], call.method[1..].to_lowercase());
    format!(
        "var client = new HttpClient();\nvar request = new HttpRequestMessage\n{{\n    Method = HttpMethod.{method},\n    RequestUri = new Uri(\"{}\"),\n    Content = new StringContent({})\n}};\nusing (var response = await client.SendAsync(request))\n{{\n    response.EnsureSuccessStatusCode();\n}}\n",
        call.url(),
        Value::from(call.body.clone())
    )
}

fn go_http(call: &Call) -> String {
    format!(
        "package main\n\nfunc main() {{\n\turl := \"{}\"\n\tpayload := strings.NewReader(`{}`)\n\treq, _ := http.NewRequest(\"{}\", url, payload)\n\tres, _ := http.DefaultClient.Do(req)\n}}\n",
        call.url(),
        call.body,
        call.method
    )
}

fn axios(call: &Call) -> String {
    format!(
        "import axios from 'axios';\n\nconst options = {{\n  method: '{}',\n  url: '{}',\n  headers: {{Authorization: `Basic ${{process.env.PAT}}`}},\n  // as the form sends it\n  data: {}\n}};\n\naxios.request(options).then(console.log).catch(console.error);\n",
        call.method,
        call.url(),
        call.body
    )
}

fn node_https(call: &Call) -> String {
    format!(
        "const https = require('https');\nconst options = {{\n  method: '{}',\n  hostname: '{HOST}',\n  port: null,\n  path: '{}'\n}};\nconst req = https.request(options, (res) => {{\n  res.on('data', (chunk) => chunks.push(chunk));\n}});\nreq.write(JSON.stringify({}));\nreq.end();\n",
        call.method, call.path, call.body
    )
}

fn php_guzzle(call: &Call) -> String {
    format!(
        "<?php\n$client = new \\GuzzleHttp\\Client();\n$response = $client->request('{}', '{}', [\n  'body' => '{}',\n  'headers' => ['Content-Type' => 'application/json'],\n]);\necho $response->getBody();\n",
        call.method,
        call.url(),
        call.body.replace('\'', "\\u0027")
    )
}

fn httpie(call: &Call) -> String {
    format!(
        "echo '{}' |  \\\n  http {} '{}' \\\n  Authorization:'Basic xyz'\n",
        call.body.replace('\'', "\\u0027"),
        call.method,
        call.url()
    )
}

/// The log as it looks behind what pipelines, terminals and other systems do to it.
pub(super) fn decorations(log: &str) -> Vec<(&'static str, Vec<u8>)> {
    let each = |change: &dyn Fn(&str) -> String| {
        log.lines()
            .map(|line| change(line) + "\n")
            .collect::<String>()
    };
    let utf16 = |text: &str| {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let timed = each(&|line| format!("2024-02-07T16:08:33.5909328Z {line}"));
    vec![
        ("times of a pipeline", timed.clone().into_bytes()),
        (
            "debug marks of a pipeline",
            each(&|line| format!("2024-02-07T16:08:33.5909328Z ##[debug]{line}")).into_bytes(),
        ),
        ("carriage returns", log.replace('\n', "\r\n").into_bytes()),
        ("UTF-16", utf16(&timed.replace('\n', "\r\n"))),
        (
            "colours",
            each(&|line| format!("\u{1b}[36m{line}\u{1b}[0m")).into_bytes(),
        ),
        (
            "words around it",
            format!("Hello,\nthis is what I see:\n\n{log}\n\nRegards\n").into_bytes(),
        ),
    ]
}

fn pretty(json: &str) -> String {
    serde_json::to_string_pretty(
        &serde_json::from_str::<Value>(json).expect("the data of the test is whole"),
    )
    .expect("the data of the test is whole")
}

/// JSON as Python prints a dictionary.
pub(super) fn dictionary(json: &str) -> String {
    fn print(value: &Value) -> String {
        match value {
            Value::Null => "None".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => {
                let text = text.replace('\\', "\\\\");
                if text.contains('\'') && !text.contains('"') {
                    format!("\"{text}\"")
                } else {
                    format!("'{}'", text.replace('\'', "\\'"))
                }
            }
            Value::Array(items) => format!(
                "[{}]",
                items.iter().map(print).collect::<Vec<_>>().join(", ")
            ),
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| format!("'{name}': {}", print(value)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
            }
        }
    }
    print(&serde_json::from_str(json).expect("the data of the test is whole"))
}

fn az_devops(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        answer,
        ..
    } = call;
    let (url, dictionary, length) = (call.url(), dictionary(body), answer.len());
    format!(
        "DEBUG: azext_devops.devops_sdk.client: Api version '5.0-preview.2'\n\
         DEBUG: msrest.universal_http.requests: Configuring retry: max_retries=3, backoff_factor=0.8, max_backoff=90\n\
         DEBUG: azext_devops.devops_sdk.client: {method} {url}\n\
         DEBUG: azext_devops.devops_sdk.client: Request content: {dictionary}\n\
         DEBUG: msrest.http_logger: Request URL: '{url}'\n\
         DEBUG: msrest.http_logger: Request method: '{method}'\n\
         DEBUG: msrest.http_logger: Request headers:\n\
         DEBUG: msrest.http_logger:     'Accept': 'application/json'\n\
         DEBUG: msrest.http_logger:     'Content-Type': 'application/json; charset=utf-8'\n\
         DEBUG: msrest.http_logger: Request body:\n\
         DEBUG: msrest.http_logger: {body}\n\
         DEBUG: urllib3.connectionpool: https://{HOST}:443 \"{method} {path} HTTP/1.1\" {status} {length}\n\
         DEBUG: msrest.http_logger: Response status: {status}\n\
         DEBUG: msrest.http_logger: Response headers:\n\
         DEBUG: msrest.http_logger:     'Content-Type': 'application/json; charset=utf-8; api-version=5.0'\n\
         DEBUG: msrest.http_logger: Response content:\n\
         DEBUG: msrest.http_logger: {answer}\n\
         DEBUG: msrest.exceptions: it ends here\n"
    )
}

fn az_dictionary(call: &Call) -> String {
    let Call {
        method,
        status,
        answer,
        ..
    } = call;
    let (url, dictionary) = (call.url(), dictionary(&call.body));
    format!(
        "DEBUG: azext_devops.devops_sdk.client: {method} {url}\n\
         DEBUG: azext_devops.devops_sdk.client: Request content: {dictionary}\n\
         DEBUG: msrest.http_logger: Response status: {status}\n\
         DEBUG: msrest.http_logger: Response content:\n\
         DEBUG: msrest.http_logger: {answer}\n"
    )
}

fn az_rest(call: &Call) -> String {
    let Call {
        method,
        path,
        status,
        ..
    } = call;
    let (url, body, answer) = (call.url(), pretty(&call.body), pretty(&call.answer));
    let length = answer.len();
    format!(
        "cli.azure.cli.core.util: Retrieving token for resource 499b84ac-1321-427f-aa17-267ca6975798\n\
         cli.azure.cli.core.util: Request URL: '{url}'\n\
         cli.azure.cli.core.util: Request method: '{method}'\n\
         cli.azure.cli.core.util: Request headers:\n\
         cli.azure.cli.core.util:     'Content-Type': 'application/json'\n\
         cli.azure.cli.core.util:     'x-ms-client-request-id': '5f2c6b1a-0000-4000-8000-000000000001'\n\
         cli.azure.cli.core.util: Request body:\n\
         cli.azure.cli.core.util: {body}\n\
         urllib3.connectionpool: Starting new HTTPS connection (1): {HOST}:443\n\
         urllib3.connectionpool: https://{HOST}:443 \"{method} {path} HTTP/11\" {status} {length}\n\
         cli.azure.cli.core.util: Response status: {status}\n\
         cli.azure.cli.core.util: Response headers:\n\
         cli.azure.cli.core.util:     'Content-Length': '{length}'\n\
         cli.azure.cli.core.util: Response content:\n\
         cli.azure.cli.core.util: {answer}\n\
         cli.azure.cli.core.azclierror: Traceback (most recent call last):\n"
    )
}

fn python_logging(call: &Call) -> String {
    let Call {
        method,
        body,
        status,
        answer,
        ..
    } = call;
    let url = call.url();
    let line =
        |text: &str| format!("2024-02-07 16:08:33,590 - msrest.http_logger - DEBUG - {text}\n");
    [
        format!("Request URL: '{url}'"),
        format!("Request method: '{method}'"),
        "Request headers:".to_owned(),
        "    'Accept': 'application/json'".to_owned(),
        "Request body:".to_owned(),
        body.clone(),
        format!("Response status: {status}"),
        "Response headers:".to_owned(),
        "    'Date': 'Wed, 07 Feb 2024 16:08:33 GMT'".to_owned(),
        "Response content:".to_owned(),
        answer.clone(),
    ]
    .iter()
    .map(|text| line(text))
    .collect()
}

pub(super) fn request_head(call: &Call, end: &str) -> String {
    let Call {
        method, path, body, ..
    } = call;
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1{end}Host: {HOST}{end}Accept: */*{end}Content-Type: application/json{end}Content-Length: {length}{end}{end}"
    )
}

pub(super) fn answer_head(call: &Call, end: &str) -> String {
    let Call {
        status,
        reason,
        answer,
        ..
    } = call;
    let length = answer.len();
    format!(
        "HTTP/1.1 {status} {reason}{end}Content-Type: application/json; charset=utf-8{end}Content-Length: {length}{end}{end}"
    )
}

/// The rows of one section; in text they end where a line does.
fn rows(bytes: &[u8], hexadecimal: bool) -> String {
    let mut out = String::new();
    let shown = |byte: &u8| {
        if (0x20..0x7f).contains(byte) {
            char::from(*byte)
        } else {
            '.'
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let width = if hexadecimal { 16 } else { 64 };
        let mut row = &bytes[at..bytes.len().min(at + width)];
        let mut step = row.len();
        if let Some(end) = row
            .windows(2)
            .position(|two| two == b"\r\n")
            .filter(|_| !hexadecimal)
        {
            row = &row[..end];
            step = end + 2;
        }
        let text: String = row.iter().map(shown).collect();
        let pairs: String = row.iter().map(|byte| format!("{byte:02x} ")).collect();
        let _ = if hexadecimal {
            writeln!(out, "{at:04x}: {pairs:48}{text}")
        } else {
            writeln!(out, "{at:04x}: {text}")
        };
        at += step;
    }
    out
}

fn traced(call: &Call, hexadecimal: bool) -> String {
    let mut out = String::from(
        "== Info: Connected to dev.azure.com (13.107.42.20) port 443\n=> Send SSL data, 5 bytes (0x5)\n0000: .....\n",
    );
    let mut section = |name: &str, bytes: &[u8]| {
        let _ = writeln!(out, "{name}, {0} bytes (0x{0:x})", bytes.len());
        out.push_str(&rows(bytes, hexadecimal));
    };
    // What is not ASCII is a dot in a dump of text, so there it is sent escaped.
    let body = if hexadecimal {
        pretty(&call.body)
    } else {
        call.body.replace('é', "\\u00e9")
    };
    section("=> Send header", request_head(call, "\r\n").as_bytes());
    let (first, second) = body.as_bytes().split_at(300);
    section("=> Send data", first);
    section("=> Send data", second);
    for line in answer_head(call, "\r\n").split_inclusive('\n') {
        section("<= Recv header", line.as_bytes());
    }
    section("<= Recv data", call.answer.as_bytes());
    out.push_str("== Info: Connection #0 to host dev.azure.com left intact\n");
    out
}

fn curl_trace_ascii(call: &Call) -> String {
    traced(call, false)
}

fn curl_trace(call: &Call) -> String {
    traced(call, true)
}

fn curl_verbose(call: &Call) -> String {
    let marked = |mark: &str, text: &str| {
        text.lines()
            .fold(String::new(), |out, line| out + mark + " " + line + "\n")
    };
    format!(
        "*   Trying 13.107.42.20:443...\n* Connected to {HOST} (13.107.42.20) port 443\n{}}} [{} bytes data]\n{}{{ [{} bytes data]\n{}* Connection #0 to host {HOST} left intact\n",
        marked(">", &request_head(call, "\n")),
        call.body.len(),
        marked("<", &answer_head(call, "\n")),
        call.answer.len(),
        call.answer,
    )
}

fn urllib3(call: &Call) -> String {
    let Call {
        method,
        path,
        status,
        ..
    } = call;
    format!(
        "DEBUG:urllib3.connectionpool:Starting new HTTPS connection (1): {HOST}:443\n\
         DEBUG:urllib3.connectionpool:https://{HOST}:443 \"{method} {path} HTTP/1.1\" {status} None\n"
    )
}

fn terraform_lines(call: &Call) -> (String, String) {
    let dashes = "-".repeat(53);
    let request = format!(
        "---[ REQUEST ]---------------------------------------\n{}{}\n{dashes}\n",
        request_head(call, "\n"),
        pretty(&call.body)
    );
    let answer = format!(
        "---[ RESPONSE ]--------------------------------------\n{}{}\n{dashes}\n",
        answer_head(call, "\n"),
        pretty(&call.answer)
    );
    (request, answer)
}

fn terraform(call: &Call) -> String {
    let mark = "2025-08-26T10:00:00.000Z [DEBUG] provider.terraform-provider-azuredevops_v1.11.2: 2025/08/26 10:00:00 [DEBUG] AzureDevOps";
    let (request, answer) = terraform_lines(call);
    format!("{mark} Request Details:\n{request}{mark} Response Details:\n{answer}")
}

fn terraform_marked(call: &Call) -> String {
    let (request, answer) = terraform_lines(call);
    let lines =
        format!("AzureDevOps Request Details:\n{request}AzureDevOps Response Details:\n{answer}");
    lines.lines().fold(String::new(), |out, line| {
        out + "2025-08-26T10:00:00.000+0200 [DEBUG] provider.terraform-provider-azuredevops_v1.11.2: " + line + "\n"
    })
}

const TRANSACTION: &str = "tf_http_trans_id=9c0b8f6e-0000-4000-8000-000000000001";

fn terraform_fields(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        reason,
        answer,
        ..
    } = call;
    let (body, answer) = (Value::from(body.as_str()), Value::from(answer.as_str()));
    let mark = "2025-08-26T10:00:00.000Z [DEBUG] provider.terraform-provider-azuredevops_v1.11.2:";
    format!(
        "{mark} Sending HTTP Request: Accept-Encoding=gzip Content-Type=application/json Host={HOST} {TRANSACTION} tf_http_req_method={method} tf_http_req_uri={path} tf_http_op_type=request tf_http_req_body={body} tf_http_req_version=HTTP/1.1 @module=azuredevops: timestamp=\"2025-08-26T10:00:00.000Z\"\n\
         {mark} Received HTTP Response: Content-Type=\"application/json; charset=utf-8\" {TRANSACTION} tf_http_op_type=response tf_http_res_body={answer} tf_http_res_status_code={status} tf_http_res_status_reason=\"{status} {reason}\"\n"
    )
}

fn terraform_field_lines(call: &Call) -> String {
    let Call {
        method,
        path,
        status,
        ..
    } = call;
    let bars = |text: &str| {
        text.lines()
            .fold(String::new(), |out, line| out + "  | " + line + "\n")
    };
    let (body, answer) = (bars(&pretty(&call.body)), bars(&pretty(&call.answer)));
    let mark = "2025-08-26T10:00:00.000Z [DEBUG] provider.terraform-provider-azuredevops_v1.11.2:";
    format!(
        "{mark} Sending HTTP Request: Host={HOST} {TRANSACTION} tf_http_op_type=request\n  tf_http_req_body=\n{body}   tf_http_req_method={method} tf_http_req_uri={path}\n\
         {mark} Received HTTP Response: {TRANSACTION} tf_http_op_type=response\n  tf_http_res_body=\n{answer}   tf_http_res_status_code={status}\n"
    )
}

fn terraform_json(call: &Call) -> String {
    let Call {
        method,
        path,
        body,
        status,
        answer,
        ..
    } = call;
    let request = serde_json::json!({
        "@level": "debug", "@message": "Sending HTTP Request", "Host": HOST, "tf_http_op_type": "request",
        "tf_http_req_method": method, "tf_http_req_uri": path, "tf_http_req_body": body, "tf_http_trans_id": "1",
    });
    let answer = serde_json::json!({
        "@level": "debug", "@message": "Received HTTP Response", "tf_http_op_type": "response",
        "tf_http_res_status_code": status, "tf_http_res_body": answer, "tf_http_trans_id": "1",
    });
    format!("{request}\n{answer}\n")
}

/// Requests that somebody copied, or that stand in a script: nothing of the answer is there.
pub(super) const ASKED: &[(&str, Form)] = &[
    ("Copy as cURL (bash)", copied_bash),
    ("Copy as cURL (bash), one line", |call| {
        copied_bash(call).replace(" \\\n ", "")
    }),
    ("Copy as cURL (cmd)", copied_cmd),
    ("Copy as cURL (cmd), older", copied_cmd_older),
    ("Copy as PowerShell", copied_powershell),
    ("Copy as fetch", copied_fetch),
    ("curl with a here-document", curl_document),
    ("curl with a file", curl_file),
    ("curl with a variable", curl_variable),
    ("curl behind a pipe", curl_pipe),
    ("curl in YAML", curl_yaml),
    ("az rest", az_rest_command),
    ("az rest with a file", az_rest_file),
    ("az devops invoke", az_devops_invoke),
    ("Invoke-RestMethod with a here-string", here_string),
    ("Invoke-RestMethod with a table", tables),
    ("Invoke-RestMethod splatted", splatted),
    ("fetch in a script", fetch_script),
];

fn single(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn copied_bash(call: &Call) -> String {
    let quoted = |text: &str| {
        if text.contains('\'') {
            format!(
                "$'{}'",
                text.replace('\\', "\\\\")
                    .replace('\'', "\\'")
                    .replace('!', "\\u0021")
            )
        } else {
            format!("'{text}'")
        }
    };
    format!(
        "curl {} \\\n  -X {} \\\n  -H 'accept: application/json;api-version=7.1' \\\n  -H 'content-type: application/json' \\\n  -b 'UserAuthentication=abc; other=1' \\\n  -H 'x-requested-with: XMLHttpRequest' \\\n  --data-raw {}",
        quoted(&call.url()),
        quoted(call.method),
        quoted(&call.body)
    )
}

/// Browsers put a blank for what is not ASCII.
fn ascii(text: &str) -> String {
    text.replace('é', "\\u00e9")
}

fn copied_cmd(call: &Call) -> String {
    let quoted = |text: &str| {
        let text = ascii(text).replace('\\', "\\\\").replace('"', "\\\"");
        let plain = |c: char| {
            c.is_ascii_alphanumeric() || c.is_whitespace() || "_-:=+~'/.',?;()*`".contains(c)
        };
        let text: String = text
            .chars()
            .flat_map(|c| (!plain(c)).then_some('^').into_iter().chain([c]))
            .collect();
        format!("^\"{text}^\"")
    };
    format!(
        "curl {} ^\n  -X {} ^\n  -H ^\"accept: application/json;api-version=7.1^\" ^\n  -H ^\"content-type: application/json^\" ^\n  --data-raw {}",
        quoted(&call.url()),
        quoted(call.method),
        quoted(&call.body)
    )
}

fn copied_cmd_older(call: &Call) -> String {
    let body = ascii(&call.body)
        .replace("\\\"", "\u{1}")
        .replace('"', "\\\"")
        .replace('\u{1}', "\\\\\\\"");
    format!(
        "curl \"{}\" ^\n  -X \"{}\" ^\n  -H \"content-type: application/json\" ^\n  --data-raw \"{body}\"",
        call.url(),
        call.method
    )
}

fn copied_powershell(call: &Call) -> String {
    let body: String = call
        .body
        .chars()
        .map(|c| match c {
            '`' | '$' | '"' => format!("`{c}"),
            ' '..='~' => c.to_string(),
            c => format!("$([char]{})", u32::from(c)),
        })
        .collect();
    format!(
        "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"Mozilla/5.0 (X11)\"\n$session.Cookies.Add((New-Object System.Net.Cookie(\"a\", \"b\", \"/\", \"{HOST}\")))\n\
         Invoke-WebRequest -UseBasicParsing -Uri \"{}\" `\n-Method \"{}\" `\n-WebSession $session `\n-Headers @{{\n\"authority\"=\"{HOST}\"\n  \"method\"=\"{}\"\n  \"accept\"=\"application/json;api-version=7.1\"\n}} `\n-ContentType \"application/json\" `\n\
         -Body ([System.Text.Encoding]::UTF8.GetBytes(\"{body}\"))",
        call.url(),
        call.method,
        call.method
    )
}

fn copied_fetch(call: &Call) -> String {
    let options = serde_json::json!({
        "headers": {"accept": "application/json;api-version=7.1", "content-type": "application/json"},
        "referrer": format!("https://{HOST}/contoso/Shop/_settings/adminservices"),
        "body": call.body, "method": call.method, "mode": "cors", "credentials": "include",
    });
    format!(
        "fetch(\"{}\", {});",
        call.url(),
        serde_json::to_string_pretty(&options).expect("the data of the test is whole")
    )
}

fn curl_document(call: &Call) -> String {
    format!(
        "#!/bin/bash\nset -euo pipefail\nORG=contoso\n\nresponse=$(curl -sS -X {} -H \"Authorization: Bearer $SYSTEM_ACCESSTOKEN\" \\\n  -H 'Content-Type: application/json' -d @- \"{}\" <<'EOF'\n{}\nEOF\n)\necho \"$response\"\n",
        call.method,
        call.url().replace("contoso", "${ORG}"),
        pretty(&call.body)
    )
}

fn curl_file(call: &Call) -> String {
    format!(
        "cat > /tmp/body.json <<EOF\n{}\nEOF\ncurl -u :$PAT -sX{} -H 'Content-Type: application/json' --data-binary @/tmp/body.json '{}'\n",
        pretty(&call.body).replace('\\', "\\\\").replace('$', "\\$"),
        call.method,
        call.url()
    )
}

fn curl_variable(call: &Call) -> String {
    format!(
        "BODY='{}'\nURL=\"{}\"\ncurl --request {} --url \"$URL\" --header \"Content-Type: application/json\" --data \"$BODY\" | jq .\n",
        single(&call.body),
        call.url(),
        call.method
    )
}

fn curl_pipe(call: &Call) -> String {
    format!(
        "echo '{}' | curl -X {} --json @- {}\n",
        single(&call.body),
        call.method,
        call.url().replace('&', "\\&")
    )
}

fn curl_yaml(call: &Call) -> String {
    format!(
        "steps:\n- bash: |\n    curl -X {} -H \"Content-Type: application/json\" \\\n      -d '{}' \\\n      \"{}\"\n  displayName: Save\n",
        call.method,
        single(&call.body),
        call.url()
    )
}

fn az_rest_command(call: &Call) -> String {
    format!(
        "az rest --method {} --uri '{}' --headers Content-Type=application/json --resource 499b84ac-1321-427f-aa17-267ca6975798 --body '{}'\n",
        call.method.to_lowercase(),
        call.url(),
        single(&call.body)
    )
}

fn az_rest_file(call: &Call) -> String {
    format!(
        "cat <<'JSON' > body.json\n{}\nJSON\naz rest -m {} -u \"{}\" -b @body.json\n",
        call.body,
        call.method,
        call.url()
    )
}

fn az_devops_invoke(call: &Call) -> String {
    let path = call
        .path
        .split('?')
        .next()
        .expect("the data of the test is whole");
    let query = call
        .path
        .split_once('?')
        .expect("the data of the test is whole")
        .1;
    let parameters = query
        .split('&')
        .filter(|pair| !pair.starts_with("api-version"));
    let parameters: Vec<&str> = parameters.collect();
    let version = query
        .split("api-version=")
        .nth(1)
        .expect("the data of the test is whole");
    let project = if path.contains("/Shop/") {
        "project=Shop"
    } else {
        ""
    };
    let resource = if path.contains("endpointproxy") {
        "endpointproxy"
    } else {
        "endpoints"
    };
    let id = path
        .rsplit('/')
        .next()
        .filter(|id| id.len() == 36)
        .map_or(String::new(), |id| format!("endpointId={id}"));
    let parameters = if parameters.is_empty() {
        String::new()
    } else {
        format!("--query-parameters {}", parameters.join(" "))
    };
    format!(
        "cat > body.json << EOF\n{}\nEOF\naz devops invoke --organization https://{HOST}/contoso --area serviceendpoint --resource {resource} --route-parameters {project} {id} {parameters} --http-method {} --in-file body.json --api-version {version}\n",
        call.body.replace('\\', "\\\\").replace('$', "\\$"),
        call.method
    )
}

fn here_string(call: &Call) -> String {
    format!(
        "$org = 'contoso'\n$headers = @{{ Authorization = \"Bearer $token\" }}\n$body = @'\n{}\n'@\n\n$result = Invoke-RestMethod -Uri \"{}\" -Method {} -Headers $headers -ContentType 'application/json' -Body $body\n",
        pretty(&call.body),
        call.url().replace("contoso", "$org"),
        call.method
    )
}

/// JSON as a table of PowerShell.
fn table(value: &Value) -> String {
    match value {
        Value::Null => "$null".to_owned(),
        Value::Bool(value) => format!("${value}"),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Array(items) => format!(
            "@({})",
            items.iter().map(table).collect::<Vec<_>>().join(", ")
        ),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("    {name} = {}\n", table(value)));
            format!("@{{\n{}}}", members.collect::<String>())
        }
    }
}

fn tables(call: &Call) -> String {
    let body = table(&serde_json::from_str(&call.body).expect("the data of the test is whole"));
    format!(
        "$endpoint = {body}\n\n$json = $endpoint | ConvertTo-Json -Depth 10 -Compress\nInvoke-RestMethod -Method {} -Uri '{}' -Body $json -ContentType application/json | Out-Null\n",
        call.method,
        call.url()
    )
}

fn splatted(call: &Call) -> String {
    let body = table(&serde_json::from_str(&call.body).expect("the data of the test is whole"));
    format!(
        "$params = @{{\n  Uri = '{}'\n  Method = '{}'\n  ContentType = 'application/json'\n  Body = ({body} | ConvertTo-Json -Depth 20)\n}}\nInvoke-RestMethod @params\n",
        call.url(),
        call.method
    )
}

fn fetch_script(call: &Call) -> String {
    format!(
        "const endpoint = {};\nconst response = await fetch('{}', {{\n  method: '{}',\n  headers: {{ 'Content-Type': 'application/json', Authorization: `Bearer ${{token}}` }},\n  body: JSON.stringify(endpoint),\n}});\n",
        pretty(&call.body),
        call.url(),
        call.method
    )
}

fn curl_command_verbose(call: &Call) -> String {
    let command = format!(
        "$ curl -v -X {} -H 'Content-Type: application/json' -d '{}' '{}'\n",
        call.method,
        single(&call.body),
        call.url()
    );
    command + &curl_verbose(call)
}

fn curl_command_head(call: &Call) -> String {
    format!(
        "user@host:~$ curl -i -X {} --url {} --data '{}'\n{}{}\n",
        call.method,
        call.url().replace('&', "\\&"),
        single(&call.body),
        answer_head(call, "\n"),
        call.answer
    )
}

fn insomnia(call: &Call) -> String {
    let body = format!(
        "* We are sending it now\n> {}\n\n",
        request_head(call, "\n> ").trim_end_matches("\n> ")
    );
    let bars = pretty(&call.body)
        .lines()
        .fold(String::new(), |out, line| out + "| " + line + "\n");
    let answer = answer_head(call, "\n")
        .trim_end()
        .lines()
        .fold(String::new(), |out, line| out + "< " + line + "\n");
    format!(
        "* Preparing request to {}\n{}{bars}\n* upload completely sent off\n\n{answer}\n{}\n* Connection #0 to host {HOST} left intact\n",
        call.url(),
        body.replace("\n\n", "\n>\n"),
        call.answer
    )
}

/// Bytes as Python prints them.
pub(super) fn literal(text: &str) -> String {
    let spell = |byte: u8| match byte {
        b'\r' => "\\r".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\'' => "\\'".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b' '..=b'~' => char::from(byte).to_string(),
        byte => format!("\\x{byte:02x}"),
    };
    format!("b'{}'", text.bytes().map(spell).collect::<String>())
}

fn http_client(call: &Call) -> String {
    let head = literal(&request_head(call, "\r\n"));
    let (body, answer) = (literal(&call.body), &call.answer);
    format!(
        "send: {head}\nsend: {body}\nreply: 'HTTP/1.1 {} {}\\r\\n'\nheader: Content-Type: application/json; charset=utf-8\nheader: Content-Length: {}\n{answer}\n",
        call.status,
        call.reason,
        answer.len()
    )
}

fn http_client_and_urllib3(call: &Call) -> String {
    let mut log = http_client(call);
    let printed = log
        .pop()
        .map(|_| log.split_off(log.len() - call.answer.len()));
    format!(
        "{log}DEBUG:urllib3.connectionpool:https://{HOST}:443 \"{} {} HTTP/1.1\" {} {}\n{} {}\n",
        call.method,
        call.path,
        call.status,
        call.answer.len(),
        call.status,
        printed.unwrap_or_default()
    )
}

fn url_without_query(call: &Call) -> String {
    call.url()
        .split('?')
        .next()
        .expect("the data of the test is whole")
        .to_owned()
}

fn powershell_debug(call: &Call) -> String {
    let query: Vec<&str> = call
        .path
        .split_once('?')
        .expect("the data of the test is whole")
        .1
        .split('&')
        .collect();
    format!(
        "VERBOSE: WebRequest: v1.1 {} {} with query length 15 with application/json payload with body size 1.1 KB (1126 bytes)\n\
         DEBUG: WebRequest Detail\n---QUERY\n{}\n\n--- HEADERS\nUser-Agent: Mozilla/5.0, (Linux;Ubuntu 22.04.5 LTS;en-US), PowerShell/7.4.6\nContent-Type: application/json\n\n--- BODY\n{}\n\n\
         VERBOSE: WebResponse: {} {} with application/json payload with body size 311 B (311 bytes)\n\
         DEBUG: WebResponse Detail\n--- HEADERS\nCache-Control: no-cache\nContent-Type: application/json; charset=utf-8\n\n--- BODY\n{}\n\n",
        call.method,
        url_without_query(call),
        query.join("\n"),
        pretty(&call.body),
        call.status,
        call.reason,
        call.answer
    )
}

fn at_line(call: &Call) -> String {
    format!(
        "At line:1 char:1\n+ Invoke-RestMethod -Uri $uri -Method {} -Body $body -ContentType 'a ...\n+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n    + CategoryInfo          : InvalidOperation: (System.Net.HttpWebRequest:HttpWebRequest) [Invoke-RestMethod], WebException\n    + FullyQualifiedErrorId : WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeRestMethodCommand\n",
        call.method
    )
}

fn powershell_record(call: &Call) -> String {
    format!(
        "PS C:\\work> {}Invoke-RestMethod : The remote server returned an error: ({}) {}.\n{}\nInvoke-RestMethod : {}\n{}",
        here_string(call),
        call.status,
        call.reason,
        at_line(call),
        call.answer,
        at_line(call)
    )
}

fn powershell_verbose_5(call: &Call) -> String {
    format!(
        "VERBOSE: {} {} with -1-byte payload\nInvoke-RestMethod : {}\n{}Invoke-RestMethod : The remote server returned an error: ({}) {}.\n{}",
        call.method,
        call.url(),
        call.answer,
        at_line(call),
        call.status,
        call.reason,
        at_line(call)
    )
}

fn powershell_verbose_7(call: &Call) -> String {
    let bars = pretty(&call.answer)
        .lines()
        .fold(String::new(), |out, line| out + "     | " + line + "\n");
    format!(
        "VERBOSE: {} {} with 1126-byte payload\nVERBOSE: received {}-byte response of content type application/json\nInvoke-RestMethod: Response status code does not indicate success: {} ({}).\nInvoke-RestMethod: /home/ana/save.ps1:3\nLine |\n   3 |  Invoke-RestMethod -Uri $uri -Method {} -Body $body\n     |  ~~~~~~~~~~~~~~~~~\n{bars}",
        call.method,
        call.url(),
        call.answer.len(),
        call.status,
        call.reason,
        call.method
    )
}

fn dotnet_messages(call: &Call) -> String {
    format!(
        "Method: {}, RequestUri: '{}', Version: 1.1, Content: System.Net.Http.StringContent, Headers:\n{{\n  Accept: application/json\n  Content-Type: application/json; charset=utf-8\n}}\n{}\n\
         StatusCode: {}, ReasonPhrase: '{}', Version: 1.1, Content: System.Net.Http.HttpConnectionResponseContent, Headers:\n{{\n  Date: Wed, 07 Feb 2024 16:08:33 GMT\n  Content-Length: 311\n}}\n{}\n",
        call.method,
        call.url(),
        call.body,
        call.status,
        call.reason,
        call.answer
    )
}

fn dotnet_handler(call: &Call) -> String {
    let mark = "[7e6a1b2c-0000-4000-8000-000000000001 -  Request]";
    let answer = "[7e6a1b2c-0000-4000-8000-000000000001 - Response]";
    format!(
        "{mark}========Start==========\n{mark} {} {} https/1.1\n{mark} Host: https://{HOST}\n{mark} Accept: application/json\n{mark} Content-Type: application/json; charset=utf-8\n{mark} Content:\n{mark} {}\n{mark} Duration: 00:00:00.0012\n{mark}==========End==========\n\
         {answer}=========Start=========\n{answer} HTTPS/1.1 {} {}\n{answer} Content-Type: application/json; charset=utf-8\n{answer} Content:\n{answer} {}\n{answer} Duration: 00:00:00.1202\n{answer}==========End==========\n",
        call.method, call.path, call.body, call.status, call.reason, call.answer
    )
}

fn dotnet_loggers(call: &Call) -> String {
    format!(
        "info: System.Net.Http.HttpClient.azdo.LogicalHandler[100]\n      Start processing HTTP request {0} {1}\n\
         info: System.Net.Http.HttpClient.azdo.ClientHandler[100]\n      Sending HTTP request {0} {1}\n\
         trce: System.Net.Http.HttpClient.azdo.ClientHandler[102]\n      Request Headers:\n      Accept: application/json\n      Content-Type: application/json\n\
         info: System.Net.Http.HttpClient.azdo.ClientHandler[101]\n      Received HTTP response headers after 120.5ms - {2}\n\
         info: System.Net.Http.HttpClient.azdo.LogicalHandler[101]\n      End processing HTTP request after 130.1ms - {2}\n",
        call.method,
        call.url(),
        call.status
    )
}

fn dotnet_inner_logger(call: &Call) -> String {
    format!(
        "[10:00:01 INF] Sending HTTP request {} {}\n[10:00:01 INF] Received HTTP response headers after 120.5ms - {}\n",
        call.method,
        call.url(),
        call.status
    )
}

fn azure_sdk_policy(call: &Call) -> String {
    format!(
        "INFO:azure.core.pipeline.policies.http_logging_policy:Request URL: '{}'\nRequest method: '{}'\nRequest headers:\n    'Content-Type': 'application/json'\nA body is sent with the request\n\
         INFO:azure.core.pipeline.policies.http_logging_policy:Response status: {}\nResponse headers:\n    'Content-Type': 'application/json'\n",
        call.url(),
        call.method,
        call.status
    )
}

fn postman_raw(call: &Call) -> String {
    format!(
        "{} {}\n{}\n311 ms\n{}{}\n \n{}{}\n \n",
        call.method,
        call.url(),
        call.status,
        request_head(call, "\n"),
        call.body,
        answer_head(call, "\n"),
        call.answer
    )
}

fn postman_sections(call: &Call) -> String {
    format!(
        "{} {}\n{}\n1.2 s\nNetwork\nRequest Headers\nContent-Type: application/json\nUser-Agent: PostmanRuntime/7.43.0\nRequest Body\n{}\nResponse Headers\nContent-Type: application/json; charset=utf-8\nResponse Body\n{}\n",
        call.method,
        call.url(),
        call.status,
        pretty(&call.body),
        call.answer
    )
}

fn newman_short(call: &Call) -> String {
    format!(
        "→ save the connection\n  {} {} [{} {}, 632B, 112ms]\n",
        call.method,
        call.url(),
        call.status,
        call.reason
    )
}

fn newman(call: &Call) -> String {
    let boxed = |head: &str, body: &str| {
        let letters: Vec<char> = body.chars().collect();
        let rows = letters.chunks(54).map(|row| row.iter().collect::<String>());
        let rows: String = rows.map(|row| format!("  │ {row}\n")).collect();
        format!("  ┌ {head}\n{rows}  └\n")
    };
    format!(
        "newman\n\nfix\n\n→ save the connection\n  {} {}  \n  {} {} ★ 95ms time ★ 841B↑ 632B↓ size ★ 9↑ 6↓ headers ★ 0 cookies\n{}{}  prepare   wait   dns-lookup\n  17ms      26ms   557µs\n",
        call.method,
        call.url(),
        call.status,
        call.reason,
        boxed("↑ raw ★ 471B", &call.body),
        boxed(
            "↓ application/json ★ text ★ json ★ utf8 ★ 345B",
            &call.answer
        ),
    )
}

fn postman_object(call: &Call) -> String {
    let parts = serde_json::json!({
        "Network": {"addresses": {"remote": {"address": "13.107.42.20", "port": 443}}, "statusCode": call.status},
        "Request Headers": {"content-type": "application/json", "user-agent": "PostmanRuntime/7.43.0"},
        "Request Body": call.body,
        "Response Headers": {"content-type": "application/json; charset=utf-8"},
        "Response Body": call.answer,
    });
    format!(
        "{} {}: {}\n",
        call.method,
        call.url(),
        serde_json::to_string_pretty(&parts).expect("the data of the test is whole")
    )
}
