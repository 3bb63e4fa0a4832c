//! Whose a host is: everybody's, or somebody's own.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::azure::is_look_alike;
use crate::connection::types;
use crate::text::url;

/// Domains that everybody uses, with all that is below them.
const PUBLIC_DOMAINS: &[&str] = &[
    "azure.com",
    "azure.cn",
    "azure.us",
    "azure.net",
    "azure-api.net",
    "azurewebsites.net",
    "azureedge.net",
    "chinacloudapi.cn",
    "microsoftazure.de",
    "usgovcloudapi.net",
    "windowsazure.com",
    "windows.net",
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline.us",
    "microsoftonline-p.com",
    "microsoftonline.de",
    "microsoftgraph.chinacloudapi.cn",
    "partner.microsoftonline.cn",
    "msauth.net",
    "msftauth.net",
    "msftauthimages.net",
    "msidentity.com",
    "live.com",
    "live.net",
    "outlook.com",
    "hotmail.com",
    "office.com",
    "office.net",
    "office365.com",
    "visualstudio.com",
    "vsassets.io",
    "vscode-cdn.net",
    "aka.ms",
    "azurestack.external",
    "msecnd.net",
    "bing.com",
    "gmail.com",
    "google.com",
    "googleapis.com",
    "gstatic.com",
    "google-analytics.com",
    "googletagmanager.com",
    "github.com",
    "githubusercontent.com",
    "cloudflare.com",
    "jsdelivr.net",
    "unpkg.com",
    "jquery.com",
    "npmjs.org",
    "nuget.org",
    "docker.io",
    "docker.com",
    "w3.org",
    "schemas.xmlsoap.org",
    "json-schema.org",
    "telerik.com",
    "fiddler2.com",
    "getfiddler.com",
    "mozilla.org",
    "mozilla.com",
    "example.com",
    "example.org",
    "localhost",
    "cluster.local",
];

/// Domains below which the next label is somebody's own.
const TENANT_SUFFIXES: &[&str] = &[
    ".visualstudio.com",
    ".onmicrosoft.com",
    ".partner.onmschina.cn",
    ".sharepoint.com",
    ".azurewebsites.net",
    ".scm.azurewebsites.net",
    ".azurecr.io",
    ".azmk8s.io",
    ".vault.azure.net",
    ".blob.core.windows.net",
    ".queue.core.windows.net",
    ".table.core.windows.net",
    ".file.core.windows.net",
    ".dfs.core.windows.net",
    ".database.windows.net",
    ".servicebus.windows.net",
    ".documents.azure.com",
    ".redis.cache.windows.net",
    ".azure-api.net",
    ".azureedge.net",
    ".cloudapp.azure.com",
    ".cloudapp.net",
    ".trafficmanager.net",
    ".azurefd.net",
    ".azurestaticapps.net",
    ".azuredatabricks.net",
    ".b2clogin.com",
    ".okta.com",
    ".auth0.com",
    ".atlassian.net",
    ".jfrog.io",
    ".sonarcloud.io",
];

/// Labels below a tenant's suffix that are services and not tenants.
const SERVICE_LABELS: &[&str] = &[
    "app",
    "www",
    "marketplace",
    "aex",
    "vssps",
    "vsrm",
    "vstoken",
    "vsblob",
    "vstmr",
    "status",
    "static2",
    "dev",
    "docs",
    "code",
    "feeds",
    "pkgs",
    "extmgmt",
    "almsearch",
    "az",
    "dc",
    "go",
    "cdn",
    "cdn2",
    "spsprodeus21",
    "vsaex",
    "in",
    "c1",
    "vortex",
    "mobile",
    "gallery",
];

/// What a host is for; rules look at these.
const HOST_ROLES: &[&str] = &[
    "www",
    "login",
    "graph",
    "microsoftgraph",
    "management",
    "adminmanagement",
    "portal",
    "adminportal",
    "api",
    "auth",
    "sso",
    "sts",
    "adfs",
    "fs",
    "id",
    "identity",
    "app",
    "dev",
    "tfs",
    "ado",
    "azuredevops",
    "devops",
    "vault",
    "cdn",
    "static",
    "proxy",
    "mail",
    "vsrm",
    "vssps",
    "scm",
    "blob",
    "corp",
    "local",
    "internal",
    "lan",
];

