//! What a reload cannot change.

use super::Settings;

/// The keys that differ between two settings and take effect only with a restart.
pub fn reloadable_differences(old: &Settings, new: &Settings) -> Vec<String> {
    let same = [
        ("server.listen", old.server.listen == new.server.listen),
        (
            "server.ops_listen",
            old.server.ops_listen == new.server.ops_listen,
        ),
        ("store.path", old.store.path == new.store.path),
        ("store.min_free", old.store.min_free == new.store.min_free),
        ("store.cache", old.store.cache == new.store.cache),
        ("admin.socket", old.admin.socket == new.admin.socket),
    ];
    same.into_iter()
        .filter(|(_, same)| !same)
        .map(|(key, _)| key.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::loaded;

    #[test]
    fn only_what_needs_a_restart_is_named() {
        let base = "[store]\npath = \"/a\"\n";
        let old = loaded(base).settings;
        assert!(reloadable_differences(&old, &old).is_empty());
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
        ] {
            assert_eq!(
                reloadable_differences(&old, &loaded(text).settings),
                keys,
                "{text}"
            );
        }
    }
}
