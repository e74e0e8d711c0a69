//! Arbitrary samples between every two kinds: the loss report is held against the requests it speaks of, and what it
//! says of each field is the table in the manual. `ROUND_TRIP_CASES=500 cargo test --lib round_trips` holds more of them.

mod arbitrary;
mod honesty;
mod survival;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::strategy::{BoxedStrategy, Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

use super::*;
use crate::settings::{LoadOptions, load};
use survival::Survival;

/// Of each shape, for each kind that gets it.
const CASES: usize = 24;
/// Of a thread, in each case.
const MESSAGES: usize = 3;
const BEGIN: &str = "<!-- generated: round trips -->";
const END: &str = "<!-- end of round trips -->";

/// Samples of one sort, as one sort of sender sends them.
struct Shape {
    /// What the manual calls it.
    title: &'static str,
    from: Kind,
    brand: &'static str,
    /// At which it happens.
    system: Option<&'static str>,
    /// An event; or several in order, of which the last counts.
    sample: BoxedStrategy<Value>,
    /// How many in one rehearsal: those that begin tickets of their own do not meet.
    together: usize,
    /// Where in the sample it counts: below this.
    below: &'static str,
}

fn shapes() -> Vec<Shape> {
    let shape = |title, from, brand, system, sample, together| Shape {
        title,
        from,
        brand,
        system,
        sample,
        together,
        below: "",
    };
    vec![
        shape(
            "An external ticket",
            Kind::Respondo,
            "acme",
            None,
            arbitrary::external_ticket(),
            8,
        ),
        shape(
            "A customer's follow-up, with `parent_uid`",
            Kind::Respondo,
            "acme",
            None,
            arbitrary::follow_up(),
            4,
        ),
        shape(
            "An edit: the same `external_uid` with another text",
            Kind::Respondo,
            "acme",
            None,
            arbitrary::edit(),
            4,
        ),
        shape(
            "A Respondo server's answer",
            Kind::Respondo,
            "acme",
            None,
            arbitrary::answer(),
            1,
        ),
        shape(
            "A visitor of a Qminder with `import_to`",
            Kind::Qminder,
            "walk-in",
            Some("lobby"),
            arbitrary::visit(),
            8,
        ),
        Shape {
            below: "/messages",
            ..shape(
                "SMS of a visit that is one of our tickets",
                Kind::Qminder,
                "acme",
                Some("front-desk"),
                arbitrary::visit_with_sms(),
                1,
            )
        },
        shape(
            "A ticket of a DeskHive with `import_to`",
            Kind::DeskHive,
            "walk-in",
            Some("inbox"),
            arbitrary::helpdesk_ticket(),
            8,
        ),
        Shape {
            below: "/messages",
            ..shape(
                "Messages of a thread that is one of our tickets",
                Kind::DeskHive,
                "acme",
                Some("support"),
                arbitrary::thread(),
                1,
            )
        },
        shape(
            "An agent's reply or note",
            Kind::AgentApi,
            "acme",
            None,
            arbitrary::reply(),
            1,
        ),
        shape(
            "An agent's change",
            Kind::AgentApi,
            "acme",
            None,
            arbitrary::change(),
            1,
        ),
    ]
}

/// What became of all of them, and where a report was untrue.
async fn tried(cases: usize) -> (Survival, BTreeSet<String>) {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/mapping/config.toml");
    let loaded = load(&config, LoadOptions { open_files: false }).unwrap();
    let mut survival = Survival::default();
    let mut lies = BTreeSet::new();
    for shape in shapes() {
        // The same samples for everybody, every time.
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let cases = match shape.below {
            "" => cases,
            _ => cases.div_ceil(MESSAGES),
        };
        let mut next = || shape.sample.new_tree(&mut runner).unwrap().current();
        let samples: Vec<Value> = std::iter::repeat_with(&mut next).take(cases).collect();
        for to in Kind::ALL {
            let pair = Pair {
                from: shape.from,
                to,
                brand: Some(shape.brand.to_owned()),
                system: shape.system.map(str::to_owned),
            };
            for some in samples.chunks(shape.together) {
                let events = Value::Array(some.iter().zip(1..).flat_map(numbered).collect());
                let sample = Sample::read(events.to_string().as_bytes()).unwrap();
                let outcome = rehearse(&loaded.settings, &pair, &sample).await;
                // What a system says of a ticket of ours does not go back there.
                if shape.from == to && matches!(outcome, Err(Fault::NobodyFits(_))) {
                    break;
                }
                let outcome = outcome.unwrap_or_else(|fault| panic!("{pair:?} {fault}: {events}"));
                let each = some[0].as_array().map_or(1, Vec::len);
                let told = sample.events.iter().zip(&outcome.events);
                for (sent, event) in told.skip(each - 1).step_by(each) {
                    let fields = event.fields.iter();
                    let fields = fields.filter(|row| row.field.starts_with(shape.below));
                    survival.count(shape.title, to, fields);
                    for lie in honesty::lies(&sent.value, event) {
                        let (from, to) = (shape.title, to.word());
                        lies.insert(format!("{from} to {to}: {lie}"));
                    }
                }
            }
        }
    }
    (survival, lies)
}

/// Under a name of its own, so that none is told twice.
fn numbered((sample, number): (&Value, usize)) -> Vec<Value> {
    let mut events = match sample {
        Value::Array(events) => events.clone(),
        event => vec![event.clone()],
    };
    for event in &mut events {
        for name in ["external_uid", "parent_uid"] {
            if let Some(uid) = event.get_mut(name) {
                *uid = format!("{}-{number}", uid.as_str().unwrap_or_default()).into();
            }
        }
        if let Some(id) = event.get_mut("id") {
            *id = match id.is_string() {
                true => (85_000 + number).to_string().into(),
                false => (7_000 + number).into(),
            };
        }
    }
    events
}

#[tokio::test]
async fn every_loss_report_is_true_and_the_manual_says_what_survives() {
    let more = std::env::var("ROUND_TRIP_CASES");
    let more: Option<usize> = more.ok().and_then(|cases| cases.parse().ok());
    let (survival, lies) = tried(more.unwrap_or(CASES)).await;
    let lies: Vec<String> = lies.into_iter().collect();
    assert!(lies.is_empty(), "{} lies:\n{}", lies.len(), lies.join("\n"));
    if more.is_some() {
        return;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/MANUAL.md");
    let manual = fs::read_to_string(&path).unwrap();
    let (before, rest) = manual.split_once(BEGIN).unwrap();
    let (table, after) = rest.split_once(END).unwrap();
    let expected = format!("\n{}", survival.in_markdown());
    if std::env::var_os("UPDATE_MANUAL").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
        return;
    }
    assert!(
        table == expected,
        "docs/MANUAL.md does not say what survives; run this with UPDATE_MANUAL=1 and look at the difference"
    );
}
