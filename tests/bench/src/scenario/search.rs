//! Searches of agents in a large knowledge base, held against the same searches in a small one.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use crate::config;
use crate::context::Context;
use crate::load::{self, Until};
use crate::message::KEY;
use crate::report::{Section, quantile};
use crate::usage;

/// What is asked for, and a query for it.
const QUERIES: [(&str, &str); 5] = [
    ("a word of every article", "support"),
    ("two words of every article", "support%20team"),
    ("a word of few articles", "word04242"),
    ("part of many words", "ord0"),
    ("a word of none", "nothing-like-it"),
];
const WORDS: u64 = 20_000;
const WORDS_AN_ARTICLE: u64 = 300;

#[derive(Default)]
struct Found {
    /// By query, milliseconds.
    took: [Vec<f64>; QUERIES.len()],
    ready: Vec<f64>,
    resident: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("search", "searches in a knowledge base");
    let (few, many) = context.size((20, 200), (100, 10_000));
    let (mut small, mut large) = (Found::default(), Found::default());
    for turn in 0..context.runs {
        context.progress(&format!("search, run {} of {}", turn + 1, context.runs));
        look(context, few, &mut small).await?;
        look(context, many, &mut large).await?;
    }
    for (place, (what, _)) in QUERIES.into_iter().enumerate() {
        section.against(
            format!("{what}: answered after"),
            "ms",
            &large.took[place],
            &small.took[place],
        );
    }
    section.against("start to ready", "ms", &large.ready, &small.ready);
    section.against("resident memory", "MiB", &large.resident, &small.resident);
    section.note(format!(
        "{many} articles of {WORDS_AN_ARTICLE} words, {WORDS} different ones; the baseline is the same daemon with {few}. \
         Medians over one connection; an answer holds up to 20 whole articles"
    ));
    Ok(section)
}

async fn look(context: &Context, articles: u64, found: &mut Found) -> anyhow::Result<()> {
    let folder = context.new_folder()?;
    write_articles(&folder.path().join("kb"), articles)?;
    fs::create_dir(folder.path().join("conf.d"))?;
    fs::write(
        folder.path().join("conf.d/kb.toml"),
        "agent_api.knowledge_base = \"kb\"\n",
    )?;
    let daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
    found.ready.push(daemon.ready_after.as_secs_f64() * 1e3);
    let warm_up = context.size(Duration::from_millis(50), Duration::from_millis(500));
    let time = context.size(Duration::from_millis(100), Duration::from_secs(2));
    for (took, (_, query)) in found.took.iter_mut().zip(QUERIES) {
        let request = move |_: u64, into: &mut Vec<u8>| {
            let head = format!(
                "GET /api/v1/external/knowledge-base/search?q={query} HTTP/1.1\r\nhost: bench\r\nx-api-key: {KEY}\r\n\r\n"
            );
            into.extend_from_slice(head.as_bytes());
        };
        let until = Until::Time(warm_up, time);
        let done = load::closed_loop(daemon.address, 1, 0, until, Rc::new(request)).await?;
        let all: Vec<f64> = done
            .took
            .iter()
            .map(|took| took.as_secs_f64() * 1e3)
            .collect();
        took.push(quantile(&all, 0.5));
    }
    found.resident.push(usage::memory(daemon.pid())?.0);
    daemon.stop().await
}

fn write_articles(folder: &Path, articles: u64) -> anyhow::Result<()> {
    fs::create_dir(folder)?;
    for id in 1..=articles {
        let mut text = format!(
            "+++\nid = {id}\ntitle = \"Article {id}\"\ncreated_at = 2026-01-10\n+++\n\nAsk the Support team.\n\n"
        );
        for place in 0..WORDS_AN_ARTICLE {
            // Far apart, and the same in every run.
            let word = (id * 7919 + place * 104_729 + id * place) % WORDS;
            let end = if place % 12 == 11 { ".\n" } else { " " };
            write!(text, "word{word:05}{end}")?;
        }
        fs::write(folder.join(format!("{id}.md")), text)?;
    }
    Ok(())
}
