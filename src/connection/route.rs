//! Which URLs matter, and what a service-endpoint URL says.

use crate::azure;
use crate::text::guid::is_guid;
use crate::text::url::{self, Url, decode, pairs};

use crate::text::guid::canonical_id;

/// Path segments behind `/_apis/` that belong to the flow of a service connection, in lower case.
const FLOW_ROUTES: &[&str] = &[
    "serviceendpoint/",
    "distributedtask/serviceendpoint",
    "pipelines/pipelinepermissions/",
    "build/authorizedresources",
    "projects",
    "externalfederatedcredentialmigration",
    // Who is signed in, and whether the organization has a directory.
    "connectiondata",
];

/// Whether an exchange with this URL can say anything about a service connection.
///
/// Readers keep only such exchanges; all others are counted.
pub(crate) fn can_matter(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    if let Some(at) = url.find("/_apis/") {
        let route = &url[at + "/_apis/".len()..];
        if FLOW_ROUTES.iter().any(|known| route.starts_with(known)) {
            return true;
        }
    }
    url::host(&url).is_some_and(|host| azure::is_host_of_azure(&host))
        || url.contains("externalfederatedcredentialmigration")
}

/// What a service-endpoint call does. The names are those of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// A new endpoint is made.
    Create,
    /// An endpoint, or several, are overwritten.
    Update,
    /// The authorization scheme is converted or reverted (`operation=ConvertAuthenticationScheme`).
    Convert,
    /// The service tries the endpoint out, or asks Azure through it (`endpointproxy`).
    Verify,
    /// The deprecated twin of a verify, which only asks for a list (`endpointproxy` without an endpoint).
    Query,
    /// Endpoints are shared with further projects.
    Share,
    /// An endpoint is deleted or taken from a project.
    Delete,
    /// Endpoints are answered with refreshed credentials (`POST …?endpointIds=`).
    Refresh,
    /// One endpoint is read.
    Get,
    /// Endpoints are listed.
    List,
    /// Azure subscriptions or management groups are listed for the signed-in user.
    Subscriptions,
    /// The sign-in popup of the dialog asks for its address, or hands in its answer.
    Authorize,
    /// Endpoint types are listed.
    Types,
    /// What used an endpoint.
    History,
    /// Stored OAuth configurations.
    OauthConfiguration,
    /// Federated credentials are migrated to the new issuer.
    Migrate,
}

impl Operation {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Convert => "convert",
            Self::Verify => "verify",
            Self::Query => "query",
            Self::Share => "share",
            Self::Delete => "delete",
            Self::Refresh => "refresh",
            Self::Get => "get",
            Self::List => "list",
            Self::Subscriptions => "subscriptions",
            Self::Authorize => "authorize",
            Self::Types => "types",
            Self::History => "history",
            Self::OauthConfiguration => "oauth-configuration",
            Self::Migrate => "migrate",
        }
    }

    /// Whether the request body is a `ServiceEndpoint` to be stored.
    pub fn writes_endpoint(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Convert)
    }

    /// Whether the call says in its request body what it is about, and can do nothing without one.
    pub(crate) fn needs_body(self) -> bool {
        self.writes_endpoint() || self == Self::Verify
    }
}

/// What the URL of a service-endpoint call says.
#[derive(Debug, Clone, Default)]
pub struct Route {
    /// The host, in lower case, with its port if one is given.
    pub host: String,
    /// Organization, or the collection of an on-premises server.
    pub organization: Option<String>,
    /// Project id or name, if the URL has one.
    pub project: Option<String>,
    /// The id behind `endpoints/`, or the `endpointId` of an `endpointproxy` call.
    pub endpoint_id: Option<String>,
    /// Everything between `/_apis/` and the query, in lower case, split at `/`.
    pub resource: Vec<String>,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
}

