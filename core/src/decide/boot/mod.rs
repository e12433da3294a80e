//! The boot machine: which bundle a launch shows, when one has proven itself, and when it is left.
//!
//! In: [`Machine`], one [`Event`], the [`Moment`] it happens in. Out: the machine after it and a [`Reaction`]. May touch:
//! nothing; writing and serving are the façade's. Keeps: I1, I4, I5, I6, I7, I8, I11.
//!
//! ```text
//!              staged                launch, activate               proof of its own page
//!   (install) ───────▶ next ─────────────────────▶ current on trial ─────────────────▶ current, confirmed
//!                                                     │                                   │
//!                     hang · crash · loop · withdrawn │                crash loop · fails │ withdrawn
//!                                                     ▼                                   ▼
//!                                       retreat: current = fallback, else builtin; fallback = builtin
//! ```
//!
//! The façade performs [`Reaction::commit`] before it shows [`Reaction::serve`]. If that write fails, [`IfUnwritten`] says
//! whether the new machine stands all the same (a retreat does) or the old one does. Everything is explained, with the
//! field problems behind it, in `docs/boot.md`.

mod apply;
mod count;
mod decision;
mod judge;
mod kept;
mod launch;
mod table;

#[cfg(test)]
mod tests;

use crate::model::bundle::{BundleId, Token};
use crate::model::config::{OnNativeUpdate, ReloadAt};
use crate::model::event::{Asker, Event, Outcome, Showing, Store};
use crate::model::ledger::Tag;
use crate::model::mode::Native;
use crate::model::slots::ResetTo;
use crate::model::state::{Marks, State};
use std::borrow::Cow;

/// Everything the machine knows: what lasts, what outlives the process, what does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Always synced before anything is shown because of it.
    pub state: State,
    /// Written without a sync.
    pub marks: Marks,
    /// This process's own.
    pub session: Session,
}

impl Machine {
    /// A machine whose process has not launched. For a state that is absent or unreadable: [`State::fresh`].
    pub fn new(state: State, marks: Marks) -> Self {
        Self { state, marks, session: Session::default() }
    }

    /// Reports whether this process shows a bundle that is on trial.
    pub fn is_on_trial(&self) -> bool {
        self.standing() == Standing::Trial
    }

    fn standing(&self) -> Standing {
        let Self { state, marks, session } = self;
        let serve = match (&session.mode, &marks.serve) {
            (Mode::Passive(_), _) => return Standing::Passive,
            (Mode::Idle, _) | (_, None) => return Standing::Idle,
            (Mode::Active(_), Some(serve)) => serve,
        };
        let trial = state.slots.trial().map(|trial| &trial.id);
        match trial {
            _ if serve.bundle != state.slots.current() || serve.trial.as_ref() != trial => Standing::Elsewhere,
            Some(_) => Standing::Trial,
            None => Standing::Confirmed,
        }
    }
}

/// What one process knows of itself; never written, never derived from what is (field problem A10).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Session {
    mode: Mode,
    showing: Option<Showing>,
    /// In the foreground since, in monotonic milliseconds, as far as it was added up.
    foreground_since: Option<u64>,
    /// Foreground time of the serve when the marks were written last.
    marked: u64,
    gate: Gate,
    /// Page begins that are not held against the bundle.
    allowed: u32,
    page: PageSeen,
    turn: Turn,
    place: Place,
    /// How often the host said `Foreground`.
    foregrounds: u32,
    native: Native,
}

impl Session {
    /// What this process shows, or is about to; none before it launched.
    pub fn showing(&self) -> Option<&Showing> {
        self.showing.as_ref()
    }

    /// Has this process launched?
    pub fn is_launched(&self) -> bool {
        self.mode != Mode::Idle
    }

    /// Has this process decided, and may it write?
    pub fn is_active(&self) -> bool {
        matches!(self.mode, Mode::Active(_))
    }

    /// Is it to be decided again once the state can be read?
    pub fn is_undecided(&self) -> bool {
        self.mode == Mode::Passive(Passive::Unreadable) && self.page == PageSeen::No
    }

    /// Does this process only show, and write nothing?
    pub fn is_passive(&self) -> bool {
        matches!(self.mode, Mode::Passive(_))
    }

    /// Did its launch find the native build that launched before?
    pub fn native(&self) -> Native {
        self.native
    }

    /// What the page that is shown loads, unless the host shows it in a new web view.
    pub fn load(&self) -> ReloadAt {
        if self.place == Place::KeptPath { ReloadAt::SamePath } else { ReloadAt::Start }
    }

    /// Has a page of this process begun? Only then is there something left to sweep (architecture 6).
    pub fn page_seen(&self) -> bool {
        self.page == PageSeen::Yes
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Mode {
    /// It has not launched.
    #[default]
    Idle,
    /// It decides, counts and writes.
    Active(Process),
    /// It only shows.
    Passive(Passive),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Passive {
    /// The state could not be read; read again later, and decided then if no page has begun.
    Unreadable,
    /// Another process has the lock, or shows; or the marks of a trial cannot be written.
    Shared,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    pid: u32,
    started: u64,
    session: Tag,
}

/// Does a call without a token come from a page of this serve (I4)?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Gate {
    #[default]
    Shut,
    Open,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum PageSeen {
    #[default]
    No,
    Yes,
}

/// When the page that was decided on is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Now,
    AtForeground,
}

/// Where the page of this serve is loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    /// At the app's start URL.
    #[default]
    Start,
    /// At the path that the page before it had. The bundle may have nothing there, which is not its content's fault.
    KeptPath,
    /// At the start URL, because the trial failed at a kept path.
    StartAfterKeptPath,
}

/// What a step needs to know beside machine and event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Wall clock, unix seconds.
    pub unix: u64,
    /// Milliseconds that only grow while this process lives.
    pub monotonic: u64,
    /// A token drawn for this step; used if a serve begins.
    pub token: Token,
    /// A name drawn for this step; used if a trial begins.
    pub trial: Token,
    /// Of the bundles in slots and those the event names, by id or content: those whose seal or `index.html` is not there.
    pub gone: Vec<BundleId>,
    /// What the app configured.
    pub measures: Measures,
}

