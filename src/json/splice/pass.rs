//! One pass over a text: edits that have nothing to do with each other, found in one parse.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use serde_json::Value as Json;

use super::Edit;
use crate::json::{Finder, Member, Node, Value, pointer};

/// The edits taken so far, all of them places in the same text.
pub(super) struct Pass<'a> {
    text: &'a str,
    finder: Finder<'a>,
    /// What is put in place of a span.
    cuts: Vec<(Range<usize>, String)>,
    /// The children to take out, by the place of their parent, which is unique.
    removed: BTreeMap<usize, (&'a Node, BTreeSet<usize>)>,
    /// Pointers that were edited, and everything above them.
    edited: HashSet<String>,
    above: HashSet<String>,
    /// Pointers of objects and arrays that got or lost a child.
    shrunk: HashSet<String>,
    grown: HashSet<String>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(text: &'a str, root: &'a Node) -> Self {
        Self {
            text,
            finder: Finder::new(root),
            cuts: Vec::new(),
            removed: BTreeMap::new(),
            edited: HashSet::new(),
            above: HashSet::new(),
            shrunk: HashSet::new(),
            grown: HashSet::new(),
        }
    }

    /// Whether `edit` means the same in the text as it is and in the text after the edits taken.
    pub(super) fn is_independent(&self, edit: &Edit) -> bool {
        let path = edit.path();
        let parent = pointer::split_last(path).map_or("", |(parent, _)| parent);
        let meets =
            self.above.contains(path) || pointer::upwards(path).any(|at| self.edited.contains(at));
        let crowds = match edit {
            Edit::Add { .. } => self.grown.contains(parent) || self.shrunk.contains(parent),
            Edit::Remove { .. } => self.grown.contains(parent),
            Edit::Replace { .. } | Edit::Test { .. } => false,
        };
        !meets && !crowds
    }

    /// Notes what `edit` does.
    pub(super) fn take(&mut self, edit: &Edit) -> Result<(), String> {
        let path = edit.path();
        let missing = || format!("nothing at {path}");
        match edit {
            Edit::Remove { .. } => self.remove(path).ok_or_else(missing)?,
            Edit::Replace { value, .. } => {
                let node = self.finder.find(path).ok_or_else(missing)?;
                self.cuts.push((node.span(), value.to_string()));
            }
            Edit::Add { value, .. } => self.add(path, value).ok_or_else(missing)?,
            Edit::Test { value, .. } => {
                let node = self.finder.find(path).ok_or_else(missing)?;
                return if node.to_value() == *value {
                    Ok(())
                } else {
                    Err(format!(
                        "the value at {path} is not the one seen in the trace"
                    ))
                };
            }
        }
        self.edited.insert(path.to_owned());
        self.above
            .extend(pointer::upwards(path).skip(1).map(str::to_owned));
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Option<()> {
        let (at, key) = pointer::split_last(path)?;
        let parent = self.finder.find(at)?;
        let children = self.finder.children(parent, &key);
        if children.is_empty() {
            return None;
        }
        let (_, removed) = self
            .removed
            .entry(parent.span().start)
            .or_insert_with(|| (parent, BTreeSet::new()));
        removed.extend(children);
        self.shrunk.insert(at.to_owned());
        if parent.is_array() {
            // The items behind it move up.
            self.edited.insert(at.to_owned());
        }
        Some(())
    }

    /// Adds a child behind the last one, laid out as the last one is.
    fn add(&mut self, path: &str, value: &Json) -> Option<()> {
        let (at, key) = pointer::split_last(path)?;
        let parent = self.finder.find(at)?;
        let text = self.text;
        let (last, new) = match &parent.value {
            Value::Object(members) => {
                if let Some(index) = self.finder.children(parent, &key).last() {
                    let span = members[*index].value.span();
                    self.cuts.push((span, value.to_string()));
                    return Some(());
                }
                let last = members
                    .last()
                    .map(|member| (member.span().start, member.span().end));
                let colon = members.last().map_or(":", |member| {
                    &text[member.key_span().end..member.value.span().start]
                });
                (last, format!("{}{colon}{value}", Json::from(key)))
            }
            Value::Array(items) if key == "-" || key == items.len().to_string() => {
                // The place of the new item is one that a later pointer may lead to.
                self.edited.insert(at.to_owned());
                let last = items
                    .last()
                    .map(|item| (item.span().start, item.span().end));
                (last, value.to_string())
            }
            _ => return None,
        };
        let cut = match last {
            None => (parent.span().start + 1..parent.span().start + 1, new),
            Some((start, end)) => {
                let gap_start = text[..start]
                    .rfind(|c: char| !c.is_ascii_whitespace())
                    .map_or(0, |at| at + 1);
                (end..end, format!(",{}{new}", &text[gap_start..start]))
            }
        };
        self.cuts.push(cut);
        self.grown.insert(at.to_owned());
        Some(())
    }

    /// The text with every edit made.
    pub(super) fn finish(mut self) -> String {
        for (parent, children) in self.removed.values() {
            let spans = removals(parent, children).into_iter();
            self.cuts.extend(spans.map(|span| (span, String::new())));
        }
        self.cuts.sort_by_key(|(span, _)| span.start);
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for (span, with) in &self.cuts {
            out.push_str(&self.text[from..span.start]);
            out.push_str(with);
            from = span.end;
        }
        out.push_str(&self.text[from..]);
        out
    }
}

/// What to cut so that `children` of `parent` are gone, each with one comma.
fn removals(parent: &Node, children: &BTreeSet<usize>) -> Vec<Range<usize>> {
    let spans: Vec<Range<usize>> = match &parent.value {
        Value::Object(members) => members.iter().map(Member::span).collect(),
        _ => parent.items().iter().map(Node::span).collect(),
    };
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for child in children {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *child => *last = *child,
            _ => runs.push((*child, *child)),
        }
    }
    runs.into_iter()
        .map(
            |(first, last)| match (spans.get(last + 1), first.checked_sub(1)) {
                // Up to the next child, so that its comma goes and the layout of the rest stays.
                (Some(next), _) => spans[first].start..next.start,
                (None, Some(before)) => spans[before].end..spans[last].end,
                (None, None) => spans[first].start..spans[last].end,
            },
        )
        .collect()
}
