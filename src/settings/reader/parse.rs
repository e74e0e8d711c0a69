//! From a value of the tree to a typed one, or to words on why not.

use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use config::{Value, ValueKind};
use ipnet::IpNet;
use url::Url;

use super::kind_name;
use crate::settings::Sha256Digest;
use crate::settings::effective::quoted;
use crate::settings::problem::Fault;

/// Long enough for every purpose, short enough to be added to any time.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

pub(in crate::settings) fn wrong_kind(value: &Value, expected: impl Into<String>) -> Fault {
    Fault::new(format!("is {}", kind_name(&value.kind)), expected)
}

fn string<'v>(value: &'v Value, expected: &str) -> Result<&'v str, Fault> {
    match &value.kind {
        ValueKind::String(text) => Ok(text),
        _ => Err(wrong_kind(value, expected)),
    }
}

/// Any text.
pub(in crate::settings) fn text(value: &Value) -> Result<String, Fault> {
    string(value, "text in quotes").map(str::to_owned)
}

/// Text with something in it and no line breaks or other control characters.
pub(in crate::settings) fn line_of_text(value: &Value) -> Result<String, Fault> {
    let expected = "one line of text in quotes";
    let text = string(value, expected)?;
    if text.trim().is_empty() {
        return Err(Fault::new("is empty", expected));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::new("holds a control character", expected));
    }
    Ok(text.to_owned())
}

/// Text with something in it, on any number of lines, without the white space around it.
pub(in crate::settings) fn some_text(value: &Value) -> Result<String, Fault> {
    let expected = "text with something in it";
    match string(value, expected)?.trim() {
        "" => Err(Fault::new("is empty", expected)),
        text => Ok(text.to_owned()),
    }
}

/// Text that meets a condition.
pub(in crate::settings) fn text_that(
    expected: &'static str,
    holds: impl Fn(&str) -> bool,
) -> impl Fn(&Value) -> Result<String, Fault> {
    move |value| {
        let text = string(value, expected)?;
        if holds(text) {
            Ok(text.to_owned())
        } else {
            Err(Fault::new(format!("is {}", quoted(text)), expected))
        }
    }
}

pub(in crate::settings) fn boolean(value: &Value) -> Result<bool, Fault> {
    match value.kind {
        ValueKind::Boolean(value) => Ok(value),
        _ => Err(wrong_kind(value, "true or false")),
    }
}

/// A whole number within `range`.
pub(in crate::settings) fn whole<N>(range: RangeInclusive<N>) -> impl Fn(&Value) -> Result<N, Fault>
where
    N: TryFrom<i64> + PartialOrd + Display,
{
    move |value| {
        let expected = || format!("a whole number from {} to {}", range.start(), range.end());
        match value.kind {
            ValueKind::I64(number) => N::try_from(number)
                .ok()
                .filter(|number| range.contains(number))
                .ok_or_else(|| Fault::new(format!("is {number}"), expected())),
            _ => Err(wrong_kind(value, expected())),
        }
    }
}

/// An id within an outside system or of an agent.
pub(in crate::settings) fn id_number(value: &Value) -> Result<u64, Fault> {
    match value.kind {
        ValueKind::I64(number) => u64::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| Fault::new(format!("is {number}"), "a whole number of at least 1")),
        _ => Err(wrong_kind(value, "a whole number of at least 1")),
    }
}

/// A number, whole or not, within `range`.
pub(in crate::settings) fn number(
    range: RangeInclusive<f64>,
) -> impl Fn(&Value) -> Result<f64, Fault> {
    move |value| {
        let expected = || format!("a number from {} to {}", range.start(), range.end());
        let number = match value.kind {
            ValueKind::I64(number) => number as f64,
            ValueKind::Float(number) => number,
            _ => return Err(wrong_kind(value, expected())),
        };
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(Fault::new(format!("is {number}"), expected()))
        }
    }
}

