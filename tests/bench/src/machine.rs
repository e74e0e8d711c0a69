//! What the figures were taken on.

use std::fs;
use std::path::Path;

use serde::Serialize;

/// The machine, the disk and the kernel.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory_mib: u64,
    kernel: String,
    file_system: String,
    device: String,
    /// What the device says of its cache: `write back` needs flushes to be safe.
    write_cache: String,
}

impl Machine {
    /// As seen from `folder`.
    pub(crate) fn of(folder: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(':'));
            value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let memory = memory.split(' ').next().and_then(|kib| kib.parse().ok());
        let (file_system, device) = mount_of(folder, &read("/proc/self/mountinfo"));
        let name = device.rsplit('/').next().unwrap_or_default().to_owned();
        let parent = name.trim_end_matches(|last: char| last.is_ascii_digit());
        let cache = [name.as_str(), parent]
            .map(|name| read(&format!("/sys/class/block/{name}/queue/write_cache")));
        let cache = cache
            .iter()
            .map(|text| text.trim())
            .find(|text| !text.is_empty());
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mib: memory.unwrap_or(0_u64) / 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            file_system,
            device: name,
            write_cache: cache.unwrap_or("unknown").to_owned(),
        }
    }

    /// Whether what is synced there is on a disk at all.
    pub(crate) fn is_in_memory(&self) -> bool {
        ["tmpfs", "ramfs"].contains(&self.file_system.as_str())
    }

    /// In one line.
    pub(crate) fn shown(&self) -> String {
        format!(
            "machine: {} x {}, {} MiB, Linux {}, {} on {} (write cache: {})",
            self.cores,
            self.processor,
            self.memory_mib,
            self.kernel,
            self.file_system,
            self.device,
            self.write_cache
        )
    }
}

/// The kind of file system that `folder` is on, and its device.
fn mount_of(folder: &Path, mounts: &str) -> (String, String) {
    let mut found = (0, String::new(), String::new());
    for line in mounts.lines() {
        let Some((left, right)) = line.split_once(" - ") else {
            continue;
        };
        let Some(point) = left.split(' ').nth(4) else {
            continue;
        };
        let mut right = right.split(' ');
        if folder.starts_with(point) && point.len() >= found.0 {
            let kind = right.next().unwrap_or_default().to_owned();
            found = (
                point.len(),
                kind,
                right.next().unwrap_or_default().to_owned(),
            );
        }
    }
    (found.1, found.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_counts() {
        let mounts = "1 0 8:1 / / rw - ext4 /dev/vda1 rw\n2 1 0:5 / /run rw - tmpfs none rw\n";
        let of = |path: &str| mount_of(Path::new(path), mounts);
        assert_eq!(of("/run/x"), ("tmpfs".to_owned(), "none".to_owned()));
        assert_eq!(of("/srv/x"), ("ext4".to_owned(), "/dev/vda1".to_owned()));
    }
}
