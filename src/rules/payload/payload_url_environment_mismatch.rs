//! `url` is not the management address of `data.environment`.

use crate::endpoint::{Payload, Use};
use crate::finding::Applicability;
use crate::rule::{Context, Hit};

/// Azure Stack is left out: its address is the operator's own.
const ENVIRONMENTS: &[(&str, &str)] = &[
    ("AzureCloud", "https://management.azure.com/"),
    ("AzureChinaCloud", "https://management.chinacloudapi.cn/"),
    ("AzureUSGovernment", "https://management.usgovcloudapi.net/"),
    ("AzureGermanCloud", "https://management.microsoftazure.de"),
];

pub(in crate::rules) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if payload.usage == Use::Convert || !payload.is_azurerm() {
        return Vec::new();
    }
    let environment = payload.data_text("environment").unwrap_or_default();
    let Some((_, expected)) = ENVIRONMENTS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(environment))
    else {
        return Vec::new();
    };
    let Some((pointer, node)) = payload.find(&["url"]) else {
        return Vec::new();
    };
    let Some(url) = node
        .as_str()
        .map(str::trim)
        .filter(|url| !url.is_empty() && !super::is_template(url))
    else {
        return Vec::new();
    };
    if essence(url) == essence(expected) {
        return Vec::new();
    }
    let fix = super::replacement(
        Applicability::Safe,
        &pointer,
        *expected,
        format!("sets the address of {environment}"),
    );
    vec![
        super::hit(payload, &pointer, node)
            .capture("expected", *expected)
            .capture("environment", environment)
            .fix(fix),
    ]
}

/// Letter case, trailing slashes and the default port make no difference.
fn essence(url: &str) -> String {
    let lower = url
        .trim_matches(|c: char| c.is_whitespace() || "\u{200b}\u{a0}'\"".contains(c))
        .to_ascii_lowercase();
    lower
        .trim_end_matches('/')
        .trim_end_matches(":443")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use crate::rules::tests::{fires, fixed};

    #[test]
    fn only_another_address_fires() {
        let body = |environment: &str, url: &str| {
            format!(
                r#"{{"type":"azurerm","url":"{url}","data":{{"environment":"{environment}"}}}}"#
            )
        };
        let id = "payload-url-environment-mismatch";
        for odd in [
            "https://portal.azure.com",
            "management.azure.com",
            "https://management.core.windows.net/",
            "https://management.usgovcloudapi.net/",
        ] {
            assert_eq!(
                fixed(id, &body("AzureCloud", odd)),
                body("AzureCloud", "https://management.azure.com/"),
                "{odd}"
            );
        }
        for fine in [
            "https://management.azure.com",
            "HTTPS://Management.Azure.com:443/",
            "",
        ] {
            assert!(!fires(id, &body("azurecloud", fine)), "{fine}");
        }
        assert!(!fires(
            id,
            &body("AzureStack", "https://management.local.azurestack.external")
        ));
        assert!(!fires(id, &body("", "https://x")));
    }
}