/// A duration in words, longer than nothing.
pub(in crate::settings) fn duration(value: &Value) -> Result<Duration, Fault> {
    let expected = "a duration such as \"15s\", \"1h 30m\" or \"3d\"";
    let text = string(value, expected)?;
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err(Fault::new("is no time at all", expected)),
        Ok(duration) if duration > LONGEST => Err(Fault::new(
            format!("is {}", quoted(text)),
            "at most 100 years",
        )),
        Ok(duration) => Ok(duration),
        Err(error) => Err(Fault::new(
            format!("is {}: {error}", quoted(text)),
            expected,
        )),
    }
}

/// A size in words or bytes.
pub(in crate::settings) fn size(
    range: RangeInclusive<ByteSize>,
) -> impl Fn(&Value) -> Result<u64, Fault> {
    move |value| {
        let expected = || {
            format!(
                "a size such as \"256KiB\", from {} to {}",
                range.start().display().iec(),
                range.end().display().iec()
            )
        };
        let (size, written) = match &value.kind {
            ValueKind::I64(number) => (
                u64::try_from(*number).ok().map(ByteSize),
                number.to_string(),
            ),
            ValueKind::String(text) => (ByteSize::from_str(text).ok(), quoted(text)),
            _ => return Err(wrong_kind(value, expected())),
        };
        match size {
            Some(size) if range.contains(&size) => Ok(size.as_u64()),
            _ => Err(Fault::new(format!("is {written}"), expected())),
        }
    }
}

/// One of a few words.
pub(in crate::settings) fn choice<T: Clone>(
    words: &[(&'static str, T)],
) -> impl Fn(&Value) -> Result<T, Fault> {
    move |value| {
        let allowed: Vec<_> = words.iter().map(|(word, _)| quoted(word)).collect();
        let expected = format!("one of {}", allowed.join(", "));
        let text = string(value, &expected)?;
        words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, chosen)| chosen.clone())
            .ok_or_else(|| Fault::new(format!("is {}", quoted(text)), expected))
    }
}

/// An IP address with a port.
pub(in crate::settings) fn address(text: &str) -> Option<SocketAddr> {
    text.parse().ok()
}

/// A network, such as `10.0.0.0/8`.
pub(in crate::settings) fn network(value: &Value) -> Result<IpNet, Fault> {
    let expected = "a network such as \"10.0.0.0/8\" or \"::1/128\"";
    let text = string(value, expected)?;
    text.parse()
        .map_err(|_| Fault::new(format!("is {}", quoted(text)), expected))
}

/// An address that may be shown: http or https, with a host, without credentials.
pub(in crate::settings) fn web_url(value: &Value) -> Result<Url, Fault> {
    let expected = "a URL such as \"https://host.example.com\"";
    let url = hidden_url(value)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::new("holds credentials", expected));
    }
    Ok(url)
}

/// The same, also without a query and a fragment, so that paths can be appended.
pub(in crate::settings) fn base_url(value: &Value) -> Result<Url, Fault> {
    let url = web_url(value)?;
    if url.query().is_some() || url.fragment().is_some() {
        let expected = "a URL that ends with its host or path";
        return Err(Fault::new("holds a query or a fragment", expected));
    }
    Ok(url)
}

/// An http or https URL with a host. No problem with it shows it.
pub(in crate::settings) fn hidden_url(value: &Value) -> Result<Url, Fault> {
    let expected = "an http or https URL";
    let text = string(value, expected)?;
    let url =
        Url::parse(text).map_err(|error| Fault::new(format!("is no URL: {error}"), expected))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(Fault::new("has another scheme", expected)),
    }
}

