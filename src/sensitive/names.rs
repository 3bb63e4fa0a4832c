//! The names that credentials go by.

use std::collections::HashSet;
use std::sync::OnceLock;

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
    "primarykey",
    "secondarykey",
    "masterkey",
    "primarymasterkey",
    "secondarymasterkey",
    "hostkey",
    "functionkey",
    "functionskey",
    "sharedkey",
    "adminkey",
    "querykey",
    "signingkey",
    "encryptionkey",
    "symmetrickey",
    "devicekey",
    "deploykey",
    "spnkey",
    "creds",
    "pass",
    "dbpass",
    "pat",
    "devopsextpat",
    "otp",
    "pin",
    "onetimepassword",
    "verificationcode",
    "jsessionid",
    "phpsessid",
    "jwt",
    "bearer",
    "identitytoken",
    "registrationtoken",
    "securitytoken",
    "certificatedata",
    "pfxblob",
    "defaultconnection",
    "azurewebjobsstorage",
    "connstr",
    "connectionstr",
    "authcode",
    "user_code",
    "wresult",
    "xamzsignature",
    "xgoogsignature",
    "passwort",
    "motdepasse",
    "contrase\u{f1}a",
    "securevalue",
    "tokenvalue",
    "apikeyvalue",
    "passwordconfirm",
    "password1",
    "password2",
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
    "x-arr-clientcert",
    "x-client-cert",
    "ssl-client-cert",
    "x-forwarded-client-cert",
    "client-cert",
    "x-ssl-cert",
    "x-jfrog-art-api",
    "dd-api-key",
    "dd-application-key",
    "aeg-sas-key",
    "x-identity-header",
    "x-ms-encryption-key",
    "x-ms-client-principal",
    "x-pat",
    "x-auth",
    "x-shared-key",
    "x-requestdigest",
    "cookie2",
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
    "principalkey",
    "storagekey",
    "extpat",
    "githubtoken",
    "jobtoken",
    "systemtoken",
    "pwd",
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
    let whole = letters(name);
    let is_one = |name: &str| {
        names.contains(name) || SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
    };
    let singular = whole.strip_suffix('s').filter(|name| name.len() > 4);
    is_one(&whole) || singular.is_some_and(is_one) || says_secret(name)
}

/// Last words of names that say what a value is, and nothing of what it is for.
const MEANS_VALUE: &[&str] = &[
    "value",
    "text",
    "plain",
    "plaintext",
    "b64",
    "base64",
    "encoded",
    "new",
    "old",
    "current",
    "default",
    "confirm",
    "confirmation",
    "again",
];

/// Words that say whatever stands in front of them: here is a secret.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "secret",
    "pat",
    "pin",
    "otp",
    "passwort",
    "kennwort",
    "senha",
    "wachtwoord",
    "contrase\u{f1}a",
    "clave",
    "has\u{142}o",
    "heslo",
    "l\u{f6}senord",
    "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
    "\u{5bc6}\u{7801}",
];

/// What a token is for that opens nothing.
const HARMLESS_TOKENS: &[&str] = &[
    "continuation",
    "cancellation",
    "page",
    "next",
    "skip",
    "sync",
];

/// What a key is for that opens something.
const KEYS: &[&str] = &[
    "api",
    "access",
    "account",
    "storage",
    "secret",
    "private",
    "master",
    "shared",
    "signing",
    "encryption",
    "subscription",
    "function",
    "functions",
    "host",
    "admin",
    "instrumentation",
    "deploy",
    "license",
    "principal",
    "sp",
    "spn",
    "ssh",
    "sas",
    "auth",
    "authorization",
    "nuget",
    "service",
];

/// Whether the last of the words that `name` is made of says that it holds a credential: `kioskPass`,
/// `TF_VAR_sp_key`, `ansible_become_pass`, `--storepass`.
fn says_secret(name: &str) -> bool {
    let words = words_of(name);
    let of_value = |word: &&String| {
        MEANS_VALUE.contains(&word.as_str()) || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let values = words.iter().rev().take_while(of_value).count();
    let Some((last, before)) = words[..words.len() - values].split_last() else {
        return false;
    };
    let before = before.last().map(String::as_str);
    let stores = |word: &str| {
        word.strip_suffix("pass").is_some_and(|front| {
            ["store", "key", "user", "db", "smtp", "ftp", "admin", "root"].contains(&front)
        })
    };
    match last.as_str() {
        "token" => before.is_none_or(|word| !HARMLESS_TOKENS.contains(&word)),
        "key" => before.is_some_and(|word| KEYS.contains(&word)),
        word => SECRET_WORDS.contains(&word) || stores(word),
    }
}

/// Whether `name` is that of some key, and of none that merely tells things apart.
pub(crate) fn is_name_of_key(name: &str) -> bool {
    const TELLS_APART: &[&str] = &[
        "type",
        "project",
        "partition",
        "row",
        "sort",
        "primary",
        "foreign",
        "cache",
        "resource",
        "public",
        "error",
        "message",
        "registry",
        "group",
        "object",
        "lookup",
        "name",
    ];
    let words = words_of(name);
    match words.as_slice() {
        [.., before, last] => last == "key" && !TELLS_APART.contains(&before.as_str()),
        _ => false,
    }
}

/// The words that `name` is made of, in lower case: `sqlAdmin_Pass2` is `sql`, `admin`, `pass` and `2`.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let starts = !before.is_alphanumeric()
            || before.is_lowercase() && c.is_uppercase()
            || before.is_ascii_digit() != c.is_ascii_digit();
        if c.is_alphanumeric() {
            if starts {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    words
}

/// `name` in lower case and without what people put between words.
fn letters(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether a member of `authorization.parameters` may be shown.
pub(crate) fn is_open_parameter(name: &str) -> bool {
    OPEN_PARAMETERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a header field holds a credential: one that is known, or one of somebody's own that says so.
pub(crate) fn is_secret_header(name: &str) -> bool {
    let own = |name: &str| {
        let name = letters(name);
        [
            "token",
            "secret",
            "apikey",
            "accesskey",
            "secretkey",
            "password",
        ]
        .iter()
        .any(|ending| name.ends_with(ending))
            && !name.ends_with("continuationtoken")
    };
    SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str())
        || (name.len() <= LONGEST_NAME && own(name))
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
            "ansible_become_pass",
            "KIOSK_PW",
            "smtpPass2",
            "TF_VAR_sp_key",
            "InstrumentationKey",
            "storepass",
            "NPM_TOKEN",
            "adminPasswordValue",
            "Kennwort",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["Authorization", "X-Contoso-Token", "x-my-secret-key"] {
            assert!(is_secret_header(name), "{name}");
        }
        for name in ["Accept", "x-ms-continuationtoken", "X-TFS-Session"] {
            assert!(!is_secret_header(name), "{name}");
        }
        for name in [
            "accessTokenType",
            "accessTokenFetchingMethod",
            "passwordCredentials",
            "continuationToken",
            "errorCode",
            "keys",
            "scope",
            "typeKey",
            "partition key",
            "cancellationToken",
            "bypass",
            "compass",
            "secretName",
            "tokenType",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
