//! What can happen to the boot machine, and what it answers.
//!
//! In: calls of the host, of pages and of the worker. Out: [`Event`]s, [`Outcome`]s and what to show. May touch: nothing.
//! Keeps: I4 (a proof is a token, or a call behind the page that carried it).

use super::bundle::{BundleId, BundleRef, Token};
use super::digest::{Digest, RootDigest};
use super::facts::Facts;
use super::report::Reason;
use super::state::Kept;

pub use super::slots::ResetTo;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The process wants its first page.
    Launched(Box<Launch>),
    /// A new web view or Activity in a process that has launched.
    Attached,
    /// The app is active.
    Foreground,
    /// A page announced itself with the token of its document-start script.
    PageBegan(Token),
    /// The renderer of the serve with this token is gone.
    RenderGone(Token, RenderExit),
    /// A page, or the host, wants the same bundle again.
    Reload(Asker),
    /// The host's timer.
    Tick,
    /// The app is about to leave the foreground.
    Background,
    /// The system said that the process ends.
    Terminating,
    /// A page says that it is ready.
    Confirmed(Proof),
    /// The page of the serve with this token says that it is broken, and why.
    Failed(Token, String),
    /// The document of a channel was accepted; it withdraws these contents, and no others.
    Withdrawn {
        /// The channel.
        channel: String,
        /// The contents.
        roots: Vec<RootDigest>,
    },
    /// A bundle is complete and verified; the next launch is to take it.
    Staged(Staging, Choice),
    /// A bundle is complete and verified; it is kept for the app to stage.
    Kept(Box<Kept>, Choice),
    /// The app wants this bundle at once.
    Activated(BundleRef),
    /// The app wants to go back.
    Reset(ResetTo),
    /// The app wants a kept bundle removed.
    Removed(BundleId),
    /// A file of a kept bundle is damaged and could not be healed.
    Damaged(BundleId),
    /// The app says that a kept bundle is bad: its content is not taken again by itself.
    Condemned(BundleId),
    /// The app wants the ledger to forget what this content or artifact did.
    Unblocked(Digest),
}

/// What a launch is decided from, beside the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// What the host knows.
    pub facts: Facts,
    /// What reading the state gave.
    pub store: Store,
    /// What became of the process of the last serve ([`super::state::Marks::other_process`]).
    pub last: LastProcess,
    /// May a trial begin?
    pub trials: Trials,
}

/// What reading the state gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// It was read, under the lock.
    Read,
    /// It was read, but the lock was not to be had.
    Unlocked,
    /// There is none, or it was kept aside because it did not parse.
    Absent,
    /// It may be there, but could not be read.
    Unreadable,
}

/// What became of the process of the last serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastProcess {
    /// It ended, or is this one.
    Gone,
    /// It lives beside this one.
    Alive,
}

/// May a launch begin a trial?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trials {
    /// Yes.
    Begin,
    /// No: it could not be written down, and what is not written down is not served.
    Withhold,
    /// No, nor may one go on: its marks could not be written, so its attempts would never end. This process only shows.
    Avoid,
}

/// How a renderer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenderExit {
    /// It crashed.
    Crashed,
    /// The system ended it, or nobody knows.
    Killed,
}

/// Who asked for a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The page, which may do so for ever.
    Page,
    /// The host or the user.
    Host,
}

/// How a page proves which serve it belongs to (I4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It hands the serve's token back.
    Token(Token),
    /// Its call came without a token, through the queue that carried its announcement.
    Queued,
}

/// What was staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staging {
    /// The builtin assets.
    Builtin,
    /// A bundle on the device. `withdrawn` says whether the last accepted document withdraws it.
    Bundle(Box<Kept>),
}

/// Who chose what was staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The policy.
    Automatic,
    /// The app or its user, which overrules the ledger.
    ByHand,
}

/// What the web view is to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// The bundle.
    pub bundle: BundleRef,
    /// The token of this serve, for the document-start script.
    pub token: Token,
    /// Must its page clear service workers?
    pub page: FirstPage,
}

/// Is the page that follows the first of its bundle?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPage {
    /// Yes: another bundle was shown before, whose service workers must not answer for this one.
    OfBundle,
    /// No.
    Again,
}

/// What an event came to. None of these is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The launch was decided; or a web view is to show what was decided.
    Serving,
    /// This process only shows: its events count and write nothing.
    Passive,
    /// The process has not launched.
    NotLaunched,
    /// Taken note of.
    Noted,
    /// The trial is over, the bundle is good.
    Confirmed,
    /// The bundle is not on trial.
    AlreadyConfirmed,
    /// It speaks of a serve, or a page, that is not shown.
    Stale,
    /// The bundle was left; the page follows now or at the next foreground.
    RolledBack(Reason),
    /// A report was written and nothing else is to be done.
    Reported,
    /// The bundle is shown again.
    Reloading,
    /// The next launch takes this bundle.
    Staged(BundleRef),
    /// The bundle is on the device, and no slot changed.
    Kept(BundleId),
    /// It is what runs; nothing is staged.
    AlreadyCurrent,
    /// The bundle is shown, on trial unless it was confirmed.
    Activated,
    /// The slots are back where the reset wanted them.
    Reset,
    /// The bundle is not named any more.
    Removed,
    /// The ledger forgot.
    Unblocked,
    /// No such bundle or entry.
    NotFound,
    /// It must not be done.
    Refused(Refusal),
}

/// Why something must not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Refusal {
    /// It failed here before.
    Blocked,
    /// The publisher withdrew it.
    Withdrawn,
    /// Its files are not there.
    BundleMissing,
    /// A slot names it.
    Protected,
}
