//! The workflows and the scripts they end in, which run elsewhere: checked, and rehearsed as far as that is possible here.
//!
//! In: `.github/workflows`, scripts. Out: a verdict. May touch: Go's cache, `target/rehearsal`.

use crate::USAGE;
use crate::gate::{Gate, Stop, Verdict};
use crate::tools::actionlint;
use std::path::Path;
use std::process::Command;

const FOLDER: &str = ".github/workflows";

/// Nothing that actionlint finds wrong; scripts that parse; tasks that exist; what a release asks first.
pub(super) fn lint(gate: &mut Gate) -> Verdict {
    actionlint::ensure(gate.root())?;
    gate.check(&mut actionlint::command(gate.root()))?;
    for script in
        ["capacitor-plugin/example-app/maestro/phone.sh", "xtask/scripts/swift-root.sh", "xtask/scripts/swift-run.sh"]
    {
        gate.check(Command::new("bash").args(["-n", script]).current_dir(gate.root()))?;
    }
    let listed = std::fs::read_dir(gate.root().join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))?;
    for entry in listed.flatten() {
        for command in commands(&entry.path())? {
            gate.check(Command::new("bash").args(["-n", "-c", &command]))?;
            if let Some(task) = unknown_task(&command) {
                return Err(Stop::Failed(format!("{}: there is no `cargo xtask {task}`", entry.path().display())));
            }
        }
    }
    tag(gate)
}

/// A release goes on for the tag that names the version, and for no other.
fn tag(gate: &mut Gate) -> Verdict {
    let asks = |command: &str| command.contains("GITHUB_REF_NAME");
    let ask = the_one(gate.root(), "release.yml", "looks at its tag", asks)?;
    let on = |tag: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-e", "-c", &ask]).env("GITHUB_REF_NAME", tag);
        bash
    };
    gate.check(on(concat!("v", env!("CARGO_PKG_VERSION"))).current_dir(gate.root()))?;
    gate.fails(on("v0.0.0").current_dir(gate.root())).map(|_| ())
}

/// What a release says to npm, with the package in `dist/` as the release has it; only the last request is left out.
pub(super) fn publish(gate: &mut Gate, package: &Path) -> Verdict {
    let command = the_one(gate.root(), "release.yml", "publishes", |command| command.starts_with("npm publish"))?;
    let folder = gate.root().join("target/rehearsal");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("dist")).map_err(failed)?;
    std::fs::copy(package, folder.join("dist").join(package.file_name().unwrap_or_default())).map_err(failed)?;
    let rehearsed = format!("npm() {{ command npm \"$@\" --dry-run; }}\n{command}");
    gate.check(Command::new("bash").args(["-e", "-c", &rehearsed]).current_dir(&folder))
}

/// The command of this workflow that is meant; there must be one and no other.
fn the_one(root: &Path, file: &str, what: &str, is_meant: impl Fn(&str) -> bool) -> Result<String, String> {
    let mut meant = commands(&root.join(FOLDER).join(file))?;
    meant.retain(|command| is_meant(command));
    match <[String; 1]>::try_from(meant) {
        Ok([command]) => Ok(command),
        Err(other) => Err(format!("{file}: {} commands of it, where one {what}", other.len())),
    }
}

fn commands(workflow: &Path) -> Result<Vec<String>, String> {
    let text = std::fs::read_to_string(workflow).map_err(|error| format!("{}: {error}", workflow.display()))?;
    Ok(read(&text))
}

/// What stands behind `run:` and `script:`, with a word for each expression that GitHub would put in.
fn read(workflow: &str) -> Vec<String> {
    let depth = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let mut commands = Vec::new();
    let mut lines = workflow.lines().peekable();
    while let Some(line) = lines.next() {
        let entry = line.trim_start_matches([' ', '-']);
        let Some(value) = entry.strip_prefix("run: ").or_else(|| entry.strip_prefix("script: ")) else { continue };
        let mut command = match value.split_once(" # ") {
            Some((value, _)) => value.trim().to_owned(),
            None => value.trim().to_owned(),
        };
        if command == "|" {
            command.clear();
            while let Some(next) = lines.next_if(|next| next.trim().is_empty() || depth(next) > depth(line)) {
                command.push_str(next.trim());
                command.push('\n');
            }
        }
        let unquoted = command.strip_prefix('\'').and_then(|command| command.strip_suffix('\''));
        commands.push(without_expressions(unquoted.unwrap_or(&command)));
    }
    commands
}

/// `${{ matrix.target }}` becomes `expression`.
fn without_expressions(command: &str) -> String {
    let mut parts = command.split("${{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        whole.push_str("expression");
        whole.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    whole
}

/// The task of a command that the task runner does not have.
fn unknown_task(command: &str) -> Option<&str> {
    let tasks = command.split("cargo xtask ").skip(1).filter_map(|rest| rest.split_whitespace().next());
    tasks.into_iter().find(|task| !USAGE.contains(&format!("cargo xtask {task} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_in_each_of_their_forms() {
        let workflow = "steps:\n  - uses: a/b@1\n  - run: cargo xtask verify # why\n  - name: x\n    run: |\n      one\n        two\n  \
                        - run: '\"$HOME/x\" y' # why\n    with:\n      script: fuzz ${{ matrix.target }} -- z\n";
        assert_eq!(read(workflow), ["cargo xtask verify", "one\ntwo\n", "\"$HOME/x\" y", "fuzz expression -- z"]);
    }

    #[test]
    fn a_task_that_does_not_exist_is_found() {
        assert_eq!(unknown_task("cargo xtask package && cargo xtask verify tests"), None);
        assert_eq!(unknown_task("X=1 cargo xtask pakage"), Some("pakage"));
    }
}
