//! The connections of an invented organization, as saved: with their secrets.

use serde_json::{Value, json};

/// The id of [`automatic`].
pub(crate) const AUTOMATIC_ID: &str = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";
/// The id of [`manual`].
pub(crate) const MANUAL_ID: &str = "e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8";
/// The application that [`manual`] signs in with.
pub(crate) const MANUAL_CLIENT: &str = "4d93e6b1-70a5-4f2c-b8d7-1c5f60a92e44";

/// A connection that Azure DevOps made by itself. A sign-in popup left its handle behind: answers show the
/// secret member `accesstoken` as null, and an edit dialog that sends back what it got sends the null too.
pub(crate) fn automatic() -> Value {
    json!({
        "data": {
            "environment": "AzureCloud",
            "scopeLevel": "Subscription",
            "subscriptionId": "b61d7e08-52c9-4a3f-8e14-d70f3b9a6c25",
            "subscriptionName": "Contoso Development",
            "resourceGroupName": "",
            "mlWorkspaceName": "",
            "mlWorkspaceLocation": "",
            "managementGroupId": "",
            "managementGroupName": "",
            "oboAuthorization": "",
            "creationMode": "Automatic",
            "azureSpnRoleAssignmentId": "2f8c1d60-9b47-4e35-a1f9-c3068e5d7b12",
            "azureSpnPermissions": "[{\"roleAssignmentId\":\"2f8c1d60-9b47-4e35-a1f9-c3068e5d7b12\",\"resourceProvider\":\"Microsoft.RoleAssignment\",\"provisioned\":true}]",
            "spnObjectId": "83e5a7d4-06fb-4c91-9d28-4b1e7f30c6a5",
            "appObjectId": "d9471c3e-8a50-4b6f-a7e2-05f8936bd41c",
            "resourceId": ""
        },
        "id": AUTOMATIC_ID,
        "name": "contoso-dev",
        "type": "azurerm",
        "url": "https://management.azure.com/",
        "createdBy": who(),
        "description": "Deployments of the web shop",
        "authorization": {
            "parameters": {
                "tenantid": "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38",
                "serviceprincipalid": "c8b2f594-17d3-4a06-9e5c-f41d80a7b369",
                "authenticationType": "spnKey",
                "serviceprincipalkey": "invented-secret-of-contoso-dev",
                "accesstoken": "5e17b9d2-c430-4f8a-91b6-2d0a7f8ce364"
            },
            "scheme": "ServicePrincipal"
        },
        "isShared": false,
        "isReady": true,
        "owner": "Library",
        "serviceEndpointProjectReferences": references("contoso-dev", "Deployments of the web shop")
    })
}

/// A connection typed in by hand.
pub(crate) fn manual() -> Value {
    json!({
        "data": {
            "environment": "AzureCloud",
            "scopeLevel": "Subscription",
            "subscriptionId": "1e90b5f7-c42d-4836-a5e1-8f6d03b7c94a",
            "subscriptionName": "Contoso Production",
            "creationMode": "Manual"
        },
        "id": MANUAL_ID,
        "name": "contoso-prod-manual",
        "type": "azurerm",
        "url": "https://management.azure.com/",
        "createdBy": who(),
        "description": "",
        "authorization": {
            "parameters": {
                "tenantid": "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38",
                "serviceprincipalid": MANUAL_CLIENT,
                "authenticationType": "spnKey",
                "serviceprincipalkey": "invented-secret-of-contoso-prod"
            },
            "scheme": "ServicePrincipal"
        },
        "isShared": false,
        "isReady": true,
        "owner": "Library",
        "serviceEndpointProjectReferences": references("contoso-prod-manual", "")
    })
}

/// Who made the connections.
pub(super) fn who() -> Value {
    json!({
        "displayName": "Robin Example",
        "id": "f3a60d8b-94c1-4e75-b2d8-7c05e19f6a43",
        "uniqueName": "robin@contoso.example"
    })
}

fn references(name: &str, description: &str) -> Value {
    json!([{
        "projectReference": {"id": "a47e2b90-5d1c-4f38-86b3-e9d70c5f1a62", "name": "WebShop"},
        "name": name,
        "description": description
    }])
}