impl Route {
    /// Reads `url`; `None` if it has no service-endpoint resource.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let cut = Url::parse(url)?;
        let is_http = ["https", "http"]
            .iter()
            .any(|scheme| cut.scheme.eq_ignore_ascii_case(scheme));
        if !is_http || cut.path.is_empty() {
            return None;
        }
        let host = cut.host_and_port().to_ascii_lowercase();
        let segments: Vec<String> = cut
            .path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decode)
            .collect();
        let apis = segments
            .iter()
            .position(|segment| segment.eq_ignore_ascii_case("_apis"))?;
        let resource: Vec<String> = segments[apis + 1..]
            .iter()
            .map(|segment| segment.trim().to_ascii_lowercase())
            .collect();
        if !is_endpoint_resource(&resource) {
            return None;
        }
        let (organization, project) = owner(&host, &segments[..apis]);
        let mut route = Self {
            host,
            organization,
            project,
            endpoint_id: None,
            resource,
            query: pairs(cut.query),
        };
        route.endpoint_id = route.find_endpoint_id();
        Some(route)
    }

    /// The first query parameter called `name` in any letter case.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// What `method` does here; `None` where it does nothing to an endpoint (`OPTIONS`, `HEAD`).
    ///
    /// `body_is_array` tells an array body; a `PATCH` with an object is an update sent the wrong way.
    pub(crate) fn operation(&self, method: &str, body_is_array: Option<bool>) -> Option<Operation> {
        let method = method.to_ascii_uppercase();
        if matches!(method.as_str(), "OPTIONS" | "HEAD" | "CONNECT" | "TRACE") {
            return None;
        }
        let read = method == "GET";
        Some(match self.collection() {
            Collection::Endpoints => match method.as_str() {
                "POST" if self.query("endpointIds").is_some() => Operation::Refresh,
                "POST" => Operation::Create,
                "PUT" if self.converts() => Operation::Convert,
                "PUT" => Operation::Update,
                "PATCH" if body_is_array == Some(false) => Operation::Update,
                "PATCH" => Operation::Share,
                "DELETE" => Operation::Delete,
                _ if self.endpoint_id.is_some() => Operation::Get,
                _ => Operation::List,
            },
            Collection::Proxy if read => return None,
            Collection::Proxy => Operation::Verify,
            Collection::Subscriptions => Operation::Subscriptions,
            Collection::Share if read => Operation::Get,
            Collection::Share => Operation::Share,
            Collection::Authorize => Operation::Authorize,
            Collection::Types => Operation::Types,
            Collection::History => Operation::History,
            Collection::OauthConfiguration => Operation::OauthConfiguration,
            Collection::Migration => Operation::Migrate,
        })
    }

    /// Whether this is the older `_apis/distributedtask` form.
    pub(crate) fn is_legacy(&self) -> bool {
        self.resource
            .first()
            .is_some_and(|area| area == "distributedtask")
    }

    /// The blank behind the path of `url`, as it is spelt there (`%20`): it came along with what was
    /// pasted. One behind the query does no harm.
    pub(crate) fn blank_behind(url: &str) -> Option<&str> {
        const BLANKS: &[&str] = &["%20", "%09", "%0A", "%0D", "%C2%A0", "%E2%80%8B", "+", " "];
        let path = url.split(['?', '#']).next()?;
        BLANKS.iter().find_map(|blank| {
            let at = path.len().checked_sub(blank.len())?;
            let end = path.get(at..)?;
            end.eq_ignore_ascii_case(blank).then_some(end)
        })
    }

    fn converts(&self) -> bool {
        self.query("operation")
            .is_some_and(|name| name.eq_ignore_ascii_case("ConvertAuthenticationScheme"))
    }

    fn collection(&self) -> Collection {
        let name = self.resource.get(1).map_or("", String::as_str);
        let under = self.resource.get(2).map_or("", String::as_str);
        if self
            .resource
            .iter()
            .any(|segment| segment.contains("externalfederatedcredentialmigration"))
        {
            return Collection::Migration;
        }
        if self
            .resource
            .iter()
            .any(|segment| segment == "executionhistory")
        {
            return Collection::History;
        }
        match (name, under) {
            (_, "azurermsubscriptions" | "azurermmanagementgroups") => Collection::Subscriptions,
            (_, "vstsaadoauth") | ("vstsaadoauth", _) => Collection::Authorize,
            ("endpointproxy" | "serviceendpointproxy", _) => Collection::Proxy,
            ("share", _) => Collection::Share,
            ("types" | "serviceendpointtypes", _) => Collection::Types,
            ("oauthconfiguration", _) => Collection::OauthConfiguration,
            _ => Collection::Endpoints,
        }
    }

    fn find_endpoint_id(&self) -> Option<String> {
        let id = match self.collection() {
            Collection::Endpoints | Collection::Share => self.resource.get(2).cloned(),
            Collection::Proxy => self.query("endpointId").map(str::to_ascii_lowercase),
            Collection::History => self
                .resource
                .iter()
                .find(|segment| is_guid(segment))
                .cloned(),
            _ => None,
        };
        // A `+` at the end of a path stands for a blank that was pasted along.
        // Behind a semicolon stand parameters of the path.
        let bare = |id: String| {
            id.split(';')
                .next()
                .map(|id| canonical_id(id.trim_end_matches('+')))
        };
        id.and_then(bare).filter(|id| !id.is_empty())
    }
}

