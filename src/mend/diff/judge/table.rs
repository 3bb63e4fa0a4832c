//! Every kind of difference that is known to matter, as certain as it is; and every one that is not, silent.

use crate::connection::Use;
use crate::connection::types::Types;
use crate::json::parse;
use crate::mend::diff::{Kind, Setting, Significance, compare};
use serde_json::{Value, json};

use Significance::{Form, Significant, Volatile};

const ID: &str = "7c1f0a52-3d84-4e19-9b60-5a2e8d417f33";
const OTHER: &str = "e04b6d9a-1f27-4c58-8a3d-96b05c72d1e8";

/// A manual connection as an update may send it.
fn good() -> Value {
    json!({
        "id": ID, "name": "contoso-prod", "description": "", "type": "azurerm", "owner": "Library",
        "url": "https://management.azure.com/", "isReady": true, "isShared": false,
        "createdBy": {"id": OTHER, "url": "https://spsprodeus21.vssps.example/a"},
        "authorization": {"scheme": "ServicePrincipal", "parameters": {
            "tenantid": OTHER, "serviceprincipalid": OTHER, "authenticationType": "spnKey", "serviceprincipalkey": null
        }},
        "data": {
            "environment": "AzureCloud", "scopeLevel": "Subscription", "subscriptionId": OTHER,
            "subscriptionName": "Contoso Production", "creationMode": "Manual"
        },
        "serviceEndpointProjectReferences": [{"projectReference": {"id": OTHER, "name": "WebShop"}, "name": "contoso-prod"}]
    })
}

fn set(pointer: &str, value: impl Into<Value>) -> Value {
    let mut body = good();
    put(&mut body, pointer, value.into());
    body
}

fn put(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("it exists")[name] = value;
}

fn without(pointer: &str) -> Value {
    let mut body = good();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = body.pointer_mut(parent).expect("it exists");
    parent
        .as_object_mut()
        .expect("an object")
        .remove(name)
        .expect("it was there");
    body
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut body = good();
    for (pointer, value) in changes {
        put(&mut body, pointer, value.clone());
    }
    body
}

fn setting(usage: Use) -> Setting<'static> {
    Setting {
        usage,
        same_endpoint: false,
        url_id: None,
        old_api: false,
        types: Types::built_in(),
    }
}

/// How much the difference at `at` matters; `Volatile` if there is none.
fn judged(good: &Value, own: &Value, setting: Setting<'_>, at: &str) -> Significance {
    let read = |value: &Value| parse(&value.to_string()).unwrap();
    let found = compare(&read(good), &read(own), setting);
    let here = found.iter().filter(|difference| difference.pointer == at);
    here.map(|difference| difference.significance)
        .max()
        .unwrap_or(Volatile)
}

/// Judges an update against [`good`].
#[track_caller]
fn row(own: &Value, at: &str, expected: Significance) {
    row_for(Use::Update, own, at, expected);
}

#[track_caller]
fn row_for(usage: Use, own: &Value, at: &str, expected: Significance) {
    let found = judged(&good(), own, setting(usage), at);
    assert_eq!(found, expected, "{at} of {own}");
}

const P: &str = "/authorization/parameters";

fn parameter(name: &str, value: impl Into<Value>) -> Value {
    set(&format!("{P}/{name}"), value)
}

#[test]
fn rows_1_to_3_the_access_token() {
    for name in ["accesstoken", "accessToken", "AccessToken"] {
        for usage in [Use::Create, Use::Update, Use::VerifySaved, Use::VerifyNew] {
            row_for(
                usage,
                &parameter(name, Value::Null),
                &format!("{P}/{name}"),
                Significant,
            );
            row_for(
                usage,
                &parameter(name, ""),
                &format!("{P}/{name}"),
                Significant,
            );
        }
        row(
            &parameter(name, "eyJ0.eyJ1.abc"),
            &format!("{P}/{name}"),
            Significant,
        );
        row(&parameter(name, ID), &format!("{P}/{name}"), Form);
    }
    row(
        &parameter("accessTokenType", ""),
        &format!("{P}/accessTokenType"),
        Form,
    );
    row(
        &parameter("accessTokenFetchingMethod", "Oauth"),
        &format!("{P}/accessTokenFetchingMethod"),
        Form,
    );
}

