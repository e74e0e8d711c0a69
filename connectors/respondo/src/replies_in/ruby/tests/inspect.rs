//! Prints values by the rules of Ruby's documentation: `String#inspect`, `Symbol#inspect`, and `Hash#inspect` before and
//! since 3.4.

use crate::document::Node;

/// What a hash's keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    Symbols,
    Strings,
}

/// What is printed as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    /// Whatever is no control character, as where everything is UTF-8.
    Most,
    /// ASCII, as where the output's encoding is US-ASCII.
    Ascii,
    /// ASCII, and the rest by its bytes, as where text has no encoding.
    Bytes,
}

pub(super) struct Inspect {
    pub(super) keys: Keys,
    pub(super) is_3_4: bool,
    pub(super) printed: Printed,
}

impl Inspect {
    pub(super) fn value(&self, value: &Node) -> String {
        match value {
            Node::Null => "nil".to_owned(),
            Node::Boolean => "true".to_owned(),
            Node::Number(number) => number.to_string(),
            Node::String(text) => self.text(text),
            Node::Array => "[]".to_owned(),
            Node::Object(entries) => {
                let pairs = entries.iter().map(|(key, value)| {
                    let value = self.value(value);
                    format!("{}{value}", self.key(key))
                });
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn key(&self, key: &str) -> String {
        let is_simple = is_simple(key);
        match (self.keys, self.is_3_4) {
            (Keys::Strings, false) => format!("{}=>", self.text(key)),
            (Keys::Strings, true) => format!("{} => ", self.text(key)),
            (Keys::Symbols, false) if is_simple => format!(":{key}=>"),
            (Keys::Symbols, false) => format!(":{}=>", self.text(key)),
            (Keys::Symbols, true) if is_simple => format!("{key}: "),
            (Keys::Symbols, true) => format!("{}: ", self.text(key)),
        }
    }

    fn text(&self, text: &str) -> String {
        let mut inspected = "\"".to_owned();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '"' => inspected.push_str("\\\""),
                '\\' => inspected.push_str("\\\\"),
                '#' if matches!(chars.peek(), Some('{' | '$' | '@')) => inspected.push_str("\\#"),
                '\n' => inspected.push_str("\\n"),
                '\r' => inspected.push_str("\\r"),
                '\t' => inspected.push_str("\\t"),
                '\u{c}' => inspected.push_str("\\f"),
                '\u{b}' => inspected.push_str("\\v"),
                '\u{8}' => inspected.push_str("\\b"),
                '\u{7}' => inspected.push_str("\\a"),
                '\u{1b}' => inspected.push_str("\\e"),
                '\u{7f}' => inspected.push_str("\\x7F"),
                ' '..='~' => inspected.push(char),
                _ => self.unusual(char, &mut inspected),
            }
        }
        inspected.push('"');
        inspected
    }

    fn unusual(&self, char: char, inspected: &mut String) {
        let code_point = u32::from(char);
        match self.printed {
            Printed::Most if !char.is_control() => inspected.push(char),
            Printed::Bytes => {
                for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                    inspected.push_str(&format!("\\x{byte:02X}"));
                }
            }
            Printed::Most | Printed::Ascii if code_point < 0x1_0000 => {
                inspected.push_str(&format!("\\u{code_point:04X}"));
            }
            Printed::Most | Printed::Ascii => {
                inspected.push_str(&format!("\\u{{{code_point:X}}}"));
            }
        }
    }
}

/// Whether a symbol of this name has no quotes.
fn is_simple(name: &str) -> bool {
    let stem = name.strip_suffix(['?', '!']).unwrap_or(name);
    let is_start = |first: char| first.is_ascii_alphabetic() || first == '_';
    stem.starts_with(is_start)
        && stem
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '_')
}
