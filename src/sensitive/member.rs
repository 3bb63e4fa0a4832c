//! The members of the API's JSON, and what the value of each has to look like to stay in a copy.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::form::{is_number, is_time, is_trace_id, is_version};
use super::made::is_digest;
use super::mask_text;
use super::pair::is_mixed;
use crate::connection::types::{self, Member, Shape, Type, Types};
use crate::text::guid::is_guid;
use crate::text::placeholder::is_null_word;

/// What a value is about, which says how much of it a copy may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The id of a connection, directory, app, subscription, …, or what stands in its place.
    Id,
    /// An id that support looks up, and that names nobody: it stays.
    Trace,
    /// A name that people gave to something.
    Name,
    /// A person, or a sign-in name.
    Person,
    /// A host or domain.
    Host,
    /// A word of the API whose spelling may be the fault.
    Word,
    /// A code, a type or a state that a service wrote.
    Code,
    /// An address.
    Address,
    /// What a service says in words.
    Sentence,
    /// The path of a resource, or what a token is for.
    Path,
    /// The subject of a federated credential.
    Subject,
    /// A point in time.
    Time,
    /// An api-version.
    Version,
    /// A number, also where it is spelt as a string.
    Number,
    /// A media type with its parameters.
    Media,
    /// The schemes that a service asks for, with what it says beside them.
    Challenge,
    /// A credential: its scheme at most.
    Credential,
    /// Something that nobody knows: only its form is told.
    Unknown,
}

