//! `url` is not the management address of `data.environment`.

use crate::azure::{CLOUDS, cloud_of_sign_in};
use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};
use crate::text::url;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if payload.usage == Use::Convert || !payload.is_azurerm() {
        return Vec::new();
    }
    let environment = payload.data_text("environment").unwrap_or_default();
    let Some((_, expected)) = CLOUDS
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
    let fix = fix(payload, context, &pointer, url, environment, expected);
    vec![
        super::hit(payload, &pointer, node)
            .capture("expected", *expected)
            .capture("environment", environment)
            .fix(fix),
    ]
}

/// The address of the named cloud, unless the address or a sign-in is that of another: then it may be
/// the name of the cloud that is wrong.
fn fix(
    payload: &Payload<'_>,
    context: &Context<'_>,
    pointer: &str,
    url: &str,
    environment: &str,
    expected: &str,
) -> Fix {
    let of_url = CLOUDS
        .iter()
        .find(|(_, address)| essence(address) == essence(url));
    let of_sign_in = signed_in_to(context).filter(|name| !name.eq_ignore_ascii_case(environment));
    let other = of_url.map(|(name, _)| *name).or(of_sign_in);
    let (Some(other), Some((at, _))) = (other, payload.data("environment")) else {
        let summary = format!("sets the address of {environment}");
        return super::replacement(Applicability::Safe, pointer, expected, summary);
    };
    let mut edits = vec![Edit::Replace {
        path: at,
        value: other.into(),
    }];
    let address = CLOUDS.iter().find(|(name, _)| *name == other);
    if let (None, Some((_, address))) = (of_url, address) {
        edits.push(Edit::Replace {
            path: pointer.to_owned(),
            value: (*address).into(),
        });
    }
    let agree = of_url.is_some() && of_sign_in == Some(other);
    let grade = if agree {
        Applicability::Safe
    } else {
        Applicability::Unsafe
    };
    let why = if of_url.is_some() {
        "the address"
    } else {
        "the sign-in"
    };
    let summary = format!(
        "sets the cloud {other}, to which {why} belongs (if {environment} is right, the address is {expected})"
    );
    super::fix(grade, edits, summary)
}

/// The cloud, other than the public one, whose sign-in the trace shows.
fn signed_in_to(context: &Context<'_>) -> Option<&'static str> {
    let hosts = context
        .others
        .iter()
        .filter_map(|exchange| url::host(&exchange.request.url));
    hosts.into_iter().find_map(|host| cloud_of_sign_in(&host))
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
    use crate::rules::families::tests::{fires, fixed, unsafely_fixed};

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
        ] {
            assert_eq!(
                fixed(id, &body("AzureCloud", odd)),
                body("AzureCloud", "https://management.azure.com/"),
                "{odd}"
            );
        }
        // Which of the two is wrong cannot be told; the address is the less likely slip.
        let government = "https://management.usgovcloudapi.net/";
        assert_eq!(
            unsafely_fixed(id, &body("AzureCloud", government)),
            body("AzureUSGovernment", government)
        );
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
