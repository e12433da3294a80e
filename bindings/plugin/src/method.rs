//! The methods there are, by the names that JavaScript calls them, and how each is done.
//!
//! In: a name. Out: [`Method`], and the one list ([`Method::by`]) that calls, the contract's types and the native method lists
//! come from. May touch: nothing. Keeps: I13 (what needs the network goes by the worker).

use crate::methods::{bundles, channels, check, delays, identity, lifecycle, menu, status, store};
use crate::plugin::Plugin;
use crate::refusal::Refusal;
use crate::table::{self, Compared};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A method of the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "camelCase")]
#[allow(missing_docs)] // each is explained in the package's `definitions.ts`, which a test compares with this list
pub enum Method {
    NotifyAppReady,
    Download,
    Next,
    Set,
    Reload,
    Reset,
    Delete,
    SetBundleError,
    List,
    Current,
    GetNextBundle,
    GetFailedUpdate,
    SetMultiDelay,
    CancelDelay,
    GetLatest,
    TriggerUpdateCheck,
    SetChannel,
    UnsetChannel,
    GetChannel,
    ListChannels,
    SetCustomId,
    GetDeviceId,
    GetBuiltinVersion,
    GetPluginVersion,
    GetAppId,
    SetAppId,
    IsAutoUpdateEnabled,
    IsAutoUpdateAvailable,
    SetUpdateUrl,
    SetStatsUrl,
    SetChannelUrl,
    Status,
    Reports,
    AcknowledgeReports,
    /// A page announces itself with its token; sent by the document-start script, never answered.
    PageBegan,
    /// A page's uncaught error; sent by apps built against Capgo's package.
    ReportWebViewError,
    GetMissingBundleFiles,
    GetBundleDownloadSize,
    StartPreviewSession,
    ListPreviews,
    SetPreview,
    ResetPreview,
    DeletePreview,
    CheckPreviewUpdate,
    UpdatePreview,
    SetShakeMenu,
    IsShakeMenuEnabled,
    SetShakeChannelSelector,
    IsShakeChannelSelectorEnabled,
    GetAppUpdateInfo,
    OpenAppStore,
    PerformImmediateUpdate,
    StartFlexibleUpdate,
    CompleteFlexibleUpdate,
}

/// What a call of a method gives, in the words of Capacitor's native method lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Returns {
    /// A promise.
    Promise,
    /// Nothing at all.
    None,
}

/// For whom a method is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Any app.
    App,
    /// Scripts of the plugin itself; it has no public type.
    Script,
}

/// A way to do a method, given what does it. The types of options and results are the contract.
pub(crate) trait Way {
    /// What comes of it.
    type Out;
    /// At once, on the caller's thread: small file I/O at most.
    fn now<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<R, Refusal>) -> Self::Out;
    /// At once; if it is told `None` because an update runs, on the worker after that.
    fn soon<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<Option<R>, Refusal>) -> Self::Out;
    /// On the worker: it needs the network.
    fn worker<O: Options, R: Answered>(self, does: fn(&Plugin, &O) -> Result<R, Refusal>) -> Self::Out;
    /// A page's announcement, which nobody waits for.
    fn page_began(self) -> Self::Out;
    /// Not yet: `what` comes later.
    fn later(self, what: &'static str) -> Self::Out;
}

/// Options of a method.
pub(crate) trait Options: DeserializeOwned + Send + Shape + 'static {}
impl<T: DeserializeOwned + Send + Shape + 'static> Options for T {}

/// The result of a method.
pub(crate) trait Answered: Serialize + Shape + 'static {}
impl<T: Serialize + Shape + 'static> Answered for T {}

/// Has a TypeScript type, where tests ask for it.
#[cfg(test)]
pub(crate) use ts_rs::TS as Shape;

/// Has a TypeScript type, where tests ask for it.
#[cfg(not(test))]
pub(crate) trait Shape {}
#[cfg(not(test))]
impl<T> Shape for T {}

