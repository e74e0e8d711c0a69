//! The text format of Prometheus, version 0.0.4.

use std::collections::HashSet;

/// What `prometheus-client` writes as OpenMetrics, where a counter is described without the `_total` of its series and
/// an end is marked.
pub(super) fn from_open_metrics(open_metrics: &str) -> String {
    let counters: HashSet<&str> = open_metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter"))
        .collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines().filter(|line| *line != "# EOF") {
        let described = ["# HELP ", "# TYPE "].into_iter().find_map(|keyword| {
            let (name, rest) = line.strip_prefix(keyword)?.split_once(' ')?;
            counters.contains(name).then_some((keyword, name, rest))
        });
        match described {
            Some((keyword, name, rest)) => {
                text.extend([keyword, name, "_total ", rest, "\n"]);
            }
            None => text.extend([line, "\n"]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_described_under_the_names_of_their_series() {
        let open_metrics = "# HELP a_x Things.\n# TYPE a_x counter\na_x_total{b=\"c\"} 1\n\
            # HELP a_y Others.\n# TYPE a_y gauge\na_y 2\n# EOF\n";
        assert_eq!(
            from_open_metrics(open_metrics),
            "# HELP a_x_total Things.\n# TYPE a_x_total counter\na_x_total{b=\"c\"} 1\n\
            # HELP a_y Others.\n# TYPE a_y gauge\na_y 2\n"
        );
    }
}
