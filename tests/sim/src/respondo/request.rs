//! What a request is written in, and what it wants to be answered in.

use crate::peer::Request;

/// What an answer is to be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// `*/*`: JSON where there is any, and HTML for error pages.
    Any,
    Html,
}

/// What a body is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Json,
    Form,
    Other,
}

impl Request {
    /// What the path's suffix says, or else the `Accept`.
    pub(crate) fn format(&self) -> Format {
        match self.path.rsplit_once('.') {
            Some((_, "json")) => Format::Json,
            _ => self.accepted(),
        }
    }

    /// What the `Accept` alone says: all that is known while the parameters cannot be read.
    pub(crate) fn accepted(&self) -> Format {
        let types: Vec<&str> = self
            .first_header("Accept")
            .unwrap_or_default()
            .split(',')
            .map(essence)
            .filter(|each| !each.is_empty())
            .collect();
        // Only browsers add `*/*` to a list, and browsers want pages.
        match types.as_slice() {
            ["*/*"] => Format::Any,
            types if types.contains(&"*/*") => Format::Html,
            types if types.iter().any(|each| is_json(each)) => Format::Json,
            _ => Format::Html,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match essence(self.first_header("Content-Type").unwrap_or_default()) {
            media_type if is_json(media_type) => Kind::Json,
            "application/x-www-form-urlencoded" => Kind::Form,
            _ => Kind::Other,
        }
    }
}

fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

fn is_json(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suffix_wins_over_what_is_accepted() {
        let request = |path: &str, accept: Option<&str>| Request {
            method: "POST".to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: accept
                .map(|value| ("accept".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            body: Vec::new(),
        };
        for (path, accept, expected) in [
            ("/a.json", Some("text/html"), Format::Json),
            ("/a", None, Format::Html),
            ("/a", Some("*/*"), Format::Any),
            ("/a", Some("application/json"), Format::Json),
            (
                "/a",
                Some("text/plain, application/json;q=0.5"),
                Format::Json,
            ),
            (
                "/a",
                Some("text/html,application/json,*/*;q=0.8"),
                Format::Html,
            ),
            ("/a", Some("text/html"), Format::Html),
        ] {
            let format = request(path, accept).format();
            assert_eq!(format, expected, "{path} {accept:?}");
        }
    }
}
