//! Deliveries, their attempts, and where they are found.

use super::{Checking, Found};
use crate::model::{Attempt, Delivery, DeliveryId, DeliveryState, LaneId, RESPONSE_URL, TicketId};
use crate::plan::MOST_ATTEMPTS;
use crate::store::keys;
use crate::store::rows::RowsError;
use crate::store::stage;

/// What of a chain went by.
struct Chain {
    lane: LaneId,
    ticket: TicketId,
    heads: usize,
    /// Whether something in it is recorded: what follows may wait for that.
    is_recorded: bool,
}

impl Chain {
    fn of(lane: LaneId, ticket: TicketId) -> Self {
        Self {
            lane,
            ticket,
            heads: 0,
            is_recorded: false,
        }
    }

    fn is(&self, lane: LaneId, ticket: TicketId) -> bool {
        (self.lane, self.ticket) == (lane, ticket)
    }
}

impl Checking {
    pub(super) fn deliveries(&mut self) -> Result<(), RowsError> {
        self.each_record(b"d", |checking, key, delivery: Delivery| {
            let id = delivery.id;
            checking.must(key == keys::delivery(id), || {
                format!(
                    "the record at {} is that of delivery {id}",
                    key.escape_ascii()
                )
            });
            let next = checking.numbers.delivery;
            checking.must(id.0 < next, || {
                format!("delivery {id} is there, but {next} is said to be the next")
            });
            let is_aside = checking.has(&keys::set_aside(id))?;
            let is_pending = delivery.state.is_pending() && !is_aside;
            let is_leaving = checking.is_leaving(delivery.ticket)?;
            // A lane to a response URL goes when nothing waits in it any more.
            let needs_lane = is_pending || delivery.system != RESPONSE_URL;
            for (what, is_needed, key) in [
                ("ticket", !is_leaving, keys::ticket(delivery.ticket)),
                ("lane", needs_lane, keys::lane(delivery.lane)),
                (
                    "message",
                    !is_leaving,
                    keys::message(delivery.ticket, delivery.message),
                ),
            ] {
                let is_there = !is_needed || checking.has(&key)?;
                checking.must(is_there, || {
                    format!("the {what} of delivery {id} is not there")
                });
            }
            checking.expected.delivery(&delivery, is_pending);
            checking.found_where_it_stands(&delivery, is_pending)?;
            checking.tried(&delivery, is_leaving)
        })
    }

    fn found_where_it_stands(
        &mut self,
        delivery: &Delivery,
        is_pending: bool,
    ) -> Result<(), RowsError> {
        let id = delivery.id;
        let head = stage::head_of(delivery).filter(|_| is_pending);
        let is_errand = delivery.reply().is_none();
        let state = &delivery.state;
        let places = [
            (
                "a chain",
                is_pending,
                Some(keys::chain_entry(delivery.lane, delivery.ticket, id)),
            ),
            (
                "what is due",
                head.is_some(),
                head.map(|(lane, head)| keys::head(lane, &head)),
            ),
            (
                "dead letters",
                matches!(state, DeliveryState::Dead { .. }),
                Some(keys::dead(id)),
            ),
            (
                "what is held",
                matches!(state, DeliveryState::Held { .. }),
                Some(keys::held(id)),
            ),
            (
                "what is recorded",
                matches!(state, DeliveryState::Recorded { .. }),
                Some(keys::recorded(delivery.lane, id)),
            ),
            (
                "its ticket's deliveries to systems",
                is_errand,
                Some(keys::errand(delivery.ticket, id)),
            ),
        ];
        for (where_to, belongs, key) in places {
            let Some(key) = key else { continue };
            let is_there = self.has(&key)?;
            self.must(is_there == belongs, || {
                let word = if belongs {
                    "is not among"
                } else {
                    "does not belong among"
                };
                format!("delivery {id}, {}, {word} {where_to}", state.word())
            });
        }
        Ok(())
    }

    /// Each try is a record, but for the last. Those of a delivery that is being removed go before it, oldest first and
    /// so many at a time; of a ticket that is being removed as many as fit.
    fn tried(&mut self, delivery: &Delivery, is_leaving: bool) -> Result<(), RowsError> {
        let (id, tries) = (delivery.id, delivery.tries);
        let scan = crate::store::rows::Scan::prefix(keys::attempts(id));
        let mut told = u32::from(delivery.last.is_some());
        let mut oldest = None;
        self.rows.each(&scan, &mut |key, _| {
            oldest.get_or_insert_with(|| key.to_vec());
            told += 1;
            told <= tries
        })?;
        let gone = tries.saturating_sub(told);
        let is_next_the_oldest = oldest == Some(keys::attempt(id, gone + 1));
        let is_step = is_next_the_oldest && (gone as usize).is_multiple_of(MOST_ATTEMPTS);
        let holds = told == tries || told < tries && (is_step || is_leaving);
        self.must(holds, || {
            format!("delivery {id} was tried {tries} times, but {told} tries are recorded")
        });
        Ok(())
    }

