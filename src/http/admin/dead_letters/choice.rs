//! Which dead letters are meant.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::{Delivery, DeliveryId, DeliveryState, Time};
use crate::store::ReadError;

use super::super::problem::{fault, unusable};
use crate::http::problem::{Problem, ProblemEntry};

/// In one call.
const MOST: usize = 10_000;
/// Read at a time.
const STEP: usize = 512;

/// Which ones, in a query: `ids` separated by commas.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ChoiceQuery {
    system: Option<String>,
    ticket: Option<u64>,
    #[schemars(regex(pattern = "^[0-9]{1,18}(,[0-9]{1,18})*$"))]
    ids: Option<String>,
    #[schemars(regex(pattern = "^(0|([0-9]{1,5}[smhd] ?)+)$"))]
    older_than: Option<String>,
    #[schemars(regex(pattern = "^(0|([0-9]{1,5}[smhd] ?)+)$"))]
    newer_than: Option<String>,
    limit: Option<usize>,
}

/// Which ones, in a body.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct ChoiceBody {
    system: Option<String>,
    ticket: Option<u64>,
    ids: Option<Vec<u64>>,
    #[schemars(regex(pattern = "^(0|([0-9]{1,5}[smhd] ?)+)$"))]
    older_than: Option<String>,
    #[schemars(regex(pattern = "^(0|([0-9]{1,5}[smhd] ?)+)$"))]
    newer_than: Option<String>,
    limit: Option<usize>,
    all: bool,
    pub(super) dry_run: bool,
}

impl ChoiceBody {
    pub(super) fn says_which(&self) -> bool {
        self.all
            || self.system.is_some()
            || self.ticket.is_some()
            || self.ids.is_some()
            || self.older_than.is_some()
            || self.newer_than.is_some()
    }
}

pub(super) struct Choice {
    system: Option<String>,
    ticket: Option<u64>,
    ids: Option<Vec<u64>>,
    older_than: Option<Duration>,
    newer_than: Option<Duration>,
    limit: usize,
}

impl Choice {
    pub(super) fn from_query(query: ChoiceQuery) -> Result<Self, Problem> {
        let ids = query.ids.map(|ids| {
            ids.split(',')
                .map(|id| id.trim().parse())
                .collect::<Result<Vec<u64>, _>>()
        });
        let ids = ids
            .transpose()
            .map_err(|_| fault("/ids", "is not a list of numbers"))?;
        Self::from_body(ChoiceBody {
            system: query.system,
            ticket: query.ticket,
            ids,
            older_than: query.older_than,
            newer_than: query.newer_than,
            limit: query.limit,
            all: true,
            dry_run: true,
        })
    }

    pub(super) fn from_body(body: ChoiceBody) -> Result<Self, Problem> {
        Ok(Self {
            system: body.system,
            ticket: body.ticket,
            ids: body.ids,
            older_than: duration("/older_than", body.older_than.as_deref())?,
            newer_than: duration("/newer_than", body.newer_than.as_deref())?,
            limit: body.limit.unwrap_or(MOST).min(MOST),
        })
    }

    fn fits(&self, delivery: &Delivery, now: Time) -> bool {
        let DeliveryState::Dead { at, .. } = delivery.state else {
            return false;
        };
        let dead_for = now.since(at);
        self.system
            .as_ref()
            .is_none_or(|system| *system == delivery.system)
            && self.ticket.is_none_or(|ticket| ticket == delivery.ticket.0)
            && self.older_than.is_none_or(|least| dead_for >= least)
            && self.newer_than.is_none_or(|most| dead_for < most)
    }

    /// Those that fit, oldest first, and whether there are more than the limit.
    pub(super) async fn find(&self, bridge: &Bridge) -> Result<(Vec<Delivery>, bool), Problem> {
        let now = bridge.clock.now();
        let mut found = match &self.ids {
            Some(ids) => self.named(bridge, ids, now).await?,
            None => self.all(bridge, now).await?,
        };
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        Ok((found, more))
    }

    async fn named(
        &self,
        bridge: &Bridge,
        ids: &[u64],
        now: Time,
    ) -> Result<Vec<Delivery>, Problem> {
        let mut found = Vec::new();
        let mut faults = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let story = bridge.store.delivery(DeliveryId(*id)).await?;
            match story.map(|story| story.delivery) {
                Some(delivery) if matches!(delivery.state, DeliveryState::Dead { .. }) => {
                    found.push(delivery);
                }
                _ => faults.push(ProblemEntry {
                    pointer: format!("/ids/{at}"),
                    detail: format!("{id} is not a dead letter"),
                }),
            }
        }
        if !faults.is_empty() {
            return Err(unusable(faults));
        }
        found.retain(|delivery| self.fits(delivery, now));
        found.sort_by_key(|delivery| delivery.id);
        found.dedup_by_key(|delivery| delivery.id);
        Ok(found)
    }

    /// One more than the limit, where there are more.
    async fn all(&self, bridge: &Bridge, now: Time) -> Result<Vec<Delivery>, ReadError> {
        let mut found = Vec::new();
        let mut after = DeliveryId(0);
        loop {
            let step = bridge.store.dead_letters(after, STEP).await?;
            let Some(last) = step.last() else {
                return Ok(found);
            };
            after = last.id;
            for delivery in step {
                if self.fits(&delivery, now) {
                    found.push(delivery);
                    if found.len() > self.limit {
                        return Ok(found);
                    }
                }
            }
        }
    }
}

fn duration(pointer: &str, text: Option<&str>) -> Result<Option<Duration>, Problem> {
    text.map(humantime::parse_duration)
        .transpose()
        .map_err(|_| fault(pointer, "is not a duration such as `2h` or `3d`"))
}
