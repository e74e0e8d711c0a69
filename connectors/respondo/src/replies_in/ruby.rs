//! Reads what Ruby's `inspect` prints of a value that JSON could hold as well.
//!
//! Servers put a `Hash` into form data without spelling it out, so that it becomes what `Hash#inspect` prints: up to
//! Ruby 3.3 `{:external_uid=>"1", "key"=>nil}`, since then `{external_uid: "1", "key" => nil}`.

use serde_json::Number;

use crate::document::Node;

#[cfg(test)]
mod tests;
mod text;

/// How deep hashes and arrays may stand in each other; an author has one hash.
const MAX_DEPTH: usize = 16;

/// The value, if `inspected` is all of one. A symbol is its name, also as a key; keys of other kinds are not read.
pub(super) fn read(inspected: &str) -> Option<Node> {
    let mut rest = Rest(inspected.trim());
    let node = rest.value(MAX_DEPTH)?;
    rest.0.is_empty().then_some(node)
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn literal(&mut self, wanted: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(wanted)?;
        Some(())
    }

    fn space(&mut self) {
        self.0 = self.0.trim_start_matches(' ');
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        let node = match self.0.chars().next()? {
            '{' => Node::Object(self.hash(depth.checked_sub(1)?)?),
            '[' => {
                self.array(depth.checked_sub(1)?)?;
                Node::Array
            }
            '"' => Node::String(self.text()?),
            ':' => Node::String(self.symbol()?),
            '-' | '0'..='9' => Node::Number(self.number()?),
            _ => match self.name()? {
                "nil" => Node::Null,
                "true" | "false" => Node::Boolean,
                _ => return None,
            },
        };
        Some(node)
    }

    fn hash(&mut self, depth: usize) -> Option<Vec<(String, Node)>> {
        let mut entries = Vec::new();
        self.list('{', '}', |rest| {
            let key = rest.key()?;
            rest.space();
            entries.push((key, rest.value(depth)?));
            Some(())
        })?;
        Some(entries)
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.list('[', ']', |rest| rest.value(depth).map(drop))
    }

    /// Items with commas between them.
    fn list(
        &mut self,
        open: char,
        close: char,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.0 = self.0.strip_prefix(open)?;
        self.space();
        if let Some(rest) = self.0.strip_prefix(close) {
            self.0 = rest;
            return Some(());
        }
        loop {
            item(self)?;
            self.space();
            match self.0.strip_prefix(close) {
                Some(rest) => {
                    self.0 = rest;
                    return Some(());
                }
                None => self.literal(",")?,
            }
            self.space();
        }
    }

    /// A key and what stands between it and its value: `:key=>`, `"key"=>`, `key: `, `"any key": `.
    fn key(&mut self) -> Option<String> {
        let (key, has_colon) = match self.0.chars().next()? {
            ':' => (self.symbol()?, false),
            '"' => {
                let key = self.text()?;
                let has_colon = self.0.starts_with(':');
                (key, has_colon)
            }
            _ => (self.name()?.to_owned(), true),
        };
        match has_colon {
            true => self.literal(":")?,
            false => {
                self.space();
                self.literal("=>")?;
            }
        }
        Some(key)
    }

    /// `:name` or `:"any name"`.
    fn symbol(&mut self) -> Option<String> {
        self.literal(":")?;
        match self.0.starts_with('"') {
            true => self.text(),
            false => self.name().map(str::to_owned),
        }
    }

    fn number(&mut self) -> Option<Number> {
        let is_part = |char: char| char.is_ascii_digit() || matches!(char, '-' | '+' | '.' | 'e');
        let end = self.0.find(|char| !is_part(char)).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at(end);
        self.0 = rest;
        serde_json::from_str(digits).ok()
    }
}

impl<'a> Rest<'a> {
    /// What can be a symbol without quotes.
    fn name(&mut self) -> Option<&'a str> {
        let is_part = |char: char| char.is_alphanumeric() || char == '_' || !char.is_ascii();
        let end = self.0.find(|char| !is_part(char)).unwrap_or(self.0.len());
        let end = match self.0[end..].starts_with(['?', '!']) {
            true => end + 1,
            false => end,
        };
        let (name, rest) = self.0.split_at(end);
        self.0 = rest;
        (!name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit()))
            .then_some(name)
    }
}
