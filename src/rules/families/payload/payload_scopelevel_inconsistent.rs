//! `data.scopeLevel` says one thing and the ids another.

use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

/// What must stand beside each scope level, after the type description of the service.
const COMPANIONS: &[(&str, &[&str])] = &[
    ("Subscription", &["subscriptionId", "subscriptionName"]),
    (
        "ManagementGroup",
        &["managementGroupId", "managementGroupName"],
    ),
    (
        "AzureMLWorkspace",
        &["subscriptionId", "resourceGroupName", "mlWorkspaceName"],
    ),
];

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if !payload.is_azurerm() || !matches!(payload.usage, Use::Create | Use::Update | Use::Pasted) {
        return Vec::new();
    }
    let Some((pointer, node)) = payload.data("scopeLevel") else {
        return without_scope(payload).into_iter().collect();
    };
    let level = node.as_str().unwrap_or_default().trim();
    let Some((_, companions)) = COMPANIONS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(level))
    else {
        return Vec::new();
    };
    let missing: Vec<&str> = companions
        .iter()
        .copied()
        // A number or a list there is a fault of its own.
        .filter(|name| {
            let found = payload.data(name);
            found.is_none_or(|(_, node)| node.is_null() || node.as_str().is_some())
        })
        .filter(|name| payload.data_text(name).is_none())
        .collect();
    let both = payload.data_text("subscriptionId").is_some()
        && payload.data_text("managementGroupId").is_some();
    if missing.is_empty() && !both {
        return Vec::new();
    }
    let hit = super::hit(payload, &pointer, node).capture(
        "expected",
        if missing.is_empty() {
            "one of the two".to_owned()
        } else {
            missing.join(", ")
        },
    );
    if missing.is_empty() {
        let other = if level.eq_ignore_ascii_case("ManagementGroup") {
            "subscription"
        } else {
            "managementGroup"
        };
        return vec![
            hit.evidence(format!(
                "scopeLevel {level}, but a subscription and a management group are given"
            ))
            .fix(blanked(payload, other)),
        ];
    }
    let fix = completed(payload, context, &missing);
    vec![
        hit.evidence(format!(
            "scopeLevel {level} without {}",
            missing.join(" and ")
        ))
        .fix(fix),
    ]
}

const NO_SCOPE: &str = "The body does not say what the connection is for: `data` holds neither a subscription, nor a management group, nor a workspace.";

/// A body that names no scope of any kind, unless the service took it.
fn without_scope(payload: &Payload<'_>) -> Option<Hit> {
    const SCOPES: &[&str] = &[
        "subscriptionId",
        "managementGroupId",
        "mlWorkspaceName",
        "resourceId",
    ];
    let taken = super::was_not_refused(payload);
    let odd = payload.find(&["data"]);
    let is_map = odd
        .as_ref()
        .is_none_or(|(_, node)| node.is_object() || node.is_null());
    let named = SCOPES.iter().any(|name| payload.data(name).is_some());
    if taken || payload.is_draft() || named || !is_map || super::typed::is_answer(payload) {
        return None;
    }
    let null = odd.filter(|(_, node)| node.is_null());
    let pointer = null.as_ref().map_or_else(
        || format!("{}/data/scopeLevel", payload.base()),
        |(pointer, _)| pointer.clone(),
    );
    let hit = super::hit_or_missing(payload, &pointer, null.as_ref().map(|(_, node)| *node));
    let exists = pointer.ends_with("/data");
    let what = "scopeLevel with the id and the name of its scope";
    Some(
        hit.message(NO_SCOPE)
            .capture("expected", "a scope")
            .fix(super::wanted(&pointer, exists, what)),
    )
}

fn blanked(payload: &Payload<'_>, prefix: &str) -> crate::report::finding::Fix {
    let filled = ["Id", "Name"]
        .iter()
        .filter_map(|end| payload.data(&format!("{prefix}{end}")))
        .map(|(path, _)| Edit::Replace {
            path,
            value: "".into(),
        });
    super::fix(
        Applicability::Unsafe,
        filled.collect(),
        format!("blanks the {prefix} members that the scope level does not use"),
    )
}

/// The missing members as another body of the trace shows them for the same id.
fn completed(
    payload: &Payload<'_>,
    context: &Context<'_>,
    missing: &[&str],
) -> crate::report::finding::Fix {
    let state = payload.call.and_then(|call| context.stored_state(call));
    let stored = state.as_ref().and_then(|node| node.get("data"));
    let base = payload
        .find(&["data"])
        .map_or_else(|| format!("{}/data", payload.base()), |(at, _)| at);
    let known = |name: &str| {
        stored
            .and_then(|data| data.str(name))
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
            .or_else(|| listed_name(payload, context, name))
    };
    let values: Option<Vec<_>> = missing.iter().map(|name| known(name)).collect();
    let path = |name: &str| {
        payload
            .data(name)
            .map_or_else(|| format!("{base}/{name}"), |(at, _)| at)
    };
    if let Some(values) = values {
        let edits = missing
            .iter()
            .zip(values)
            .map(|(name, value)| Edit::Add {
                path: path(name),
                value: value.into(),
            })
            .collect();
        super::fix(
            Applicability::Safe,
            edits,
            format!("adds {} as the trace shows it", missing.join(" and ")),
        )
    } else {
        let edits = missing
            .iter()
            .map(|name| Edit::Add {
                path: path(name),
                value: format!("<{name}>").into(),
            })
            .collect();
        super::fix(
            Applicability::DisplayOnly,
            edits,
            format!("put {} into data", missing.join(" and ")),
        )
    }
}

/// The name of the payload's subscription as the trace shows it.
fn listed_name(payload: &Payload<'_>, context: &Context<'_>, name: &str) -> Option<String> {
    let id = payload
        .data_text("subscriptionId")
        .filter(|_| name == "subscriptionName")?;
    context.subscription(id)?.name.clone()
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::fires;

    #[test]
    fn half_filled_levels_fire_and_empty_strings_of_the_other_do_not() {
        let id = "payload-scopelevel-inconsistent";
        let body =
            |data: &str| format!(r#"{{"type":"azurerm","authorization":{{}},"data":{{{data}}}}}"#);
        for odd in [
            r#""scopeLevel":"Subscription","subscriptionId":"s""#,
            r#""scopeLevel":"ManagementGroup","managementGroupId":"m","managementGroupName":"""#,
            r#""scopeLevel":"Subscription","subscriptionId":"s","subscriptionName":"n","managementGroupId":"m""#,
        ] {
            assert!(fires(id, &body(odd)), "{odd}");
        }
        for fine in [
            r#""scopeLevel":"Subscription","subscriptionId":"s","subscriptionName":"n","managementGroupId":"","managementGroupName":"""#,
            r#""subscriptionId":"s""#,
            r#""scopeLevel":"ResourceGroup""#,
        ] {
            assert!(!fires(id, &body(fine)), "{fine}");
        }
    }
}
