//! Which differences matter, after what two working payloads may differ in.

use crate::endpoint::Use;
use crate::endpoint::route::is_guid;
use crate::json::{Node, Value};
use crate::secret;

use super::{Kind, Setting, Significance};

/// Members that the service owns or that differ from one payload to the next, in lower case.
const VOLATILE: &[&str] = &[
    "id",
    "createdby",
    "modifiedby",
    "creationdate",
    "modificationdate",
    "_links",
    "imageurl",
    "descriptor",
    "administratorsgroup",
    "readersgroup",
    "groupscopeid",
    "isshared",
    "isoutdated",
    "isdisabled",
    "servicemanagementreference",
    "spnobjectid",
    "appobjectid",
    "azurespnroleassignmentid",
    "azurespnpermissions",
    "workloadidentityfederationissuer",
    "workloadidentityfederationsubject",
    "workloadidentityfederationissuertype",
    "identitytype",
    "isdraft",
    "revertschemedeadline",
    "oboauthorization",
];

/// Members that name things: between two endpoints only their form can be compared.
const NAMING: &[&str] = &[
    "tenantid",
    "serviceprincipalid",
    "subscriptionid",
    "subscriptionname",
    "managementgroupid",
    "managementgroupname",
    "resourcegroupname",
    "mlworkspacename",
    "mlworkspacelocation",
    "resourceid",
    "scope",
];

/// Members whose letter case makes no difference.
const CASELESS: &[&str] = &[
    "owner",
    "type",
    "scheme",
    "environment",
    "scopelevel",
    "creationmode",
    "authenticationtype",
];

/// Whether one is `null` or empty where the other is text: absent, `null` and empty are told apart
/// by value and not by type.
pub(super) fn same_sort(good: &Node, own: &Node) -> bool {
    let soft = |node: &Node| node.is_null() || node.as_str().is_some();
    soft(good) && soft(own)
}

/// How much a difference matters.
pub(super) fn significance(
    pointer: &str,
    kind: Kind,
    good: Option<&Node>,
    own: Option<&Node>,
    setting: Setting,
) -> Significance {
    let path = pointer.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if kind == Kind::Spelling {
        return Significance::Form;
    }
    if name == "accesstoken" {
        return access_token(own);
    }
    if name == "accesstokentype" || name == "accesstokenfetchingmethod" {
        return Significance::Form;
    }
    if path.starts_with("/createdby")
        || path.starts_with("/modifiedby")
        || (VOLATILE.contains(&name) && !path.starts_with("/serviceendpointprojectreferences"))
    {
        return Significance::Volatile;
    }
    if matches!(name, "isready" | "operationstatus") || path.starts_with("/operationstatus") {
        return Significance::Volatile;
    }
    if path.starts_with("/serviceendpointprojectreferences") {
        return references(name, own, setting);
    }
    if secret::is_secret_name(name) {
        return secret_value(good, own, setting);
    }
    if kind == Kind::Type {
        return Significance::Significant;
    }
    if is_empty(good) && is_empty(own) {
        return Significance::Volatile;
    }
    if matches!(name, "name" | "description") {
        return if is_empty(own) && name == "name" && setting.usage != Use::Convert {
            Significance::Significant
        } else {
            Significance::Volatile
        };
    }
    if CASELESS.contains(&name) {
        return caseless(name, good, own, setting);
    }
    if NAMING.contains(&name) {
        return naming(name, good, own, setting);
    }
    if name == "url" {
        return if trimmed(good) == trimmed(own) {
            Significance::Volatile
        } else {
            Significance::Significant
        };
    }
    structure(name, own, setting)
}

/// `authorization`, `parameters`, `data` must be there; other members are worth a look.
fn structure(name: &str, own: Option<&Node>, setting: Setting) -> Significance {
    let needed = matches!(name, "authorization" | "parameters" | "data" | "type");
    if needed && own.is_none() && !matches!(setting.usage, Use::Convert) {
        Significance::Significant
    } else {
        Significance::Form
    }
}

/// The fault this tool was made for: present, and not the key of a cached token.
fn access_token(own: Option<&Node>) -> Significance {
    match own {
        None => Significance::Volatile,
        Some(node) if node.as_str().is_some_and(is_guid) => Significance::Form,
        Some(_) => Significance::Significant,
    }
}

/// `null` in an answer, absent in a list, a new value in a request: all are normal. An empty string
/// is stored as it is, and so is the word null.
fn secret_value(good: Option<&Node>, own: Option<&Node>, setting: Setting) -> Significance {
    match own.map(|node| &node.value) {
        Some(Value::String(text)) if text == "null" => Significance::Significant,
        Some(Value::String(text)) if text.trim().is_empty() && !is_empty(good) => {
            Significance::Significant
        }
        Some(Value::String(text)) if text.trim().is_empty() => {
            if setting.automatic {
                Significance::Form
            } else {
                Significance::Significant
            }
        }
        Some(Value::String(_)) => Significance::Form,
        Some(Value::Null) | None
            if matches!(setting.usage, Use::Create | Use::VerifyNew) && !setting.automatic =>
        {
            Significance::Significant
        }
        Some(Value::Null) | None => Significance::Volatile,
        Some(_) => Significance::Significant,
    }
}

