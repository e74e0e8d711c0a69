//! At a Qminder.

use serde_json::json;
use ticketbridge_sim::qminder::{Fault, Operation, Status, Ticket, Variation};

use super::stage::{Stage, holds_nothing_private};

const DESK: &str = "front-desk";

impl Stage {
    /// The only visit there, once all is sent.
    async fn visit(&self) -> Ticket {
        self.comes_to_rest().await;
        let tickets = self.qminder.tickets();
        assert_eq!(tickets.len(), 1, "{tickets:#?}");
        tickets.into_iter().next().unwrap()
    }
}

#[tokio::test]
async fn where_both_sides_agree_there_is_nothing_to_find() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    stage.replies(number, "Put it out").await;
    stage.visit().await;
    stage.finds_nothing().await;
    let people = stage.daemon.ok(&["reconcile"]).await;
    assert_eq!(people, "front-desk: 1 link compared\nno differences\n");
}

#[tokio::test]
async fn a_record_that_says_something_else_is_replaced() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let visit = stage.visit().await;
    let before = visit.external_by("ticketbridge").unwrap().clone();
    let edited = |ticket: &mut Ticket| {
        let ours = ticket.external.iter_mut();
        for record in ours.filter(|record| record.provider == "ticketbridge") {
            record.data = json!({"fields": [{"type": "text", "title": "Author", "value": "x"}]});
        }
    };
    stage.qminder.edit(&visit.id.to_string(), edited).unwrap();
    stage.finds_and_heals(&[(DESK, number, "record")]).await;
    let after = stage.visit().await;
    assert_eq!(after.external_by("ticketbridge").unwrap().data, before.data);

    // And one that is gone is there again.
    let gone = |ticket: &mut Ticket| ticket.external.clear();
    stage.qminder.edit(&visit.id.to_string(), gone).unwrap();
    stage.finds_and_heals(&[(DESK, number, "record")]).await;
    let after = stage.visit().await;
    assert_eq!(after.external_by("ticketbridge").unwrap().data, before.data);
    let trace = stage.daemon.ok(&["trace", &number.to_string()]).await;
    assert!(trace.contains("the record at front-desk"), "{trace}");
}

#[tokio::test]
async fn what_the_clerks_did_unseen_is_learnt() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let id = stage.visit().await.id.to_string();
    stage.qminder.call(&id, 15144).unwrap();
    stage.qminder.serve(&id).unwrap();
    stage.finds_and_heals(&[(DESK, number, "status")]).await;
    let (_, shown) = stage.daemon.agent_get(&format!("/tickets/{number}")).await;
    assert_eq!(shown["data"]["status"], "closed", "{shown:#}");
}

#[tokio::test]
async fn a_visit_that_was_deleted_is_known_to_be_gone() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let id = stage.visit().await.id.to_string();
    stage.qminder.delete(&id).unwrap();
    stage.finds_and_heals(&[(DESK, number, "missing")]).await;
    assert_eq!(stage.qminder.tickets().len(), 0, "none is made anew");
}

#[tokio::test]
async fn a_lost_label_is_put_there_again() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let visit = stage.visit().await;
    let id = visit.id.to_string();
    let bare = |ticket: &mut Ticket| ticket.labels.clear();
    stage.qminder.edit(&id, bare).unwrap();
    stage.finds_and_heals(&[(DESK, number, "label")]).await;
    let labels = |ticket: &Ticket| -> Vec<String> {
        let labels = ticket.labels.iter();
        labels.map(|label| label.value.clone()).collect()
    };
    assert_eq!(labels(&stage.visit().await), labels(&visit));
}

#[tokio::test]
async fn a_visit_that_nothing_leads_to_is_told_and_left_or_cancelled() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let visit = stage.visit().await;
    let mark = visit.labels[0].value.clone();
    // As a call leaves it whose answer was lost, after its ticket was linked to another one.
    let copy = stage.qminder.visitor(12345, "Jane").unwrap();
    stage.qminder.label(&copy, &mark).unwrap();
    let (incarnation, _) = mark.rsplit_once('-').unwrap();
    let stranger = stage.qminder.visitor(12345, "Jane").unwrap();
    let unknown = format!("{incarnation}-4711");
    stage.qminder.label(&stranger, &unknown).unwrap();
    // Somebody else's is nobody's business.
    stage.qminder.visitor(12345, "Jane").unwrap();

    let found = stage.reconcile(&[DESK]).await;
    let expected = [(DESK, number, "extra"), (DESK, 0, "extra")];
    assert_eq!(found.told(), expected, "{}", found.out);
    let healed = stage.reconcile(&["--apply"]).await;
    assert_eq!(healed.told(), expected, "{}", healed.out);
    assert_eq!(healed.findings[0]["outcome"], "healed", "{}", healed.out);
    assert_eq!(healed.findings[1]["outcome"], "left", "{}", healed.out);
    assert_eq!(healed.code, 1, "{}", healed.out);
    stage.comes_to_rest().await;
    let copied = stage.qminder.ticket(&copy).unwrap();
    assert_eq!(copied.status, Status::CancelledByClerk);
    let linked = stage.qminder.ticket(&visit.id.to_string()).unwrap();
    assert_eq!(linked.status, Status::New);
    let again = stage.reconcile(&[]).await;
    assert_eq!(again.told(), [(DESK, 0, "extra")], "{}", again.out);
    stage.qminder.cancel(&stranger, 15144).unwrap();
    stage.finds_nothing().await;
}

