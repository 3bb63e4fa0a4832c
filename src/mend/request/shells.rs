//! One function a form. What comes from the trace is quoted here and in `guard`, nowhere else.

use super::{Auth, Request, displayable, guard};
use crate::azure::AZURE_DEVOPS;
use crate::text::shell::{quote_posix, quote_powershell};

/// What a form says that cannot read first.
const UNGUARDED: &str =
    "This form does not read the connection first: it overwrites whatever is stored now.";

/// The Azure CLI's way to a token, without quotes: no part of it comes from a trace.
fn az_token() -> String {
    format!(
        "az account get-access-token --resource {AZURE_DEVOPS} --query accessToken --output tsv"
    )
}

/// One subshell of sh, so that what stops it stops what is pasted behind it as well. The body goes
/// through a pipe and the credential through a file descriptor, so that neither stands in the argument
/// list of a process.
pub(super) fn curl(request: &Request) -> String {
    let (fetch, credential) = match request.auth {
        Auth::Az => (
            format!("token=$({}) || exit\n", az_token()),
            "header = \"Authorization: Bearer $token\"",
        ),
        Auth::Pat => (
            ": \"${AZURE_DEVOPS_EXT_PAT:?put a personal access token into it first}\"\n".to_owned(),
            "user = \":$AZURE_DEVOPS_EXT_PAT\"",
        ),
    };
    let check = request
        .preflight
        .as_ref()
        .map_or_else(String::new, |preflight| {
            format!(
                "now=$(ask {url}) || {{ echo '{unread}' >&2; exit 1; }}\n{compare}",
                url = quote_posix(&preflight.url),
                unread = guard::UNREAD,
                compare = guard::posix(preflight),
            )
        });
    format!(
        "(
{fetch}ask() {{
  curl --fail-with-body --silent --show-error --config /dev/fd/3 --header 'Accept: application/json' \"$@\" 3<<END
{credential}
END
}}
body={body}
{check}printf %s \"$body\" |
ask --request {method} --header 'Content-Type: application/json' --data-binary @- \\
  {url}
)
",
        body = quote_posix(&displayable(&request.body)),
        method = request.method,
        url = quote_posix(&request.url),
    )
}

/// cmd.exe has no quoting that keeps every letter of a body, so the body comes from a file.
///
/// The left side of its pipe is a process of its own, whose arguments others can read. It gets the
/// name of the variable, not its value: at the prompt `%^NAME%` reaches it as `%NAME%`.
pub(super) fn cmd(request: &Request, save: Option<&str>) -> String {
    let (fetch, config) = match request.auth {
        Auth::Az => (
            format!(
                "(for /f \"delims=\" %t in ('{}') do @set \"AZURE_DEVOPS_TOKEN=%t\") && ",
                az_token()
            ),
            "oauth2-bearer = %^AZURE_DEVOPS_TOKEN%",
        ),
        Auth::Pat => (String::new(), "user = :%^AZURE_DEVOPS_EXT_PAT%"),
    };
    // A file of one's own, that no file of the user's is written over.
    let file = match save {
        Some(_) => "%TEMP%\\mendpoint-body.json",
        None => "body.json",
    };
    let remark = if request.overwrites {
        format!("rem {UNGUARDED}\n")
    } else {
        String::new()
    };
    format!(
        "{remark}{save}{fetch}(echo {config}) | curl.exe --config - --fail-with-body --silent --show-error --request {method} --header \"Content-Type: application/json\" --header \"Accept: application/json\" --data-binary \"@{file}\" \"{url}\"\n",
        save = save.map_or_else(String::new, |save| format!(
            "{save} -o \"{file}\" --force && "
        )),
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
        "& {{\n  $ErrorActionPreference = 'Stop'\n{header}  $body = {body}\n{check}  Invoke-RestMethod -Method {method} -Uri {url} -Headers $headers -ContentType 'application/json; charset=utf-8' -Body ([Text.Encoding]::UTF8.GetBytes($body))\n}}\n",
        check = request
            .preflight
            .as_ref()
            .map_or_else(String::new, guard::powershell),
        body = quote_powershell(&displayable(&request.body)),
        method = request.method,
        url = quote_powershell(&request.url),
    )
}

