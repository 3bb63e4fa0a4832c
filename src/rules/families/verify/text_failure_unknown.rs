//! A pasted failure that no rule knows: its words, who said them, and what would show the cause.

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

/// Words in a text, and what its reader does to get a recording that shows the cause. The first that fits
/// counts.
const RECORDINGS: &[(&[&str], &str)] = &[
    (
        &[
            "terraform",
            "azuredevops_",
            "pulumi",
            "az devops",
            "azext_devops",
            "az rest",
        ],
        "Run the command once more with its debug switch (`--debug`, for Terraform `TF_LOG=DEBUG`) and give all that it prints to mendpoint",
    ),
    (
        &["##[", "##vso[", "_tasks", "_work", "task  "],
        "Run the pipeline once more with the variable `system.debug` set to `true` and give the log of the step to mendpoint",
    ),
];

/// What is done where nothing tells how the text came to be.
const IN_A_BROWSER: &str = "Repeat the step (Save, Verify) in a browser with its network tools open, save everything as HAR and give that to mendpoint; where only a pipeline shows the failure, run it with the variable `system.debug` set to `true` and give the log of the step";

pub(super) fn check(text: &str, recording: &Recording) -> Option<Hit> {
    if !pasted_text::tells_of_our_failure(text) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let first = |list: &'static [(&[&str], &str)], other: &'static str| {
        let says = |(words, _): &&(&[&str], &str)| words.iter().any(|word| lower.contains(word));
        list.iter().find(says).map_or(other, |(_, told)| told)
    };
    let speaker = first(SPEAKERS, "Azure DevOps");
    let recording_of_cause = first(RECORDINGS, IN_A_BROWSER);
    let quote = clip(&readable(text), QUOTED).to_owned();
    Some(
        Hit::at(recording.text_location(None))
            .evidence(quote)
            .capture("speaker", speaker)
            .capture("record", recording_of_cause),
    )
}
