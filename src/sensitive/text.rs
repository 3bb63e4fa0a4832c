//! Secrets in URLs and free text, by the name in front of them and by their shape.

use std::borrow::Cow;
use std::ops::Range;

use super::MASK;
use super::label::{columns, labelled};
use super::layer::{below, in_every_layer, joined, replaced};
use super::made::{bare_ids, digests, made, strange};
use super::markup::{elements, fields, named_values};
use super::member::{Kind, is_public_field, kind_of_field};
use super::names::is_secret_header;
use super::pair::{members, pairs, parameters};
use super::script::{calls, commands, quotes, settings, switches};
use super::shape::shapes;
use super::spoken::spoken;
use super::value::user_info;
use crate::ingest::body::from_base64;
use crate::text::guid::is_guid;
use crate::text::url::split_scheme;

/// Finds secrets in a text as it is written.
type Find = fn(&str) -> Vec<Range<usize>>;

/// How often base64 in base64 is undone.
const MOST_WRAPPINGS: u8 = 2;

/// Whether a word is a name that the trace uses.
pub(super) type Names<'n> = &'n dyn Fn(&str) -> bool;

/// `url` with the values of secret parameters and `user:password@` masked, however they are encoded.
pub fn mask_url(url: &str) -> String {
    mask_url_but(url, &|_| false)
}

/// Like [`mask_url`], without `names`.
pub(super) fn mask_url_but(url: &str, names: Names<'_>) -> String {
    let mut ranges = in_url(url, names);
    ranges.extend(below(url, &|text| {
        [in_url(text, names), in_text(text, 0, names)].concat()
    }));
    replaced(url, &joined(ranges), MASK).into_owned()
}

/// The HTTP methods; any other one is somebody's own word.
const METHODS: &[&str] = &[
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "MERGE",
];

/// Whether `method` is one of HTTP's.
pub(crate) fn is_method(method: &str) -> bool {
    let bare = method.trim();
    bare.is_empty() || METHODS.iter().any(|own| own.eq_ignore_ascii_case(bare))
}

/// The method of a request, which a client may make up.
pub(crate) fn mask_method(method: &str) -> &str {
    if is_method(method) { method } else { MASK }
}

/// A text of which nothing need be shown but its plain words, as what stands behind the status of an answer.
pub(crate) fn mask_strange(text: &str) -> Cow<'_, str> {
    replaced(text, &strange(text), MASK)
}

/// The name of a header field; of one that nobody knows only what is plain.
pub(crate) fn mask_field_name(name: &str) -> Cow<'_, str> {
    match kind_of_field(name) {
        Some(_) => Cow::Borrowed(name),
        None => mask_strange(name),
    }
}

/// The value of the header field `name`: of a credential nothing, of a field that helps a diagnosis what
/// has the form that it must have, of what is told in one the plain words, as of any other field of HTTP or a
/// service, and of one that somebody made up only what is too short to be anything.
pub(crate) fn mask_field<'t>(name: &str, value: &'t str) -> Cow<'t, str> {
    let shown = match kind_of_field(name) {
        _ if is_secret_header(name) => false,
        Some(Kind::Address) => return Cow::Owned(mask_url(value)),
        Some(Kind::Media) => true,
        Some(Kind::Sentence | Kind::Challenge) => return mask_strange(value),
        Some(Kind::Id) => is_guid(value.trim()),
        Some(kind) => kind.fits(value),
        None if name.to_ascii_lowercase().contains("auth") => false,
        None if is_public_field(name) => return replaced(value, &strange(value), MASK),
        None => {
            value.len() <= SHORTEST_SECRET && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }
    };
    if shown {
        Cow::Borrowed(value)
    } else {
        Cow::Borrowed(MASK)
    }
}

/// Values of fewer letters open nothing.
const SHORTEST_SECRET: usize = 4;