enum Collection {
    Endpoints,
    Proxy,
    Subscriptions,
    Share,
    Authorize,
    Types,
    History,
    OauthConfiguration,
    Migration,
}

fn is_endpoint_resource(resource: &[String]) -> bool {
    let area = resource.first().map_or("", String::as_str);
    let name = resource.get(1).map_or("", String::as_str);
    match area {
        "serviceendpoint" => !name.is_empty(),
        "distributedtask" => {
            name.starts_with("serviceendpoint")
                || name == "vstsaadoauth"
                || resource.get(2).is_some_and(|at| at == "executionhistory")
        }
        _ => resource
            .iter()
            .any(|segment| segment.contains("externalfederatedcredentialmigration")),
    }
}

/// What any address of an API says of the organization and project it is about.
pub(super) fn owner_of(url: &str) -> Option<Route> {
    let cut = Url::parse(url)?;
    let host = cut.host_and_port().to_ascii_lowercase();
    let segments = cut.path.split('/').filter(|segment| !segment.is_empty());
    let left = segments.take_while(|segment| !segment.eq_ignore_ascii_case("_apis"));
    let left: Vec<String> = left.map(decode).collect();
    let (organization, project) = owner(&host, &left);
    Some(Route {
        host,
        organization,
        project,
        ..Route::default()
    })
}

