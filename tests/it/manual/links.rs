//! Whoever follows a link of the documents at night gets somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const DOCUMENTS: [&str; 5] = [
    "README.md",
    "docs/MANUAL.md",
    "docs/CONFIGURATION.md",
    "docs/ARCHITECTURE.md",
    "docs/BENCHMARKS.md",
];

/// What can be led to within a document, as GitHub spells it.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut is_block = false;
    let headings = text.lines().filter(|line| {
        is_block ^= line.trim_start().starts_with("```");
        !is_block && line.starts_with('#')
    });
    let anchors = headings.map(|line| {
        let name = line.trim_start_matches('#').trim().to_lowercase();
        let kept = name
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    anchors.collect()
}

/// Where links lead, but those to other hosts.
fn links(text: &str) -> Vec<&str> {
    let after = text.split("](").skip(1);
    let links = after.filter_map(|rest| rest.split_once(')').map(|(link, _)| link));
    links.filter(|link| !link.contains("://")).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut followed, mut dead) = (0, Vec::new());
    for file in DOCUMENTS {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap();
        for link in links(&text) {
            let (to, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = match to {
                "" => path.clone(),
                to => path.parent().unwrap().join(to),
            };
            let found = match fs::read_to_string(&to) {
                Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
                Err(_) => to.is_dir() && anchor.is_empty(),
            };
            followed += 1;
            if !found {
                dead.push(format!("{file}: {link}"));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    assert!(followed > 100, "{followed}");
    let anchor = "the-store-is-damaged-65".to_owned();
    assert!(anchors("# a\n### the store is damaged (65)").contains(&anchor));
}
