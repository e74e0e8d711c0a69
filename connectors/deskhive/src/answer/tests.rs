use serde_json::json;

use super::*;
use crate::{Dashboard, Kind, Ticket};

const FIGURES: &str =
    r#"{"open_tickets":12,"in_progress_tickets":5,"needs_response":3,"closed_today":8}"#;

fn figures(body: &str) -> Result<Dashboard, Misread> {
    data(body.as_bytes())
}

#[test]
fn data_are_found_in_every_envelope() {
    // External API, API overview, the vendor's core, a bare resource; with a mark and white space; ids as text.
    for body in [
        format!(r#"{{"status":true,"data":{FIGURES}}}"#),
        format!(r#"{{"data":{FIGURES},"message":"Done"}}"#),
        format!(r#"{{"error":false,"data":{FIGURES},"message":null}}"#),
        format!(r#"{{"success":true,"data":{FIGURES}}}"#),
        FIGURES.to_owned(),
        format!("\u{feff} {FIGURES}\n"),
        FIGURES.replace("12", "\"12\""),
    ] {
        assert_eq!(figures(&body).unwrap().open_tickets, 12, "{body}");
    }
}

#[test]
fn a_success_that_says_it_failed_is_a_refusal() {
    for (body, kind, message) in [
        (
            r#"{"status":false,"message":"No."}"#,
            Kind::Unavailable,
            "No.",
        ),
        (
            r#"{"status":false,"data":{"open_tickets":1}}"#,
            Kind::Unavailable,
            "",
        ),
        (
            r#"{"success":false,"message":"No."}"#,
            Kind::Unavailable,
            "No.",
        ),
        (
            r#"{"error":true,"data":null,"message":"No."}"#,
            Kind::Unavailable,
            "No.",
        ),
        (
            r#"{"error":true,"data":[{"q":"Short."}],"message":"No."}"#,
            Kind::Invalid,
            "No.",
        ),
        // A sentence where data should be.
        (r#"{"message":"Not found"}"#, Kind::Unavailable, "Not found"),
        (
            r#"{"error":"Unauthorized"}"#,
            Kind::Unavailable,
            "Unauthorized",
        ),
    ] {
        match figures(body) {
            Err(Misread::Refused(refusal)) => {
                assert_eq!((refusal.kind(), refusal.message.as_str()), (kind, message));
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_tickets_status_is_no_flag() {
    let body = br#"{"id":1,"status":"open"}"#;
    let ticket: Ticket = data(body).unwrap();
    assert_eq!((ticket.id, ticket.priority.is_known()), (1, false));
}

#[test]
fn what_is_no_answer_is_told_apart() {
    type Is = fn(&Misread) -> bool;
    let shape: Is = |misread| matches!(misread, Misread::Shape);
    let not_json: Is = |misread| matches!(misread, Misread::NotJson { .. });
    for (body, is) in [
        ("{}", shape),
        ("[]", shape),
        ("7", shape),
        (r#"{"data":null,"message":"m"}"#, shape),
        (r#"{"data":{}}"#, shape),
        ("", not_json),
        ("{", not_json),
        ("OK", not_json),
        ("<!doctype html><title>Desk</title>", |misread| {
            matches!(misread, Misread::Page)
        }),
        ("\n<html><INPUT Type=\"password\" name=p>", |misread| {
            matches!(misread, Misread::LoginPage)
        }),
    ] {
        let misread = figures(body).unwrap_err();
        assert!(is(&misread), "{body}: {misread:?}");
    }
}

#[test]
fn what_may_be_there_is_found_wherever_it_stands() {
    let ticket = json!({"id": 7, "status": "closed"});
    for (body, found) in [
        (json!({"status": true, "data": ticket}), true),
        (json!({"data": {"ticket": ticket}}), true),
        (json!({"ticket": ticket}), true),
        (ticket.clone(), true),
        (json!({"status": true, "message": "Closed."}), false),
        (json!({"status": true, "data": null}), false),
        (json!([]), false),
    ] {
        let read: Option<Ticket> =
            possible(body.to_string().as_bytes(), "ticket", |_| true).unwrap();
        assert_eq!(read.is_some_and(|ticket| ticket.id == 7), found, "{body}");
    }
    let empty: Option<Ticket> = possible(b" \n", "ticket", |_| true).unwrap();
    assert_eq!(empty, None);
    let failed = possible::<Ticket>(br#"{"status":false}"#, "ticket", |_| true);
    assert!(matches!(failed, Err(Misread::Refused(_))));
}

#[test]
fn an_acknowledgement_is_anything_but_a_failure_or_a_page() {
    for body in [
        "",
        "OK",
        "{}",
        "[]",
        "{\"status\":true",
        r#"{"status":true}"#,
    ] {
        assert!(acknowledged(body.as_bytes()).is_ok(), "{body}");
    }
    for body in ["<html>", r#"{"status":false}"#, r#"{"error":true}"#] {
        assert!(acknowledged(body.as_bytes()).is_err(), "{body}");
    }
}
