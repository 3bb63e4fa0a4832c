//! The members that decide how a difference is judged.

/// Members that the service owns or that differ from one payload to the next, in lower case.
pub(super) const VOLATILE: &[&str] = &[
    "id",
    "createdby",
    "modifiedby",
    "creationdate",
    "modificationdate",
    "_links",
    "imageurl",
    "descriptor",
    "administratorsgroup",
    "readersgroup",
    "groupscopeid",
    "isshared",
    "isoutdated",
    "isdisabled",
    "servicemanagementreference",
    "spnobjectid",
    "appobjectid",
    "azurespnroleassignmentid",
    "azurespnpermissions",
    "workloadidentityfederationissuer",
    "workloadidentityfederationsubject",
    "workloadidentityfederationissuertype",
    "identitytype",
    "isdraft",
    "revertschemedeadline",
    "oboauthorization",
];

/// Members that name things: between two endpoints only their form can be compared.
pub(super) const NAMING: &[&str] = &["tenantid", "serviceprincipalid", "resourceid", "scope"];

/// Scope levels, and what names a scope of that level, in lower case.
pub(super) const SCOPED: &[(&str, &[&str])] = &[
    (
        "Subscription",
        &["scopelevel", "subscriptionid", "subscriptionname"],
    ),
    (
        "ManagementGroup",
        &["scopelevel", "managementgroupid", "managementgroupname"],
    ),
    (
        "AzureMLWorkspace",
        &[
            "scopelevel",
            "subscriptionid",
            "resourcegroupname",
            "mlworkspacename",
            "mlworkspacelocation",
            "subscriptionname",
        ],
    ),
];

/// Members whose letter case makes no difference.
pub(super) const CASELESS: &[&str] = &[
    "owner",
    "type",
    "scheme",
    "environment",
    "creationmode",
    "authenticationtype",
];
