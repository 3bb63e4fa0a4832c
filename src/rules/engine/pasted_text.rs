//! What a pasted text is about: Azure Pipelines, a service connection, a failure.
//!
//! Docker, npm, kubectl and the network say the same sentences to everybody. They tell of a service
//! connection only in a text that comes from a pipeline, or that names one.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use crate::connection::outcome;
use crate::json;

/// Words that only texts of Azure DevOps, its agents and its clients hold.
const OF_PIPELINES: &[&str] = &[
    "##[",
    "##vso[",
    "_tasks/",
    "_tasks\\",
    "_apis/",
    "dev.azure.com",
    "visualstudio.com",
    "azure devops",
    "azure-devops",
    "azuredevops",
    "azure pipeline",
    "azure-pipeline",
    "az devops",
    "azext_devops",
    "azure_devops_ext",
    "devops pipeline",
    "build pipeline",
    "release pipeline",
    "pipelines agent",
    "pipeline is not valid",
    "/home/vsts/",
    "\\_work\\",
    "/_work/",
    "hosted agent",
    "self-hosted agent",
    "tfs.webapi",
    "microsoft.visualstudio.services",
    "microsoft.teamfoundation",
    "team foundation",
    "failed to obtain the json web token",
    "yamlauthz",
];

/// Words for a service connection. "Service endpoint" alone is also a thing of Azure's networks, of
/// Kubernetes and of AWS, and so are some of these with "private" in front.
const OF_CONNECTIONS: &[&str] = &[
    "service connection",
    "service-connection",
    "serviceconnection",
    "serviceendpoint/",
    "serviceendpoint_",
    "serviceendpointexception",
    "serviceendpointdetails",
    "services.serviceendpoints",
    "devops service-endpoint",
    "endpointproxy",
    "azuresubscription:",
    "input azuresubscription",
    "failed to query service endpoint",
    "from service endpoint",
    "endpoint auth data",
    "endpoint auth param",
    "endpoint not present",
    "connectedservicename",
];

/// Programs that sign in with apps of Entra ID too, and a workflow of GitHub. Who names one of them and
/// nothing of Azure Pipelines asks about that.
const OF_OTHERS: &[&str] = &[
    "microsoft.bot.",
    "botbuilder",
    "botframework",
    "sharepoint",
    "power bi",
    "powerbi",
    "teams bot",
    "teams app",
    "msteams",
    "onedrive",
    "outlook",
    "exchange online",
    "intune",
    "dynamics 365",
    "grafana",
    "keycloak",
    "gitlab",
    "n8n",
    "nextauth",
    "passport-azure-ad",
    "msal-react",
    "msal-browser",
    "msal-angular",
    "redirect_uri",
    "azure/login@",
    "github actions",
    ".github/workflows",
    "argocd",
    "external-secrets",
    "secrets-store",
    "kyverno",
    "crossplane",
    "vpc endpoint",
    "vpce-",
    "aws_vpc_endpoint",
    "private endpoint",
    "private_service_connection",
    "private service connection",
    "subnet",
    "ingress-nginx",
    "ingress controller",
    "endpointslice",
    "active endpoints",
    "endpoints for service",
    "endpoints for the service",
];

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Azure Pipelines, or a client that manages its connections.
    Pipelines,
    /// Another program, by its name.
    Other,
    /// It does not say.
    Unsaid,
}

impl Subject {
    /// What a pasted text is about.
    pub(crate) fn of(text: &str) -> Self {
        static OTHERS: OnceLock<AhoCorasick> = OnceLock::new();
        let others = OTHERS.get_or_init(|| any_of(OF_OTHERS));
        if is_of_pipelines(text) {
            Self::Pipelines
        } else if others
            .find_iter(text)
            .any(|found| !is_in_host(text, found.range()))
        {
            Self::Other
        } else {
            Self::Unsaid
        }
    }
}

/// Whether `word` is the name of another program, and nothing more.
pub(crate) fn is_other_program(word: &str) -> bool {
    OF_OTHERS.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// Whether what stands at `place` is a part of a host's name, which a copy that is safe to share does
/// not show.
fn is_in_host(text: &str, place: std::ops::Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let before = place.start.checked_sub(1).and_then(|at| bytes.get(at));
    let goes_on = bytes.get(place.end) == Some(&b'.')
        && bytes
            .get(place.end + 1)
            .is_some_and(u8::is_ascii_alphanumeric);
    !text[place].contains(['.', '/', '@'])
        && (goes_on || matches!(before, Some(b'.' | b'/' | b'@')))
}

/// Whether `text` is of Azure Pipelines, or of a client that manages its connections.
pub(crate) fn is_of_pipelines(text: &str) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    static TASK: OnceLock<Regex> = OnceLock::new();
    let words = WORDS.get_or_init(|| any_of(OF_PIPELINES));
    // How a step names its task, and the head of a task's log.
    let task = TASK.get_or_init(|| {
        Regex::new(r"(?-u)\b[A-Z][A-Za-z]{3,40}@[0-9]\b|\bTask +: [A-Z]").expect("constant")
    });
    words.is_match(text) || task.is_match(text) || names_connection(text)
}