#[test]
fn rows_4_to_7_secrets() {
    let key = format!("{P}/serviceprincipalkey");
    row(&parameter("serviceprincipalkey", ""), &key, Significant);
    let automatic = with(&[
        ("/data/creationMode", json!("Automatic")),
        (&key, json!("")),
    ]);
    row(&automatic, &key, Form);
    row(&parameter("serviceprincipalkey", "null"), &key, Significant);
    row(&parameter("serviceprincipalkey", "invented"), &key, Form);

    let kind = format!("{P}/authenticationType");
    let certificate = format!("{P}/servicePrincipalCertificate");
    row(
        &with(&[(&kind, json!("spnCertificate")), (&key, json!("invented"))]),
        &kind,
        Significant,
    );
    row(
        &with(&[(&kind, json!("spnCertificate")), (&key, json!("invented"))]),
        &key,
        Significant,
    );
    row(
        &with(&[(&certificate, json!("invented"))]),
        &certificate,
        Significant,
    );
    row(
        &with(&[(&certificate, json!("invented")), (&key, json!("invented"))]),
        &certificate,
        Form,
    );

    let mut federated = good();
    put(
        &mut federated,
        "/authorization",
        json!({"scheme": "WorkloadIdentityFederation", "parameters": {"tenantid": OTHER, "serviceprincipalid": OTHER}}),
    );
    let mut keyed = federated.clone();
    put(&mut keyed, &key, json!("invented"));
    assert_eq!(
        judged(&federated, &keyed, setting(Use::Update), &key),
        Significant
    );
}

#[test]
fn row_8_the_identity() {
    for name in ["tenantid", "serviceprincipalid"] {
        let at = format!("{P}/{name}");
        row(&parameter(name, ""), &at, Significant);
        row(&without(&at), &at, Significant);
        row_for(Use::Convert, &without(&at), &at, Volatile);
        let automatic = with(&[("/data/creationMode", json!("Automatic")), (&at, json!(""))]);
        row(&automatic, &at, Form);
        row_for(Use::Create, &automatic, &at, Volatile);
    }
}

#[test]
fn rows_9_and_10_scope_and_address() {
    row(
        &without("/data/subscriptionId"),
        "/data/subscriptionId",
        Significant,
    );
    row(
        &set("/data/subscriptionName", ""),
        "/data/subscriptionName",
        Significant,
    );
    row(
        &set("/data/scopeLevel", "ManagementGroup"),
        "/data/scopeLevel",
        Significant,
    );
    row(
        &set("/data/managementGroupId", "root"),
        "/data/managementGroupId",
        Significant,
    );
    let group = with(&[
        ("/data/scopeLevel", json!("ManagementGroup")),
        ("/data/managementGroupId", json!("root")),
        ("/data/managementGroupName", json!("Root")),
        ("/data/subscriptionId", json!("")),
        ("/data/subscriptionName", json!("")),
    ]);
    row(&group, "/data/scopeLevel", Form);
    row(&group, "/data/subscriptionId", Volatile);
    row(&without("/data/scopeLevel"), "/data/scopeLevel", Form);

    row(
        &set("/url", "https://management.chinacloudapi.cn/"),
        "/url",
        Significant,
    );
    let stack = with(&[
        ("/url", json!("https://management.local.example/")),
        ("/data/environment", json!("AzureStack")),
    ]);
    row(&stack, "/url", Volatile);
    let china = with(&[
        ("/url", json!("https://management.chinacloudapi.cn")),
        ("/data/environment", json!("AzureChinaCloud")),
    ]);
    row(&china, "/url", Volatile);
    row(&china, "/data/environment", Form);
    row(
        &set("/data/environment", "AzureChinaCloud"),
        "/data/environment",
        Significant,
    );
    row(
        &set("/data/environment", "AzureStack"),
        "/data/environment",
        Form,
    );
}

