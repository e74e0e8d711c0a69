//! What a lane's limit lets through: how long a queue takes, and whether any window holds more than it may.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use crate::clock;
use crate::config;
use crate::context::Context;
use crate::report::{Aim, Section};
use crate::role::receiver::{self, Receiver};
use crate::stock::Stock;
use crate::windows;

const RATES: [u32; 5] = [20, 50, 100, 200, 500];
/// Windows at least this long must hold no more than they may, and shorter ones are shown.
const SHORTEST: f64 = 1.0;

/// A tenth of a second's calls may come at once.
fn burst(rate: u32) -> u32 {
    rate / 10
}

fn host(place: usize) -> Ipv4Addr {
    Ipv4Addr::new(127, 1, 0, u8::try_from(place + 1).unwrap_or(u8::MAX))
}

#[derive(Default)]
struct Found {
    off_by: Vec<f64>,
    above: Vec<f64>,
    above_in_short: Vec<f64>,
    early: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("limits", "what a lane's limit lets through");
    let seconds = context.size(2, 8);
    let mut receiver = Receiver::start().await?;
    let port = receiver.port;
    let mut delivery = config::LOOPBACK.to_owned();
    let mut places = Vec::new();
    for (place, rate) in RATES.into_iter().enumerate() {
        let (host, burst) = (host(place), burst(rate));
        delivery.push_str(&format!(
            "[[delivery.rates]]\nhost = \"{host}\"\nscope = \"url\"\nrate = {{ per_second = {rate}, burst = {burst} }}\n"
        ));
        // One more than are counted: while the stock is made, each host gets one.
        places.extend(std::iter::repeat_n(
            place,
            (burst + rate * seconds + 1) as usize,
        ));
    }
    let count = places.len();
    let stock = Stock::filled(context, count as u64, count as u64, move |number| {
        let place = usize::try_from(number)
            .ok()
            .and_then(|number| places.get(number));
        format!(
            "http://{}:{port}/hooks/catch/1/",
            host(place.copied().unwrap_or(0))
        )
    })
    .await?;
    let mut found: BTreeMap<u32, Found> = BTreeMap::new();
    for turn in 0..context.runs {
        context.progress(&format!("limits, run {} of {}", turn + 1, context.runs));
        receiver.forget().await?;
        let folder = stock.copy(context)?;
        let daemon = context.daemon(folder.path(), &delivery).await?;
        receiver.wait_for(count - RATES.len()).await?;
        daemon.kill().await?;
        let hosts = receiver::by_host(&receiver.arrivals().await?);
        for (place, rate) in RATES.into_iter().enumerate() {
            let times = hosts
                .get(&host(place).to_bits())
                .map_or(&[][..], Vec::as_slice);
            judge(found.entry(rate).or_default(), times, rate);
        }
    }
    for (rate, found) in &found {
        section.figure(
            format!("{rate}/s: how far from (n - burst) / rate"),
            "%",
            &found.off_by,
        );
        section.aim(Aim::AtMost(2.0));
        section.figure(
            format!("{rate}/s: calls above rate and burst in windows of 1 s and more"),
            "calls",
            &found.above,
        );
        section.aim(Aim::AtMost(0.0));
        section.figure(
            format!("{rate}/s: the same in windows of any length"),
            "calls",
            &found.above_in_short,
        );
        section.figure(
            format!("{rate}/s: how much too early a call came, at most"),
            "ms",
            &found.early,
        );
    }
    section.note("five lanes at a time, one URL each, `scope = \"url\"`, with a tenth of a second's calls as burst; all else as by default");
    section.note("by the receiver's clock, so calls that the way delayed unequally count as nearer together than they left");
    Ok(section)
}

fn judge(found: &mut Found, times: &[u64], rate: u32) {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return;
    };
    let (per_second, burst) = (f64::from(rate), f64::from(burst(rate)));
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let expected = (times.len() as f64 - burst) / per_second;
    let off_by = clock::seconds(*first, *last) / expected - 1.0;
    found.off_by.push(off_by.abs() * 100.0);
    let above = |shortest| windows::excess(times, per_second, burst, shortest).max(0.0);
    found.above.push(above(SHORTEST).floor());
    found.above_in_short.push(above(0.0).floor());
    found.early.push(above(0.0) / per_second * 1e3);
}
