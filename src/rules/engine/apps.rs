//! Apps that every directory has.

/// Azure DevOps, Azure Resource Manager, Azure CLI, Azure PowerShell, Visual Studio, the portal.
const APPS: &[&str] = &[
    "499b84ac-1321-427f-aa17-267ca6975798",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "872cd9fa-d31f-45e0-9eab-6e460a02d1f1",
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
];

/// Whether `id`, with or without dashes, is that of an app of Microsoft's own.
pub fn is_of_microsoft(id: &str) -> bool {
    let bare = |id: &str| id.replace('-', "").to_ascii_lowercase();
    let id = bare(id);
    // Microsoft's oldest services: Graph is 00000003-0000-0000-c000-000000000000.
    let old = id.starts_with("0000000") && id.get(8..) == Some("00000000c000000000000000");
    old || APPS.iter().any(|app| bare(app) == id)
}

#[cfg(test)]
mod tests {
    use super::is_of_microsoft;

    #[test]
    fn apps_of_microsoft_are_known() {
        for (id, own) in [
            ("499b84ac-1321-427f-aa17-267ca6975798", false),
            ("00000003-0000-0000-c000-000000000000", false),
            ("11111111-2222-4333-8444-555555555555", true),
        ] {
            assert_eq!(is_of_microsoft(id), !own, "{id}");
        }
    }
}
