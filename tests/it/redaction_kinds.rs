//! Secrets of small words, and ids in a secret's place, which only their place can tell; people and machines in
//! texts; and what has to stay.

use std::io::Cursor;

use mendpoint::ingest::Source;
use mendpoint::redact::redact;
use mendpoint::sensitive::{mask_body, mask_text};

use crate::redaction::{analyzer, judged, options};

/// What stands in front of a secret and behind it, as programs and people write it.
const PLACES: &[&str] = &[
    "ansible_become_pass: {}",
    "$env:KIOSK_PW=\"{}\"",
    "-var=\"sp_key={}\"",
    "kiosk_pass=\"{}\"",
    "NPM_TOKEN={}",
    "keytool -list -keystore a.jks -storepass {}",
    "ldapsearch -D cn=admin -w {} -b dc=x",
    "mongo -u robin -p {} --authenticationDatabase admin",
    "http -a robin:{} https://x.test",
    "curl --cookie \"sid={}\" https://x.test",
    "net user robin {} /add",
    "CREATE USER robin IDENTIFIED BY '{}';",
    "db.test:5432:orders:robin:{}",
    "password = os.getenv(\"PW\", \"{}\")",
    "- name: adminPassword\n  default: {}",
    "our new password: {}",
    "*Password:* {}",
    "**Passwort**: {}",
    "Passwort:\n\n    {}",
    "Kennwort\n{}",
    "password: !vault {}",
    "| user | password |\n|------|----------|\n| robin | {} |",
    "user,password,role\nrobin,{},admin",
    "user\ttoken\nrobin\t{}",
    "NAME   SECRET    AGE\nkiosk  {}  3d",
];

/// Labels of languages whose words are no names of members.
const LABELS: &[&str] = &[
    "Kennwort: {}",
    "Das Kennwort lautet {}",
    "Mot de passe : {}",
    "Contrase\u{f1}a: {}",
    "Has\u{142}o: {}",
    "\u{41f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: {}",
    "\u{5bc6}\u{7801}\u{ff1a}{}",
    "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}\u{ff1a}{}",
    "\u{3ba}\u{3c9}\u{3b4}\u{3b9}\u{3ba}\u{3cc}\u{3c2}: {}",
    "L\u{f6}senord: {}",
    "Geheimnis: {}",
];

#[test]
fn a_small_word_behind_a_label_of_any_language_goes_and_what_became_of_a_secret_stays() {
    for label in LABELS {
        let text = format!("##[error]AADSTS7000215: Invalid client secret provided.\n{label}\n");
        let masked = mask_text(&text.replace("{}", "sonne"));
        assert!(!masked.contains("sonne"), "{masked}");
    }
    for told in ["Kennwort: falsch", "Kennwort: abgelaufen", "Login: robin"] {
        assert_eq!(mask_text(told), told);
    }
}

#[test]
fn digits_of_a_key_go_from_addresses_and_those_of_certificates_and_ids_stay() {
    let key = "728eb79f594e67ff12f60f43f0ecef9f859cd9f4";
    let id = "9b1e4f0c27d84a6fb3c5d2e17a80f694";
    for (text, is_gone) in [
        (format!("authentication required {key}"), true),
        (format!("certificate with thumbprint '{key}'"), false),
        (format!("https://dev.azure.com/contoso/{key}/_apis"), true),
        (
            format!("https://dev.azure.com/contoso/_apis/x?continuationToken={id}"),
            true,
        ),
        (
            format!("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{id}"),
            false,
        ),
    ] {
        let masked = mendpoint::sensitive::mask_url(&mask_text(&text));
        assert_eq!(
            !masked.contains(key) && !masked.contains(id),
            is_gone,
            "{masked}"
        );
    }
}

