//! The scenarios, in order.

use clap::ValueEnum as _;

use crate::args::{Args, Name};
use crate::context::Context;
use crate::machine::Machine;
use crate::output;
use crate::report::{Report, Section};

mod backup;
mod churn;
mod deliveries;
mod footprint;
mod intake;
mod limits;
mod lists;
mod million;
mod neighbour;
mod outage;
mod parts;
mod retention;
mod search;
mod traces;

/// How many deliveries are not finished.
const PENDING: &str = "ticketbridge_pending{system=\"response-url\"}";
/// For what should not take long.
const SOON: std::time::Duration = std::time::Duration::from_secs(60);

/// Runs what is asked for and prints what was found.
pub(crate) async fn run_all(args: Args) -> anyhow::Result<()> {
    let context = Context::new(&args)?;
    let machine = Machine::of(context.folder());
    if machine.is_in_memory() {
        output::say(
            "the folder is in memory, where a sync costs nothing; name one on a disk by --folder",
        );
    }
    let mut sections = Vec::new();
    for name in Name::value_variants() {
        if args.only.is_empty() || args.only.contains(name) {
            sections.push(run(*name, &context).await?);
        }
    }
    let report = Report {
        machine,
        runs: context.runs,
        quick: context.quick,
        sections,
    };
    output::print(&match (args.json, args.markdown) {
        (true, _) => serde_json::to_string_pretty(&report)?,
        (_, true) => report.to_markdown(),
        _ => report.to_text(),
    });
    Ok(())
}

async fn run(name: Name, context: &Context) -> anyhow::Result<Section> {
    match name {
        Name::Intake => intake::run(context).await,
        Name::Parts => parts::run(context).await,
        Name::Deliveries => deliveries::run(context).await,
        Name::Neighbour => neighbour::run(context).await,
        Name::Limits => limits::run(context).await,
        Name::Lists => lists::run(context).await,
        Name::Footprint => footprint::run(context).await,
        Name::Million => million::run(context).await,
        Name::Outage => outage::run(context).await,
        Name::Search => search::run(context).await,
        Name::Churn => churn::run(context).await,
        Name::Traces => traces::run(context).await,
        Name::Backup => backup::run(context).await,
        Name::Retention => retention::run(context).await,
    }
}
