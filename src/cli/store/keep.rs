//! A backup on its way into a file. Under its own name there is only ever a whole one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::failure::Failure;
use crate::cli::transport::Transport;
use crate::cli::words::size;
use crate::store::{BackupFile, FileError};

use super::meter::Meter;
use super::read;

/// A whole backup, under its own name.
pub(super) struct Kept {
    pub(super) file: BackupFile,
}

/// Takes a backup and keeps it as `file`.
pub(super) async fn keep(transport: &Transport, file: &Path) -> Result<Kept, Failure> {
    refuse_other(file)?;
    let meter = Meter::begin();
    let mut unfinished = Unfinished::create(file)?;
    let mut pieces = transport.backup().await?;
    let mut received = 0_u64;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        unfinished.write(&piece)?;
        received += piece.len() as u64;
        meter.say(|| format!("{} received", size(received)));
    }
    drop(pieces);
    Ok(Kept {
        file: unfinished.finish(file, &meter)?,
    })
}

/// What is there and no backup is somebody's.
fn refuse_other(file: &Path) -> Result<(), Failure> {
    let mut first = [0; 20];
    let found = match File::open(file).and_then(|mut file| file.read(&mut first)) {
        Ok(read) => &first[..read],
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed("cannot replace", file, error)),
    };
    match found.is_empty() || found == BackupFile::BEGINS_WITH {
        true => Ok(()),
        false => Err(Failure::Failed(anyhow::anyhow!(
            "{} is there already, and no backup",
            file.display()
        ))),
    }
}

fn failed(what: &str, file: &Path, error: io::Error) -> Failure {
    let context = format!("{what} {}", file.display());
    Failure::Failed(anyhow::Error::new(error).context(context))
}

/// Taken away when it is dropped.
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Unfinished {
    fn create(of: &Path) -> Result<Self, Failure> {
        let name = of
            .file_name()
            .with_context(|| format!("{} is no file's name", of.display()))?;
        let mut name = name.to_owned();
        name.push(".unfinished");
        let path = of.with_file_name(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("cannot replace", &path, error));
            }
            _ => {}
        }
        let file = OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| failed("cannot make", &path, error))?;
        Ok(Self { path, file })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file
            .write_all(bytes)
            .map_err(|error| failed("cannot write", &self.path, error))
    }

    /// Reads it again, as it lies on the disk, and gives it its name.
    fn finish(self, file: &Path, meter: &Meter) -> Result<BackupFile, Failure> {
        self.file
            .sync_all()
            .map_err(|error| failed("cannot write", &self.path, error))?;
        let whole = read(&self.path, meter).map_err(|failure| match failure {
            Failure::BackupFile {
                source: FileError::CutOff { .. },
                ..
            } => Failure::Failed(anyhow::anyhow!(
                "the backup was broken off; the daemon's log says why"
            )),
            failure => failure,
        })?;
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::rename(&self.path, file)
            .and_then(|()| File::open(folder)?.sync_all())
            .map_err(|error| failed("cannot write", file, error))?;
        Ok(whole)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It has got its name, or whoever comes next takes it away.
        drop(fs::remove_file(&self.path));
    }
}
