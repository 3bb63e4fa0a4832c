//! Bodies of Azure Resource Manager endpoints that do not agree with themselves or with the stored endpoint.

use super::{Act, Case, Refusal, text};

const CONVERT: &str = "ConvertAuthenticationScheme";

/// `data.environment` and the URL that belongs to it. Azure Stack has any URL.
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("AzureCloud", "https://management.azure.com"),
    ("AzureChinaCloud", "https://management.chinacloudapi.cn"),
    ("AzureUSGovernment", "https://management.usgovcloudapi.net"),
    ("AzureGermanCloud", "https://management.microsoftazure.de"),
];

/// `data.scopeLevel` and what must stand beside it.
const LEVELS: &[(&str, &[&str])] = &[
    ("Subscription", &["subscriptionId", "subscriptionName"]),
    (
        "ManagementGroup",
        &["managementGroupId", "managementGroupName"],
    ),
    (
        "AzureMLWorkspace",
        &["subscriptionId", "resourceGroupName", "mlWorkspaceName"],
    ),
];

pub(super) fn scheme_unknown(case: &Case<'_>) -> Option<Refusal> {
    let offered = case
        .config
        .schemes
        .iter()
        .any(|known| case.has_scheme(known));
    (case.is_azure() && !offered).then(|| {
        Refusal::endpoint(format!(
            "Unable to find service connection type 'azurerm' using authentication scheme '{}'.",
            case.scheme()
        ))
    })
}

fn converts(case: &Case<'_>) -> bool {
    case.operation
        .is_some_and(|operation| operation.eq_ignore_ascii_case(CONVERT))
}

fn stored_scheme<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.stored?.pointer("/authorization/scheme")?.as_str()
}

/// The beginning of the sentence is ours, its end the service's.
pub(super) fn conversion_impossible(case: &Case<'_>) -> Option<Refusal> {
    let from = stored_scheme(case)?.to_ascii_lowercase();
    let to = case.scheme().to_ascii_lowercase();
    let known = matches!(
        (from.as_str(), to.as_str()),
        ("serviceprincipal", "workloadidentityfederation")
            | ("workloadidentityfederation", "serviceprincipal")
    );
    (converts(case) && !known).then(|| {
        Refusal::argument(format!(
            "Converting from '{from}' to '{to}' is neither an upgrade or a downgrade and is not supported"
        ))
    })
}

/// Microsoft's own script takes the deadline out before it converts; what happens otherwise is not documented.
pub(super) fn conversion_keeps_deadline(case: &Case<'_>) -> Option<Refusal> {
    (converts(case) && !case.data("revertSchemeDeadline").is_empty())
        .then(|| Refusal::own("data.revertSchemeDeadline cannot be sent with a conversion"))
}

pub(super) fn scheme_changed_without_operation(case: &Case<'_>) -> Option<Refusal> {
    let stored = stored_scheme(case)?;
    (!converts(case) && !case.has_scheme(stored)).then(|| {
        Refusal::own(format!(
            "the scheme changes from {stored} without operation={CONVERT}"
        ))
    })
}

pub(super) fn url_of_another_environment(case: &Case<'_>) -> Option<Refusal> {
    let (environment, expected) = ENVIRONMENTS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(case.data("environment")))?;
    let url = case.top("url").to_ascii_lowercase();
    let plain = url.trim_end_matches('/').trim_end_matches(":443");
    (case.is_azure() && !url.is_empty() && plain != *expected)
        .then(|| Refusal::own(format!("url is not that of {environment}, {expected}/")))
}

pub(super) fn authority_not_a_uri(case: &Case<'_>) -> Option<Refusal> {
    let authority =
        super::member(case.endpoint["data"].as_object(), "environmentAuthorityUrl")?.as_str()?;
    (!authority.starts_with("https://"))
        .then(|| Refusal::endpoint("'authority' should be in Uri format"))
}

pub(super) fn scope_of_another_subscription(case: &Case<'_>) -> Option<Refusal> {
    let scope = case.parameter("scope").to_ascii_lowercase();
    let inside = scope.strip_prefix("/subscriptions/")?.split('/').next()?;
    let subscription = case.data("subscriptionId");
    (!subscription.is_empty() && !inside.eq_ignore_ascii_case(subscription))
        .then(|| Refusal::own("authorization.parameters.scope lies outside data.subscriptionId"))
}

pub(super) fn scope_level_incomplete(case: &Case<'_>) -> Option<Refusal> {
    let level = case.data("scopeLevel");
    let (_, needed) = LEVELS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(level))?;
    if let Some(name) = needed.iter().find(|name| case.data(name).is_empty()) {
        return Some(Refusal::own(format!(
            "data.scopeLevel {level} needs data.{name}"
        )));
    }
    let both =
        !case.data("subscriptionId").is_empty() && !case.data("managementGroupId").is_empty();
    both.then(|| Refusal::own("data names both a subscription and a management group"))
}

