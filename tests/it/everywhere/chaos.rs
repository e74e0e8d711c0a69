//! Everything at once: customers, agents, people at the helpdesk and at the hub at work while calls, answers and the
//! daemon itself go wrong by chance; then all heals, and the end must be what a small model of it says.
//!
//! `CHAOS_SEED=7` makes the choices of a run again, as far as sockets let them come out the same, `CHAOS_STEPS=2000`
//! makes it longer, and `CHAOS_LOG` names a file for the daemon's log. To look for trouble, give it seeds of your own.

mod drive;
mod judge;
mod model;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::stage::Stage;
use drive::Drive;

/// The run that everybody sees alike; others are for whoever looks for trouble.
const SEED: u64 = 606;
const STEPS: u64 = 400;
/// How long everything may take to come to rest.
const SETTLES: Duration = Duration::from_secs(60);
/// How long it is watched at rest.
const AT_REST: Duration = Duration::from_secs(2);

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_everybody_has_it_all_once_and_in_order() {
    let seed = from_environment("CHAOS_SEED").unwrap_or(SEED);
    let steps = from_environment("CHAOS_STEPS").unwrap_or(STEPS);
    println!("CHAOS_SEED={seed} CHAOS_STEPS={steps} runs this again");
    let loops = "[mirror]\nloop_limit = { changes = 100000, within = \"1m\" }";
    let mut stage = Stage::set("import_to = \"acme\"", loops).await;
    stage.daemon.start().await;
    let mut drive = Drive::new(seed, &stage);
    for step in 0..steps {
        drive.step(&mut stage, step).await;
    }
    drive.heal(&mut stage).await;
    let healed = Instant::now();
    let problems = loop {
        let problems = judge::problems(&stage, &drive.model).await;
        if problems.is_empty() || healed.elapsed() > SETTLES {
            break problems;
        }
        sleep(Duration::from_millis(200)).await;
    };
    println!(
        "{} tickets at rest after {:?}",
        drive.model.threads.len(),
        healed.elapsed()
    );
    if let Ok(path) = std::env::var("CHAOS_LOG") {
        std::fs::write(path, stage.daemon.log()).unwrap();
    }
    let story = drive.story();
    assert!(
        problems.is_empty(),
        "CHAOS_SEED={seed}: {problems:#?}\n{story}\n{}",
        judge::traces(&stage, &problems).await
    );
    let written = judge::written_in(&stage, AT_REST).await;
    assert!(
        written.is_empty(),
        "CHAOS_SEED={seed}: at rest it writes {written:#?}\n{story}"
    );
    assert_eq!(stage.daemon.terminate().await, Some(0));
}
