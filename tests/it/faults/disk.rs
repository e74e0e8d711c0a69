//! What a power cut leaves of the store's folder.
//!
//! The shim writes a journal of every change and every sync. From that this makes the folder anew as a disk may have
//! kept it. Sure to be there is only:
//! - a file's bytes and length as they were when a sync of that file began that came to its end;
//! - a name (made, changed or removed) once its folder was synced;
//! - the name of a new file once the file itself was synced, as on ext4, where people rely on it. No other name comes
//!   along, although there it would.
//!
//! Of the rest nothing is left, or what chance decides: any of the blocks of 4096 bytes, in any order, and the oldest
//! of the names, since file systems keep a journal of those.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::traffic::Chance;

const BLOCK: usize = 4096;
const MAGIC: u64 = 0x4c4e_524a;
const HEAD: usize = 7 * 8;

/// A disk under one folder, as it surely is, and as it is as long as the power lasts.
pub(super) struct Disk {
    folder: PathBuf,
    journal: PathBuf,
    files: Vec<FileOnDisk>,
    by_inode: HashMap<u64, usize>,
    sure: Names,
    /// Changes of names that are not sure, oldest first.
    unsure: Vec<Renaming>,
    live: Names,
}

type Names = BTreeMap<PathBuf, Named>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Folder,
    File(usize),
}

#[derive(Default)]
struct FileOnDisk {
    sure: Vec<u8>,
    unsure: Vec<Change>,
}

struct Change {
    at: usize,
    what: Written,
}

enum Written {
    Bytes { offset: usize, bytes: Vec<u8> },
    Length(usize),
}

struct Renaming {
    at: usize,
    named: Named,
    from: Option<PathBuf>,
    to: Option<PathBuf>,
}

/// What a power cut left, in figures.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Blocks that were not synced.
    pub(super) unsure_blocks: usize,
    /// How many of them are there all the same.
    pub(super) kept_blocks: usize,
}

impl Disk {
    /// The folder need not be there yet; what is there is safe.
    pub(super) fn new(folder: PathBuf, journal: PathBuf) -> Self {
        let mut disk = Self {
            folder,
            journal,
            files: Vec::new(),
            by_inode: HashMap::new(),
            sure: Names::new(),
            unsure: Vec::new(),
            live: Names::new(),
        };
        if disk.folder.exists() {
            disk.look_at(&disk.folder.clone());
        }
        disk.live = disk.sure.clone();
        disk
    }

    fn look_at(&mut self, path: &Path) {
        let found = fs::symlink_metadata(path).unwrap();
        if found.is_dir() {
            self.sure.insert(path.to_owned(), Named::Folder);
            for entry in fs::read_dir(path).unwrap() {
                self.look_at(&entry.unwrap().path());
            }
        } else if found.is_file() {
            self.by_inode.insert(found.ino(), self.files.len());
            self.sure
                .insert(path.to_owned(), Named::File(self.files.len()));
            self.files.push(FileOnDisk {
                sure: fs::read(path).unwrap(),
                unsure: Vec::new(),
            });
        }
    }

    /// Replaces the folder by what is left after a power cut; with `chance`, some of what was not sure survives. The
    /// process must be gone.
    pub(super) fn cut(&mut self, mut chance: Option<&mut Chance>) -> Left {
        self.replay();
        let mut left = Left::default();
        let mut names = std::mem::take(&mut self.sure);
        let kept_names = match &mut chance {
            Some(chance) => below(chance, self.unsure.len() + 1),
            None => 0,
        };
        for renaming in self.unsure.drain(..).take(kept_names) {
            renaming.apply_to(&mut names);
        }
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed.unwrap(),
        }
        let mut gone = Vec::new();
        for (path, named) in &names {
            let parent = path.parent().unwrap();
            if gone.contains(&parent.to_owned()) || !parent.is_dir() {
                gone.push(path.clone());
                continue;
            }
            match named {
                Named::Folder => fs::create_dir(path).unwrap(),
                Named::File(file) => {
                    let bytes = self.files[*file].after(&mut chance, &mut left);
                    fs::write(path, bytes).unwrap();
                }
            }
        }
        match fs::remove_file(&self.journal) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            removed => removed.unwrap(),
        }
        *self = Self::new(self.folder.clone(), self.journal.clone());
        left
    }

    fn replay(&mut self) {
        let journal = fs::read(&self.journal).unwrap_or_default();
        let mut begun: HashMap<u64, (usize, PathBuf)> = HashMap::new();
        let mut rest = journal.as_slice();
        let mut at = 0;
        while let Some(entry) = Entry::next(&mut rest) {
            at += 1;
            let file = self.by_inode.get(&entry.inode).copied();
            let offset = usize::try_from(entry.at).unwrap();
            match entry.kind {
                1 => self.file(file).unsure.push(Change {
                    at,
                    what: Written::Bytes {
                        offset,
                        bytes: entry.first.to_vec(),
                    },
                }),
                2 => self.file(file).unsure.push(Change {
                    at,
                    what: Written::Length(usize::try_from(entry.length).unwrap()),
                }),
                3 => {
                    let file = self.files.len();
                    self.files.push(FileOnDisk::default());
                    self.by_inode.insert(entry.inode, file);
                    self.rename(at, Named::File(file), None, Some(entry.first_path()));
                }
                4 => {
                    let from = entry.first_path();
                    let named = self.live[&from];
                    self.rename(at, named, Some(from), Some(entry.second_path()));
                }
                5 => {
                    let from = entry.first_path();
                    // A socket has a name that nobody wrote down.
                    if let Some(named) = self.live.get(&from).copied() {
                        self.rename(at, named, Some(from), None);
                    }
                }
                6 => self.rename(at, Named::Folder, None, Some(entry.first_path())),
                7 => {
                    begun.insert(entry.at, (at, entry.first_path()));
                }
                8 => {
                    if let Some((began, path)) = begun.remove(&entry.at) {
                        self.synced(began, &path, file);
                    }
                }
                kind => panic!("the journal has an entry of kind {kind}"),
            }
        }
    }

    fn file(&mut self, file: Option<usize>) -> &mut FileOnDisk {
        &mut self.files[file.expect("a file is opened before it is written")]
    }

    fn rename(&mut self, at: usize, named: Named, from: Option<PathBuf>, to: Option<PathBuf>) {
        let renaming = Renaming {
            at,
            named,
            from,
            to,
        };
        renaming.apply_to(&mut self.live);
        self.unsure.push(renaming);
    }

    fn synced(&mut self, began: usize, path: &Path, file: Option<usize>) {
        let is_folder =
            self.folder.parent() == Some(path) || self.live.get(path) == Some(&Named::Folder);
        if !is_folder {
            let file = file.expect("what is synced is a file or a folder");
            let changes = std::mem::take(&mut self.files[file].unsure);
            for change in changes {
                if change.at < began {
                    change.what.apply_to(&mut self.files[file].sure);
                } else {
                    self.files[file].unsure.push(change);
                }
            }
        }
        let (sure, unsure) = std::mem::take(&mut self.unsure)
            .into_iter()
            .partition(|renaming| {
                renaming.at < began
                    && if is_folder {
                        renaming.is_in(path)
                    } else {
                        renaming.from.is_none() && Some(renaming.named) == file.map(Named::File)
                    }
            });
        self.unsure = unsure;
        let sure: Vec<Renaming> = sure;
        for renaming in sure {
            renaming.apply_to(&mut self.sure);
        }
    }
}

