//! Form fields and queries, decoded without guessing.

use std::collections::BTreeMap;

use super::Refusal;

/// Decodes `name=value&…`; a plus sign is a space.
///
/// Spaces as they are, and letters beyond ASCII, are taken: `curl -d` sends them so.
pub(crate) fn decode(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Refusal::unheard_of(format!("{pair:?} has no value")))?;
            Ok((unescape(name)?, unescape(value)?))
        })
        .collect()
}

/// Decodes a part of a path, where a plus sign is one.
pub(crate) fn decode_segment(text: &str) -> Result<String, Refusal> {
    unescape(&text.replace('+', "%2B"))
}

fn unescape(text: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    rest.next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                        .and_then(|digit| u8::try_from(digit).ok())
                        .ok_or_else(|| Refusal::new(400, "a percent sign begins no escape"))
                };
                digit()? * 16 + digit()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| Refusal::new(400, "a form field is not UTF-8"))
}

/// Named texts, each there once.
#[derive(Debug, Default)]
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Adds these; all have to be among `known`.
    pub(crate) fn add(
        &mut self,
        pairs: Vec<(String, String)>,
        known: &[&str],
    ) -> Result<(), Refusal> {
        for (name, value) in pairs {
            if !known.contains(&name.as_str()) {
                return Err(Refusal::unheard_of(format!("a parameter {name:?}")));
            }
            if self.0.insert(name.clone(), value).is_some() {
                return Err(Refusal::unheard_of(format!("{name:?} more than once")));
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A text that has to be there and be more than spaces.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| Refusal::new(400, format!("{name} is missing or empty")))
    }

    /// The number of a line, a user, a desk or a ticket.
    pub(crate) fn id(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.text(name)
            .map(|text| number(text).ok_or_else(|| not_a_number(name)))
            .transpose()
    }

    pub(crate) fn required_id(&self, name: &str) -> Result<u64, Refusal> {
        self.id(name)?
            .ok_or_else(|| Refusal::new(400, format!("{name} is missing")))
    }

    /// Numbers with commas between them.
    pub(crate) fn ids(&self, name: &str) -> Result<Option<Vec<u64>>, Refusal> {
        self.text(name)
            .map(|text| {
                let numbers: Option<_> = text.split(',').map(number).collect();
                numbers.ok_or_else(|| not_a_number(name))
            })
            .transpose()
    }
}

fn not_a_number(name: &str) -> Refusal {
    Refusal::new(400, format!("{name} is not a number"))
}

/// A number in decimal digits alone, the first of them no zero.
pub(crate) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let good = digits && !text.is_empty() && (text == "0" || !text.starts_with('0'));
    good.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_curl_and_browsers_send_is_decoded() {
        let pairs = decode("title=Patient Info&value=a+b%2B%26%C3%A9&data=%7B%0A%7D").unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("title", "Patient Info"),
                ("value", "a b+&é"),
                ("data", "{\n}")
            ]
        );
        assert!(decode("").unwrap().is_empty());
    }

    #[test]
    fn what_nobody_can_decode_is_refused() {
        for wrong in ["a=%", "a=%2", "a=%zz", "a=%ff", "a"] {
            assert_eq!(decode(wrong).unwrap_err().status, 400, "{wrong}");
        }
    }

    #[test]
    fn a_plus_sign_in_a_path_is_one() {
        assert_eq!(decode_segment("a%40b+c").unwrap(), "a@b+c");
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        for (text, expected) in [
            ("0", Some(0)),
            ("10", Some(10)),
            ("", None),
            ("01", None),
            ("+1", None),
            ("18446744073709551616", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn a_parameter_is_known_and_there_once() {
        let add = |text| Parameters::default().add(decode(text).unwrap(), &["user"]);
        assert!(add("user=1").is_ok());
        assert!(add("user=1&user=1").is_err());
        assert!(add("users=1").is_err());
    }
}
