//! Folders that are not a store, or not a sound one: said clearly, and left as they were.

use std::fs;
use std::path::Path;

use super::folder::{arrives, contents, open, options};
use crate::plan::tests::world::ticket;
use crate::store::{OpenError, Store};

fn refused(path: &Path) -> OpenError {
    match Store::open(options(path)) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

/// What sled alone finds, once whoever had it open before has let go of it.
fn opened_by_sled(path: &Path) -> sled::Db {
    loop {
        match sled::open(path) {
            Err(sled::Error::Io(error)) if error.to_string().contains("acquire lock") => {
                std::thread::yield_now();
            }
            opened => return opened.unwrap(),
        }
    }
}

/// Puts `value` under `key` with sled alone.
fn plant(path: &Path, key: &[u8], value: Option<&[u8]>) {
    let db = opened_by_sled(path);
    match value {
        Some(value) => db.insert(key, value).unwrap(),
        None => db.remove(key).unwrap(),
    };
    db.flush().unwrap();
}

async fn filled(path: &Path, tickets: usize) {
    let store = open(path);
    for number in 0..tickets {
        arrives(&store, ticket(&format!("t{number}"))).await;
    }
    store.close().await.unwrap();
}

#[test]
fn an_absent_store_is_absent_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none"), folder.path().to_owned()] {
        let mut options = options(&path);
        options.create = false;
        let error = Store::open(options).err().unwrap();
        assert!(
            matches!(&error, OpenError::Absent(at) if *at == path),
            "{error}"
        );
    }
    assert_eq!(contents(folder.path()).len(), 0);
    assert!(!folder.path().join("none").exists());
}

#[tokio::test]
async fn a_folder_belongs_to_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let spoiler = folder.path().join("snap.1.generating");
    fs::write(&spoiler, "not ours to move").unwrap();
    let error = refused(folder.path());
    assert!(matches!(error, OpenError::Held(_)), "{error}");
    assert!(error.to_string().contains("already running"));
    assert!(spoiler.exists(), "who does not have the lock moves nothing");
    fs::remove_file(spoiler).unwrap();
    arrives(&store, ticket("a")).await;
    store.close().await.unwrap();
    open(folder.path()).close().await.unwrap();
}

#[test]
fn a_file_that_happens_to_be_named_db_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("db"), "my database of birds\n").unwrap();
    fs::write(folder.path().join("snap.7.generating"), "mine").unwrap();
    let before = contents(folder.path());
    let error = refused(folder.path());
    assert!(matches!(error, OpenError::Alien { .. }), "{error}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_sled_database_of_something_else_is_left_alone() {
    for in_a_tree in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let db = opened_by_sled(folder.path());
        if in_a_tree {
            db.open_tree("birds")
                .unwrap()
                .insert("wren", "small")
                .unwrap();
        } else {
            db.insert("wren", "small").unwrap();
        }
        drop(db);
        for _ in 0..2 {
            let error = refused(folder.path());
            assert!(matches!(error, OpenError::Alien { .. }), "{error}");
        }
        let db = opened_by_sled(folder.path());
        let found = match in_a_tree {
            true => db.open_tree("birds").unwrap().get("wren").unwrap(),
            false => db.get("wren").unwrap(),
        };
        assert_eq!(found.unwrap(), "small");
        assert_eq!(db.iter().count(), usize::from(!in_a_tree));
    }
}

#[tokio::test]
async fn a_newer_layout_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), 3).await;
    plant(folder.path(), b"Mlayout", Some(b"\x01\0\x007"));
    let error = refused(folder.path());
    assert!(
        matches!(error, OpenError::Newer { found: 7, .. }),
        "{error}"
    );
    plant(folder.path(), b"Mlayout", Some(b"\x01\0\x001"));
    let error = refused(folder.path());
    assert!(
        matches!(error, OpenError::Older { found: 1, .. }),
        "{error}"
    );
    plant(folder.path(), b"Mlayout", Some(b"\x01\0\x002"));
    let store = open(folder.path());
    assert!(arrives(&store, ticket("t2")).await.duplicate);
}

#[tokio::test]
async fn what_the_store_keeps_about_itself_must_be_readable() {
    for (key, value) in [
        ("Mlayout", &b"\x01\0\x00{"[..]),
        ("Mincarnation", b"\x01\0\0{"),
        ("Mrun", b""),
        ("Mnumbers", b"\x01\0\0[]"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path(), 3).await;
        plant(folder.path(), key.as_bytes(), Some(value));
        let error = refused(folder.path());
        assert!(matches!(error, OpenError::Damaged { .. }), "{key}: {error}");
        assert!(error.to_string().contains(key), "{error}");
    }
}

#[tokio::test]
async fn numbers_that_would_be_given_twice_are_damage() {
    for value in [
        None,
        Some(&br#"---{"ticket":3,"message":9,"delivery":9,"lane":9,"notice":9}"#[..]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path(), 3).await;
        let value = value.map(|value| [b"\x01\0\0", &value[3..]].concat());
        plant(folder.path(), b"Mnumbers", value.as_deref());
        let error = refused(folder.path());
        assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("there is 3 already"), "{error}");
    }
}
