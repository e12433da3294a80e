//! Servers that answer wrong, and disks that fail or lie: each has its code, and the device boots what it booted before.
//!
//! Bad documents and bad content: `device.rs`.

use aloft_cli::serve::{Fault, Kind, RetryAfter, Server};
use aloft_core::edge::http::UreqConnect;
use aloft_core::keep::frame::{Form, encode};
use aloft_core::keep::{lasting, marks, names, state};
use aloft_core::model::Code;
use aloft_core::model::report::Reason;
use aloft_core::updater::Asked;
use aloft_tests::fault_fs::Call;
use aloft_tests::net::impatient;
use aloft_tests::settled::Settled;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[test]
fn answers_that_are_not_what_was_asked_for_are_refused() {
    let status = |status| Kind::Status(status, RetryAfter::None);
    let redirect = |to: &str| Kind::Redirect(to.to_owned());
    let documents = [
        ("HTML", Kind::Html, Code::UnexpectedContent),
        ("404", status(404), Code::NotFound),
        ("410", status(410), Code::Gone),
        ("418", status(418), Code::UnexpectedStatus),
        ("429", Kind::Status(429, RetryAfter::Seconds(30)), Code::RateLimited),
        ("500", status(500), Code::ServerError),
        ("503", Kind::Status(503, RetryAfter::Date(3600)), Code::ServerError),
        ("a redirect to http", redirect("http://example.com/"), Code::InsecureUrl),
        ("a redirect to nowhere", redirect("ftp://example.com/"), Code::BadRedirect),
        ("redirects without end", redirect("/channels/production.json"), Code::TooManyRedirects),
        ("cut", Kind::Cut(10), Code::ConnectionLost),
        ("stalled", Kind::Stall(10), Code::IdleTimeout),
        ("too long", Kind::Extra(2 << 20), Code::TooLarge),
    ];
    let artifacts = [
        ("HTML", Kind::Html, Code::UnexpectedContent),
        ("404", status(404), Code::NotFound),
        ("410", status(410), Code::Gone),
        ("429", status(429), Code::RateLimited),
        ("500", status(500), Code::ServerError),
        ("a redirect to http", redirect("http://example.com/"), Code::InsecureUrl),
        ("cut", Kind::Cut(10), Code::ConnectionLost),
        ("stalled", Kind::Stall(10), Code::IdleTimeout),
        ("a byte flipped", Kind::Corrupt(50), Code::DigestMismatch),
        ("too long", Kind::Extra(9), Code::SizeMismatch),
        ("a length that is too small", Kind::Length(-9), Code::SizeMismatch),
        ("a range that nobody asked for", Kind::WrongRange, Code::RangeMismatch),
    ];
    let rows = documents.map(|row| ("channels/production.json", row)).into_iter();
    let rows = rows.chain(artifacts.map(|row| ("artifacts/*", row)));
    for (at, (what, kind, code)) in rows {
        let what = &format!("{what} at {at}");
        let mut settled = Settled::default();
        settled.site.publish("2.0.0");
        settled.site.save(&settled.beside("site"));
        let server = Server::local(&settled.beside("site")).unwrap();
        server.set_faults([Fault::new(kind).at(at)]);
        settled.device.site = Arc::new(UreqConnect);
        settled.device.config.feed = Some(server.url().to_owned());
        settled.device.config.timing = impatient().timing;
        assert_eq!(settled.update(), Some(code), "{what}");
        settled.assert_unharmed(what);
        server.set_faults([]);
        assert_eq!(settled.update(), None, "{what}");
        let (_, serve) = settled.device.confirmed();
        assert_eq!(settled.device.version(&serve.bundle), "2.0.0", "{what}");
        settled.device.assert_whole(what);
    }
}

#[test]
fn i10_a_disk_without_room_is_left_alone() {
    let mut settled = Settled::default();
    settled.site.publish("2.0.0");
    settled.device.config.space_margin = u64::MAX;
    let before = settled.device.list(names::BUNDLES);
    assert_eq!(settled.update(), Some(Code::NoSpace));
    assert_eq!(settled.device.list(names::BUNDLES), before);
    assert_eq!(settled.device.list(names::PARTIAL), [""; 0], "not one byte was asked for");
    settled.assert_unharmed("no room");
    settled.assert_goes_on("no room");
}