/// The body is written first, into a file that goes away again, and nothing is sent where that fails.
pub(super) fn az(request: &Request, save: Option<&str>) -> String {
    let (file, quoted) = match save {
        Some(_) => ("$file", "\"$file\""),
        None => ("body.json", "body.json"),
    };
    let save = save.map_or_else(String::new, |save| {
        format!(
            "file=$(mktemp) || exit\ntrap 'rm -f \"$file\"' EXIT\n{save} -o \"$file\" --force || exit\n"
        )
    });
    let check = request
        .preflight
        .as_ref()
        .map_or_else(String::new, |preflight| {
            format!(
                "body=$(cat {quoted}) || exit\nnow=$({read}) || {{ echo '{unread}' >&2; exit 1; }}\n{compare}",
                read = az_rest("get", &preflight.url),
                unread = guard::UNREAD,
                compare = guard::posix(preflight),
            )
        });
    format!("(\n{save}{check}{line}\n)\n", line = az_line(request, file))
}

/// The call of `az rest` that sends the body in `file`.
pub(super) fn az_line(request: &Request, file: &str) -> String {
    format!(
        "{} --headers Content-Type=application/json --body \"@{file}\"",
        az_rest(&request.method.to_ascii_lowercase(), &request.url)
    )
}

/// The query goes in as parameters of its own: where `az` is a batch file, `&` in a URL ends it.
fn az_rest(method: &str, url: &str) -> String {
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
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
    format!("az rest --method {method} --resource {AZURE_DEVOPS} --uri \"{url}\"{parameters}")
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
    let remark = if request.overwrites {
        format!("# {UNGUARDED}\n")
    } else {
        String::new()
    };
    format!(
        "{remark}{method} {url} HTTP/1.1\nAuthorization: {auth}\nContent-Type: application/json\nAccept: application/json\n\n{body}\n",
        method = request.method,
        url = request.url,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mend::request::Preflight;

    fn request(body: &str) -> Request {
        Request {
            method: "PUT".into(),
            url: "https://dev.azure.com/contoso/_apis/x?api-version=7.1".into(),
            body: body.into(),
            auth: Auth::Az,
            overwrites: true,
            preflight: None,
        }
    }

    const SAVE: &str = "mendpoint patch t.har";

    #[test]
    fn no_form_holds_a_credential() {
        for text in [
            curl(&request("{}")),
            cmd(&request("{}"), Some(SAVE)),
            powershell(&request("{}")),
            az(&request("{}"), Some(SAVE)),
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
    fn every_form_that_can_compares_and_the_others_say_that_they_do_not() {
        let seen = r#"{"name":"it's $(id)"}"#;
        let checked = Request {
            preflight: Some(Preflight {
                url: "https://dev.azure.com/contoso/p/_apis/x?api-version=7.1".into(),
                seen: seen.into(),
                strict: true,
            }),
            ..request("{}")
        };
        let quoted = r#"seen='{"name":"it'\''s $(id)"}'"#;
        assert!(curl(&checked).contains(quoted), "{}", curl(&checked));
        let az = az(&checked, Some(SAVE));
        assert!(
            az.contains(quoted) && az.contains("az rest --method get"),
            "{az}"
        );
        let text = powershell(&checked);
        assert!(
            text.contains(r#"$seen = table '{"name":"it''s $(id)"}'"#),
            "{text}"
        );
        assert!(cmd(&checked, Some(SAVE)).starts_with("rem This form does not read"));
        assert!(http(&checked).starts_with("# This form does not read"));
    }

    #[test]
    fn quotes_in_a_body_stay_inside_their_quotes() {
        let body = r#"{"name":"it's $(id) `x`"}"#;
        assert!(curl(&request(body)).contains(r#"body='{"name":"it'\''s $(id) `x`"}'"#));
        assert!(powershell(&request(body)).contains(r#"$body = '{"name":"it''s $(id) `x`"}'"#));
        let trace = "mendpoint patch ^\"a^&calc^&.har^\"";
        assert!(cmd(&request(body), Some(trace)).contains(
            "mendpoint patch ^\"a^&calc^&.har^\" -o \"%TEMP%\\mendpoint-body.json\" --force &&"
        ));
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
