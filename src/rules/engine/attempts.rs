//! What somebody did in a portal and was refused, where the recording holds no service-endpoint call.
//!
//! Portals ask Azure, the directory and Entra all day and are refused all day. What counts by itself is
//! what a person did: a write, the read of one subscription or resource, a sign-in that ended there.

use super::matcher::Place;
use super::other_hosts::{path_of, place_of, writes};
use crate::exchange::{AnsweredBy, Exchange};
use crate::text::url::Url;

/// Kinds of objects in the directory that a connection is made of.
const DIRECTORY: &[&str] = &[
    "applications",
    "serviceprincipals",
    "federatedidentitycredentials",
    "oauth2permissiongrants",
];

/// Providers of Azure that the portal itself asks for its blades, whoever looks at what.
const PROBES: &[&str] = &[
    "microsoft.advisor",
    "microsoft.alertsmanagement",
    "microsoft.billing",
    "microsoft.consumption",
    "microsoft.costmanagement",
    "microsoft.features",
    "microsoft.insights",
    "microsoft.marketplace",
    "microsoft.policyinsights",
    "microsoft.portal",
    "microsoft.resourcegraph",
    "microsoft.resourcehealth",
    "microsoft.security",
    "microsoft.support",
];

/// Last words of addresses that only ask something, although with POST.
const QUESTIONS: &[&str] = &[
    "batch",
    "$batch",
    "checkaccess",
    "checknameavailability",
    "getbyids",
    "getmemberobjects",
    "getmembergroups",
    "listkeys",
    "resources",
    "validate",
    "whatif",
];

/// Whether `exchange` is a refusal of something that a person did.
pub(crate) fn was_refused(exchange: &Exchange) -> bool {
    let Some(response) = &exchange.response else {
        return false;
    };
    if exchange.answered_by == AnsweredBy::Proxy {
        return false;
    }
    let denied = matches!(response.status, 401 | 403);
    match place_of(&exchange.request.url) {
        Some(Place::Arm) if gives_role(exchange) => rejects(response.status),
        Some(Place::Arm) => (denied || response.status == 404) && is_of_resource(exchange, denied),
        Some(Place::Graph) => {
            let rejected = writes(exchange) && rejects(response.status);
            (denied || rejected) && is_of_directory(exchange)
        }
        Some(Place::Entra) => stops_sign_in(exchange),
        Some(Place::Http) => denied && grants_to_pipelines(exchange),
        _ => false,
    }
}

/// Whether somebody lets pipelines use a connection.
pub(crate) fn grants_to_pipelines(exchange: &Exchange) -> bool {
    let path = path_of(exchange);
    let Some((_, route)) = path.split_once("_apis/") else {
        return false;
    };
    let sent = exchange.request.body.text().unwrap_or_default();
    let names_one = route.starts_with("pipelines/pipelinepermissions/endpoint/")
        || (route.starts_with("build/authorizedresources") && sent.contains("\"endpoint\""));
    names_one && writes(exchange)
}

/// Whether the answer to a write says that it was not done. What is not there yet, or was asked for too
/// fast, is asked for again.
fn rejects(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 404 | 408 | 429)
}

/// Whether somebody gives or takes a role.
fn gives_role(exchange: &Exchange) -> bool {
    writes(exchange) && path_of(exchange).contains("/microsoft.authorization/roleassignments/")
}

/// A write, or the read of one subscription, group or resource; a resource that is not there is no
/// refusal, a subscription is.
fn is_of_resource(exchange: &Exchange, denied: bool) -> bool {
    let path = path_of(exchange);
    let mut providers = path.split("/providers/").skip(1);
    let provider = providers.next().unwrap_or_default();
    let extends = providers.next().is_some();
    let namespace = provider.split('/').next().unwrap_or_default();
    let probe = PROBES.contains(&namespace);
    if writes(exchange) {
        return denied && !probe && !is_question(&path);
    }
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let is_subscription = segments.len() == 2 && segments[0] == "subscriptions";
    // Behind the namespace, types and names take turns: a name at the end is one resource.
    let names_one = match provider.split('/').filter(|part| !part.is_empty()).count() {
        0 => segments.len() == 4 && segments[2] == "resourcegroups",
        parts => parts >= 3 && parts % 2 == 1,
    };
    is_subscription || (denied && names_one && !probe && !extends && segments.len() > 2)
}

/// A change of an app, its service principal, credential or consent, or the read of one of them.
fn is_of_directory(exchange: &Exchange) -> bool {
    let path = path_of(exchange);
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let kind = segments.iter().rposition(|part| {
        let bare = part.split('(').next().unwrap_or(part);
        DIRECTORY.contains(&bare)
    });
    let Some(at) = kind else { return false };
    let is_call = segments[at].contains('(');
    let query = Url::parse(&exchange.request.url).map_or("", |url| url.query);
    if writes(exchange) {
        return !is_question(&path);
    }
    let names_one = is_call || at + 2 == segments.len();
    names_one && !query.contains("$filter") && !path.contains("$count")
}

fn is_question(path: &str) -> bool {
    let last = path.trim_end_matches('/').rsplit('/').next();
    last.is_some_and(|last| QUESTIONS.contains(&last))
}

