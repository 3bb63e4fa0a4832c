//! Many pointers into one large text: every object is searched once.

use std::collections::HashMap;

use super::{Node, Value, pointer};

/// Finds values by pointer; remembers where each key of an object stands.
pub(crate) struct Finder<'a> {
    root: &'a Node,
    /// By the place of an object, which is unique: its keys, and the members of each.
    objects: HashMap<usize, HashMap<&'a str, Vec<usize>>>,
}

impl<'a> Finder<'a> {
    /// Pointers are looked up below `root`.
    pub(crate) fn new(root: &'a Node) -> Self {
        Self {
            root,
            objects: HashMap::new(),
        }
    }

    /// The value `pointer` refers to; of duplicate keys the last.
    pub(crate) fn find(&mut self, pointer: &str) -> Option<&'a Node> {
        let mut node = self.root;
        for token in pointer::tokens(pointer)? {
            let index = *self.children(node, &token).last()?;
            node = match &node.value {
                Value::Object(members) => &members[index].value,
                _ => &node.items()[index],
            };
        }
        Some(node)
    }

    /// The indices of all children of `parent` called `key`.
    pub(crate) fn children(&mut self, parent: &'a Node, key: &str) -> Vec<usize> {
        match &parent.value {
            Value::Object(members) => {
                let known = self.objects.entry(parent.span().start).or_insert_with(|| {
                    let mut keys: HashMap<&str, Vec<usize>> = HashMap::new();
                    for (index, member) in members.iter().enumerate() {
                        keys.entry(&member.key).or_default().push(index);
                    }
                    keys
                });
                known.get(key).cloned().unwrap_or_default()
            }
            Value::Array(items) => {
                let index = key.parse().ok().filter(|index| *index < items.len());
                index.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}
