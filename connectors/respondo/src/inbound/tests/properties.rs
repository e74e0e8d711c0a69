//! What holds for every body.

use proptest::prelude::*;

use super::*;

fn said(max: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..=max)
        .prop_map(String::from_iter)
        .prop_filter("blank", |text| !text.trim().is_empty())
}

/// A ticket as names and values; nested names have a slash.
fn fields() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let nonempty = || proptest::option::of(said(30));
    (
        [said(60), said(60), said(60)],
        said(200),
        [nonempty(), nonempty(), nonempty()],
        -1_000_000_000_i64..4_000_000_000,
        proptest::option::of((any::<String>(), said(20))),
    )
        .prop_map(|(uids, content, optional, time, credentials)| {
            let [uid, author, username] = uids;
            let [url, provider, parent] = optional;
            let time = Timestamp::from_second(time).expect("in range");
            let mut fields = vec![
                ("external_uid", uid),
                ("content", content),
                ("author/external_uid", author),
                ("author/username", username),
                ("created_at", time.to_string()),
            ];
            let optional = [
                ("response_url", url),
                ("custom_provider", provider),
                ("parent_uid", parent),
            ];
            fields.extend(
                optional
                    .into_iter()
                    .filter_map(|(key, value)| Some((key, value?))),
            );
            if let Some((name, token)) = credentials {
                // An empty field of a form is an absent one.
                let name = format!("n{name}");
                fields.extend([("token/name", name), ("token/token", token)]);
            }
            fields
        })
}

fn as_json(fields: &[(&str, String)]) -> String {
    let mut ticket = json!({});
    for (key, text) in fields {
        match key.split_once('/') {
            Some((parent, key)) => ticket[parent][key] = json!(text),
            None => ticket[*key] = json!(text),
        }
    }
    ticket.to_string()
}

fn as_form(fields: &[(&str, String)], spelling: usize) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (index, (key, text)) in fields.iter().enumerate() {
        let key = match (key.split_once('/'), (index + spelling) % 3) {
            (Some((parent, key)), 0) => format!("{parent}[{key}]"),
            (Some((parent, key)), 1) => format!("{parent}.{key}"),
            (Some((parent, key)), _) => format!("{parent}__{key}"),
            (None, _) => (*key).to_owned(),
        };
        form.append_pair(&key, text);
    }
    form.finish()
}

proptest! {
    #[test]
    fn no_body_is_a_panic_or_an_empty_complaint(body: Vec<u8>, text: String) {
        for content_type in [JSON, FORM, Some(text.as_str())] {
            for body in [&body, text.as_bytes()] {
                if let Ok(Parsed { ticket: Err(violations), .. }) = parse(content_type, body) {
                    prop_assert!(!violations.is_empty());
                }
            }
        }
    }

    #[test]
    fn no_damaged_ticket_is_a_panic_or_an_empty_complaint(
        fields in fields(),
        cut in any::<prop::sample::Index>(),
        put in "[\\[\\]{}\":,a-z&=%0-9.]{0,8}",
    ) {
        for (content_type, body) in [(JSON, as_json(&fields)), (FORM, as_form(&fields, 0))] {
            let mut body = body.into_bytes();
            let at = cut.index(body.len());
            body.splice(at..(at + put.len()).min(body.len()), put.bytes());
            if let Ok(Parsed { ticket: Err(violations), .. }) = parse(content_type, &body) {
                prop_assert!(!violations.is_empty());
            }
        }
    }

    #[test]
    fn json_and_form_data_of_one_ticket_are_the_same_ticket(fields in fields(), spelling in 0..3_usize) {
        let json = parse(JSON, as_json(&fields).as_bytes()).unwrap();
        let form = parse(FORM, as_form(&fields, spelling).as_bytes()).unwrap();
        prop_assert!(json.ticket.is_ok(), "{:?}", json.ticket);
        prop_assert_eq!(json, form);
    }
}
