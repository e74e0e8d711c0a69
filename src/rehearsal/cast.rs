//! Who of the settings plays which part.

use crate::settings::{Brand, Settings, System, SystemKind};

use super::{Fault, Kind, Pair, Sample};

/// The parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cast {
    /// Whose tickets.
    pub(super) brand: String,
    /// The system at which the sample happens, if it happens at one.
    pub(super) source: Option<String>,
    /// Whether tickets begin there.
    pub(super) imports: bool,
    /// Whether the brand's tickets are mirrored there.
    pub(super) mirrors: bool,
    /// The system whose requests are shown, if they go to one.
    pub(super) target: Option<String>,
    /// Names and tokens of the sample.
    pub(super) credentials: Vec<(String, String)>,
}

impl Cast {
    pub(super) fn choose(settings: &Settings, pair: &Pair, sample: &Sample) -> Result<Self, Fault> {
        let nobody = |words: String| Err(Fault::NobodyFits(words));
        if let Some(system) = &pair.system {
            match settings.systems.get(system) {
                None => return nobody(format!("the system {system:?} is not configured")),
                Some(system) if !plays(system, pair.from) && !plays(system, pair.to) => {
                    let (from, to, id) = (pair.from.word(), pair.to.word(), &system.id);
                    return nobody(format!("the system {id:?} is neither {from} nor {to}"));
                }
                Some(_) => {}
            }
        }
        if let Some(brand) = &pair.brand
            && !settings.brands.contains_key(brand)
        {
            return nobody(format!("the brand {brand:?} is not configured"));
        }
        let brands = settings.brands.values();
        let wanted = |brand: &&Brand| pair.brand.as_ref().is_none_or(|wanted| *wanted == brand.id);
        let answers = pair.from == Kind::Respondo && sample.has_answers();
        let cast = brands
            .filter(wanted)
            .find_map(|brand| Self::of(settings, pair, brand, answers));
        let Some(cast) = cast else {
            return nobody(missing(settings, pair, answers));
        };
        Ok(Self {
            credentials: match pair.from {
                Kind::Respondo => sample.credentials(),
                Kind::Qminder | Kind::DeskHive | Kind::AgentApi => Vec::new(),
            },
            ..cast
        })
    }

    /// With this brand, if it has all that are needed.
    fn of(settings: &Settings, pair: &Pair, brand: &Brand, answers: bool) -> Option<Self> {
        let sends = match pair.from {
            Kind::Qminder | Kind::DeskHive => Some(pair.from),
            Kind::Respondo if answers => Some(Kind::Respondo),
            Kind::Respondo | Kind::AgentApi => None,
        };
        let wanted = pair.system.as_ref().and_then(|id| settings.systems.get(id));
        // Where it could play both parts, it sends.
        let wanted_source = wanted.filter(|wanted| sends.is_some_and(|kind| plays(wanted, kind)));
        let wanted_target = wanted.filter(|_| wanted_source.is_none());
        let fits = |system: &System, kind: Kind, wanted: Option<&System>| {
            plays(system, kind) && wanted.is_none_or(|wanted| wanted.id == system.id)
        };
        let mirrors = |system: &System| brand.mirror_to.contains(&system.id) && is_made_at(system);
        let imports = |system: &System| import_to(system) == Some(&brand.id);
        let source = match sends {
            None => None,
            Some(kind) => Some(settings.systems.values().find(|system| {
                fits(system, kind, wanted_source) && (imports(system) || mirrors(system))
            })?),
        };
        let mirrored = brand.mirror_to.iter();
        let mut mirrored = mirrored.filter_map(|id| settings.systems.get(id));
        let other = |system: &&System| source.is_none_or(|source| source.id != system.id);
        let target = mirrored.find(|system| {
            fits(system, pair.to, wanted_target) && is_made_at(system) && other(system)
        });
        let is_needed = match pair.to {
            Kind::Qminder | Kind::DeskHive => true,
            // Response URLs are no system.
            Kind::Respondo => wanted_target.is_some(),
            Kind::AgentApi => false,
        };
        if is_needed && target.is_none() {
            return None;
        }
        let has_agent = brand
            .agents
            .iter()
            .any(|id| settings.agents.get(id).is_some_and(|agent| agent.active));
        let needs_agent = pair.from == Kind::AgentApi || pair.to == Kind::AgentApi;
        if needs_agent && !has_agent {
            return None;
        }
        Some(Self {
            brand: brand.id.clone(),
            imports: source.is_some_and(imports),
            mirrors: source.is_some_and(mirrors),
            source: source.map(|system| system.id.clone()),
            target: target.map(|system| system.id.clone()),
            credentials: Vec::new(),
        })
    }
}

fn plays(system: &System, kind: Kind) -> bool {
    match &system.kind {
        SystemKind::Qminder(_) => kind == Kind::Qminder,
        SystemKind::DeskHive(_) => kind == Kind::DeskHive,
        SystemKind::Respondo(_) => kind == Kind::Respondo,
    }
}

fn import_to(system: &System) -> Option<&String> {
    match &system.kind {
        SystemKind::Qminder(qminder) => qminder.import_to.as_ref(),
        SystemKind::DeskHive(deskhive) => deskhive.import_to.as_ref(),
        SystemKind::Respondo(_) => None,
    }
}

/// Whether a ticket can be made there.
fn is_made_at(system: &System) -> bool {
    match &system.kind {
        SystemKind::DeskHive(deskhive) => deskhive.internal_key.is_some(),
        SystemKind::Qminder(_) | SystemKind::Respondo(_) => true,
    }
}

/// What to configure.
fn missing(settings: &Settings, pair: &Pair, answers: bool) -> String {
    if settings.brands.is_empty() {
        return "no brand is configured: add one to [[brands]]".to_owned();
    }
    let whose = match &pair.brand {
        Some(brand) => format!("the brand {brand:?}"),
        None => "a brand".to_owned(),
    };
    let which = |kind: Kind| match &pair.system {
        Some(system)
            if settings
                .systems
                .get(system)
                .is_some_and(|it| plays(it, kind)) =>
        {
            format!("{system:?}")
        }
        _ => format!("a system of kind {:?}", kind.word()),
    };
    let mut needed = Vec::new();
    let key = |kind: Kind| match kind {
        Kind::DeskHive => ", with an `internal_key_file`",
        Kind::Respondo | Kind::Qminder | Kind::AgentApi => "",
    };
    match pair.from {
        Kind::Qminder | Kind::DeskHive => needed.push(format!(
            "{whose} that has {} in `mirror_to`{}, or to which its `import_to` leads",
            which(pair.from),
            key(pair.from)
        )),
        Kind::Respondo if answers => needed.push(format!(
            "{whose} that has {} in `mirror_to`, to which the sample is an answer",
            which(Kind::Respondo)
        )),
        Kind::Respondo | Kind::AgentApi => {}
    }
    match pair.to {
        Kind::Qminder | Kind::DeskHive => needed.push(format!(
            "{whose} that has {} in `mirror_to`{}",
            which(pair.to),
            key(pair.to)
        )),
        Kind::Respondo if pair.system.is_some() => {
            needed.push(format!(
                "{whose} that has {} in `mirror_to`",
                which(pair.to)
            ));
        }
        Kind::Respondo | Kind::AgentApi => {}
    }
    if pair.from == Kind::AgentApi || pair.to == Kind::AgentApi {
        needed.push(format!("{whose} with an active agent in `agents`"));
    }
    format!(
        "nothing in the configuration fits; it takes {}",
        needed.join(", and ")
    )
}
