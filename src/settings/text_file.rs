//! Files of text that settings name, and no more of them than makes sense.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use bytesize::ByteSize;

use super::problem::{Fault, Problem};

/// What `path` holds, if that is text of at most `largest` bytes.
pub(super) fn read(path: &Path, largest: u64) -> Result<String, Problem> {
    let fault = |what: String, expected: String| {
        Fault::new(what, expected).at("", Some(&path.display().to_string()))
    };
    let failed = |error: std::io::Error| fault(format!("cannot be read: {error}"), String::new());
    // Asked before opening, since opening a pipe would wait for its writer.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(fault("is no file".to_owned(), "a file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(largest + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > largest {
        let most = ByteSize::b(largest).display().iec();
        return Err(fault("is too large".to_owned(), format!("at most {most}")));
    }
    String::from_utf8(bytes).map_err(|_| fault("is not UTF-8".to_owned(), "text".to_owned()))
}
