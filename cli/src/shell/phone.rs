//! The phone around the app: it starts the process, kills it, brings it to the foreground, and holds what the window shows.
//!
//! In: commands of the control window, calls of pages, words of the process. Out: orders, lines for windows, [`State`].
//! May touch: the process, the profile. Keeps: I4.

use super::process::Process;
use super::settings::Settings;
use super::windows::Windows;
use super::wire::{Answered, Call, Load, Order, Shown, Word};
use crate::failure::{Failure, Result};
use aloft_plugin::{Exit, ExitRecord, Platform};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{oneshot, watch};

/// One phone with one app on it.
pub(super) struct Phone {
    pub(super) settings: Settings,
    inside: Mutex<Inside>,
    /// Counts changes, for those who wait for one.
    changes: watch::Sender<u64>,
}

/// What the control window shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct State {
    pub(super) life: Life,
    foreground: bool,
    /// Folder name of the bundle that is shown, or `builtin`.
    bundle: String,
    /// Number of the page that talks.
    pub(super) page: u64,
    /// Counts what the plugin wanted shown.
    pub(super) serve: u64,
    /// The serve of the page that called last.
    pub(super) heard: u64,
    splash: String,
    /// Is the worker at work?
    working: bool,
    log: VecDeque<String>,
}

/// Where the process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Life {
    /// Not started: the app's icon was not tapped.
    New,
    Running,
    Frozen,
    Killed,
}

struct Inside {
    state: State,
    process: Option<Process>,
    /// Counts processes: the last words of one that is dead are not those of the next.
    born: u64,
    shown: Option<Shown>,
    windows: Windows,
    /// How the last process ended, for the next one.
    exits: Vec<ExitRecord>,
    /// Calls of the control window.
    asked: HashMap<String, oneshot::Sender<Answered>>,
}

/// Lines that the log keeps.
const LOG: usize = 200;

