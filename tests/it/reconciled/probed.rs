//! `probe`

use serde_json::Value;
use ticketbridge_sim::deskhive::{Ids, Lists, MessageOrder, Missing, NoteFlag, Sender};

use super::stage::{Stage, holds_nothing_private};

const ALL: [&str; 3] = ["front-desk", "support", "hub"];

impl Stage {
    /// A conversation that is everywhere.
    async fn conversation(&self) {
        let number = self.writes("T-1", "The printer is on fire", None).await;
        self.comes_to_rest().await;
        self.replies(number, "Put it out").await;
        self.comes_to_rest().await;
    }

    /// Probes and says what came out, which holds nothing private and was got by reading.
    async fn probes(&self, system: &str) -> (i32, Vec<Value>) {
        let before = (
            self.qminder.tickets(),
            self.desk.tickets(),
            self.hub.tickets().len(),
        );
        let output = self.daemon.run(&["probe", system, "--json"]).await;
        let people = self.daemon.run(&["probe", system]).await;
        let after = (
            self.qminder.tickets(),
            self.desk.tickets(),
            self.hub.tickets().len(),
        );
        assert!(before == after, "it changed something");
        assert_eq!(output.status.code(), people.status.code());
        for text in [
            &output.stdout,
            &output.stderr,
            &people.stdout,
            &people.stderr,
        ] {
            let text = String::from_utf8(text.clone()).unwrap();
            holds_nothing_private(&text, &["printer", "fire", "Put", "Agent Smith", "T-1"]);
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let checks = serde_json::from_slice(&output.stdout);
        let checks = checks.unwrap_or_else(|error| panic!("{error}: {said}"));
        (output.status.code().unwrap(), checks)
    }
}

/// The verdict and what was seen of the assumption that holds these words.
fn seen<'a>(checks: &'a [Value], words: &str) -> (&'a str, &'a str) {
    let text = |check: &'a Value, name: &str| check[name].as_str().unwrap();
    let mut found = checks.iter();
    let found = found.find(|check| text(check, "assumption").contains(words));
    let found = found.unwrap_or_else(|| panic!("{words} is not in {checks:#?}"));
    (text(found, "verdict"), text(found, "seen"))
}

fn wrong(checks: &[Value]) -> Vec<&Value> {
    let checks = checks.iter();
    checks.filter(|check| check["verdict"] == "wrong").collect()
}

#[tokio::test]
async fn a_desk_as_documented_is_well() {
    let stage = Stage::mirroring_to(&["front-desk"]).await;
    stage.conversation().await;
    let (code, checks) = stage.probes("front-desk").await;
    assert_eq!(wrong(&checks), Vec::<&Value>::new());
    assert_eq!(code, 0);
    for words in [
        "the key works",
        "is enabled",
        "a user who is there",
        "can be searched",
        "documented shape",
        "read back",
        "404 and a sentence",
        "a wrong key",
    ] {
        assert_eq!(seen(&checks, words).0, "ok", "{checks:#?}");
    }
    let (_, ticket) = seen(&checks, "documented shape");
    assert!(ticket.contains("firstName: text"), "{ticket}");
    assert_eq!(seen(&checks, "webhooks reach").0, "note");
}

#[tokio::test]
async fn a_desk_that_takes_no_tickets_is_told() {
    let stage = Stage::mirroring_to(&["front-desk"]).await;
    stage.qminder.disable_line(12345);
    let (code, checks) = stage.probes("front-desk").await;
    assert_eq!((code, seen(&checks, "is enabled").0), (1, "wrong"));
    stage.qminder.revoke_key("qminder-key");
    let (code, checks) = stage.probes("front-desk").await;
    assert_eq!((code, seen(&checks, "the key works").0), (1, "wrong"));
    let (_, why) = seen(&checks, "the key works");
    assert!(why.contains("api_key_file"), "{why}");
}

