//! How each key of the config stands beside the one of Capgo's plugin.
//!
//! In: nothing. Out: the keys with [`Comparison`], for the page in the documentation. May touch: nothing.

use crate::table::{Comparison, Comparison as C, MENU, PREVIEW, SERVERS};

/// Every key there is, read or not.
pub const KEYS: &[(&str, Comparison)] = &[
    ("feed", C::Ours("URL of the site; without it nothing is looked for")),
    ("signingKeys", C::Ours("who may sign; once it is there, even wrongly, nothing unsigned is taken")),
    ("signingThreshold", C::Ours("how many different keys must have signed; 1")),
    ("encryptionKeys", C::Ours("keys of encrypted releases, newest first")),
    ("bootAttempts", C::Ours("starts in the foreground that a new bundle has to say it is ready; 2")),
    ("crashLoopLimit", C::Ours("crashes in a row after which a good bundle is left; 3")),
    ("deviceId", C::Ours("`persistent`, `install` or `none`")),
    (
        "clearServiceWorkers",
        C::Ours(
            "on the first page of another bundle, service workers go, and what they keep of the app's own files; other data in Cache Storage stays; true",
        ),
    ),
    ("appReadyTimeout", C::Better("time in the foreground, alike on both platforms; at least 1,000")),
    ("responseTimeout", C::Better("limits silence, not the whole transfer, on both platforms")),
    ("autoUpdate", C::Better("a text that is no mode is told in `status()`")),
    ("directUpdate", C::Same),
    ("autoDeleteFailed", C::Better("what failed is remembered by its content, so deleting it does not bring it back")),
    (
        "autoDeletePrevious",
        C::Better("the last good bundle stays until the next one is confirmed and replaced in turn"),
    ),
    (
        "resetWhenUpdate",
        C::Better("decided before the first page; with `false` a bundle that the new build cannot run goes"),
    ),
    ("periodCheckDelay", C::Better("a check costs one conditional request")),
    (
        "keepUrlPathAfterReload",
        C::Better(
            "path, query and fragment on both platforms; a new bundle that is not ready there is loaded once at the start URL before it is left",
        ),
    ),
    ("version", C::Same),
    ("appId", C::Same),
    ("defaultChannel", C::Better("a name that is none is told in `status()`")),
    ("allowSetDefaultChannel", C::Same),
    ("persistDefaultChannelOnReinstall", C::Same),
    ("persistCustomId", C::Same),
    ("allowModifyAppId", C::Never("a feed is signed for one app; `setAppId` accepts its own id only")),
    ("allowManualBundleError", C::Same),
    ("osLogging", C::Same),
    ("disableJSLogging", C::Better("nothing is copied to the page's console in any case")),
    ("autoSplashscreen", C::Same),
    ("autoSplashscreenLoader", C::Same),
    ("autoSplashscreenTimeout", C::Same),
    ("publicKey", C::Later(SERVERS)),
    ("updateUrl", C::Later(SERVERS)),
    ("channelUrl", C::Later(SERVERS)),
    ("statsUrl", C::Later("statistics; nothing is sent anywhere")),
    ("allowModifyUrl", C::Later(SERVERS)),
    ("persistModifyUrl", C::Later(SERVERS)),
    ("allowPreview", C::Later(PREVIEW)),
    ("shakeMenu", C::Later(MENU)),
    ("shakeMenuGesture", C::Later(MENU)),
    ("allowShakeChannelSelector", C::Later(MENU)),
    ("localS3", C::Never(TOOL)),
    ("localHost", C::Never(TOOL)),
    ("localWebHost", C::Never(TOOL)),
    ("localSupa", C::Never(TOOL)),
    ("localSupaAnon", C::Never(TOOL)),
    ("localApi", C::Never(TOOL)),
    ("localApiFiles", C::Never(TOOL)),
];

/// A key that both have and that means something else where it is left out.
pub struct OtherDefault {
    /// The key.
    pub key: &'static str,
    /// What it means here.
    pub ours: &'static str,
    /// What it means to Capgo's plugin.
    pub theirs: &'static str,
    /// Why ours is another.
    pub why: &'static str,
}

/// Keys with another default. Those that are not here have the same.
pub const OTHER_DEFAULTS: &[OtherDefault] = &[
    OtherDefault {
        key: "appReadyTimeout",
        ours: "30,000 ms",
        theirs: "10,000 ms; on Android 30,000 ms for a bundle that was never ready",
        why: "a good bundle on a slow phone must not be left",
    },
    OtherDefault {
        key: "responseTimeout",
        ours: "30 s without a byte",
        theirs: "20 s; on iOS for the whole answer",
        why: "a slow network must not end a download that goes on",
    },
    OtherDefault {
        key: "defaultChannel",
        ours: "`production`",
        theirs: "none: the server chooses",
        why: "a site is files, and nobody there could choose",
    },
    OtherDefault { key: "updateUrl", ours: "none", theirs: CLOUD, why: NOBODY },
    OtherDefault { key: "channelUrl", ours: "none", theirs: CLOUD, why: NOBODY },
    OtherDefault { key: "statsUrl", ours: "none", theirs: CLOUD, why: NOBODY },
];

const CLOUD: &str = "Capgo's cloud";
const NOBODY: &str = "no server is asked, or told anything, that the app does not name";

const TOOL: &str = "of Capgo's command line; ignored";