/// A SHA-256 in hex. No problem with it shows it, since it may be the token itself.
pub(in crate::settings) fn sha256(value: &Value) -> Result<Sha256Digest, Fault> {
    let expected = "64 hex digits, as `ticketbridge token new` prints them";
    let text = string(value, expected)?;
    let mut digest = [0; 32];
    match hex::decode_to_slice(text, &mut digest) {
        Ok(()) => Ok(Sha256Digest(digest)),
        Err(_) if text.chars().count() == 64 => Err(Fault::new(
            "holds something other than hex digits",
            expected,
        )),
        Err(_) => {
            let length = text.chars().count();
            Err(Fault::new(format!("is {length} characters long"), expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: std::fmt::Debug>(
        parse: impl Fn(&Value) -> Result<T, Fault>,
        good: &[&str],
        bad: &[&str],
    ) {
        for text in good {
            let result = parse(&Value::new(None, *text));
            assert!(result.is_ok(), "{text}: {result:?}");
        }
        for text in bad {
            let result = parse(&Value::new(None, *text));
            assert!(result.is_err(), "{text}: {result:?}");
        }
        assert!(parse(&Value::new(None, ValueKind::Nil)).is_err());
        assert!(parse(&Value::new(None, Vec::<String>::new())).is_err());
    }

    #[test]
    fn text_is_taken_or_refused() {
        check(text, &["", "a"], &[]);
        check(line_of_text, &["a b", "ü"], &["", " ", "a\nb", "\u{7f}"]);
        check(
            duration,
            &["15s", "3d", "1h 30m", "2y", "1ms"],
            &["", "0s", "15", "s", "-1s", "101y", "99999999999999999999y"],
        );
        check(
            size(ByteSize::b(1)..=ByteSize::kib(384)),
            &["256KiB", "1", "384KiB", "0.25MiB", "1KB"],
            &[
                "",
                "0",
                "385KiB",
                "-1",
                "lots",
                "1e400",
                "99999999999999999999EiB",
            ],
        );
        check(
            network,
            &["10.0.0.0/8", "::1/128", "127.0.0.1/8"],
            &["", "10.0.0.0", "10.0.0.0/33", "host/8"],
        );
        check(
            web_url,
            &["http://h", "https://[::1]:8080/x"],
            &[
                "",
                "h",
                "ftp://h",
                "http://",
                "https://u@h",
                "https://u:p@h",
                "unix:/x",
            ],
        );
        check(
            base_url,
            &["https://h/x/"],
            &["https://h/?q", "https://h/#f"],
        );
        check(hidden_url, &["https://u:p@h/?q"], &["gopher://h"]);
        check(
            sha256,
            &[&"0a".repeat(32), &"AF".repeat(32)],
            &["", "0a", &"0g".repeat(32), &"ü".repeat(64), &"0".repeat(65)],
        );
        check(choice(&[("a", 1), ("b", 2)]), &["a", "b"], &["", "c", "A"]);
    }

    #[test]
    fn numbers_keep_to_their_range() {
        let from = |number: i64| Value::new(None, number);
        let fraction = |number: f64| Value::new(None, number);
        let small = whole::<u32>(1..=10);
        assert_eq!(small(&from(1)), Ok(1));
        assert_eq!(small(&from(10)), Ok(10));
        for number in [0, 11, -1, i64::MAX] {
            let fault = small(&from(number)).unwrap_err();
            assert_eq!(fault.what, format!("is {number}"));
            assert_eq!(fault.expected, "a whole number from 1 to 10");
        }
        assert!(small(&fraction(1.0)).is_err());
        assert!(id_number(&from(0)).is_err());
        assert_eq!(id_number(&from(i64::MAX)), Ok(i64::MAX as u64));
        let share = number(0.0..=1.0);
        assert_eq!(share(&from(1)), Ok(1.0));
        assert_eq!(share(&fraction(0.2)), Ok(0.2));
        for bad in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
            assert!(share(&fraction(bad)).is_err(), "{bad}");
        }
        let bytes = size(ByteSize::b(1)..=ByteSize::kib(1));
        assert_eq!(bytes(&from(1024)), Ok(1024));
        assert!(bytes(&from(-1)).is_err());
    }

    #[test]
    fn a_problem_with_what_may_be_secret_does_not_show_it() {
        for fault in [
            sha256(&Value::new(None, "tb_hunter2")).unwrap_err(),
            hidden_url(&Value::new(None, "hunter2://host")).unwrap_err(),
            hidden_url(&Value::new(None, "https://hunter2:x/")).unwrap_err(),
            web_url(&Value::new(None, "https://me:hunter2@host")).unwrap_err(),
        ] {
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
        }
    }
}
