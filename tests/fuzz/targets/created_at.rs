//! A ticket's date: within the calendar, the same instant when read again, and the same that others read.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::parse_created_at;
use ticketbridge::model::Time;

fuzz_target!(|text: &str| {
    let Some(moment) = parse_created_at(text) else {
        // Nothing that is spelled as we spell it is refused; years of six digits have a sign.
        let others = text.parse::<Timestamp>();
        let is_signed = text.starts_with(['+', '-']);
        let is_ours = others.is_ok_and(|moment| moment.to_string() == text);
        assert!(is_signed || !is_ours);
        return;
    };
    let earliest: Timestamp = "0000-01-01T00:00:00Z".parse().expect("it is a date");
    assert!(moment >= earliest && moment <= Timestamp::MAX, "{moment}");
    assert_eq!(parse_created_at(&moment.to_string()), Some(moment));
    let document = moment.strftime("%Y-%m-%d %H:%M:%S.%9f UTC").to_string();
    assert_eq!(parse_created_at(&document), Some(moment));

    // As it is stored and told.
    let stored = Time::from_timestamp(moment);
    assert_eq!(
        stored.to_timestamp().as_microsecond(),
        moment.as_microsecond()
    );
    let told = parse_created_at(&stored.to_string()).map(Time::from_timestamp);
    assert_eq!(told, Some(stored));

    // Others agree wherever they read it at all.
    let plain = text.replace("UTC", "Z");
    let plain = plain
        .replacen(' ', "T", usize::from(!text.contains(['T', 't'])))
        .replace(' ', "");
    if let Ok(others) = plain.parse::<Timestamp>() {
        assert_eq!(others, moment);
    }
});
