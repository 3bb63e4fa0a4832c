//! Calls with Entra, Graph and Azure: which of them belong to the flow of a connection, and which
//! failures among them were overcome.
//!
//! A browser talks to these hosts for many reasons. What one of them refuses says something of a
//! connection only if it was asked on its behalf, and only if nobody got past it later.

use crate::azure;
use crate::connection::EndpointCall;
use crate::exchange::{Body, Exchange, Response};
use crate::rules::engine::attempts::was_refused;
use crate::rules::engine::{Context, Place, Reach};
use crate::text::guid::is_guid;
use crate::text::url::{self, Url, pairs};

/// What an exchange that is no service-endpoint call is made with; `None` for an address without host.
pub(crate) fn place_of(url: &str) -> Option<Place> {
    let url = url.to_ascii_lowercase();
    let host = url::host(&url)?;
    Some(if url.contains("/_apis/") {
        Place::Http
    } else if host.starts_with("graph.") || host.starts_with("microsoftgraph.") {
        Place::Graph
    } else if host.starts_with("management.") {
        Place::Arm
    } else {
        Place::Entra
    })
}

/// Whether an app signs in with a credential of its own, which no person does.
pub(crate) fn is_app_sign_in(exchange: &Exchange) -> bool {
    let body = form_of(exchange);
    place_of(&exchange.request.url) == Some(Place::Entra)
        && (body.contains("grant_type=client_credentials") || body.contains("client_assertion="))
}

/// Whether `exchange` may have been made on behalf of a connection of the trace. Only what is clearly
/// about something else is not: an app or a subscription that no connection there uses.
pub(crate) fn belongs(exchange: &Exchange, reach: &Reach) -> bool {
    match place_of(&exchange.request.url) {
        Some(Place::Arm) => in_reach(exchange, reach) || is_of_connections(exchange),
        Some(Place::Entra) if is_app_sign_in(exchange) => signs_in_own_app(exchange, reach),
        Some(Place::Entra) => !signs_in_elsewhere(exchange, reach),
        _ => true,
    }
}

/// Whether what `exchange` was refused says anything: beside service-endpoint calls what belongs to their
/// flow, and without any what a person did by hand, or an app that signed in.
pub(crate) fn counts(exchange: &Exchange, context: &Context<'_>) -> bool {
    let reach = context.reach();
    let input = context.recording_of(exchange.entry).map(|one| one.input);
    if input.is_some_and(|input| context.is_beside_calls(input)) {
        let of_flow = belongs(exchange, reach);
        // A page asks Azure for much that a role does not cover.
        return of_flow && (!lacks_role(exchange) || is_step(exchange));
    }
    let by_app = is_app_sign_in(exchange) && belongs(exchange, reach);
    by_app || was_refused(exchange) || names_own(exchange, reach)
}

/// Whether Azure Resource Manager refused a caller for want of a role.
fn lacks_role(exchange: &Exchange) -> bool {
    let answer = exchange.response.as_ref();
    let denied = answer.filter(|answer| answer.status == 403);
    let text = denied.and_then(|answer| answer.body.text()).unwrap_or("");
    place_of(&exchange.request.url) == Some(Place::Arm) && text.contains("AuthorizationFailed")
}

/// Whether what Azure refused is a step in making a connection.
fn is_step(exchange: &Exchange) -> bool {
    was_refused(exchange) && is_of_connections(exchange)
}

/// Whether the address names a subscription that a connection of another input uses.
fn names_own(exchange: &Exchange, reach: &Reach) -> bool {
    subscription_of(exchange).is_some_and(|id| reach.has_subscription(&id))
}

/// Whether the address names a subscription of a connection, or none.
fn in_reach(exchange: &Exchange, reach: &Reach) -> bool {
    subscription_of(exchange).is_none_or(|id| reach.may_hold(&id))
}

/// The subscription that an address of Azure names.
pub(crate) fn subscription_of(exchange: &Exchange) -> Option<String> {
    let path = path_of(exchange);
    let mut segments = path.split('/').skip_while(|name| *name != "subscriptions");
    let id = segments.nth(1)?;
    is_guid(id).then(|| id.to_owned())
}

/// What the dialog of a connection asks of Azure in any subscription: it lists resource groups and
/// workspaces for a choice, and gives roles.
fn is_of_connections(exchange: &Exchange) -> bool {
    const PROVIDERS: &[&str] = &[
        "microsoft.authorization/roleassignments",
        "microsoft.authorization/roledefinitions",
        "microsoft.authorization/permissions",
        "microsoft.machinelearningservices/workspaces",
        "microsoft.managedidentity/userassignedidentities",
    ];
    let path = path_of(exchange);
    match path.rsplit_once("/providers/") {
        Some((_, provider)) => PROVIDERS.iter().any(|known| provider.starts_with(known)),
        None => !writes(exchange),
    }
}