/// From each call on, one that needs room and then anything that changes something: full, denied or read-only.
#[test]
fn i2_a_disk_that_takes_no_more_at_any_call_loses_nothing() {
    for (kind, code) in [(ErrorKind::StorageFull, Code::NoSpace), (ErrorKind::PermissionDenied, Code::StorageDenied)] {
        for n in 0.. {
            let what = &format!("{kind} from call {n} on");
            let mut settled = Settled::default();
            settled.site.publish("2.0.0");
            let (updater, _) = settled.device.page();
            let calls = Arc::new(AtomicU64::new(0));
            let counted = Arc::clone(&calls);
            settled.disk.fail(move |call, _| {
                let fails = match kind {
                    ErrorKind::StorageFull => call == Call::Write,
                    _ => call != Call::Read,
                };
                (fails && counted.fetch_add(1, Ordering::SeqCst) >= n).then_some(kind)
            });
            let result = updater.update(Asked::ByHand);
            drop(updater);
            if calls.load(Ordering::SeqCst) <= n {
                result.unwrap();
                assert!(n > 10, "{what}");
                break;
            }
            // The last calls remove what is not needed any more, or keep what only saves a request.
            let Err(error) = result else { continue };
            assert!([code, Code::Poisoned].contains(&error.code()), "{what}: {error}");
            // A state that was written and could not be flushed may hold all the same; what it names was durable before.
            if settled.device.state().unwrap().slots.next().is_none() {
                settled.assert_unharmed(what); // still failing
                settled.disk.heal();
                settled.assert_unharmed(what);
            } else {
                assert_eq!(error.code(), Code::Poisoned, "{what}");
                settled.device.assert_whole(what);
            }
            settled.assert_goes_on(what);
        }
    }
}

#[test]
fn i1_a_read_only_folder_shows_what_was_shown() {
    let mut settled = Settled::default();
    settled.site.publish("2.0.0");
    settled.disk.fail(|call, _| (call != Call::Read).then_some(ErrorKind::ReadOnlyFilesystem));
    assert_eq!(settled.update(), Some(Code::StorageDenied));
    settled.assert_unharmed("read-only");
    settled.disk.heal();
    settled.assert_unharmed("writable again");
    settled.assert_goes_on("writable again");
}

/// What is done to the files of a device.
type Spoil = dyn Fn(&Settled);

/// What a device with one damaged file shows, refuses and reports.
struct Damage {
    what: &'static str,
    shows: &'static str,
    refuses: Option<Code>,
    problem: Option<Code>,
}

impl Damage {
    fn is_survived(&self, settled: &mut Settled) {
        let what = self.what;
        let (updater, serve) = settled.device.confirmed();
        let version =
            if serve.bundle.is_builtin() { "builtin".to_owned() } else { settled.device.version(&serve.bundle) };
        assert_eq!(version, self.shows, "I1: {what}");
        let problems = updater.status().problems.into_iter().map(|problem| problem.code);
        let problems: Vec<_> = problems.filter(|code| code != "builtin_undescribed").collect();
        let expected: Vec<_> = self.problem.iter().map(ToString::to_string).collect();
        assert_eq!(problems, expected, "{what}");
        drop(updater);
        assert_eq!(settled.update(), self.refuses, "{what}");
    }
}

#[test]
fn what_cannot_be_read_is_neither_lost_nor_believed_to_be() {
    let denied = Some(Code::StorageDenied);
    for (names, damage) in [
        (&names::STATE[..1], Damage { what: "a slot", shows: "1.0.0", refuses: None, problem: None }),
        (&names::STATE[1..], Damage { what: "the other slot", shows: "1.0.0", refuses: None, problem: None }),
        (&names::STATE, Damage { what: "the state", shows: "builtin", refuses: Some(Code::Poisoned), problem: denied }),
        (&[names::MARKS], Damage { what: "marks", shows: "1.0.0", refuses: None, problem: None }),
        (&[names::LASTING], Damage { what: "lasting", shows: "1.0.0", refuses: denied, problem: denied }),
        (&[names::BUNDLES], Damage { what: "bundles", shows: "1.0.0", refuses: None, problem: None }),
    ] {
        let what = damage.what;
        let mut settled = Settled::default();
        let is_meant = move |path: &Path| names.iter().any(|name| path.iter().any(|part| part == *name));
        settled
            .disk
            .fail(move |call, path| (call == Call::Read && is_meant(path)).then_some(ErrorKind::PermissionDenied));
        damage.is_survived(&mut settled);
        settled.disk.heal();
        settled.assert_unharmed(what);
        settled.assert_goes_on(what);
    }
}

fn junk(bytes: &mut Vec<u8>) {
    *bytes = vec![0xaa; bytes.len()];
}

/// A file that a later version wrote.
fn newer(form: &Form) -> Vec<u8> {
    encode(&Form { schema: 99, ..*form }, 99, &"of a later version").unwrap()
}

