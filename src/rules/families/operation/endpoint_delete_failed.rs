//! Deleting that is refused as long as the app still trusts the connection.

use crate::rules::engine::{Context, Hit, Surface};

/// What to do where federated credentials stand in the way: first they go, then the connection.
const CREDENTIALS_FIRST: &[&str] = &[
    "Delete the federated credential of this connection at the app {client_id} in tenant {tenant_id}: Entra admin center, App registrations (or the managed identity), Certificates & secrets, Federated credentials. The owner of the app can do it. Leave those of other connections alone.",
    "Delete the connection again. The service looks the credentials up anew, which can take a minute.",
    "In Terraform let the connection depend on the credential's end, not the other way round: the credential has to be destroyed first (a wait of half a minute in between helps).",
];

pub(super) fn remark(surface: &Surface, hit: &mut Hit, _: &Context<'_>) {
    if surface
        .text
        .to_ascii_lowercase()
        .contains("federated credential")
    {
        hit.message = Some(
            "Azure DevOps does not delete the connection while its app in Entra ID still has a federated credential that trusts it. Nothing was deleted."
                .to_owned(),
        );
        hit.remedy = Some(CREDENTIALS_FIRST);
    }
}
