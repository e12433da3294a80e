//! How each key of the config stands beside the one of Capgo's plugin.
//!
//! In: nothing. Out: the keys with [`Compared`], for the page in the documentation. May touch: nothing.

use crate::table::{Compared, Compared as C, MENU, PREVIEW, SERVERS};

/// Every key there is, read or not.
pub const KEYS: &[(&str, Compared)] = &[
    ("feed", C::Ours("URL of the site; without it nothing is looked for")),
    ("signingKeys", C::Ours("who may sign; once it is there, even wrongly, nothing unsigned is taken")),
    ("signingThreshold", C::Ours("how many different keys must have signed; 1")),
    ("encryptionKeys", C::Ours("keys of encrypted releases, newest first")),
    ("bootAttempts", C::Ours("starts in the foreground that a new bundle has to say it is ready; 2")),
    ("crashLoopLimit", C::Ours("crashes in a row after which a good bundle is left; 3")),
    ("deviceId", C::Ours("`persistent`, `install` or `none`")),
    ("clearServiceWorkers", C::Ours("drop them on the first page of another bundle; true")),
    ("appReadyTimeout", C::Better("time in the foreground, alike on both platforms; 30,000, at least 1,000")),
    ("responseTimeout", C::Better("limits silence, not the whole transfer, on both platforms; 30")),
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
    ("keepUrlPathAfterReload", C::Better("path, query and fragment on both platforms")),
    ("version", C::Same),
    ("appId", C::Same),
    ("defaultChannel", C::Better("a name that is none is told in `status()`; `production` where it is absent")),
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

const TOOL: &str = "of Capgo's command line; ignored";
