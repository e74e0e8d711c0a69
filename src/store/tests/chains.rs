//! Whatever happens in whatever order, the rows agree with each other.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;

use super::audit::{audit, audit_waiting};
use super::bench::Bench;
use crate::model::{
    AgentId, AgentOrder, Attempt, Class, DeliveryId, Edited, ExternalTicket, Happening, Kick,
    LaneFailure, LaneId, MessageId, NoticeId, OperatorOrder, Priority, Replied, SetAside, Settled,
    Status, TicketId, Visibility,
};
use crate::plan::tests::world::{reply, ticket};
use crate::plan::{AssignRule, OnUnknown};
use crate::store::keys;

#[derive(Debug, Clone)]
enum Step {
    Arrive {
        uid: u8,
        parent: Option<u8>,
        url: Option<u8>,
        provider: Option<u8>,
        text: u8,
    },
    Reply(Index, Visibility),
    /// A call begins for a due delivery, which may be stored.
    Begin(Index, bool),
    /// A call that began ends.
    End {
        call: Index,
        class: Class,
        failure: bool,
        gone: bool,
        until: Option<u32>,
        uid: Option<u8>,
    },
    Retry(Index),
    Cancel(Index),
    Edit(Index),
    Misplaced(Index),
    Expired(Index),
    Resume(Index),
    Kick(Index),
    Redirect(Index, u8),
    Assign(Index, u8),
    /// An agent does something to a ticket or message, or reads a notice.
    Work(Index, u8, Work),
    SetAside(Index),
    Pass(u32),
    /// Another event of the same batch follows.
    Unwritten(Box<Step>),
}

#[derive(Debug, Clone)]
enum Work {
    Update(Option<Status>, Option<Priority>, Option<u64>),
    Like,
    Read(u64),
    Join,
}

fn work() -> impl Strategy<Value = Work> {
    let update = (
        proptest::option::of(proptest::sample::select(Status::ALL)),
        proptest::option::of(proptest::sample::select(Priority::ALL)),
        proptest::option::of(0_u64..3),
    );
    prop_oneof![
        3 => update.prop_map(|(status, priority, label)| Work::Update(status, priority, label)),
        1 => Just(Work::Like),
        3 => (0_u64..12).prop_map(Work::Read),
        1 => Just(Work::Join),
    ]
}

fn plain_step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let rarely = || proptest::bool::weighted(0.1);
    let visibility = || {
        rarely().prop_map(|it| {
            if it {
                Visibility::Internal
            } else {
                Visibility::Public
            }
        })
    };
    prop_oneof![
        6 => (
            0_u8..6, proptest::option::of(0_u8..6), proptest::option::of(0_u8..3),
            proptest::option::of(0_u8..2), 0_u8..3,
        ).prop_map(|(uid, parent, url, provider, text)| Step::Arrive { uid, parent, url, provider, text }),
        6 => (index(), visibility()).prop_map(|(ticket, visibility)| Step::Reply(ticket, visibility)),
        6 => (index(), any::<bool>()).prop_map(|(head, stored)| Step::Begin(head, stored)),
        6 => (
            index(), proptest::sample::select(&Class::ALL[..]), any::<bool>(), rarely(),
            proptest::option::of(0_u32..1_000_000), proptest::option::of(0_u8..6),
        ).prop_map(|(call, class, failure, gone, until, uid)| {
            Step::End { call, class, failure, gone, until, uid }
        }),
        2 => index().prop_map(Step::Retry),
        1 => index().prop_map(Step::Cancel),
        1 => index().prop_map(Step::Edit),
        2 => index().prop_map(Step::Misplaced),
        2 => index().prop_map(Step::Expired),
        1 => index().prop_map(Step::Resume),
        2 => index().prop_map(Step::Kick),
        2 => (index(), 0_u8..3).prop_map(|(ticket, url)| Step::Redirect(ticket, url)),
        1 => (index(), 1_u8..5).prop_map(|(ticket, agent)| Step::Assign(ticket, agent)),
        6 => (index(), 1_u8..5, work()).prop_map(|(index, agent, work)| Step::Work(index, agent, work)),
        1 => index().prop_map(Step::SetAside),
        2 => (0_u32..400_000).prop_map(Step::Pass),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => plain_step(),
        1 => plain_step().prop_map(|step| Step::Unwritten(Box::new(step))),
    ]
}

fn url(number: u8) -> String {
    format!("https://host{}.example/{number}", number / 2)
}

struct Run {
    bench: Bench,
    calls: Vec<Settled>,
}

impl Run {
    /// The number of one of the records of a kind.
    fn some(&self, kind: u8, index: &Index) -> Option<u64> {
        let all = self.bench.all(kind);
        let (key, _) = (!all.is_empty()).then(|| index.get(&all))?;
        keys::number_at(key, 1)
    }

    fn some_ticket(&self, index: &Index) -> Option<TicketId> {
        self.some(b't', index).map(TicketId)
    }

    fn some_delivery(&self, index: &Index) -> Option<DeliveryId> {
        self.some(b'd', index).map(DeliveryId)
    }

    fn some_lane(&self, index: &Index) -> Option<LaneId> {
        self.some(b'n', index).map(LaneId)
    }

