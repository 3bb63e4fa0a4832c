//! Which differences matter, after what two working payloads may differ in.

mod credential;
mod declared;
mod lists;
#[cfg(test)]
mod table;

use self::credential::{CREDENTIALS, is_filled_foreign, secret_value};
use self::lists::{CASELESS, NAMING, SCOPED, VOLATILE};
use crate::azure;
use crate::connection::Use;
use crate::connection::call::is_unsaved;
use crate::connection::outcome::{State, state_of};
use crate::json::{Node, pointer};
use crate::sensitive;
use crate::text::guid::is_guid;

use super::{Difference, Kind, Setting, Significance};

/// Whether one is `null` or empty where the other is text: absent, `null` and empty are told apart
/// by value and not by type.
pub(super) fn same_sort(good: &Node, own: &Node) -> bool {
    let soft = |node: &Node| node.is_null() || node.as_str().is_some();
    soft(good) && soft(own)
}

/// The payload that is judged, and what it is sent for.
pub(super) struct Case<'a> {
    pub(super) own: &'a Node,
    pub(super) setting: Setting<'a>,
}

impl<'a> Case<'a> {
    fn usage(&self) -> Use {
        self.setting.usage
    }

    fn parameter(&self, name: &str) -> Option<&'a Node> {
        self.own.get("authorization")?.get("parameters")?.get(name)
    }

    /// A text of `data`, without blanks around it; empty if there is none.
    fn data(&self, name: &str) -> &'a str {
        let data = self.own.get("data");
        data.and_then(|data| data.str(name))
            .unwrap_or_default()
            .trim()
    }

    fn is_automatic(&self) -> bool {
        self.data("creationMode").eq_ignore_ascii_case("Automatic")
    }

    /// A payload without a type is taken for one: it is what a conversion may leave out.
    fn is_azurerm(&self) -> bool {
        let kind = self.own.str("type");
        kind.is_none_or(|kind| kind.trim().eq_ignore_ascii_case("azurerm"))
    }

    fn has_scheme(&self, name: &str) -> bool {
        let scheme = self
            .own
            .get("authorization")
            .and_then(|node| node.str("scheme"));
        scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case(name))
    }
}

