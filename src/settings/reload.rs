//! What a reload cannot change.

use super::Settings;

/// The keys that differ between two settings and take effect only with a restart.
pub fn needs_restart(old: &Settings, new: &Settings) -> Vec<String> {
    let different = restart_keys(old, new).into_iter();
    let different = different.filter(|(_, same)| !same);
    different.map(|(key, _)| key.to_owned()).collect()
}

/// All keys that take effect only with a restart, and whether they are the same in both.
pub(super) fn restart_keys(
    old: &Settings,
    new: &Settings,
) -> impl IntoIterator<Item = (&'static str, bool)> {
    [
        ("server.listen", old.server.listen == new.server.listen),
        (
            "server.ops_listen",
            old.server.ops_listen == new.server.ops_listen,
        ),
        ("store.path", old.store.path == new.store.path),
        ("store.min_free", old.store.min_free == new.store.min_free),
        ("store.cache", old.store.cache == new.store.cache),
        ("admin.socket", old.admin.socket == new.admin.socket),
        ("log.format", old.log.format == new.log.format),
    ]
}

/// Puts what a reload cannot change back to what is in force.
pub fn keep_what_needs_restart(new: &mut Settings, old: &Settings) {
    new.server.listen = old.server.listen.clone();
    new.server.ops_listen.clone_from(&old.server.ops_listen);
    new.store = old.store.clone();
    new.admin.socket.clone_from(&old.admin.socket);
    new.log.format = old.log.format;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::{Trial, loaded};

    #[test]
    fn a_change_is_named_by_its_key_whether_it_is_in_the_settings_or_in_a_file_that_they_name() {
        let text = |more: &str| {
            format!(
                "[delivery]\njitter = 0.2\n[[brands]]\nid = \"a\"\nsigning_key_files = [\"one\"]\n[agent_api]\nknowledge_base = \"kb\"\n[outbound]\nca_file = \"ca.pem\"\n{more}"
            )
        };
        let key = |byte: char| format!("whsec_{}", String::from(byte).repeat(32));
        let hub = |secret: &str| {
            Trial::new(&text("[[systems]]\nid = \"hub\"\nkind = \"respondo\"\nbase_url = \"https://app.example.com\"\nremote_brand = 7\ntoken_name = \"bridge\"\ntoken_file = \"t\"\n"))
                .with("one", &*key('A'))
                .with("t", secret)
                .with("kb/a.txt", "")
                .with("ca.pem", "x")
                .open_files()
        };
        let trial = Trial::new(&text(""))
            .with("one", &*key('A'))
            .with("kb/a.txt", "")
            .with("ca.pem", "x")
            .open_files();
        let before = trial.load().unwrap().effective;
        let changes = |trial: &Trial| {
            let new = trial.load().unwrap().effective;
            let changes = before.changes(&new);
            assert_eq!(changes, new.changes(&before));
            changes.into_iter().collect::<Vec<_>>()
        };
        assert!(changes(&trial).is_empty());
        let trial = trial.with("one", &*key('B'));
        assert_eq!(changes(&trial), ["brands[a].signing_key_files"]);
        let trial = trial.with("one", &*key('A')).with("ca.pem", "y");
        assert_eq!(changes(&trial), ["outbound.ca_file"]);
        let article = "+++\nid = 1\ntitle = \"t\"\ncreated_at = \"2026-01-10\"\n+++\nx";
        let trial = trial.with("ca.pem", "x").with("kb/b.md", article);
        assert_eq!(changes(&trial), ["agent_api.knowledge_base"]);

        let other = hub("secret");
        let shift = |path: &str| path.starts_with("systems[hub]");
        let (one, two) = (
            other.load().unwrap().effective,
            hub("other").load().unwrap().effective,
        );
        let only: Vec<_> = one
            .changes(&two)
            .into_iter()
            .filter(|path| shift(path))
            .collect();
        assert_eq!(only, ["systems[hub].token_file"]);
        let added: Vec<_> = before
            .changes(&one)
            .into_iter()
            .filter(|path| shift(path))
            .collect();
        assert_eq!(added, ["systems[hub]"]);
    }

    #[test]
    fn only_what_needs_a_restart_is_named() {
        let base = "[store]\npath = \"/a\"\n";
        let old = loaded(base).settings;
        assert!(needs_restart(&old, &old).is_empty());
        for (text, keys) in [
            (
                "[store]\npath = \"/b\"",
                &["store.path", "admin.socket"][..],
            ),
            (&*format!("{base}min_free = 1"), &["store.min_free"]),
            (&*format!("{base}cache = \"1MiB\""), &["store.cache"]),
            (
                &*format!("{base}[admin]\nsocket = \"b\""),
                &["admin.socket"],
            ),
            (
                &*format!("{base}[server]\nlisten = \"127.0.0.1:1\""),
                &["server.listen"],
            ),
            (
                &*format!("{base}[server]\nops_listen = \"127.0.0.1:1\""),
                &["server.ops_listen"],
            ),
            (
                &*format!("{base}[server]\nmax_body = 1\n[log]\nlevel = \"warn\""),
                &[],
            ),
            (&*format!("{base}[log]\nformat = \"json\""), &["log.format"]),
        ] {
            let mut new = loaded(text).settings;
            assert_eq!(needs_restart(&old, &new), keys, "{text}");
            keep_what_needs_restart(&mut new, &old);
            assert!(needs_restart(&old, &new).is_empty(), "{text}");
        }
    }
}
