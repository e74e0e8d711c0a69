//! How durations, sizes, moments and other people's text are put for people.

use std::time::Duration;

use bytesize::ByteSize;

use crate::http::admin::wire::Stamp;
use crate::model::Time;

/// The two largest units: `3m 12s`.
pub(super) fn age(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {}s", seconds % 60),
        3600..86_400 => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}

/// How long ago.
pub(super) fn since(then: Stamp, now: Time) -> String {
    age(now.since(then.0))
}

/// How long to go.
pub(super) fn until(then: Stamp, now: Time) -> String {
    age(then.0.since(now))
}

/// To the millisecond.
pub(super) fn moment(stamp: Stamp) -> String {
    format!("{:.3}", stamp.0.to_timestamp())
}

/// In binary units.
pub(super) fn size(bytes: u64) -> String {
    ByteSize(bytes).display().iec().to_string()
}

/// At most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars()
        .take(most.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// Without what moves a terminal's cursor or turns its writing around.
pub(super) fn clean(text: &str) -> String {
    let tricky = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| {
            if tricky(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// `1 ticket`, `2 tickets`.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_its_two_largest_units() {
        for (seconds, words) in [
            (0, "0s"),
            (59, "59s"),
            (192, "3m 12s"),
            (3600, "1h 0m"),
            (86_399, "23h 59m"),
            (90_000, "1d 1h"),
            (u64::MAX, "213503982334601d 7h"),
        ] {
            assert_eq!(age(Duration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("üüüü", 4), "üüüü");
        assert_eq!(cut("üüüüü", 4), "üüü…");
        assert_eq!(cut("abc", 0), "…");
    }

    #[test]
    fn sizes_are_binary() {
        assert_eq!(size(268_435_456), "256.0 MiB");
    }
}