fn in_url(url: &str, names: Names<'_>) -> Vec<Range<usize>> {
    let mut ranges = parameters(url);
    // A password may hold quotes and brackets, which end a URL in running text.
    if let Some((scheme, rest)) = split_scheme(url)
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && let Some(end) = user_info(rest.split(char::is_whitespace).next().unwrap_or(rest))
    {
        let start = url.len() - rest.len();
        ranges.push(start..start + end);
    }
    ranges.extend(shapes(url));
    ranges.extend(digests(url));
    ranges.extend(bare_ids(url));
    ranges.extend(
        made(url)
            .into_iter()
            .filter(|range| !names(&url[range.clone()])),
    );
    ranges
}

/// Free text with everything masked that looks like a credential, however it is encoded.
pub fn mask_text(text: &str) -> String {
    mask_text_but(text, &|_| false)
}

/// Like [`mask_text`], without `names`.
pub(super) fn mask_text_but(text: &str, names: Names<'_>) -> String {
    replaced(text, &secrets_in(text, names), MASK).into_owned()
}

/// Where something in free text looks like a credential, however it is encoded, and is none of `names`.
pub(super) fn secrets_in(text: &str, names: Names<'_>) -> Vec<Range<usize>> {
    // Of something short and plain only the letters can tell that it is a credential.
    let plain = |c: char| c.is_ascii_alphabetic() || " ._/()".contains(c);
    if text.len() < 40 && text.chars().all(plain) {
        return joined([made(text), settings(text)].concat());
    }
    in_every_layer(text, &|text| in_text(text, 0, names))
}

/// Where secrets stand in a text as it is written.
fn in_text(text: &str, depth: u8, names: Names<'_>) -> Vec<Range<usize>> {
    let mut ranges = wrapped(text, depth);
    ranges.extend(named(text));
    ranges.extend(shapes(text));
    ranges.extend(digests(text));
    let words = made(text).into_iter().chain(spoken(text));
    ranges.extend(words.filter(|range| !names(&text[range.clone()])));
    joined(ranges)
}

/// Where a text as it is written calls something a secret.
pub(crate) fn named(text: &str) -> Vec<Range<usize>> {
    let finders: [Find; 12] = [
        labelled,
        columns,
        members,
        pairs,
        elements,
        fields,
        named_values,
        switches,
        settings,
        calls,
        commands,
        quotes,
    ];
    joined(finders.iter().flat_map(|find| find(text)).collect())
}

/// Base64 of a text that holds a secret.
fn wrapped(text: &str, depth: u8) -> Vec<Range<usize>> {
    if depth >= MOST_WRAPPINGS {
        return Vec::new();
    }
    let holds_secret = |word: &str| {
        let plain = from_base64(word).and_then(|bytes| String::from_utf8(bytes).ok());
        plain.is_some_and(|plain| {
            plain.contains([':', '=', '<'])
                && !plain.contains(|c: char| c.is_control() && !c.is_whitespace())
                && !in_text(&plain, depth + 1, &|_| false).is_empty()
        })
    };
    let symbol = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let bytes = text.as_bytes();
    let mut ranges = Vec::new();
    let mut start = 0;
    for run in bytes.split(|byte| !symbol(byte)) {
        let mut end = start + run.len();
        if is_text_in_hex(run) {
            ranges.push(start..end);
        } else if run.len() >= LEAST_WRAPPED {
            let padding = bytes[end..].iter().take(2);
            end += padding.take_while(|byte| **byte == b'=').count();
            if holds_secret(&text[start..end]) {
                ranges.push(start..end);
            }
        }
        start += run.len() + 1;
    }
    ranges
}

/// Whether a run of hexadecimal digits spells a text: what is made by chance does not.
fn is_text_in_hex(run: &[u8]) -> bool {
    let printed = |pair: &[u8]| {
        let byte = std::str::from_utf8(pair).ok();
        let byte = byte.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        byte.is_some_and(|byte| byte == b' ' || byte.is_ascii_graphic())
    };
    run.len() >= LEAST_HEX
        && run.len().is_multiple_of(2)
        && run.iter().any(u8::is_ascii_digit)
        && run.iter().any(u8::is_ascii_alphabetic)
        && run.chunks(2).all(printed)
}