/// Members whose values stay in some form, by kind, in lower case.
const MEMBERS: &[(Kind, &str)] = &[
    (
        Kind::Id,
        "id|tenantid|serviceprincipalid|subscriptionid|spnobjectid|appobjectid|objectid|clientid|client_id|\
         applicationid|appid|principalid|endpointid|projectid|managementgroupid|azurespnroleassignmentid|\
         roleassignmentid|roledefinitionid|subscriptiontenantid|hometenantid|resourcetenantid|organizationid|\
         instanceid|msiclientid|groupscopeid|resourcetenant|tenant|tid|oid|azp|localid|definitionid|planid|\
         subscription_id|tenant_id|object_id|principal_id|originid|originaltenantid|accountid|poolid|directoryid|\
         deploymentid|serviceconnectionid|connectionid",
    ),
    (
        Kind::Trace,
        "activityid|e2eid|correlationid|correlation_id|traceid|trace_id|requestid|request_id|request-id|\
         client-request-id|trackingid|clientrequestid|operationid|sessionid",
    ),
    (
        Kind::Name,
        "name|displayname|subscriptionname|managementgroupname|resourcegroupname|mlworkspacename|projectname|\
         organizationname|accountname|collectionname|tenantname|tenantdisplayname|subscriptiontenantname|\
         azurespnname|spnname|appname|app_displayname|teamname|repositoryname|pipelinename|definitionname|\
         endpointname|serviceconnectionname|principalname|serviceprincipalname|identityname|groupname|\
         resourcegroup|managedidentityname|clustername|organization|accountdisplayname|appdisplayname|\
         providerdisplayname|customdisplayname|namespace|user|username|project|rolename|principal",
    ),
    (
        Kind::Person,
        "uniquename|mailaddress|signinaddress|userprincipalname|upn|mail|preferredusername|preferred_username|\
         unique_name|email|emailaddress|descriptor|subjectdescriptor|login_hint|username_hint",
    ),
    (
        Kind::Host,
        "domain|domainname|defaultdomain|tenantdomain|primarydomain|initialdomain|host|hostname|registry",
    ),
    (
        Kind::Word,
        "scheme|type|environment|scopelevel|creationmode|authenticationtype|identitytype|owner|\
         accesstokentype|accesstokenfetchingmethod|workloadidentityfederationissuertype|registrytype|\
         authorizationtype|visibility|principaltype|tenanttype|mlworkspacelocation|isverifiable|\
         requestverb|azureenvironment|cloudenvironment|serviceprincipaltype|\
         signinaudience|granttype|grant_type|issueroftoken|kind",
    ),
    (
        Kind::Code,
        "code|typekey|typename|suberror|state|status|statuscode|severity|$type|errorcode|datasourcename|\
         error|provisioningstate|resourceprovider|error_codes|op|operation|operationname|exception|tokentype|\
         token_type|authorizationsource|quotaid|spendinglimit|level|category|errortype|exceptiontype|reason|target|\
         actionfilter|consenttype|responsetype|response_type|response_mode|prompt|policytype|action|actions|\
         notactions|permissions|dataactions|notdataactions",
    ),
    (
        Kind::Address,
        "url|issuer|workloadidentityfederationissuer|authority|authorityurl|environmentauthorityurl|\
         environmenturl|activedirectoryauthority|managementurl|graphurl|resourceurl|datasourceurl|error_uri|\
         redirecturi|redirect_uri|href|remoteurl|login_uri|imageurl|serverurl|resourcemanagerendpoint|aud|\
         audience|audiences|resource|apiurl|registryurl|accountcontaineregistry|activedirectoryserviceendpointresourceid",
    ),
    (
        Kind::Sentence,
        "message|statusmessage|errormessage|error_description|details|detail|innererror|innerexception|title|\
         result|errors|error_subcode|errordetail|exceptionmessage|messagedetail|helplink|logs",
    ),
    (
        Kind::Path,
        "scope|resourceid|resourcename|roledefinitionid|path|from|resourcetype|scp|scopes",
    ),
    (
        Kind::Subject,
        "subject|workloadidentityfederationsubject|serviceconnectioninput|sub",
    ),
    (
        Kind::Time,
        "creationdate|modificationdate|revertschemedeadline|timestamp|starttime|finishtime|endtime|\
         createddatetime|enddatetime|startdatetime|date|createdon|updatedon|lastupdatetime|expirydate|expires_on|\
         notbefore|lastaccesseddate|deadline|queuetime|time|createdtime|changedtime",
    ),
    (Kind::Version, "api-version|apiversion|version|ver"),
    (
        Kind::Number,
        "count|eventid|expires_in|ext_expires_in|$id|revision|total|top|skip|httpstatuscode|size|index|subcode|\
         errornumber|iat|nbf|exp",
    ),
    // Structure, switches and what is never shown.
    (
        Kind::Unknown,
        "authorization|parameters|data|value|isready|isshared|isdisabled|isoutdated|operationstatus|\
         serviceendpointprojectreferences|projectreference|createdby|modifiedby|updatedby|administratorsgroup|\
         readersgroup|servicemanagementreference|_links|self|avatar|web|serviceendpointdetails|datasourcedetails|\
         resulttransformationdetails|resulttemplate|callbackcontexttemplate|callbackrequiredtemplate|\
         initialcontexttemplate|resultselector|requestcontent|headers|callbackcontextparameters|callbackrequired|\
         customproperties|serviceprincipalkey|serviceprincipalcertificate|accesstoken|refreshtoken|apitoken|\
         password|key|description|azurespnpermissions|provisioned|isdraft|oboauthorization|\
         appendedtoken|publishprofile|kubeconfig|certificate|additionalinfo|info|claims|\
         access_token|refresh_token|id_token|client_secret|client_assertion|client_assertion_type|assertion|\
         nonce|properties|endpoints|references|identity|authenticateduser|authorizeduser|locationservicedata|\
         deploymenttype|tags|tenants|subscriptions|managedbytenants|authorizationpolicies|rows|columns|odata.error|\
         resourcecontainers|pipelines|allpipelines|authorized|authorizedby|authorizedon|authorizationschemes|\
         authenticationschemes|inputdescriptors|datasources|federatedidentitycredentials|context|\
         invalidatecache|isadmin|isuser|isactive|isdefault|iscontainer|isaadidentity|inactive|isverified|\
         appcontextenabled|roles|wids|user_assertion|claimsmapping|condition|conditionversion|assignableroles|\
         accesstokenapplicableschemes|errordetails|innererrors|validation",
    ),
];

