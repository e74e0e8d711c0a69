//! Which decisions a delivery goes by: those in force when it was planned, so that every try of it says the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::MappingVersion;

use super::{MappingSet, SystemMapping};

/// The decisions in force, and earlier ones that deliveries may still go by.
#[derive(Debug, Clone)]
pub struct Mappings {
    current: MappingVersion,
    by_version: BTreeMap<MappingVersion, Arc<MappingSet>>,
    /// What the store has of them.
    kept: BTreeSet<MappingVersion>,
}

impl Mappings {
    /// `set`, and nothing earlier.
    #[must_use]
    pub fn new(set: MappingSet) -> Self {
        let current = version_of(&set);
        Self {
            current,
            by_version: BTreeMap::from([(current, Arc::new(set))]),
            kept: BTreeSet::new(),
        }
    }

    /// `mapping` for `system`, the usual for the rest, and nothing earlier.
    #[must_use]
    pub fn of_one(system: &str, mapping: SystemMapping) -> Self {
        let mut set = MappingSet::default();
        set.systems.insert(system.to_owned(), mapping);
        Self::new(set)
    }

    /// `set`, with all of these as earlier ones.
    #[must_use]
    pub fn followed_by(&self, set: MappingSet) -> Self {
        let mut next = Self::new(set);
        for (version, earlier) in &self.by_version {
            next.by_version
                .entry(*version)
                .or_insert_with(|| Arc::clone(earlier));
        }
        next.kept.clone_from(&self.kept);
        next
    }

    /// With an earlier one, as it was kept.
    pub fn remember(&mut self, version: MappingVersion, earlier: MappingSet) {
        self.by_version
            .entry(version)
            .or_insert_with(|| Arc::new(earlier));
        self.kept.insert(version);
    }

    /// Whether the store has those in force.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.kept.contains(&self.current)
    }

    /// The store has those in force.
    pub fn set_kept(&mut self) {
        self.kept.insert(self.current);
    }

    /// The name of those in force.
    #[must_use]
    pub fn current(&self) -> MappingVersion {
        self.current
    }

    /// Those in force.
    #[must_use]
    pub fn in_force(&self) -> &Arc<MappingSet> {
        &self.by_version[&self.current]
    }

    /// Those of a version, or, where they are not known any more, those in force.
    #[must_use]
    pub fn of(&self, version: MappingVersion) -> &Arc<MappingSet> {
        self.by_version
            .get(&version)
            .unwrap_or_else(|| self.in_force())
    }

    /// What was decided about a system in a version; about one that was not there then, what is decided now.
    #[must_use]
    pub fn of_system(&self, version: MappingVersion, system: &str) -> Option<&SystemMapping> {
        let then = self.of(version).systems.get(system);
        then.or_else(|| self.in_force().systems.get(system))
    }

    /// Those in force, as they are kept.
    #[must_use]
    pub fn written(&self) -> String {
        written(self.in_force())
    }
}

impl Default for Mappings {
    fn default() -> Self {
        Self::new(MappingSet::default())
    }
}

/// As it is kept: JSON, whose keys have one order.
fn written(set: &MappingSet) -> String {
    serde_json::to_string(set).unwrap_or_default()
}

fn version_of(set: &MappingSet) -> MappingVersion {
    let digest = Sha256::digest(written(set));
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    MappingVersion(u64::from_be_bytes(first))
}
