//! What must not be shown, and how it is masked.

use std::collections::HashSet;
use std::sync::OnceLock;

use regex_lite::Regex;

/// Stands where a secret stood.
pub const MASK: &str = "***";

/// Names of JSON members, form fields and query parameters whose values are credentials, in lower case.
const SECRET_NAMES: &[&str] = &[
    "serviceprincipalkey",
    "serviceprincipalcertificate",
    "accesstoken",
    "access_token",
    "refreshtoken",
    "refresh_token",
    "idtoken",
    "id_token",
    "id_token_hint",
    "apitoken",
    "apikey",
    "api_key",
    "api-key",
    "password",
    "passwd",
    "pwd",
    "secret",
    "secrettext",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "assertion",
    "code",
    "code_verifier",
    "sig",
    "signature",
    "token",
    "authtoken",
    "nugetkey",
    "certificate",
    "kubeconfig",
    "clientcertificatedata",
    "clientkeydata",
    "serviceaccountcertificate",
    "publishprofile",
    "connectionstring",
    "privatekey",
    "nonce",
    "session_state",
    "samlresponse",
    "samlrequest",
    "__requestverificationtoken",
    "accountkey",
    "sharedaccesskey",
    "sharedaccesssignature",
    "sastoken",
    "storagekey",
    "access_key",
    "accesskey",
    "secretkey",
    "secret_key",
    "secretaccesskey",
    "aws_secret_access_key",
    "subscriptionkey",
    "subscription-key",
    "passphrase",
    "userpwd",
    "userpassword",
    "adminpassword",
    "keystorepassword",
    "private_key",
    "sshkey",
    "pfx",
    "pkcs12",
    "client-key-data",
    "client-certificate-data",
    "dockerconfigjson",
    "personalaccesstoken",
    "bearertoken",
    "sessiontoken",
    "systemaccesstoken",
    "federatedtoken",
    "oidctoken",
    "oauth_token",
    "authorizationcode",
    "device_code",
    "webhooksecret",
    "client_info",
    "requestverificationtoken",
    "csrf_token",
    "csrftoken",
    "_csrf",
    "flowtoken",
    "sft",
    "canary",
    "apicanary",
];

/// Members of `authorization.parameters` that are safe to show; any other string there is masked.
const OPEN_PARAMETERS: &[&str] = &[
    "tenantid",
    "serviceprincipalid",
    "authenticationtype",
    "accesstokentype",
    "accesstokenfetchingmethod",
    "scope",
    "role",
    "workloadidentityfederationissuer",
    "workloadidentityfederationissuertype",
    "workloadidentityfederationsubject",
    "azureenvironment",
    "azuretenantid",
    "subscriptionid",
    "managementgroupid",
];

/// Header fields whose values are credentials, in lower case.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-ms-authorization-auxiliary",
    "x-tfs-fedauthredirect-token",
    "x-vss-userdata-token",
    "ocp-apim-subscription-key",
    "api-key",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-xsrf-token",
    "x-requestverificationtoken",
    "x-functions-key",
    "x-amz-security-token",
    "x-ms-token-aad-access-token",
    "x-ms-token-aad-id-token",
    "x-ms-token-aad-refresh-token",
    "private-token",
    "x-gitlab-token",
    "x-github-token",
    "x-zumo-auth",
];

/// Ends of names that say the same whatever stands in front: `sqlAdminPassword`.
const SECRET_ENDINGS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secretvalue",
    "apikey",
    "accesskey",
    "privatekey",
    "clientkey",
    "accountkey",
    "connectionstring",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authtoken",
    "apitoken",
    "sastoken",
    "bearertoken",
];

/// The longest name that is looked up; real ones are shorter.
const LONGEST_NAME: usize = 80;

/// Whether a member, field or parameter called `name` holds a credential: in any letter case, with
/// any separators, in the plural, and with more in front.
///
/// `code` is among them, which error bodies use for an error code; the caller has to tell.
pub fn is_secret_name(name: &str) -> bool {
    static NAMES: OnceLock<HashSet<String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| SECRET_NAMES.iter().map(|name| letters(name)).collect());
    if name.len() > LONGEST_NAME {
        return false;
    }
    let name = letters(name);
    let is_one = |name: &str| {
        names.contains(name) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let singular = name.strip_suffix('s').filter(|name| name.len() > 4);
    is_one(&name) || singular.is_some_and(is_one)
}

