//! Hosts, clouds, issuers and ids of Azure and Azure DevOps, each once.

use crate::text::guid::is_guid;

/// The application id of Azure DevOps in Entra: what a token for it must be for.
pub const AZURE_DEVOPS: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// The application id of Azure Resource Manager in Entra.
pub(crate) const RESOURCE_MANAGER: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";

/// Azure CLI, Azure PowerShell, Visual Studio and the portal: apps with which people manage connections.
const TOOLS: &[&str] = &[
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "872cd9fa-d31f-45e0-9eab-6e460a02d1f1",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
];

/// Hosts of Entra's sign-in, tokens and issuers, in every cloud.
const SIGN_IN_HOSTS: &[&str] = &[
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "login.live.com",
    "sts.windows.net",
];

/// Hosts of the directory, in every cloud.
const GRAPH_HOSTS: &[&str] = &[
    "graph.microsoft.com",
    "graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
    "graph.windows.net",
];

/// Hosts of Azure Resource Manager, in every cloud.
const RESOURCE_MANAGER_HOSTS: &[&str] = &[
    "management.azure.com",
    "management.usgovcloudapi.net",
    "management.chinacloudapi.cn",
    "management.microsoftazure.de",
];

/// The clouds by the names that a connection's `environment` has for them, and the address of each as the
/// service writes it. Azure Stack is left out: its address is the operator's own.
pub(crate) const CLOUDS: &[(&str, &str)] = &[
    ("AzureCloud", "https://management.azure.com/"),
    ("AzureChinaCloud", "https://management.chinacloudapi.cn/"),
    ("AzureUSGovernment", "https://management.usgovcloudapi.net/"),
    ("AzureGermanCloud", "https://management.microsoftazure.de"),
];

/// Where somebody signs in to a cloud other than the public one, by the name that a connection's
/// `environment` has for it. The public cloud's sign-in proves nothing: Azure DevOps itself signs in there.
const SIGN_INS: &[(&str, &str)] = &[
    ("AzureChinaCloud", "login.chinacloudapi.cn"),
    ("AzureChinaCloud", "login.partner.microsoftonline.cn"),
    ("AzureUSGovernment", "login.microsoftonline.us"),
    ("AzureGermanCloud", "login.microsoftonline.de"),
];

/// The two issuers of a federated connection: Azure DevOps' own, and Entra ID's in each cloud.
const ISSUER_HOSTS: &[&str] = &[
    "vstoken.dev.azure.com",
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.windows.net",
];

/// Issuers of Azure DevOps that Entra no longer takes tokens of in the public cloud.
const RETIRED_ISSUER_HOSTS: &[&str] = &["vstoken.dev.azure.com", "app.vstoken.visualstudio.com"];

/// Whether `host`, in lower case, is Entra's, the directory's or Azure Resource Manager's in any cloud.
pub(crate) fn is_host_of_azure(host: &str) -> bool {
    [SIGN_IN_HOSTS, GRAPH_HOSTS, RESOURCE_MANAGER_HOSTS]
        .iter()
        .any(|hosts| hosts.contains(&host))
}

/// Whether `host`, in lower case, belongs to the Azure DevOps cloud, where a credential may be sent.
pub(crate) fn is_host_of_azure_devops(host: &str) -> bool {
    host == "dev.azure.com"
        || host
            .strip_suffix(".visualstudio.com")
            .is_some_and(|organization| {
                !organization.is_empty()
                    && organization
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
}

/// Whether `host`, with or without a port, is none of the Azure DevOps cloud but can be taken for one:
/// its name stands inside of another domain, or letters were swapped, dropped or put into punycode.
pub(crate) fn is_look_alike(host: &str) -> bool {
    /// From here on two names are taken for each other at a glance.
    const ALIKE: f32 = 0.86;
    let host = host.split(':').next().unwrap_or_default().to_lowercase();
    if is_host_of_azure_devops(&host) {
        return false;
    }
    // `xn--zure-53d` is `zure` with a letter that only looks like the missing one.
    let seen = |label: &str| match label.strip_prefix("xn--") {
        Some(coded) => coded
            .rsplit_once('-')
            .map_or("", |(seen, _)| seen)
            .to_owned(),
        None => label.to_owned(),
    };
    let labels: Vec<String> = host.split('.').map(seen).collect();
    let bare = labels.concat().replace('-', "");
    let tail = labels[labels.len().saturating_sub(2)..].join(".");
    let alike = |a: &str, b: &str| similar::TextDiff::from_chars(a, b).ratio() >= ALIKE;
    bare.contains("devazurecom")
        || bare.contains("visualstudiocom")
        || alike(&labels.join("."), "dev.azure.com")
        || alike(&tail, "visualstudio.com")
}

/// Whether `host`, in lower case, is any service of the Azure DevOps cloud: an organization has one name
/// on all of them.
pub(crate) fn is_service_of_azure_devops(host: &str) -> bool {
    host == "dev.azure.com"
        || host.ends_with(".dev.azure.com")
        || host.ends_with(".visualstudio.com")
}

/// The cloud, other than the public one, that has its sign-in at `host`.
pub(crate) fn cloud_of_sign_in(host: &str) -> Option<&'static str> {
    let mut known = SIGN_INS.iter();
    let found = known.find(|(_, own)| own.eq_ignore_ascii_case(host))?;
    Some(found.0)
}

/// Whether `host` is that of an issuer that the public cloud has retired.
pub(crate) fn is_retired_issuer_host(host: &str) -> bool {
    RETIRED_ISSUER_HOSTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host))
}