/// What a member called `name` is about; `None` where no API that we know has one of this name.
pub(crate) fn kind_of(name: &str) -> Option<Kind> {
    static KINDS: OnceLock<HashMap<&str, Kind>> = OnceLock::new();
    let kinds = KINDS.get_or_init(|| {
        let listed = MEMBERS
            .iter()
            .flat_map(|(kind, names)| names.split('|').map(move |name| (name, *kind)));
        listed.collect()
    });
    let lower = name.trim_start_matches('@').to_ascii_lowercase();
    let listed = kinds.get(lower.as_str()).copied();
    listed.or_else(|| declared(&lower))
}

/// What a member called `name` is about where the user's types count as well.
pub(crate) fn kind_in(types: &Types, name: &str) -> Option<Kind> {
    let built_in = kind_of(name);
    if matches!(built_in, Some(kind) if kind != Kind::Unknown) {
        return built_in;
    }
    let own = types.own_members(name);
    let secret = own.iter().find(|member| member.secret);
    let own = secret.or(own.first()).map(Kind::declared);
    own.or(built_in)
}

/// What a member that a built-in type of connection declares is about.
fn declared(name: &str) -> Option<Kind> {
    static DECLARED: OnceLock<HashMap<String, Kind>> = OnceLock::new();
    let declared = DECLARED.get_or_init(|| {
        let mut declared = HashMap::new();
        for member in types::all().flat_map(Type::members) {
            let kind = Kind::declared(member);
            for name in member.also.iter().chain([&member.name]) {
                declared.entry(name.to_ascii_lowercase()).or_insert(kind);
            }
        }
        declared
    });
    declared.get(name).copied()
}

/// The shape that the member called `name` has to have and that `text` has not.
pub(crate) fn misses_shape(types: &Types, name: &str, text: &str) -> Option<Shape> {
    static SHAPES: OnceLock<HashMap<String, Vec<Shape>>> = OnceLock::new();
    let shapes = SHAPES.get_or_init(|| {
        let mut shapes: HashMap<String, Vec<Shape>> = HashMap::new();
        for member in types::all().flat_map(Type::members) {
            for name in member.also.iter().chain([&member.name]) {
                let of_name = shapes.entry(name.to_ascii_lowercase()).or_default();
                if !of_name.contains(&member.shape) {
                    of_name.push(member.shape);
                }
            }
        }
        shapes
    });
    let built_in = shapes.get(&name.to_ascii_lowercase()).into_iter().flatten();
    let own = types.own_members(name).iter().map(|member| member.shape);
    let mut all = built_in.copied().chain(own);
    all.find(|shape| shape.wrong(text).is_some())
}

/// Whether the value of the member called `name` may be kept: a type has such a member, and the value is
/// of its form.
pub(crate) fn is_storable(types: &Types, name: &str, text: &str) -> bool {
    kind_in(types, name).is_some_and(|kind| kind.fits(text) && mask_text(text) == text)
}

impl Kind {
    /// That of a member which a type of connection declares.
    fn declared(member: &Member) -> Self {
        match member.shape {
            _ if member.secret => Self::Unknown,
            _ if !member.words.is_empty() => Self::Word,
            Shape::Guid | Shape::Thumbprint => Self::Id,
            Shape::Url => Self::Address,
            _ => Self::Unknown,
        }
    }

    /// Whether `text` has the form that a value of this kind has.
    pub(crate) fn fits(self, text: &str) -> bool {
        let text = text.trim();
        let all = |also: &[u8]| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
        };
        text.is_empty()
            || match self {
                Self::Trace => is_trace_id(text),
                Self::Id | Self::Host => {
                    is_guid(text)
                        || (all(b"-.") && !is_mixed(text) && !is_digest(text) && text.len() <= 128)
                }
                Self::Word | Self::Code => {
                    text.len() <= 60
                        && text
                            .chars()
                            .all(|c| c.is_alphabetic() || " -._".contains(c))
                }
                Self::Address => text.starts_with("http") && all(b"-._:/[]"),
                Self::Path => all(b"-._/ ") && text.contains('/'),
                Self::Subject => all(b"-._:/ "),
                Self::Number => is_number(text),
                Self::Time => is_time(text),
                Self::Version => is_version(text),
                Self::Name => text.len() <= 256,
                Self::Person
                | Self::Sentence
                | Self::Media
                | Self::Challenge
                | Self::Credential
                | Self::Unknown => is_null_word(text),
            }
    }
}

