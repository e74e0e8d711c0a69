//! Whether the disk has room for what is still to be stored.

use std::path::Path;

use rustix::fs::statvfs;
use tokio::sync::watch;

/// Free space where the store is, as last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this process may use.
    pub free: u64,
    /// Whether that is less than `store.min_free`: intake is refused while there is room to finish what is stored.
    pub low: bool,
}

/// Looks at the disk when asked and tells everybody.
#[derive(Debug, Clone)]
pub struct Room(watch::Sender<Space>);

impl Room {
    /// Enough, until somebody looks.
    #[must_use]
    pub fn unknown() -> Self {
        Self(watch::Sender::new(Space {
            free: 0,
            low: false,
        }))
    }

    /// As last seen.
    #[must_use]
    pub fn space(&self) -> Space {
        *self.0.borrow()
    }

    /// Tells of each look.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Space> {
        self.0.subscribe()
    }

    /// Looks at the disk under `path`. Says whether it became low or ceased to be.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn look(&self, path: &Path, min_free: u64) -> std::io::Result<bool> {
        let disk = statvfs(path)?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let before = self.0.send_replace(Space {
            free,
            low: free < min_free,
        });
        Ok(before.low != (free < min_free))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_noticed_and_more_of_it_too() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::unknown();
        assert!(room.look(folder.path(), u64::MAX).unwrap());
        assert!(room.space().low && room.space().free > 0);
        assert!(room.look(folder.path(), 0).unwrap());
        assert!(!room.space().low);
    }
}