    pub(super) fn attempts(&mut self) -> Result<(), RowsError> {
        self.each_record(b"A", |checking, key, attempt: Attempt| {
            let id = DeliveryId(keys::number_at(key, 1).unwrap_or_default());
            let is_there = checking.has(&keys::delivery(id))?;
            checking.must(is_there && key == keys::attempt(id, attempt.number), || {
                format!("a try of delivery {id} is recorded which it does not have")
            });
            Ok(())
        })
    }

    pub(super) fn errands(&mut self) -> Result<(), RowsError> {
        self.each(b"f", |checking, key, _| {
            let ticket = TicketId(keys::number_at(key, 1).unwrap_or_default());
            let id = DeliveryId(keys::number_at(key, 9).unwrap_or_default());
            checking.listed_as(id, "to a system", |delivery| {
                delivery.ticket == ticket && delivery.reply().is_none()
            })
        })
    }

    pub(super) fn dead_letters(&mut self) -> Result<(), RowsError> {
        self.each(b"D", |checking, key, _| {
            let id = DeliveryId(keys::number_at(key, 1).unwrap_or_default());
            checking.listed_as(id, "dead", |delivery| {
                matches!(delivery.state, DeliveryState::Dead { .. })
            })
        })
    }

    pub(super) fn held(&mut self) -> Result<(), RowsError> {
        self.each(b"H", |checking, key, _| {
            let id = DeliveryId(keys::number_at(key, 1).unwrap_or_default());
            checking.listed_as(id, "held", |delivery| {
                matches!(delivery.state, DeliveryState::Held { .. })
            })
        })
    }

    pub(super) fn recorded(&mut self) -> Result<(), RowsError> {
        self.each(b"S", |checking, key, _| {
            let id = keys::recorded_of(key).unwrap_or_default();
            checking.listed_as(id, "recorded", |delivery| {
                matches!(delivery.state, DeliveryState::Recorded { .. })
                    && key == keys::recorded(delivery.lane, id)
            })
        })
    }

    /// The chain rows of a ticket in a lane follow each other: all but one wait, or stand behind one that is recorded.
    pub(super) fn chains(&mut self) -> Result<(), RowsError> {
        let mut chain: Option<Chain> = None;
        self.each(b"c", |checking, key, _| {
            let Some((lane, ticket, id)) = keys::chain_of(key) else {
                checking.find(format!("no chain belongs at {}", key.escape_ascii()));
                return Ok(());
            };
            if chain.as_ref().is_none_or(|chain| !chain.is(lane, ticket)) {
                checking.one_head(chain.replace(Chain::of(lane, ticket)));
            }
            let delivery = checking.get::<Delivery>(&keys::delivery(id))?;
            if let Some(chain) = &mut chain {
                match &delivery {
                    Found::There(delivery) => match delivery.state {
                        DeliveryState::Waiting => {}
                        DeliveryState::Recorded { .. } => chain.is_recorded = true,
                        _ => chain.heads += 1,
                    },
                    // One that cannot be read may be the head.
                    Found::Unreadable => chain.heads += 1,
                    Found::Nothing => {}
                }
            }
            let belongs = delivery.is_or_may_be(|delivery| {
                delivery.state.is_pending() && (delivery.lane, delivery.ticket) == (lane, ticket)
            });
            checking.must(belongs, || {
                format!(
                    "delivery {id} does not belong in the chain of ticket {ticket} in lane {lane}"
                )
            });
            Ok(())
        })?;
        self.one_head(chain);
        Ok(())
    }

    fn one_head(&mut self, chain: Option<Chain>) {
        if let Some(chain) = chain {
            let is_held = chain.heads == 0 && chain.is_recorded;
            self.must(chain.heads == 1 || is_held, || {
                let Chain {
                    lane,
                    ticket,
                    heads,
                    ..
                } = chain;
                format!("the chain of ticket {ticket} in lane {lane} has {heads} heads")
            });
        }
    }

    pub(super) fn heads(&mut self) -> Result<(), RowsError> {
        self.each(b"q", |checking, key, _| {
            let lane = LaneId(keys::number_at(key, 1).unwrap_or_default());
            let Some(head) = keys::head_of(key) else {
                checking.find(format!(
                    "nothing that is due belongs at {}",
                    key.escape_ascii()
                ));
                return Ok(());
            };
            checking.listed_as(head.delivery, "due then", |delivery| {
                stage::head_of(delivery) == Some((lane, head))
            })
        })
    }

    pub(super) fn set_aside(&mut self) -> Result<(), RowsError> {
        self.each_record(b"z", |checking, _, _: String| {
            checking.expected.set_aside += 1;
            Ok(())
        })
    }

    fn listed_as(
        &mut self,
        id: DeliveryId,
        what: &str,
        holds: impl FnOnce(&Delivery) -> bool,
    ) -> Result<(), RowsError> {
        let delivery: Found<Delivery> = self.get(&keys::delivery(id))?;
        let holds = delivery.is_or_may_be(holds);
        self.must(holds, || {
            format!("delivery {id} is listed as {what}, but is not")
        });
        Ok(())
    }
}
