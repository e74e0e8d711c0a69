//! Lists in pages, as Laravel's resource collections over its length-aware paginator write them
//! (<https://laravel.com/docs/13.x/eloquent-resources#pagination>).

use serde::{Deserialize, Serialize};

use crate::envelope::yes;
use crate::lenient::or_default;

mod address;
mod window;

use address::Address;

/// One page of a list.
///
/// Reading insists on `data` only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "{T}Page"))]
pub struct Page<T> {
    /// As in [`crate::Envelope`].
    #[serde(default = "yes")]
    pub status: bool,
    /// The page's items.
    pub data: Vec<T>,
    /// Where the neighbouring pages are.
    #[serde(default, deserialize_with = "or_default")]
    pub links: PageLinks,
    /// Where in the list this page stands.
    #[serde(default, deserialize_with = "or_default")]
    pub meta: PageMeta,
}

/// The URLs of other pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PageLinks {
    /// Page 1.
    pub first: Option<String>,
    /// The last page.
    pub last: Option<String>,
    /// The page before this one; `null` on the first.
    pub prev: Option<String>,
    /// The page after this one; `null` on the last and beyond.
    pub next: Option<String>,
}

/// The place of a page in its list. Pages and items count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PageMeta {
    /// The page that was asked for, also where it lies beyond the last.
    pub current_page: u64,
    /// The place of its first item; `null` on an empty page.
    pub from: Option<u64>,
    /// The last page; 1 where there are no items.
    pub last_page: u64,
    /// What a bar of page links shows.
    #[serde(deserialize_with = "or_default")]
    pub links: Vec<PageLink>,
    /// The list's URL without a query.
    #[serde(deserialize_with = "or_default")]
    pub path: String,
    /// How many items a full page has.
    pub per_page: u64,
    /// The place of its last item; `null` on an empty page.
    pub to: Option<u64>,
    /// How many items the list has.
    pub total: u64,
}

/// An entry in a bar of page links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageLink {
    /// Where it leads; `null` where nowhere.
    #[serde(default)]
    pub url: Option<String>,
    /// What it shows, in HTML: `&laquo; Previous`, a number, `...` or `Next &raquo;`.
    pub label: String,
    /// The page it leads to. The gap `...` has no such key (the outer `None`), the ends of the bar have `null` where
    /// they lead nowhere.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub page: Option<Option<u64>>,
    /// Whether it is the current page.
    pub active: bool,
}

impl<T> Page<T> {
    /// Page number `page` of a list of `total` items, which has `items` on it.
    ///
    /// `path` is the list's URL without a query; a slash at its end is dropped. `query` is what the links keep of the
    /// request's query, in order; `page` in it is ignored, and of a repeated key the last value counts. A `page` or
    /// `per_page` of 0 is taken as 1.
    pub fn new(
        items: Vec<T>,
        path: &str,
        page: u64,
        per_page: u64,
        total: u64,
        query: &[(String, String)],
    ) -> Self {
        let page = page.max(1);
        let per_page = per_page.max(1);
        let last_page = total.div_ceil(per_page).max(1);
        let address = Address::new(path, query);
        let count = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let from = (count > 0).then(|| (page - 1).saturating_mul(per_page).saturating_add(1));
        let previous = (page > 1).then(|| page - 1);
        let next = (page < last_page).then(|| page + 1);
        Self {
            status: true,
            links: PageLinks {
                first: Some(address.of(1)),
                last: Some(address.of(last_page)),
                prev: previous.map(|page| address.of(page)),
                next: next.map(|page| address.of(page)),
            },
            meta: PageMeta {
                current_page: page,
                from,
                last_page,
                links: bar(&address, page, last_page, previous, next),
                path: address.path().to_owned(),
                per_page,
                to: from.map(|from| from.saturating_add(count - 1)),
                total,
            },
            data: items,
        }
    }
}

/// The bar of page links: back, the pages around the current one and at both ends, forth.
fn bar(
    address: &Address,
    page: u64,
    last_page: u64,
    previous: Option<u64>,
    next: Option<u64>,
) -> Vec<PageLink> {
    let end = |label: &str, target: Option<u64>| PageLink {
        url: target.map(|target| address.of(target)),
        label: label.to_owned(),
        page: Some(target),
        active: false,
    };
    let mut links = vec![end("&laquo; Previous", previous)];
    for (index, run) in window::runs(page, last_page).into_iter().enumerate() {
        if index > 0 {
            links.push(PageLink {
                url: None,
                label: "...".to_owned(),
                page: None,
                active: false,
            });
        }
        links.extend(run.map(|number| PageLink {
            url: Some(address.of(number)),
            label: number.to_string(),
            page: Some(Some(number)),
            active: number == page,
        }));
    }
    links.push(end("Next &raquo;", next));
    links
}

/// A key that is there, `null` or not.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<u64>>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests;
