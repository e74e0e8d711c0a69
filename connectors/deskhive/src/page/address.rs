//! The URLs of a list's pages.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986: everything but what it calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A list's URL with all but the page.
pub(super) struct Address {
    path: String,
    query: String,
}

impl Address {
    pub(super) fn new(path: &str, query: &[(String, String)]) -> Self {
        let path = match path {
            "/" => path,
            _ => path.trim_end_matches('/'),
        };
        let mut kept: Vec<(&str, &str)> = Vec::new();
        for (key, value) in query {
            // As PHP reads a query: a repeated key keeps its place and takes the last value.
            match kept.iter_mut().find(|(known, _)| known == key) {
                Some((_, known)) => *known = value,
                None if key == "page" => {}
                None => kept.push((key, value)),
            }
        }
        let query = kept
            .into_iter()
            .map(|(key, value)| format!("{}={}&", encode(key), encode(value)))
            .collect();
        Self {
            path: path.to_owned(),
            query,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn of(&self, page: u64) -> String {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{separator}{}page={page}", self.path, self.query)
    }
}

fn encode(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, RESERVED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_kept_before_the_page() {
        for (path, query, expected) in [
            ("https://h/t", &[][..], "https://h/t?page=3"),
            ("https://h/t/", &[], "https://h/t?page=3"),
            ("/", &[], "/?page=3"),
            ("/t?x=1", &[], "/t?x=1&page=3"),
            (
                "/t",
                &[("status", "open"), ("page", "9"), ("per_page", "5")],
                "/t?status=open&per_page=5&page=3",
            ),
            (
                "/t",
                &[
                    ("q", "1"),
                    ("r", "2"),
                    ("q", "3"),
                    ("page", "4"),
                    ("page", "5"),
                ],
                "/t?q=3&r=2&page=3",
            ),
            (
                "/t",
                &[("a b", "é&=+~-._/")],
                "/t?a%20b=%C3%A9%26%3D%2B~-._%2F&page=3",
            ),
        ] {
            let query: Vec<_> = query
                .iter()
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            assert_eq!(Address::new(path, &query).of(3), expected);
        }
    }
}
