//! One function a form. What comes from the trace is quoted here and nowhere else.

use crate::rule::fill::{quote_posix, quote_powershell};

use super::{AZURE_DEVOPS_RESOURCE, Auth, Request};

/// The Azure CLI's way to a token, without quotes: no part of it comes from a trace.
fn az_token() -> String {
    format!(
        "az account get-access-token --resource {AZURE_DEVOPS_RESOURCE} --query accessToken --output tsv"
    )
}

/// The body goes through a pipe and the credential through a file descriptor, so that neither
/// stands in the argument list of a process.
pub(super) fn curl(request: &Request) -> String {
    let (fetch, config) = match request.auth {
        Auth::Az => (format!("token=$({}) &&\n", az_token()), r#"printf 'header = "Authorization: Bearer %s"\n' "$token""#),
        Auth::Pat => (
            ": \"${AZURE_DEVOPS_EXT_PAT:?put a personal access token into AZURE_DEVOPS_EXT_PAT first}\" &&\n".to_owned(),
            r#"printf 'user = ":%s"\n' "$AZURE_DEVOPS_EXT_PAT""#,
        ),
    };
    format!(
        "{fetch}printf %s {body} |\ncurl --fail-with-body --silent --show-error --request {method} \\\n  --config <({config}) \\\n  --header 'Content-Type: application/json' --header 'Accept: application/json' \\\n  --data-binary @- \\\n  {url}\n",
        body = quote_posix(&request.body),
        method = request.method,
        url = quote_posix(&request.url),
    )
}

/// cmd.exe has no quoting that keeps every letter of a body, so the body comes from a file.
pub(super) fn cmd(request: &Request, trace: &str) -> String {
    let save = save_body(&quote_cmd(trace));
    let send = format!(
        "curl.exe --config - --fail-with-body --silent --show-error --request {method} --header \"Content-Type: application/json\" --header \"Accept: application/json\" --data-binary \"@body.json\" \"{url}\"",
        method = request.method,
        url = request.url,
    );
    match request.auth {
        Auth::Az => format!(
            "{save}\nfor /f \"delims=\" %t in ('{}') do @(echo header = \"Authorization: Bearer %t\") | {send}\n",
            az_token()
        ),
        Auth::Pat => format!("{save}\n(echo user = \":%AZURE_DEVOPS_EXT_PAT%\") | {send}\n"),
    }
}

pub(super) fn powershell(request: &Request) -> String {
    let header = match request.auth {
        Auth::Az => format!("$token = {}\n$headers = @{{ Authorization = \"Bearer $token\" }}\n", az_token()),
        Auth::Pat => "$pat = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes(\":$env:AZURE_DEVOPS_EXT_PAT\"))\n$headers = @{ Authorization = \"Basic $pat\" }\n".to_owned(),
    };
    format!(
        "{header}$body = {body}\nInvoke-RestMethod -Method {method} -Uri {url} -Headers $headers -ContentType 'application/json; charset=utf-8' -Body ([Text.Encoding]::UTF8.GetBytes($body))\n",
        body = quote_powershell(&request.body),
        method = request.method,
        url = quote_powershell(&request.url),
    )
}

pub(super) fn az(request: &Request, trace: &str) -> String {
    format!(
        "{save}\naz rest --method {method} --resource {AZURE_DEVOPS_RESOURCE} --headers Content-Type=application/json --uri {url} --body @body.json\n",
        save = save_body(&quote_posix(trace)),
        method = request.method.to_ascii_lowercase(),
        url = quote_posix(&request.url),
    )
}

/// For editors that send `.http` files; the credential comes from the editor's environment.
pub(super) fn http(request: &Request) -> String {
    let auth = match request.auth {
        Auth::Az => "Bearer {{$processEnv AZURE_DEVOPS_TOKEN}}",
        Auth::Pat => "Basic :{{$processEnv AZURE_DEVOPS_EXT_PAT}}",
    };
    format!(
        "{method} {url} HTTP/1.1\nAuthorization: {auth}\nContent-Type: application/json\nAccept: application/json\n\n{body}\n",
        method = request.method,
        url = request.url,
        body = request.body,
    )
}

fn save_body(trace: &str) -> String {
    format!("mendpoint patch {trace} -o body.json &&")
}

/// A path in double quotes; a name with a quote or a percent sign cannot be a Windows path that is safe here.
fn quote_cmd(path: &str) -> String {
    let safe: String = path
        .chars()
        .filter(|c| !matches!(c, '"' | '%' | '!' | '\r' | '\n'))
        .collect();
    format!("\"{safe}\"")
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
        }
    }

    #[test]
    fn no_form_holds_a_credential() {
        for text in [
            curl(&request("{}")),
            cmd(&request("{}"), "t.har"),
            powershell(&request("{}")),
            az(&request("{}"), "t.har"),
            http(&request("{}")),
        ] {
            assert!(text.contains("PUT") || text.contains("put"), "{text}");
            assert!(
                text.contains(AZURE_DEVOPS_RESOURCE) || text.contains("processEnv"),
                "{text}"
            );
        }
    }

    #[test]
    fn quotes_in_a_body_stay_inside_their_quotes() {
        let body = r#"{"name":"it's $(id) `x`"}"#;
        assert!(curl(&request(body)).contains(r#"printf %s '{"name":"it'\''s $(id) `x`"}' |"#));
        assert!(powershell(&request(body)).contains(r#"$body = '{"name":"it''s $(id) `x`"}'"#));
        assert!(
            cmd(&request(body), "a\"&calc&\".har")
                .starts_with("mendpoint patch \"a&calc&.har\" -o body.json &&")
        );
    }
}
