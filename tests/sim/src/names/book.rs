//! What a name server knows, and how often it was asked.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::wire::Way;
use super::{Family, NameAnswer};

/// The answers to come, by name and family.
#[derive(Debug, Default)]
pub(super) struct Book(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    scripts: HashMap<(String, Family), VecDeque<NameAnswer>>,
    below: Vec<(String, NameAnswer)>,
    asked: HashMap<(String, Family), usize>,
}

impl Book {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn script(&self, name: &str, family: Family, answers: Vec<NameAnswer>) {
        let key = (name.to_ascii_lowercase(), family);
        self.state().scripts.insert(key, answers.into());
    }

    pub(super) fn below(&self, domain: &str, answer: NameAnswer) {
        let suffix = format!(".{}", domain.to_ascii_lowercase());
        self.state().below.push((suffix, answer));
    }

    pub(super) fn asked(&self, name: &str, family: Family) -> usize {
        let key = (name.to_ascii_lowercase(), family);
        self.state().asked.get(&key).copied().unwrap_or_default()
    }

    /// The next answer; the one that was cut for UDP stays for the same question over TCP.
    pub(super) fn ask(&self, name: &str, family: Family, way: Way) -> NameAnswer {
        let mut state = self.state();
        let key = (name.to_owned(), family);
        *state.asked.entry(key.clone()).or_default() += 1;
        if let Some(script) = state.scripts.get_mut(&key) {
            let stays = script.len() == 1
                || (way == Way::Udp && matches!(script.front(), Some(NameAnswer::OnlyByTcp(_))));
            let next = if stays {
                script.front().cloned()
            } else {
                script.pop_front()
            };
            return next.unwrap_or(NameAnswer::Unknown);
        }
        let below = state
            .below
            .iter()
            .find(|(suffix, _)| name.ends_with(suffix));
        below.map_or(NameAnswer::Unknown, |(_, answer)| answer.clone())
    }
}
