//! `[mapping]`, and `mapping` of a system: what fields become, with every text and table checked against what the other
//! side is known to take.

mod desk;
mod helpdesk;
mod inherit;
mod tables;
mod texts;

use crate::mapping::{AGENT_API, MappingSet, ResponseUrlMapping, SystemMapping};

use super::effective::quoted;
use super::problem::{Fault, Problem};
use super::reader::{Read, Section, parse};
use super::system::{System, SystemKind};
use tables::by_status;
use texts::optional;

pub(super) use desk::qminder;
pub(super) use helpdesk::deskhive;
pub(super) use inherit::inherit;

/// `[mapping]`, before systems are added to it.
pub(super) fn read(section: &Section<'_>) -> Read<MappingSet> {
    let known = &section.reader.known;
    let status_wins = section.list("status_wins", |value| match parse::text(value) {
        Ok(word) if word == AGENT_API => Ok(word),
        Ok(_) => known.word(&known.systems, "[[systems]]")(value),
        Err(fault) => {
            let expected = format!("an id from [[systems]], or {}", quoted(AGENT_API));
            Err(Fault::new(fault.what, expected))
        }
    });
    let response_url = section.table("response_url", |section| {
        let replies = section.table("status_replies", |section| by_status(section, optional));
        Some(ResponseUrlMapping {
            status_replies: replies?,
        })
    });
    // What no system goes by is checked all the same.
    let desk = section.table("qminder", qminder);
    let helpdesk = section.table("deskhive", deskhive);
    desk?;
    helpdesk?;
    Some(MappingSet {
        status_wins: status_wins?,
        response_url: response_url?,
        systems: Default::default(),
    })
}

/// What is wrong with the table of a kind is wrong with every system that goes by it, and said once.
pub(super) fn without_inherited(problems: &mut Vec<Problem>) {
    let (inherited, own) = ("].mapping.", "mapping.");
    let of_kinds: Vec<(String, Option<String>)> = problems
        .iter()
        .filter_map(|problem| {
            let rest = problem.path.strip_prefix(own)?;
            let (_, key) = rest.split_once('.')?;
            Some((key.to_owned(), problem.origin.clone()))
        })
        .collect();
    problems.retain(|problem| {
        let key = problem.path.split_once(inherited).map(|(_, key)| key);
        let is_it = |(of_kind, origin): &(String, Option<String>)| {
            Some(of_kind.as_str()) == key && *origin == problem.origin
        };
        !of_kinds.iter().any(is_it)
    });
}

impl System {
    /// What becomes of fields there.
    #[must_use]
    pub fn mapping(&self) -> SystemMapping {
        match &self.kind {
            SystemKind::Qminder(qminder) => {
                SystemMapping::Qminder(Box::new(qminder.mapping.clone()))
            }
            SystemKind::DeskHive(deskhive) => {
                SystemMapping::DeskHive(Box::new(deskhive.mapping.clone()))
            }
            SystemKind::Respondo(_) => SystemMapping::Respondo,
        }
    }
}

#[cfg(test)]
mod tests;
