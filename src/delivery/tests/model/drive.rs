//! Takes a case step by step, and says where the daemon and the model part.

use std::path::Path;
use std::time::Duration;

use crate::model::DeliveryId;

use super::compare;
use super::ideal::State;
use super::rig::Rig;
use super::step::{Case, Step};
use super::take::{resume, retry, take};

/// Where a case failed.
#[derive(Debug)]
pub(super) struct Parted {
    pub(super) what: String,
    pub(super) trace: Vec<String>,
}

/// The whole trace, or where the daemon and the model part.
pub(super) fn run(case: &Case, folder: Option<&Path>) -> Result<Vec<String>, Parted> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut rig = Rig::new(case.rules.clone(), folder);
        let result = drive(&mut rig, case).await;
        rig.stop(Duration::ZERO).await;
        let trace = std::mem::take(&mut rig.book().trace);
        match result {
            Ok(()) => Ok(trace),
            Err(what) => Err(Parted { what, trace }),
        }
    })
}

async fn drive(rig: &mut Rig, case: &Case) -> Result<(), String> {
    rig.start();
    for (number, step) in case.steps.iter().enumerate() {
        let now = rig.now();
        rig.book().tell(now, format!("-- {step}"));
        take(rig, step).await?;
        after(rig)?;
        if number % 16 == 0 || matches!(step, Step::Crash | Step::Stop(_)) {
            compare::everything(rig).await?;
        }
        if matches!(step, Step::Crash | Step::Stop(_)) {
            rig.store().audit(rig.now());
        }
    }
    end_well(rig).await
}

/// What must hold after every step.
fn after(rig: &Rig) -> Result<(), String> {
    let now = rig.now();
    let mut book = rig.book();
    if let Some(up_since) = rig.up_since
        && let Some(overlooked) = book.ideal.overlooked(up_since, now)
    {
        book.breaks(now, overlooked);
    }
    book.breach.clone().map_or(Ok(()), Err)
}

/// Every receiver is well again, every URL goes on, and people decide what waits for them: nothing stays behind.
async fn end_well(rig: &mut Rig) -> Result<(), String> {
    let now = rig.now();
    rig.book().tell(now, "-- everybody is well again");
    rig.book().heal();
    rig.stop(Duration::from_secs(1)).await;
    after(rig)?;
    compare::everything(rig).await?;
    rig.store().audit(rig.now());
    rig.start();
    until_quiet(rig).await?;
    compare::everything(rig).await?;
    // By now only URLs that are gone, and what a person must decide, keep anything.
    let urls: Vec<String> = rig.book().ideal.lanes.keys().cloned().collect();
    for url in urls {
        resume(rig, &url).await?;
    }
    until_quiet(rig).await?;
    while let Some(held) = first(rig, |state| state == State::Held) {
        retry(rig, held).await?;
        until_quiet(rig).await?;
    }
    compare::everything(rig).await?;
    rig.store().audit(rig.now());
    let pending = first(rig, |state| matches!(state, State::Pending | State::Held));
    pending.map_or(Ok(()), |id| Err(format!("delivery {id} never ends")))
}

fn first(rig: &Rig, is: impl Fn(State) -> bool) -> Option<DeliveryId> {
    let book = rig.book();
    let found = book.ideal.deliveries.iter().position(|it| is(it.state))?;
    Some(DeliveryId(found as u64 + 1))
}

/// Lets time pass until nothing more can happen by itself; every delivery ends before it is too old.
async fn until_quiet(rig: &Rig) -> Result<(), String> {
    const PARTS: u32 = 16;
    let part = rig.book().ideal.rules.max_age * 2 / PARTS;
    for _ in 0..PARTS {
        pass(rig, part).await?;
        if rig.book().ideal.is_quiet() {
            break;
        }
    }
    Ok(())
}

pub(super) async fn pass(rig: &Rig, time: Duration) -> Result<(), String> {
    tokio::time::sleep(time).await;
    after(rig)
}
