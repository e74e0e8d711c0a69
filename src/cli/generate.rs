//! What is made from the command line's definition: man pages and completions.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output::print;

/// What the first page says beside the command line's definition.
const MORE: &str = r#".SH "EXIT STATUS"
.TP
0
done
.TP
1
failed
.TP
2
the command line is wrong
.TP
65
the store is damaged, not ours, or of a newer version
.TP
74
the store failed
.TP
75
another process has the store
.TP
78
the configuration is bad
.SH FILES
.TP
.I /etc/ticketbridge/config.toml
the configuration, unless
.B \-\-config
names another
.TP
.I /etc/ticketbridge/conf.d/*.toml
more of it, the later names winning
"#;

/// One page for each command, `ticketbridge-tickets-list.1` and so on.
pub(super) fn man_pages(folder: &Path) -> Result<(), Failure> {
    write_pages(folder)
        .with_context(|| format!("cannot write man pages to {}", folder.display()))
        .map_err(Failure::Failed)
}

fn write_pages(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)?;
    let first = folder.join("ticketbridge.1");
    let mut page = fs::OpenOptions::new().append(true).open(first)?;
    page.write_all(MORE.as_bytes())
}

pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "ticketbridge", &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Without `help`, which only says what the pages say.
fn command() -> clap::Command {
    Cli::command().disable_help_subcommand(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of all commands below `command`, with their page's name.
    fn pages(command: &clap::Command, name: &str) -> Vec<String> {
        let below = command
            .get_subcommands()
            .filter(|below| below.get_name() != "help")
            .flat_map(|below| pages(below, &format!("{name}-{}", below.get_name())));
        std::iter::once(format!("{name}.1")).chain(below).collect()
    }

    #[test]
    fn every_command_has_a_page_that_says_what_it_does() {
        let folder = tempfile::tempdir().unwrap();
        man_pages(&folder.path().join("man")).unwrap();
        let written = fs::read_dir(folder.path().join("man")).unwrap().count();
        let mut whole = Cli::command();
        whole.build();
        let pages = pages(&whole, "ticketbridge");
        assert!(pages.contains(&"ticketbridge-dead-letters-retry.1".to_owned()));
        assert_eq!(written, pages.len());
        for page in pages {
            let text = fs::read_to_string(folder.path().join("man").join(&page)).unwrap();
            assert!(text.contains(".SH NAME"), "{page}");
        }
        let first = fs::read_to_string(folder.path().join("man/ticketbridge.1")).unwrap();
        assert!(first.contains(".TP\n75\nanother process has the store"));
    }

    #[test]
    fn completions_know_the_commands_of_every_shell() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command(), "ticketbridge", &mut script);
            let script = String::from_utf8(script).unwrap();
            assert!(script.contains("dead-letters"), "{shell}");
        }
    }
}
