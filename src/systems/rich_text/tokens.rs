//! What HTML is made of, read without ever going back further than a few times over the whole.

use super::elements::known;

/// A piece of HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text, with its entities.
    Text(&'a str),
    /// The beginning of an element that HTML knows, and its attributes.
    Open {
        /// Such as `p`, in lower case.
        name: &'static str,
        /// As they stand there.
        attributes: &'a str,
    },
    /// The end of such an element.
    Close(&'static str),
    /// What nobody is meant to see.
    Nothing,
}

/// Whatever stands in them is nothing to read.
const UNREAD: &[&str] = &["head", "script", "style", "template", "title"];

/// Cuts HTML into tokens.
pub(super) struct Tokens<'a> {
    html: &'a str,
    at: usize,
    /// So many bytes may still be looked through in vain.
    patience: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(html: &'a str) -> Self {
        Self {
            html,
            at: 0,
            patience: html.len().saturating_mul(4).saturating_add(1 << 16),
        }
    }

    /// What begins with the `<` at `start`, and where it ends; `None` if that is no more than a character.
    fn markup(&mut self, start: usize) -> Option<(Token<'a>, usize)> {
        let rest = self.html.get(start + 1..)?;
        if rest.starts_with("!--") {
            let end = self.find(start + 4, "-->")?;
            return Some((Token::Nothing, end + 3));
        }
        let is_declaration = |word: &str| {
            let start = rest.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if is_declaration("!doctype") || rest.starts_with("?xml") || rest.starts_with("![") {
            let end = self.find(start + 1, ">")?;
            return Some((Token::Nothing, end + 1));
        }
        let (is_close, name_at) = match rest.strip_prefix('/') {
            Some(_) => (true, start + 2),
            None => (false, start + 1),
        };
        let after_name = self.html.get(name_at..)?;
        let length = after_name
            .bytes()
            .take_while(|byte| is_of_name(*byte))
            .count();
        let name = &after_name[..length];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let next = after_name.as_bytes().get(length)?;
        if !is_name || !(next.is_ascii_whitespace() || matches!(next, b'/' | b'>')) {
            return None;
        }
        let known = known(name);
        if known.is_none() && !name.contains([':', '-']) {
            return None;
        }
        let attributes_at = name_at + length;
        let end = self.tag_end(attributes_at)?;
        let token = match known {
            // Of some editor's own.
            None => Token::Nothing,
            Some(name) if is_close => Token::Close(name),
            Some(name) => {
                let attributes = &self.html[attributes_at..end];
                Token::Open { name, attributes }
            }
        };
        Some((token, end + 1))
    }

    /// Where the `>` is that ends the tag whose attributes begin at `from`.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.html.as_bytes();
        let (mut at, mut quote, mut follows_equals) = (from, None, false);
        while let Some(&byte) = bytes.get(at) {
            match (quote, byte) {
                (Some(open), _) => {
                    if byte == open {
                        quote = None;
                    }
                }
                (None, b'>') => return Some(at),
                (None, b'<') => break,
                (None, b'"' | b'\'') if follows_equals => quote = Some(byte),
                (None, _) => {}
            }
            follows_equals = byte == b'=' || (follows_equals && byte.is_ascii_whitespace());
            at += 1;
        }
        self.lose_patience(at - from);
        None
    }

    fn find(&mut self, from: usize, what: &str) -> Option<usize> {
        let rest = self.html.get(from..)?;
        let found = rest.find(what);
        if found.is_none() {
            self.lose_patience(rest.len());
        }
        Some(from + found?)
    }

    /// The end of the element `name`, from its own end tag on, if it has one.
    fn skip_to_end(&mut self, from: usize, name: &str) -> Option<usize> {
        let mut at = from;
        while self.patience > 0 {
            let Some(start) = self.find(at, "</") else {
                break;
            };
            let rest = &self.html.as_bytes()[start + 2..];
            let is_it = rest
                .get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && !rest.get(name.len()).is_some_and(|byte| is_of_name(*byte));
            if is_it {
                return Some(start);
            }
            at = start + 2;
        }
        self.lose_patience(self.html.len() - from);
        None
    }

    fn lose_patience(&mut self, bytes: usize) {
        self.patience = self.patience.saturating_sub(bytes.max(1));
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let start = self.at;
        let html = self.html;
        if start >= html.len() {
            return None;
        }
        let mut at = start;
        while let Some(offset) = html[at..].find('<') {
            let open = at + offset;
            let markup = match self.patience {
                0 => None,
                _ => self.markup(open),
            };
            let Some((token, end)) = markup else {
                at = open + 1;
                continue;
            };
            if open > start {
                // It is read again, at once, as what comes next.
                self.at = open;
                return Some(Token::Text(&html[start..open]));
            }
            self.at = end;
            if let Token::Open { name, .. } = token
                && UNREAD.contains(&name)
                && let Some(end) = self.skip_to_end(end, name)
            {
                self.at = end;
            }
            return Some(token);
        }
        self.at = html.len();
        Some(Token::Text(&html[start..]))
    }
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-')
}

/// The value of an attribute, if it is there.
pub(super) fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/'));
        let (found, after) = rest.split_at(end.unwrap_or(rest.len()).max(1).min(rest.len()));
        let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let value;
        (value, rest) = match after.strip_prefix('=') {
            None => ("", after),
            Some(after) => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_whitespace());
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                match quote {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => {
                        let end = after.find(|c: char| c.is_ascii_whitespace());
                        after.split_at(end.unwrap_or(after.len()))
                    }
                }
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
    }
}
