//! Sorts a profiler's samples by the part of the daemon that they fell into.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::ensure;
use tokio::process::Command;

/// A part by functions that belong to nothing else. The innermost function on the stack that stands here decides; among
/// several rules, the first.
const RULES: [(&str, &str); 15] = [
    // What the engine no longer needs is freed by whichever of its threads comes by.
    ("crossbeam_epoch::", "rows: engine"),
    ("SledRows as ticketbridge::store::rows::Rows>::sync", "sync"),
    (
        "SledRows as ticketbridge::store::rows::Rows>::apply",
        "rows: engine",
    ),
    (
        "SledRows as ticketbridge::store::rows::Read>",
        "rows: look-ups",
    ),
    ("ticketbridge::store::load::", "rows: look-ups"),
    ("ticketbridge::store::stage::", "rows: staging"),
    ("ticketbridge::store::record::", "rows: staging"),
    ("ticketbridge::plan::", "plan"),
    ("ticketbridge::store::ledger::", "rows: staging"),
    ("respondo_client::inbound::", "parse"),
    ("tracing", "log"),
    ("ticketbridge::store::writer::", "handing over"),
    ("ticketbridge::store::queue::", "handing over"),
    ("hyper::", "HTTP"),
    ("ticketbridge::http::", "HTTP"),
];

/// How many samples each part has.
pub(super) async fn by_part(file: &Path) -> anyhow::Result<BTreeMap<&'static str, u32>> {
    let output = Command::new("perf")
        .args(["script", "--no-inline", "-F", "comm,ip,sym", "-i"])
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .await?;
    ensure!(
        output.status.success(),
        "perf script ended with {}",
        output.status
    );
    Ok(count(&String::from_utf8_lossy(&output.stdout)))
}

/// Samples are blocks of lines: the thread's name, then the stack from the inside out.
fn count(text: &str) -> BTreeMap<&'static str, u32> {
    let mut counts = BTreeMap::new();
    for sample in text.split("\n\n") {
        let mut lines = sample.trim_start_matches('\n').lines();
        if let Some(thread) = lines.next().filter(|thread| !thread.trim().is_empty()) {
            *counts.entry(part_of(thread, lines)).or_default() += 1;
        }
    }
    counts
}

fn part_of<'a>(thread: &str, mut stack: impl Iterator<Item = &'a str>) -> &'static str {
    let named = stack.find_map(|frame| {
        let rule = RULES.iter().find(|(function, _)| frame.contains(function));
        rule.map(|(_, part)| *part)
    });
    match (named, thread.trim()) {
        (Some(part), _) => part,
        // What the engine's own threads do is to write its log.
        (None, thread) if thread.starts_with("sled") => "sync",
        (None, thread) if thread.starts_with("store-writer") => "handing over",
        (None, thread) if thread.starts_with("tokio") => "HTTP",
        (None, _) => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_function_that_names_a_part_decides() {
        let text = "store-writer 12 \n\
            \t ffff clear_page ([kernel])\n\
            \t 1 <ticketbridge::store::engine::SledRows as ticketbridge::store::rows::Rows>::apply (x)\n\
            \t 2 ticketbridge::store::ledger::Ledger<R>::take (x)\n\
            \n\
            store-writer 12 \n\
            \t 1 malloc (x)\n\
            \t 2 ticketbridge::plan::plan (x)\n\
            \t 3 ticketbridge::store::ledger::Ledger<R>::take (x)\n\
            \n\
            tokio-rt-worker 13 \n\
            \t 1 epoll_wait (x)\n\
            \n\
            sled-io-1 14 \n\
            \t 1 pwrite (x)\n";
        let counts = count(text);
        let expected = [("HTTP", 1), ("plan", 1), ("rows: engine", 1), ("sync", 1)];
        assert_eq!(counts, BTreeMap::from(expected));
    }
}
