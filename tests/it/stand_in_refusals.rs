//! The stand-in server refuses each fault of a body, for that fault, and takes the body without it.

use crate::stand_in::client::{endpoint_path, good, message, put, send};
use crate::stand_in::contoso::{self, AUTOMATIC_ID, MANUAL_ID};
use crate::stand_in::{Config, StandIn};
use serde_json::{Value, json};

/// Sets one value in a good body and gives the refusal.
fn refusal_of(pointer: &str, value: Value) -> String {
    let server = StandIn::start(Config::default());
    let mut body = good();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    body.pointer_mut(parent).expect("it exists")[name] = value;
    let answer = send(&server, "PUT", &endpoint_path(AUTOMATIC_ID), &body);
    assert_ne!(answer.0, 200, "{pointer} was taken");
    assert_eq!(
        put(&server, &good()).0,
        200,
        "the body without the fault is taken"
    );
    message(&answer).to_owned()
}

fn refused(cases: &[(&str, Value, &str)]) {
    for (pointer, value, expected) in cases {
        let message = refusal_of(pointer, value.clone());
        assert!(message.contains(expected), "{pointer}: {message}");
    }
}

#[test]
fn updates_of_the_wrong_form() {
    let twice = "An item with the same key has already been added";
    let empty = "The string must have at least one character.";
    refused(&[
        (
            "/authorization",
            Value::Null,
            "Service Connection Authorization cannot be null.",
        ),
        (
            "/authorization/parameters",
            json!("{\"tenantid\":\"\"}"),
            "is a string where an object is due",
        ),
        ("/authorization/parameters/TenantId", json!(""), twice),
        (
            "/data/azureSpnPermissions",
            json!([]),
            "is neither a string nor null",
        ),
        ("/id", json!(MANUAL_ID), "the URL of"),
        (
            "/serviceEndpointProjectReferences",
            json!([]),
            "At least one project reference required",
        ),
        ("/name", json!(""), empty),
        (
            "/name",
            json!("contoso-prod-manual"),
            "already exists. Only a user having Administrator/User role",
        ),
    ]);
}

#[test]
fn updates_with_values_nobody_meant() {
    refused(&[
        (
            "/authorization/parameters/tenantid",
            json!("$(tenantId)"),
            "a variable that was not expanded",
        ),
        (
            "/data/subscriptionName",
            json!("<your subscription>"),
            "holds a placeholder",
        ),
        (
            "/url",
            json!("https://management.azure.com/ "),
            "begins or ends with a blank",
        ),
        (
            "/data/subscriptionId",
            json!("{b61d7e08}"),
            "subscription identifier '{b61d7e08}' is malformed",
        ),
        (
            "/authorization/parameters/tenantid",
            json!("contoso"),
            "AADSTS900023",
        ),
    ]);
}

#[test]
fn updates_that_contradict_themselves_or_the_stored_endpoint() {
    let scope = "/subscriptions/1e90b5f7-c42d-4836-a5e1-8f6d03b7c94a/resourcegroups/shop";
    let mut certificate = good()["authorization"].take();
    certificate["parameters"]["authenticationType"] = json!("spnCertificate");
    certificate["parameters"]["serviceprincipalkey"] = json!("invented-new-secret");
    refused(&[
        (
            "/authorization/scheme",
            json!("ServicePrincipel"),
            "using authentication scheme 'ServicePrincipel'",
        ),
        (
            "/authorization/scheme",
            json!("WorkloadIdentityFederation"),
            "without operation=",
        ),
        (
            "/url",
            json!("https://management.chinacloudapi.cn/"),
            "url is not that of AzureCloud",
        ),
        (
            "/data/environmentAuthorityUrl",
            json!(""),
            "'authority' should be in Uri format",
        ),
        (
            "/authorization/parameters/scope",
            json!(scope),
            "outside data.subscriptionId",
        ),
        (
            "/data/scopeLevel",
            json!("ManagementGroup"),
            "needs data.managementGroupId",
        ),
        (
            "/data/managementGroupId",
            json!("contoso-root"),
            "both a subscription and a management group",
        ),
        (
            "/authorization",
            certificate,
            "does not agree with the credential",
        ),
        (
            "/data/subscriptionName",
            json!("Contoso Dev (renamed)"),
            "TF400898: An Internal Error Occurred.",
        ),
    ]);
}

#[test]
fn creations() {
    let server = StandIn::start(Config {
        tenants: vec![(
            "1e90b5f7-c42d-4836-a5e1-8f6d03b7c94a".to_owned(),
            "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38".to_owned(),
        )],
        ..Config::default()
    });
    let outcome = |pointer: &str, value: Value| {
        let mut body = contoso::manual();
        body["name"] = json!("contoso-new");
        *body.pointer_mut(pointer).expect("a known place") = value;
        let path = "_apis/serviceendpoint/endpoints?api-version=7.1";
        let answer = send(&server, "POST", path, &body);
        if answer.0 == 200 {
            "taken".to_owned()
        } else {
            message(&answer).to_owned()
        }
    };
    let other_tenant = json!("3b7e91c4-05da-4f62-98b3-d26f1a80e7c5");
    let token = json!({"parameters": {"accesstoken": null}, "scheme": "ServicePrincipal"});
    let cases = [
        ("/authorization", token, "cache value is invalid."),
        (
            "/authorization/parameters/serviceprincipalkey",
            Value::Null,
            "needs its secret",
        ),
        (
            "/authorization/parameters/serviceprincipalid",
            json!(""),
            "Parameter name: serviceprincipalid",
        ),
        (
            "/authorization/parameters/tenantid",
            other_tenant,
            "must match the tenant",
        ),
        (
            "/serviceEndpointProjectReferences",
            Value::Null,
            "At least one project reference required",
        ),
        (
            "/authorization/scheme",
            json!("WorkloadIdentityFederation"),
            "takes no secret",
        ),
        (
            "/data/creationMode",
            json!("Automatic"),
            "another one's application",
        ),
        ("/description", json!("Nothing wrong here"), "taken"),
    ];
    for (pointer, value, expected) in cases {
        let outcome = outcome(pointer, value);
        assert!(outcome.contains(expected), "{pointer}: {outcome}");
    }
}