/// Whether a label of a host only says what the host is for.
pub(super) fn is_host_role(label: &str) -> bool {
    HOST_ROLES.contains(&label.to_ascii_lowercase().as_str())
}

/// A host below a domain where the label in front is somebody's own: that part, and the rest.
pub(super) fn tenant_suffix(host: &str) -> Option<(&str, &str)> {
    let lower = host.to_ascii_lowercase();
    let suffix = TENANT_SUFFIXES
        .iter()
        .filter(|suffix| lower.ends_with(*suffix))
        .max_by_key(|suffix| suffix.len())?;
    let (own, suffix) = host.split_at(host.len() - suffix.len());
    let service = own
        .split('.')
        .all(|label| SERVICE_LABELS.contains(&label.to_ascii_lowercase().as_str()));
    (!own.is_empty() && !service && !own.to_ascii_lowercase().starts_with("spsprod"))
        .then_some((own, suffix))
}

/// Whether everybody uses this host, so that its name says nothing about anybody.
pub(super) fn is_public_host(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let public = PUBLIC_DOMAINS.iter().any(|domain| {
        lower
            .strip_suffix(domain)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    });
    (public && tenant_suffix(&lower).is_none()) || is_of_type(&lower)
}

/// Whether a type of connection has the same address for everybody, and `host` is the one in it.
fn is_of_type(host: &str) -> bool {
    static HOSTS: OnceLock<HashSet<String>> = OnceLock::new();
    let hosts = HOSTS.get_or_init(|| {
        addresses()
            .filter_map(|address| url::host(address))
            .collect()
    });
    hosts.contains(host)
}

/// Whether `address` is the one that every connection of a type has.
pub(super) fn is_address_of_type(address: &str) -> bool {
    let bare = |address: &str| address.trim_end_matches('/').to_ascii_lowercase();
    let asked = bare(address);
    addresses().any(|known| bare(known) == asked)
}

/// The addresses that types of connection declare.
fn addresses() -> impl Iterator<Item = &'static String> {
    types::all().flat_map(|kind| {
        let rule = &kind.url;
        let of = rule.of.0.iter().map(|(_, address)| address);
        rule.fixed.iter().chain(&rule.default).chain(of)
    })
}

/// Hosts that people misspell.
const OFTEN_TYPED: &[&str] = &[
    "dev.azure.com",
    "management.azure.com",
    "management.chinacloudapi.cn",
    "management.usgovcloudapi.net",
    "management.microsoftazure.de",
    "login.microsoftonline.com",
    "graph.microsoft.com",
    "vstoken.dev.azure.com",
    "sts.windows.net",
];

/// Whether `host` is one of everybody's with at most two letters wrong, or only looks like one of Azure
/// DevOps: then its spelling is the fault.
pub(super) fn is_nearly_known(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let mistyped = || OFTEN_TYPED.iter().any(|known| distance(&lower, known) <= 2);
    is_look_alike(&lower) || (lower.is_ascii() && mistyped())
}

/// How many letters have to be put in, taken out or changed to make `one` of `other`.
fn distance(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, b) in other.bytes().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_host_is_told_from_another_one() {
        for near in [
            "management.azur.com",
            "managment.azure.com",
            "dev.azuer.com",
            "Dev.Azure.Com",
        ] {
            assert!(is_nearly_known(near), "{near}");
        }
        for other in ["dev.contoso.com", "azure.com", "management.contoso.com"] {
            assert!(!is_nearly_known(other), "{other}");
        }
    }

    #[test]
    fn hosts_are_told_apart() {
        for public in [
            "dev.azure.com",
            "login.microsoftonline.com",
            "app.vstoken.visualstudio.com",
            "management.azure.com",
            "Graph.Microsoft.com",
        ] {
            assert!(is_public_host(public), "{public}");
        }
        for own in [
            "contoso.visualstudio.com",
            "contoso.onmicrosoft.com",
            "kv1.vault.azure.net",
            "tfs.contoso.com",
            "notazure.com",
        ] {
            assert!(!is_public_host(own), "{own}");
        }
    }
}
