//! Labels, as the exposition format takes them.

use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};

/// Up to two labels.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Labels(Vec<(&'static str, String)>);

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect::<Vec<_>>()
            .encode(encoder)
    }
}

pub(super) fn label(name: &'static str, value: &str) -> Labels {
    Labels(vec![(name, value.to_owned())])
}

pub(super) fn labels(system: &str, name: &'static str, value: &str) -> Labels {
    Labels(vec![
        ("system", system.to_owned()),
        (name, value.to_owned()),
    ])
}
