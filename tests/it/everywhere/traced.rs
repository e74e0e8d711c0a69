//! What a ticket leads to at every system is in its trace, and the systems are told so.

use std::collections::BTreeSet;

use ticketbridge_sim::Collector;
use ticketbridge_sim::collector::Span;

use super::stage::{SOON, Stage};
use crate::traces::to;

#[tokio::test]
async fn every_systems_part_of_a_tickets_way_is_in_its_trace() {
    let collector = Collector::start().await.unwrap();
    let mut stage = Stage::set("", "").await;
    stage.daemon.configure_more(&to(&collector));
    stage.daemon.start().await;
    let number = stage.writes("T-1", "It says nothing", None).await;
    let there = stage.at_desk("It says nothing").await;
    // Answered at the helpdesk, which knows nothing of traces.
    stage.desk.agent_replies(there, 5, "<p>On it.</p>").unwrap();
    stage.receives(&["On it."]).await;
    stage.comes_to_rest().await;

    let is_whole = |spans: &[Span]| {
        let names: BTreeSet<&str> = spans.iter().map(|span| span.name.as_str()).collect();
        let wanted = [
            "take ticket",
            "call: create ticket",
            "call: replace record",
            "call: push ticket",
            "see ticket",
            "call: reply",
        ];
        wanted
            .iter()
            .all(|name| names.contains(name))
            .then(|| spans.to_vec())
    };
    let spans = match collector.wait_for(SOON, is_whole).await {
        Ok(spans) => spans,
        Err(spans) => panic!("{spans:#?}\n{}", stage.daemon.log()),
    };
    let trace = &spans
        .iter()
        .find(|span| span.name == "take ticket")
        .unwrap()
        .trace;
    assert!(spans.iter().all(|span| span.trace == *trace), "{spans:#?}");
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    assert_eq!(ids.len(), spans.len(), "one of each: {spans:#?}");
    for span in &spans {
        let is_known = span
            .parent
            .as_deref()
            .is_none_or(|parent| ids.contains(parent));
        assert!(is_known, "{span} is a part of nothing");
        assert_eq!(span.attributes["ticketbridge.ticket"], number.to_string());
    }
    let reply = spans
        .iter()
        .find(|span| span.name == "call: reply")
        .unwrap();
    let seen = spans
        .iter()
        .find(|span| Some(&span.id) == reply.parent.as_ref())
        .unwrap();
    assert_eq!((seen.name.as_str(), seen.kind), ("see ticket", "consumer"));
    assert_eq!(seen.attributes["ticketbridge.system"], "support");

    // Each call says which it is; what is only asked belongs to no ticket.
    let carries = |header: Option<&str>, name: &str| {
        let calls = spans.iter().filter(|span| span.name == name);
        let mut known = calls.map(|span| format!("00-{trace}-{}-01", span.id));
        known.any(|known| Some(known.as_str()) == header)
    };
    let at_queue = stage.qminder.requests();
    let made = at_queue
        .iter()
        .find(|seen| seen.method == "POST" && seen.path.ends_with("/tickets"));
    assert!(carries(
        made.unwrap().header("traceparent"),
        "call: create ticket"
    ));
    let at_desk = stage.desk.seen();
    let made = at_desk
        .iter()
        .find(|seen| seen.method == "POST" && seen.path.ends_with("/internal/tickets"));
    assert!(carries(
        made.unwrap().header("traceparent"),
        "call: create ticket"
    ));
    let at_hub = stage.hub.requests();
    let pushed = at_hub
        .iter()
        .find(|seen| seen.path.ends_with("/external_tickets.json"));
    assert!(carries(
        pushed.unwrap().header("traceparent"),
        "call: push ticket"
    ));
    let asked = at_queue
        .iter()
        .find(|seen| seen.header("traceparent").is_none());
    assert!(asked.is_some(), "polls belong to no trace");
}