#[tokio::test]
async fn what_is_told_holds_nothing_that_people_wrote() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    stage.writes("T-1", "The printer is on fire", None).await;
    let id = stage.visit().await.id.to_string();
    stage
        .qminder
        .edit(&id, |ticket| ticket.external.clear())
        .unwrap();
    stage.qminder.variation(Variation::MessagesWithoutPhone);
    stage
        .qminder
        .incoming_sms(&id, "Water makes it worse")
        .unwrap();
    let run = stage.daemon.run(&["reconcile"]).await;
    let mut text = String::from_utf8(run.stdout).unwrap();
    assert!(
        text.contains("record") && text.contains("unheard"),
        "{text}"
    );
    text += &String::from_utf8(run.stderr).unwrap();
    text += &stage.reconcile(&["--apply"]).await.out;
    holds_nothing_private(&text, &["printer", "fire", "Water"]);
}

#[tokio::test]
async fn two_systems_on_one_line_have_a_visit_in_common_and_a_record_each() {
    let mut stage = Stage::set(&[DESK, "second-desk"]).await;
    let base_url = stage.qminder.base_url();
    stage.daemon.configure_more(&format!(
        r#"
[[systems]]
id = "second-desk"
kind = "qminder"
base_url = "{base_url}"
api_key_file = "./qminder.key"
line = "12345"
user = 900
provider = "second"
poll_interval = "1d"
rate = {{ per_second = 1000, burst = 1000 }}
"#
    ));
    stage.daemon.start().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let visit = stage.visit().await;
    assert_eq!(visit.external.len(), 2, "{visit:#?}");
    stage.finds_nothing().await;
    let id = visit.id.to_string();
    let bare = |ticket: &mut Ticket| {
        ticket.external.clear();
        ticket.labels.clear();
    };
    stage.qminder.edit(&id, bare).unwrap();
    stage
        .finds_and_heals(&[
            (DESK, number, "label"),
            (DESK, number, "record"),
            ("second-desk", number, "record"),
        ])
        .await;
    stage.qminder.delete(&id).unwrap();
    stage.finds_and_heals(&[(DESK, number, "missing")]).await;
}

#[tokio::test]
async fn what_a_desk_in_dry_run_mode_is_not_sent_is_on_its_way() {
    let mut stage = Stage::set(&[DESK]).await;
    stage.reconfigure("line = \"12345\"", "line = \"12345\"\nmode = \"dry-run\"");
    stage.daemon.start().await;
    stage.writes("T-1", "The printer is on fire", None).await;
    let run = stage.reconcile(&["--apply"]).await;
    assert_eq!((run.code, run.findings.len()), (0, 0), "{}", run.out);
    assert!(run.out.contains("1 on their way"), "{}", run.out);
    assert!(stage.qminder.tickets().is_empty());
}

#[tokio::test]
async fn a_ticket_that_went_in_circles_is_left_alone_until_it_is_released() {
    let mut stage = Stage::set(&[DESK]).await;
    let limit = "[mirror]\nloop_limit = { changes = 3, within = \"1h\" }\n";
    stage.daemon.configure_more(limit);
    stage.daemon.start().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let id = stage.visit().await.id.to_string();
    for text in ["One", "Two", "Three", "Four", "Five"] {
        stage.replies(number, text).await;
        stage.comes_to_rest().await;
    }
    let run = stage.reconcile(&["--apply"]).await;
    assert_eq!(run.told(), [(DESK, number, "record")], "{}", run.out);
    assert_eq!(run.code, 1, "{}", run.out);
    assert_eq!(run.findings[0]["outcome"], "left", "{}", run.out);
    let reason = run.findings[0]["reason"].as_str().unwrap();
    assert!(reason.contains("tickets release"), "{reason}");
    stage.comes_to_rest().await;
    let shown = |stage: &Stage| stage.qminder.external(&id)[0].data.to_string();
    assert!(!shown(&stage).contains("Five"), "nothing was sent");
    let released = ["tickets", "release", &number.to_string()];
    stage.daemon.ok(&released).await;
    stage.comes_to_rest().await;
    assert!(shown(&stage).contains("Five"));
    stage.finds_nothing().await;
}

#[tokio::test]
async fn a_desk_in_trouble_is_asked_again_at_the_same_ticket() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    let first = stage.writes("T-1", "The printer is on fire", None).await;
    let second = stage.writes("T-2", "The door is stuck", None).await;
    stage.comes_to_rest().await;
    for visit in stage.qminder.tickets() {
        stage.qminder.call(&visit.id.to_string(), 15144).unwrap();
    }
    let trouble = Fault::Status(500, "{}".to_owned());
    stage.qminder.fault(Operation::GetTicket, trouble, 1);
    let run = stage.reconcile(&["--apply"]).await;
    let expected = [(DESK, first, "status"), (DESK, second, "status")];
    assert_eq!(run.told(), expected, "{}", run.out);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(
        run.out.contains("does not answer, asked again"),
        "{}",
        run.out
    );
    stage.comes_to_rest().await;
    stage.finds_nothing().await;
}

#[tokio::test]
async fn a_desk_that_does_not_answer_is_told_and_not_taken_for_well() {
    let stage = Stage::mirroring_to(&[DESK]).await;
    stage.writes("T-1", "The printer is on fire", None).await;
    stage.visit().await;
    stage.qminder.revoke_key("qminder-key");
    let run = stage.reconcile(&[]).await;
    assert_eq!((run.code, run.findings.len()), (1, 0), "{}", run.out);
    assert!(
        run.out.contains("front-desk could not be asked"),
        "{}",
        run.out
    );
}