/// Organization and project from what stands left of `/_apis/`.
///
/// On premises the count of segments is ambiguous; `tfs` in front is the usual virtual directory
/// and is not a collection.
fn owner(host: &str, left: &[String]) -> (Option<String>, Option<String>) {
    let name = host.split(':').next().unwrap_or(host);
    let mut left = left.iter();
    let of_host = name.strip_suffix(".visualstudio.com");
    // `contoso.vsrm` is a service of contoso; `app.vssps` is one for all.
    let of_host = of_host.and_then(|name| name.split('.').next());
    let shared =
        |name: &&str| !matches!(*name, "app" | "vssps" | "") && !name.starts_with("spsprod");
    let organization = if let Some(organization) = of_host.filter(shared) {
        let mut rest = left.clone();
        if rest
            .next()
            .is_some_and(|segment| segment.eq_ignore_ascii_case("DefaultCollection"))
        {
            left = rest;
        }
        Some(organization.to_owned())
    } else {
        let first = left.next();
        match first {
            Some(segment) if segment.eq_ignore_ascii_case("tfs") || left.len() > 1 => {
                left.next().cloned()
            }
            other => other.cloned(),
        }
    };
    (organization, left.next().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11111111-1111-4111-8111-111111111111";

    fn route(url: &str) -> Route {
        Route::parse(&url.replace("{id}", ID))
            .unwrap_or_else(|| panic!("{url} is no endpoint route"))
    }

    fn named(url: &str) -> (Option<String>, Option<String>) {
        let route = route(url);
        (route.organization, route.project)
    }

    #[test]
    fn every_host_form_gives_organization_and_project() {
        let both = |a: &str, b: &str| (Some(a.to_owned()), Some(b.to_owned()));
        let one = |a: &str| (Some(a.to_owned()), None);
        assert_eq!(
            named("https://dev.azure.com/contoso/Web%20Shop/_apis/serviceendpoint/endpoints"),
            both("contoso", "Web Shop")
        );
        assert_eq!(
            named("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{id}"),
            one("contoso")
        );
        assert_eq!(
            named("https://contoso.visualstudio.com/shop/_apis/ServiceEndpoint/Endpoints/{id}"),
            both("contoso", "shop")
        );
        assert_eq!(
            named(
                "https://contoso.visualstudio.com/DefaultCollection/shop/_apis/serviceendpoint/types"
            ),
            both("contoso", "shop")
        );
        assert_eq!(
            named("https://contoso.visualstudio.com/_apis/serviceendpoint/endpoints"),
            one("contoso")
        );
        assert_eq!(
            named("http://tfs01:8080/tfs/Main/shop/_apis/distributedtask/serviceendpoints"),
            both("Main", "shop")
        );
        assert_eq!(
            named("https://ado.fabrikam.test/Main/shop/_apis/serviceendpoint/endpoints"),
            both("Main", "shop")
        );
        assert_eq!(
            named("https://ado.fabrikam.test/Main/_apis/serviceendpoint/endpoints"),
            one("Main")
        );
    }

    #[test]
    fn the_verb_and_the_resource_give_the_operation() {
        let cases = [
            ("POST", "endpoints", Operation::Create),
            ("POST", "endpoints?endpointIds={id}", Operation::Refresh),
            ("PUT", "endpoints/{id}?api-version=7.1", Operation::Update),
            ("put", "endpoints", Operation::Update),
            (
                "PUT",
                "endpoints/{id}?operation=convertauthenticationscheme",
                Operation::Convert,
            ),
            ("PATCH", "endpoints/{id}", Operation::Share),
            ("DELETE", "endpoints/{id}?projectIds=a,b", Operation::Delete),
            ("GET", "endpoints/{id}", Operation::Get),
            ("GET", "endpoints?type=azurerm", Operation::List),
            ("POST", "endpointproxy?endpointId={id}", Operation::Verify),
            ("POST", "EndpointProxy", Operation::Verify),
            (
                "GET",
                "endpointproxy/azurermsubscriptions",
                Operation::Subscriptions,
            ),
            ("GET", "{id}/executionhistory?top=1", Operation::History),
            ("POST", "share/{id}?project=x", Operation::Share),
            (
                "POST",
                "vstsaadoauth/vstsaadoauth?tenantId=x",
                Operation::Authorize,
            ),
        ];
        for (method, path, expected) in cases {
            let route = route(&format!(
                "https://dev.azure.com/contoso/_apis/serviceendpoint/{path}"
            ));
            assert_eq!(
                route.operation(method, None),
                Some(expected),
                "{method} {path}"
            );
        }
        let one = route("https://dev.azure.com/contoso/_apis/serviceendpoint/endpoints/{id}");
        assert_eq!(one.operation("PATCH", Some(false)), Some(Operation::Update));
        assert_eq!(one.operation("PATCH", Some(true)), Some(Operation::Share));
        assert_eq!(one.operation("OPTIONS", None), None);
    }

    #[test]
    fn other_apis_are_not_endpoint_calls() {
        for url in [
            "https://dev.azure.com/contoso/_apis/connectionData",
            "https://dev.azure.com/contoso/_apis/distributedtask/pools",
            "https://dev.azure.com/contoso/_serviceendpoint/endpoints",
            "ftp://dev.azure.com/contoso/_apis/serviceendpoint/endpoints",
            "/_apis/serviceendpoint/endpoints",
        ] {
            assert!(Route::parse(url).is_none(), "{url}");
        }
    }
}