#[test]
fn a_mail_with_one_text_that_matters_is_copied_and_a_secret_that_its_member_cannot_have_keeps_its_fault()
 {
    let mail = "From: robin@contoso.example\r\nSubject: help\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nsee there\r\n\
        --B\r\nContent-Type: text/plain; name=\"e.txt\"\r\nContent-Disposition: attachment; filename=\"e.txt\"\r\n\r\n\
        ##[error]AADSTS7000215: Invalid client secret provided by 10.24.62.152:443.\r\nKennwort: sonne\r\n--B--\r\n";
    let payload = r#"{"name":"aks","type":"kubernetes","url":"https://k8s.contoso.example","authorization":{"scheme":"Kubernetes","parameters":{"kubeconfig":"users:\n- user:\n    token: Zq07kV-7mX~pL42w\n"}},"data":{"authorizationType":"Kubeconfig","acceptUntrustedCerts":"Zq07kV-7mX~pL42w"}}"#;
    for (name, text) in [("mail.eml", mail), ("payload.json", payload)] {
        let copied = |text: &str| {
            let mut bytes = Cursor::new(text.as_bytes());
            let redaction = redact(name, Source::File(&mut bytes), analyzer(), &options(false));
            redaction.expect(name).copy.expect(name)
        };
        let copy = copied(text);
        for gone in ["sonne", "Zq07kV", "10.24.62.152"] {
            assert!(!copy.contains(gone), "{copy}");
        }
        let rules = |text: &str| {
            let report = judged(name, text.as_bytes()).expect(name);
            let rules = report.findings.iter().map(|finding| finding.rule.clone());
            let mut rules: Vec<String> = rules
                .filter(|rule| rule != "trace-contains-secrets")
                .collect();
            rules.sort_unstable();
            rules
        };
        assert!(!rules(text).is_empty());
        assert_eq!(rules(text), rules(&copy), "{copy}");
        assert_eq!(rules(text), rules(&copied(&copy)), "{copy}");
    }
}

const VALUES: &[&str] = &[
    "harbourfalcon",
    "harbour-falcon-42",
    "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
    "9b1e4f0c27d84a6fb3c5d2e17a80f694",
];

#[test]
fn a_secret_of_plain_words_and_an_id_in_its_place_go_where_something_calls_them_one() {
    let mut left = Vec::new();
    for form in PLACES {
        for value in VALUES {
            let text = form.replace("{}", value);
            let masked = mask_text(&text);
            if masked.contains(value) {
                left.push(masked);
            }
        }
    }
    for body in [
        r#"{"label":"Client secret","content":"{}"}"#,
        r#"{"id":"adminPassword","default":"{}"}"#,
        r#"{"kioskPass":"{}"}"#,
    ] {
        for value in VALUES {
            let text = body.replace("{}", value);
            let masked = mask_body(&text);
            if masked.contains(value) {
                left.push(masked.into_owned());
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn what_a_diagnosis_needs_stays() {
    for text in [
        "typeKey: ServiceEndpointException, statusCode: Unauthorized, error code: AADSTS7000215",
        "the client does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/7c1f0a52-3d84-4e19-9b60-5a2e8d417f33'",
        "api-version 7.1-preview.4 of https://management.azure.com and https://login.microsoftonline.com",
        "ActivityId: 7c1f0a52-3d84-4e19-9b60-5a2e8d417f33, continuationToken=7, partition key: kiosk-42",
        "Name, role and access\nReader, Contributor and Owner",
        "##[error]The token of the service connection is missing: pass=1 of 2 passed",
        "the secret 'db-password-2' of the vault; the token 'Contoso.Web7' and app MyApp2024",
        "The Key Vault secret db-password-2 of https://contoso2024.vault.azure.net was not found; oauth2 token",
        "The secret of app 'Contoso' expired on 2026-03-02; the key is required",
    ] {
        assert_eq!(mask_text(text), text);
    }
}

/// A failure that is known, and a line of somebody's own below it.
fn copied(line: &str) -> String {
    let text = format!(
        "##[error]AADSTS7000222: The provided client secret keys for app \
         '7c1f0a52-3d84-4e19-9b60-5a2e8d417f33' are expired.\n{line}\n"
    );
    let mut bytes = Cursor::new(text.as_bytes());
    let made = redact(
        "text",
        Source::File(&mut bytes),
        analyzer(),
        &options(false),
    );
    made.expect("it is a text")
        .copy
        .expect("it tells of a failure")
}

#[test]
fn people_companies_machines_and_paths_of_a_text_become_others() {
    for (line, own) in [
        ("Regards, Severin Morgenthaler", "Severin Morgenthaler"),
        ("reported by Leontine Dinkelmeyer", "Dinkelmeyer"),
        ("Subscription: Wiesengrund GmbH", "Wiesengrund"),
        ("C:\\Users\\birkel\\repo\\app.csproj", "birkel"),
        ("cd ~/birkel/src", "birkel"),
        ("at /home/birkel/agent/_work/1", "birkel"),
        ("\\\\birkelsrv\\share", "birkelsrv"),
        (
            "Service connection wiesengrund-bank-prod failed",
            "wiesengrund",
        ),
        ("Tel. +49 170 1208375", "1208375"),
        ("from 10.23.7.9", "10.23.7.9"),
    ] {
        let copy = copied(line);
        assert!(!copy.contains(own), "{copy}");
    }
    for line in [
        "Azure DevOps: Access Denied for the Service Principal",
        "The Microsoft Entra ID tenant is not found, see /subscriptions and 127.0.0.1",
    ] {
        assert!(copied(line).contains(line), "{}", copied(line));
    }
}
