//! Lists as servers answer them: Laravel's two paginators, one made by hand, and none at all.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::answer;
use crate::error::Misread;
use crate::lenient::number_of;
use crate::request::Pairs;

#[cfg(test)]
mod tests;

/// Which part of a list is asked for. What is `None` is the server's to choose.
///
/// Lists are cut by offset: a list that changes while it is read repeats and skips items between one page and the
/// next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Paging {
    /// The page, from 1.
    pub page: Option<u64>,
    /// How many items a page has. No limit is documented; 100 is a modest wish, and [`Place::per_page`] tells what
    /// came of it.
    pub per_page: Option<u64>,
}

impl Paging {
    /// Page number `page`, of `per_page` items.
    pub fn new(page: u64, per_page: u64) -> Self {
        Self {
            page: Some(page),
            per_page: Some(per_page),
        }
    }

    pub(crate) fn add_to(self, pairs: Pairs) -> Pairs {
        pairs
            .with_some("per_page", self.per_page)
            .with_some("page", self.page)
    }
}

/// A list, or a page of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed<T> {
    /// The items, in the answer's order.
    pub items: Vec<T>,
    /// How many entries of the answer are not of a known shape, and are left out, so that one of them does not hide
    /// all the others.
    pub unreadable: usize,
    /// Where in the list they stand.
    pub place: Place,
}

/// The place of a page in its list, as far as the answer tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The page, from 1.
    pub current_page: Option<u64>,
    /// The last page; 1 where there are no items.
    pub last_page: Option<u64>,
    /// How many items a full page has.
    pub per_page: Option<u64>,
    /// How many items the list has.
    pub total: Option<u64>,
    /// Whether there is a link to a next page. The link itself is not for use: it leaves out the filters.
    pub has_next: Option<bool>,
}

impl Place {
    /// The page after this one, if there is one.
    pub fn next_page(&self) -> Option<u64> {
        let current = self.current_page?;
        let has_next = match self.last_page {
            Some(last) => current < last,
            None => self.has_next.unwrap_or(false),
        };
        has_next.then(|| current.saturating_add(1))
    }

    /// Of the object in which the items stand: its `meta` and `links`, or its own keys.
    fn of(list: &Map<String, Value>) -> Self {
        let meta = ["meta", "pagination"]
            .into_iter()
            .find_map(|key| list.get(key)?.as_object())
            .unwrap_or(list);
        let number = |key| meta.get(key).and_then(number_of);
        let link = list
            .get("links")
            .and_then(|links| links.get("next"))
            .or_else(|| meta.get("next_page_url"));
        Self {
            current_page: number("current_page"),
            last_page: number("last_page"),
            per_page: number("per_page"),
            total: number("total"),
            has_next: link.map(|link| !link.is_null()),
        }
    }
}

/// Reads a list in any of its shapes.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<Listed<T>, Misread> {
    let value = answer::json(body)?;
    let (entries, place) = find(&value).ok_or_else(|| answer::without_data(&value))?;
    let mut items = Vec::with_capacity(entries.len());
    let mut unreadable = 0;
    for entry in entries {
        match answer::resource(entry) {
            Some(item) => items.push(item),
            None => unreadable += 1,
        }
    }
    Ok(Listed {
        items,
        unreadable,
        place,
    })
}

fn find(value: &Value) -> Option<(Vec<&Value>, Place)> {
    if let Some(entries) = entries(value) {
        return Some((entries, Place::default()));
    }
    let outer = value.as_object()?;
    let data = outer.get("data")?;
    match entries(data) {
        Some(entries) => Some((entries, Place::of(outer))),
        // A paginator in an envelope.
        None => {
            let inner = data.as_object()?;
            Some((entries(inner.get("data")?)?, Place::of(inner)))
        }
    }
}

/// The entries of a list, or of what PHP makes of one with gaps: an object whose keys are numbers.
fn entries(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Array(entries) => Some(entries.iter().collect()),
        Value::Object(numbered) if !numbered.is_empty() => {
            let mut entries = numbered
                .iter()
                .map(|(key, entry)| Some((key.parse::<u64>().ok()?, entry)))
                .collect::<Option<Vec<_>>>()?;
            entries.sort_by_key(|(place, _)| *place);
            Some(entries.into_iter().map(|(_, entry)| entry).collect())
        }
        _ => None,
    }
}
