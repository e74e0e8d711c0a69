//! Systems that keep their queue: because of a trouble that is not the deliveries' own, or by a person's order.

use std::time::Duration;

use crate::model::{Destination, Lane, Pause};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Refusal};

/// How long after a trouble one delivery is tried to see whether it is over.
const PROBE_AFTER: Duration = Duration::from_secs(15 * 60);

/// The system refuses everything for `reason`; what was paused by a person stays so.
pub(super) fn begin(draft: &Draft<'_>, lane: &mut Lane, reason: &str) {
    let probe_after = PROBE_AFTER.min(draft.routes.schedule.max_delay);
    let probe_at = Some(draft.now.plus(probe_after));
    match &mut lane.pause {
        Some(Pause { probe_at: None, .. }) => {}
        Some(pause) => {
            reason.clone_into(&mut pause.reason);
            pause.probe_at = probe_at;
        }
        None => {
            lane.pause = Some(Pause {
                since: draft.now,
                reason: reason.to_owned(),
                probe_at,
            });
        }
    }
}

/// The system took something, so whatever it paused for is over.
pub(super) fn end(draft: &Draft<'_>, lane: &mut Lane) {
    if lane
        .pause
        .as_ref()
        .is_some_and(|pause| pause.probe_at.is_some())
    {
        lane.pause = None;
        lane.resumed_at = Some(draft.now);
    }
}

pub(super) fn order(draft: &mut Draft<'_>, system: &str) -> Result<Answer, Missing> {
    let Some(mut lane) = draft.lane_of(system)? else {
        return Ok(Answer::Refused(Refusal::NotFound("system")));
    };
    let since = lane.pause.as_ref().map_or(draft.now, |pause| pause.since);
    lane.pause = Some(Pause {
        since,
        reason: "by a person's order".to_owned(),
        probe_at: None,
    });
    let id = lane.id;
    draft.put_lane(lane.clone());
    chain::rest(draft, id)?;
    Ok(Answer::Lane(draft.lane(id)?.unwrap_or(lane)))
}

/// Something has changed, so the trouble may be over; what a person paused stays so.
pub(super) fn probe(draft: &mut Draft<'_>, system: &str) -> Result<Answer, Missing> {
    let to = Destination::System(system.to_owned());
    let lane = match draft.facts.lane_to(&to)? {
        Some(id) => draft.lane(id)?,
        None => None,
    };
    let Some(mut lane) = lane else {
        return Ok(Answer::Refused(Refusal::NotFound("lane")));
    };
    if let Some(pause) = &mut lane.pause
        && pause.probe_at.is_some()
    {
        pause.probe_at = Some(draft.now);
        let id = lane.id;
        draft.put_lane(lane.clone());
        chain::rest(draft, id)?;
        lane = draft.lane(id)?.unwrap_or(lane);
    }
    Ok(Answer::Lane(lane))
}

pub(super) fn end_by_order(draft: &mut Draft<'_>, system: &str) -> Result<Answer, Missing> {
    let to = Destination::System(system.to_owned());
    let lane = match draft.facts.lane_to(&to)? {
        Some(id) => chain::resume(draft, id)?,
        None => draft.lane_of(system)?,
    };
    Ok(match lane {
        Some(lane) => Answer::Lane(lane),
        None => Answer::Refused(Refusal::NotFound("system")),
    })
}