#[tokio::test]
async fn a_help_desk_is_told_in_each_reading_of_its_documents() {
    let stage = Stage::mirroring_to(&["support"]).await;
    stage.conversation().await;
    stage.writes("T-2", "Another one", None).await;
    stage.comes_to_rest().await;
    let (code, checks) = stage.probes("support").await;
    assert_eq!(wrong(&checks), Vec::<&Value>::new());
    assert_eq!(code, 0);
    assert_eq!(seen(&checks, "who we are").0, "ok");
    assert_eq!(seen(&checks, "ids are numbers"), ("ok", "int"));
    let (_, envelope) = seen(&checks, "an envelope");
    assert!(envelope.contains("data: []"), "{envelope}");
    let (_, order) = seen(&checks, "order tickets come");
    assert_eq!(order, "by number, the last first");
    assert_eq!(seen(&checks, "messages:list").0, "ok");

    stage.desk.vary(|vary| {
        vary.lists = Lists::PaginatorUnderData;
        vary.ids = Ids::Texts;
        vary.missing = Missing::Omitted;
        vary.per_page_cap = Some(25);
        vary.message_order = MessageOrder::NewestFirst;
    });
    let (code, checks) = stage.probes("support").await;
    assert_eq!(code, 0, "{:#?}", wrong(&checks));
    assert_eq!(seen(&checks, "ids are numbers"), ("note", "digits"));
    let (_, envelope) = seen(&checks, "an envelope");
    assert!(envelope.contains("data: {"), "{envelope}");
    assert_eq!(seen(&checks, "pages of 100"), ("note", "25 on a page"));
    let (_, relations) = seen(&checks, "relations");
    assert!(!relations.ends_with("left out: none"), "{relations}");

    stage.desk.vary(|vary| {
        vary.note_flag = NoteFlag::Absent;
        vary.sender = Sender::Word;
    });
    let (code, checks) = stage.probes("support").await;
    assert_eq!(code, 1);
    assert_eq!(seen(&checks, "who wrote it").0, "ok");
    let (verdict, why) = seen(&checks, "customer may see it");
    assert_eq!(verdict, "wrong", "{why}");
}

#[tokio::test]
async fn a_key_that_may_too_little_is_told_by_its_scope() {
    let stage = Stage::mirroring_to(&["support"]).await;
    stage.conversation().await;
    stage.desk.revoke_key("desk-internal-key");
    let (code, checks) = stage.probes("support").await;
    assert_eq!((code, seen(&checks, "tickets:read").0), (1, "wrong"));
    stage.desk.revoke_key("desk-agent-key");
    let (code, checks) = stage.probes("support").await;
    assert_eq!((code, seen(&checks, "agent's key works").0), (1, "wrong"));
    assert_eq!(checks.len(), 1, "nothing else is of use");
}

#[tokio::test]
async fn a_server_that_tells_nothing_is_reached_at_least() {
    let mut stage = Stage::mirroring_to(&ALL).await;
    stage.conversation().await;
    let (code, checks) = stage.probes("hub").await;
    assert_eq!(code, 1, "answers cannot come back without TLS");
    assert_eq!(seen(&checks, "answers come back over TLS").0, "wrong");
    assert_eq!(seen(&checks, "the server answers").0, "ok");
    stage.reconfigure(
        "[server]\n",
        "[server]\npublic_url = \"https://bridge.example.org\"\n",
    );
    assert_eq!(stage.daemon.terminate().await, Some(0));
    // Without a daemon, too.
    let (code, checks) = stage.probes("hub").await;
    assert_eq!(wrong(&checks), Vec::<&Value>::new());
    assert_eq!(code, 0);
    assert_eq!(seen(&checks, "/replies").0, "note");
}

#[tokio::test]
async fn a_system_that_is_not_configured_can_be_neither_probed_nor_compared() {
    let stage = Stage::mirroring_to(&[]).await;
    for command in ["probe", "reconcile"] {
        let output = stage.daemon.run(&[command, "elsewhere"]).await;
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(output.stdout.is_empty(), "{command}");
        assert!(!output.stderr.is_empty(), "{command}");
    }
}
