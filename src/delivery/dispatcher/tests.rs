//! Answers that overtake each other, driven by hand: a store in memory has none of them.

use std::collections::HashSet;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::delivery::gate::Closed;
use crate::delivery::tests::world::{World, plain};
use crate::model::{Class, HostState, Lane};
use crate::plan::AfterSettle;

const URL: &str = "https://a.example.com/hook";
const HOST: &str = "a.example.com:443";

/// A lane that is being asked about while one of its calls ends.
struct Scene {
    dispatcher: Dispatcher,
    world: World,
    lane: Lane,
    /// What the store knew before the call ended.
    work: LaneWork,
    after: AfterSettle,
}

impl Scene {
    async fn new() -> Self {
        let world = World::resting(plain());
        let id = world.send(URL).await;
        world.send(URL).await;
        let token = CancellationToken::new;
        let mut dispatcher = Dispatcher::new(world.delivering(), token(), token());
        let lane = world.lane(URL).await;
        let now = world.now();
        let work = world
            .store
            .lane_work(lane.id, now, HashSet::new(), 10)
            .await;
        let work = work.unwrap().unwrap();
        let mut state = LaneState::new(lane.id);
        state.lane = lane.clone();
        state.place = Place::Reading;
        state.in_flight = 1;
        dispatcher.lanes.insert(lane.id, state);
        dispatcher.calls.insert(id, false);
        dispatcher.gates.call_begins(HOST, Instant::now());
        let after = AfterSettle {
            lane: lane.clone(),
            host: None,
            delivery: world.delivery(id).await,
            breaker_opened: false,
        };
        Self {
            dispatcher,
            world,
            lane,
            work,
            after,
        }
    }

    fn place(&self) -> Place {
        self.dispatcher.lanes[&self.lane.id].place.clone()
    }

    fn end_call(&mut self, class: Class) {
        let head = self.work.fresh[0];
        let ended = Ended::Settled(Box::new(self.after.clone()), class);
        self.dispatcher.learn_end(self.lane.id, head, ended);
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_store_knew_before_a_call_ended_does_not_undo_its_pause() {
    let mut scene = Scene::new().await;
    let asked_at = scene.dispatcher.ended;
    scene.after.lane.paused_until = Some(scene.world.now().plus(PAUSE));
    scene.end_call(Class::Throttled);
    let work = Ok(Some(scene.work.clone()));
    scene.dispatcher.learn_work(scene.lane.id, asked_at, work);
    assert_eq!(scene.place(), Place::Reading, "the store is asked again");
    let lane = &scene.dispatcher.lanes[&scene.lane.id];
    assert_eq!(lane.lane.paused_until, scene.after.lane.paused_until);
}

#[tokio::test(start_paused = true)]
async fn what_the_store_knows_since_a_call_ended_counts() {
    let mut scene = Scene::new().await;
    scene.end_call(Class::Ok);
    let work = Ok(Some(scene.work.clone()));
    let asked_at = scene.dispatcher.ended;
    scene.dispatcher.learn_work(scene.lane.id, asked_at, work);
    assert_eq!(scene.place(), Place::Ready);
}

#[tokio::test(start_paused = true)]
async fn what_another_lane_heard_of_the_host_before_does_not_open_it() {
    let mut scene = Scene::new().await;
    let asked_at = scene.dispatcher.ended;
    let now = scene.world.now();
    scene.after.host = Some(HostState {
        silent_lanes: vec![scene.lane.id],
        open_until: Some(now.plus(STUCK_PAUSE)),
    });
    scene.end_call(Class::Retry);
    let other = LaneId(99);
    scene.dispatcher.lanes.insert(other, LaneState::new(other));
    scene
        .dispatcher
        .learn_work(other, asked_at, Ok(Some(scene.work.clone())));
    let closed = scene
        .dispatcher
        .gates
        .ask_host(HOST, 10, now, Instant::now());
    assert_eq!(closed, Err(Closed::For(STUCK_PAUSE)));
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_is_forgotten_after_a_wake_up_is_looked_for_again() {
    let mut scene = Scene::new().await;
    scene.dispatcher.woken();
    scene.dispatcher.discovering = None;
    scene.dispatcher.forget(scene.lane.id);
    assert!(scene.dispatcher.discovering.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_passed_over_because_its_ticket_is_under_way_is_found_when_that_ends() {
    let mut scene = Scene::new().await;
    let head = scene.work.fresh[0];
    let lane = scene.dispatcher.lanes.get_mut(&scene.lane.id).unwrap();
    // Room for a second call.
    lane.end(head, Some(Class::Ok), 4);
    lane.begin(head);
    // The settle is synced, and so is what was planned for the ticket after it; the call's end is not known here yet.
    scene.work.fresh = vec![Head {
        delivery: DeliveryId(99),
        ..head
    }];
    let asked_at = scene.dispatcher.ended;
    let work = Ok(Some(scene.work.clone()));
    scene.dispatcher.learn_work(scene.lane.id, asked_at, work);
    scene.dispatcher.begin_calls();
    assert_eq!(scene.place(), Place::Waiting);
    scene.after.lane.wake = None;
    scene.end_call(Class::Ok);
    scene.dispatcher.begin_calls();
    assert_eq!(scene.place(), Place::Reading, "the store is asked again");
}

#[tokio::test(start_paused = true)]
async fn one_time_to_look_again_is_kept_however_many_are_named() {
    let mut scene = Scene::new().await;
    for seconds in 1..10_000_u64 {
        let wake = scene
            .world
            .now()
            .plus(Duration::from_secs(60 + seconds % 600));
        scene.after.lane.wake = Some(wake);
        scene.end_call(Class::Ok);
    }
    assert_eq!(scene.dispatcher.timers.len(), 0);
    let at = scene.dispatcher.discover_at.unwrap();
    assert_eq!(at - Instant::now(), Duration::from_secs(60));
}