#[test]
fn i1_what_is_corrupt_or_newer_is_replaced_and_reported() {
    let damage = |what, shows, problem| Damage { what, shows, refuses: None, problem };
    let rows: [(Damage, &Spoil); 9] = [
        (damage("a corrupt slot", "1.0.0", None), &|s| s.spoil(&names::STATE[..1], junk)),
        (damage("the other corrupt slot", "1.0.0", None), &|s| s.spoil(&names::STATE[1..], junk)),
        (damage("a corrupt state", "builtin", Some(Code::StorageCorrupt)), &|s| s.spoil(&names::STATE, junk)),
        (damage("a newer state", "builtin", Some(Code::StorageNewer)), &|s| {
            s.spoil(&names::STATE, |bytes| *bytes = newer(&state::FORM));
        }),
        (damage("corrupt marks", "1.0.0", None), &|s| s.spoil(&[names::MARKS], junk)),
        (damage("newer marks", "1.0.0", None), &|s| s.spoil(&[names::MARKS], |bytes| *bytes = newer(&marks::FORM))),
        (damage("a corrupt lasting", "1.0.0", Some(Code::StorageCorrupt)), &|s| s.spoil(&[names::LASTING], junk)),
        (damage("a newer lasting", "1.0.0", None), &|s| {
            let json = serde_json::json!({"floors": [], "trust": {"version": 7}});
            let later = Form { schema: 99, ..lasting::FORM };
            s.spoil(&[names::LASTING], |bytes| *bytes = encode(&later, 0, &json).unwrap());
        }),
        (damage("a corrupt feed", "1.0.0", None), &|s| s.spoil(&["feed/production"], junk)),
    ];
    for (damage, spoil) in rows {
        let mut settled = Settled::default();
        spoil(&settled);
        damage.is_survived(&mut settled);
        if damage.shows == "1.0.0" {
            settled.assert_unharmed(damage.what);
        }
        settled.assert_goes_on(damage.what);
    }
}

#[test]
fn i1_a_bundle_whose_files_are_gone_is_left_reported_and_brought_again() {
    let rows: [(&str, &Spoil); 4] = [
        ("the folder of bundles", &|s| std::fs::remove_dir_all(s.path(names::BUNDLES)).unwrap()),
        ("the bundle", &|s| bundle(s, |path| std::fs::remove_dir_all(path).unwrap())),
        ("its index.html", &|s| bundle(s, |path| std::fs::remove_file(path.join("index.html")).unwrap())),
        ("its seal", &|s| bundle(s, |path| std::fs::remove_file(path.with_extension("seal")).unwrap())),
    ];
    for (what, spoil) in rows {
        let mut settled = Settled::default();
        spoil(&settled);
        let (updater, serve) = settled.device.page();
        assert!(serve.bundle.is_builtin() && serve.path.is_none(), "I1: {what}");
        let last = updater.reports().pop().unwrap();
        assert_eq!(last.reason, Reason::BundleMissing, "I11: {what}");
        drop(updater);
        assert_eq!(settled.update(), None, "{what}");
        let (_, serve) = settled.device.confirmed();
        assert_eq!(settled.device.version(&serve.bundle), "1.0.0", "{what}");
        settled.device.assert_whole(what);
        settled.assert_goes_on(what);
    }
}

/// Do something to the folder of the bundle.
fn bundle(settled: &Settled, change: impl Fn(&Path)) {
    let state = settled.device.state().unwrap();
    change(&settled.device.store().bundle(state.slots.current().id().unwrap()));
}

#[test]
fn a_data_folder_that_was_moved_is_the_same() {
    let mut settled = Settled::default();
    let other = settled.beside("moved");
    std::fs::rename(&settled.device.root, &other).unwrap();
    settled.device.root = other;
    settled.assert_unharmed("moved");
    assert_eq!(settled.update(), None);
    settled.assert_unharmed("moved and up to date");
    settled.assert_goes_on("moved");
}

#[test]
fn a_data_folder_that_is_gone_or_a_file_is_begun_anew_or_shows_builtin() {
    let mut settled = Settled::default();
    std::fs::remove_dir_all(&settled.device.root).unwrap();
    assert!(settled.device.page().1.bundle.is_builtin());
    settled.assert_goes_on("gone");

    std::fs::remove_dir_all(&settled.device.root).unwrap();
    std::fs::write(&settled.device.root, b"").unwrap();
    assert!(settled.device.page().1.bundle.is_builtin());
    assert!(settled.update().is_some());
    std::fs::remove_file(&settled.device.root).unwrap();
    settled.assert_goes_on("a file");
}
