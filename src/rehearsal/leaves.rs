//! The fields of a document by their JSON pointers, and which of them a fate speaks of.

use serde_json::Value;

/// Pointers to all that is neither an object nor an array, and to empty ones, in the document's order.
pub(super) fn leaves(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(value, &mut String::new(), &mut found);
    found
}

fn walk(value: &Value, at: &mut String, found: &mut Vec<String>) {
    let mut step = |name: &str, inner: &Value| {
        let length = at.len();
        at.push('/');
        at.push_str(&name.replace('~', "~0").replace('/', "~1"));
        walk(inner, at, found);
        at.truncate(length);
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, inner) in fields {
                step(name, inner);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (number, inner) in items.iter().enumerate() {
                step(&number.to_string(), inner);
            }
        }
        _ => found.push(at.clone()),
    }
}

/// How exactly `pattern` names the leaf, or something that it stands in: for each step, whether by its own name rather
/// than by `*`. The greater of two is the more exact. `None` where it does not.
pub(super) fn fit(pattern: &str, leaf: &str) -> Option<Vec<bool>> {
    let mut steps = leaf.split('/').skip(1);
    let mut exact = Vec::new();
    for wanted in pattern.split('/').skip(1) {
        let step = steps.next()?;
        match wanted == step {
            true => exact.push(true),
            false if wanted == "*" => exact.push(false),
            false => return None,
        }
    }
    (!exact.is_empty()).then_some(exact)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_leaf_has_its_pointer() {
        let value = json!({"a": {"b": 1, "c/d~": null}, "e": [{"f": "g"}, []], "h": {}});
        let expected = ["/a/b", "/a/c~1d~0", "/e/0/f", "/e/1", "/h"];
        assert_eq!(leaves(&value), expected);
        assert_eq!(leaves(&json!(7)), [""]);
    }

    #[test]
    fn the_more_exact_word_counts() {
        let most_exact = |patterns: &[&'static str]| {
            let fits = patterns
                .iter()
                .filter_map(|pattern| Some((fit(pattern, "/a/0/b")?, *pattern)));
            fits.max().map(|(_, pattern)| pattern)
        };
        assert_eq!(most_exact(&["/a", "/a/*/b", "/a/*"]), Some("/a/*/b"));
        assert_eq!(most_exact(&["/a/*/b", "/a/0"]), Some("/a/0"));
        assert_eq!(most_exact(&["/a/0/b", "/a/0"]), Some("/a/0/b"));
        assert_eq!(most_exact(&["/a/1", "/a/0/b/c", "", "/b"]), None);
    }
}