impl Method {
    /// Every method there is.
    pub fn all() -> &'static [Self] {
        <Self as strum::VariantArray>::VARIANTS
    }

    /// The name in JavaScript.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a call gives.
    pub fn returns(self) -> Returns {
        if self == Self::PageBegan { Returns::None } else { Returns::Promise }
    }

    /// For whom it is.
    pub fn caller(self) -> Caller {
        match self {
            Self::PageBegan | Self::ReportWebViewError => Caller::Script,
            _ => Caller::App,
        }
    }

    /// How it is done.
    pub(crate) fn by<W: Way>(self, way: W) -> W::Out {
        use Method as M;
        match self {
            M::NotifyAppReady => way.now(lifecycle::notify_app_ready),
            M::Set => way.now(lifecycle::set),
            M::Reload => way.now(lifecycle::reload),
            M::Reset => way.now(lifecycle::reset),
            M::ReportWebViewError => way.now(lifecycle::report_web_view_error),
            M::PageBegan => way.page_began(),
            M::Download => way.worker(check::download),
            M::GetLatest => way.worker(check::latest),
            M::TriggerUpdateCheck => way.now(check::trigger),
            M::Next => way.now(bundles::next),
            M::Delete => way.now(bundles::delete),
            M::SetBundleError => way.now(bundles::set_error),
            M::List => way.now(bundles::list),
            M::Current => way.now(bundles::current),
            M::GetNextBundle => way.now(bundles::next_bundle),
            M::GetFailedUpdate => way.now(bundles::failed_update),
            M::SetMultiDelay => way.now(delays::set),
            M::CancelDelay => way.now(delays::cancel),
            M::SetChannel => way.worker(channels::set),
            M::UnsetChannel => way.soon(channels::unset),
            M::GetChannel => way.worker(channels::current),
            M::ListChannels => way.worker(channels::list),
            M::SetCustomId => way.soon(identity::set_custom_id),
            M::GetDeviceId => way.now(identity::device_id),
            M::GetBuiltinVersion => way.now(identity::builtin_version),
            M::GetPluginVersion => way.now(identity::plugin_version),
            M::GetAppId => way.now(identity::app_id),
            M::SetAppId => way.now(identity::set_app_id),
            M::IsAutoUpdateEnabled => way.now(identity::auto_update_enabled),
            M::IsAutoUpdateAvailable => way.now(identity::auto_update_available),
            M::SetUpdateUrl => way.now(identity::set_update_url),
            M::SetStatsUrl => way.now(identity::set_stats_url),
            M::SetChannelUrl => way.now(identity::set_channel_url),
            M::Status => way.now(status::status),
            M::Reports => way.now(status::reports),
            M::AcknowledgeReports => way.now(status::acknowledge),
            M::GetMissingBundleFiles | M::GetBundleDownloadSize => way.later(table::LISTS),
            M::StartPreviewSession
            | M::ListPreviews
            | M::SetPreview
            | M::ResetPreview
            | M::DeletePreview
            | M::CheckPreviewUpdate
            | M::UpdatePreview => way.later(table::PREVIEW),
            M::SetShakeMenu => way.now(menu::set),
            M::SetShakeChannelSelector => way.now(menu::set_channel_selector),
            M::IsShakeMenuEnabled | M::IsShakeChannelSelectorEnabled => way.now(menu::enabled),
            M::OpenAppStore => way.now(store::open),
            M::GetAppUpdateInfo | M::PerformImmediateUpdate | M::StartFlexibleUpdate | M::CompleteFlexibleUpdate => {
                way.later(table::STORE)
            }
        }
    }

    /// What apps are told when a required option is missing; none: what is missing, by name.
    pub(crate) fn text_for_missing(self) -> Option<&'static str> {
        match self {
            Self::Delete => Some("missing id"),
            Self::SetMultiDelay => Some("setMultiDelay called without delayCondition"),
            Self::SetChannel => Some("setChannel called without channel"),
            _ => None,
        }
    }

    /// Beside Capgo's plugin.
    pub fn compared(self) -> Compared {
        crate::methods::compared(self)
    }
}