/// Header fields that help a diagnosis, and what each is about. Any other field is left out.
const FIELDS: &[(&str, Kind)] = &[
    ("content-type", Kind::Media),
    ("accept", Kind::Media),
    ("api-version", Kind::Version),
    ("date", Kind::Time),
    ("last-modified", Kind::Time),
    ("retry-after", Kind::Time),
    ("location", Kind::Address),
    ("www-authenticate", Kind::Challenge),
    ("authorization", Kind::Credential),
    ("activityid", Kind::Trace),
    ("x-vss-e2eid", Kind::Trace),
    ("x-tfs-session", Kind::Trace),
    ("x-vss-activityid", Kind::Trace),
    ("request-id", Kind::Trace),
    ("client-request-id", Kind::Trace),
    ("x-ms-request-id", Kind::Trace),
    ("x-ms-client-request-id", Kind::Trace),
    ("x-ms-correlation-request-id", Kind::Trace),
    ("x-ms-routing-request-id", Kind::Trace),
    ("x-ms-correlation-id", Kind::Trace),
    ("x-ms-activity-id", Kind::Trace),
    ("x-vss-resourcetenant", Kind::Id),
    ("x-vss-senderdeploymentid", Kind::Id),
    ("x-vss-authorizationendpoint", Kind::Address),
    ("x-vss-reauthenticationaction", Kind::Word),
    ("x-tfs-fedauthredirect", Kind::Word),
    ("x-tfs-serviceerror", Kind::Sentence),
    ("x-ms-failure-cause", Kind::Sentence),
    ("x-ms-error-code", Kind::Code),
    ("x-http-method-override", Kind::Word),
    ("x-ratelimit-remaining", Kind::Number),
    ("x-ratelimit-limit", Kind::Number),
    ("x-ratelimit-delay", Kind::Number),
    ("x-ratelimit-reset", Kind::Number),
    ("x-ms-ratelimit-remaining-subscription-reads", Kind::Number),
    ("x-ms-ratelimit-remaining-subscription-writes", Kind::Number),
    ("x-ms-ratelimit-remaining-tenant-reads", Kind::Number),
];

/// What a header field is about; `None` for one that is left out.
pub(crate) fn kind_of_field(name: &str) -> Option<Kind> {
    let mut known = FIELDS.iter();
    let found = known.find(|(field, _)| field.eq_ignore_ascii_case(name));
    found.map(|(_, kind)| *kind)
}

/// Fields that HTTP or a service of Microsoft's has, and that help no diagnosis.
const PUBLIC_FIELDS: &str = "host|origin|referer|user-agent|server|connection|vary|expires|pragma|age|etag|\
    if-none-match|if-modified-since|if-match|te|dnt|priority|upgrade|keep-alive|p3p|via|allow|range|trailer|\
    x-requested-with|x-powered-by|x-cache|x-msedge-ref|x-frame-options|x-xss-protection|x-ua-compatible|\
    x-aspnet-version|upgrade-insecure-requests|strict-transport-security|transfer-encoding|alt-svc|nel|\
    report-to|lfs-authenticate|timing-allow-origin|link|warning";

/// Whether `name` is that of a field whose use is known to everybody.
pub(crate) fn is_public_field(name: &str) -> bool {
    const FAMILIES: &[&str] = &[
        "accept-",
        "access-control-",
        "cache-",
        "content-",
        "cross-origin-",
        "sec-ch-",
        "sec-fetch-",
        "x-content-",
        "x-ms-",
        "x-tfs-",
        "x-vss-",
    ];
    let lower = name.to_ascii_lowercase();
    FAMILIES.iter().any(|family| lower.starts_with(family))
        || PUBLIC_FIELDS.split('|').any(|field| field == lower)
}

