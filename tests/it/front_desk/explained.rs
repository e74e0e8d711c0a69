//! Why something is missing at the desk: the ticket's own story says so, and so does `map` beforehand.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use ticketbridge_sim::qminder::{Fault, Operation};

use super::stage::Stage;
use crate::daemon::ticket;

/// A customer with this name for them writes; the ticket's number, and what was sent.
async fn writes_as(stage: &Stage, uid: &str, author: &str) -> (u64, Value) {
    let mut sent = ticket(uid, &stage.receiver.url("/hook"));
    sent["content"] = json!(format!("{uid}: the printer is on fire"));
    sent["author"] = json!({ "external_uid": author, "username": "Jane Eyre" });
    let (status, taken) = stage.daemon.post_ticket(&sent).await;
    assert_eq!(status, 201, "{taken}");
    (taken["id"].as_u64().unwrap(), sent)
}

/// What a loss report says of places at the desk, but for what is there as it was: where, how and why.
type Losses = BTreeSet<(String, String, String)>;

fn losses(fates: &Value) -> Losses {
    let fates = fates.as_array().unwrap().iter();
    let word = |fate: &Value, name: &str| fate[name].as_str().unwrap_or_default().to_owned();
    let all = fates.map(|fate| (word(fate, "to"), word(fate, "how"), word(fate, "why")));
    all.filter(|(to, how, _)| !to.is_empty() && how != "kept")
        .collect()
}

async fn kept_with(stage: &Stage, number: u64) -> Losses {
    let trace = stage.daemon.json(&["trace", &number.to_string()]).await;
    let deliveries = trace["deliveries"].as_array().unwrap().iter();
    let mut found = Losses::new();
    for delivery in deliveries {
        for attempt in delivery["all_attempts"].as_array().unwrap() {
            found.extend(losses(&attempt["fates"]));
        }
    }
    found
}

async fn foretold(stage: &Stage, sent: &Value) -> Losses {
    let sample = stage.daemon.folder().join("sample.json");
    fs::write(&sample, sent.to_string()).unwrap();
    let sample = sample.to_str().unwrap();
    let map = ["map", "--from", "respondo", "--to", "qminder", sample];
    let mapped = stage.daemon.json(&map).await;
    losses(&mapped["events"][0]["fields"])
}

/// What is kept with the ticket was foretold: in the same place, in the same way, and because of the same, beside what
/// happened to it on its way in.
async fn is_told_alike(stage: &Stage, number: u64, sent: &Value) -> Losses {
    stage.trace_says(number, "the record is replaced").await;
    let kept = kept_with(stage, number).await;
    let foretold = foretold(stage, sent).await;
    let is_same = |(to, how, why): &(String, String, String), other: &(String, String, String)| {
        *to == other.0 && *how == other.1 && other.2.ends_with(why)
    };
    for loss in &kept {
        let is_known = foretold.iter().any(|other| is_same(loss, other));
        assert!(is_known, "{loss:?} is not in {foretold:#?}");
    }
    for loss in foretold
        .iter()
        .filter(|(_, how, _)| how == "dropped" || how == "cut")
    {
        assert!(kept.contains(loss), "{loss:?} is not in {kept:#?}");
    }
    kept
}

#[tokio::test]
async fn why_a_phone_number_is_missing_at_the_desk_has_an_answer_with_its_ticket_and_beforehand() {
    let stage = Stage::new("").await;
    let (number, sent) = writes_as(&stage, "T-1", "0151 2345678").await;
    assert_eq!(stage.record_says("T-1").await.phone_number, None);
    let told = is_told_alike(&stage, number, &sent).await;
    let place = |to: &str, how: &str| {
        let mut found = told.iter().filter(|loss| loss.0 == to && loss.1 == how);
        found.next().map(|loss| loss.2.as_str()).unwrap_or_default()
    };
    let why = place("ticket /phoneNumber", "dropped");
    assert!(
        why.contains("none of their names is a telephone number"),
        "{told:#?}"
    );
    let trace = stage.daemon.ok(&["trace", "T-1"]).await;
    let line = format!("nothing of author in ticket /phoneNumber ({why})");
    assert!(trace.contains(&line), "{line} is not in\n{trace}");

    // One that is known to be one is there, in the desk's spelling.
    let (number, sent) = writes_as(&stage, "T-2", "+1 (212) 555-1234").await;
    let visit = stage.record_says("T-2").await;
    assert_eq!(visit.phone_number.as_deref(), Some("+12125551234"));
    let told = is_told_alike(&stage, number, &sent).await;
    let is_about_phones = |loss: &&(String, String, String)| loss.0 == "ticket /phoneNumber";
    let about: Vec<_> = told.iter().filter(is_about_phones).collect();
    let [(_, how, why)] = about.as_slice() else {
        panic!("{told:#?}");
    };
    assert_eq!(
        (how.as_str(), why.as_str()),
        ("converted", "the one of their names that is a number")
    );

    // And one that the desk does not take is a dead letter that names it.
    let refusal =
        json!({ "statusCode": 400, "errors": [{ "phoneNumber": "must be a mobile number" }] });
    let refusal = Fault::Status(400, refusal.to_string());
    stage.qminder.fault(Operation::CreateTicket, refusal, 1);
    let (number, _) = writes_as(&stage, "T-3", "+1 (212) 555-1235").await;
    let trace = stage.trace_says(number, "dead").await;
    assert!(
        trace.contains("must be a mobile number (field phoneNumber)"),
        "{trace}"
    );
}

#[tokio::test]
async fn what_the_mapping_leaves_out_of_the_record_is_told_with_the_ticket_and_beforehand() {
    let fields = "mapping = { fields = [{ type = \"text\", title = \"Number\", value = \"{{ number }}\" }], labels = { Bug = \"\" } }";
    let stage = Stage::new(fields).await;
    let (number, sent) = writes_as(&stage, "T-1", "+1 (212) 555-1234").await;
    let visit = stage.record_says("T-1").await;
    let record = visit.external_by("ticketbridge").unwrap();
    assert!(!record.data.to_string().contains("555"), "{}", record.data);
    let told = is_told_alike(&stage, number, &sent).await;
    let about_record = told.iter().filter(|loss| loss.0.starts_with("record"));
    let whys: Vec<&str> = about_record.map(|loss| loss.2.as_str()).collect();
    assert!(
        whys.iter()
            .any(|why| why.contains("mapping.fields has `phone`")),
        "{told:#?}"
    );
}
