//! The comparison in a request: what the service has now beside its last answer in the trace, in the
//! words of jq, Python and `PowerShell`. Each names the members that differ. What is already as the body
//! wants it does not count, so that a request can be run twice.

use crate::text::shell::{quote_posix, quote_powershell};

use super::preflight::{IGNORED, Preflight};

/// The endpoint could not be read.
pub(super) const UNREAD: &str = "stopped: the connection could not be read; nothing was written";
/// The endpoint has changed.
const STOPPED: &str =
    "stopped: the connection is no longer as the trace saw it; nothing was written";
/// What is said where no program reads JSON.
const BLIND: &str =
    "note: there is neither jq nor python3, so the connection is not compared with the trace";

/// Lines of sh that stop where `$now` differs from what the trace saw and from `$body`.
pub(super) fn posix(preflight: &Preflight) -> String {
    format!(
        "seen={seen}
differs=$(printf '[%s,%s,%s]' \"$seen\" \"$now\" \"$body\" | if command -v jq >/dev/null; then jq -a {jq}
  elif command -v python3 >/dev/null; then python3 -c {python}
  else echo '{BLIND}' >&2; fi) || {{ echo '{UNREAD}' >&2; exit 1; }}
[ -z \"$differs\" ] || {{ echo \"{STOPPED}: $differs\" >&2; exit 1; }}
",
        seen = quote_posix(&crate::text::sanitize::json(&preflight.seen)),
        jq = quote_posix(&jq(preflight.strict)),
        python = quote_posix(&python(preflight.strict)),
    )
}

fn jq(strict: bool) -> String {
    let names = if strict { "$seen + $now" } else { "$seen" };
    format!(
        "def leaves: [paths(type != \"object\" and type != \"array\" and . != null) as $p | ($p | map(\"/\" + tostring) | join(\"\")) as $k
    | select($k | test(\"{IGNORED}\"; \"i\") | not) | {{($k): getpath($p)}}] | add // {{}};
    map(leaves) as [$seen, $now, $body] | {names} | keys | map(select($seen[.] != $now[.] and $body[.] != $now[.])) | select(. != []) | join(\" \")"
    )
}

fn python(strict: bool) -> String {
    let names = if strict { "{**seen, **now}" } else { "seen" };
    format!(
        "import json, re, sys
def leaves(v, k=\"\"):
    parts = v.items() if isinstance(v, dict) else enumerate(v) if isinstance(v, list) else None
    if parts is None: return {{}} if v is None or re.search(r\"{IGNORED}\", k, re.I) else {{k: v}}
    return {{n: w for p, q in parts for n, w in leaves(q, k + \"/\" + str(p)).items()}}
seen, now, body = map(leaves, json.load(sys.stdin))
print(*map(ascii, sorted(n for n in {names} if now.get(n) not in (seen.get(n), body.get(n)))))"
    )
}

/// Lines of `PowerShell` that read the endpoint and stop where it differs, as [`posix`] does.
pub(super) fn powershell(preflight: &Preflight) -> String {
    let names = if preflight.strict {
        "@($seen.Keys) + @($now.Keys)"
    } else {
        "@($seen.Keys)"
    };
    format!(
        "  function leaves($value, $at, $into) {{
    if ($value -is [System.Management.Automation.PSCustomObject]) {{ foreach ($member in $value.PSObject.Properties) {{ leaves $member.Value \"$at/$($member.Name)\" $into }} }}
    elseif ($value -is [array]) {{ for ($i = 0; $i -lt $value.Count; $i++) {{ leaves $value[$i] \"$at/$i\" $into }} }}
    elseif ($null -ne $value -and $at -notmatch '{IGNORED}') {{ $into[$at] = \"$value\" }}
  }}
  function table($json) {{
    $into = New-Object System.Collections.Hashtable ([StringComparer]::Ordinal)
    leaves ($json | ConvertFrom-Json) '' $into
    $into
  }}
  $seen = table {seen}
  $now = table (Invoke-WebRequest -UseBasicParsing -Uri {url} -Headers $headers).Content
  $wanted = table $body
  $differs = {names} | Select-Object -Unique | Where-Object {{ $now[$_] -cne $seen[$_] -and $now[$_] -cne $wanted[$_] }}
  if ($differs) {{ throw \"{STOPPED}: $($differs -join ', ')\" }}
",
        seen = quote_powershell(&crate::text::sanitize::json(&preflight.seen)),
        url = quote_powershell(&preflight.url),
    )
}
