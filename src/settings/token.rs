//! New tokens: shown once, kept only as a digest.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Secret, Sha256Digest};

/// A token and the line of configuration that lets it in.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// To be shown once, to whoever will send it.
    pub token: Secret<String>,
    /// For a brand's `tokens`: `{ name = "zapier", sha256 = "…" }`.
    pub line: String,
}

/// Makes a token of 32 random bytes.
pub fn new_token(name: &str, random: [u8; 32]) -> NewToken {
    let token = format!("tb_{}", URL_SAFE_NO_PAD.encode(random));
    let line = format!(
        "{{ name = {}, sha256 = \"{}\" }}",
        super::effective::quoted(name),
        Sha256Digest::of(&token).hex()
    );
    NewToken {
        token: Secret::new(token),
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial;

    #[test]
    fn the_line_of_a_new_token_lets_that_token_in() {
        for name in ["zapier", "with \"quotes\" and \\", "línea 2"] {
            let new = new_token(name, [7; 32]);
            let token = new.token.reveal();
            assert!(token.starts_with("tb_") && token.len() == 46, "{token}");
            assert!(!new.line.contains(token.as_str()));
            let loaded = trial::loaded(&format!(
                "[[brands]]\nid = \"acme\"\ntokens = [{}]",
                new.line
            ));
            let stored = &loaded.settings.brands["acme"].tokens[0];
            assert_eq!(stored.name, name);
            assert_eq!(stored.sha256, Sha256Digest::of(token));
        }
    }

    #[test]
    fn other_random_bytes_make_another_token() {
        let (a, b) = (new_token("x", [1; 32]), new_token("x", [2; 32]));
        assert_ne!(a.token.reveal(), b.token.reveal());
        assert!(!format!("{a:?}").contains(a.token.reveal().as_str()));
    }
}
