//! Bodies of other types than Azure Resource Manager: what a few of them declare, written down here once more
//! so that the program under test is not judged by its own tables.

use serde_json::{Map, Value};

use super::{Act, Case, Refusal};

/// A scheme of a type: what a new connection needs, and what it may have besides.
struct Offered {
    kind: &'static str,
    scheme: &'static str,
    needed: &'static [&'static str],
    optional: &'static [&'static str],
}

const fn offered(
    kind: &'static str,
    scheme: &'static str,
    needed: &'static [&'static str],
    optional: &'static [&'static str],
) -> Offered {
    Offered {
        kind,
        scheme,
        needed,
        optional,
    }
}

/// Members of `data` are written with their map.
const OFFERED: &[Offered] = &[
    offered("github", "Token", &["AccessToken"], &[]),
    offered("externalnpmregistry", "Token", &["apitoken"], &[]),
    offered(
        "externalnpmregistry",
        "UsernamePassword",
        &["username", "password"],
        &[],
    ),
    offered(
        "jenkins",
        "UsernamePassword",
        &["username", "password"],
        &["data.acceptUntrustedCerts"],
    ),
    offered(
        "sonarqube",
        "UsernamePassword",
        &["username"],
        &["password"],
    ),
    offered("gitlab", "Token", &["apitoken", "data.username"], &[]),
    offered("servicefabric", "None", &[], &["Unsecured", "ClusterSpn"]),
    offered(
        "workloadidentityuser",
        "WorkloadIdentityFederation",
        &["tenantid", "serviceprincipalid"],
        &[],
    ),
    offered(
        "kubernetes",
        "Token",
        &["apitoken", "data.authorizationType"],
        &[
            "serviceAccountCertificate",
            "isCreatedFromSecretYaml",
            "data.acceptUntrustedCerts",
        ],
    ),
    offered(
        "dockerregistry",
        "UsernamePassword",
        &["username", "password", "data.registrytype"],
        &["registry", "email"],
    ),
    offered(
        "dockerregistry",
        "ServicePrincipal",
        &[
            "loginServer",
            "scope",
            "tenantId",
            "data.registrytype",
            "data.registryId",
            "data.subscriptionId",
            "data.subscriptionName",
        ],
        &[
            "role",
            "authenticationType",
            "serviceprincipalid",
            "serviceprincipalkey",
        ],
    ),
];

pub(super) fn is_other(case: &Case<'_>) -> bool {
    OFFERED
        .iter()
        .any(|known| known.kind.eq_ignore_ascii_case(case.top("type")))
}

fn form(case: &Case<'_>) -> Option<&'static Offered> {
    OFFERED.iter().find(|known| {
        known.kind.eq_ignore_ascii_case(case.top("type")) && case.has_scheme(known.scheme)
    })
}

pub(super) fn scheme_not_of_type(case: &Case<'_>) -> Option<Refusal> {
    (is_other(case) && form(case).is_none()).then(|| {
        Refusal::endpoint(format!(
            "Unable to find service connection type '{}' using authentication scheme '{}'.",
            case.top("type"),
            case.scheme()
        ))
    })
}

pub(super) fn url_not_absolute(case: &Case<'_>) -> Option<Refusal> {
    let url = case.top("url");
    (is_other(case) && !url.contains("://")).then(|| {
        Refusal::argument(format!(
            "The URL specified for parameter {url} is not valid.\r\nParameter name: endpoint.Url"
        ))
    })
}

/// The service says nothing of it; it shows when the connection is used.
pub(super) fn address_of_another_kind(case: &Case<'_>) -> Option<Refusal> {
    let url = case.top("url");
    let wrong = match case.top("type").to_ascii_lowercase().as_str() {
        "servicefabric" => !url.starts_with("tcp://"),
        "github" => url.trim_end_matches('/') != "https://github.com",
        "jenkins" => !url.ends_with('/'),
        _ => false,
    };
    wrong.then(|| Refusal::own(format!("{url} is no address of this type")))
}

fn map<'a>(case: &Case<'a>, place: &str) -> Option<&'a Map<String, Value>> {
    match place {
        "data" => case.endpoint["data"].as_object(),
        _ => case.parameters(),
    }
}

