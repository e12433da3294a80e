//! Why a release is not for a device.
//!
//! In: nothing. Out: [`SkipReason`]. May touch: nothing.

/// Why a release does not match; the text form is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::Display, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
#[non_exhaustive]
pub enum SkipReason {
    /// The document withdraws its content.
    Withdrawn,
    /// Not newer than the builtin assets, and not meant to go over them (I8).
    BuiltinIsNewer,
    /// `requires`, `audience` or `rollout` says something that this device cannot read.
    UnknownCondition,
    /// For other platforms.
    Platform,
    /// For other native builds.
    NativeBuild,
    /// For other versions of the system.
    Os,
    /// For other web views.
    Webview,
    /// For another native surface.
    Fingerprint,
    /// For other custom ids.
    Audience,
    /// Outside the share.
    Rollout,
    /// Failed here before, and held back or blocked by the ledger.
    Blocked,
}
