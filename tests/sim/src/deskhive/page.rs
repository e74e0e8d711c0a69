//! Lists with pages, in the three ways that Laravel has of writing them.

use serde_json::{Map, Value, json};

use super::Refusal;
use super::variation::{Lists, Variations};

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    page: u64,
    per_page: u64,
    /// Where the list is, for the links.
    url: String,
}

impl Asked {
    /// Reads `page` and `per_page`; what makes no sense falls back, but for sizes below zero, of which nothing is known.
    pub(crate) fn read(
        query: &Map<String, Value>,
        usual: u64,
        cap: Option<u64>,
        url: String,
    ) -> Result<Self, Refusal> {
        let text = |name: &str| query.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("per_page").starts_with('-') {
            return Err(Refusal::unheard_of("per_page below zero"));
        }
        let number = |name| text(name).parse().ok().filter(|number| *number > 0);
        let per_page: u64 = number("per_page").unwrap_or(usual);
        Ok(Self {
            page: number("page").unwrap_or(1),
            per_page: cap.map_or(per_page, |cap| per_page.min(cap)),
            url,
        })
    }

    /// The page of these items, as it is answered.
    pub(crate) fn write(&self, all: Vec<Value>, variations: &Variations) -> Value {
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let last = total.div_ceil(self.per_page).max(1);
        let before = self.per_page.saturating_mul(self.page - 1);
        let skip = usize::try_from(before).unwrap_or(usize::MAX);
        let take = usize::try_from(self.per_page).unwrap_or(usize::MAX);
        let items: Vec<Value> = all.into_iter().skip(skip).take(take).collect();
        let (from, to) = match u64::try_from(items.len()) {
            Ok(count @ 1..) => (json!(before + 1), json!(before + count)),
            _ => (Value::Null, Value::Null),
        };
        let link = |page: u64| format!("{}?page={page}", self.url);
        let prev = (self.page > 1).then(|| link(self.page - 1));
        let next = (self.page < last).then(|| link(self.page + 1));
        let numbers = json!({
            "current_page": self.page,
            "last_page": last,
            "per_page": self.per_page,
            "total": total,
        });
        let full = |mut numbers: Value| {
            numbers["from"] = from.clone();
            numbers["to"] = to.clone();
            numbers["path"] = self.url.clone().into();
            numbers["links"] = self.links(last, &prev, &next);
            numbers
        };
        let paginator = |items: Vec<Value>| {
            let mut written = full(numbers.clone());
            written["data"] = items.into();
            written["first_page_url"] = link(1).into();
            written["last_page_url"] = link(last).into();
            written["next_page_url"] = json!(next);
            written["prev_page_url"] = json!(prev);
            written
        };
        let mut written = match variations.lists {
            Lists::Overview => json!({ "data": items, "meta": numbers }),
            Lists::Collection => {
                let ends =
                    json!({ "first": link(1), "last": link(last), "prev": prev, "next": next });
                json!({ "data": items, "links": ends, "meta": full(numbers.clone()) })
            }
            Lists::Paginator => paginator(items),
            Lists::PaginatorUnderData => json!({ "status": true, "data": paginator(items) }),
        };
        if variations.lists_say_status {
            written["status"] = true.into();
        }
        written
    }

    /// What a page would show to be clicked on; the gap has no page.
    fn links(&self, last: u64, prev: &Option<String>, next: &Option<String>) -> Value {
        let entry = |label: &str, page: Option<u64>, active: bool| {
            json!({
                "url": page.map(|page| format!("{}?page={page}", self.url)),
                "label": label,
                "page": page,
                "active": active,
            })
        };
        let beside = |there: &Option<String>, page| there.is_some().then_some(page);
        let mut links = vec![entry(
            "&laquo; Previous",
            beside(prev, self.page.saturating_sub(1)),
            false,
        )];
        let mut shown = 0;
        for page in (1..=last).filter(|page| self.is_near(*page, last)) {
            if page > shown + 1 {
                links.push(json!({ "url": null, "label": "...", "active": false }));
            }
            shown = page;
            links.push(entry(&page.to_string(), Some(page), page == self.page));
        }
        links.push(entry("Next &raquo;", beside(next, self.page + 1), false));
        links.into()
    }

    /// Whether a page is among those that Laravel links: both ends, and three to each side.
    fn is_near(&self, page: u64, last: u64) -> bool {
        last < 14 || page <= 2 || page + 1 >= last || page.abs_diff(self.page) <= 3
    }
}
