//! `store …`: looks at the store, copies it, and puts copies in its place.

mod check;
mod erase;
mod keep;
mod meter;
mod scratch;

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::app;
use crate::clock::{Clock, SystemClock};
use crate::http::admin::wire::Stamp;
use crate::settings::{LoadOptions, Settings, load};
use crate::store::{BackupFile, OpenError, RestoreOptions, Restored, Step, Steps, restore};

use super::args::StoreCommand;
use super::failure::Failure;
use super::output::print;
use super::transport::Transport;
use super::words::{counted, moment, size};

use keep::Kept;
use meter::Meter;

pub(super) async fn run(config: &Path, command: StoreCommand) -> Result<(), Failure> {
    let options = LoadOptions { open_files: false };
    let loaded = load(config, options).map_err(Failure::Configuration)?;
    app::init_command_log();
    let settings = &loaded.settings;
    tokio::select! {
        done = obey(settings, command) => done,
        () = told_to_end() => Err(Failure::Failed(anyhow::anyhow!("told to stop; nothing was kept"))),
    }
}

async fn obey(settings: &Settings, command: StoreCommand) -> Result<(), Failure> {
    match command {
        StoreCommand::Check { backup, json } => check::run(settings, backup, json.json).await,
        StoreCommand::Backup { file } => {
            let transport = Transport::open(settings, None).await?;
            let kept = keep::keep(&transport, &file).await;
            let closed = transport.close().await;
            let kept = kept?;
            closed?;
            print(&told_of_backup(&kept, &file))
        }
        StoreCommand::Compact { file } => {
            let transport = Transport::open(settings, None).await?;
            if transport.store().is_none() {
                return Err(Failure::Store(OpenError::Held(settings.store.path.clone())));
            }
            let before = bytes_of(&transport).await?;
            let kept = keep::keep(&transport, &file).await;
            let closed = transport.close().await;
            let kept = kept?;
            closed?;
            print(&format!(
                "{}\nthe store has {}; to put this in its place:\n  ticketbridge store restore --replace {}",
                told_of_backup(&kept, &file),
                size(before),
                file.display()
            ))
        }
        StoreCommand::Restore { file, replace } => restore_from(settings, &file, replace).await,
        StoreCommand::Erase {
            author,
            brand,
            dry_run,
            json,
        } => {
            let transport = Transport::open(settings, None).await?;
            let asked = json!({ "author": author, "brand": brand, "dry_run": dry_run });
            let done = erase::run(&transport, &asked, json.json).await;
            let closed = transport.close().await;
            done.and(closed)
        }
    }
}

async fn bytes_of(transport: &Transport) -> Result<u64, Failure> {
    match transport.store() {
        Some(store) => store
            .bytes()
            .await
            .map_err(|error| Failure::StoreFailed(error.to_string())),
        None => Ok(0),
    }
}

fn told_of_backup(kept: &Kept, file: &Path) -> String {
    let BackupFile { heading, .. } = &kept.file;
    format!(
        "{}: {} of store {} as of {}, {}",
        file.display(),
        counted(kept.file.stored + kept.file.changed, "row", "rows"),
        heading.incarnation,
        moment(Stamp(heading.taken_at)),
        size(kept.file.bytes),
    )
}

async fn restore_from(settings: &Settings, file: &Path, replace: bool) -> Result<(), Failure> {
    let meter = Arc::new(Meter::begin());
    let backup = Arc::new(read(file, &meter)?);
    let options = RestoreOptions {
        path: settings.store.path.clone(),
        cache: settings.store.cache,
        replace,
        now: SystemClock.now(),
    };
    let told = steps(&meter);
    let restoring = Arc::clone(&backup);
    // The engine works in threads of its own; a signal does not wait for them.
    let restored = tokio::task::spawn_blocking(move || restore(&restoring, &options, &told))
        .await
        .map_err(|error| Failure::Failed(error.into()))??;
    meter.end();
    print(&told_of_restore(settings, &backup, &restored))
}

fn told_of_restore(settings: &Settings, file: &BackupFile, restored: &Restored) -> String {
    let taken_at = moment(Stamp(file.heading.taken_at));
    let mut told = format!(
        "{}: {}, as of {taken_at}, is whole and sound\n",
        settings.store.path.display(),
        counted(restored.rows, "row", "rows"),
    );
    if let Some(moved_to) = &restored.moved_to {
        told.push_str(&format!(
            "the store that was there lies in {}\n",
            moved_to.display()
        ));
    }
    told.push_str(&match restored.goes_on {
        true => format!("it goes on as store {}, which had not changed since", restored.incarnation),
        false => format!(
            "it is store {} from now on; new numbers go on 1,000,000 higher\n\
             what came in after {taken_at} is not in it; what went out since may go out again, under the same ids",
            restored.incarnation
        ),
    });
    told
}

/// Opens a backup and reads it to its end.
fn read(file: &Path, meter: &Meter) -> Result<BackupFile, Failure> {
    let told = |done, all| meter.tell("read", done, all);
    BackupFile::open(file, &told).map_err(|source| Failure::BackupFile {
        path: file.to_owned(),
        source,
    })
}

fn steps(meter: &Arc<Meter>) -> Steps {
    let meter = Arc::clone(meter);
    Arc::new(move |step| match step {
        Step::Written(done, all) => meter.tell("written", done, all),
        Step::Checked(done, all) => meter.tell("checked", done, all),
    })
}

async fn told_to_end() {
    let (Ok(mut interrupted), Ok(mut terminated)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
}
