//! One ticket, right or wrong, as JSON and as form data with any mixture of nestings: the same ticket, or the same
//! complaints in the same order.
#![no_main]

use arbitrary::Arbitrary;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::parse;
use ticketbridge_fuzz::refusal::check_violations;
use ticketbridge_fuzz::ticket::{
    CREDENTIALS, FORM, JSON, Nesting, Property, as_form, as_json, check_taken,
};

#[derive(Debug, Arbitrary)]
struct Sent<'a> {
    external_uid: Option<&'a str>,
    content: Option<&'a str>,
    author_uid: Option<&'a str>,
    author_name: Option<&'a str>,
    created_at: Option<Date<'a>>,
    response_url: Option<&'a str>,
    custom_provider: Option<&'a str>,
    parent_uid: Option<&'a str>,
    /// Name and secret under either name.
    credentials: [Option<(&'a str, &'a str)>; 2],
    unknown: Option<(&'a str, &'a str)>,
    nestings: [Nesting; 6],
}

#[derive(Debug, Arbitrary)]
enum Date<'a> {
    Second(i32),
    Text(&'a str),
}

impl Date<'_> {
    fn text(&self) -> String {
        match self {
            Self::Second(second) => Timestamp::from_second(i64::from(*second))
                .expect("the calendar has it")
                .to_string(),
            Self::Text(text) => (*text).to_owned(),
        }
    }
}

impl<'a> Sent<'a> {
    fn properties(&self, created_at: Option<&'a str>) -> Vec<Property<'a>> {
        let author = Some("author");
        let required = [
            (None, "external_uid", self.external_uid),
            (None, "content", self.content),
            (author, "external_uid", self.author_uid),
            (author, "username", self.author_name),
            (None, "created_at", created_at),
        ];
        let optional = [
            (None, "response_url", self.response_url),
            (None, "custom_provider", self.custom_provider),
            (None, "parent_uid", self.parent_uid),
        ];
        let credentials = CREDENTIALS.into_iter().zip(self.credentials);
        let credentials = credentials.flat_map(|(parent, found)| {
            let (name, token) = found.unzip();
            [(Some(parent), "name", name), (Some(parent), "token", token)]
        });
        // An optional field that is empty is an absent one in form data only.
        let optional = optional
            .into_iter()
            .chain(credentials)
            .filter(|(.., text)| *text != Some(""));
        let unknown = self.unknown.filter(|(key, _)| is_unknown(key));
        let unknown = unknown.map(|(key, text)| (None, key, Some(text)));
        required
            .into_iter()
            .chain(optional)
            .chain(unknown)
            .filter_map(|(parent, key, text)| Some((parent, key, text?)))
            .collect()
    }
}

/// Neither a property of a ticket nor a spelling of one.
fn is_unknown(key: &str) -> bool {
    let plain = [
        "external_uid",
        "content",
        "response_url",
        "custom_provider",
        "parent_uid",
        "created_at",
    ];
    let objects = ["author", "token", "personal_access_token"];
    !plain.contains(&key) && !objects.iter().any(|object| key.starts_with(object))
}

fuzz_target!(|sent: Sent<'_>| {
    let created_at = sent.created_at.as_ref().map(Date::text);
    let properties = sent.properties(created_at.as_deref());
    let mut nestings = sent.nestings.into_iter().cycle();
    let form = as_form(&properties, || nestings.next().expect("it is endless"));
    let json = parse(JSON, &as_json(&properties)).expect("JSON is readable");
    let form = parse(FORM, &form).expect("the form is readable");
    assert_eq!(json, form);
    check_taken(&json);
    if let Err(found) = &json.ticket {
        check_violations(found);
    }
});