fn signs_in_own_app(exchange: &Exchange, reach: &Reach) -> bool {
    let path = path_of(exchange);
    let tenant = path.split('/').next().unwrap_or_default();
    parameter(exchange, "client_id")
        .is_none_or(|app| !is_guid(&app) || reach.may_sign_in(&app, tenant))
}

/// Whether a person signs in to something else: with an app that is none of those that people manage
/// connections with, for a service that is neither Azure DevOps nor Azure.
fn signs_in_elsewhere(exchange: &Exchange, reach: &Reach) -> bool {
    let known = |service: &str| {
        [azure::AZURE_DEVOPS, "dev.azure.com", "visualstudio.com"]
            .iter()
            .any(|known| service.contains(known))
    };
    let asks =
        |app: String| is_guid(&app) && !azure::manages_connections(&app) && !reach.has_app(&app);
    let names_other = |service: String| service.contains("://") && !known(&service);
    parameter(exchange, "client_id").is_some_and(asks)
        && ["scope", "resource"]
            .iter()
            .any(|name| parameter(exchange, name).is_some_and(names_other))
        && !asks_for_azure(exchange)
}

/// Whether the failure of `exchange` with another host is history: the same call succeeded later, or
/// the person whose sign-in failed was let in after all.
pub(crate) fn overcome(exchange: &Exchange, context: &Context<'_>) -> Option<Overcome> {
    let entra = place_of(&exchange.request.url) == Some(Place::Entra);
    // Elsewhere a page that tells a failure with 200 would be its own success.
    let refused = entra || exchange.response.as_ref()?.status >= 400;
    if refused && context.is_repeated(exchange) {
        return Some(Overcome::Repeated);
    }
    if !entra || is_app_sign_in(exchange) {
        return None;
    }
    let input = context.recording_of(exchange.entry)?.input;
    if !context.is_beside_calls(input) {
        // Whoever is served afterwards was let in.
        return context
            .is_served_behind(exchange, input)
            .then_some(Overcome::Repeated);
    }
    let moment = context.moment_of(exchange.entry)?;
    let later = |call: &EndpointCall| context.moment_of(call.exchange.entry) > Some(moment);
    let first = context.calls.partition_point(|call| !later(call));
    // In front of the first call it is the way into Azure DevOps, which every answer shows to be open.
    // Later it is that of a dialog into Azure, which only shows where Azure is asked for.
    let enters = first == 0 && !asks_for_azure(exchange);
    context.let_in_from(first, enters).map(Overcome::LetIn)
}

/// How a failure with another host was overcome.
pub(crate) enum Overcome {
    /// The same call succeeded.
    Repeated,
    /// The service-endpoint call at this place succeeded, which takes the sign-in.
    LetIn(usize),
}

/// Whether a sign-in is for Azure Resource Manager, or is the popup of the dialog.
fn asks_for_azure(exchange: &Exchange) -> bool {
    const MARKS: &[&str] = &[
        "management.core.",
        "management.azure.com",
        azure::RESOURCE_MANAGER,
        "vstsaadoauth",
    ];
    let answer = exchange.response.as_ref();
    let texts = [
        exchange.request.url.as_str(),
        form_of(exchange),
        answer.map_or("", |answer| {
            answer.headers.get("location").unwrap_or_default()
        }),
        answer.map_or("", |answer| answer.body.text().unwrap_or_default()),
    ];
    texts.iter().any(|text| {
        let text = text.to_ascii_lowercase();
        MARKS.iter().any(|mark| text.contains(mark))
    })
}

/// Sign-in pages answer 200 and redirects whatever they say.
pub(super) fn tells_error(response: &Response) -> bool {
    let text = response.body.text().unwrap_or_default();
    let target = response.headers.get("location").unwrap_or_default();
    let on_page = text
        .split("\"sErrorCode\":\"")
        .nth(1)
        .is_some_and(|code| !code.starts_with('"'));
    on_page
        || text.contains("AADSTS")
        || target.contains("error=")
        || target.contains("error_description=")
        || matches!(response.body, Body::NotRecorded(_) | Body::Cut(..))
}

/// A parameter of the query or of the form that was sent, in lower case.
pub(super) fn parameter(exchange: &Exchange, name: &str) -> Option<String> {
    let (_, query) = exchange.request.url.split_once('?').unwrap_or_default();
    [query, form_of(exchange)]
        .iter()
        .flat_map(|text| pairs(text))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.to_ascii_lowercase())
}

fn form_of(exchange: &Exchange) -> &str {
    exchange.request.body.text().unwrap_or_default()
}

/// Whether the call changes something.
pub(crate) fn writes(exchange: &Exchange) -> bool {
    !matches!(
        exchange.request.method.to_ascii_uppercase().as_str(),
        "GET" | "HEAD" | "OPTIONS"
    )
}

/// The path of a call in lower case, without host and query.
pub(crate) fn path_of(exchange: &Exchange) -> String {
    Url::parse(&exchange.request.url)
        .map_or("", |url| url.path)
        .trim_start_matches('/')
        .to_ascii_lowercase()
}
