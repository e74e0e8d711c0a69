//! Stores of other versions: what is newer is refused, in words that say so, and not a byte of it is changed.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::folder::{arrives, contents, open, options};
use crate::plan::tests::world::ticket;
use crate::store::open::LAYOUT;
use crate::store::{OpenError, Store, witness};

async fn filled(folder: &Path) {
    let store = open(folder);
    for uid in ["a", "b", "c"] {
        arrives(&store, ticket(uid)).await;
    }
    store.close().await.unwrap();
}

fn plant(folder: &Path, key: &str, value: &[u8]) {
    let config = sled::Config::new().path(folder).flush_every_ms(None);
    let db = config.open().unwrap();
    db.insert(key, value).unwrap();
    db.flush().unwrap();
}

fn refused(folder: &Path) -> OpenError {
    let mut tries = (0..100).map(|_| Store::open(options(folder)).err().unwrap());
    // The engine that planted lets go of the folder a moment later.
    let error = tries.find(|error| !matches!(error, OpenError::Held(_)));
    error.unwrap()
}

/// As a later version would leave it: its line says which layout it has.
fn say_layout(folder: &Path, layout: u32) {
    let file = folder.join(witness::FILE);
    let line = fs::read_to_string(&file).unwrap();
    let (said, _) = line.rsplit_once(" check=").unwrap();
    let said = said.replace(
        &format!("layout={LAYOUT:04}"),
        &format!("layout={layout:04}"),
    );
    let said = format!("{said} and=more");
    let check = hex::encode(&Sha256::digest(&said)[..4]);
    fs::write(file, format!("{said} check={check}\n")).unwrap();
}

#[tokio::test]
async fn a_newer_store_is_refused_and_not_a_byte_of_it_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await;
    say_layout(folder.path(), LAYOUT + 1);
    let before = contents(folder.path());
    for create in [true, false] {
        let mut options = options(folder.path());
        options.create = create;
        let error = Store::open(options).err().unwrap();
        assert!(
            matches!(error, OpenError::Newer { found, .. } if found == LAYOUT + 1),
            "{error}"
        );
        assert!(error.to_string().contains("use a newer program"), "{error}");
        assert_eq!(contents(folder.path()), before);
    }
}

#[tokio::test]
async fn a_newer_store_whose_line_is_missing_is_left_as_it_was_found_as_well() {
    for (key, value) in [("Mlayout", &b"\x01\0\x009"[..]), ("Mrun", b"\x02\0\x00{}")] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).await;
        plant(folder.path(), key, value);
        fs::remove_file(folder.path().join(witness::FILE)).unwrap();
        // The first refusal may have to wait for the engine that planted.
        refused(folder.path());
        let before = contents(folder.path());
        let error = refused(folder.path());
        assert!(
            matches!(
                error,
                OpenError::Newer { .. } | OpenError::NewerRecords { .. }
            ),
            "{key}: {error}"
        );
        assert_eq!(contents(folder.path()), before, "{key}");
    }
}