/// Whether `text` names a service connection of Azure DevOps.
pub(crate) fn names_connection(text: &str) -> bool {
    static WORDS: OnceLock<AhoCorasick> = OnceLock::new();
    let words = WORDS.get_or_init(|| any_of(OF_CONNECTIONS));
    words.find_iter(text).any(|found| {
        let before = text.as_bytes()[..found.start()].trim_ascii_end();
        let before = before.strip_suffix(b"_").unwrap_or(before);
        let word = &before[before.len().saturating_sub(7)..];
        !word.eq_ignore_ascii_case(b"private")
    })
}

fn any_of(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .expect("words are few and short")
}

/// Longest text, in bytes, in which plain words of refusal count: in a longer one they are prose.
const MAX_SENTENCE: usize = 600;

/// Whether `text` plainly is what a service or a tool says of a failure.
pub(crate) fn tells_of_failure(text: &str) -> bool {
    static WORD: OnceLock<Regex> = OnceLock::new();
    let word = WORD.get_or_init(|| {
        Regex::new(r"(?i)##\[error\]|\berror:|\bexception:|\bfailed:|\bfailed (?:to|with) \w")
            .expect("constant")
    });
    if has_code(text) {
        return true;
    }
    match json::parse(text) {
        Ok(body) => {
            let refusal = body.get("error");
            let coded = refusal.is_some_and(|error| error.get("code").is_some());
            let message = body.str("errorMessage");
            outcome::is_error_envelope(&body)
                || coded
                || (refusal.is_some() && body.get("error_description").is_some())
                || message.is_some_and(|text| !text.trim().is_empty())
        }
        Err(_) => word.is_match(text),
    }
}

/// Whether `text` holds an error number of Entra ID or Azure DevOps, or is the JSON of an answer.
pub(crate) fn is_of_service(text: &str) -> bool {
    has_code(text) || json::parse(text).is_ok()
}

/// Whether `text` says of a service connection that something about it failed.
pub(crate) fn tells_of_failed_connection(text: &str) -> bool {
    static PLAIN: OnceLock<Regex> = OnceLock::new();
    let plain = PLAIN.get_or_init(|| {
        Regex::new(
            r"(?i)\b(?:error|fail(?:ed|ure|s)?|exception|denied|refused|rejected|unauthorized|forbidden|timed out|could ?n[o']t|cannot|can't|unable to|invalid|not (?:found|valid|allowed|supported|authorized|expected))\b",
        )
        .expect("constant")
    });
    let says = || {
        let text = text.trim();
        text.len() <= MAX_SENTENCE && !text.ends_with('?') && plain.is_match(text)
    };
    names_connection(text) && (tells_of_failure(text) || says())
}

fn has_code(text: &str) -> bool {
    static CODE: OnceLock<Regex> = OnceLock::new();
    let code = CODE.get_or_init(|| {
        Regex::new(r"(?-u)\b(?:AADSTS[0-9]{4,}|TF[0-9]{5,6}|VS[0-9]{5,6})\b").expect("constant")
    });
    code.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::{is_of_pipelines, names_connection, tells_of_failed_connection, tells_of_failure};

    #[test]
    fn texts_of_pipelines_are_told_from_others() {
        for (text, pipeline) in [
            ("##[error]unauthorized: authentication required", true),
            ("Task         : Docker\nVersion      : 2.1.0", true),
            ("- task: Docker@2", true),
            ("docker push: unauthorized: authentication required", false),
            ("uses: azure/login@v1", false),
            (
                "com.amazonaws.vpce: the VPC endpoint service is not ready",
                false,
            ),
            (
                "Microsoft.Sql service endpoint is not enabled on the subnet",
                false,
            ),
            ("kubectl get endpoints my-service", false),
        ] {
            assert_eq!(is_of_pipelines(text), pipeline, "{text}");
        }
    }

    #[test]
    fn a_connection_is_named_in_several_ways() {
        for text in [
            "the Service Connection 'x'",
            "_apis/serviceendpoint/endpoints",
        ] {
            assert!(names_connection(text), "{text}");
        }
        for text in [
            "A service endpoint of the virtual network",
            "private_service_connection block is required",
            "\"serviceEndpoints\": [{\"service\": \"Microsoft.Storage\"}]",
            "az network service-endpoint policy create",
        ] {
            assert!(!names_connection(text), "{text}");
        }
    }

    #[test]
    fn failures_are_told_from_other_texts() {
        for failure in [
            "AADSTS70002222: something",
            "##[error] it broke",
            "Error: it broke",
            "Failed to do it.",
            r#"{"$id":"1","message":"no","typeKey":"X"}"#,
            r#"{"error":{"code":"Odd","message":"no"}}"#,
            r#"{"error":"invalid_odd","error_description":"no"}"#,
        ] {
            assert!(tells_of_failure(failure), "{failure}");
        }
        for other in [
            "How to fix the accesstoken null problem? see docs",
            "Nothing failed here, and there was no error.",
            "CATSTF12345x",
            r#"{"name":"error: prod","type":"azurerm","errorMessage":""}"#,
        ] {
            assert!(!tells_of_failure(other), "{other}");
        }
    }

    #[test]
    fn a_failed_connection_is_told_from_talk_about_one() {
        assert!(tells_of_failed_connection(
            "The service connection 'web' cannot be used by this widget."
        ));
        for other in [
            "Why can a service connection not be found?",
            "How to create a service connection",
            "The private service connection is not valid",
        ] {
            assert!(!tells_of_failed_connection(other), "{other}");
        }
    }
}
