//! What tells one store's ids from those of any other.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::DeliveryId;

/// What tells one store's ids from those of any other. A store that was made from a backup has a name of its own, so
/// that nothing which the other did after the backup is taken for its doing; but what was planned before the backup is
/// the same in both, and keeps the name that it went out under, if it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incarnation {
    name: Cow<'static, str>,
    /// What it was called before, and the first delivery that was not planned under that name any more; oldest first.
    earlier: Option<Arc<[(String, DeliveryId)]>>,
}

impl Incarnation {
    /// One that was never called otherwise.
    pub const fn named(name: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            earlier: None,
        }
    }

    /// One that was called otherwise before, each time up to a delivery.
    pub fn after(name: String, earlier: impl IntoIterator<Item = (String, DeliveryId)>) -> Self {
        Self {
            name: Cow::Owned(name),
            earlier: Some(earlier.into_iter().collect()),
        }
    }

    /// The present name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name under which `delivery` was planned.
    pub fn of(&self, delivery: DeliveryId) -> &str {
        let mut earlier = self.earlier.iter().flat_map(|earlier| earlier.iter());
        let under = earlier.find(|(_, end)| delivery < *end);
        under.map_or(&self.name, |(name, _)| name)
    }
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_planned_before_a_backup_keeps_its_name() {
        let earlier = [("a", 5), ("b", 1_000_009)];
        let earlier = earlier.map(|(name, end)| (name.to_owned(), DeliveryId(end)));
        let incarnation = Incarnation::after("c".to_owned(), earlier);
        for (delivery, name) in [
            (1, "a"),
            (4, "a"),
            (5, "b"),
            (1_000_008, "b"),
            (1_000_009, "c"),
        ] {
            assert_eq!(incarnation.of(DeliveryId(delivery)), name, "{delivery}");
        }
        assert_eq!(incarnation.name(), "c");
        assert_eq!(Incarnation::named("a").of(DeliveryId(u64::MAX)), "a");
    }
}