fn caseless(name: &str, good: Option<&Node>, own: Option<&Node>, setting: Setting) -> Significance {
    let text = |node: Option<&Node>| {
        node.and_then(Node::as_str)
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    if text(good) == text(own) || name == "owner" {
        return Significance::Volatile;
    }
    match name {
        "scheme" if setting.usage == Use::Convert => Significance::Volatile,
        "scheme" | "type" => Significance::Significant,
        // An older client leaves these out and is accepted.
        "environment" | "scopelevel" | "authenticationtype" if is_empty(own) || is_empty(good) => {
            Significance::Form
        }
        "environment" | "scopelevel" if setting.same_endpoint => Significance::Significant,
        _ => Significance::Form,
    }
}

fn naming(name: &str, good: Option<&Node>, own: Option<&Node>, setting: Setting) -> Significance {
    if setting.usage == Use::Convert && own.is_none() {
        return Significance::Volatile;
    }
    if is_empty(own) {
        let fills_later = matches!(name, "serviceprincipalid") && setting.automatic;
        return if fills_later || matches!(name, "scope" | "resourceid") {
            Significance::Form
        } else {
            Significance::Significant
        };
    }
    if is_empty(good) {
        return Significance::Form;
    }
    let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let (good, own) = (text(good), text(own));
    if good.eq_ignore_ascii_case(&own) {
        Significance::Volatile
    } else if setting.same_endpoint {
        Significance::Significant
    } else if is_guid(good.trim()) != is_guid(own.trim()) || own.trim() != own {
        Significance::Form
    } else {
        Significance::Volatile
    }
}

/// Which projects share an endpoint is its own affair; that it names one is not.
fn references(name: &str, own: Option<&Node>, setting: Setting) -> Significance {
    if name != "serviceendpointprojectreferences" {
        return Significance::Volatile;
    }
    let named = own.is_some_and(|node| {
        node.items()
            .iter()
            .any(|item| item.get("projectReference").is_some())
    });
    match (named, setting.usage) {
        (true, _) | (false, Use::VerifySaved | Use::VerifyNew) => Significance::Volatile,
        (false, _) => Significance::Significant,
    }
}

fn is_empty(node: Option<&Node>) -> bool {
    node.is_none_or(|node| {
        node.is_null() || node.as_str().is_some_and(|text| text.trim().is_empty())
    })
}

fn trimmed(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::as_str)
        .map(|text| text.trim_end_matches('/').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::{Setting, Significance, compare};
    use crate::endpoint::Use;
    use crate::json::parse;

    fn worst(good: &str, own: &str, same_endpoint: bool) -> Vec<(String, Significance)> {
        let setting = Setting {
            usage: Use::Update,
            same_endpoint,
            automatic: false,
        };
        compare(&parse(good).unwrap(), &parse(own).unwrap(), setting)
            .into_iter()
            .filter(|difference| difference.significance > Significance::Volatile)
            .map(|difference| (difference.pointer, difference.significance))
            .collect()
    }

    #[test]
    fn what_differs_between_any_two_payloads_is_silent() {
        let good = r#"{"id":"1","name":"a","type":"AzureRM","owner":"Library","url":"https://x/","createdBy":{"id":"u"},"authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"11111111-1111-4111-8111-111111111111","serviceprincipalkey":null}},"data":{"spnObjectId":"o","azureSpnPermissions":"[{\"a\":1}]"},"isReady":true}"#;
        let own = r#"{"id":"2","name":"b","type":"azurerm","owner":"library","url":"https://x","authorization":{"scheme":"serviceprincipal","parameters":{"tenantid":"22222222-2222-4222-8222-222222222222"}},"data":{"spnObjectId":"","azureSpnPermissions":"[ {\"a\" : 1} ]","managementGroupId":""}}"#;
        assert_eq!(worst(good, own, false), []);
    }

    #[test]
    fn what_breaks_a_call_is_significant() {
        let good = r#"{"type":"azurerm","authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"11111111-1111-4111-8111-111111111111","serviceprincipalkey":null}},"data":{"subscriptionName":"n"},"serviceEndpointProjectReferences":[{"projectReference":{"id":"p"}}]}"#;
        let significant = |from: &str, to: &str, at: &str| {
            assert!(good.contains(from), "{from}");
            let found = worst(good, &good.replace(from, to), true);
            assert_eq!(found, [(at.to_owned(), Significance::Significant)], "{to}");
        };
        significant(
            "\"serviceprincipalkey\":null",
            "\"serviceprincipalkey\":null,\"accesstoken\":null",
            "/authorization/parameters/accesstoken",
        );
        significant(
            "\"serviceprincipalkey\":null",
            "\"serviceprincipalkey\":\"\"",
            "/authorization/parameters/serviceprincipalkey",
        );
        significant(
            "\"serviceprincipalkey\":null",
            "\"serviceprincipalkey\":\"null\"",
            "/authorization/parameters/serviceprincipalkey",
        );
        significant(
            "[{\"projectReference\":{\"id\":\"p\"}}]",
            "[]",
            "/serviceEndpointProjectReferences",
        );
        significant(
            "\"subscriptionName\":\"n\"",
            "\"subscriptionName\":\"m\"",
            "/data/subscriptionName",
        );
        significant(
            "\"subscriptionName\":\"n\"",
            "\"subscriptionName\":{\"a\":1}",
            "/data/subscriptionName",
        );
    }
}
