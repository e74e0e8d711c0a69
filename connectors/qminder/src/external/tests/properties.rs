//! What holds for all records, and for all that is nearly one.

use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z ]{0,12}"]
}

fn importance() -> impl Strategy<Value = Importance> {
    select(vec![
        Importance::Error,
        Importance::Warning,
        Importance::Info,
    ])
}

fn calendar_date() -> impl Strategy<Value = Date> {
    (0_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn item() -> impl Strategy<Value = Item> {
    let optional = || proptest::option::of(text());
    let parts = (
        text(),
        optional(),
        optional(),
        optional(),
        proptest::option::of(calendar_date()),
    );
    parts.prop_map(|(title, text, url, footer, timestamp)| {
        let mut item = Item::new(title);
        if let Some(text) = text {
            item = item.text(text);
        }
        if let Some(url) = url {
            item = item.url(url);
        }
        if let Some(footer) = footer {
            item = item.footer(footer);
        }
        match timestamp {
            Some(timestamp) => item.timestamp(timestamp),
            None => item,
        }
    })
}

fn field() -> impl Strategy<Value = Field> {
    let items = proptest::collection::vec(item(), 0..3);
    prop_oneof![
        (text(), importance()).prop_map(|(content, importance)| Field::Message {
            content,
            importance
        }),
        (text(), text()).prop_map(|(title, value)| Field::Text { title, value }),
        (text(), text()).prop_map(|(title, value)| Field::Email { title, value }),
        (text(), text()).prop_map(|(title, value)| Field::PhoneNumber { title, value }),
        (text(), items).prop_map(|(title, items)| Field::List { title, items }),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let fields = proptest::collection::vec(field(), 0..4);
    ("[a-z]{1,100}", "[A-Z]{1,100}", fields).prop_map(|(provider, title, fields)| {
        let builder = Record::builder(provider, title);
        let builder = fields
            .into_iter()
            .fold(builder, |builder, field| builder.field(field));
        builder.build().unwrap()
    })
}

/// The pointers of every value in `value`.
fn pointers(value: &Value, pointer: String, into: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                pointers(value, crate::violation::child(&pointer, key), into);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                pointers(value, format!("{pointer}/{index}"), into);
            }
        }
        _ => {}
    }
    into.push(pointer);
}

fn odd_value() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(7),
        json!(true),
        json!(""),
        json!("warning"),
        json!("list"),
        json!("2026-02-30"),
        json!([]),
        json!({}),
        json!([{"title": "x"}]),
        json!({"title": "x", "~/": 1}),
    ])
}

fn odd_key() -> impl Strategy<Value = String> {
    let known = [
        "type",
        "content",
        "title",
        "value",
        "items",
        "url",
        "timestamp",
        "a/b",
        "~",
        "",
    ];
    select(known.map(str::to_owned).to_vec())
}

/// Puts `value` in the place of another, adds it, or takes something away.
fn mutate(data: &mut Value, at: Index, how: u8, key: String, value: Value) {
    let mut places = Vec::new();
    pointers(data, String::new(), &mut places);
    let place = data.pointer_mut(at.get(&places).as_str()).unwrap();
    match (how % 3, place) {
        (0, Value::Object(entries)) => {
            entries.insert(key, value);
        }
        (1, Value::Object(entries)) => {
            let keys: Vec<_> = entries.keys().cloned().collect();
            if !keys.is_empty() {
                entries.remove(at.get(&keys).as_str());
            }
        }
        (0 | 1, Value::Array(values)) => values.push(value),
        (_, place) => *place = value,
    }
}

/// Whether `pointer` names something in `data`, or, where something is missing, its place in an object.
fn exists(data: &Value, pointer: &str, rule: Rule) -> bool {
    if rule != Rule::Required {
        return data.pointer(pointer).is_some();
    }
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = data.pointer(parent).and_then(Value::as_object);
    parent.is_some_and(|entries| !entries.contains_key(key))
}

proptest! {
    #[test]
    fn what_is_built_passes_the_check_and_is_read_as_itself(record in record()) {
        let data = record.to_value();
        prop_assert_eq!(check(&data), []);
        let again = Record::from_value(record.provider(), record.title(), &data);
        prop_assert_eq!(again.as_ref(), Ok(&record));
        // The text that is sent is the same record.
        let sent: Value = serde_json::from_str(&record.to_json()).unwrap();
        prop_assert_eq!(sent, data);
    }

    #[test]
    fn what_is_sent_is_form_data_of_three_pairs(record in record()) {
        let call = attach(&1.into(), &record);
        let body = call.request().body().clone();
        prop_assert!(body.is_ascii());
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        let expected = [
            ("provider".to_owned(), record.provider().to_owned()),
            ("title".to_owned(), record.title().to_owned()),
            ("data".to_owned(), record.to_json()),
        ];
        prop_assert_eq!(pairs, expected);
        let again = attach(&1.into(), &record.clone());
        prop_assert_eq!(again.request(), call.request());
    }

    #[test]
    fn a_mutation_passes_and_is_a_record_or_is_refused_at_a_place_that_exists(
        record in record(),
        steps in proptest::collection::vec((any::<Index>(), any::<u8>(), odd_key(), odd_value()), 1..4),
    ) {
        let mut data = record.to_value();
        for (at, how, key, value) in steps {
            mutate(&mut data, at, how, key, value);
        }
        let violations = check(&data);
        for violation in &violations {
            prop_assert!(exists(&data, &violation.pointer, violation.rule), "{violation} in {data}");
        }
        match Record::from_value("p", "t", &data) {
            Ok(record) => {
                prop_assert!(violations.is_empty());
                prop_assert_eq!(record.to_value(), data);
            }
            Err(invalid) => {
                let places: Vec<_> = violations
                    .iter()
                    .map(|violation| (format!("/data{}", violation.pointer), violation.rule))
                    .collect();
                let found: Vec<_> = invalid
                    .violations
                    .into_iter()
                    .map(|violation| (violation.pointer, violation.rule))
                    .collect();
                prop_assert_eq!(found, places);
                prop_assert!(!violations.is_empty());
            }
        }
    }
}
