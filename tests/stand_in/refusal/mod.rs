//! Why the service does not take a body. Each reason is one function; the first that applies is the answer.
//!
//! HTTP statuses are documented for hardly any of them. Payload refusals answer 400 here and exceptions inside
//! the service 500; nothing should depend on which.

mod azure;
mod shape;
mod types;
mod values;

use serde_json::{Map, Value};

use super::Config;
pub(super) use values::{is_guid, malformed_subscription, malformed_tenant};

/// What a body is sent for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Create,
    Update,
}

/// A body together with all that decides over it.
pub(super) struct Case<'a> {
    pub(super) act: Act,
    pub(super) endpoint: &'a Value,
    /// The id in the URL of an update.
    pub(super) url_id: &'a str,
    /// The `operation` of the query.
    pub(super) operation: Option<&'a str>,
    /// The project of the URL, where it has one.
    pub(super) project: Option<&'a str>,
    /// The major api-version.
    pub(super) version: u32,
    /// The endpoint as it stands, for an update.
    pub(super) stored: Option<&'a Value>,
    pub(super) config: &'a Config,
}

/// An error envelope to be.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) type_key: &'static str,
    pub(super) event_id: u32,
    pub(super) message: String,
}

type Check = fn(&Case<'_>) -> Option<Refusal>;

/// Form first: later checks may rely on maps of texts.
const CHECKS: &[Check] = &[
    shape::not_an_object,
    shape::authorization_missing,
    shape::map_is_no_map,
    shape::reference_cut_off,
    shape::same_key_twice,
    shape::value_not_a_string,
    shape::id_differs_from_url,
    shape::project_references_missing,
    shape::project_of_another_url,
    shape::required_string_empty,
    access_token_invalid,
    types::scheme_not_of_type,
    values::unresolved_variable,
    values::placeholder,
    values::white_space,
    values::guid_malformed,
    azure::scheme_unknown,
    azure::conversion_impossible,
    azure::conversion_keeps_deadline,
    azure::scheme_changed_without_operation,
    azure::url_of_another_environment,
    azure::authority_not_a_uri,
    azure::scope_of_another_subscription,
    azure::scope_level_incomplete,
    azure::tenant_of_another_subscription,
    azure::identity_missing,
    azure::federation_with_a_secret,
    azure::credential_of_another_kind,
    azure::secret_is_the_word_null,
    azure::create_without_a_key,
    azure::create_with_stale_ids,
    azure::identity_changed,
    types::url_not_absolute,
    types::address_of_another_kind,
    types::fields_not_expected,
    types::needed_member_missing,
    types::spelt_otherwise,
    types::token_not_as_in_its_secret,
    types::registry_type_unknown,
    types::registry_authorization_changed,
];

/// The first reason against a body, if there is one.
pub(super) fn first(case: &Case<'_>) -> Option<Refusal> {
    CHECKS.iter().find_map(|check| check(case))
}

/// The sentence for an access token that names nothing in the service's cache.
pub(super) const CACHE_INVALID: &str =
    "Failed to get Azure DevOps Service access token, cache value is invalid.";

/// An access token is the key of a cached token, a GUID. With no such member the service does without.
///
/// Neither the status nor the type of this answer is documented.
fn access_token_invalid(case: &Case<'_>) -> Option<Refusal> {
    // Of other types it is the connection's own secret.
    let azure = !types::is_other(case);
    (azure && invalid_access_token(case.parameters())).then(|| Refusal {
        status: 500,
        ..Refusal::endpoint(CACHE_INVALID)
    })
}

/// Whether the parameters name an access token that no cache can hold.
pub(super) fn invalid_access_token(parameters: Option<&Map<String, Value>>) -> bool {
    member(parameters, "accesstoken")
        .is_some_and(|token| !token.as_str().is_some_and(values::is_guid))
}

impl Refusal {
    /// The service's usual exception for a bad endpoint.
    pub(super) fn endpoint(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            type_key: "ServiceEndpointException",
            event_id: 3000,
            message: message.into(),
        }
    }

    /// A bad argument of the call.
    pub(super) fn argument(message: impl Into<String>) -> Self {
        Self {
            type_key: "ArgumentException",
            event_id: 0,
            ..Self::endpoint(message)
        }
    }

    /// A refusal that the service is said to make, in words which are ours.
    pub(super) fn own(message: impl std::fmt::Display) -> Self {
        Self::argument(format!("Stand-in: {message}"))
    }

    /// An exception that the service did not expect itself.
    pub(super) fn internal() -> Self {
        Self {
            status: 500,
            type_key: "TeamFoundationServerException",
            event_id: 3000,
            message: "TF400898: An Internal Error Occurred. Activity Id: 6d0f2c83-b5a1-4e97-8c34-f19e7d502ab6."
                .to_owned(),
        }
    }

    pub(super) fn type_name(&self) -> String {
        format!("{}.{}", self.namespace(), self.type_key)
    }

    pub(super) fn assembly(&self) -> &'static str {
        if self.namespace() == "System" {
            "mscorlib"
        } else {
            self.namespace()
        }
    }

    fn namespace(&self) -> &'static str {
        match self.type_key {
            "ArgumentException" | "ArgumentNullException" => "System",
            "UnauthorizedRequestException" | "TeamFoundationServerException" => {
                "Microsoft.TeamFoundation.Framework.Server"
            }
            _ => "Microsoft.VisualStudio.Services.ServiceEndpoints.WebApi",
        }
    }
}

impl<'a> Case<'a> {
    pub(super) fn parameters(&self) -> Option<&'a Map<String, Value>> {
        self.endpoint
            .pointer("/authorization/parameters")?
            .as_object()
    }

    /// A text of `authorization.parameters`, or "".
    fn parameter(&self, name: &str) -> &'a str {
        text(self.parameters(), name)
    }

    /// A text of `data`, or "".
    fn data(&self, name: &str) -> &'a str {
        text(self.endpoint["data"].as_object(), name)
    }

    fn top(&self, name: &str) -> &'a str {
        self.endpoint[name].as_str().unwrap_or_default()
    }

    fn scheme(&self) -> &'a str {
        self.endpoint
            .pointer("/authorization/scheme")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn has_scheme(&self, name: &str) -> bool {
        self.scheme().eq_ignore_ascii_case(name)
    }

    fn is_azure(&self) -> bool {
        self.top("type").eq_ignore_ascii_case("azurerm")
    }

    fn is_automatic(&self) -> bool {
        self.data("creationMode").eq_ignore_ascii_case("Automatic")
    }

    /// Every text that a user can have typed, with its place. Secrets are not looked at.
    fn texts(&self) -> Vec<(String, &'a str)> {
        let maps = [
            ("data", self.endpoint["data"].as_object()),
            ("authorization.parameters", self.parameters()),
        ];
        let tops = ["name", "url"].map(|name| (name.to_owned(), self.top(name)));
        let inner = maps.into_iter().flat_map(|(place, map)| {
            map.into_iter().flatten().filter_map(move |(name, value)| {
                let typed = !super::stored::is_secret(name) && name != "azureSpnPermissions";
                typed.then(|| Some((format!("{place}.{name}"), value.as_str()?)))?
            })
        });
        tops.into_iter()
            .chain(inner)
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }
}

/// A member by its name in any letter case, as the service's dictionaries find it.
pub(super) fn member<'a>(map: Option<&'a Map<String, Value>>, name: &str) -> Option<&'a Value> {
    map?.iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// The text of a member, or "".
pub(super) fn text<'a>(map: Option<&'a Map<String, Value>>, name: &str) -> &'a str {
    member(map, name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
