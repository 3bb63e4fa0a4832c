//! What the members of the API's objects are about.

use crate::json::Node;

/// Members whose values are names wherever they stand.
const NAMES: &[&str] = &[
    "subscriptionname",
    "managementgroupname",
    "resourcegroupname",
    "mlworkspacename",
    "projectname",
    "organizationname",
    "accountname",
    "collectionname",
    "tenantname",
    "tenantdisplayname",
    "subscriptiontenantname",
    "azurespnname",
    "spnname",
    "appname",
    "app_displayname",
    "teamname",
    "repositoryname",
    "pipelinename",
    "definitionname",
    "endpointname",
    "serviceconnectionname",
    "principalname",
    "servicePrincipalName",
    "serviceprincipalname",
    "identityname",
    "groupname",
    "resourcegroup",
    "managedidentityname",
    "clustername",
    "organization",
    "accountdisplayname",
];

/// Members that tell about a person.
const PERSONAL: &[&str] = &[
    "uniquename",
    "mailaddress",
    "signinaddress",
    "userprincipalname",
    "upn",
    "mail",
    "preferredusername",
    "preferred_username",
    "givenname",
    "given_name",
    "surname",
    "family_name",
    "fullname",
    "username",
    "user_name",
    "principal_name",
    "samaccountname",
    "onpremisessamaccountname",
    "mailnickname",
    "jobtitle",
    "department",
    "companyname",
    "streetaddress",
    "postalcode",
    "city",
    "officelocation",
    "mobilephone",
    "businessphones",
    "telephonenumber",
    "phonenumber",
    "phone",
    "employeeid",
    "customdisplayname",
    "loginname",
    "login",
    "user",
    "email",
    "emailaddress",
    "authorname",
];

/// Members whose values are ids, or should be.
const IDS: &[&str] = &[
    "tenantid",
    "serviceprincipalid",
    "subscriptionid",
    "spnobjectid",
    "appobjectid",
    "objectid",
    "clientid",
    "client_id",
    "applicationid",
    "appid",
    "principalid",
    "endpointid",
    "projectid",
    "managementgroupid",
    "azurespnroleassignmentid",
    "roleassignmentid",
    "subscriptiontenantid",
    "homeaccountid",
    "localaccountid",
    "resourceid",
    "organizationid",
    "instanceid",
];

const DOMAINS: &[&str] = &[
    "domain",
    "domainname",
    "defaultdomain",
    "tenantdomain",
    "primarydomain",
    "initialdomain",
    "hostname",
    "host",
    "server",
    "machinename",
    "computername",
];

const ADDRESSES: &[&str] = &[
    "ip",
    "ipaddr",
    "ipaddress",
    "ip_address",
    "clientip",
    "clientipaddress",
    "serveripaddress",
    "remoteipaddress",
    "remoteaddress",
    "_remoteaddress",
    "x-clientip",
    "x-hostip",
    "privateipaddress",
    "publicipaddress",
];

fn among(list: &[&str], key: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(key))
}

pub(super) fn is_name(key: &str) -> bool {
    among(NAMES, key)
}

pub(super) fn is_personal(key: &str) -> bool {
    among(PERSONAL, key)
}

pub(super) fn is_id(key: &str) -> bool {
    among(IDS, key)
}

pub(super) fn is_domain(key: &str) -> bool {
    among(DOMAINS, key)
}

pub(super) fn is_address(key: &str) -> bool {
    among(ADDRESSES, key)
}

/// The members of `node` that hold a name of somebody or of something of somebody's own, in lower
/// case. `name` and `displayName` are also what catalogues of the API call their types.
pub(super) fn names_of(node: &Node) -> &'static [&'static str] {
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    if has(&[
        "authenticationSchemes",
        "inputDescriptors",
        "trustedHosts",
        "dataSources",
    ]) {
        return &[];
    }
    let endpoint = has(&[
        "authorization",
        "serviceEndpointProjectReferences",
        "projectReference",
        "isReady",
    ]);
    let identity = has(&[
        "uniqueName",
        "descriptor",
        "subjectDescriptor",
        "userPrincipalName",
        "mail",
        "isContainer",
        "appId",
        "servicePrincipalType",
        "principalName",
        "mailAddress",
        "signInAddress",
    ]);
    let project =
        (has(&["visibility"]) && has(&["state", "id"])) || has(&["defaultTeam", "lastUpdateTime"]);
    let subscription = has(&[
        "subscriptionId",
        "subscriptionTenantId",
        "managementGroupId",
        "tenantType",
        "defaultDomain",
    ]);
    // A reference to something of the API: an id, a name, and a little more.
    let only_id = node.str("id").is_some_and(crate::text::guid::is_guid)
        && node.str("name").is_some()
        && node.members().len() <= 4;
    if endpoint || identity || project || subscription || only_id {
        &["name", "displayname"]
    } else {
        &[]
    }
}
