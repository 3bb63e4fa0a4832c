//! `Invoke-RestMethod` of PowerShell 5 and 7.

use super::{Form, az_token};
use crate::mend::request::{Auth, Request, guard};
use crate::text::sanitize::json as displayable;
use crate::text::shell::{Shell, quote_powershell};

pub(super) static FORM: Form = Form {
    name: "powershell",
    title: "PowerShell",
    shell: Shell::PowerShell,
    spell: Some(displayable),
    compares: true,
    no_pat: None,
    remark: None,
    write,
};

/// One script block, so that a line which stops it stops what is pasted behind it as well.
fn write(request: &Request, _: Option<&str>) -> String {
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