impl Renaming {
    fn apply_to(&self, names: &mut Names) {
        if let Some(from) = &self.from {
            names.remove(from);
        }
        if let Some(to) = &self.to {
            names.insert(to.clone(), self.named);
        }
    }

    fn is_in(&self, folder: &Path) -> bool {
        [&self.from, &self.to]
            .into_iter()
            .flatten()
            .any(|path| path.parent() == Some(folder))
    }
}

impl Written {
    fn apply_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Bytes {
                offset,
                bytes: written,
            } => put(bytes, *offset, written),
            Self::Length(length) => bytes.resize(*length, 0),
        }
    }
}

fn put(bytes: &mut Vec<u8>, offset: usize, written: &[u8]) {
    let end = offset + written.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[offset..end].copy_from_slice(written);
}

impl FileOnDisk {
    /// What is left of it.
    fn after(&self, chance: &mut Option<&mut Chance>, left: &mut Left) -> Vec<u8> {
        let mut bytes = self.sure.clone();
        // All, some or few, so that whole writes survive as well as parts.
        let of_four = chance.as_mut().map_or(0, |chance| below(chance, 5));
        for change in &self.unsure {
            let mut survives = || {
                let kept = chance
                    .as_mut()
                    .is_some_and(|chance| below(chance, 4) < of_four);
                left.unsure_blocks += 1;
                left.kept_blocks += usize::from(kept);
                kept
            };
            match &change.what {
                Written::Length(_) => {
                    if survives() {
                        change.what.apply_to(&mut bytes);
                    }
                }
                Written::Bytes {
                    offset,
                    bytes: written,
                } => {
                    let mut from = 0;
                    while from < written.len() {
                        let to = written.len().min(from + BLOCK - (offset + from) % BLOCK);
                        if survives() {
                            put(&mut bytes, offset + from, &written[from..to]);
                        }
                        from = to;
                    }
                }
            }
        }
        bytes
    }
}

fn below(chance: &mut Chance, end: usize) -> usize {
    usize::try_from(chance.below(end as u64)).unwrap()
}

struct Entry<'a> {
    kind: u64,
    inode: u64,
    at: u64,
    length: u64,
    first: &'a [u8],
    second: &'a [u8],
}

impl<'a> Entry<'a> {
    /// The next one that was written whole.
    fn next(rest: &mut &'a [u8]) -> Option<Self> {
        let head = rest.get(..HEAD)?;
        let number = |nth: usize| {
            let bytes = head[nth * 8..(nth + 1) * 8].try_into().unwrap();
            u64::from_ne_bytes(bytes)
        };
        assert_eq!(number(0), MAGIC, "this is not the journal of `shim.c`");
        let length = |nth| usize::try_from(number(nth)).unwrap();
        let (first, second) = (HEAD + length(5), HEAD + length(5) + length(6));
        let entry = Self {
            kind: number(1),
            inode: number(2),
            at: number(3),
            length: number(4),
            first: rest.get(HEAD..first)?,
            second: rest.get(first..second)?,
        };
        *rest = &rest[second..];
        Some(entry)
    }

    fn first_path(&self) -> PathBuf {
        path_of(self.first)
    }

    fn second_path(&self) -> PathBuf {
        path_of(self.second)
    }
}

fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(std::str::from_utf8(bytes).unwrap())
}
