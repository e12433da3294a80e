//! What is refused, and what breaks: what is remembered of it, and how often it is asked for again.

use super::updater::device;
use aloft_core::edge::ports::{Fs as _, TransportFault};
use aloft_core::keep::feed;
use aloft_core::model::document::Artifact;
use aloft_core::model::report::Reason;
use aloft_core::model::{Code, Digest};
use aloft_core::testing::{Scripted, ScriptedTransport};
use aloft_core::updater::{Asked, CheckStatus, UpdateStatus, Updated};
use aloft_tests::story::{reasons, root};
use std::sync::Arc;

#[test]
fn i11_a_document_that_is_refused_leaves_one_report() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    let old = site.fork();
    site.publish("2.0.0");
    device.confirmed().0.check(Asked::ByHand).unwrap();
    device.site = Arc::new(old);
    let (updater, _) = device.confirmed();
    for _ in 0..2 {
        assert_eq!(updater.check(Asked::ByHand).unwrap_err().code(), Code::Replayed);
    }
    let reports = updater.reports();
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!((reports[0].reason, reports[0].count), (Reason::Refused, 2));
    assert!(reports[0].detail.starts_with("replayed"));
    let checked = updater.check(Asked::BySchedule).unwrap();
    assert!(matches!(checked.status, CheckStatus::TooSoon { .. }), "a refusal backs off as well");
}

#[test]
fn i10_an_artifact_that_is_wrong_is_not_downloaded_at_every_check() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    site.corrupt_artifacts();
    let (updater, _) = device.confirmed();
    assert_eq!(updater.update(Asked::BySchedule).unwrap_err().code(), Code::DigestMismatch);
    let reports = updater.reports();
    assert_eq!((reports[0].reason, reports[0].from.root), (Reason::Refused, Some(root("1.0.0"))));
    let mut downloads = 1;
    for _ in 0..30 {
        device.system.pass(device.config.timing.check_interval);
        match updater.update(Asked::BySchedule) {
            Ok(Updated { status: UpdateStatus::Nothing { check: CheckStatus::TooSoon { .. } }, .. }) => {}
            Err(error) if error.code() == Code::DigestMismatch => downloads += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(downloads <= 10, "{downloads} in 5 hours");
    site.publish("1.0.1");
    device.system.pass(device.config.timing.check_interval);
    let other = updater.update(Asked::BySchedule).unwrap();
    assert!(matches!(other.status, UpdateStatus::Staged { .. }), "another release is not held back");
}

/// The requests for artifacts that a transport got.
fn artifact_requests(transport: &ScriptedTransport) -> usize {
    transport.asked().iter().filter(|asked| asked.url.contains("/artifacts/")).count()
}

#[test]
fn i10_a_download_that_lies_there_complete_and_wrong_is_fetched_once_more() {
    for served in [Code::NotFound, Code::DigestMismatch] {
        let (fs, site, mut device) = device();
        site.publish("1.0.0");
        let artifact = site.document().releases[0].artifacts[0].clone();
        device.confirmed().0.check(Asked::ByHand).unwrap(); // makes the folders
        fs.write_at(
            &device.root.join("partial").join(artifact.sha256.to_string()),
            0,
            &vec![0; artifact.size as usize],
        )
        .unwrap();
        if served == Code::DigestMismatch {
            site.corrupt_artifacts();
        }
        let transport = site.transport();
        device.site = Arc::new(transport.clone());
        let updated = device.confirmed().0.update(Asked::ByHand);
        assert_eq!(artifact_requests(&transport), 1, "one fresh try");
        match served {
            Code::DigestMismatch => assert_eq!(updated.unwrap_err().code(), served, "and then the error"),
            _ => match updated.unwrap().status {
                UpdateStatus::Staged { downloaded, resumed, .. } => {
                    assert_eq!((downloaded, resumed), (artifact.size, false), "nothing of what lay there is used");
                }
                other => panic!("{other:?}"),
            },
        }
    }
}

#[test]
fn i10_an_artifact_that_a_release_names_many_times_is_asked_for_once() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    site.sign(|document| {
        let artifacts = &mut document.releases[0].artifacts;
        let one = artifacts[0].clone();
        artifacts.extend((0..400u32).map(|n| Artifact {
            sha256: Digest::of(&n.to_be_bytes()),
            size: one.size + 1,
            ..one.clone()
        }));
        artifacts.remove(0);
    });
    let transport = site.transport();
    device.site = Arc::new(transport.clone());
    assert_eq!(device.confirmed().0.update(Asked::ByHand).unwrap_err().code(), Code::NotFound);
    assert_eq!(artifact_requests(&transport), 1);
}

#[test]
fn a_feed_that_cannot_be_asked_is_a_problem_at_start_and_the_same_error_at_a_check() {
    for (feed, code) in [
        ("https://name:secret@a.b/", Code::BadConfig),
        ("https://a.b/?token=secret", Code::BadConfig),
        ("https://a.b/#there", Code::BadConfig),
        ("a.b", Code::BadConfig),
        ("http://a.b/", Code::InsecureUrl),
    ] {
        let (_, _, mut device) = device();
        device.config.feed = Some(feed.to_owned());
        let updater = device.confirmed().0;
        let problems = updater.status().problems;
        let problem = problems.iter().find(|problem| problem.code == code.as_str()).unwrap();
        let error = updater.check(Asked::ByHand).unwrap_err();
        assert_eq!((error.code(), error.to_string()), (code, problem.detail.clone()), "{feed}");
        assert!(problem.detail.contains("feed") && !problem.detail.contains("secret"), "{}", problem.detail);
    }
}

#[test]
fn i9_a_channel_that_is_followed_again_begins_with_the_index() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    let (updater, _) = device.confirmed();
    updater.check(Asked::ByHand).unwrap();
    assert!(feed::load(&device.store(), "production").is_some());
    updater.set_channel(Some("beta")).unwrap();
    updater.set_channel(None).unwrap();
    assert!(feed::load(&device.store(), "production").is_none());
}

#[test]
fn a_connection_that_broke_holds_no_release_back() {
    let (_, site, mut device) = device();
    site.publish("1.0.0");
    let url = |path: &str| format!("https://example.com/{path}");
    let files = site.files();
    let answer = |path: &String| (url(path), Scripted::new(200, files[path].clone()));
    let index = answer(&"channels/index.json".to_owned());
    let channel = answer(&"channels/production.json".to_owned());
    let artifact = files.keys().find(|path| path.starts_with("artifacts/")).unwrap();
    let broken = (url(artifact), Scripted::fault(TransportFault::Lost));
    let script = [index, channel.clone(), broken.clone(), channel, broken];
    device.site =
        Arc::new(ScriptedTransport::script(script.iter().map(|(url, answer)| (url.as_str(), answer.clone()))));
    let (updater, _) = device.confirmed();
    for _ in 0..2 {
        assert_eq!(updater.update(Asked::BySchedule).unwrap_err().code(), Code::ConnectionLost);
        device.system.pass(device.config.timing.check_interval);
    }
    assert_eq!(reasons(&updater), [], "nothing was refused");
}
