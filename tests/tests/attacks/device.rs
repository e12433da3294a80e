//! Bad documents and bad content against a whole device: each has its code, and the device boots what it booted before.
//!
//! The rooms' own tests say why each is refused; here they are one list. Servers and disks: `surroundings.rs`.

use aloft_core::keep::names;
use aloft_core::model::Code;
use aloft_core::model::bundle::FileList;
use aloft_core::model::config::EncryptionKey;
use aloft_core::model::document::{ChannelDocument, Date, payload_type};
use aloft_core::model::limits::Limits;
use aloft_core::updater::Wanted;
use aloft_tests::forge::{Forge, Part};
use aloft_tests::install::{encrypt, key, list};
use aloft_tests::settled::Settled;
use aloft_tests::signer;
use aloft_tests::story::BEGIN;

const CHANNEL: &str = "channels/production.json";
const INDEX: &str = "channels/index.json";

/// What is done, the code it is refused with, and how it is done.
type Row<'a, T> = (&'a str, Code, &'a dyn Fn(&mut T));

/// A device that could have 2.0.0, were it not for the attack, refuses it and loses nothing.
fn refused(rows: &[Row<'_, Settled>]) {
    for (what, code, attack) in rows {
        let mut settled = Settled::default();
        settled.site.publish("2.0.0");
        attack(&mut settled);
        assert_eq!(settled.update(), Some(*code), "{what}");
        settled.assert_unharmed(what);
        settled.assert_goes_on(what);
    }
}

/// The channel after `change`, signed by these keys.
fn resign(settled: &Settled, keys: &[u8], change: impl FnOnce(&mut ChannelDocument)) {
    let mut document = settled.site.document();
    change(&mut document);
    let keys: Vec<_> = keys.iter().map(|key| signer::private(*key)).collect();
    settled.site.put(CHANNEL, signer::signed_channel(&document, &keys.iter().collect::<Vec<_>>()));
}

/// The payload of the channel as text after `change`, signed.
fn rewrite(settled: &Settled, change: impl FnOnce(String) -> String) {
    let payload = change(serde_json::to_string(&settled.site.document()).unwrap());
    settled.site.put(CHANNEL, signer::envelope(payload_type::CHANNEL, payload.as_bytes(), &[&signer::private(1)]));
}

/// A device of which two keys must have signed, and an index that both did sign.
fn two_keys(settled: &mut Settled) {
    let (one, two) = (signer::private(1), signer::private(2));
    settled.device.config.signing_keys = Some(vec![signer::public(&one), signer::public(&two)]);
    settled.device.config.signing_threshold = 2;
    settled.site.put(INDEX, signer::sign(payload_type::INDEX, &signer::index(1), &[&one, &two]));
}

/// The index after `change` of its counter and its channel's, for a device that has no copy of the channel.
fn reindex(settled: &Settled, counter: u64, channel: u64) {
    let mut index = signer::index(counter);
    index.channels[0].counter = channel;
    settled.site.put(INDEX, signer::sign(payload_type::INDEX, &index, &[&signer::private(1)]));
    std::fs::remove_file(settled.path("feed/production")).unwrap();
}

#[test]
fn i3_documents_that_no_trusted_key_signed_are_refused() {
    refused(&[
        ("a wrong key", Code::SignatureInvalid, &|s| resign(s, &[2], |_| {})),
        ("a byte of the payload", Code::SignatureInvalid, &|s| {
            let honest = String::from_utf8(s.site.page(CHANNEL)).unwrap();
            let at = honest.find("payload\":\"").unwrap() + 60;
            let other = if honest.as_bytes()[at] == b'A' { "B" } else { "A" };
            s.site.put(CHANNEL, [&honest[..at], other, &honest[at + 1..]].concat());
        }),
        ("no signature", Code::SignatureMissing, &|s| resign(s, &[], |_| {})),
        ("one of two signatures", Code::TooFewSignatures, &|s| {
            two_keys(s);
            resign(s, &[2], |_| {});
        }),
        ("one key's signature twice", Code::TooFewSignatures, &|s| {
            two_keys(s);
            resign(s, &[1, 1], |_| {});
        }),
        ("more signatures than are read", Code::TooLarge, &|s| resign(s, &[1; 17], |_| {})),
    ]);
}

#[test]
fn i3_keys_that_cannot_be_used_close_the_gate() {
    let weak = || format!("ed25519:AQ{}=", "A".repeat(41)); // the neutral element: anybody could sign for it
    refused(&[
        ("a weak key", Code::WeakKey, &|s| s.device.config.signing_keys = Some(vec![weak()])),
        ("a weak key beside a good one", Code::WeakKey, &|s| {
            s.device.config.signing_keys = Some(vec![signer::public(&signer::private(1)), weak()]);
        }),
        ("no key at all", Code::BadConfig, &|s| s.device.config.signing_keys = None),
        ("an empty list of keys", Code::BadConfig, &|s| s.device.config.signing_keys = Some(Vec::new())),
        ("half a key", Code::BadKey, &|s| s.device.config.signing_keys = Some(vec!["ed25519:AAAA".to_owned()])),
        ("a threshold of none", Code::BadConfig, &|s| s.device.config.signing_threshold = 0),
        ("a threshold above the keys", Code::BadConfig, &|s| s.device.config.signing_threshold = 2),
        ("half an encryption key", Code::BadKey, &|s| s.device.config.encryption_keys = vec!["aes256:AA==".to_owned()]),
        ("no feed", Code::FeedMissing, &|s| s.device.config.feed = None),
        ("a feed without TLS", Code::InsecureUrl, &|s| s.device.config.feed = Some("http://example.com".to_owned())),
    ]);
}

#[test]
fn i3_documents_of_something_else_are_refused() {
    refused(&[
        ("another payload type", Code::WrongPayloadType, &|s| s.site.put(CHANNEL, s.site.page(INDEX))),
        ("another app", Code::WrongApp, &|s| resign(s, &[1], |document| document.app.push('x'))),
        ("another channel", Code::WrongChannel, &|s| {
            resign(s, &[1], |document| "beta".clone_into(&mut document.channel));
        }),
        ("a later trust", Code::TrustUnknown, &|s| resign(s, &[1], |document| document.trust = 2)),
        ("a channel that is not listed", Code::ChannelUnlisted, &|s| "beta".clone_into(&mut s.device.config.channel)),
    ]);
}

#[test]
fn i9_documents_that_are_not_current_are_refused() {
    refused(&[
        ("an older counter", Code::Replayed, &|s| resign(s, &[1], |document| document.counter = 1)),
        ("the same counter", Code::CounterConflict, &|s| resign(s, &[1], |document| document.counter = 2)),
        ("an older index", Code::Replayed, &|s| reindex(s, 1, 1)),
        ("the index's counter again", Code::CounterConflict, &|s| reindex(s, 2, 9)),
        ("a channel older than the index says", Code::Replayed, &|s| reindex(s, 3, 4)),
        ("expired", Code::Expired, &|s| s.site.sign(|document| document.expires = Some(Date(BEGIN - 1)))),
    ]);
}

#[test]
fn an_expired_channel_installs_nothing_by_hand_either() {
    let mut settled = Settled::default();
    settled.site.publish("2.0.0");
    settled.site.sign(|document| document.expires = Some(Date(BEGIN - 1)));
    let wanted = Wanted::Version("2.0.0".parse().unwrap());
    let error = settled.device.page().0.install(&wanted).unwrap_err();
    assert_eq!(error.code(), Code::Expired);
    settled.assert_unharmed("expired");
}

#[test]
fn documents_that_are_none_are_refused() {
    refused(&[
        ("a later schema", Code::UnknownSchema, &|s| rewrite(s, |text| text.replace("\"schema\":1", "\"schema\":2"))),
        ("schema 0", Code::BadDocument, &|s| rewrite(s, |text| text.replace("\"schema\":1", "\"schema\":0"))),
        ("a member twice", Code::DuplicateMember, &|s| rewrite(s, |text| text.replacen('{', "{\"schema\":1,", 1))),
        ("a member of a release twice", Code::DuplicateMember, &|s| {
            rewrite(s, |text| text.replacen("{\"version\"", "{\"version\":\"3.0.0\",\"version\"", 1));
        }),
        ("a member of the envelope twice", Code::DuplicateMember, &|s| {
            let honest = String::from_utf8(s.site.page(CHANNEL)).unwrap();
            s.site.put(CHANNEL, honest.replacen('{', "{\"payload\":\"e30=\",", 1));
        }),
        ("a member missing", Code::BadDocument, &|s| rewrite(s, |text| text.replace("\"counter\"", "\"counting\""))),
        ("cut", Code::BadEnvelope, &|s| {
            let honest = s.site.page(CHANNEL);
            s.site.put(CHANNEL, &honest[..honest.len() / 2]);
        }),
        ("empty", Code::BadEnvelope, &|s| s.site.put(CHANNEL, "")),
        ("a payload that is cut", Code::BadDocument, &|s| rewrite(s, |text| text[..text.len() / 2].to_owned())),
        ("oversize", Code::TooLarge, &|s| rewrite(s, |text| text + &" ".repeat(1 << 20))),
        ("nested", Code::BadDocument, &|s| {
            rewrite(s, |text| text.replacen('{', &format!("{{\"x\":{},", "[".repeat(9000)), 1));
        }),
    ]);
}

const PAGE: &[u8] = b"<!doctype html><title>Aloft</title>";
const SCRIPT: &[u8] = b"console.log('aloft'); console.log('aloft'); console.log('aloft');";

fn signed_files() -> FileList {
    list(&[("index.html", PAGE), ("assets/app.js", SCRIPT)])
}

fn honest() -> Forge {
    Forge::new([Part::stored("index.html", PAGE), Part::deflated("assets/app.js", SCRIPT)])
}

#[test]
fn i3_content_other_than_the_signed_is_refused() {
    let artifact = |s: &Settled| format!("artifacts/{}.zip", s.site.document().releases[0].artifacts[0].sha256);
    let served = |s: &Settled, change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = s.site.page(&artifact(s));
        change(&mut bytes);
        s.site.put(&artifact(s), bytes);
    };
    refused(&[
        ("a wrong digest", Code::DigestMismatch, &|s| served(s, &|bytes| bytes[50] ^= 1)),
        ("too short", Code::SizeMismatch, &|s| served(s, &|bytes| bytes.truncate(bytes.len() - 1))),
        ("too long", Code::SizeMismatch, &|s| served(s, &|bytes| bytes.push(0))),
        ("another root", Code::RootMismatch, &|s| {
            let other = [("index.html", SCRIPT), ("assets/app.js", PAGE)];
            s.site.publish_artifact("3.0.0", honest().bytes(), None, &list(&other));
        }),
        ("a larger artifact than is allowed", Code::TooLarge, &|s| s.device.config.limits.artifact = 10),
        ("a larger bundle than is allowed", Code::TooLarge, &|s| s.device.config.limits.bundle = 10),
        ("more files than are allowed", Code::TooLarge, &|s| s.device.config.limits.files = 2),
        ("a larger bundle than any may be", Code::TooLarge, &|s| {
            s.site.sign(|document| document.releases[0].size = (2 << 30) + 1);
        }),
        ("not on the server", Code::NotFound, &|s| {
            s.site.sign(|document| {
                document.releases[0].artifacts[0].sha256 = aloft_core::model::Digest::of(b"elsewhere");
            });
        }),
        ("no kind that is known", Code::BadDocument, &|s| {
            s.site.sign(|document| {
                "tar".clone_into(&mut document.releases[0].artifacts[0].kind);
            });
        }),
    ]);
}

