//! Whether a folder is a store of ours, and whether all that the disk has confirmed is in it. What is not so is refused,
//! and nothing is changed.

use std::fs;
use std::io;
use std::path::Path;

use super::OpenError;
use super::log::{self, Finding};
use super::safekeeping;
use super::witness::{self, Confirmed};

const ACCEPT_THE_LOSS: &str =
    "to go on with what is left, move the file `confirmed` out of the folder";

/// sled writes its `conf` before its log; a log without it was written by something else.
pub(super) fn refuse_alien(path: &Path, log: &Path) -> Result<(), OpenError> {
    let has_log = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    if has_log && !path.join("conf").exists() {
        let what = "a file `db` without sled's `conf`".to_owned();
        return Err(OpenError::Alien {
            path: path.to_owned(),
            what,
        });
    }
    Ok(())
}

/// Looks at the log before the engine changes anything, and says whether a copy was taken because it may be damaged.
pub(super) fn before_opening(
    path: &Path,
    log_path: &Path,
    confirmed: Option<&Confirmed>,
) -> Result<bool, OpenError> {
    let io_error = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    safekeeping::put_back(path).map_err(io_error)?;
    if let Some(confirmed) = confirmed {
        refuse_other_length(path, log_path, confirmed)?;
    }
    let finding = log::inspect(path, confirmed).map_err(io_error)?;
    if let Finding::Damaged { at } = finding {
        return Err(OpenError::Damaged {
            path: path.to_owned(),
            what: format!(
                "`db` cannot be read at byte {at}, and what was stored later lies behind that"
            ),
        });
    }
    // Nothing says what it is, either: what is not ours must be left as it was found.
    let is_untold = confirmed.is_none() && fs::metadata(log_path).is_ok_and(|log| log.len() > 0);
    let copied = finding == Finding::Unsure || is_untold;
    if copied {
        tracing::warn!("the log may be damaged; it is copied before it is opened");
        safekeeping::keep(path).map_err(io_error)?;
    }
    if let Some(confirmed) = confirmed {
        witness::reopen(path, confirmed).map_err(io_error)?;
    }
    Ok(copied)
}

/// Nothing but us changes the log of a closed store.
fn refuse_other_length(path: &Path, log: &Path, confirmed: &Confirmed) -> Result<(), OpenError> {
    let length = match fs::metadata(log) {
        Ok(log) => log.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(source) => {
            let path = log.to_owned();
            return Err(OpenError::Io { path, source });
        }
    };
    let what = if confirmed.is_closed && length != confirmed.length {
        format!(
            "`db` has {length} bytes, but had {} when it was closed",
            confirmed.length
        )
    } else if length == 0 {
        "`db` is missing or empty, but had been written to".to_owned()
    } else {
        return Ok(());
    };
    Err(OpenError::Damaged {
        path: path.to_owned(),
        what: format!("{what}; {ACCEPT_THE_LOSS}"),
    })
}

/// Whether the log reaches as far as the disk has confirmed; the engine does not say if it has dropped something.
pub(super) fn after_opening(
    path: &Path,
    confirmed: &Confirmed,
    incarnation: Option<&str>,
    mark: Option<&str>,
) -> Result<(), OpenError> {
    let damaged = |what: String| {
        Err(OpenError::Damaged {
            path: path.to_owned(),
            what: format!("{what}; {ACCEPT_THE_LOSS}"),
        })
    };
    let syncs = mark.and_then(log::number_in).unwrap_or_default();
    match incarnation {
        Some(found) if found != confirmed.incarnation => damaged(format!(
            "its log is that of store {found}, but what the disk has confirmed is of store {}",
            confirmed.incarnation
        )),
        _ if syncs < confirmed.syncs => damaged(format!(
            "its log ends with sync {syncs}, but the disk has confirmed sync {}: what was stored in between is lost",
            confirmed.syncs
        )),
        _ => Ok(()),
    }
}
