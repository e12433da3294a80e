//! Looking for updates, and bringing one here without showing it.
//!
//! In: versions and URLs. Out: what the feed has; a kept bundle. May touch: network and data folder, through the core.
//! Keeps: I3 (a URL is a name of a signed release, or nothing).

use crate::bundle_info::BundleInfo;
use crate::engine::Engine;
use crate::event::{Download, DownloadFailed, Event, Kind, Named};
use crate::methods::Nothing;
use crate::mode::CheckEnd;
use crate::refusal::Refusal;
use crate::runtime::Triggered;
use aloft_core::model::{BundleRef, Code};
use aloft_core::updater::{Asked, CheckStatus, Checked, Then, UpdateStatus, Updated, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What to bring.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Wish {
    url: Option<String>,
    version: String,
    /// Of servers that send one; a signed release says itself how it is encrypted.
    #[allow(dead_code)]
    session_key: Option<String>,
    checksum: Option<String>,
    #[cfg_attr(test, ts(as = "Option<Vec<crate::shapes::ManifestEntry>>"))]
    manifest: Option<Vec<Value>>,
}

pub(crate) fn download(engine: &Engine, options: &Wish) -> Result<BundleInfo, Refusal> {
    engine.works()?;
    let version = options.version.clone();
    bring(engine, options).inspect_err(|refusal| {
        engine.emit(Event::DownloadFailed(DownloadFailed { version, error: Some(refusal.code.clone()) }));
    })
}

fn bring(engine: &Engine, options: &Wish) -> Result<BundleInfo, Refusal> {
    let wanted = wanted(engine, options)?;
    let updated = engine.updater.install_then(&wanted, Then::Keep).map_err(|error| match (&wanted, error.code()) {
        // The gate: nothing but a signature names what a URL holds (I3).
        (Wanted::Url(url), Code::UnknownBundle) => {
            Refusal::new(Code::SignatureMissing.as_str(), format!("no signed release of the channel names {url}"))
        }
        (_, Code::UnknownBundle) => {
            Refusal::unknown_bundle(format!("the channel has no release {:?}", options.version))
        }
        _ => error.into(),
    })?;
    let Updated { status, step, .. } = updated;
    engine.apply(step);
    let id = match status {
        UpdateStatus::Kept { id, .. } | UpdateStatus::Staged { id, .. } => id,
        UpdateStatus::Nothing { check: CheckStatus::AlreadyRunning } => return Err(Refusal::busy()),
        _ => return Err(Refusal::new(Code::Withdrawn.as_str(), "what was shown is withdrawn, and left; try again")),
    };
    let bundle = engine.described().bundle(&BundleRef::Kept(id));
    if options.checksum.as_ref().is_some_and(|sum| !sum.is_empty() && !sum.eq_ignore_ascii_case(&bundle.checksum)) {
        engine.log(crate::host::Level::Info, "download: `checksum` is not compared: the release's signature holds");
    }
    engine.emit(Event::Download(Download { percent: 100, bundle: bundle.clone() }));
    engine.emit(Event::DownloadComplete(Named { bundle: bundle.clone() }));
    engine.emit(Event::UpdateAvailable(Named { bundle: bundle.clone() }));
    Ok(bundle)
}

fn wanted(engine: &Engine, options: &Wish) -> Result<Wanted, Refusal> {
    let core = &engine.settings.core;
    if options.manifest.is_some() {
        return Err(Refusal::later("download({manifest})", crate::table::LISTS));
    }
    let url = options.url.as_ref().filter(|url| !url.is_empty());
    match (url, &core.feed, &core.signing_keys) {
        (Some(url), Some(_), _) => Ok(Wanted::Url(url.clone())),
        (None, Some(_), _) => Ok(Wanted::Version(
            options
                .version
                .parse()
                .map_err(|error| Refusal::invalid_option(format!("`download`: option `version`: {error}")))?,
        )),
        (Some(url), None, Some(_)) => {
            let text = format!("no signed release names {url}: with `signingKeys` a `feed` must say what it holds");
            Err(Refusal::new(Code::SignatureMissing.as_str(), text)) // I3
        }
        (_, None, _) => {
            let text = "download needs a site: write its URL as `feed` and its keys as `signingKeys`";
            Err(Refusal::new(Code::FeedMissing.as_str(), text))
        }
    }
}

/// Where to look.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Where {
    channel: Option<String>,
    app_id: Option<String>,
    /// Sizes come later.
    #[allow(dead_code)]
    include_bundle_size: Option<bool>,
}

/// What there is.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Latest {
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breaking: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    major: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<Kind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(flatten)]
    of_servers: OfServers,
}

/// What servers of other kinds than a site answer; never sent.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
struct OfServers {
    #[serde(skip_serializing_if = "Option::is_none")]
    session_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<Vec<crate::shapes::ManifestEntry>>"))]
    manifest: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<crate::shapes::Missing>"))]
    missing: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<crate::shapes::DownloadSize>"))]
    download_size: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

pub(crate) fn latest(engine: &Engine, options: &Where) -> Result<Latest, Refusal> {
    engine.works()?;
    let other = |option: &str, text: String| Refusal::invalid_option(format!("`getLatest`: option `{option}`: {text}"));
    let channel = engine.updater.status().channel;
    if options.channel.as_ref().is_some_and(|wanted| *wanted != channel) {
        return Err(other("channel", format!("this device follows {channel:?}; call setChannel first")));
    }
    let app = &engine.settings.core.app;
    if options.app_id.as_ref().is_some_and(|wanted| wanted != app) {
        return Err(other("appId", format!("the feed is signed for {app:?}")));
    }
    let mut checked = engine.updater.check(Asked::ByHand)?;
    if checked.status == CheckStatus::Withdrawn {
        engine.apply(checked.step);
        checked = engine.updater.check(Asked::ByHand)?;
    }
    found(engine, checked)
}

fn found(engine: &Engine, checked: Checked) -> Result<Latest, Refusal> {
    let current = engine.current();
    let old = Some(current.version.clone());
    let Checked { status, skipped, step } = checked;
    match status {
        CheckStatus::Available { version, root, url, .. } => {
            let (version, checksum) = (version.to_string(), Some(root.to_string()));
            Ok(Latest { version, checksum, url: Some(url), old, ..Latest::default() })
        }
        CheckStatus::Builtin if current.id != "builtin" => {
            Ok(Latest { version: "builtin".to_owned(), old, ..Latest::default() })
        }
        CheckStatus::AlreadyRunning => Err(Refusal::busy()),
        check => {
            let updated = Updated { status: UpdateStatus::Nothing { check }, skipped, step };
            let CheckEnd::Nothing(finding) = CheckEnd::of(&Ok(updated), || engine.updater.readiness()) else {
                let kind = Some(Kind::UpToDate);
                return Ok(Latest { version: current.version, kind, old, ..Latest::default() });
            };
            let breaking = finding.breaking.is_some().then_some(true);
            Ok(Latest {
                version: finding.version.unwrap_or(current.version),
                kind: Some(finding.found.into()),
                error: Some(finding.error),
                message: Some(finding.message),
                breaking,
                major: breaking,
                old,
                ..Latest::default()
            })
        }
    }
}

/// What became of the wish for a check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Trigger {
    status: Triggered,
    queued: bool,
}

pub(crate) fn trigger(engine: &Engine, _: &Nothing) -> Result<Trigger, Refusal> {
    let status = engine.trigger_check();
    Ok(Trigger { status, queued: status == Triggered::Queued })
}
