//! Breakers of lanes and hosts.

use std::time::Duration;

use super::world::{FIRST, World, ticket};
use crate::model::{Breaker, Class, DeliveryId, HostState, LaneFailure, Settled};
use crate::plan::AfterSettle;

const OPEN: Duration = Duration::from_secs(30);

fn deliveries(world: &mut World, count: usize) -> Vec<DeliveryId> {
    (0..count)
        .map(|n| {
            let opening = world.arrives(ticket(&format!("t{n}")));
            world.sends(opening.ticket)
        })
        .collect()
}

fn fails(world: &mut World, id: DeliveryId, failure: LaneFailure) -> AfterSettle {
    let settled = Settled {
        failure: Some(failure),
        ..world.end(id, Class::Retry)
    };
    world.settles(settled)
}

#[test]
fn a_lane_is_left_alone_after_so_many_failures_in_a_row() {
    let mut world = World::with(|routes| routes.schedule.breaker.failures = 4);
    let ids = deliveries(&mut world, 6);
    for id in &ids[..3] {
        let after = fails(&mut world, *id, LaneFailure::ServerError);
        assert!(!after.breaker_opened);
        assert_eq!(after.lane.breaker.open_until, None);
    }
    let after = fails(&mut world, ids[3], LaneFailure::Silence);
    assert!(after.breaker_opened);
    assert_eq!(after.lane.breaker.open_until, Some(world.now.plus(OPEN)));
    assert_eq!(after.lane.wake, Some(world.now.plus(OPEN)));
    assert!(world.sendable(FIRST).is_empty());
    world.pass(OPEN);
    assert_eq!(world.sendable(FIRST), ids);
    // Half-open: one failure shuts it again, without being told as news.
    let after = fails(&mut world, ids[4], LaneFailure::ServerError);
    assert!(!after.breaker_opened);
    assert_eq!(after.lane.breaker.open_until, Some(world.now.plus(OPEN)));
    world.pass(OPEN);
    // And any answer opens it.
    let after = world.ends(ids[5], Class::Rejected);
    assert_eq!(after.lane.breaker, Breaker::default());
}

#[test]
fn any_answer_resets_the_count() {
    for class in [Class::Ok, Class::Rejected, Class::Throttled, Class::Retry] {
        let mut world = World::with(|routes| routes.schedule.breaker.failures = 2);
        let ids = deliveries(&mut world, 3);
        fails(&mut world, ids[0], LaneFailure::ServerError);
        world.ends(ids[1], class);
        let after = fails(&mut world, ids[2], LaneFailure::ServerError);
        assert!(!after.breaker_opened, "{class:?}");
        assert_eq!(after.lane.breaker.failures, 1);
    }
}

#[test]
fn a_breaker_is_never_open_longer_than_the_longest_delay() {
    let mut world = World::with(|routes| {
        routes.schedule.breaker.failures = 1;
        routes.schedule.max_delay = Duration::from_secs(8);
    });
    let ids = deliveries(&mut world, 1);
    let after = fails(&mut world, ids[0], LaneFailure::Silence);
    let until = world.now.plus(Duration::from_secs(8));
    assert_eq!(after.lane.breaker.open_until, Some(until));
}

/// Three lanes of one host, with a delivery each.
fn lanes_of_one_host(world: &mut World, count: usize) -> Vec<DeliveryId> {
    (0..count)
        .map(|n| {
            let url = format!("https://shared.example/{n}");
            let opening = world.arrives(ticket(&format!("h{n}")).at(&url));
            world.sends(opening.ticket)
        })
        .collect()
}

#[test]
fn a_host_is_left_alone_only_after_different_lanes_in_a_row_were_silent() {
    let mut world = World::with(|routes| routes.schedule.breaker.failures = 3);
    let ids = lanes_of_one_host(&mut world, 4);
    // One owner's dead hook is no sign.
    for _ in 0..20 {
        let after = fails(&mut world, ids[0], LaneFailure::Silence);
        assert_eq!(after.host.unwrap_or_default().open_until, None);
    }
    assert!(!fails(&mut world, ids[1], LaneFailure::Silence).breaker_opened);
    // An answer of any lane, if only a 500, begins anew.
    let troubled = Settled {
        failure: Some(LaneFailure::ServerError),
        host_troubled: true,
        ..world.end(ids[2], Class::Retry)
    };
    assert_eq!(world.settles(troubled).host, Some(HostState::default()));
    for id in &ids[..2] {
        let after = world.is_silent(*id);
        assert_eq!(after.host.unwrap_or_default().open_until, None);
    }
    let after = world.is_silent(ids[3]);
    assert!(after.breaker_opened);
    let host = after.host.unwrap();
    assert_eq!(host.open_until, Some(world.now.plus(OPEN)));
    assert_eq!(host.silent_lanes.len(), 3);
}

#[test]
fn a_host_that_stays_silent_is_left_alone_again() {
    let mut world = World::with(|routes| routes.schedule.breaker.failures = 2);
    let ids = lanes_of_one_host(&mut world, 3);
    world.is_silent(ids[0]);
    assert!(world.is_silent(ids[1]).breaker_opened);
    let open_until = world.now.plus(OPEN);
    // What was under way already changes nothing while it is open.
    let after = world.is_silent(ids[0]);
    assert!(
        after
            .host
            .is_none_or(|host| host.open_until == Some(open_until))
    );
    world.pass(OPEN);
    let after = world.is_silent(ids[0]);
    assert_eq!(after.host.unwrap().open_until, Some(world.now.plus(OPEN)));
    world.pass(OPEN);
    let answered = Settled {
        host_troubled: true,
        ..world.end(ids[1], Class::Ok)
    };
    assert_eq!(world.settles(answered).host, Some(HostState::default()));
}

#[test]
fn a_hosts_memory_is_bounded() {
    let mut world = World::with(|routes| routes.schedule.breaker.failures = 3);
    for id in lanes_of_one_host(&mut world, 30) {
        if let Some(host) = world.is_silent(id).host {
            assert!(host.silent_lanes.len() <= 3);
        }
    }
}

#[test]
fn an_answer_ends_a_pause_that_has_passed() {
    let mut world = World::new();
    let ids = deliveries(&mut world, 2);
    let paused = world.ends(ids[0], Class::Throttled).lane.paused_until;
    // The other was under way already, and does not end the pause.
    assert_eq!(world.ends(ids[1], Class::Ok).lane.paused_until, paused);
    world.pass(Duration::from_secs(60));
    assert_eq!(world.ends(ids[0], Class::Ok).lane.paused_until, None);
}