/// The shortest text in hex that is told from a number, in its digits.
const LEAST_HEX: usize = 20;

/// The shortest base64 that is undone, in bytes.
const LEAST_WRAPPED: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_secrets_and_keep_the_rest() {
        assert_eq!(
            mask_url(
                "https://me:pw@dev.azure.com/o/_apis/x?api-version=7.1&code=abc&SIG=d%2Be#access_token=x"
            ),
            "https://***@dev.azure.com/o/_apis/x?api-version=7.1&code=***&SIG=***#access_token=***"
        );
        assert_eq!(
            mask_url("https://me:p'@<ss@dev.azure.com/o"),
            "https://***@dev.azure.com/o"
        );
        for text in ["see http://h) or me@h", "[x](http://h)` @me"] {
            assert_eq!(mask_url(text), text);
        }
        assert_eq!(
            mask_url("https://dev.azure.com/o?endpointId=0"),
            "https://dev.azure.com/o?endpointId=0"
        );
    }

    #[test]
    fn a_field_shows_what_has_the_form_that_belongs_there() {
        for (name, value, shown) in [
            ("X-TFS-FedAuthRedirect", "Suppress", "Suppress"),
            ("X-TFS-FedAuthRedirect", "tarf57WD", "***"),
            (
                "X-Ms-Failure-Cause",
                "gateway said tulip-kettle-86",
                "gateway said ***",
            ),
            ("Expires", "orgel-geige-17", "***"),
            (
                "Expires",
                "Mon, 02 Mar 2026 10:00:00 GMT",
                "Mon, 02 Mar 2026 10:00:00 GMT",
            ),
            (
                "Cache-Control",
                "max-age=31536000, private",
                "max-age=31536000, private",
            ),
            ("X-Vss-E2EID", "a77df9928e0681d540b32e850dbb6d12", "***"),
        ] {
            assert_eq!(mask_field(name, value), shown, "{name}");
        }
    }

    #[test]
    fn parameters_show_what_can_be_theirs() {
        let url = "https://dev.azure.com/o/_apis/x";
        for (query, shown) in [
            (
                "?actionFilter=manage&api-version=7.1",
                "?actionFilter=manage&api-version=7.1",
            ),
            ("?actionFilter=nelkeulme23", "?actionFilter=***"),
            ("?api-version=7.1-preview.4", "?api-version=7.1-preview.4"),
            ("?api-version=7.1&=nelke23ulme", "?api-version=7.1&=***"),
            ("?nelke23ulme", "?***"),
        ] {
            assert_eq!(mask_url(&format!("{url}{query}")), format!("{url}{shown}"));
        }
    }

    #[test]
    fn a_text_in_hex_goes_and_a_number_in_hex_stays() {
        assert_eq!(
            mask_text("hex 4861726265722146616c636f6e38383432 end"),
            "hex *** end"
        );
        let hash = "hash 728eb79f594e67ff12f60f43f0ecef9f859cd9f4 end";
        assert_eq!(mask_text(hash), hash);
    }

    #[test]
    fn members_lose_their_values_at_any_depth_of_escaping() {
        for (text, masked) in [
            (
                r#"{"serviceprincipalkey":"p\"w'x","accesstoken":null,"x":"y"}"#,
                r#"{"serviceprincipalkey":"***","accesstoken":null,"x":"y"}"#,
            ),
            (
                r#"{\"password\":\"hunter2\",\"a\":1}"#,
                r#"{\"password\":\"***\",\"a\":1}"#,
            ),
            (
                r#"{\"password\":\"hun\\\"ter2\",\"a\":1}"#,
                r#"{\"password\":\"***\",\"a\":1}"#,
            ),
            // The escapes were lost, as in documentation.
            (
                r#"{"password":"hun"ter2","a":1}"#,
                r#"{"password":"***","a":1}"#,
            ),
            (
                r#"{"password":["one","two"],"a":1}"#,
                r#"{"password":***,"a":1}"#,
            ),
            (r#"{"apitoken":12345678}"#, r#"{"apitoken":***}"#),
            (r#"{"accesstoken":"","a":1}"#, r#"{"accesstoken":"","a":1}"#),
            (
                r#"{"code":"AuthorizationFailed"}"#,
                r#"{"code":"AuthorizationFailed"}"#,
            ),
            (r#"{"code":403,"a":1}"#, r#"{"code":403,"a":1}"#),
            (r#"{"password":"cut off"#, r#"{"password":"***"#),
            (
                r#"<publishProfile userPWD="Zx9!kq" a="b">"#,
                r#"<publishProfile userPWD="***" a="b">"#,
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn texts_lose_tokens_by_their_shape() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
        assert_eq!(mask_text(&format!("got {jwt} back")), "got *** back");
        assert_eq!(mask_text("abc8Q~0123456789012345678901234567890123"), "***");
        for (text, masked) in [
            (
                "Authorization: Bearer abcdefghijklmnop",
                "Authorization: Bearer ***",
            ),
            ("X-Api-Key: abc-123-def", "X-Api-Key: ***"),
            (
                "Cookie: UserAuthentication=ab/c; HostAuthentication=d next",
                "Cookie: *** next",
            ),
            (
                "grant_type=x&client_secret=s3cret&a=b",
                "grant_type=x&client_secret=***&a=b",
            ),
            (
                "redirected with code=0.AXkA12 to",
                "redirected with code=*** to",
            ),
            (
                "AccountName=a;AccountKey=abc+/d==;x=1",
                "AccountName=a;AccountKey=***;x=1",
            ),
            ("<password>Zx9!kq</password>", "<password>***</password>"),
            ("data eyJwYXNzd29yZCI6Imh1bnRlcjIifQ== end", "data *** end"),
            (
                "git https://me:p@ss@host/x failed",
                "git https://***@host/x failed",
            ),
            ("password: Zx9!kq failed", "password: *** failed"),
            ("password=ab\"cd,ef failed", "password=*** failed"),
            (
                "<secret><![CDATA[a<b]]></secret> <b>x</b>",
                "<secret><![CDATA[***]]></secret> <b>x</b>",
            ),
            (
                "&quot;password&quot;:&quot;ab&amp;c&quot;,",
                "&quot;password&quot;:&quot;***&quot;,",
            ),
            (
                "body=%7B%22password%22%3A%22hunter%22%7D&x=y",
                "body=%7B%22password%22%3A%22***%22%7D&x=y",
            ),
            (
                r"\u0022token\u0022:\u0022hunter\u0022",
                r"\u0022token\u0022:\u0022***\u0022",
            ),
            (
                "az login -o x --password hunter -t y",
                "az login -o x --password *** -t y",
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn what_people_type_and_programs_print_loses_its_secrets() {
        for (text, masked) in [
            ("curl -u me:hunter https://h/", "curl -u me:*** https://h/"),
            ("curl -u :hunter https://h/", "curl -u :*** https://h/"),
            (
                "az login -u x -p hunter2x -t y",
                "az login -u x -p *** -t y",
            ),
            ("tool --password=hunter -x", "tool --password=*** -x"),
            (
                "password: correcthorse\nuser: me",
                "password: ***\nuser: me",
            ),
            ("clientSecret: \"correcthorse\"", "clientSecret: \"***\""),
            ("password: Zk7v&Q9mLx;2Tw>)x", "password: ***"),
            (
                "Invalid client secret provided: 'Zk7vQ9mLx2Tw'.",
                "Invalid client secret provided: '***'.",
            ),
            ("Your password is Zk7vQ9mLx2Tw.", "Your password is ***."),
            (
                r#"[{"name":"clientSecret","value":"hunter"}]"#,
                r#"[{"name":"clientSecret","value":"***"}]"#,
            ),
            (
                "- name: AZURE_CLIENT_SECRET\n  value: hunter7",
                "- name: AZURE_CLIENT_SECRET\n  value: ***",
            ),
            (
                r#"<add key="ClientSecret" value="hunter" />"#,
                r#"<add key="ClientSecret" value="***" />"#,
            ),
            (
                r#"<input type="hidden" value="M.C512" name="code">"#,
                r#"<input type="hidden" value="***" name="code">"#,
            ),
            (
                "##vso[task.setvariable variable=x;issecret=true]hunter",
                "##vso[task.setvariable variable=x;issecret=true]***",
            ),
            ("$clientSecret = 'hunter'", "$clientSecret = '***'"),
            (
                "$headers.Add('api-key','Hunter77')",
                "$headers.Add('api-key','***')",
            ),
            (
                "$body['client_secret']='hunter'",
                "$body['client_secret']='***'",
            ),
            (
                "VssBasicCredential('', 'hunter')",
                "VssBasicCredential('', '***')",
            ),
            (
                "ConvertTo-SecureString -AsPlainText -Force 'hunter'",
                "ConvertTo-SecureString -AsPlainText -Force '***'",
            ),
            (
                "'hunter' | ConvertTo-SecureString -AsPlainText",
                "'***' | ConvertTo-SecureString -AsPlainText",
            ),
            (
                "got ghp_Zx8Yw7Vu6Ts5Rq4Po3Nm2Lk1Ji0Hg9Fe8Dc7 here",
                "got *** here",
            ),
            (
                "-Secret (ConvertTo-SecureString 'a b' -AsPlainText)",
                "-Secret *** '***' -AsPlainText)",
            ),
            (
                "my-secret: \"Could not fetch access token for AAD. password: Harbour!Falcon\"",
                "my-secret: \"Could not fetch access token for AAD. password: ***\"",
            ),
            (
                "my-secret: \"Correct horse battery staple could not be guessed\"",
                "my-secret: \"***\"",
            ),
        ] {
            assert_eq!(mask_text(text), masked);
        }
    }

    #[test]
    fn sentences_stay() {
        for text in [
            "Status Code: 'Forbidden', Response from server: 'x'",
            "code: AuthorizationFailed, token: expired.",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent",
            "Basic authentication is off; Code=403; error_code=7000222",
            "Status code: unauthorized_client, status message: x; client_secret=missing",
            "Key Vault secret: https://v.vault.azure.net/secrets/db-pass was not found",
            "Bearer authorization_uri=\"https://login.example/x\", certificate: 'CN=abc'",
            "accesstoken: null and accesstoken=null",
            "the --password option is wrong, --client-secret must be given, curl -u user",
            "set password=$(key) or token: {{ secret }}; <password> is the placeholder",
            "`\"accesstoken\":null` and accesstoken = $null, serviceprincipalkey: (empty)",
            "Status Code: 'Bad Request', code=TF400813: x, error code: 0x80072EE7, code: -2147467259",
            "Basic authentication/authorization is disabled, Bearer token/assertion is malformed",
            "--password $SECRET --client-secret ${{ secrets.KEY }} Bearer $(System.AccessToken)",
            "token: expired\npassword: rejected",
            "code: \"Request_NotFound\"\n\"code\":\"InvalidToken\"\n\"code\":\"403.1\"",
            "the secret 'db-password-2' of the vault; the token 'Contoso.Web7' and app MyApp2024",
            "db-password: \"The user, group or application does not have secrets get permission\"",
            "my-secret: \"Could not fetch access token for AAD. Error: Retry limit exceeded\"",
            "Key: value, keys: [\"password\",\"username\"]",
            "Value cannot be null. Parameter name: endpointProjectReferences",
        ] {
            assert_eq!(mask_text(text), text);
        }
    }
}
