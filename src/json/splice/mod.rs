//! Edits applied to a text by span: every byte outside the edit stays as it was.

mod pass;

use serde::Serialize;
use serde_json::Value as Json;

use self::pass::Pass;
use super::parse;

/// One RFC 6902 operation on a request body.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Edit {
    /// Takes a member or item away; with duplicate keys, all of that name.
    Remove {
        /// RFC 6901 pointer.
        path: String,
    },
    /// Puts a value in the place of another.
    Replace {
        /// RFC 6901 pointer.
        path: String,
        /// The new value.
        value: Json,
    },
    /// Adds a member, or appends an item (`/-`).
    Add {
        /// RFC 6901 pointer.
        path: String,
        /// The new value.
        value: Json,
    },
    /// Does nothing if the value is as stated, and refuses otherwise.
    Test {
        /// RFC 6901 pointer.
        path: String,
        /// The expected value.
        value: Json,
    },
}

impl Edit {
    /// Where the operation works.
    pub fn path(&self) -> &str {
        match self {
            Self::Remove { path }
            | Self::Replace { path, .. }
            | Self::Add { path, .. }
            | Self::Test { path, .. } => path,
        }
    }
}

/// Applies `edits` one after another and returns the new text.
///
/// Edits that have nothing to do with each other are made in one pass over the text. Fails with one
/// line if a pointer leads nowhere, a test does not hold, or the text is no JSON.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, String> {
    let mut text = text.to_owned();
    let mut rest = edits;
    while !rest.is_empty() {
        let root =
            parse(&text).map_err(|error| format!("the body is no JSON: {}", error.message))?;
        let mut pass = Pass::new(&text, &root);
        let mut taken = 0;
        while let Some(edit) = rest.get(taken).filter(|edit| pass.is_independent(edit)) {
            pass.take(edit)?;
            taken += 1;
        }
        text = pass.finish();
        rest = &rest[taken..];
    }
    parse(&text).map_err(|error| format!("the edited body is no JSON: {}", error.message))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn removed(text: &str, path: &str) -> String {
        apply(text, &[Edit::Remove { path: path.into() }]).unwrap()
    }

    #[test]
    fn removal_takes_one_comma_and_nothing_else() {
        assert_eq!(
            removed(r#"{"a":1,"b":null,"c":1e3}"#, "/b"),
            r#"{"a":1,"c":1e3}"#
        );
        assert_eq!(removed(r#"{"a": 1, "b": null }"#, "/b"), r#"{"a": 1 }"#);
        assert_eq!(removed(r#"{ "b" : null , "c":1}"#, "/b"), r#"{ "c":1}"#);
        assert_eq!(removed(r#"{"b":null}"#, "/b"), "{}");
        assert_eq!(
            removed("{\n  \"a\": 1,\n  \"b\": 2\n}", "/b"),
            "{\n  \"a\": 1\n}"
        );
        assert_eq!(removed("[1, 2, 3]", "/1"), "[1, 3]");
    }

    #[test]
    fn removal_of_a_duplicate_key_takes_all_of_them() {
        assert_eq!(removed(r#"{"b":1,"a":2,"b":3}"#, "/b"), r#"{"a":2}"#);
        assert_eq!(removed(r#"{"a":2,"b":1,"b":3}"#, "/b"), r#"{"a":2}"#);
        assert_eq!(removed(r#"{"b":1,"b":3}"#, "/b"), "{}");
        assert_eq!(
            removed(r#"{"a":2, "b":1, "b":3, "c":4}"#, "/b"),
            r#"{"a":2, "c":4}"#
        );
    }

    #[test]
    fn thousands_of_twins_and_of_edits_take_one_pass() {
        let twins = r#""b":1,"#.repeat(20_000);
        assert_eq!(removed(&format!(r#"{{{twins}"a":2}}"#), "/b"), r#"{"a":2}"#);
        let members: Vec<String> = (0..20_000).map(|n| format!(r#""k{n}":{n}"#)).collect();
        let edits: Vec<Edit> = (1..20_000)
            .map(|n| Edit::Remove {
                path: format!("/k{n}"),
            })
            .collect();
        let text = format!("{{{}}}", members.join(","));
        assert_eq!(apply(&text, &edits).unwrap(), r#"{"k0":0}"#);
    }

    #[test]
    fn edits_that_meet_see_each_other() {
        let remove = |path: &str| Edit::Remove { path: path.into() };
        let add = |path: &str, value| Edit::Add {
            path: path.into(),
            value,
        };
        for (text, edits, expected) in [
            ("[1,2,3]", vec![remove("/0"), remove("/0")], "[3]"),
            ("[1,2,3]", vec![remove("/0"), remove("/1")], "[2]"),
            (
                r#"{"a":1}"#,
                vec![remove("/a"), add("/a", json!(2))],
                r#"{"a":2}"#,
            ),
            (
                r#"{"a":1}"#,
                vec![remove("/a"), add("/b", json!(2))],
                r#"{"b":2}"#,
            ),
            (
                r#"{"a":1}"#,
                vec![add("/b", json!(2)), add("/c", json!(3))],
                r#"{"a":1,"b":2,"c":3}"#,
            ),
            (
                r#"{"a":1}"#,
                vec![add("/b", json!({})), add("/b/c", json!(3))],
                r#"{"a":1,"b":{"c":3}}"#,
            ),
            (
                r#"{"a":1,"b":2}"#,
                vec![add("/c", json!(3)), remove("/b")],
                r#"{"a":1,"c":3}"#,
            ),
            (r#"{"a":{"b":1}}"#, vec![remove("/a/b"), remove("/a")], "{}"),
            (
                "[]",
                vec![add("/-", json!(1)), add("/-", json!(2))],
                "[1,2]",
            ),
            (
                r#"{"a":1, "b":2, "c":3}"#,
                vec![remove("/c"), remove("/b")],
                r#"{"a":1}"#,
            ),
            (
                r#"{ "a":1, "b":2 }"#,
                vec![remove("/a"), remove("/b")],
                "{  }",
            ),
        ] {
            assert_eq!(apply(text, &edits).unwrap(), expected, "{text} {edits:?}");
        }
        assert!(apply(r#"{"a":{"b":1}}"#, &[remove("/a"), remove("/a/b")]).is_err());
    }

    #[test]
    fn additions_follow_the_layout_of_their_neighbours() {
        let add = |text, path: &str, value| {
            apply(
                text,
                &[Edit::Add {
                    path: path.into(),
                    value,
                }],
            )
            .unwrap()
        };
        assert_eq!(
            add("{\n  \"a\": 1\n}", "/b", json!("x")),
            "{\n  \"a\": 1,\n  \"b\": \"x\"\n}"
        );
        assert_eq!(add("{}", "/b", json!([1])), r#"{"b":[1]}"#);
        assert_eq!(add(r#"{"a":1}"#, "/a", json!(2)), r#"{"a":2}"#);
        assert_eq!(add("[1]", "/-", json!(2)), "[1,2]");
    }

    #[test]
    fn a_failing_test_stops_the_edit() {
        let edits = [
            Edit::Test {
                path: "/a".into(),
                value: json!(2),
            },
            Edit::Remove { path: "/a".into() },
        ];
        assert!(apply(r#"{"a":1}"#, &edits).unwrap_err().contains("/a"));
        assert!(apply(r#"{"a":1}"#, &[Edit::Remove { path: "/b".into() }]).is_err());
    }
}
