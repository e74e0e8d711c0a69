//! Lanes, and when they wake.

use super::Checking;
use crate::model::{Lane, LaneId, Time};
use crate::store::keys;
use crate::store::rows::{Read as _, RowsError, Scan};

impl Checking {
    pub(super) fn lanes(&mut self) -> Result<(), RowsError> {
        self.each_record(b"n", |checking, key, lane: Lane| {
            let id = lane.id;
            checking.must(key == keys::lane(id), || {
                format!("the record at {} is that of lane {id}", key.escape_ascii())
            });
            let next = checking.numbers.lane;
            checking.must(id.0 < next, || {
                format!("lane {id} is there, but {next} is said to be the next")
            });
            let found = checking.get::<LaneId>(&keys::lane_to(&lane.to))?;
            checking.must(found.is_or_may_be(|found| *found == id), || {
                format!("the destination of lane {id} does not lead to it")
            });
            if let Some(wake) = lane.wake {
                let is_there = checking.has(&keys::wake(wake, id))?;
                checking.must(is_there, || {
                    format!("lane {id} is not among those to be woken")
                });
            }
            checking.wakes_in_time(&lane)
        })
    }

    /// A lane wakes no later than its earliest head can be sent, and not at all while it is held.
    fn wakes_in_time(&mut self, lane: &Lane) -> Result<(), RowsError> {
        let mut opens: Option<Time> = None;
        for retried in [false, true] {
            let heads = Scan::prefix(keys::heads(lane.id, retried)).limit(1);
            for (key, _) in self.rows.scan(&heads)? {
                // They stand in the order of their times, and none opens before one that is due earlier.
                let opened = keys::head_of(&key).and_then(|head| lane.opens_for(head.due));
                opens = opens.into_iter().chain(opened).min();
            }
        }
        let holds = match (lane.wake, opens) {
            // What has passed may stay as it is.
            (Some(wake), Some(opens)) => wake <= opens.max(self.now),
            (None, Some(_)) => false,
            (_, None) => true,
        };
        let id = lane.id;
        self.must(holds, || {
            format!("lane {id} wakes too late for what is due in it, or not at all")
        });
        self.must(lane.gone_since.is_none() || lane.wake.is_none(), || {
            format!("lane {id} is gone, and is to be woken")
        });
        Ok(())
    }

    pub(super) fn destinations(&mut self) -> Result<(), RowsError> {
        self.each_record(b"L", |checking, key, id: LaneId| {
            let found = checking.get::<Lane>(&keys::lane(id))?;
            checking.must(
                found.is_or_may_be(|lane| keys::lane_to(&lane.to) == key),
                || {
                    format!(
                        "a destination leads to lane {id}, which leads elsewhere or is not there"
                    )
                },
            );
            Ok(())
        })
    }

    pub(super) fn wakes(&mut self) -> Result<(), RowsError> {
        self.each(b"k", |checking, key, _| {
            let Some((at, id)) = keys::wake_of(key) else {
                checking.find(format!("no wake time belongs at {}", key.escape_ascii()));
                return Ok(());
            };
            let found = checking.get::<Lane>(&keys::lane(id))?;
            checking.must(found.is_or_may_be(|lane| lane.wake == Some(at)), || {
                format!("lane {id} is to be woken at a time that it does not know")
            });
            Ok(())
        })
    }
}