/// `https://vstoken.dev.azure.com/{organization}`, `https://login.microsoftonline.com/{tenant}/v2.0`
/// and their like in other clouds: the two that Azure DevOps has.
pub(crate) fn is_known_issuer(issuer: &str) -> bool {
    let Some(rest) = issuer.strip_prefix("https://") else {
        return false;
    };
    let mut parts = rest.trim_end_matches('/').split('/');
    let host = parts.next().unwrap_or_default();
    ISSUER_HOSTS.contains(&host)
        && parts.next().is_some_and(is_guid)
        && matches!(parts.next(), None | Some("v2.0"))
        && parts.next().is_none()
}

/// Whether `id` is that of an app with which people manage connections: Azure DevOps itself or a tool.
pub(crate) fn manages_connections(id: &str) -> bool {
    id == AZURE_DEVOPS || TOOLS.contains(&id)
}

/// Whether `id`, with or without dashes, is that of an app of Microsoft's own.
pub(crate) fn is_app_of_microsoft(id: &str) -> bool {
    let bare = |id: &str| id.replace('-', "").to_ascii_lowercase();
    let id = bare(id);
    // Microsoft's oldest services: Graph is 00000003-0000-0000-c000-000000000000.
    let old = id.starts_with("0000000") && id.get(8..) == Some("00000000c000000000000000");
    let mut known = [AZURE_DEVOPS, RESOURCE_MANAGER].into_iter();
    old || known.any(|app| bare(app) == id) || TOOLS.iter().any(|app| bare(app) == id)
}

#[cfg(test)]
mod tests {
    use super::{is_app_of_microsoft, is_host_of_azure_devops, is_known_issuer, is_look_alike};

    #[test]
    fn apps_of_microsoft_are_known() {
        for (id, own) in [
            ("499b84ac-1321-427f-aa17-267ca6975798", true),
            ("00000003-0000-0000-c000-000000000000", true),
            ("11111111-2222-4333-8444-555555555555", false),
        ] {
            assert_eq!(is_app_of_microsoft(id), own, "{id}");
        }
    }

    #[test]
    fn only_the_cloud_of_azure_devops_is_known() {
        assert!(is_host_of_azure_devops("dev.azure.com"));
        assert!(is_host_of_azure_devops("contoso.visualstudio.com"));
        for host in [
            "dev.azure.com.evil.test",
            "evil-visualstudio.com",
            ".visualstudio.com",
            "a.b.visualstudio.com",
            "dev.azure.com:8443",
        ] {
            assert!(!is_host_of_azure_devops(host), "{host}");
        }
    }

    #[test]
    fn a_look_alike_is_told_from_a_server_of_ones_own() {
        for host in [
            "dev.azure.com.evil.test",
            "dev-azure.com",
            "dev.azure.co",
            "dev.xn--zure-53d.com",
            "dev.\u{430}zure.com",
            "contoso.visualstudio.com.evil.test:8443",
            "contoso.visualstudi0.com",
            "evil-visualstudio.com",
        ] {
            assert!(is_look_alike(host), "{host}");
        }
        for host in [
            "dev.azure.com",
            "contoso.visualstudio.com",
            "tfs.contoso.test",
            "azuredevops.contoso.com",
            "dev.contoso.com:8443",
            "localhost:4711",
            "10.0.0.4",
        ] {
            assert!(!is_look_alike(host), "{host}");
        }
    }

    #[test]
    fn only_issuers_that_azure_devops_has_get_into_a_command() {
        let id = "11111111-1111-4111-8111-111111111111";
        for good in [
            "https://vstoken.dev.azure.com/ID",
            "https://login.microsoftonline.com/ID/v2.0",
        ] {
            assert!(is_known_issuer(&good.replace("ID", id)), "{good}");
        }
        for odd in [
            "https://vstoken.dev.azure.com.example/ID",
            "https://login.microsoftonline.com/ID/v2.0/x",
            "http://vstoken.dev.azure.com/ID",
            "https://issuer.example/ID",
            "https://vstoken.dev.azure.com/contoso",
        ] {
            assert!(!is_known_issuer(&odd.replace("ID", id)), "{odd}");
        }
    }
}
