//! Secrets of small words, and ids in a secret's place, which only their place can tell; people and machines in
//! texts; and what has to stay.

use std::io::Cursor;

use mendpoint::ingest::Source;
use mendpoint::redact::redact;
use mendpoint::sensitive::{mask_body, mask_text};

use crate::redaction::{analyzer, options};

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
    "Kennwort\n{}",
    "password: !vault {}",
    "| user | password |\n|------|----------|\n| robin | {} |",
    "user,password,role\nrobin,{},admin",
    "user\ttoken\nrobin\t{}",
    "NAME   SECRET    AGE\nkiosk  {}  3d",
];

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
