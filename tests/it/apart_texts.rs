//! A text that names its service connection in one place and quotes the failure in another.

use std::io::Cursor;

use mendpoint::ingest::{Options, Source};
use mendpoint::judge::Analyzer;
use mendpoint::report::finding::Severity;

/// What people write between the two.
const BETWEEN: &str = "We tried it with two versions of the agent and on the hosted one as well. Nothing helps, \
    not even making the pipeline anew as somebody suggested in another thread of this forum, and our \
    colleagues in the other office see the very same thing since Monday.\n\nThe YAML is unchanged since \
    March, and its other stages work as they always did.";

fn errors(text: &str) -> Vec<String> {
    let mut bytes = Cursor::new(text.as_bytes());
    let files = [("text", Source::File(&mut bytes))];
    let report = mendpoint::check(files, &Analyzer::default(), &Options::default());
    let errors = report
        .findings
        .into_iter()
        .filter(|one| one.severity == Severity::Error);
    errors.map(|one| one.rule).collect()
}

#[test]
fn the_connection_and_the_failure_belong_together_in_either_order() {
    for (connection, said, rule) in [
        (
            "We use a Docker registry service connection.",
            "Error response from daemon: unauthorized",
            "docker-login-refused",
        ),
        (
            "Our service connection is to an npm registry.",
            "##[error]401 Unauthorized",
            "feed-credential-refused",
        ),
        (
            "A Maven service connection in Azure DevOps.",
            "status code: 401, reason phrase: Unauthorized",
            "feed-credential-refused",
        ),
        (
            "Our SonarQube service connection was renewed.",
            "##[error]401 Unauthorized",
            "sonar-credential-refused",
        ),
        (
            "A Kubernetes service connection is used.",
            "##[error]Unauthorized",
            "kubernetes-token-refused",
        ),
        (
            "AWS service connection in Azure DevOps.",
            "ExpiredToken: The provided token has expired.",
            "aws-credential-refused",
        ),
        (
            "A GitHub service connection with a PAT.",
            "Error: 401 Unauthorized",
            "github-credential-refused",
        ),
        (
            "A Bitbucket service connection.",
            "Error: forbidden",
            "bitbucket-credential-refused",
        ),
        (
            "The Jenkins service connection.",
            "##[error]403 Forbidden",
            "server-credential-refused",
        ),
        (
            "Our Azure Resource Manager service connection.",
            "##[error]Forbidden",
            "azure-call-refused",
        ),
    ] {
        for text in [
            format!("{connection}\n\n{BETWEEN}\n\n{said}"),
            format!("{said}\n\n{BETWEEN}\n\n{connection}"),
        ] {
            assert_eq!(errors(&text), [rule], "{text}");
        }
    }
}

#[test]
fn the_task_in_the_head_of_a_log_says_what_its_errors_are_about() {
    let log = |task: &str| {
        format!(
            "##[section]Starting: deploy\n====\nTask         : {task}\nDescription  : {BETWEEN}\n\n##[error]Forbidden\n##[section]Finishing: deploy"
        )
    };
    assert_eq!(errors(&log("Docker")), ["docker-login-refused"]);
    assert_eq!(errors(&log("Kubectl")), ["kubernetes-token-refused"]);
}

#[test]
fn what_is_not_said_of_a_connection_stays_what_it_was() {
    for text in [
        // Somebody else's runner, and no word of a service connection.
        format!("docker login in GitHub Actions\n\n{BETWEEN}\n\nError: 401 Unauthorized"),
        // A connection, and no message.
        format!(
            "We use a Docker registry service connection.\n\n{BETWEEN}\n\nIs that the right way?"
        ),
        // A private service connection is a thing of Azure's networks.
        format!(
            "private_service_connection of the npm server\n\n{BETWEEN}\n\nError: 403 Forbidden"
        ),
        // The test that a pipeline runs fails, and no server refuses anything.
        format!(
            "Our Docker service connection works.\n\n{BETWEEN}\n\n##[error]Test run failed: 3 of 40"
        ),
    ] {
        assert_eq!(errors(&text), [""; 0], "{text}");
    }
}
