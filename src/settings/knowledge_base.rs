//! The folder that `agent_api.knowledge_base` names: an article in each `*.md`, in subfolders too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::article::{Article, Parts, Taken};
use super::problem::Fault;
use super::reader::{Read, Reader};
use super::text_file;

/// More is a book.
const LARGEST: u64 = 1024 * 1024;

/// All articles of a folder, by path.
pub(super) fn read_folder(reader: &Reader, folder: &Path) -> Read<Vec<Article>> {
    let mut files = Vec::new();
    if let Err((folder, error)) = gather(folder, &mut files) {
        let fault = Fault::new(format!("cannot be listed: {error}"), "");
        reader.report(fault.at("", Some(&folder.display().to_string())));
        return None;
    }
    files.sort();
    let mut taken = Taken::default();
    let articles: Vec<_> = files
        .iter()
        .filter_map(|file| read_file(reader, file, &mut taken))
        .collect();
    (articles.len() == files.len()).then_some(articles)
}

/// Hidden files, such as an editor's, do not count; links to files do, links to folders are not followed.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |error| (folder.to_owned(), error);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "md") && !path.is_dir() {
            files.push(path);
        }
    }
    Ok(())
}

fn read_file(reader: &Reader, file: &Path, taken: &mut Taken) -> Read<Article> {
    let name = file.display().to_string();
    let text = text_file::read(file, LARGEST);
    let parts = match &text {
        Ok(text) => Parts::of(text, &name),
        Err(problem) => Err(problem.clone()),
    };
    match parts {
        Ok(parts) => reader.apart(&parts.front, |section| {
            Article::read(section, file, parts.content, taken)
        }),
        Err(problem) => {
            reader.report(problem);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::settings::trial::Trial;

    fn trial() -> Trial {
        Trial::new("[agent_api]\nknowledge_base = \"kb\"").open_files()
    }

    fn article(id: u64, more: &str) -> String {
        format!("+++\nid = {id}\ntitle = \"T{id}\"\ncreated_at = 2026-01-10\n{more}\n+++\nText.\n")
    }

    fn articles(trial: &Trial) -> Vec<Article> {
        let loaded = trial.load();
        let loaded = loaded.unwrap_or_else(|problems| panic!("{problems}"));
        loaded.settings.agent_api.knowledge_base
    }

    #[test]
    fn all_fields_are_read_and_most_have_defaults() {
        let trial = trial().with("kb/plain-one.md", article(7, "")).with(
            "kb/full.md",
            "+++\nid = 3\ntitle = \"Full\"\nslug = \"all\"\nexcerpt = \"Short.\"\nviews = 142\nstatus = \"draft\"\n\
             created_at = 2026-01-10T08:00:00Z\ncategory = { id = 1, name = \"Account\" }\n+++\n\n# Full\n\nText.\n\n",
        );
        let found = articles(&trial);
        let full = Article {
            id: 3,
            title: "Full".to_owned(),
            slug: "all".to_owned(),
            excerpt: "Short.".to_owned(),
            content: "# Full\n\nText.".to_owned(),
            category: Some((1, "Account".to_owned())),
            views: 142,
            published: false,
            created_at: "2026-01-10T08:00:00Z".parse().unwrap(),
        };
        assert_eq!(found[0], full);
        assert_eq!(
            (found[1].slug.as_str(), found[1].excerpt.as_str()),
            ("plain-one", "Text.")
        );
        assert_eq!((found[1].views, found[1].published), (0, true));
    }

    #[test]
    fn files_are_found_by_their_names_in_all_folders() {
        let trial = trial()
            .with("kb/a.md", article(1, ""))
            .with("kb/deep/er/b.md", article(2, ""))
            .with("kb/.hidden.md", "broken")
            .with("kb/.git/c.md", "broken")
            .with("kb/readme.txt", "broken")
            .with("other/d.md", article(3, ""));
        symlink(
            trial.folder().join("other/d.md"),
            trial.folder().join("kb/link.md"),
        )
        .unwrap();
        symlink(trial.folder().join("kb"), trial.folder().join("kb/loop")).unwrap();
        symlink(trial.folder().join("kb"), trial.folder().join("kb/loop.md")).unwrap();
        let ids: Vec<_> = articles(&trial).iter().map(|article| article.id).collect();
        assert_eq!(ids, [1, 2, 3]);
    }

    #[test]
    fn every_problem_has_its_file_and_line() {
        let problems = trial()
            .with(
                "kb/a.md",
                article(1, "category = { id = 1, name = \"One\" }"),
            )
            .with("kb/b.md", article(1, ""))
            .with(
                "kb/c.md",
                article(2, "category = { id = 1, name = \"Two\" }"),
            )
            .with("kb/d.md", article(3, "status = \"hidden\"\nvieuws = 1"))
            .with("kb/e.md", "+++\nid = 4\n+++\n")
            .with("kb/f.md", "# Text")
            .with("kb/g.md", vec![0xff])
            .with("kb/h.md", "+++\nid = 5\n\ntitle = x\n+++\n")
            .problems();
        for (place, what) in [
            ("b.md:2", "id "),
            ("a.md:2", "is 1, as in "),
            ("c.md:5", "is \"Two\" here; expected \"One\""),
            (
                "d.md:5",
                "is \"hidden\"; expected one of \"published\", \"draft\"",
            ),
            ("d.md:6", "is not a known key; expected `views`"),
            ("e.md:1", "title "),
            ("e.md:1", "created_at "),
            ("f.md:1", "has no front matter"),
            ("g.md", "is not UTF-8"),
            ("h.md:4", "is not TOML"),
        ] {
            let fits = |line: &&str| line.contains(place) && line.contains(what);
            assert!(
                problems.lines().any(|line| fits(&line)),
                "{place} {what}\n{problems}"
            );
        }
        assert_eq!(problems.lines().count(), 9, "{problems}");
    }

    #[test]
    fn articles_do_not_crowd_the_effective_settings() {
        let trial = trial().with("kb/a.md", article(1, ""));
        let rows = trial.load().unwrap().effective;
        assert!(rows.row("agent_api.knowledge_base").is_some());
        assert!(rows.row("id").is_none() && rows.row("title").is_none());
    }
}
