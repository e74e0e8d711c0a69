//! Loading: the layers are gathered and joined, then every section is read and checked.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Settings;
use super::agent::Agent;
use super::agent_api::AgentApi;
use super::alerts::Alerts;
use super::brand::Brand;
use super::delivery::Delivery;
use super::effective::Effective;
use super::intake::Intake;
use super::join::join;
use super::known::Known;
use super::layers::{VARIABLE_PREFIX, gather};
use super::log::Log;
use super::mapping;
use super::mirror::Mirror;
use super::outbound::Outbound;
use super::problem::{Fault, Problem, Problems};
use super::reader::{Read, Reader, Section};
use super::retention::Retention;
use super::server::{Listen, Server};
use super::store::{Admin, Store};
use super::system::{System, SystemKind};
use super::traces::Traces;

const CREDENTIALS_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

/// What loading may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// Whether secrets and other named files are looked at; if not, every secret is empty.
    pub open_files: bool,
}

/// Settings that are in order, with what is doubtful about them and where they come from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// What works and is most probably not meant.
    pub warnings: Vec<Problem>,
    /// Every key with its value and origin.
    pub effective: Effective,
    /// Every key that was asked for.
    #[cfg(test)]
    pub(super) asked: super::reader::asked::AllAsked,
}

/// Loads `file` with its `conf.d` and this process's environment on top of the compiled-in defaults.
///
/// # Errors
///
/// Every problem that there is, at once.
pub fn load(file: &Path, options: LoadOptions) -> Result<Loaded, Problems> {
    let (environment, problems) = settings_in(std::env::vars_os());
    load_layers(file, options, &environment, problems)
}

/// The same with `environment` in place of this process's.
///
/// # Errors
///
/// Every problem that there is, at once.
pub fn load_in(
    file: &Path,
    options: LoadOptions,
    environment: &BTreeMap<String, String>,
) -> Result<Loaded, Problems> {
    load_layers(file, options, environment, Vec::new())
}

/// The variables that are ours to read, and those of them that are not text.
fn settings_in(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> (BTreeMap<String, String>, Vec<Problem>) {
    let mut environment = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, value) in variables {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with(VARIABLE_PREFIX) && name != CREDENTIALS_VARIABLE {
            continue;
        }
        match value.into_string() {
            Ok(value) => {
                environment.insert(name, value);
            }
            Err(_) => problems.push(Fault::new("is not UTF-8", "text").at("", Some(&name))),
        }
    }
    (environment, problems)
}

fn load_layers(
    file: &Path,
    options: LoadOptions,
    environment: &BTreeMap<String, String>,
    mut problems: Vec<Problem>,
) -> Result<Loaded, Problems> {
    let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let layers = gather(&file, environment);
    problems.extend(layers.problems);
    let complete = problems.is_empty();
    let (mut root, clashes) = join(layers.tables);
    mapping::inherit(&mut root);
    problems.extend(clashes);

    let credentials = environment.get(CREDENTIALS_VARIABLE);
    let reader = Reader {
        folder: file.parent().map(Path::to_owned).unwrap_or_default(),
        credentials: credentials
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from),
        open_files: options.open_files,
        known: Known::of(&root, complete),
        problems: RefCell::new(problems),
        warnings: RefCell::default(),
        rows: RefCell::default(),
        contents: RefCell::default(),
        #[cfg(test)]
        asked: RefCell::default(),
    };
    let settings = reader.root(&root, read);
    let mut problems = reader.problems.into_inner();
    mapping::without_inherited(&mut problems);
    match settings {
        Some(settings) if problems.is_empty() => Ok(Loaded {
            settings,
            warnings: reader.warnings.into_inner(),
            effective: Effective::new(reader.rows.into_inner(), reader.contents.into_inner()),
            #[cfg(test)]
            asked: reader.asked.into_inner(),
        }),
        _ => Err(Problems(problems)),
    }
}