/// `name` in lower case and without what people put between words.
fn letters(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether a member of `authorization.parameters` may be shown.
pub fn is_open_parameter(name: &str) -> bool {
    OPEN_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a header field holds a credential.
pub fn is_secret_header(name: &str) -> bool {
    SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether one value has the form that people and tools give to masked ids.
pub(crate) fn looks_masked(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let run = |byte: u8| {
        lower
            .as_bytes()
            .windows(4)
            .any(|window| window.iter().all(|one| *one == byte))
    };
    lower.contains("redact")
        || lower.contains("masked")
        || lower.contains(MASK)
        || run(b'x')
        || value.contains('\u{2588}')
}

/// Whether `text` is a word that templates put where an id belongs (`YOUR_TENANT`, `SUB_ID`).
pub(crate) fn is_template_word(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    ["YOUR_", "YOUR-", "INSERT_", "REPLACE_", "ENTER_"]
        .iter()
        .any(|start| upper.starts_with(start))
        || [
            "TENANT_ID",
            "TENANTID",
            "SUB_ID",
            "SUBSCRIPTION_ID",
            "SUBSCRIPTIONID",
            "CLIENT_ID",
            "CLIENTID",
            "APP_ID",
            "PLACEHOLDER",
            "TODO",
            "GUID",
        ]
        .contains(&upper.as_str())
}

/// `url` with the values of secret parameters and `user:password@` masked.
pub fn mask_url(url: &str) -> String {
    static USER: OnceLock<Regex> = OnceLock::new();
    static VALUE: OnceLock<Regex> = OnceLock::new();
    let user = USER.get_or_init(|| pattern(r"(?i)^([a-z][a-z0-9+.-]*://)[^/?#@]*@"));
    let value = VALUE.get_or_init(|| pattern(r"([?&#;])([^=&#;?]{1,80})=([^&#;]*)"));
    let url = user.replace(url, format!("${{1}}{MASK}@"));
    let masked = value.replace_all(&url, |found: &regex_lite::Captures<'_>| {
        if is_secret_name(&found[2]) && !found[3].is_empty() {
            format!("{}{}={MASK}", &found[1], &found[2])
        } else {
            found[0].to_owned()
        }
    });
    mask_tokens(&masked)
}

/// Free text with everything masked that looks like a credential.
pub fn mask_text(text: &str) -> String {
    static MEMBER: OnceLock<Regex> = OnceLock::new();
    let member = MEMBER.get_or_init(|| {
        // A quoted value may hold escaped quotes: \\. takes them.
        pattern(r#"(?i)(\\*["'])([a-z_][\w-]{1,60})(\\*["'])(\s*:\s*)(\\*["'])((?:\\\\.|[^"'\\]|\\[^"'])*)"#)
    });
    let masked = member.replace_all(text, |found: &regex_lite::Captures<'_>| {
        let code_of_error = found[2].eq_ignore_ascii_case("code")
            && found[6].len() < 80
            && found[6].bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_secret_name(&found[2]) && !found[6].trim().is_empty() && !code_of_error {
            format!(
                "{}{}{}{}{}{MASK}",
                &found[1], &found[2], &found[3], &found[4], &found[5]
            )
        } else {
            found[0].to_owned()
        }
    });
    mask_tokens(&masked)
}

/// Tokens that are known by their shape: JWTs, bearer headers, Entra client secrets, SAS signatures.
fn mask_tokens(text: &str) -> String {
    static SHAPES: OnceLock<Regex> = OnceLock::new();
    static PREFIXED: OnceLock<Regex> = OnceLock::new();
    static USER: OnceLock<Regex> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| {
        pattern(concat!(
            r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}",
            r"|\b[a-z2-7]{52}\b|\b[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}\b",
            r"|[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
            r"|-----BEGIN [A-Z ]{3,40}-----[\s\S]*?(?:-----END [A-Z ]{3,40}-----|$)"
        ))
    });
    let prefixed = PREFIXED.get_or_init(|| {
        pattern(concat!(
            r"(?i)(\b(?:bearer|basic) +|\b(?:set-)?cookie: ?|[?&](?:sig|code|token|[a-z_]*_token)=",
            r"|\b(?:AccountKey|SharedAccessKey|Password|Pwd|client_secret|client_assertion|refresh_token",
            r"|id_token|access_token|serviceprincipalkey|accesstoken|apitoken) ?[=:] ?['\x22]?)",
            r"([^&;#\s'\x22,<>{}]{3,})"
        ))
    });
    let user = USER.get_or_init(|| pattern(r"(://[^/\s@:'\x22]{1,80}:)[^/\s@'\x22]{1,200}@"));
    let text = shapes.replace_all(text, MASK);
    let text = user.replace_all(&text, format!("${{1}}{MASK}@"));
    let masked = prefixed.replace_all(&text, |found: &regex_lite::Captures<'_>| {
        // `accesstoken: null` is evidence and no secret, and so is a word of prose behind a name.
        let prose = found[2].eq_ignore_ascii_case("null") || found[2].len() < 6;
        if prose {
            found[0].to_owned()
        } else {
            format!("{}{MASK}", &found[1])
        }
    });
    masked.into_owned()
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant and is tested")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_spelling() {
        for name in [
            "ServicePrincipalKey",
            "client-secret",
            "Client Secret",
            "sqlAdminPassword",
            "accessTokens",
            "__RequestVerificationToken",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "accessTokenType",
            "accessTokenFetchingMethod",
            "passwordCredentials",
            "continuationToken",
            "errorCode",
            "keys",
            "scope",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn urls_lose_their_secrets_and_keep_the_rest() {
        assert_eq!(
            mask_url(
                "https://me:pw@dev.azure.com/o/_apis/x?api-version=7.1&code=abc&SIG=d%2Be#access_token=x"
            ),
            "https://***@dev.azure.com/o/_apis/x?api-version=7.1&code=***&SIG=***#access_token=***"
        );
        assert_eq!(
            mask_url("https://dev.azure.com/o?endpointId=0"),
            "https://dev.azure.com/o?endpointId=0"
        );
    }

    #[test]
    fn texts_lose_tokens_and_secret_members() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
        assert_eq!(mask_text(&format!("got {jwt} back")), "got *** back");
        assert!(
            !mask_text(r#"{"serviceprincipalkey":"p\"w","accesstoken":null,"x":"y"}"#)
                .contains("p\\\"w")
        );
        assert_eq!(
            mask_text(r#"{"accesstoken":"","code":"AuthorizationFailed"}"#),
            r#"{"accesstoken":"","code":"AuthorizationFailed"}"#
        );
        assert_eq!(mask_text("abc8Q~0123456789012345678901234567890123"), "***");
        assert_eq!(
            mask_text("Authorization: Bearer abcdefghijklmnop"),
            "Authorization: Bearer ***"
        );
        assert_eq!(
            mask_text(r#"{\"password\":\"hunter2\",\"a\":1}"#),
            r#"{\"password\":\"***\",\"a\":1}"#
        );
    }
}
