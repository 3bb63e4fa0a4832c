//! RFC 6901 pointers.

use super::{Node, Value};

/// `base` with one more reference token.
pub fn push(base: &str, key: &str) -> String {
    let mut pointer = base.to_owned();
    extend(&mut pointer, key);
    pointer
}

/// Puts one more reference token behind `pointer`.
pub(crate) fn extend(pointer: &mut String, key: &str) {
    pointer.push('/');
    if key.contains(['~', '/']) {
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(key);
    }
}

/// The reference tokens of `pointer`, unescaped; `None` if it is no pointer.
pub fn tokens(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    let rest = pointer.strip_prefix('/')?;
    Some(
        rest.split('/')
            .map(|token| token.replace("~1", "/").replace("~0", "~"))
            .collect(),
    )
}

/// The value `pointer` refers to; of duplicate keys the last.
pub fn resolve<'a>(root: &'a Node, pointer: &str) -> Option<&'a Node> {
    let mut node = root;
    for token in tokens(pointer)? {
        node = match &node.value {
            Value::Object(members) => {
                &members
                    .iter()
                    .rev()
                    .find(|member| member.key == token)?
                    .value
            }
            Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

/// `pointer` without its last token, and that token.
pub fn split_last(pointer: &str) -> Option<(&str, String)> {
    let at = pointer.rfind('/')?;
    Some((
        &pointer[..at],
        pointer[at + 1..].replace("~1", "/").replace("~0", "~"),
    ))
}

/// `pointer` and every pointer above it.
pub(crate) fn upwards(pointer: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(pointer), |at| at.rfind('/').map(|end| &at[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn finds_escaped_keys_and_items() {
        let node = parse(r#"{"a/b":[10,{"~":true}]}"#).unwrap();
        assert_eq!(resolve(&node, "/a~1b/1/~0").unwrap().as_bool(), Some(true));
        assert_eq!(push("/x", "a/b~c"), "/x/a~1b~0c");
        assert!(resolve(&node, "/a~1b/2").is_none());
        assert_eq!(upwards("/a/b").collect::<Vec<_>>(), ["/a/b", "/a", ""]);
        assert_eq!(split_last("/a/b~1c"), Some(("/a", "b/c".to_owned())));
    }
}
