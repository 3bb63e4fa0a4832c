//! One function a form. What comes from the trace is quoted here, nowhere else.

use super::{Auth, Form, Mark, Place, Preflight, Request, call_of_mendpoint, displayable};
use crate::azure::AZURE_DEVOPS;
use crate::text::shell::{quote_posix, quote_powershell};

const UNREAD: &str = "stopped: the endpoint could not be read; nothing was written";
const STOPPED: &str = "stopped: the endpoint is no longer as the trace saw it; nothing was written";

/// The Azure CLI's way to a token, without quotes: no part of it comes from a trace.
fn az_token() -> String {
    format!(
        "az account get-access-token --resource {AZURE_DEVOPS} --query accessToken --output tsv"
    )
}

/// The body goes through a pipe and the credential through a file descriptor, so that neither
/// stands in the argument list of a process.
pub(super) fn curl(request: &Request) -> String {
    let (fetch, config) = match request.auth {
        Auth::Az => (
            format!("token=$({}) &&\n", az_token()),
            r#"printf 'header = "Authorization: Bearer %s"\n' "$token""#,
        ),
        Auth::Pat => (
            ": \"${AZURE_DEVOPS_EXT_PAT:?put a personal access token into AZURE_DEVOPS_EXT_PAT first}\" &&\n".to_owned(),
            r#"printf 'user = ":%s"\n' "$AZURE_DEVOPS_EXT_PAT""#,
        ),
    };
    format!(
        "{fetch}{check}printf %s {body} |\ncurl --fail-with-body --silent --show-error --request {method} \\\n  --config <({config}) \\\n  --header 'Content-Type: application/json' --header 'Accept: application/json' \\\n  --data-binary @- \\\n  {url}\n",
        check = request
            .preflight
            .as_ref()
            .map_or_else(String::new, |preflight| check_posix(preflight, config)),
        body = quote_posix(&displayable(&request.body)),
        method = request.method,
        url = quote_posix(&request.url),
    )
}

/// JSON → one line that holds the members of the outermost object and of its `authorization`, which
/// gets round brackets. A name that stands deeper, in a project reference say, must not count.
///
/// grep takes the text apart into its strings and signs; brackets inside of strings become dots; sed
/// takes out the innermost brackets until none are left.
const FLATTEN: &str = r#"LC_ALL=C grep -oE '"([^"\\]|\\.)*"|[][{}:,]|[^][{}:,"]+' | LC_ALL=C sed -e '/^"/s/[][(){}]/./g' | tr -d '\n' | LC_ALL=C sed -E -e ':a' -e 's/"authorization":\{([^][{}]*)\}/"authorization":(\1)/g' -e 's/(.)[{[][^][{}]*[]}]/\1/' -e 'ta'"#;

/// Reads the endpoint and compares; `&&` keeps the write back.
fn check_posix(preflight: &Preflight, config: &str) -> String {
    let mut text = format!(
        "answer=$(curl --fail --silent --show-error --config <({config}) --header 'Accept: application/json' \\\n  {}) || {{ echo '{UNREAD}' >&2; false; }} &&\nseen=$(printf %s \"$answer\" | tr -d '[:space:]' | \\\n  {FLATTEN}) &&\n",
        quote_posix(&preflight.url)
    );
    for mark in &preflight.marks {
        let options = if mark.place == Place::Scheme {
            "-qiE"
        } else {
            "-qE"
        };
        text.push_str(&format!(
            "{{ LC_ALL=C grep {options} -- {} <<< \"$seen\" || {{ echo '{STOPPED}' >&2; false; }}; }} &&\n",
            quote_posix(&pattern(mark))
        ));
    }
    text
}

