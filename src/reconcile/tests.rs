//! A comparison in many pieces, with a system that is never called.

use std::collections::BTreeSet;

use crate::app;
use crate::clock::SystemClock;
use crate::model::{
    Author, DeliveryId, DeliveryState, ExternalTicket, Happening, OperatorOrder, RESPONSE_URL,
    TicketId,
};
use crate::settings::trial::loaded;
use crate::settings::{Secret, SystemKind};
use crate::store::Rank;

use super::*;

const AGENTS: &str = "[[agents]]\nid = 3\nname = \"Agent Smith\"\n";
const HUB: &str = "[[systems]]\nid = \"hub\"\nkind = \"respondo\"\nbase_url = \"https://app.example.com\"\n\
    remote_brand = 7\ntoken_name = \"bridge\"\ntoken_file = \"t\"\n";

fn live(mirror_to: &str) -> Live {
    let brand = format!("[[brands]]\nid = \"acme\"\nagents = [3]\nmirror_to = [{mirror_to}]\n");
    let mut settings = loaded(&format!("{AGENTS}{brand}{HUB}")).settings;
    for system in settings.systems.values_mut() {
        if let SystemKind::Respondo(respondo) = &mut system.kind {
            respondo.token = Secret::new("t".to_owned());
        }
    }
    Live::new(settings)
}

/// A bridge that mirrored nothing when these tickets came, and does by now.
async fn with_tickets(count: u64) -> Reconciling {
    let live_then = Arc::new(ArcSwap::from_pointee(live("")));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::in_memory(app::planner(&live_then), clock.now());
    for number in 0..count {
        let sent = ExternalTicket {
            brand: "acme".to_owned(),
            external_uid: format!("T-{number}"),
            content: "Help me".to_owned(),
            response_url: Some("https://hooks.example.com/x".to_owned()),
            provider: None,
            parent_uid: None,
            author: Author {
                external_uid: "jane-1".to_owned(),
                username: "Jane Doe".to_owned(),
            },
            created_at: clock.now(),
        };
        let event = clock.event(Happening::Arrived(Box::new(sent)));
        store.commit(event, Rank::Intake).await.unwrap();
    }
    live_then.store(Arc::new(live("\"hub\"")));
    let systems = app::couriers(
        &live_then.load(),
        &clock,
        &crate::model::Incarnation::named("memory"),
    )
    .unwrap();
    Reconciling {
        store,
        clock,
        live: live_then,
        metrics: Arc::new(Metrics::new(std::iter::empty(), [RESPONSE_URL].into_iter())),
        systems: Arc::new(systems),
    }
}

impl Reconciling {
    /// All pieces, one after the other.
    async fn all(&self, apply: bool) -> (Vec<Finding>, Tally, usize) {
        let mut asked = Asked {
            systems: vec!["hub".to_owned()],
            from: Cursor::default(),
            apply,
        };
        let (mut findings, mut tally, mut pieces) = (Vec::new(), Tally::default(), 0);
        loop {
            let compared = self.compare(&asked).await.unwrap();
            assert_eq!(compared.stopped, None);
            pieces += 1;
            findings.extend(compared.findings);
            let more = compared.tallies.get("hub").copied().unwrap_or_default();
            tally.pending += more.pending;
            tally.untold += more.untold;
            match compared.next {
                Some(next) => asked.from = next.to_string().parse().unwrap(),
                None => return (findings, tally, pieces),
            }
        }
    }

    async fn cancels(&self, delivery: DeliveryId) {
        let order = Happening::Ordered(OperatorOrder::Cancel { delivery });
        let event = self.clock.event(order);
        self.store.commit(event, Rank::Agent).await.unwrap();
    }
}

#[tokio::test]
async fn every_ticket_is_looked_at_once_however_many_there_are() {
    let bridge = with_tickets(MOST_TICKETS as u64 * 2 + 50).await;
    let (findings, _, _) = bridge.all(false).await;
    let tickets: BTreeSet<Option<TicketId>> = findings.iter().map(|found| found.ticket).collect();
    assert_eq!(findings.len(), MOST_TICKETS * 2 + 50);
    assert_eq!(tickets.len(), findings.len());
    assert!(findings.iter().all(|found| found.outcome == Outcome::Found));
    let (healed, _, _) = bridge.all(true).await;
    assert_eq!(healed.len(), findings.len());
    assert!(healed.iter().all(|found| found.outcome == Outcome::Healed));
    // All of it is on its way.
    let (left, tally, _) = bridge.all(true).await;
    assert_eq!((left.len(), tally.pending), (0, findings.len() as u64));
}

#[tokio::test]
async fn a_piece_ends_with_a_few_hundred_tickets() {
    let bridge = with_tickets(MOST_TICKETS as u64 + 1).await;
    let asked = Asked {
        systems: vec!["hub".to_owned()],
        from: Cursor::default(),
        apply: false,
    };
    let mut compared = Compared::default();
    let until = Instant::now() + LONGEST;
    let next = bridge
        .compare_tickets(&asked, TicketId(0), until, &mut compared)
        .await
        .unwrap();
    assert_eq!(compared.findings.len(), MOST_TICKETS);
    let last = compared.findings.last().and_then(|found| found.ticket);
    assert_eq!(next, last.map(Cursor::Tickets));
    // And with the first one when its time is up.
    let mut compared = Compared::default();
    let next = bridge
        .compare_tickets(&asked, TicketId(0), Instant::now(), &mut compared)
        .await
        .unwrap();
    assert_eq!(compared.findings.len(), 1);
    assert!(matches!(next, Some(Cursor::Tickets(_))));
}

#[tokio::test]
async fn what_was_called_off_is_made_anew() {
    let bridge = with_tickets(1).await;
    bridge.all(true).await;
    let query = || crate::store::DeliveryQuery {
        system: Some("hub".to_owned()),
        limit: 10,
        ..Default::default()
    };
    let made = bridge.store.deliveries(query()).await.unwrap();
    assert_eq!(made.len(), 1);
    bridge.cancels(made[0].id).await;
    let (found, _, _) = bridge.all(false).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].drift, Drift::Missing);
    assert_eq!(found[0].here, format!("delivery {} cancelled", made[0].id));
    let (healed, _, _) = bridge.all(true).await;
    assert_eq!(healed[0].outcome, Outcome::Healed);
    let again = bridge.store.deliveries(query()).await.unwrap();
    assert_eq!(again.len(), 2);
    let due = |state: &DeliveryState| matches!(state, DeliveryState::Due { .. });
    assert!(due(&again[0].state), "{:?}", again[0].state);
    let (left, _, _) = bridge.all(false).await;
    assert_eq!(left, []);
}
