//! How each method stands beside the one of Capgo's plugin.
//!
//! In: [`Method`]s. Out: [`Comparison`], for the page in the documentation. May touch: nothing.

use super::method::Method;
use crate::table::{Comparison, LISTS, PREVIEW, STORE};

impl Method {
    /// Beside Capgo's plugin; every method has its line.
    pub fn compared(self) -> Comparison {
        use Comparison as C;
        use Method as M;
        match self {
            M::NotifyAppReady => C::Better(
                "confirms only the bundle of the page that calls (by its token, or behind that page's announcement), never another",
            ),
            M::Download => C::Better(
                "`version` alone names a release of the feed; a URL counts only where a signed release names it, else \
             `signature_missing`; `sessionKey` and `checksum` are not needed",
            ),
            M::Next => C::Better("also taken at the next start; a bundle the publisher withdrew is refused"),
            M::Set => C::Better("a bundle that failed here or was withdrawn is refused: `blocked`, `withdrawn`"),
            M::Reload => C::Better("ends a page that reloads itself for ever"),
            M::Reset => C::Better("one durable step; what the device must not go back behind stays"),
            M::Delete => C::Better("the bundle a rollback would go to is protected too"),
            M::SetBundleError => {
                C::Better("answers the bundle, as its type says; the content is remembered, not the version's name")
            }
            M::List => C::Better(
                "in any case only whole, verified bundles, never the builtin one; `raw` adds the damaged ones",
            ),
            M::Current
            | M::GetNextBundle
            | M::CancelDelay
            | M::UnsetChannel
            | M::GetBuiltinVersion
            | M::GetPluginVersion
            | M::GetAppId
            | M::IsShakeMenuEnabled
            | M::IsShakeChannelSelectorEnabled => C::Same,
            M::GetFailedUpdate => C::Better("also after crashes; `reports()` says why, and keeps it"),
            M::SetMultiDelay => C::Better(
                "a condition that cannot be read is refused with `invalid_option`, where Capgo's would hold nothing; `background` as on iOS, on both; at most 8",
            ),
            M::GetLatest => C::Better(
                "read from the signed feed; `url` is what `download` takes; other channels and apps than the device's are refused",
            ),
            M::TriggerUpdateCheck => C::Better("`unavailable` without a feed, and while updates stand down"),
            M::SetChannel => {
                C::Better("checked against the signed index; code and `data.error` alike on both platforms")
            }
            M::GetChannel => C::Better("what the signed index says; code and `data.error` alike on both platforms"),
            M::ListChannels => C::Better("what the signed index says; `id` is the place in it"),
            M::SetCustomId => C::Better("never sent: compared on the device with the audience of a release"),
            M::GetDeviceId => {
                C::Better("one id, also over a reinstallation; `deviceId` in the config can end or forbid it")
            }
            M::SetAppId => {
                C::Never("a feed is signed for one app; with `allowModifyAppId` its own id is accepted, others are not")
            }
            M::IsAutoUpdateEnabled => C::Better("`false` too without a feed"),
            M::IsAutoUpdateAvailable => C::Better("`false` too without a feed, and with `DisableDeploy`"),
            M::SetUpdateUrl | M::SetChannelUrl => {
                C::Later("servers that speak Capgo's protocol; until then a site is the `feed`")
            }
            M::SetStatsUrl => C::Later("statistics; an empty URL, for none, is accepted"),
            M::Status => C::Ours("slots, trial, channel, and what is wrong"),
            M::Reports => C::Ours("every rollback and refusal, with its reason, over restarts"),
            M::AcknowledgeReports => C::Ours("drops the reports that were read"),
            M::PageBegan => C::Ours("sent by the plugin's own script"),
            M::ReportWebViewError => C::Better("written to the log, sent to nobody"),
            M::GetMissingBundleFiles | M::GetBundleDownloadSize => C::Later(LISTS),
            M::StartPreviewSession
            | M::ListPreviews
            | M::SetPreview
            | M::ResetPreview
            | M::DeletePreview
            | M::CheckPreviewUpdate
            | M::UpdatePreview => C::Later(PREVIEW),
            M::SetShakeMenu | M::SetShakeChannelSelector => {
                C::Later("the shake menu and its channels; `enabled: false` is accepted")
            }
            M::OpenAppStore => C::Better(
                "without a request; on iOS it needs `appId`, because the number of an app in the App Store is in no file of the app",
            ),
            M::GetAppUpdateInfo | M::PerformImmediateUpdate | M::StartFlexibleUpdate | M::CompleteFlexibleUpdate => {
                C::Later(STORE)
            }
        }
    }
}