fn read(root: &Section<'_>) -> Read<Settings> {
    let server = root.table("server", Server::read);
    let store = root.table("store", Store::read);
    let admin = root.table("admin", |section| {
        let admin = Admin::read(section, store.as_ref())?;
        if let Some(server) = &server {
            check_socket(section, &admin, server);
        }
        Some(admin)
    });
    let log = root.table("log", Log::read);
    let intake = root.table("intake", Intake::read);
    let agent_api = root.table("agent_api", AgentApi::read);
    let delivery = root.table("delivery", Delivery::read);
    let outbound = root.table("outbound", Outbound::read);
    let mirror = root.table("mirror", Mirror::read);
    let mapping = root.table("mapping", mapping::read);
    let retention = root.table("retention", Retention::read);
    let alerts = root.table("alerts", Alerts::read);
    let traces = root.table("traces", Traces::read);
    let brands = root.tables("brands", Brand::read);
    let mut keys = BTreeMap::new();
    let agents = root.tables("agents", |section| Agent::read(section, &mut keys));
    let systems = root.tables("systems", System::read);

    if brands.as_ref().is_some_and(Vec::is_empty) {
        let fault = Fault::new("is empty: nobody can send tickets", "a [[brands]] entry");
        root.warn("brands", fault);
    }
    if let (Some(brands), Some(systems)) = (&brands, &systems) {
        warn_of_systems_that_make_no_tickets(root, brands, systems);
    }
    let systems = by_id(systems?, |system| system.id.clone());
    let mut mapping = mapping?;
    let of_systems = systems.iter();
    mapping.systems = of_systems
        .map(|(id, system)| (id.clone(), system.mapping()))
        .collect();
    Some(Settings {
        server: server?,
        store: store?,
        admin: admin?,
        log: log?,
        intake: intake?,
        agent_api: agent_api?,
        delivery: delivery?,
        outbound: outbound?,
        mirror: mirror?,
        mapping,
        retention: retention?,
        alerts: alerts?,
        traces: traces?,
        brands: by_id(brands?, |brand| brand.id.clone()),
        agents: by_id(agents?, |agent| agent.id),
        systems,
    })
}

/// A system that can only be followed gets no copy of a ticket that began elsewhere.
fn warn_of_systems_that_make_no_tickets(root: &Section<'_>, brands: &[Brand], systems: &[System]) {
    let makes_none = |system: &&System| match &system.kind {
        SystemKind::DeskHive(deskhive) => deskhive.internal_key.is_none(),
        SystemKind::Qminder(_) | SystemKind::Respondo(_) => false,
    };
    for system in systems.iter().filter(makes_none) {
        let mut brands = brands.iter();
        if brands.any(|brand| brand.mirror_to.contains(&system.id)) {
            let what = format!(
                "[{}] is mirrored to, and tickets can be made there only with the internal API's key",
                system.id
            );
            root.warn("systems", Fault::new(what, "`internal_key_file` as well"));
        }
    }
}

fn check_socket(section: &Section<'_>, admin: &Admin, server: &Server) {
    let socket = Listen::Unix(admin.socket.clone());
    for (key, taken) in [
        ("server.listen", Some(&server.listen)),
        ("server.ops_listen", server.ops_listen.as_ref()),
    ] {
        if taken == Some(&socket) {
            let what = format!("takes the same place as {key}");
            section.fault("socket", Fault::new(what, "a socket of its own"));
        }
    }
}

fn by_id<K: Ord, T>(all: Vec<T>, id: impl Fn(&T) -> K) -> BTreeMap<K, T> {
    all.into_iter().map(|one| (id(&one), one)).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    #[test]
    fn only_variables_of_ours_are_read() {
        let text = |text: &str| OsString::from(text);
        let broken = || OsString::from_vec(vec![0xff]);
        let (environment, problems) = settings_in(
            [
                (text("HOME"), text("/root")),
                (text("OTHER"), broken()),
                (broken(), broken()),
                (text("TICKETBRIDGE__LOG__LEVEL"), text("warn")),
                (text("TICKETBRIDGE__LOG__FORMAT"), broken()),
                (text("CREDENTIALS_DIRECTORY"), text("/run/x")),
            ]
            .into_iter(),
        );
        let names: Vec<_> = environment.keys().map(String::as_str).collect();
        assert_eq!(names, ["CREDENTIALS_DIRECTORY", "TICKETBRIDGE__LOG__LEVEL"]);
        assert_eq!(problems.len(), 1);
        assert_eq!(
            problems[0].to_string(),
            "TICKETBRIDGE__LOG__FORMAT  is not UTF-8; expected text"
        );
    }

    #[test]
    fn this_process_s_environment_is_a_layer() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/quickstart.toml");
        let loaded = load(&file, LoadOptions { open_files: true }).unwrap();
        assert!(loaded.settings.brand("demo").is_some());
    }
}