/// Parameters of URLs and forms that stay, besides those called like a member.
const QUERY: &[(&str, Kind)] = &[
    ("endpointids", Kind::Id),
    ("projectids", Kind::Id),
    ("endpointnames", Kind::Name),
    ("authschemes", Kind::Word),
    ("includefailed", Kind::Word),
    ("includedetails", Kind::Word),
    ("loadconfidentialdata", Kind::Word),
    ("deep", Kind::Word),
    ("promptoption", Kind::Word),
    ("completecallbackpayload", Kind::Word),
    ("completecallbackbyauthcode", Kind::Word),
    ("fromproject", Kind::Name),
    ("withproject", Kind::Name),
    ("continuationtoken", Kind::Unknown),
    ("code", Kind::Unknown),
    ("sig", Kind::Unknown),
    ("token", Kind::Unknown),
    ("$filter", Kind::Unknown),
    ("$select", Kind::Unknown),
    ("$top", Kind::Number),
    ("$expand", Kind::Unknown),
    ("connectoptions", Kind::Word),
    ("domain_hint", Kind::Host),
    ("realm", Kind::Host),
    ("mkt", Kind::Word),
    ("errorcodes", Kind::Code),
];

/// What a parameter of a URL or form is about; `None` for one that is left out.
pub(crate) fn kind_of_parameter(name: &str) -> Option<Kind> {
    let mut known = QUERY.iter();
    let found = known.find(|(own, _)| own.eq_ignore_ascii_case(name));
    found.map(|(_, kind)| *kind).or_else(|| kind_of(name))
}

/// Parts of a path that the routes of Azure DevOps, Azure, the directory and the sign-in are made of.
const ROUTES: &str = "\
    _apis|serviceendpoint|endpoints|endpointproxy|types|executionhistory|oauthconfiguration|azurermsubscriptions|\
    azurermmanagementgroups|share|vstsaadoauth|distributedtask|serviceendpoints|serviceendpointproxy|\
    serviceendpointtypes|externalfederatedcredentialmigration|pipelines|pipelinepermissions|endpoint|build|\
    authorizedresources|projects|connectiondata|tfs|defaultcollection|_signin|_signedin|_settings|adminservices|\
    contribution|hierarchyquery|definitions|builds|connecteduser|\
    subscriptions|resourcegroups|providers|managementgroups|roleassignments|roledefinitions|permissions|tenants|\
    locations|workspaces|userassignedidentities|federatedidentitycredentials|vaults|secrets|sites|\
    v1.0|beta|me|users|applications|serviceprincipals|organization|directoryobjects|groups|memberof|\
    approleassignments|oauth2permissiongrants|getbyids|owners|myorganization|tenantdetails|domains|addpassword|\
    addkey|microsoft.graph.getbyids|common|organizations|consumers|oauth2|v2.0|token|authorize|login|kmsi|\
    getcredentialtype|reprocess|sas|processauth|beginauth|endauth|devicecode|saml2|wsfed|federationmetadata|\
    .well-known|openid-configuration|discovery|instance|keys|logout|adfs|ls|idp|userrealm|resources|api|rest|\
    operations|operationresults|k8s|clusters|nodes|namespaces|pods|serviceaccounts|repos|orgs|apis|v1|v2|v3|_packaging|nuget|npm|\
    eid1|sc|pub|services|resource|default|appspermissions|manage|graph|memberships";

/// Whether a part of a path belongs to a route of everybody's.
pub(crate) fn is_route(segment: &str) -> bool {
    static PARTS: OnceLock<HashSet<&str>> = OnceLock::new();
    let parts = PARTS.get_or_init(|| ROUTES.split('|').collect());
    parts.contains(segment.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_twice() {
        let names = MEMBERS.iter().flat_map(|(_, names)| names.split('|'));
        let mut all: Vec<&str> = names.collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        // Two of them are ids as well as paths.
        assert!(count - all.len() <= 1, "{count} {}", all.len());
        assert!(all.iter().all(|name| !name.contains(char::is_whitespace)));
    }

    #[test]
    fn letter_case_does_not_count() {
        assert_eq!(kind_of("tenantId"), Some(Kind::Id));
        assert_eq!(kind_of("brandNewThing"), None);
        assert_eq!(kind_of_field("ActivityId"), Some(Kind::Trace));
        assert_eq!(kind_of_field("Cookie"), None);
        assert!(is_route("resourceGroups") && !is_route("falcon"));
    }
}