/// What the app configured about booting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measures {
    /// Foreground attempts of a trial (N).
    pub attempts: u32,
    /// Foreground milliseconds of an attempt (`appReadyTimeout`).
    pub app_ready: u64,
    /// Crash-like deaths in a row (M).
    pub deaths: u32,
    /// What a native update does.
    pub on_native_update: OnNativeUpdate,
    /// What a page that is shown in session loads.
    pub reload: ReloadAt,
}

/// What the façade does after a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// What came of the event.
    pub outcome: Outcome,
    /// What to write, before anything is shown.
    pub commit: Commit,
    /// What to do when that write fails.
    pub if_unwritten: IfUnwritten,
    /// What the web view is to load; none: it stays as it is.
    pub serve: Option<Showing>,
    /// Milliseconds after which the host's timer calls `tick`; none: nothing to wait for.
    pub wake_after: Option<u64>,
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Commit {
    /// Nothing.
    Nothing,
    /// The marks, without a sync.
    Marks,
    /// The state, synced, then the marks. In this order: marks of a trial that was never written are void.
    State,
}

/// What to do when the state cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfUnwritten {
    /// Go on with the machine after the step, and write it later: the app must not wait for a disk to leave a bundle (I1).
    Keep,
    /// Go back to the machine before the step; a launch is decided again with [`Trials::Withhold`](crate::model::event::Trials).
    Undo,
}

/// Decide what `event` means. Pure; takes microseconds.
///
/// A step has three parts: `count` writes down what happened, in marks and session, and changes no slot;
/// `decide` looks the event up in the table and changes nothing; `apply` does what the table says. The
/// launch counts and decides in one list of rules instead (`launch`).
pub fn step(machine: &Machine, event: &Event, at: &Moment) -> (Machine, Reaction) {
    let mut work = Work { machine: machine.clone(), at, serve: None };
    let event = work.simplified(event);
    let decision = match &*event {
        Event::Launched(launch) => work.launch(launch),
        event => {
            work.count(event);
            work.decide(event)
        }
    };
    let (outcome, if_unwritten) = (decision.outcome.clone(), decision.if_unwritten);
    work.apply(decision);
    let commit = commit(machine, &work.machine, &event);
    if commit > Commit::Nothing {
        work.machine.session.marked = work.machine.foreground();
    }
    let wake_after = work.machine.due(&at.measures).map(|due| due.saturating_sub(at.monotonic));
    (work.machine, Reaction { outcome, commit, if_unwritten, serve: work.serve, wake_after })
}

/// Compare the machine before and after a step, to find out what has to be written: the state if it changed, the marks if
/// one of their counts changed. Foreground time alone is written when the app comes or goes, and when a tick finds that it is
/// to be marked.
fn commit(before: &Machine, after: &Machine, event: &Event) -> Commit {
    let without_time = |marks: &Marks| {
        let mut marks = marks.clone();
        marks.serve.iter_mut().for_each(|serve| serve.foreground = 0);
        marks.trial.iter_mut().for_each(|trial| trial.foreground = 0);
        marks
    };
    let active = after.session.is_active();
    let begun = match event {
        Event::Launched(launch) => launch.store == Store::Absent && active && !before.session.is_active(),
        _ => false,
    };
    let time_counts = match event {
        Event::Foreground | Event::Background | Event::Terminating => active,
        Event::Tick => after.is_to_mark(),
        _ => false,
    };
    if after.state != before.state || begun {
        Commit::State
    } else if time_counts || without_time(&after.marks) != without_time(&before.marks) {
        Commit::Marks
    } else {
        Commit::Nothing
    }
}

/// What this process's serve is to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The process has not launched.
    Idle,
    /// It only shows.
    Passive,
    /// It shows `current`, on trial.
    Trial,
    /// It shows `current`, confirmed or builtin.
    Confirmed,
    /// It shows what is not the state's any more: its calls return a status and change nothing.
    Elsewhere,
}

/// One step being decided.
struct Work<'a> {
    machine: Machine,
    at: &'a Moment,
    serve: Option<Showing>,
}

impl Work<'_> {
    /// The event that this one comes to: a second launch is a new web view, activating what runs is a reload, and activating
    /// builtin is a reset.
    fn simplified<'e>(&self, event: &'e Event) -> Cow<'e, Event> {
        let (state, session) = (&self.machine.state, &self.machine.session);
        let simpler = match event {
            Event::Launched(launch) if session.is_launched() => {
                let undecided = session.is_undecided() && launch.store != Store::Unreadable;
                (!undecided).then_some(Event::Attached)
            }
            _ if session.is_passive() => None,
            Event::Activated(bundle) if bundle.is_builtin() => Some(Event::Reset(ResetTo::Builtin)),
            Event::Activated(bundle) => {
                let runs = session.is_active() && *bundle == state.slots.current() && self.usable(bundle);
                runs.then_some(Event::Reload(Asker::Page))
            }
            _ => None,
        };
        simpler.map_or(Cow::Borrowed(event), Cow::Owned)
    }

    fn standing(&self) -> Standing {
        self.machine.standing()
    }
}
