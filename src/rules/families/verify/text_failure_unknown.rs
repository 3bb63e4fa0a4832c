//! A pasted failure of a service connection that no rule knows: its words, and who said them.

use crate::rules::engine::{Hit, Recording, pasted_text};
use crate::text::readable::{clip, readable};

/// How much of a text is quoted, in bytes.
const QUOTED: usize = 600;

/// Words in a text, and who says such a thing. The first that fits counts.
const SPEAKERS: &[(&[&str], &str)] = &[
    (
        &["aadsts", "login.microsoftonline"],
        "Microsoft Entra ID, which signs the connection in",
    ),
    (
        &["kubectl", "kubeconfig", "kubernetes", "helm"],
        "the Kubernetes cluster, or the program that calls it",
    ),
    (
        &["docker", "azurecr.io", "container registry"],
        "the container registry, or the program that calls it",
    ),
    (
        &["npm", "nuget", "pypi", "twine", "maven"],
        "the package feed, or the program that calls it",
    ),
    (&["github"], "GitHub"),
    (&["amazonaws", "aws"], "AWS, or the task that calls it"),
    (&["sonar"], "SonarQube, or the task that calls it"),
    (
        &[
            "management.azure.com",
            "authorizationfailed",
            "microsoft.authorization",
        ],
        "Azure Resource Manager",
    ),
    (
        &[
            "certificate",
            "ssl",
            "tls",
            "proxy",
            "timed out",
            "econn",
            "enotfound",
        ],
        "the network between the two",
    ),
    (
        &["_tasks/", "##[error]", "task"],
        "a task of the pipeline, on the agent",
    ),
    (
        &[
            "terraform",
            "azuredevops_",
            "pulumi",
            "az devops",
            "azext_devops",
        ],
        "the tool that manages the connection, or Azure DevOps behind it",
    ),
];

pub(super) fn check(text: &str, recording: &Recording) -> Option<Hit> {
    if !pasted_text::tells_of_failed_connection(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let says = |(words, _): &&(&[&str], &str)| words.iter().any(|word| lower.contains(word));
    let speaker = SPEAKERS
        .iter()
        .find(says)
        .map_or("Azure DevOps", |(_, speaker)| speaker);
    let quote = clip(&readable(text), QUOTED).to_owned();
    Some(
        Hit::at(recording.text_location(None))
            .evidence(quote)
            .capture("speaker", speaker),
    )
}