pub(super) fn tenant_of_another_subscription(case: &Case<'_>) -> Option<Refusal> {
    let (_, home) =
        case.config.tenants.iter().find(|(subscription, _)| {
            subscription.eq_ignore_ascii_case(case.data("subscriptionId"))
        })?;
    let tenant = case.parameter("tenantid");
    (!tenant.is_empty() && !tenant.eq_ignore_ascii_case(home)).then(|| {
        Refusal::endpoint(format!(
            "The access token is from the wrong issuer 'https://sts.windows.net/{tenant}/'. It must match the tenant \
             'https://sts.windows.net/{home}/' associated with this subscription."
        ))
    })
}

/// An automatic connection gets its identity from the service, a managed identity needs none.
pub(super) fn identity_missing(case: &Case<'_>) -> Option<Refusal> {
    let typed =
        case.has_scheme("ServicePrincipal") || case.has_scheme("WorkloadIdentityFederation");
    if !case.is_azure() || !typed || case.is_automatic() || case.operation.is_some() {
        return None;
    }
    ["tenantid", "serviceprincipalid"]
        .into_iter()
        .find(|name| case.parameter(name).is_empty())
        .map(|name| {
            Refusal::argument(format!(
                "The string must have at least one character.\r\nParameter name: {name}"
            ))
        })
}

/// A conversion re-sends what the list said, so a null key or its kind is no harm there.
pub(super) fn federation_with_a_secret(case: &Case<'_>) -> Option<Refusal> {
    let secret = !case.parameter("serviceprincipalkey").is_empty()
        || !case.parameter("servicePrincipalCertificate").is_empty()
        || (!converts(case) && !case.parameter("authenticationType").is_empty());
    (case.has_scheme("WorkloadIdentityFederation") && secret)
        .then(|| Refusal::own("workload identity federation takes no secret"))
}

pub(super) fn credential_of_another_kind(case: &Case<'_>) -> Option<Refusal> {
    let key = !case.parameter("serviceprincipalkey").is_empty();
    let certificate = !case.parameter("servicePrincipalCertificate").is_empty();
    let kind = case.parameter("authenticationType").to_ascii_lowercase();
    let wrong = match kind.as_str() {
        "spnkey" => certificate && !key,
        "spncertificate" => key && !certificate,
        _ => false,
    };
    wrong.then(|| Refusal::own("authenticationType does not agree with the credential sent"))
}

/// The service stores the word as it is; the connection is broken from then on.
pub(super) fn secret_is_the_word_null(case: &Case<'_>) -> Option<Refusal> {
    let named = ["serviceprincipalkey", "servicePrincipalCertificate"];
    named
        .iter()
        .any(|name| case.parameter(name) == "null")
        .then(|| Refusal::own("a secret is the word null"))
}

/// Nothing is stored yet that a null could stand for.
pub(super) fn create_without_a_key(case: &Case<'_>) -> Option<Refusal> {
    let manual = case.act == Act::Create
        && case.is_azure()
        && case.has_scheme("ServicePrincipal")
        && !case.is_automatic();
    let credential = ["serviceprincipalkey", "servicePrincipalCertificate"]
        .iter()
        .any(|name| !case.parameter(name).is_empty());
    (manual && !credential).then(|| Refusal::own("a connection made by hand needs its secret"))
}

pub(super) fn create_with_stale_ids(case: &Case<'_>) -> Option<Refusal> {
    let stale = ["spnObjectId", "appObjectId", "azureSpnRoleAssignmentId"]
        .iter()
        .any(|name| !case.data(name).is_empty())
        || !case.parameter("serviceprincipalid").is_empty();
    (case.act == Act::Create && case.is_automatic() && stale)
        .then(|| Refusal::own("an automatic connection cannot take over another one's application"))
}

/// The service has no better answer to a changed subscription or tenant than an internal error.
pub(super) fn identity_changed(case: &Case<'_>) -> Option<Refusal> {
    let stored = case.stored.filter(|_| case.is_azure())?;
    let data = stored["data"].as_object();
    let parameters = stored
        .pointer("/authorization/parameters")
        .and_then(|map| map.as_object());
    let pairs = [
        (case.data("subscriptionId"), text(data, "subscriptionId")),
        (
            case.data("subscriptionName"),
            text(data, "subscriptionName"),
        ),
        (case.parameter("tenantid"), text(parameters, "tenantid")),
    ];
    pairs
        .iter()
        .any(|(new, old)| !new.is_empty() && !old.is_empty() && !new.eq_ignore_ascii_case(old))
        .then(Refusal::internal)
}
