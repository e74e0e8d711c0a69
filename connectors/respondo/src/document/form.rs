//! Reads `application/x-www-form-urlencoded` into the same shape as JSON.
//!
//! The WHATWG's reading, with one difference: text that is not UTF-8 once decoded is an error, where the standard
//! would put replacement characters into a ticket.

use std::collections::HashMap;

use percent_encoding::percent_decode;

use super::node::Node;
use super::{InboundError, Shape};

/// Reads one document. Where a nested object is spelled field by field, the fields come together in one object.
pub(super) fn read(body: &[u8], shape: &Shape) -> Result<Node, InboundError> {
    let mut document = Document::default();
    let mut offset = 0;
    for pair in body.split(|&byte| byte == b'&') {
        let start = offset;
        offset += pair.len() + 1;
        if pair.is_empty() {
            continue;
        }
        let (key, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        let value_start = start + key.len() + 1;
        let key = decode(key, start)?;
        let value = decode(value, value_start)?;
        document.add(key, value, shape);
    }
    Ok(Node::Object(document.entries))
}

/// The fields so far.
#[derive(Default)]
struct Document {
    entries: Vec<(String, Node)>,
    /// Which entry gathers an object's fields, so that a long body costs no search per field.
    gathering: HashMap<&'static str, usize>,
}

impl Document {
    /// Puts one field where it belongs. Empty optional fields are left out.
    fn add(&mut self, key: String, value: String, shape: &Shape) {
        let is_absent = |name| value.is_empty() && shape.optional.contains(&name);
        let Some((parent, nested)) = split(&key, shape) else {
            if !is_absent(key.as_str()) {
                self.entries.push((key, Node::String(value)));
            }
            return;
        };
        if is_absent(parent) {
            return;
        }
        let entries = &mut self.entries;
        let at = *self.gathering.entry(parent).or_insert_with(|| {
            entries.push((parent.to_owned(), Node::Object(Vec::new())));
            entries.len() - 1
        });
        if let Some((_, Node::Object(object))) = entries.get_mut(at) {
            object.push((nested.to_owned(), Node::String(value)));
        }
    }
}

/// `author[username]`, `author.username` and `author__username` as object and key. Anything else is a plain key.
fn split<'a>(key: &'a str, shape: &Shape) -> Option<(&'static str, &'a str)> {
    shape.objects.iter().find_map(|&parent| {
        let rest = key.strip_prefix(parent)?;
        let nested = rest
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .or_else(|| rest.strip_prefix('.'))
            .or_else(|| rest.strip_prefix("__"))?;
        let plain = !nested.is_empty() && !nested.contains(['[', ']']);
        plain.then_some((parent, nested))
    })
}

fn decode(encoded: &[u8], start: usize) -> Result<String, InboundError> {
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    let decoded: Vec<u8> = percent_decode(&spaced).collect();
    String::from_utf8(decoded).map_err(|_| InboundError::Malformed {
        detail: format!(
            "the text that begins at byte {} of the form data is not UTF-8",
            start + 1
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape {
        objects: &["author", "token", "personal_access_token"],
        optional: &["token", "parent_uid"],
    };

    fn text(value: &str) -> Node {
        Node::String(value.to_owned())
    }

    #[test]
    fn the_three_spellings_of_a_nested_key_make_one_object() {
        let document = read(
            b"author[external_uid]=1&content=a+b&author.username=%C3%A9&author__x=",
            &SHAPE,
        )
        .expect("readable");
        assert_eq!(
            document,
            Node::Object(vec![
                (
                    "author".to_owned(),
                    Node::Object(vec![
                        ("external_uid".to_owned(), text("1")),
                        ("username".to_owned(), text("é")),
                        ("x".to_owned(), text("")),
                    ])
                ),
                ("content".to_owned(), text("a b")),
            ])
        );
    }

    #[test]
    fn only_plain_nested_keys_of_known_objects_are_split() {
        for (key, expected) in [
            ("author[external_uid]", Some(("author", "external_uid"))),
            ("author.external_uid", Some(("author", "external_uid"))),
            ("author__external_uid", Some(("author", "external_uid"))),
            ("token[name]", Some(("token", "name"))),
            (
                "personal_access_token__token",
                Some(("personal_access_token", "token")),
            ),
            ("author", None),
            ("author[]", None),
            ("author[a][b]", None),
            ("author[a", None),
            ("author_username", None),
            ("authors[a]", None),
            ("token_name", None),
            ("other[a]", None),
            ("content.x", None),
        ] {
            assert_eq!(split(key, &SHAPE), expected, "{key}");
        }
    }

    #[test]
    fn text_that_is_not_utf_8_is_malformed_and_says_where() {
        for (body, byte) in [
            (&b"content=%ff"[..], 9),
            (b"a=b&\xff=c", 5),
            (b"a=%C3&b", 3),
        ] {
            let Err(InboundError::Malformed { detail }) = read(body, &SHAPE) else {
                panic!("{body:?} was read");
            };
            assert!(detail.contains(&format!("byte {byte} ")), "{detail}");
        }
    }

    #[test]
    fn broken_percent_signs_and_empty_pairs_are_harmless() {
        assert_eq!(
            read(b"&&a=100%&b&=c&d=%zz&", &SHAPE).expect("readable"),
            Node::Object(vec![
                ("a".to_owned(), text("100%")),
                ("b".to_owned(), text("")),
                (String::new(), text("c")),
                ("d".to_owned(), text("%zz")),
            ])
        );
    }
}
