//! Every command that the manual and the README give is run, in their order and as they stand there, against the daemon
//! and the peers that they speak of. Only names of places are exchanged (ports, folders), and numbers of tickets and
//! deliveries for those of ones that are as the text says.
//!
//! It needs `bash`, `curl` and `jq`. Where one is missing it says so and passes, unless
//! `MANUAL_TESTS=required`.

mod blocks;
mod cast;
mod rules;
mod shape;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use blocks::{Block, Step};
use rules::{Scene, Treatment};
use world::World;

const TOOLS: [&str; 3] = ["bash", "curl", "jq"];

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_readme_has_been_run() {
    run("README.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_manual_has_been_run() {
    run("docs/MANUAL.md").await;
}

#[test]
fn every_rule_is_about_a_command() {
    let all: Vec<Block> = ["README.md", "docs/MANUAL.md"]
        .iter()
        .flat_map(|file| blocks::of(file))
        .collect();
    let commands = || all.iter().flat_map(|block| &block.steps);
    for (begin, reason) in rules::NOT_RUN.iter().chain(&rules::NOT_COMPARED) {
        let fits = commands().any(|step| step.text.starts_with(begin));
        assert!(fits, "nothing begins with {begin:?} any more ({reason})");
    }
    for (begin, heading, _) in rules::BEFORE {
        let fits = |block: &&Block| block.is(heading, begin);
        assert!(all.iter().any(|block| fits(&block)), "{heading}: {begin}");
    }
    for (heading, _) in rules::SCENES {
        assert!(all.iter().any(|block| block.under(heading)), "{heading}");
    }
}

async fn run(file: &str) {
    if let Some(missing) = TOOLS.iter().find(|tool| !is_there(tool)) {
        let required = std::env::var("MANUAL_TESTS").is_ok_and(|word| word == "required");
        assert!(!required, "there is no {missing}");
        println!("there is no {missing}, so the commands of {file} are not run");
        return;
    }
    let mut worlds: BTreeMap<Scene, World> = BTreeMap::new();
    let (mut ran, mut not_run) = (0, BTreeSet::new());
    for block in blocks::of(file) {
        let scene = rules::scene(&block);
        if !worlds.contains_key(&scene) {
            worlds.insert(scene, World::of(scene, file).await);
        }
        let world = worlds.get_mut(&scene).unwrap();
        world.before(&block).await;
        for step in &block.steps {
            match rules::treatment(step) {
                Treatment::NotRun(reason) => {
                    not_run.insert(format!("{} ({reason})", first_line(step)));
                }
                treatment => {
                    world.perform(&block, step, treatment).await;
                    ran += 1;
                }
            }
        }
    }
    for world in worlds.into_values() {
        world.end().await;
    }
    println!("{file}: {ran} commands ran, {} did not:", not_run.len());
    for each in &not_run {
        println!("  {each}");
    }
    assert!(ran > 10, "{file}: only {ran} commands were found");
}

fn first_line(step: &Step) -> &str {
    step.text.lines().next().unwrap_or_default()
}

fn is_there(tool: &str) -> bool {
    let mut look = Command::new("sh");
    let found = look.args(["-c", "command -v \"$0\"", tool]).output();
    found.is_ok_and(|output| output.status.success())
}
