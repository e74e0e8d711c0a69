//! Which trace something belongs to, as systems tell each other in `traceparent` and `tracestate`.
//!
//! Shapes and limits are those of the W3C's recommendation *Trace Context*, <https://www.w3.org/TR/trace-context/>.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A longer `tracestate` is left out: so much has to be passed on, and no more.
const LONGEST_STATE: usize = 512;

/// A place in a trace: what happens next happens because of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TraceContext {
    /// Which trace.
    pub trace: TraceId,
    /// Where in it.
    pub span: SpanId,
    /// Whether it is recorded, as whoever began it decided.
    pub sampled: bool,
    /// What others along the way have to say, in their words.
    pub state: Option<String>,
}

/// The name of a trace; never all zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceId([u8; 16]);

/// The name of a part of a trace; never all zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SpanId([u8; 8]);

/// What is stored is not a place in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent, with or without a tracestate behind it")]
pub struct InvalidTraceContext;

impl TraceContext {
    /// From the header `traceparent`, with the values of `tracestate` joined by commas, if there are any. `None` for
    /// what the recommendation tells to ignore; a state that cannot be passed on is left out.
    pub fn from_wire(parent: &str, state: Option<&str>) -> Option<Self> {
        let parent = parent.trim_matches([' ', '\t']).as_bytes();
        let (known, more) = parent.split_at_checked(55)?;
        let [version, trace, span, flags] = parts(known)?;
        // Later versions may have more to say, behind another dash.
        let is_whole = match version {
            b"00" => more.is_empty(),
            b"ff" => false,
            _ => more.is_empty() || more.starts_with(b"-"),
        };
        if !is_whole {
            return None;
        }
        let [_version] = bytes(version)?;
        let [flags] = bytes(flags)?;
        Some(Self {
            trace: TraceId::new(bytes(trace)?)?,
            span: SpanId::new(bytes(span)?)?,
            sampled: flags & 1 == 1,
            state: state.and_then(kept_state),
        })
    }

    /// As the header `traceparent`.
    pub fn to_wire(&self) -> String {
        let flags = u8::from(self.sampled);
        format!("00-{}-{}-{flags:02x}", self.trace, self.span)
    }

    /// Another place in the same trace.
    #[must_use]
    pub fn at(&self, span: SpanId) -> Self {
        Self {
            span,
            ..self.clone()
        }
    }
}

impl TraceId {
    /// `None` for zeros, which name nothing.
    pub fn new(bytes: [u8; 16]) -> Option<Self> {
        (bytes != [0; 16]).then_some(Self(bytes))
    }

    /// A name that only `chance` tells, and from which `chance` cannot be told.
    pub fn drawn(chance: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix("trace").chain_update(chance);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        Self::new(bytes).unwrap_or(Self([1; 16]))
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Whether it is among a `share` of all, from 0 to 1; for whoever is to decide it anew and in the same way.
    pub fn is_among(self, share: f64) -> bool {
        let [.., a, b, c, d] = self.0;
        f64::from(u32::from_be_bytes([a, b, c, d])) < share * (f64::from(u32::MAX) + 1.0)
    }
}

impl SpanId {
    /// `None` for zeros, which name nothing.
    pub fn new(bytes: [u8; 8]) -> Option<Self> {
        (bytes != [0; 8]).then_some(Self(bytes))
    }

    /// A name that only `chance` tells, and from which `chance` cannot be told.
    pub fn drawn(chance: &[u8]) -> Self {
        let digest = Sha256::new_with_prefix("span").chain_update(chance);
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest.finalize()[..8]);
        Self::new(bytes).unwrap_or(Self([1; 8]))
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<TraceContext> for String {
    fn from(context: TraceContext) -> Self {
        let parent = context.to_wire();
        match context.state {
            Some(state) => format!("{parent} {state}"),
            None => parent,
        }
    }
}

impl TryFrom<String> for TraceContext {
    type Error = InvalidTraceContext;