#[test]
fn rows_11_to_14_form() {
    let at = "/serviceEndpointProjectReferences";
    for usage in [Use::Create, Use::Update] {
        row_for(usage, &without(at), at, Significant);
        row_for(usage, &set(at, json!([])), at, Significant);
        row_for(
            usage,
            &set(at, json!({"projectReference": {}})),
            at,
            Significant,
        );
    }
    let old = Setting {
        old_api: true,
        ..setting(Use::Update)
    };
    assert_eq!(judged(&good(), &without(at), old, at), Volatile);

    row(
        &parameter("tenantId", OTHER),
        &format!("{P}/tenantId"),
        Significant,
    );
    // Only the one that is too much is to blame, and it is the same key in other letters.
    let twice = compare(
        &parse(&good().to_string()).unwrap(),
        &parse(
            &with(&[
                (&format!("{P}/tenantid"), json!(ID)),
                (&format!("{P}/TenantId"), json!(OTHER)),
            ])
            .to_string(),
        )
        .unwrap(),
        setting(Use::Create),
    );
    let twice: Vec<_> = twice
        .iter()
        .filter(|difference| difference.significance == Significant)
        .map(|difference| (difference.pointer.as_str(), difference.kind))
        .collect();
    assert_eq!(
        twice,
        [("/authorization/parameters/TenantId", Kind::Spelling)]
    );
    row(
        &set("/data/azureSpnPermissions", json!([])),
        "/data/azureSpnPermissions",
        Significant,
    );
    row(
        &set("/data/oboAuthorization", true),
        "/data/oboAuthorization",
        Significant,
    );
    row(
        &parameter("scope", json!({})),
        &format!("{P}/scope"),
        Significant,
    );
    row(
        &set("/data/subscriptionName", 7),
        "/data/subscriptionName",
        Significant,
    );

    let here = Setting {
        url_id: Some(ID),
        ..setting(Use::Update)
    };
    assert_eq!(
        judged(&good(), &set("/id", OTHER), here, "/id"),
        Significant
    );
    assert_eq!(judged(&good(), &good(), here, "/id"), Volatile);
}

#[test]
fn row_16_a_failed_state_matters_and_one_that_is_not_ready_yet_does_not() {
    let failed = json!({"state": "Failed", "statusMessage": "no"});
    let body = with(&[("/isReady", json!(false)), ("/operationStatus", failed)]);
    row(&body, "/isReady", Significant);
    row(&body, "/operationStatus", Significant);
    let waiting = json!({"state": "InProgress", "statusMessage": ""});
    let body = with(&[("/isReady", json!(false)), ("/operationStatus", waiting)]);
    row(&body, "/isReady", Volatile);
    row(&body, "/operationStatus", Volatile);
}

#[test]
fn a_conversion_may_bring_the_scheme_alone() {
    let minimal = json!({
        "id": ID, "type": "azurerm", "authorization": {"scheme": "WorkloadIdentityFederation"},
        "serviceEndpointProjectReferences": [{"projectReference": {"id": OTHER, "name": "WebShop"}, "name": "contoso-prod"}]
    });
    let read = |value: &Value| parse(&value.to_string()).unwrap();
    let found = compare(&read(&good()), &read(&minimal), setting(Use::Convert));
    let loud = found.iter().filter(|one| one.significance > Volatile);
    assert_eq!(loud.count(), 0, "{found:?}");
}

#[test]
fn the_token_of_another_service_is_its_own_secret() {
    let github = |token: Value| {
        json!({
            "type": "github", "url": "https://github.com",
            "authorization": {"scheme": "Token", "parameters": {"AccessToken": token}}
        })
    };
    let at = "/authorization/parameters/AccessToken";
    let shown = github(Value::Null);
    let update = setting(Use::Update);
    assert_eq!(judged(&shown, &github(json!("zzz")), update, at), Form);
    assert_eq!(judged(&github(json!("zzz")), &shown, update, at), Volatile);
    assert_eq!(judged(&shown, &github(json!("")), update, at), Significant);
}