fn split(name: &'static str) -> (&'static str, &'static str) {
    name.split_once('.').unwrap_or(("parameters", name))
}

/// The service looks at letters without regard to case, and lists what it does not know.
pub(super) fn fields_not_expected(case: &Case<'_>) -> Option<Refusal> {
    let form = form(case)?;
    let known = |place: &str, key: &str| {
        form.needed.iter().chain(form.optional).any(|name| {
            let (own, name) = split(name);
            own == place && name.eq_ignore_ascii_case(key)
        })
    };
    let strange: Vec<&str> = ["data", "parameters"]
        .into_iter()
        .flat_map(|place| {
            map(case, place)
                .into_iter()
                .flat_map(move |map| map.keys().map(move |key| (place, key)))
        })
        .filter(|(place, key)| !known(place, key))
        .map(|(_, key)| key.as_str())
        .collect();
    (!strange.is_empty()).then(|| {
        Refusal::endpoint(format!(
            "Following fields in the service connection are not expected: {}. Only fields that are defined in the service connection's contribution type as inputs can be specified.",
            strange.join(", ")
        ))
    })
}

/// Of an update only an empty text is a fault: null keeps what is stored.
pub(super) fn needed_member_missing(case: &Case<'_>) -> Option<Refusal> {
    let form = form(case)?;
    form.needed.iter().find_map(|name| {
        let (place, key) = split(name);
        let value = map(case, place).and_then(|map| super::member(Some(map), key));
        let missing = match (value, case.act) {
            (Some(Value::String(text)), _) => text.trim().is_empty(),
            (_, Act::Create) => true,
            (_, Act::Update) => false,
        };
        missing.then(|| Refusal::own(format!("{} needs {name}", form.kind)))
    })
}

/// Tasks of these types look for the exact name; the service takes any letters.
pub(super) fn spelt_otherwise(case: &Case<'_>) -> Option<Refusal> {
    let form = form(case)?;
    let names = form.needed.iter().chain(form.optional);
    names.map(|name| split(name)).find_map(|(place, name)| {
        let map = map(case, place)?;
        let exact = map.contains_key(name);
        let loose = map.keys().any(|key| key.eq_ignore_ascii_case(name));
        (loose && !exact && form.kind != "github").then(|| {
            Refusal::own(format!(
                "no task finds {place}.{name}, which is spelt otherwise"
            ))
        })
    })
}

/// Tasks and the service take the base64 of the Secret.
pub(super) fn token_not_as_in_its_secret(case: &Case<'_>) -> Option<Refusal> {
    let raw = case
        .parameter("serviceAccountCertificate")
        .starts_with("-----BEGIN");
    (case.top("type").eq_ignore_ascii_case("kubernetes") && raw)
        .then(|| Refusal::own("serviceAccountCertificate is no base64"))
}

pub(super) fn registry_type_unknown(case: &Case<'_>) -> Option<Refusal> {
    let kind = case.data("registrytype");
    let known = ["Others", "DockerHub", "ACR"].contains(&kind);
    (case.top("type").eq_ignore_ascii_case("dockerregistry") && !known)
        .then(|| Refusal::own(format!("registrytype {kind} is not known")))
}

/// An app, a scope and a registry belong to a connection for good.
pub(super) fn registry_authorization_changed(case: &Case<'_>) -> Option<Refusal> {
    let stored = case
        .stored
        .filter(|_| case.top("type").eq_ignore_ascii_case("dockerregistry"))?;
    let stored = stored.pointer("/authorization/parameters")?.as_object();
    let field = "serviceprincipalid";
    let before = super::text(stored, field);
    (case.has_scheme("ServicePrincipal") && before != case.parameter(field)).then(|| {
        Refusal::endpoint(format!(
            "Updating the authorization data is not allowed for Azure Container Registry type Docker endpoint. Updated field: '{field}'. Please pass the current value and try again."
        ))
    })
}