    fn try_from(stored: String) -> Result<Self, InvalidTraceContext> {
        let (parent, state) = match stored.split_once(' ') {
            Some((parent, state)) => (parent, Some(state)),
            None => (stored.as_str(), None),
        };
        Self::from_wire(parent, state).ok_or(InvalidTraceContext)
    }
}

/// Version, trace, span and flags, of 55 bytes.
fn parts(known: &[u8]) -> Option<[&[u8]; 4]> {
    let mut parts = known.split(|byte| *byte == b'-');
    let four = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(four)
}

/// Hexadecimal digits, which have to be small.
fn bytes<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let is_small = digits.iter().all(|digit| !digit.is_ascii_uppercase());
    (is_small && hex::decode_to_slice(digits, &mut bytes).is_ok()).then_some(bytes)
}

fn kept_state(state: &str) -> Option<String> {
    let state = state.trim_matches([' ', '\t', ',']);
    let is_plain = state
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    let is_kept = is_plain && !state.is_empty() && state.len() <= LONGEST_STATE;
    is_kept.then(|| state.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_traceparent_is_read_as_it_is_written() {
        let context = TraceContext::from_wire(EXAMPLE, Some("congo=t61rcWkgMzE")).unwrap();
        assert_eq!(
            context.trace.to_string(),
            "0af7651916cd43dd8448eb211c80319c"
        );
        assert_eq!(context.span.to_string(), "b7ad6b7169203331");
        assert!(context.sampled);
        assert_eq!(context.to_wire(), EXAMPLE);
        assert_eq!(context.state.as_deref(), Some("congo=t61rcWkgMzE"));
    }

    #[test]
    fn what_is_to_be_ignored_is_ignored() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        for wrong in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
            "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333é-01",
        ] {
            assert_eq!(TraceContext::from_wire(wrong, None), None, "{wrong}");
        }
        let later = format!("cc-{trace}-b7ad6b7169203331-01-what-the-future-will-be-like");
        let later = TraceContext::from_wire(&later, None).unwrap();
        assert_eq!(later.to_wire(), EXAMPLE);
    }

    #[test]
    fn only_a_state_that_can_be_passed_on_is_kept() {
        let kept = |state: &str| TraceContext::from_wire(EXAMPLE, Some(state)).unwrap().state;
        assert_eq!(kept("a=1, b=2"), Some("a=1, b=2".to_owned()));
        assert_eq!(kept(&"a".repeat(512)).map(|state| state.len()), Some(512));
        for left_out in ["", " , ", "a=1\r\nx-evil: 1", "a=\u{e9}", &"a".repeat(513)] {
            assert_eq!(kept(left_out), None, "{left_out}");
        }
    }

    #[test]
    fn a_share_of_all_traces_is_recorded() {
        let among = |share| {
            let traces = (0_u32..4000).map(|number| TraceId::drawn(&number.to_be_bytes()));
            traces.filter(|trace| trace.is_among(share)).count()
        };
        assert_eq!((among(0.0), among(1.0)), (0, 4000));
        assert!((900..1100).contains(&among(0.25)), "{}", among(0.25));
    }

    proptest! {
        #[test]
        fn what_is_stored_comes_back(
            trace in any::<[u8; 16]>(),
            span in any::<[u8; 8]>(),
            sampled: bool,
            state in proptest::option::of("[a-z]{1,5}=[ -+.-~]{1,20}[a-z]"),
        ) {
            let (Some(trace), Some(span)) = (TraceId::new(trace), SpanId::new(span)) else {
                return Ok(());
            };
            let context = TraceContext { trace, span, sampled, state };
            let stored = serde_json::to_string(&context).unwrap();
            prop_assert_eq!(serde_json::from_str::<TraceContext>(&stored).unwrap(), context);
        }

        #[test]
        fn no_header_is_too_strange(parent: String, state: String) {
            if let Some(context) = TraceContext::from_wire(&parent, Some(&state)) {
                prop_assert_eq!(context.to_wire().len(), 55);
            }
        }
    }
}
