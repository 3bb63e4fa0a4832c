//! The subject that Azure DevOps presents for a connection.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::text::guid::is_guid;
use crate::text::url;

/// A subject taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// `sc://organization/project/connection`: names, written down when the connection was made.
    Named {
        organization: String,
        project: String,
        connection: String,
    },
    /// `/eid1/c/pub/t/…/a/…/sc/organization/connection`: ids, of which Entra ID packs the first two.
    Packed {
        tenant: String,
        service: String,
        organization: String,
        connection: String,
    },
}

impl Subject {
    /// Takes `text` apart; `None` for any other subject.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(names) = text.strip_prefix("sc://") {
            let mut parts = names.splitn(3, '/').map(url::decode);
            return Some(Self::Named {
                organization: parts.next()?,
                project: parts.next()?,
                connection: parts.next()?,
            });
        }
        let parts: Vec<&str> = text.strip_prefix("/eid1/c/")?.split('/').collect();
        let [
            _cloud,
            "t",
            tenant,
            "a",
            service,
            "sc",
            organization,
            connection,
        ] = parts[..]
        else {
            return None;
        };
        Some(Self::Packed {
            tenant: unpacked(tenant)?,
            service: unpacked(service)?,
            organization: organization.to_owned(),
            connection: connection.to_owned(),
        })
    }
}

/// The GUID behind 22 letters: base64url of its bytes as .NET lays them out, the first three fields
/// with the low byte first. A GUID written out stands for itself.
fn unpacked(text: &str) -> Option<String> {
    if is_guid(text) {
        return Some(text.to_ascii_lowercase());
    }
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
    let order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
    let mut guid = String::with_capacity(36);
    for (count, at) in order.into_iter().enumerate() {
        if matches!(count, 4 | 6 | 8 | 10) {
            guid.push('-');
        }
        let digit = |half: u8| char::from_digit(u32::from(half), 16);
        guid.extend(
            [bytes[at] >> 4, bytes[at] & 15]
                .into_iter()
                .filter_map(digit),
        );
    }
    Some(guid)
}

#[cfg(test)]
mod tests {
    use super::{Subject, unpacked};
    use crate::azure::AZURE_DEVOPS;

    #[test]
    fn packed_ids_are_unpacked() {
        assert_eq!(
            unpacked("rISbSSETf0KqFyZ8ppdXmA").as_deref(),
            Some(AZURE_DEVOPS)
        );
        assert_eq!(
            unpacked("PwFflyR_6Een06vEdSvzRg").as_deref(),
            Some("975f013f-7f24-47e8-a7d3-abc4752bf346")
        );
        for odd in [
            "",
            "***",
            "rISbSSETf0KqFyZ8ppdXm",
            "rISbSSETf0KqFyZ8ppdXmA==",
        ] {
            assert_eq!(unpacked(odd), None, "{odd}");
        }
    }

    #[test]
    fn both_forms_are_taken_apart() {
        let taken_apart = Subject::parse("sc://contoso/Fab%20rikam/prod/west");
        let names = Subject::Named {
            organization: "contoso".into(),
            project: "Fab rikam".into(),
            connection: "prod/west".into(),
        };
        assert_eq!(taken_apart, Some(names));
        let packed = "/eid1/c/pub/t/PwFflyR_6Een06vEdSvzRg/a/rISbSSETf0KqFyZ8ppdXmA/sc/o/c";
        let Some(Subject::Packed {
            tenant,
            service,
            connection,
            ..
        }) = Subject::parse(packed)
        else {
            panic!("not taken apart");
        };
        assert_eq!(tenant, "975f013f-7f24-47e8-a7d3-abc4752bf346");
        assert_eq!((service.as_str(), connection.as_str()), (AZURE_DEVOPS, "c"));
        for other in [
            "p://a/b/c",
            "repo:a/b:ref",
            "sc://a/b",
            "/eid1/c/pub/t/x/a/y/z",
            "***",
            "",
        ] {
            assert_eq!(Subject::parse(other), None, "{other}");
        }
    }
}
