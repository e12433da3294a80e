//! `aloft device run`: one process of the app. It launches, then each line of input is an event; SIGKILL is its death.
//!
//! In: lines on standard input ([`EVENTS`]). Out: a JSON line for the launch and for each of them. May touch: the device's
//! folder.

use super::{answer, exit_record, load, ports};
use crate::device::settings::{data_folder, set_summary};
use crate::failure::Failure;
use crate::output::Output;
use aloft_core::edge::ports::System;
use aloft_core::edge::system::Os;
use aloft_core::model::Token;
use aloft_core::model::event::{Asker, Outcome, Proof};
use aloft_core::model::facts::Exit;
use aloft_core::updater::{Asked, Step, Updater};
use clap::Args;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The language of standard input, for `--help`.
pub(super) const EVENTS: &str = "\
Standard input, an event a line; each is answered by a line of JSON, with or without --json:
  page [TOKEN]     the page announced itself, with the token it was served with unless another is named
  confirm [TOKEN]  the page says that it is ready, with its token
  confirm queued   the same without a token, as calls that waited for the plugin come
  fail [REASON]    the page says that it is broken
  foreground, background, terminating
  tick [MS]        the timer fires; with --clock manual MS milliseconds pass first
  gone [EXIT]      the renderer died: crash, low_memory, … [default: crash]
  attach           another web view shows the app
  reload [page]    the host, or the page itself, loads the page again
  activate BUNDLE  show a kept bundle, or `builtin`, at once
  check, update, status, reports
  quit             end in an orderly way, as the end of the input does; SIGKILL is the death of the app";

/// Arguments of `aloft device run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// With `manual` only `tick MS` lets time pass.
    #[arg(long, default_value = "real", value_parser = ["real", "manual"])]
    clock: String,
    /// How the system says the process before this one ended: `crash`, `native_crash`, `low_memory`, …
    #[arg(long, value_parser = parse_exit)]
    exit_record: Option<Exit>,
    /// The system started the process in the background, where nobody sees it.
    #[arg(long)]
    in_background: bool,
}

/// Be the app until standard input ends.
pub(super) fn run(folder: &Path, arguments: &RunArgs) -> Result<(), Failure> {
    let settings = load(folder)?;
    let clock = Arc::new(Clock { os: Os::default(), manual: (arguments.clock == "manual").then(AtomicU64::default) });
    let updater = Updater::open(settings.config(), ports(folder, clock.clone(), Output::Json), data_folder(folder));
    let facts = settings.facts(!arguments.in_background, exit_record(folder, arguments.exit_record));
    let mut app = App { folder, updater, clock, token: None };
    let launched = app.updater.launch(&facts);
    app.remember(&launched);
    App::say("launch", &App::step(&launched).unwrap_or_else(|failure| failure.to_json()));
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let argument = Some(rest.trim()).filter(|rest| !rest.is_empty());
        match word {
            "" => continue,
            "quit" => break,
            _ => {}
        }
        let value = app.event(word, argument).unwrap_or_else(|failure| failure.to_json());
        App::say(word, &value);
    }
    Ok(())
}

struct App<'a> {
    folder: &'a Path,
    updater: Updater,
    clock: Arc<Clock>,
    /// The token of the page that is shown.
    token: Option<Token>,
}

