//! The example of the page about external data.

use std::collections::BTreeMap;

use super::*;

/// What the page's `curl` is given after `--data-urlencode data=`.
const DATA: &str = r#"{
    "fields": [
      {
        "type": "message",
        "content": "ALLERGY ALERT: Penicillin — Severe",
        "importance": "warning"
      },
      { "type": "text", "title": "Patient Name", "value": "Maria Schmidt" },
      { "type": "email", "title": "Contact Email", "value": "maria.schmidt@example.com" },
      {
        "type": "list",
        "title": "Recent Visits",
        "items": [
          {
            "title": "Annual Checkup",
            "text": "Dr. Patel",
            "url": "https://portal.example.com/doc/7391",
            "footer": "Internal Medicine",
            "timestamp": "2026-01-10"
          }
        ]
      }
    ]
  }"#;

/// The same record as the official client sends it: compact JSON, properties in the order in which they are written,
/// form data with `+` for a space.
const BODY: &str = concat!(
    "provider=my-crm&title=Patient+Info&data=%7B%22fields%22%3A%5B",
    "%7B%22type%22%3A%22message%22%2C%22content%22%3A%22ALLERGY+ALERT%3A+Penicillin+%E2%80%94+Severe%22%2C",
    "%22importance%22%3A%22warning%22%7D%2C",
    "%7B%22type%22%3A%22text%22%2C%22title%22%3A%22Patient+Name%22%2C%22value%22%3A%22Maria+Schmidt%22%7D%2C",
    "%7B%22type%22%3A%22email%22%2C%22title%22%3A%22Contact+Email%22%2C",
    "%22value%22%3A%22maria.schmidt%40example.com%22%7D%2C",
    "%7B%22type%22%3A%22list%22%2C%22title%22%3A%22Recent+Visits%22%2C%22items%22%3A%5B",
    "%7B%22title%22%3A%22Annual+Checkup%22%2C%22text%22%3A%22Dr.+Patel%22%2C",
    "%22url%22%3A%22https%3A%2F%2Fportal.example.com%2Fdoc%2F7391%22%2C",
    "%22footer%22%3A%22Internal+Medicine%22%2C%22timestamp%22%3A%222026-01-10%22%7D%5D%7D%5D%7D",
);

fn record() -> Record {
    Record::builder("my-crm", "Patient Info")
        .message(Importance::Warning, "ALLERGY ALERT: Penicillin — Severe")
        .text("Patient Name", "Maria Schmidt")
        .email("Contact Email", "maria.schmidt@example.com")
        .list(
            "Recent Visits",
            [Item::new("Annual Checkup")
                .text("Dr. Patel")
                .url("https://portal.example.com/doc/7391")
                .footer("Internal Medicine")
                .timestamp(date(2026, 1, 10))],
        )
        .build()
        .unwrap()
}

fn body(record: &Record) -> String {
    let call = attach(&12345.into(), record);
    let request = call.request();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.target(), "/v1/tickets/12345/external");
    assert_eq!(
        request.headers()["content-type"],
        "application/x-www-form-urlencoded"
    );
    assert!(!request.headers().contains_key("x-qminder-api-version"));
    String::from_utf8(request.body().to_vec()).unwrap()
}

fn decode(body: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(body).into_owned().collect()
}

#[test]
fn the_example_has_the_bytes_of_the_official_client() {
    assert_eq!(body(&record()), BODY);
    // Also when it comes as JSON, whatever the order of its properties and its white space.
    let data: Value = serde_json::from_str(DATA).unwrap();
    let of_json = Record::from_value("my-crm", "Patient Info", &data).unwrap();
    assert_eq!(of_json, record());
    assert_eq!(body(&of_json), BODY);
}

#[test]
fn the_example_means_what_curl_sends() {
    // curl sends `-d` as it stands, also its space, and encodes `--data-urlencode` with `%20` for a space.
    let mut curl = "provider=my-crm&title=Patient Info&data=".to_owned();
    for byte in DATA.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            curl.push(char::from(byte));
        } else {
            curl.push_str(&format!("%{byte:02X}"));
        }
    }
    let theirs = decode(curl.as_bytes());
    assert_eq!(theirs["data"], DATA);
    let ours = decode(body(&record()).as_bytes());
    assert_ne!(ours, theirs, "the white space of the JSON differs");
    for name in ["provider", "title"] {
        assert_eq!(ours[name], theirs[name]);
    }
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(read(&ours["data"]), read(&theirs["data"]));
    assert_eq!(
        ours.keys().collect::<Vec<_>>(),
        theirs.keys().collect::<Vec<_>>()
    );
}