impl Phone {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        let state = State {
            life: Life::New,
            foreground: true,
            bundle: String::new(),
            page: 0,
            serve: 0,
            heard: 0,
            splash: String::new(),
            working: false,
            log: VecDeque::new(),
        };
        let inside = Inside {
            state,
            process: None,
            born: 0,
            shown: None,
            windows: Windows::default(),
            exits: Vec::new(),
            asked: HashMap::new(),
        };
        Arc::new(Self { settings, inside: Mutex::new(inside), changes: watch::Sender::new(0) })
    }

    pub(super) fn state(&self) -> State {
        let inside = self.inside();
        State { page: inside.windows.page(), heard: inside.windows.heard(), ..inside.state.clone() }
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// What the window shows, once the process has said so. Starts it if the app was not started yet; none: it was killed.
    pub(super) async fn shown(self: &Arc<Self>) -> Result<Option<(u64, Shown)>> {
        if self.state().life == Life::New {
            self.launch()?;
        }
        let mut changes = self.changes();
        loop {
            {
                let inside = self.inside();
                match (inside.state.life, &inside.shown) {
                    (Life::Killed, _) => return Ok(None),
                    (_, Some(shown)) => return Ok(Some((inside.state.serve, shown.clone()))),
                    _ => {}
                }
            }
            if changes.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    /// Start the process, as a tap on the icon does; one that runs stays.
    pub(super) fn launch(self: &Arc<Self>) -> Result<()> {
        let mut inside = self.inside();
        if matches!(inside.state.life, Life::Running | Life::Frozen) {
            return Ok(());
        }
        inside.born += 1;
        let (born, phone) = (inside.born, Arc::downgrade(self));
        let process = Process::start(move |word| {
            if let Some(phone) = phone.upgrade() {
                phone.hear(born, word);
            }
        })?;
        let exits = std::mem::take(&mut inside.exits);
        process.tell(Order::Launch(Box::new(self.settings.birth(exits))));
        process.tell(Order::Foreground);
        inside.process = Some(process);
        inside.state.life = Life::Running;
        inside.state.foreground = true;
        inside.note("the app starts".to_owned());
        drop(inside);
        self.changed();
        Ok(())
    }

    /// A page begins to talk. One of an earlier serve is told to load again.
    pub(super) fn page(&self, serve: u64) -> tokio::sync::mpsc::UnboundedReceiver<String> {
        let mut inside = self.inside();
        let lines = inside.windows.begin(serve);
        if serve != inside.state.serve {
            let load = inside.shown.as_ref().map_or(Load::Start, |shown| shown.load);
            inside.windows.load(load);
        }
        drop(inside);
        self.changed();
        lines
    }

    /// Calls of a page, in their order.
    pub(super) fn calls(&self, page: u64, calls: Vec<Call>) {
        let mut inside = self.inside();
        for call in calls {
            if !inside.windows.hears(page) {
                inside.note(format!("{} of an older page came too late", call.method));
            } else if let Some(answer) = inside.windows.listening(&call.method, &call.callback, &call.options) {
                if call.method == "removeAllListeners" {
                    inside.windows.answer(page, &call.callback, answer);
                }
            } else {
                inside.note(format!("→ {} {}", call.method, call.options));
                if let Some(process) = &inside.process {
                    process.tell(Order::Call(Call { page, ..call }));
                }
            }
        }
        drop(inside);
        self.changed();
    }

    /// A call of the control window. A process that is frozen answers when it runs again, a dead one never.
    pub(super) fn ask(&self, method: String, options: Value) -> Result<oneshot::Receiver<Answered>> {
        let (answer, answered) = oneshot::channel();
        let mut inside = self.inside();
        let callback = format!("control-{}", crate::shell::random());
        let process = inside.process.as_ref().ok_or_else(not_running)?;
        process.tell(Order::Call(Call { page: 0, callback: callback.clone(), method, options }));
        inside.asked.insert(callback, answer);
        Ok(answered)
    }

    /// The app comes to the foreground, leaves it, or is covered by another screen of its own.
    pub(super) fn tell(&self, word: &str, order: Order) -> Result<()> {
        let mut inside = self.inside();
        let process = inside.process.as_ref().ok_or_else(not_running)?;
        let foreground = match &order {
            Order::Foreground => Some(true),
            Order::Background | Order::Covered => Some(false),
            _ => None,
        };
        process.tell(order);
        inside.state.foreground = foreground.unwrap_or(inside.state.foreground);
        inside.note(word.to_owned());
        drop(inside);
        self.changed();
        Ok(())
    }

    /// Stop the process, or let it run on.
    pub(super) fn frozen(&self, life: Life) -> Result<()> {
        let mut inside = self.inside();
        let process = inside.process.as_ref().ok_or_else(not_running)?;
        let signalled = if life == Life::Frozen { process.freeze() } else { process.resume() };
        signalled?;
        inside.state.life = life;
        inside.note(format!("{life:?}").to_lowercase());
        drop(inside);
        self.changed();
        Ok(())
    }

    /// SIGKILL. What Android says about it at the next start is `exit`; iOS says nothing.
    pub(super) fn kill(&self, exit: Exit) -> Result<()> {
        let mut inside = self.inside();
        let mut process = inside.process.take().ok_or_else(not_running)?;
        process.kill();
        inside.died(self.settings.platform, exit);
        drop(inside);
        self.changed();
        Ok(())
    }

    fn hear(&self, born: u64, word: Option<Word>) {
        let mut inside = self.inside();
        if inside.born != born || inside.process.is_none() {
            return; // it was killed
        }
        // The control window asks whenever something changes: that it is answered is no change.
        let is_change = !matches!(word, Some(Word::Answer { page: 0, .. }));
        match word {
            None => {
                inside.process = None;
                inside.note("the app's process ended by itself".to_owned());
                inside.died(self.settings.platform, Exit::NativeCrash);
            }
            Some(word) => inside.hear(word),
        }
        drop(inside);
        if is_change {
            self.changed();
        }
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn hear(&mut self, word: Word) {
        match word {
            Word::Show(shown) => {
                self.state.serve += 1;
                let folder = shown.bundle.as_ref().and_then(|path| path.file_name());
                self.state.bundle =
                    folder.map_or_else(|| "builtin".to_owned(), |name| name.to_string_lossy().into_owned());
                self.note(format!("shows {}", self.state.bundle));
                self.windows.load(shown.load);
                self.shown = Some(shown);
            }
            Word::Emit { event, payload, retain } => {
                self.note(format!("← {event} {payload}"));
                self.windows.emit(&event, &payload, retain);
            }
            Word::Splash { what } => self.state.splash = what,
            Word::Work { busy } => self.state.working = busy,
            Word::Log { warning, line } => self.note(if warning { format!("warning: {line}") } else { line }),
            Word::Answer { page: 0, callback, result } => {
                if let Some(asked) = self.asked.remove(&callback) {
                    let _ = asked.send(result); // whoever asked may have left
                }
            }
            Word::Answer { page, callback, result } => self.windows.answer(page, &callback, result),
        }
    }

    /// The process is dead: its page goes, and what it had retained.
    fn died(&mut self, platform: Platform, exit: Exit) {
        let shown = self.shown.take();
        let token = shown.and_then(|shown| shown.token).and_then(|token| token.parse().ok());
        if platform == Platform::Android {
            self.exits = token.map(|token| ExitRecord { token, exit }).into_iter().collect();
        }
        self.state.life = Life::Killed;
        self.state.foreground = false;
        self.state.working = false;
        self.asked.clear();
        self.windows.forget();
        self.windows.load(Load::Start); // a next process begins there
        self.note(format!("killed ({exit})"));
    }

    fn note(&mut self, line: String) {
        self.state.log.push_back(line);
        if self.state.log.len() > LOG {
            self.state.log.pop_front();
        }
    }
}

fn not_running() -> Failure {
    Failure::new("not_running", "the app does not run").hint("relaunch it")
}

/// What a command or a page is answered, as JSON.
pub(super) fn answered(answered: Answered) -> Value {
    match answered {
        Answered::Ok(value) => json!({ "ok": value }),
        Answered::Error(error) => json!({ "error": error }),
    }
}
