//! What a host asks of a check, and what it may take of it.
//!
//! Out: plain values that hosts give and get. May touch: nothing.

/// Who asks for a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// A person or the app's own code: no minimum interval.
    ByHand,
    /// A timer or a lifecycle event: not more often than the config says, and not before a back-off ends.
    BySchedule,
}

/// What becomes of a release that was brought to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It is next.
    Stage,
    /// It is kept, and no slot names it.
    Keep,
}

/// Did a launch find the native build that launched before?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Native {
    /// The same build.
    #[default]
    Same,
    /// A fresh install, another build, or other builtin assets.
    New,
}

/// Is there a `next`, and may it be taken now?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Nothing is staged that may be taken at all.
    Nothing,
    /// Something is, and a delay condition holds it.
    Delayed,
    /// It may be taken.
    Ready,
}
