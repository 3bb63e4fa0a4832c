//! What Azure Resource Manager refuses.

mod arm_authorization_failed;
mod arm_claims_challenge;
mod arm_invalid_token_tenant;
mod arm_principal_not_found;
mod arm_role_assignment_exists;
mod azure_refusal_unexplained;
mod refused_writes;

use crate::rules::engine::Check;

pub(super) static CHECKS: &[(&str, Check)] = &[
    (
        "arm-authorization-failed-mg-read",
        Check::Text(arm_authorization_failed::tell_who),
    ),
    (
        "arm-authorization-failed-read",
        Check::Text(arm_authorization_failed::tell_who),
    ),
    (
        "arm-claims-challenge",
        Check::Trace(arm_claims_challenge::check),
    ),
    (
        "arm-invalid-token-tenant",
        Check::Text(arm_invalid_token_tenant::check),
    ),
    (
        "azure-refusal-unexplained",
        Check::UnexplainedOther(azure_refusal_unexplained::check),
    ),
    (
        "arm-missing-registration",
        Check::Trace(refused_writes::missing_registration),
    ),
    (
        "arm-too-many-requests",
        Check::Trace(refused_writes::too_many_requests),
    ),
    (
        "arm-principal-not-found",
        Check::Trace(arm_principal_not_found::check),
    ),
    (
        "arm-role-assignment-exists",
        Check::Text(arm_role_assignment_exists::check),
    ),
];

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::said;

    const SUB: &str = "/subscriptions/55555555-6666-4777-8888-999999999999";

    fn refused(action: &str, scope: &str) -> String {
        format!(
            "The client '11111111-2222-4333-8444-555555555555' with object id '66666666-7777-4888-8999-aaaaaaaaaaaa' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials."
        )
    }

    #[test]
    fn a_scope_is_taken_whole() {
        let reads = [
            "Microsoft.Resources/subscriptions/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ];
        for group in [
            "rg(x)",
            "my_rg.(1)/providers/Microsoft.Web/sites/x",
            "Gr\u{fc}ne-(2",
            "a)b",
        ] {
            let scope = format!("{SUB}/resourceGroups/{group}");
            for action in reads {
                let (_, captures) = said(&refused(action, &scope));
                assert_eq!(captures["scope"], scope);
                let subscription = captures.get("subscription_id").map_or(&SUB[15..], |id| id);
                assert_eq!(subscription, &SUB[15..]);
            }
            let text = refused("Microsoft.Authorization/roleAssignments/write", &scope);
            let text = format!(
                "Failed to set Azure permission 'RoleAssignmentId: 1' for the service principal 'x' on subscription ID 'y': error code: Forbidden, inner error code: AuthorizationFailed, inner error message {text}"
            );
            let (rule, captures) = said(&text);
            assert_eq!(
                (rule.as_str(), &captures["scope"]),
                ("arm-set-permission-failed", &scope)
            );
        }
        let scope = "/providers/Microsoft.Management/managementGroups/mg(ost)";
        let (_, captures) = said(&refused(
            "Microsoft.Management/managementGroups/read",
            scope,
        ));
        assert_eq!(
            (captures["scope"].as_str(), captures["name"].as_str()),
            (scope, "mg(ost)")
        );
    }

    #[test]
    fn linked_and_locked_scopes_are_taken_whole() {
        let scope = format!("{SUB}/resourceGroups/rg(x)");
        let (_, captures) = said(&format!(
            "code: ScopeLocked: The scope '{scope}' cannot perform delete operation because following scope(s) are locked: '{scope}'. Please remove the lock and try again."
        ));
        assert_eq!(
            [&captures["scope"], &captures["locked_scope"]],
            [&scope, &scope]
        );
        let (_, captures) = said(&format!(
            "has permission to perform action 'a/write' on scope '{scope}'; however, it does not have permission to perform action(s) 'b/join' on the linked scope(s) '{scope}' (respectively) or the linked scope(s) are invalid."
        ));
        assert_eq!(
            [&captures["scope"], &captures["linked_scope"]],
            [&scope, &scope]
        );
        assert_eq!(captures["action"], "b/join");
    }

    #[test]
    fn a_group_that_is_missing_is_named() {
        let (rule, captures) = said(
            "Failed to set Azure permission 'RoleAssignmentId: 1' for the service principal 'x' on subscription ID 'y': error code: NotFound, inner error code: ResourceGroupNotFound, inner error message Resource group 'rg(x)' could not be found.",
        );
        assert_eq!(
            (rule.as_str(), captures["name"].as_str()),
            ("arm-set-permission-not-found", "rg(x)")
        );
    }
}
