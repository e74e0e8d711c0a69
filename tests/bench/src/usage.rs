//! What processes use, as the kernel counts it.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use rustix::process::{Resource, getrlimit, setrlimit};

/// What one process has used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Processor seconds in its own code.
    pub(crate) user: f64,
    /// Processor seconds in the kernel.
    pub(crate) system: f64,
    /// Bytes that it made go to the disk.
    pub(crate) written: u64,
}

impl Usage {
    /// Of a process that runs.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
            .with_context(|| format!("process {pid} is gone"))?;
        // The name in parentheses may hold anything.
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let ticks = |at: usize| {
            let field = rest.split_whitespace().nth(at);
            field
                .and_then(|field| field.parse::<u32>().ok())
                .unwrap_or(0)
        };
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let per_second = rustix::param::clock_ticks_per_second() as f64;
        let io = fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
        let written = io
            .lines()
            .find_map(|line| line.strip_prefix("write_bytes: "));
        Ok(Self {
            user: f64::from(ticks(11)) / per_second,
            system: f64::from(ticks(12)) / per_second,
            written: written.and_then(|bytes| bytes.parse().ok()).unwrap_or(0),
        })
    }

    /// Of this process.
    pub(crate) fn own() -> anyhow::Result<Self> {
        Self::of(std::process::id())
    }

    /// Since an earlier reading.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            user: self.user - earlier.user,
            system: self.system - earlier.system,
            written: self.written.saturating_sub(earlier.written),
        }
    }

    /// Processor seconds.
    pub(crate) fn processor(self) -> f64 {
        self.user + self.system
    }
}

/// Resident memory in MiB: now, and at most so far.
pub(crate) fn memory(pid: u32) -> anyhow::Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let mib = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u32>().ok());
        f64::from(kib.unwrap_or(0)) / 1024.0
    };
    Ok((mib("VmRSS:"), mib("VmHWM:")))
}

/// Processor time of each living thread, added up by name.
pub(crate) fn threads(pid: u32) -> anyhow::Result<BTreeMap<String, Duration>> {
    let mut threads: BTreeMap<String, Duration> = BTreeMap::new();
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let task = task?.path();
        // A thread may end at any moment.
        let (Ok(name), Ok(stat)) = (
            fs::read_to_string(task.join("comm")),
            fs::read_to_string(task.join("schedstat")),
        ) else {
            continue;
        };
        let ran = stat.split(' ').next().and_then(|ran| ran.parse().ok());
        *threads.entry(name.trim().to_owned()).or_default() +=
            Duration::from_nanos(ran.unwrap_or(0));
    }
    Ok(threads)
}

/// Lets this process and its children have as many open files as the system allows.
pub(crate) fn raise_open_files() -> anyhow::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("cannot raise the limit of open files")
}

/// How many open files this process may have.
pub(crate) fn open_files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
