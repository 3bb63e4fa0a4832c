//! Which URLs matter, and what a service-endpoint URL says.

/// Hosts whose answers can explain a failing service connection, besides `/_apis/` on any host.
///
/// Entra sign-in and token hosts, the directory APIs and Azure Resource Manager of every cloud.
const FLOW_HOSTS: &[&str] = &[
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "login.live.com",
    "sts.windows.net",
    "graph.microsoft.com",
    "graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "graph.windows.net",
    "management.azure.com",
    "management.usgovcloudapi.net",
    "management.chinacloudapi.cn",
    "management.microsoftazure.de",
];

/// Path segments behind `/_apis/` that belong to the flow of a service connection, in lower case.
const FLOW_ROUTES: &[&str] = &[
    "serviceendpoint/",
    "distributedtask/serviceendpoint",
    "pipelines/pipelinepermissions/",
    "build/authorizedresources",
    "projects",
    "externalfederatedcredentialmigration",
];

/// Whether an exchange with this URL can say anything about a service connection.
///
/// Readers keep only such exchanges; all others are counted.
pub fn can_matter(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    if let Some(at) = url.find("/_apis/") {
        let route = &url[at + "/_apis/".len()..];
        if FLOW_ROUTES.iter().any(|known| route.starts_with(known)) {
            return true;
        }
    }
    let host = url
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split(['/', ':', '?'])
        .next();
    host.is_some_and(|host| FLOW_HOSTS.contains(&host))
        || url.contains("externalfederatedcredentialmigration")
}