/// 15 and 17 are no differences of a payload: the rules `update-sent-as-patch` and
/// `operation-stuck-inprogress` report them.
#[test]
fn rows_18_to_20_between_two_calls() {
    for at in ["/data", "/type", "/authorization"] {
        row(&without(at), at, Significant);
    }
    let same = Setting {
        same_endpoint: true,
        ..setting(Use::Update)
    };
    let mode = set("/data/creationMode", "Automatic");
    assert_eq!(judged(&good(), &mode, same, "/data/creationMode"), Form);
    let scheme = set("/authorization/scheme", "WorkloadIdentityFederation");
    assert_eq!(
        judged(&good(), &scheme, same, "/authorization/scheme"),
        Significant
    );
    let convert = Setting {
        usage: Use::Convert,
        ..same
    };
    assert_eq!(
        judged(&good(), &scheme, convert, "/authorization/scheme"),
        Volatile
    );
}

#[test]
fn what_the_service_owns_or_two_endpoints_differ_in_is_silent() {
    let person = json!({"id": "x", "displayName": "Robin", "_links": {}, "imageUrl": "https://x", "descriptor": "d", "url": "https://y"});
    let silent = [
        ("/id", json!(OTHER)),
        ("/createdBy", person.clone()),
        ("/modifiedBy", person),
        ("/creationDate", json!("2031-03-14")),
        ("/modificationDate", json!("2031-03-14")),
        ("/_links", json!({"self": {}})),
        (
            "/operationStatus",
            json!({"state": "Ready", "statusMessage": ""}),
        ),
        ("/administratorsGroup", Value::Null),
        ("/readersGroup", json!({})),
        ("/groupScopeId", Value::Null),
        ("/owner", json!("library")),
        ("/type", json!("AzureRM")),
        ("/authorization/scheme", json!("serviceprincipal")),
        ("/description", Value::Null),
        ("/name", json!("another")),
        ("/url", json!("https://management.azure.com")),
        ("/isReady", json!(false)),
        ("/url", json!("https://management.azure.com:443/")),
        ("/data/resourceGroupName", json!("")),
        ("/data/managementGroupId", json!("")),
        ("/data/spnObjectId", json!(ID)),
        ("/data/appObjectId", json!("")),
        ("/data/azureSpnRoleAssignmentId", json!(ID)),
        ("/data/azureSpnPermissions", json!("[]")),
        ("/data/identityType", json!("AppRegistrationManual")),
        ("/data/isDraft", json!("false")),
        ("/data/revertSchemeDeadline", json!("2031-03-14")),
        (
            "/authorization/parameters/workloadIdentityFederationIssuer",
            json!("https://x"),
        ),
        (
            "/authorization/parameters/workloadIdentityFederationSubject",
            json!("sc://a/b/c"),
        ),
        ("/authorization/parameters/tenantid", json!(ID)),
        ("/authorization/parameters/serviceprincipalid", json!(ID)),
        ("/data/subscriptionId", json!(ID)),
        ("/data/subscriptionName", json!("Another")),
        (
            "/serviceEndpointProjectReferences",
            json!([{"projectReference": {"id": ID, "name": "Tools"}, "name": "x"}]),
        ),
    ];
    for (at, value) in silent {
        row(&set(at, value), at, Volatile);
    }
    row(
        &without("/authorization/parameters/serviceprincipalkey"),
        &format!("{P}/serviceprincipalkey"),
        Volatile,
    );
    row(&without("/description"), "/description", Volatile);
    let read = |value: &Value| parse(&value.to_string()).unwrap();
    let mut turned = good();
    let name = turned
        .as_object_mut()
        .unwrap()
        .shift_remove("name")
        .unwrap();
    turned["name"] = name;
    assert_eq!(
        compare(&read(&good()), &read(&turned), setting(Use::Update)),
        []
    );
}