/// What finds `mark` in the line that [`FLATTEN`] makes, and nowhere else in it.
fn pattern(mark: &Mark) -> String {
    let mut member = String::new();
    for c in mark.text.chars() {
        let flat = if "[](){}".contains(c) { '.' } else { c };
        if r"\.*+?|^$".contains(flat) {
            member.push('\\');
        }
        member.push(flat);
    }
    match mark.place {
        Place::Scheme => format!(r#""authorization":\(([^()]*,)?{member}"#),
        Place::Name | Place::Changed => {
            format!(r"^\{{(([^()]|\([^()]*\))*,)?{member}")
        }
    }
}

/// cmd.exe has no quoting that keeps every letter of a body, so the body comes from a file.
///
/// The left side of its pipe is a process of its own, whose arguments others can read. It gets the
/// name of the variable, not its value: at the prompt `%^NAME%` reaches it as `%NAME%`.
pub(super) fn cmd(request: &Request, save: &[String]) -> String {
    let (fetch, config) = match request.auth {
        Auth::Az => (
            format!(
                " && (for /f \"delims=\" %t in ('{}') do @set \"AZURE_DEVOPS_TOKEN=%t\")",
                az_token()
            ),
            "oauth2-bearer = %^AZURE_DEVOPS_TOKEN%",
        ),
        Auth::Pat => (String::new(), "user = :%^AZURE_DEVOPS_EXT_PAT%"),
    };
    format!(
        "{save} -o body.json{fetch} && (echo {config}) | curl.exe --config - --fail-with-body --silent --show-error --request {method} --header \"Content-Type: application/json\" --header \"Accept: application/json\" --data-binary \"@body.json\" \"{url}\"\n",
        save = call_of_mendpoint(Form::Cmd, save),
        method = request.method,
        url = request.url,
    )
}

/// One script block, so that a line which stops it stops what is pasted behind it as well.
pub(super) fn powershell(request: &Request) -> String {
    let header = match request.auth {
        Auth::Az => format!(
            "  $token = {}\n  if (-not $token) {{ throw 'no token: run az login first' }}\n  $headers = @{{ Authorization = \"Bearer $token\"; Accept = 'application/json' }}\n",
            az_token()
        ),
        Auth::Pat => "  if (-not $env:AZURE_DEVOPS_EXT_PAT) { throw 'put a personal access token into AZURE_DEVOPS_EXT_PAT first' }\n  $pat = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(\":$env:AZURE_DEVOPS_EXT_PAT\"))\n  $headers = @{ Authorization = \"Basic $pat\"; Accept = 'application/json' }\n".to_owned(),
    };
    format!(
        "& {{\n  $ErrorActionPreference = 'Stop'\n{header}{check}  $body = {body}\n  Invoke-RestMethod -Method {method} -Uri {url} -Headers $headers -ContentType 'application/json; charset=utf-8' -Body ([Text.Encoding]::UTF8.GetBytes($body))\n}}\n",
        check = request
            .preflight
            .as_ref()
            .map_or_else(String::new, check_powershell),
        body = quote_powershell(&displayable(&request.body)),
        method = request.method,
        url = quote_powershell(&request.url),
    )
}

/// The time of the last change is compared as text: PowerShell 7 turns dates of parsed JSON into
/// something else.
fn check_powershell(preflight: &Preflight) -> String {
    let mut text = format!(
        "  $answer = (Invoke-WebRequest -UseBasicParsing -Uri {} -Headers $headers).Content\n  $seen = $answer | ConvertFrom-Json\n",
        quote_powershell(&preflight.url)
    );
    for mark in &preflight.marks {
        let value = quote_powershell(&mark.value);
        let differs = match mark.place {
            Place::Changed => format!(
                "-not ($answer -replace '\\s', '').Contains({})",
                quote_powershell(&mark.text)
            ),
            Place::Name => format!("$seen.name -cne {value}"),
            Place::Scheme => format!("$seen.authorization.scheme -ine {value}"),
        };
        text.push_str(&format!("  if ({differs}) {{ throw '{STOPPED}' }}\n"));
    }
    text
}

/// The body is written first, and nothing is sent where that fails.
pub(super) fn az(request: &Request, save: &[String]) -> String {
    format!(
        "{save} -o body.json &&\n{line}\n",
        save = call_of_mendpoint(Form::Az, save),
        line = az_line(request, "body.json"),
    )
}

/// The query goes in as parameters of its own: where `az` is a batch file, `&` in a URL ends it.
pub(super) fn az_line(request: &Request, file: &str) -> String {
    let (url, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
    let parameters: String = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| format!(" \"{pair}\""))
        .collect();
    let parameters = if parameters.is_empty() {
        parameters
    } else {
        format!(" --uri-parameters{parameters}")
    };
    format!(
        "az rest --method {method} --resource {AZURE_DEVOPS} --headers Content-Type=application/json --uri \"{url}\"{parameters} --body \"@{file}\"",
        method = request.method.to_ascii_lowercase(),
    )
}

/// For editors that send `.http` files; the credential comes from the editor's environment. Such
/// editors fill in what stands in double braces, so none may come from the trace.
pub(super) fn http(request: &Request) -> String {
    let auth = match request.auth {
        Auth::Az => "Bearer {{$processEnv AZURE_DEVOPS_TOKEN}}",
        Auth::Pat => "Basic :{{$processEnv AZURE_DEVOPS_EXT_PAT}}",
    };
    let mut body = displayable(&request.body);
    while body.contains("{{") {
        body = body.replace("{{", "{\\u007b");
    }
    format!(
        "{method} {url} HTTP/1.1\nAuthorization: {auth}\nContent-Type: application/json\nAccept: application/json\n\n{body}\n",
        method = request.method,
        url = request.url,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> Request {
        Request {
            method: "PUT".into(),
            url: "https://dev.azure.com/contoso/_apis/x?api-version=7.1".into(),
            body: body.into(),
            auth: Auth::Az,
            preflight: None,
        }
    }

    fn save() -> Vec<String> {
        vec!["patch".into(), "t.har".into()]
    }

    #[test]
    fn no_form_holds_a_credential() {
        for text in [
            curl(&request("{}")),
            cmd(&request("{}"), &save()),
            powershell(&request("{}")),
            az(&request("{}"), &save()),
            http(&request("{}")),
        ] {
            assert!(text.contains("PUT") || text.contains("put"), "{text}");
            assert!(
                text.contains(AZURE_DEVOPS) || text.contains("processEnv"),
                "{text}"
            );
        }
    }

    #[test]
    fn powershell_compares_members_and_not_texts() {
        let mark = |place, text: &str, value: &str| Mark {
            place,
            text: text.into(),
            value: value.into(),
        };
        let marks = vec![
            mark(Place::Name, r#""name":"it's""#, "it's"),
            mark(Place::Scheme, r#""scheme":"X""#, "X"),
        ];
        let checked = Request {
            preflight: Some(Preflight {
                url: "https://dev.azure.com/contoso/_apis/x".into(),
                marks,
            }),
            ..request("{}")
        };
        let text = powershell(&checked);
        assert!(
            text.contains("if ($seen.name -cne 'it''s') { throw"),
            "{text}"
        );
        assert!(
            text.contains("if ($seen.authorization.scheme -ine 'X') { throw"),
            "{text}"
        );
    }

    #[test]
    fn quotes_in_a_body_stay_inside_their_quotes() {
        let body = r#"{"name":"it's $(id) `x`"}"#;
        assert!(curl(&request(body)).contains(r#"printf %s '{"name":"it'\''s $(id) `x`"}' |"#));
        assert!(powershell(&request(body)).contains(r#"$body = '{"name":"it''s $(id) `x`"}'"#));
        let trace = ["patch".to_owned(), "a&calc&.har".to_owned()];
        assert!(
            cmd(&request(body), &trace)
                .starts_with("mendpoint patch ^\"a^&calc^&.har^\" -o body.json &&")
        );
    }

    #[test]
    fn what_an_editor_would_fill_in_or_a_terminal_obey_is_escaped() {
        let body = "{\"name\":\"{{{$processEnv PATH}}\u{202e}\"}";
        let text = http(&request(body));
        assert!(
            text.ends_with("{\"name\":\"{\\u007b{$processEnv PATH}}\\u202e\"}\n"),
            "{text}"
        );
        let sent = text.rsplit("\n\n").next().unwrap();
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(sent), value(body));
        assert!(!curl(&request(body)).contains('\u{202e}'));
    }
}