/// A refusal of Entra that a person saw: not the silent attempt of a page, which is refused as a
/// matter of course, and not a question for more, which the next page asks.
fn stops_sign_in(exchange: &Exchange) -> bool {
    const MORE: &[&str] = &[
        "interaction_required",
        "login_required",
        "consent_required",
        "select_account",
        "AADSTS50058",
        "AADSTS50059",
        "AADSTS16000",
        "AADSTS50076",
        "AADSTS50078",
        "AADSTS50079",
        "AADSTS50074",
    ];
    let response = exchange.response.as_ref();
    let texts = [
        exchange.request.url.as_str(),
        exchange.request.body.text().unwrap_or_default(),
        response.map_or("", |one| one.headers.get("location").unwrap_or_default()),
        response.map_or("", |one| one.body.text().unwrap_or_default()),
    ];
    let says = |mark: &str| texts.iter().any(|text| text.contains(mark));
    let silent = texts[0].to_ascii_lowercase().contains("prompt=none");
    !silent && says("AADSTS") && !MORE.iter().any(|mark| says(mark))
}

#[cfg(test)]
mod tests {
    use super::was_refused;
    use crate::exchange::{Body, Exchange, Request, Response};

    fn counts(line: &str, status: u16, answer: &str) -> bool {
        let (method, url) = line.split_once(' ').unwrap();
        was_refused(&Exchange {
            request: Request {
                method: method.into(),
                url: url.into(),
                ..Request::default()
            },
            response: Some(Response {
                status,
                body: Body::Text(answer.into()),
                ..Response::default()
            }),
            ..Exchange::default()
        })
    }

    const ID: &str = "11111111-2222-4333-8444-555555555555";

    #[test]
    fn what_a_person_did_counts() {
        let arm = "https://management.azure.com/subscriptions";
        let graph = "https://graph.microsoft.com/v1.0";
        for (line, status) in [
            (
                format!(
                    "PUT {arm}/{ID}/resourceGroups/rg/providers/Microsoft.Web/sites/x?api-version=1"
                ),
                403,
            ),
            (
                format!("PUT {arm}/{ID}/providers/Microsoft.Authorization/roleAssignments/{ID}"),
                403,
            ),
            (format!("GET {arm}/{ID}?api-version=2016-06-01"), 403),
            (format!("GET {arm}/{ID}?api-version=2016-06-01"), 404),
            (format!("GET {arm}/{ID}/resourceGroups/rg"), 403),
            (
                format!("GET {arm}/{ID}/resourceGroups/rg/providers/Microsoft.Web/sites/x"),
                403,
            ),
            (format!("POST {graph}/applications"), 403),
            (format!("PATCH {graph}/applications/{ID}"), 403),
            (
                format!("POST {graph}/applications/{ID}/federatedIdentityCredentials"),
                403,
            ),
            (format!("POST {graph}/oauth2PermissionGrants"), 403),
            (format!("GET {graph}/servicePrincipals/{ID}"), 403),
        ] {
            assert!(counts(&line, status, "{}"), "{line}");
        }
        let entra =
            format!("GET https://login.microsoftonline.com/{ID}/oauth2/authorize?client_id=x");
        assert!(counts(&entra, 200, "AADSTS50105: not assigned"));
    }

    #[test]
    fn what_a_portal_asks_by_itself_does_not() {
        let arm = "https://management.azure.com";
        let graph = "https://graph.microsoft.com/v1.0";
        for (line, status) in [
            (
                format!("GET {arm}/subscriptions/{ID}/providers/Microsoft.Security/pricings/x"),
                403,
            ),
            (
                format!(
                    "GET {arm}/subscriptions/{ID}/providers/Microsoft.Authorization/classicAdministrators"
                ),
                403,
            ),
            (
                format!(
                    "GET {arm}/subscriptions/{ID}/resourceGroups/rg/providers/Microsoft.Web/sites/x/providers/Microsoft.Insights/metrics"
                ),
                403,
            ),
            (
                format!(
                    "GET {arm}/subscriptions/{ID}/resourceGroups/rg/providers/Microsoft.Web/sites/x"
                ),
                404,
            ),
            (format!("POST {arm}/batch?api-version=1"), 403),
            (
                format!("POST {arm}/providers/Microsoft.ResourceGraph/resources"),
                403,
            ),
            (format!("GET {graph}/me/photo/$value"), 403),
            (format!("GET {graph}/users/{ID}"), 403),
            (format!("GET {graph}/applications/$count"), 403),
            (format!("GET {graph}/servicePrincipals?$filter=x"), 403),
            (
                "POST https://browser.events.data.microsoft.com/OneCollector/1.0/".to_owned(),
                403,
            ),
        ] {
            assert!(!counts(&line, status, "{}"), "{line}");
        }
        let entra = |rest: &str| {
            format!("GET https://login.microsoftonline.com/{ID}/oauth2/authorize?{rest}")
        };
        assert!(!counts(
            &entra("prompt=none"),
            200,
            "AADSTS50105: not assigned"
        ));
        assert!(!counts(&entra("x=1"), 200, "AADSTS50058: silent sign-in"));
        assert!(!counts(
            &entra("x=1"),
            400,
            "interaction_required AADSTS65001"
        ));
    }
}
