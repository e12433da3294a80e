//! The methods there are, by the names that JavaScript calls them, and how each is done.
//!
//! In: a name. Out: [`Method`], and the one list ([`Method::visit`]) that calls, the contract's types and the native method lists
//! come from. May touch: nothing. Keeps: I13 (what needs the network goes by the worker).

use crate::engine::Engine;
use crate::methods::{bundles, channels, check, delays, identity, lifecycle, menu, status, store};
use crate::refusal::Refusal;
use crate::table;
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

/// Visits a method with the function that does it. A call runs that function; the contract notes its types.
pub(crate) trait MethodVisitor {
    /// What a visit gives.
    type Out;
    /// Done at once, on the caller's thread: small file I/O at most.
    fn immediate<O: Options, R: Reply>(self, does: fn(&Engine, &O) -> Result<R, Refusal>) -> Self::Out;
    /// Done at once; if that gives `None` because an update runs, done again on the worker after it.
    fn immediate_or_queued<O: Options, R: Reply>(
        self,
        does: fn(&Engine, &O) -> Result<Option<R>, Refusal>,
    ) -> Self::Out;
    /// Done on the worker, because it needs the network.
    fn queued<O: Options, R: Reply>(self, does: fn(&Engine, &O) -> Result<R, Refusal>) -> Self::Out;
    /// The announcement of a page, which is never answered.
    fn page_began(self) -> Self::Out;
    /// Not implemented yet: `what` comes later.
    fn later(self, what: &'static str) -> Self::Out;
}

/// Options of a method.
pub(crate) trait Options: DeserializeOwned + Send + Shape + 'static {}
impl<T: DeserializeOwned + Send + Shape + 'static> Options for T {}

/// The result of a method.
pub(crate) trait Reply: Serialize + Shape + 'static {}
impl<T: Serialize + Shape + 'static> Reply for T {}

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

    /// Visits the method: how it is done, and by which function.
    pub(crate) fn visit<V: MethodVisitor>(self, visitor: V) -> V::Out {
        use Method as M;
        match self {
            M::NotifyAppReady => visitor.immediate(lifecycle::notify_app_ready),
            M::Set => visitor.immediate(lifecycle::set),
            M::Reload => visitor.immediate(lifecycle::reload),
            M::Reset => visitor.immediate(lifecycle::reset),
            M::ReportWebViewError => visitor.immediate(lifecycle::report_web_view_error),
            M::PageBegan => visitor.page_began(),
            M::Download => visitor.queued(check::download),
            M::GetLatest => visitor.queued(check::latest),
            M::TriggerUpdateCheck => visitor.immediate(check::trigger),
            M::Next => visitor.immediate(bundles::next),
            M::Delete => visitor.immediate(bundles::delete),
            M::SetBundleError => visitor.immediate(bundles::set_error),
            M::List => visitor.immediate(bundles::list),
            M::Current => visitor.immediate(bundles::current),
            M::GetNextBundle => visitor.immediate(bundles::next_bundle),
            M::GetFailedUpdate => visitor.immediate(bundles::failed_update),
            M::SetMultiDelay => visitor.immediate(delays::set),
            M::CancelDelay => visitor.immediate(delays::cancel),
            M::SetChannel => visitor.queued(channels::set),
            M::UnsetChannel => visitor.immediate_or_queued(channels::unset),
            M::GetChannel => visitor.queued(channels::current),
            M::ListChannels => visitor.queued(channels::list),
            M::SetCustomId => visitor.immediate_or_queued(identity::set_custom_id),
            M::GetDeviceId => visitor.immediate(identity::device_id),
            M::GetBuiltinVersion => visitor.immediate(identity::builtin_version),
            M::GetPluginVersion => visitor.immediate(identity::plugin_version),
            M::GetAppId => visitor.immediate(identity::app_id),
            M::SetAppId => visitor.immediate(identity::set_app_id),
            M::IsAutoUpdateEnabled => visitor.immediate(identity::auto_update_enabled),
            M::IsAutoUpdateAvailable => visitor.immediate(identity::auto_update_available),
            M::SetUpdateUrl => visitor.immediate(identity::set_update_url),
            M::SetStatsUrl => visitor.immediate(identity::set_stats_url),
            M::SetChannelUrl => visitor.immediate(identity::set_channel_url),
            M::Status => visitor.immediate(status::status),
            M::Reports => visitor.immediate(status::reports),
            M::AcknowledgeReports => visitor.immediate(status::acknowledge),
            M::GetMissingBundleFiles | M::GetBundleDownloadSize => visitor.later(table::LISTS),
            M::StartPreviewSession
            | M::ListPreviews
            | M::SetPreview
            | M::ResetPreview
            | M::DeletePreview
            | M::CheckPreviewUpdate
            | M::UpdatePreview => visitor.later(table::PREVIEW),
            M::SetShakeMenu => visitor.immediate(menu::set),
            M::SetShakeChannelSelector => visitor.immediate(menu::set_channel_selector),
            M::IsShakeMenuEnabled | M::IsShakeChannelSelectorEnabled => visitor.immediate(menu::enabled),
            M::OpenAppStore => visitor.immediate(store::open),
            M::GetAppUpdateInfo | M::PerformImmediateUpdate | M::StartFlexibleUpdate | M::CompleteFlexibleUpdate => {
                visitor.later(table::STORE)
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
}