/// A release whose digest is right and whose bytes are these is refused, and nothing is lost.
fn artifact_is_refused(what: &str, code: Code, bytes: Vec<u8>, key: Option<&EncryptionKey>, files: &FileList) {
    let mut settled = Settled::default();
    settled.device.config.encryption_keys = key.map(signer::secret).into_iter().collect();
    settled.site.publish_artifact("2.0.0", bytes, key, files);
    assert_eq!(settled.update(), Some(code), "{what}");
    settled.assert_unharmed(what);
    settled.assert_goes_on(what);
}

#[test]
fn i10_what_is_over_a_limit_is_not_downloaded() {
    let limits: [fn(&mut Limits); 3] = [|l| l.artifact = 10, |l| l.bundle = 10, |l| l.files = 2];
    for lower in limits {
        let mut settled = Settled::default();
        settled.site.publish("2.0.0");
        lower(&mut settled.device.config.limits);
        assert_eq!(settled.update(), Some(Code::TooLarge));
        assert_eq!(settled.device.list(names::PARTIAL), [""; 0]);
    }
}

#[test]
fn i3_archives_that_lie_are_refused() {
    fn named(name: &'static [u8]) -> impl Fn(&mut Forge) {
        move |forge| forge.parts[1] = forge.parts[1].clone().with(|header| header.name = name.to_vec())
    }
    let rows: &[Row<'_, Forge>] = &[
        ("symlink", Code::ArchiveSymlink, &|forge| forge.parts[1].mode = 0o120_777),
        ("absolute", Code::ArchivePath, &named(b"/assets/app.js")),
        ("drive", Code::ArchivePath, &named(b"C:/assets/app.js")),
        ("up", Code::ArchivePath, &named(b"../app.js")),
        ("up inside", Code::ArchivePath, &named(b"assets/../../app.js")),
        ("dot", Code::ArchivePath, &named(b"./assets/app.js")),
        ("backslash", Code::ArchivePath, &named(b"assets\\app.js")),
        ("nul", Code::ArchivePath, &named(b"assets/app.js\0.png")),
        ("control", Code::ArchivePath, &named(b"assets/app\n.js")),
        ("reserved", Code::ArchivePath, &named(b"assets/aux.js")),
        ("not UTF-8", Code::ArchivePath, &named(b"assets/app\xff.js")),
        ("empty name", Code::ArchivePath, &named(b"")),
        ("duplicate", Code::ArchiveDuplicate, &named(b"index.html")),
        ("case-fold twin", Code::ArchiveCaseClash, &named(b"INDEX.html")),
        ("encrypted entry", Code::ArchiveEncryptedEntry, &|forge| {
            forge.parts[1] = forge.parts[1].clone().with(|header| header.flags |= 1);
        }),
        ("method", Code::ArchiveMethod, &|forge| {
            forge.parts[1] = forge.parts[1].clone().with(|header| header.method = 93);
        }),
        ("data before", Code::ArchiveUnaccounted, &|forge| forge.parts[0].before = b"junk".to_vec()),
        ("data between", Code::ArchiveUnaccounted, &|forge| forge.parts[1].before = b"junk".to_vec()),
        ("data before the directory", Code::ArchiveUnaccounted, &|forge| forge.before_directory = b"junk".to_vec()),
        ("data in the directory", Code::ArchiveUnaccounted, &|forge| forge.in_directory = b"junk".to_vec()),
        ("data after", Code::ArchiveMalformed, &|forge| forge.after = b"junk".to_vec()),
        ("overlap", Code::ArchiveUnaccounted, &|forge| forge.parts[1].offset = Some(0)),
        ("names that differ", Code::ArchiveHeadersDiffer, &|forge| forge.parts[1].local.name[0] = b'b'),
        ("sizes that differ", Code::ArchiveHeadersDiffer, &|forge| forge.parts[1].local.size += 1),
        ("sums that differ", Code::ArchiveHeadersDiffer, &|forge| forge.parts[1].local.crc ^= 1),
        ("a wrong sum", Code::ArchiveEntryCorrupt, &|forge| {
            forge.parts[1] = forge.parts[1].clone().with(|header| header.crc ^= 1);
        }),
        ("bomb", Code::ArchiveSize, &|forge| {
            let bomb = Part::deflated("assets/app.js", &vec![0; 4 << 20]);
            forge.parts[1] = bomb.with(|header| header.size = SCRIPT.len() as u32);
        }),
        ("bomb that says so", Code::ArchiveSize, &|forge| {
            forge.parts[1] = Part::deflated("assets/app.js", &vec![0; 4 << 20]);
        }),
        ("a million entries", Code::ArchiveFiles, &|forge| {
            // As many as an end record counts without its 64-bit form; all of them: budget_heap.rs.
            forge.parts = (0..65_000).map(|n| Part::stored(&n.to_string(), b"")).collect();
        }),
        ("missing file", Code::ArchiveFiles, &|forge| drop(forge.parts.pop())),
        ("extra file", Code::ArchiveFiles, &|forge| forge.parts.push(Part::stored("more.js", b""))),
        ("another file", Code::RootMismatch, &named(b"assets/apq.js")),
        ("other content", Code::RootMismatch, &|forge| {
            forge.parts[0] = Part::stored("index.html", &PAGE.to_ascii_uppercase());
        }),
    ];
    for (what, code, change) in rows {
        let mut forge = honest();
        change(&mut forge);
        artifact_is_refused(what, *code, forge.bytes(), None, &signed_files());
    }
    let whole = honest().bytes();
    artifact_is_refused("truncated", Code::ArchiveMalformed, whole[..whole.len() - 9].to_vec(), None, &signed_files());
    artifact_is_refused("no archive", Code::ArchiveMalformed, PAGE[2..].to_vec(), None, &signed_files());
    let below = [("dist/index.html", PAGE)];
    let zip = Forge::new(below.map(|(path, content)| Part::stored(path, content))).bytes();
    artifact_is_refused("no index.html", Code::IndexMissing, zip, None, &list(&below));
}

#[test]
fn i3_ciphertext_that_was_not_made_for_this_app_is_refused() {
    let noise: Vec<u8> = (0..150_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let files = [("index.html", PAGE), ("noise.bin", &noise)];
    let zip = Forge::new(files.map(|(name, content)| Part::stored(name, content))).bytes();
    let sealed = encrypt(&zip, &key(1));
    let mut reordered = sealed.clone();
    reordered[..131_072].rotate_left(65_536);
    for (what, bytes) in [
        ("cut", sealed[..sealed.len() - 1].to_vec()),
        ("a segment short", sealed[..131_072].to_vec()),
        ("reordered", reordered),
        ("extended", [&sealed[..], &[0; 20]].concat()),
        ("of another key", encrypt(&zip, &key(2))),
        ("not encrypted at all", zip.clone()),
    ] {
        artifact_is_refused(what, Code::DecryptFailed, bytes, Some(&key(1)), &list(&files));
    }
    let mut settled = Settled::default();
    settled.site.publish_artifact("2.0.0", sealed, Some(&key(1)), &list(&files));
    assert_eq!(settled.update(), Some(Code::KeyUnknown));
    settled.assert_unharmed("a key that is not configured");
    settled.assert_goes_on("a key that is not configured");
}
