//! The commands that stand in a document, with what it shows of their output.

use std::fs;
use std::path::Path;

/// One fenced block with commands.
pub(super) struct Block {
    pub(super) file: String,
    pub(super) line: usize,
    /// The headings that it stands under, the outermost first.
    headings: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// One command, which may have several lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) text: String,
    /// What the document shows of its output, line by line.
    pub(super) shown: Vec<String>,
}

impl Block {
    /// Whether it stands under a heading.
    pub(super) fn under(&self, heading: &str) -> bool {
        self.headings.iter().any(|each| each == heading)
    }

    /// Whether it stands under a heading and its first command begins so.
    pub(super) fn is(&self, heading: &str, begin: &str) -> bool {
        let first = self.steps.first();
        self.under(heading) && first.is_some_and(|step| step.text.starts_with(begin))
    }

    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }
}

/// All blocks of a file of the project.
pub(super) fn of(file: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(path).unwrap();
    in_text(file, &text)
}

fn in_text(file: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut headings: Vec<(usize, String)> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let level = line.chars().take_while(|c| *c == '#').count();
        if level > 0 && line.chars().nth(level) == Some(' ') {
            headings.retain(|(of, _)| *of < level);
            headings.push((level, line[level..].trim().to_owned()));
        }
        let Some(language) = line.trim_start().strip_prefix("```") else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let inside: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line.get(indent..).unwrap_or_default())
            .take_while(|line| *line != "```")
            .collect();
        let steps = match language {
            "sh" => script(&inside),
            "console" => session(&inside),
            _ => continue,
        };
        blocks.push(Block {
            file: file.to_owned(),
            line: number + 1,
            headings: headings.iter().map(|(_, name)| name.clone()).collect(),
            steps,
        });
    }
    blocks
}

/// Commands alone.
fn script(lines: &[&str]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = lines.iter().filter(|line| !line.trim().is_empty());
    while let Some(first) = lines.next() {
        let mut text = (*first).to_owned();
        while !is_whole(&text) {
            let next = lines.next().expect("a command comes to its end");
            text = format!("{text}\n{next}");
        }
        steps.push(Step {
            text,
            shown: Vec::new(),
        });
    }
    steps
}

/// Commands after a prompt, and what they print.
fn session(lines: &[&str]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = lines.iter();
    while let Some(line) = lines.next() {
        if let Some(command) = line.strip_prefix("$ ") {
            let mut text = command.to_owned();
            while !is_whole(&text) {
                let next = lines.next().expect("a command comes to its end");
                text = format!("{text}\n{next}");
            }
            steps.push(Step {
                text,
                shown: Vec::new(),
            });
        } else if let Some(step) = steps.last_mut().filter(|_| !line.is_empty()) {
            step.shown.push((*line).to_owned());
        }
    }
    steps
}

/// Whether the shell would run it, rather than wait for more.
fn is_whole(text: &str) -> bool {
    let (mut quote, mut depth, mut escaped) = (None, 0, false);
    for c in text.chars() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => (),
            (_, '\\') => escaped = true,
            (Some(_), _) => (),
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            // To the end of the line; no command of the documents goes on after one.
            (None, '#') => break,
            (None, _) => (),
        }
    }
    quote.is_none() && depth == 0 && !escaped && !text.trim_end().ends_with("&&")
}

#[test]
fn commands_are_found_whole_with_what_they_print() {
    let text = "# A\n## B\n```sh\none   # and a word\ntwo -d '{\n  \"x\": 1\n}' \\\n  three\n```\n## C\n```console\n$ four \\\n  five\nout\n\n$ six\n```\n";
    let blocks = in_text("f", text);
    let texts = |block: &Block| -> Vec<String> {
        block.steps.iter().map(|step| step.text.clone()).collect()
    };
    assert_eq!(
        texts(&blocks[0]),
        [
            "one   # and a word",
            "two -d '{\n  \"x\": 1\n}' \\\n  three"
        ]
    );
    assert!(blocks[0].under("A") && blocks[0].under("B") && !blocks[0].under("C"));
    assert_eq!(texts(&blocks[1]), ["four \\\n  five", "six"]);
    assert_eq!(blocks[1].steps[0].shown, ["out"]);
    assert!(blocks[1].is("C", "four") && !blocks[1].is("C", "six"));
}