impl App<'_> {
    fn event(&mut self, word: &str, argument: Option<&str>) -> Result<Value, Failure> {
        let step = match word {
            "page" => self.updater.page_began(&self.named_token(argument)?),
            "confirm" if argument == Some("queued") => self.updater.confirm(&Proof::Queued),
            "confirm" => self.updater.confirm(&Proof::Token(self.named_token(argument)?)),
            "fail" => self.updater.fail(&self.named_token(None)?, argument.unwrap_or("reported by the page")),
            "foreground" => self.updater.foreground(),
            "background" => self.updater.background(),
            "terminating" => self.updater.terminating(),
            "tick" => {
                let passed = argument.unwrap_or("0").parse();
                self.clock.pass(passed.map_err(|_| usage("`tick` takes milliseconds".to_owned()))?);
                self.updater.tick()
            }
            "gone" => self
                .updater
                .render_gone(&self.named_token(None)?, parse_exit(argument.unwrap_or("crash")).map_err(usage)?),
            "attach" => self.updater.attached(),
            "reload" => self.updater.reload(if argument == Some("page") { Asker::Page } else { Asker::Host }),
            "activate" => self
                .updater
                .activate(&argument.unwrap_or("builtin").parse().map_err(|error| usage(format!("{error}")))?)?,
            "check" => {
                let checked = self.updater.check(Asked::ByHand)?;
                self.remember(&checked.step);
                return Ok(answer::checked(&checked));
            }
            "update" => {
                let updated = self.updater.update(Asked::ByHand)?;
                self.remember(&updated.step);
                return Ok(answer::updated(&updated));
            }
            "status" => return Ok(answer::status(&self.updater)),
            "reports" => return Ok(serde_json::to_value(self.updater.reports()).unwrap_or_default()),
            other => return Err(usage(format!("`{other}` is not an event"))),
        };
        self.remember(&step);
        Self::step(&step)
    }

    fn named_token(&self, argument: Option<&str>) -> Result<Token, Failure> {
        match argument {
            Some(text) => text.parse().map_err(|error| usage(format!("{error}"))),
            None => self.token.clone().ok_or_else(|| usage("nothing is shown yet".to_owned())),
        }
    }

    /// What is served, with the page the web view would load: read for real, so that a bundle without it is seen.
    fn step(step: &Step) -> Result<Value, Failure> {
        let mut value = answer::step(step);
        if let Some(path) = step.serve.as_ref().and_then(|serve| serve.path.as_ref()) {
            let page = std::fs::read(path.join("index.html"))
                .map_err(|error| Failure::new("page_unreadable", error.to_string()))?;
            if let Value::Object(members) = &mut value {
                members.insert("index_bytes".to_owned(), json!(page.len()));
            }
        }
        Ok(value)
    }

    fn remember(&mut self, step: &Step) {
        if let Some(serve) = &step.serve {
            self.token = Some(serve.token.clone());
            if step.outcome == Outcome::Passive {
                return; // the process beside it is the one that is judged
            }
            if let Err(error) = set_summary(self.folder, serve.token.as_str()) {
                eprintln!("{error}");
            }
        }
    }

    fn say(event: &str, value: &Value) {
        let line = match value {
            Value::Object(members) => {
                let mut line = serde_json::Map::from_iter([("event".to_owned(), json!(event))]);
                line.extend(members.clone());
                Value::Object(line)
            }
            other => json!({ "event": event, "answer": other }),
        };
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

/// The system's clock, or one that stands still until `tick` lets time pass.
struct Clock {
    os: Os,
    manual: Option<AtomicU64>,
}

impl Clock {
    fn pass(&self, milliseconds: u64) {
        if let Some(manual) = &self.manual {
            manual.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }
}

impl System for Clock {
    fn unix_seconds(&self) -> u64 {
        self.os.unix_seconds()
    }

    fn monotonic(&self) -> u64 {
        self.manual.as_ref().map_or_else(|| self.os.monotonic(), |manual| manual.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> u64 {
        self.manual.as_ref().map_or_else(|| self.os.elapsed(), |manual| manual.load(Ordering::SeqCst))
    }

    fn random(&self, bytes: &mut [u8]) {
        self.os.random(bytes);
    }

    fn alive(&self, pid: u32, started: u64) -> bool {
        self.os.alive(pid, started)
    }
}

fn usage(message: String) -> Failure {
    Failure::usage(message).hint("see `aloft device run --help`")
}

fn parse_exit(text: &str) -> Result<Exit, String> {
    serde_json::from_value(Value::from(text))
        .map_err(|_| "crash, native_crash, anr, signaled, low_memory, user_requested, …".to_owned())
}