    /// The event that `step` is, if what it needs is there.
    fn event(&mut self, step: Step) -> Option<Happening> {
        Some(match step {
            Step::Arrive {
                uid,
                parent,
                url: to,
                provider,
                text,
            } => Happening::Arrived(Box::new(ExternalTicket {
                parent_uid: parent.map(|uid| format!("u{uid}")),
                response_url: to.map(url),
                provider: provider.map(|number| format!("p{number}")),
                ..ticket(&format!("u{uid}")).saying(&"long ".repeat(usize::from(text) * 400))
            })),
            Step::Reply(index, visibility) => Happening::Replied(Replied {
                visibility,
                ..reply(self.some_ticket(&index)?)
            }),
            Step::Begin(index, stored) => {
                let heads = self.bench.heads();
                let (_, head) = (!heads.is_empty()).then(|| *index.get(&heads))?;
                let delivery = head.delivery;
                let call = self.bench.end(delivery, Class::Ok);
                self.calls.push(call);
                return stored.then_some(Happening::Started { delivery });
            }
            Step::End {
                call,
                class,
                failure,
                gone,
                until,
                uid,
            } => {
                let at = (!self.calls.is_empty()).then(|| call.index(self.calls.len()))?;
                let begun = self.calls.swap_remove(at);
                let now = self.bench.now;
                Happening::Settled(Box::new(Settled {
                    attempt: Attempt {
                        class,
                        ..begun.attempt.clone()
                    },
                    gone,
                    until: until.map(|seconds| now.plus(Duration::from_secs(seconds.into()))),
                    remote_uid: uid.map(|uid| format!("u{uid}")),
                    failure: failure.then_some(LaneFailure::Silence),
                    host_troubled: failure,
                    ..begun
                }))
            }
            Step::Retry(index) => Happening::Ordered(OperatorOrder::Retry {
                delivery: self.some_delivery(&index)?,
            }),
            Step::Cancel(index) => Happening::Ordered(OperatorOrder::Cancel {
                delivery: self.some_delivery(&index)?,
            }),
            Step::Edit(index) => Happening::Ordered(OperatorOrder::Edit(Edited {
                delivery: self.some_delivery(&index)?,
                text: "edited ".repeat(300),
            })),
            Step::Misplaced(index) => Happening::Misplaced {
                delivery: self.some_delivery(&index)?,
            },
            Step::Expired(index) => Happening::Expired {
                delivery: self.some_delivery(&index)?,
            },
            Step::Resume(index) => Happening::Ordered(OperatorOrder::Resume {
                lane: self.some_lane(&index)?,
            }),
            Step::Kick(index) => Happening::Kicked(Kick {
                lane: self.some_lane(&index)?,
            }),
            Step::Redirect(index, to) => Happening::Ordered(OperatorOrder::SetResponseUrl {
                ticket: self.some_ticket(&index)?,
                url: url(to),
            }),
            Step::Assign(index, agent) => Happening::Ordered(OperatorOrder::Assign {
                ticket: self.some_ticket(&index)?,
                agent: AgentId(agent.into()),
            }),
            Step::Work(index, agent, work) => {
                let agent = AgentId(agent.into());
                let order = match work {
                    Work::Update(status, priority, label) => AgentOrder::Update {
                        ticket: self.some_ticket(&index)?,
                        status,
                        priority,
                        labels: label.map(|label| vec![label]),
                    },
                    Work::Like => {
                        let all = self.bench.all(b'm');
                        let (key, _) = (!all.is_empty()).then(|| index.get(&all))?;
                        AgentOrder::Like {
                            ticket: TicketId(keys::number_at(key, 1)?),
                            message: MessageId(keys::number_at(key, 9)?),
                        }
                    }
                    Work::Read(notice) => AgentOrder::Read {
                        notice: NoticeId(notice),
                    },
                    Work::Join => return Some(Happening::Joined(agent)),
                };
                Happening::Did(agent, order)
            }
            Step::SetAside(index) => {
                let heads = self.bench.heads();
                let (lane, head) = (!heads.is_empty()).then(|| *index.get(&heads))?;
                Happening::SetAside(SetAside {
                    lane,
                    head,
                    reason: "a test".to_owned(),
                })
            }
            Step::Pass(seconds) => {
                let time = Duration::from_secs(seconds.into());
                self.bench.now = self.bench.now.plus(time);
                return None;
            }
            Step::Unwritten(step) => {
                let event = self.event(*step)?;
                self.bench.stages(event).unwrap();
                return None;
            }
        })
    }

    fn take(&mut self, step: Step) {
        let unwritten = matches!(step, Step::Unwritten(_));
        if let Some(event) = self.event(step) {
            self.bench.happens(event).unwrap();
        }
        if !unwritten {
            self.bench.ledger.write().unwrap();
            audit(&self.bench);
            audit_waiting(&self.bench);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_rows_agree_after_any_events(
        steps in proptest::collection::vec(step(), 1..70),
        holds in any::<bool>(), rule in 0_usize..3,
    ) {
        let mut run = Run { bench: Bench::new(), calls: Vec::new() };
        {
            let mut routes = run.bench.routes.lock().unwrap();
            routes.require_response_url = false;
            routes.schedule.breaker.failures = 2;
            routes.schedule.on_unknown = if holds { OnUnknown::Hold } else { OnUnknown::Resend };
            routes.brands.get_mut("acme").unwrap().assign =
                [AssignRule::All, AssignRule::RoundRobin, AssignRule::LeastOpen][rule];
        }
        for step in steps {
            run.take(step);
        }
    }
}
