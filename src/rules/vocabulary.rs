//! Words, hosts and ids that identify nobody and stay as they are.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::azure;
use crate::rules::engine::Catalogue;
use crate::text::guid::is_guid;
use crate::text::url::split_scheme;

/// Ids that are the same for everybody: what they say is evidence.
const KNOWN_GUIDS: &[&str] = &[
    // Nobody, and the anonymous user.
    "00000000-0000-0000-0000-000000000000",
    "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    // The directories of personal accounts and of Microsoft's own services.
    "9188040d-6c67-4c5b-b112-36a304b66dad",
    "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    // Reader, Contributor, Owner, User Access Administrator.
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
];

/// Whether a GUID, with or without dashes, is the same for everybody.
pub(crate) fn is_known_guid(guid: &str) -> bool {
    let bare: String = guid
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_ascii_lowercase())
        .collect();
    azure::is_app_of_microsoft(guid)
        || KNOWN_GUIDS
            .iter()
            .any(|known| known.replace('-', "") == bare)
        || ids_in_rules().contains(&bare)
}

/// Ids that rules look for: apps that everybody has.
fn ids_in_rules() -> &'static BTreeSet<String> {
    static IDS: OnceLock<BTreeSet<String>> = OnceLock::new();
    IDS.get_or_init(|| {
        let catalogue = Catalogue::shared();
        let matchings = catalogue.iter().filter_map(|rule| rule.matching.as_ref());
        let texts = matchings.flat_map(|matching| [&matching.unless, &matching.require]);
        texts
            .flatten()
            .filter(|text| is_guid(text))
            .map(|id| id.to_ascii_lowercase().replace('-', ""))
            .collect()
    })
}

/// Words of the API, of HTTP and of everyday URLs. Something may be called like one of these; then
/// the name is replaced where it stands as a name, and nowhere else.
const WORDS: &str = "\
    accesstoken|account|action|active|admin|administrator|agent|aks|all|analytics|any|\
    api|api-version|apis|app|appid|application|applications|approle|arm|artifacts|\
    assignment|auth|authorization|authorize|automatic|azure|azurecloud|azurechinacloud|\
    azuregermancloud|azuremlworkspace|azurerm|azurestack|azureusgovernment|backend|bearer|\
    board|boards|build|builds|bot|cache|cloud|code|collection|com|common|config|\
    connection|connections|consumers|content|contributor|contributors|convert|core|create|\
    credential|data|default|default directory|defaultcollection|delete|demo|deploy|\
    deployment|dev|development|devops|directory|edit|endpoint|endpointproxy|endpoints|\
    environment|error|expired|failed|false|federated|free trial|frontend|generic|get|git|\
    github|global|graph|group|guest|home|host|html|http|https|hub|identity|image|index|\
    infra|infrastructure|inprogress|internal|invalid|issuer|items|json|key|list|live|\
    local|location|login|main|management|managementgroup|managedserviceidentity|manual|\
    master|member|message|microsoft|mobile|name|network|new|none|null|oauth2|object|\
    online|operation|options|org|organization|organizations|owner|page|parameters|password|\
    patch|path|pay-as-you-go|permission|permissions|pipeline|pipelines|plan|platform|\
    policy|portal|post|prod|production|project|projects|provider|providers|proxy|public|\
    publishprofile|put|qa|query|read|reader|ready|release|repo|repos|repository|request|\
    resource|resourcegroup|resourcegroups|resources|response|rest|result|role|root|sandbox|\
    scheme|scope|script|secret|security|server|service|serviceconnection|serviceconnections|\
    serviceendpoint|serviceendpoints|serviceprincipal|services|session|settings|setup|share|\
    shared|sign|signin|site|spnkey|spncertificate|staging|state|status|storage|string|\
    style|subject|subscription|subscriptions|success|support|system|task|tasks|team|\
    template|tenant|test|testconnection|testing|tests|text|tfs|time|title|token|tools|\
    training|true|type|types|unknown|update|url|user|users|value|verify|version|\
    visual studio enterprise|visual studio professional|web|website|workload|\
    workloadidentityfederation|workspace|write|xml|github.com|windows live id|windows10|\
    azure devops";

/// Whether `name` is a word that is said about everybody: replacing it everywhere would rewrite
/// error texts and API names.
pub(crate) fn is_common(name: &str) -> bool {
    let lower = name.trim().to_lowercase();
    lower.chars().count() < 3
        || WORDS.split('|').any(|word| word == lower)
        || lower.chars().all(|c| c.is_ascii_digit())
        || is_in_rules(&lower)
}

/// Whether rules look for the address `url`: then it is that of everybody's page.
pub(crate) fn is_sought(url: &str) -> bool {
    let (_, bare) = split_scheme(url).unwrap_or(("", url));
    let path = bare.split_once('/').map_or("", |(_, path)| path);
    !path.is_empty() && is_in_rules(&url.to_lowercase())
}

/// Whether the sentences that rules look for hold `lower` as words of their own.
fn is_in_rules(lower: &str) -> bool {
    static SENTENCES: OnceLock<String> = OnceLock::new();
    let sentences = SENTENCES.get_or_init(|| {
        let catalogue = Catalogue::shared();
        let matchings = catalogue.iter().filter_map(|rule| rule.matching.as_ref());
        let mut all = String::new();
        for matching in matchings {
            let lists = [
                &matching.text,
                &matching.type_keys,
                &matching.codes,
                &matching.require,
                &matching.about,
            ];
            for list in lists {
                for text in list {
                    all.push('\n');
                    all.push_str(&text.to_lowercase());
                }
            }
        }
        all.push('\n');
        all
    });
    let whole = |at: usize| {
        let around = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
        around(sentences[..at].chars().next_back())
            && around(sentences[at + lower.len()..].chars().next())
    };
    memchr::memmem::find_iter(sentences.as_bytes(), lower).any(whole)
}

/// Whether somebody masked `text` before us.
pub(crate) fn is_masked(text: &str) -> bool {
    let text = text.trim();
    let marks = |c: char| "*xX\u{2022}\u{2588}\u{25cf}.-\u{2026}".contains(c);
    let lower = text.to_ascii_lowercase();
    text.chars().all(marks)
        || matches!(
            lower.trim_matches(['[', ']', '<', '>', '(', ')', '*']),
            "redacted"
                | "masked"
                | "filtered"
                | "hidden"
                | "removed"
                | "sanitized"
                | "null"
                | "undefined"
        )
        || is_own_mask(text)
}

/// Whether `text` is a mask of ours.
fn is_own_mask(text: &str) -> bool {
    text.strip_prefix(crate::sensitive::OWN_MARK)
        .is_some_and(|rest| {
            rest.len() <= 24
                && rest
                    .bytes()
                    .all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_error_texts_are_common_and_names_are_not() {
        for common in [
            "Subscription",
            "test",
            "ab",
            "endpoints",
            "Insufficient privileges",
        ] {
            assert!(is_common(common), "{common}");
        }
        for own in ["contoso", "Web Shop", "fabrikam-prod"] {
            assert!(!is_common(own), "{own}");
        }
    }

    #[test]
    fn masks_are_no_secrets() {
        assert!(is_masked("*****") && is_masked("[REDACTED]") && is_masked("REDACTED-40-0123ab"));
        assert!(!is_masked("hunter2"));
    }

    #[test]
    fn first_party_ids_are_known() {
        assert!(is_known_guid("00000003-0000-0000-c000-000000000000"));
        assert!(is_known_guid("ACDD72A7-3385-48EF-BD42-F606FBA81AE7"));
        assert!(!is_known_guid("2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f"));
    }
}
