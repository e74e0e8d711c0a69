//! A network and a view of the file system for one test alone.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::addresses::{INSIDE_NETWORKS, NAME_SERVER, OUTSIDE_NETWORKS};

const HERE: &str = "TICKETBRIDGE_IN_NAMESPACE";

/// Whether this process is the one in the namespace.
pub(super) fn is_here() -> bool {
    std::env::var_os(HERE).is_some()
}

/// Runs `test`, which is the caller, in new namespaces, and passes if it does.
pub(super) fn run_there(test: &str) {
    let unshare = match way_in() {
        Ok(unshare) => unshare,
        Err(reason) => return skip(test, &reason),
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    write(
        "resolv.conf",
        format!(
            "nameserver {NAME_SERVER}\nsearch corp.test\noptions timeout:1 attempts:1 ndots:1\n"
        ),
    );
    write("nsswitch.conf", "hosts: files dns\n".to_owned());
    write(
        "hosts",
        "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.7 in-hosts.test\n".to_owned(),
    );
    write("set-up", set_up(&folder.path().display().to_string()));
    let output = Command::new("unshare")
        .args(unshare)
        .args(["sh", "-ec"])
        .arg(format!(
            ". {}; exec \"$0\" \"$@\"",
            folder.path().join("set-up").display()
        ))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(HERE, "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    println!("{out}");
    assert!(
        output.status.success() && out.contains("1 passed"),
        "in the namespace:\n{out}\n{err}"
    );
}

/// The options of `unshare` that work here, tried with all that the set-up needs.
fn way_in() -> Result<&'static [&'static str], String> {
    let mut reasons = String::new();
    for options in [&["-nm"][..], &["-Urnm"][..]] {
        let tried = Command::new("unshare")
            .args(options)
            .args(["sh", "-ec"])
            .arg("ip link set lo up; ip -6 route add local fd00::/8 dev lo; mount -t tmpfs none /mnt")
            .output();
        match tried {
            Ok(output) if output.status.success() => return Ok(options),
            Ok(output) => reasons.push_str(String::from_utf8_lossy(&output.stderr).trim()),
            Err(error) => reasons.push_str(&format!("unshare: {error}")),
        }
        reasons.push_str("; ");
    }
    Err(reasons)
}

fn set_up(folder: &str) -> String {
    let mut lines = vec!["ip link set lo up".to_owned()];
    for network in INSIDE_NETWORKS.iter().chain(OUTSIDE_NETWORKS) {
        let family = if network.contains(':') { "-6" } else { "-4" };
        lines.push(format!("ip {family} route add local {network} dev lo"));
    }
    for file in ["resolv.conf", "nsswitch.conf", "hosts"] {
        lines.push(format!("mount --bind {folder}/{file} /etc/{file}"));
    }
    // A cache of names that listens on a path is not of this network.
    lines.push("if [ -d /var/run/nscd ]; then mount -t tmpfs none /var/run/nscd; fi".to_owned());
    lines.join("\n")
}

/// Says so where the test harness does not swallow it.
fn skip(test: &str, reason: &str) {
    assert!(
        std::env::var("NAMESPACE_TESTS").as_deref() != Ok("required"),
        "{test} must run here and cannot: {reason}"
    );
    let said = writeln!(
        std::io::stderr(),
        "\nSKIPPED: {test}: no namespace to run it in (iproute2 and root, or user namespaces): {reason}"
    );
    said.unwrap();
}
