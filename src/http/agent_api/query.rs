//! What stands behind the question mark, read as Laravel reads it: text is trimmed, blank is absent, the last of a
//! repeated key counts, and nothing is an error.

use std::borrow::Cow;

use axum::http::Uri;
use deskhive_client::Page;
use url::form_urlencoded;

use crate::live::Live;

const MOST_PER_PAGE: u64 = 100;

/// A request's query.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

/// Which part of a list is asked for. Pages count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    page: u64,
    per_page: u64,
}

impl Query {
    pub(super) fn of(uri: &Uri) -> Self {
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        Self(
            pairs
                .map(|(key, value)| (Cow::into_owned(key), value.trim().to_owned()))
                .collect(),
        )
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(known, _)| known == key);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// `page` and `per_page`; what makes no sense is page 1, and `default` for the other.
    pub(super) fn paging(&self, default: u64) -> Paging {
        let positive = |key| {
            let number = self.get(key)?.parse::<u64>().ok()?;
            (number > 0).then_some(number)
        };
        Paging {
            page: positive("page").unwrap_or(1),
            per_page: positive("per_page").unwrap_or(default).min(MOST_PER_PAGE),
        }
    }

    /// Those of `keys` that are there.
    pub(super) fn kept(&self, keys: &[&str]) -> Vec<(String, String)> {
        keys.iter()
            .filter_map(|key| Some(((*key).to_owned(), self.get(key)?.to_owned())))
            .collect()
    }
}

impl Paging {
    pub(super) fn offset(self) -> u64 {
        (self.page - 1).saturating_mul(self.per_page)
    }

    pub(super) fn limit(self) -> usize {
        usize::try_from(self.per_page).unwrap_or(usize::MAX)
    }

    /// The page of these `items` out of `total`, at `path` below the public URL.
    pub(super) fn page<T>(
        self,
        items: Vec<T>,
        total: u64,
        live: &Live,
        path: &str,
        query: &[(String, String)],
    ) -> Page<T> {
        let base = live.settings.server.public_url.as_str();
        let address = format!("{}{path}", base.trim_end_matches('/'));
        Page::new(items, &address, self.page, self.per_page, total, query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::of(&format!("/t?{text}").parse().unwrap())
    }

    #[test]
    fn paging_forgives_everything() {
        for (text, page, per_page) in [
            ("", 1, 15),
            ("page=3&per_page=5", 3, 5),
            ("page=+3&per_page=%205", 3, 5),
            ("page=x&per_page=x", 1, 15),
            ("page=0&per_page=0", 1, 15),
            ("page=-1&per_page=-1", 1, 15),
            ("page=1.5&per_page=1e3", 1, 15),
            ("page=2&page=4&per_page=9999", 4, 100),
            ("page=18446744073709551615", u64::MAX, 15),
            ("page=99999999999999999999", 1, 15),
            ("page[]=2&per_page[]=2", 1, 15),
        ] {
            assert_eq!(query(text).paging(15), Paging { page, per_page }, "{text}");
        }
        assert_eq!(
            query("page=18446744073709551615").paging(15).offset(),
            u64::MAX
        );
    }

    #[test]
    fn blank_is_absent_and_the_last_counts() {
        let query = query("status=open&status=closed&priority=+&x=%C3%A9");
        assert_eq!(query.get("status"), Some("closed"));
        assert_eq!(query.get("priority"), None);
        assert_eq!(query.get("x"), Some("é"));
        assert_eq!(
            query.kept(&["priority", "status"]),
            [("status".to_owned(), "closed".to_owned())]
        );
    }
}