/// How much a difference matters.
pub(super) fn significance(
    pointer: &str,
    kind: Kind,
    good: Option<&Node>,
    own: Option<&Node>,
    case: &Case<'_>,
) -> Significance {
    let path = pointer.to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    if kind == Kind::Spelling {
        return Significance::Form;
    }
    if let Some(found) = declared::significance(&path, kind, own, case) {
        return found;
    }
    if is_no_text(&path, own) {
        return Significance::Significant;
    }
    // Of other services it is the connection's own secret.
    if name == "accesstoken" && case.is_azurerm() {
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
    if path == "/isready" || path.starts_with("/operationstatus") {
        return if state_of(case.own) == State::Failed && !path.ends_with("/statusmessage") {
            Significance::Significant
        } else {
            Significance::Volatile
        };
    }
    if path.starts_with("/serviceendpointprojectreferences") {
        return references(name, good, own, case);
    }
    if sensitive::is_secret_name(name) {
        return secret_value(name, own, case);
    }
    if kind == Kind::Type {
        return Significance::Significant;
    }
    if matches!(name, "name" | "description") {
        // A conversion and a verify go without a name.
        let named = !matches!(
            case.usage(),
            Use::Convert | Use::VerifySaved | Use::VerifyNew
        );
        return if is_empty(own) && name == "name" && named {
            Significance::Significant
        } else {
            Significance::Volatile
        };
    }
    if SCOPED.iter().any(|(_, names)| names.contains(&name)) {
        return scoped(name, good, own, case);
    }
    if is_empty(good) && is_empty(own) {
        return Significance::Volatile;
    }
    if CASELESS.contains(&name) {
        return caseless(name, good, own, case);
    }
    if NAMING.contains(&name) {
        return naming(name, good, own, case);
    }
    if name == "url" {
        return url(good, own, case);
    }
    structure(name, own, case)
}

/// `data` and `authorization.parameters` are maps of texts.
fn is_no_text(path: &str, own: Option<&Node>) -> bool {
    is_in_a_map(path) && own.is_some_and(|node| !node.is_null() && node.as_str().is_none())
}

fn is_in_a_map(path: &str) -> bool {
    ["/data", "/authorization/parameters"]
        .iter()
        .any(|map| pointer::split_last(path).is_some_and(|(parent, _)| parent == *map))
}

/// A second spelling of a key: the service finds the keys of a map in any letters.
pub(super) fn twin(pointer: &str) -> Significance {
    if is_in_a_map(&pointer.to_ascii_lowercase()) {
        Significance::Significant
    } else {
        Significance::Form
    }
}

/// The endpoint that the body is about must be the one of the URL.
pub(super) fn ids(case: &Case<'_>, out: &mut Vec<Difference>) {
    let inside = case.own.member("id");
    let (Some(member), Some(outside)) = (inside, case.setting.url_id) else {
        return;
    };
    let id = member.value.as_str().unwrap_or_default();
    if is_unsaved(id) || id.eq_ignore_ascii_case(outside) {
        return;
    }
    let pointer = pointer::push("", &member.key);
    out.retain(|difference| difference.pointer != pointer);
    out.push(Difference {
        pointer,
        kind: Kind::Value,
        significance: Significance::Significant,
        expected: Some(outside.into()),
        actual: Some(id.into()),
    });
}

/// `authorization`, `parameters`, `data` must be there, but for a conversion; other members are worth
/// a look.
fn structure(name: &str, own: Option<&Node>, case: &Case<'_>) -> Significance {
    let needed = matches!(name, "authorization" | "parameters" | "data" | "type");
    match (needed && own.is_none(), case.usage()) {
        (true, Use::Convert) => Significance::Volatile,
        (true, _) => Significance::Significant,
        (false, _) => Significance::Form,
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

fn caseless(name: &str, good: Option<&Node>, own: Option<&Node>, case: &Case<'_>) -> Significance {
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
        "scheme" if case.usage() == Use::Convert => Significance::Volatile,
        "scheme" | "type" => Significance::Significant,
        "authenticationtype"
            if CREDENTIALS
                .iter()
                .any(|(_, name)| is_filled_foreign(name, case)) =>
        {
            Significance::Significant
        }
        // An older client leaves these out and is accepted.
        "environment" | "authenticationtype" if is_empty(own) || is_empty(good) => {
            Significance::Form
        }
        "environment" if case.setting.same_endpoint || is_address_of_another_cloud(case) => {
            Significance::Significant
        }
        _ => Significance::Form,
    }
}

fn naming(name: &str, good: Option<&Node>, own: Option<&Node>, case: &Case<'_>) -> Significance {
    if case.usage() == Use::Convert && is_empty(own) {
        return Significance::Volatile;
    }
    if is_empty(own) {
        return match name {
            "tenantid" | "serviceprincipalid" if case.is_automatic() => {
                if case.usage() == Use::Create {
                    Significance::Volatile
                } else {
                    Significance::Form
                }
            }
            "scope" | "resourceid" => Significance::Form,
            _ => Significance::Significant,
        };
    }
    if is_empty(good) {
        return Significance::Form;
    }
    let text = |node: Option<&Node>| node.and_then(Node::as_str).unwrap_or_default().to_owned();
    let (good, own) = (text(good), text(own));
    if good.eq_ignore_ascii_case(&own) {
        Significance::Volatile
    } else if case.setting.same_endpoint {
        Significance::Significant
    } else if is_guid(good.trim()) != is_guid(own.trim()) || own.trim() != own {
        Significance::Form
    } else {
        Significance::Volatile
    }
}

/// `scopeLevel` and what names the scope: judged by the payload's own level.
fn scoped(name: &str, good: Option<&Node>, own: Option<&Node>, case: &Case<'_>) -> Significance {
    let level = case.data("scopeLevel");
    let known = SCOPED
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(level));
    let Some((_, needed)) = known.filter(|_| case.usage() != Use::Convert) else {
        return if is_empty(own) && is_empty(good) {
            Significance::Volatile
        } else if name == "scopelevel" {
            Significance::Form
        } else {
            naming(name, good, own, case)
        };
    };
    if name == "scopelevel" {
        let complete = needed
            .iter()
            .all(|name| *name == "scopelevel" || !case.data(name).is_empty());
        return if complete && !case.setting.same_endpoint {
            Significance::Form
        } else {
            Significance::Significant
        };
    }
    // Ids of both levels contradict each other, whatever the level says.
    let both =
        !case.data("subscriptionId").is_empty() && !case.data("managementGroupId").is_empty();
    match (needed.contains(&name), is_empty(own)) {
        (false, true) => Significance::Volatile,
        (false, false) if both && name.ends_with("id") => Significance::Significant,
        (false, false) => Significance::Form,
        (true, _) => naming(name, good, own, case),
    }
}

/// The address of a cloud, as [`trimmed`] gives it.
fn address_of(environment: &str) -> Option<&'static str> {
    let mut known = azure::CLOUDS.iter();
    let found = known.find(|(name, _)| name.eq_ignore_ascii_case(environment));
    found.map(|(_, address)| address.trim_end_matches('/'))
}

/// Whether the payload names a cloud, and an address that is not that cloud's.
fn is_address_of_another_cloud(case: &Case<'_>) -> bool {
    let own = trimmed(case.own.get("url")).filter(|url| !url.is_empty());
    address_of(case.data("environment"))
        .zip(own)
        .is_some_and(|(expected, own)| own != expected)
}

/// The address belongs to the environment that the payload names.
fn url(good: Option<&Node>, own: Option<&Node>, case: &Case<'_>) -> Significance {
    if trimmed(good) == trimmed(own) || (case.usage() == Use::Convert && is_empty(own)) {
        return Significance::Volatile;
    }
    let environment = case.data("environment");
    let fits = match address_of(environment) {
        Some(expected) => trimmed(own).as_deref() == Some(expected),
        // The operator's own address, or that of another service altogether.
        None => !is_empty(own) && !case.setting.same_endpoint,
    };
    if fits || environment.eq_ignore_ascii_case("AzureStack") {
        Significance::Volatile
    } else {
        Significance::Significant
    }
}

/// Which projects share an endpoint is its own affair; that it names one is not.
fn references(
    name: &str,
    good: Option<&Node>,
    own: Option<&Node>,
    case: &Case<'_>,
) -> Significance {
    let named = |node: Option<&Node>| {
        let mut items = node.into_iter().flat_map(Node::items);
        items.any(|item| item.get("projectReference").is_some())
    };
    let needed = matches!(case.usage(), Use::Create | Use::Update | Use::Pasted);
    if name == "serviceendpointprojectreferences"
        && needed
        && !case.setting.old_api
        && named(good)
        && !named(own)
    {
        Significance::Significant
    } else {
        Significance::Volatile
    }
}

fn is_empty(node: Option<&Node>) -> bool {
    node.is_none_or(Node::is_blank)
}

fn trimmed(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::as_str).map(|text| {
        let bare = text.trim_end_matches('/').trim_end_matches(":443");
        bare.trim_end_matches('/').to_ascii_lowercase()
    })
}
