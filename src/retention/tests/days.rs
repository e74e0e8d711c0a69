//! Whatever happens on random days, lists, counters and look-ups say what a recount says.

use proptest::prelude::*;

use super::*;
use crate::model::{
    AgentOrder, Author, Class, DeliveryId, DeliveryState, ExternalTicket, Happening, NoticeId,
    OperatorOrder, Status,
};
use crate::plan::tests::world::{follow_up, reply, ticket};

#[derive(Debug, Clone)]
enum Day {
    Arrives {
        uid: u8,
        parent: Option<u8>,
        url: u8,
        long: bool,
    },
    Answers(u8),
    Ends(u8, Class),
    Stands(u8, Status),
    Redirects(u8, u8),
    Cancels(u8),
    Retries(u8),
    Reads(u8),
    Passes(u8),
    Tidies,
    Erases(u8),
}

fn day() -> impl Strategy<Value = Day> {
    let class = prop_oneof![
        4 => Just(Class::Ok), 1 => Just(Class::Retry), 1 => Just(Class::Rejected), 1 => Just(Class::Throttled)
    ];
    let status =
        prop_oneof![3 => Just(Status::Closed), 1 => Just(Status::Open), 1 => Just(Status::OnHold)];
    prop_oneof![
        6 => (0..14_u8, proptest::option::of(0..14_u8), 0..3_u8, any::<bool>())
            .prop_map(|(uid, parent, url, long)| Day::Arrives { uid, parent, url, long }),
        4 => any::<u8>().prop_map(Day::Answers),
        4 => (any::<u8>(), class).prop_map(|(delivery, class)| Day::Ends(delivery, class)),
        6 => (any::<u8>(), status).prop_map(|(ticket, status)| Day::Stands(ticket, status)),
        1 => (any::<u8>(), 0..3_u8).prop_map(|(ticket, url)| Day::Redirects(ticket, url)),
        1 => any::<u8>().prop_map(Day::Cancels),
        1 => any::<u8>().prop_map(Day::Retries),
        1 => any::<u8>().prop_map(Day::Reads),
        3 => (1..40_u8).prop_map(Day::Passes),
        4 => Just(Day::Tidies),
        1 => (0..3_u8).prop_map(Day::Erases),
    ]
}

struct Days {
    world: World,
    /// Each uid that was removed, and as which ticket.
    highest: TicketId,
}

impl Days {
    /// One of the numbers that were given out.
    fn ticket(&self, pick: u8) -> TicketId {
        TicketId(1 + u64::from(pick) % self.highest.0.max(1))
    }

    async fn delivery(&self, pick: u8) -> Option<DeliveryId> {
        let all = self.world.store.deliveries(crate::store::DeliveryQuery {
            limit: 1000,
            ..Default::default()
        });
        let all = all.await.unwrap();
        (!all.is_empty()).then(|| all[usize::from(pick) % all.len()].id)
    }

    fn sent(uid: u8, parent: Option<u8>, url: u8, long: bool) -> ExternalTicket {
        let (name, author) = (format!("u{uid}"), uid % 3);
        let sent = match parent {
            Some(parent) => follow_up(&name, &format!("u{parent}")),
            None => ticket(&name),
        };
        let content = match long {
            true => format!("words of author-{author} ").repeat(200),
            false => format!("words of author-{author}"),
        };
        ExternalTicket {
            content,
            response_url: Some(format!("https://host{url}.example/author-{author}")),
            author: Author {
                external_uid: format!("author-{author}"),
                username: format!("name of author-{author}"),
            },
            ..sent
        }
    }

    async fn take(&mut self, day: Day) {
        match day {
            Day::Arrives {
                uid,
                parent,
                url,
                long,
            } => {
                let taken = self.world.arrives(Self::sent(uid, parent, url, long));
                if is_there(&self.world, taken.ticket).await {
                    self.highest = self.highest.max(taken.ticket);
                } else {
                    assert!(taken.duplicate, "{taken:?}");
                }
            }
            Day::Answers(pick) => {
                self.world
                    .happens(Happening::Replied(reply(self.ticket(pick))));
            }
            Day::Ends(pick, class) => {
                let Some(id) = self.delivery(pick).await else {
                    return;
                };
                if matches!(self.world.state(id), DeliveryState::Due { .. }) {
                    self.world.ends(id, class);
                }
            }
            Day::Stands(pick, status) => {
                let ticket = self.ticket(pick);
                self.world.does(
                    1,
                    AgentOrder::Update {
                        ticket,
                        status: Some(status),
                        priority: None,
                        labels: None,
                    },
                );
            }
            Day::Redirects(pick, url) => {
                let ticket = self.ticket(pick);
                let url = format!("https://host{url}.example/elsewhere");
                self.world
                    .orders(OperatorOrder::SetResponseUrl { ticket, url });
            }
            Day::Cancels(pick) => {
                let Some(delivery) = self.delivery(pick).await else {
                    return;
                };
                self.world.orders(OperatorOrder::Cancel { delivery });
            }
            Day::Retries(pick) => {
                let Some(delivery) = self.delivery(pick).await else {
                    return;
                };
                self.world.orders(OperatorOrder::Retry { delivery });
            }
            Day::Reads(notice) => {
                self.world.does(
                    1,
                    AgentOrder::Read {
                        notice: NoticeId(notice.into()),
                    },
                );
            }
            Day::Passes(days) => self.world.pass(u32::from(days) * DAY),
            Day::Tidies => {
                let removed = pass(&mut self.world).await;
                assert_eq!(removed.set_aside, 0);
                self.world.store.audit_after_removal(self.world.now);
                assert_eq!(
                    pass(&mut self.world).await,
                    Removed::default(),
                    "once is enough"
                );
            }
            Day::Erases(author) => {
                let uid = format!("author-{author}");
                let receipt = erase(&mut self.world, &uid, false).await;
                assert_eq!(receipt.left, 0);
                self.world.store.audit_after_removal(self.world.now);
                assert!(!says(&self.world, &format!("words of {uid}")));
                assert!(!says(&self.world, &format!("name of {uid}")));
                // Where somebody else's answers go to the same place, that stays.
                let hook = format!("example/{uid}");
                assert!(!says(&self.world, &uid) || says(&self.world, &hook));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn lists_counters_and_look_ups_are_right_after_any_removal(
        days in proptest::collection::vec(day(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut run = Days { world: world(), highest: TicketId(0) };
            for day in days {
                run.take(day).await;
            }
            run.take(Day::Tidies).await;
        });
    }
}
