//! Which systems share a key, and so its limit and its queue.

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;

use crate::gates::KeyGate;
use crate::settings::{Secret, Settings, System, SystemKind};

/// The gates of all systems' keys.
#[derive(Debug, Default)]
pub struct Keys {
    each: Vec<(Key, Arc<KeyGate>)>,
    of_system: BTreeMap<String, usize>,
}

/// Where a key is used, and which it is.
#[derive(Debug, PartialEq)]
struct Key {
    base_url: Url,
    /// Systems whose key is not known to be another's have one of their own.
    secret: Result<Secret<String>, String>,
}

impl Keys {
    /// As `settings` have it. What `before` knows of a key's use is kept where its limit stays the same: a reload
    /// fills no bucket.
    #[must_use]
    pub fn of(settings: &Settings, before: &Self) -> Self {
        let mut keys = Self::default();
        for system in settings.systems.values() {
            let key = Key::of(system);
            let known = keys.each.iter().position(|(other, _)| *other == key);
            let index = known.unwrap_or_else(|| {
                let gate = before
                    .gate_of(&key)
                    .filter(|gate| gate.rate() == system.rate);
                let gate = gate.unwrap_or_else(|| Arc::new(KeyGate::new(system.rate)));
                keys.each.push((key, gate));
                keys.each.len() - 1
            });
            keys.of_system.insert(system.id.clone(), index);
        }
        keys
    }

    /// The gate that everything passes that goes to `system`; those of one key have one number.
    pub fn gate(&self, system: &str) -> Option<(usize, Arc<KeyGate>)> {
        let index = *self.of_system.get(system)?;
        Some((index, Arc::clone(&self.each.get(index)?.1)))
    }

    fn gate_of(&self, key: &Key) -> Option<Arc<KeyGate>> {
        let (_, gate) = self.each.iter().find(|(other, _)| other == key)?;
        Some(Arc::clone(gate))
    }
}

impl Key {
    fn of(system: &System) -> Self {
        Self {
            base_url: system.base_url.clone(),
            secret: match &system.kind {
                SystemKind::Qminder(qminder) => Ok(qminder.api_key.clone()),
                // The installation's key is used beside the agent's, and counted with it.
                SystemKind::DeskHive(deskhive) => Ok(deskhive.external_key.clone()),
                SystemKind::Respondo(_) => Err(system.id.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::loaded;

    fn desk(id: &str, key: &str, per_second: u32) -> String {
        format!(
            "[[systems]]\nid = \"{id}\"\nkind = \"qminder\"\nline = \"1\"\napi_key_file = \"{key}\"\nrate = {{ per_second = {per_second} }}\n"
        )
    }

    #[test]
    fn help_desks_of_one_agents_key_share_its_gate_whatever_their_other_key() {
        let desk = |id: &str, host: &str, more: &str| {
            format!(
                "[[systems]]\nid = \"{id}\"\nkind = \"deskhive\"\nbase_url = \"https://{host}.example.com\"\nexternal_key_file = \"k\"\n{more}"
            )
        };
        let internal = "internal_key_file = \"i\"\n";
        let text = desk("a", "one", "") + &desk("b", "one", internal) + &desk("c", "two", "");
        let keys = Keys::of(&loaded(&text).settings, &Keys::default());
        let number = |system| keys.gate(system).unwrap().0;
        assert_eq!(number("a"), number("b"));
        assert_ne!(number("a"), number("c"));
    }

    #[test]
    fn systems_of_one_key_share_its_gate_and_a_reload_keeps_it() {
        let settings = loaded(&(desk("a", "k", 5) + &desk("b", "k", 5))).settings;
        let keys = Keys::of(&settings, &Keys::default());
        let (a, b) = (keys.gate("a").unwrap(), keys.gate("b").unwrap());
        assert!(a.0 == b.0 && Arc::ptr_eq(&a.1, &b.1));
        assert!(keys.gate("c").is_none());

        let again = Keys::of(&settings, &keys).gate("a").unwrap();
        assert!(Arc::ptr_eq(&a.1, &again.1));
        let slower = loaded(&desk("a", "k", 4)).settings;
        let slower = Keys::of(&slower, &keys).gate("a").unwrap();
        assert_eq!(slower.1.rate().per_second, 4.0);
    }
}
