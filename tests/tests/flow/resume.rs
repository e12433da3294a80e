//! A download over a real connection: cut off, resumed, refused, cancelled. The server's log says what was really sent.

use aloft_cli::serve::{Fault, Kind, RetryAfter, Server};
use aloft_core::edge::fs::DiskFs;
use aloft_core::model::{Code, Digest};
use aloft_tests::net::{Place, Run, code};
use std::time::{Duration, Instant};

const SIZE: usize = 600_000;

struct Story {
    place: Place,
    server: Server,
    content: Vec<u8>,
    url: String,
}

impl Story {
    fn new() -> Self {
        let place = Place::default();
        let content: Vec<u8> = (0..SIZE).map(|at| (at * at / 7 % 251) as u8).collect();
        let name = format!("artifacts/{}.zip", Digest::of(&content));
        place.publish(&name, &content);
        let server = Server::local(&place.path("site")).unwrap();
        let url = format!("{}/{name}", server.url());
        Self { place, server, content, url }
    }

    /// One run, with these things going wrong.
    fn run(&self, faults: impl IntoIterator<Item = Kind>) -> Option<Code> {
        self.server.set_faults(faults.into_iter().map(Fault::new));
        code(&Run::default().download(&self.url, &self.content, &self.place))
    }

    /// A run that has about a third when the connection breaks.
    fn cut_off(&self) -> usize {
        assert_eq!(self.run([Kind::Cut(200_000)]), Some(Code::ConnectionLost));
        let have = self.there();
        assert!((1..=200_000).contains(&have), "{have}");
        have
    }

    fn there(&self) -> usize {
        let bytes = self.place.there(&self.content);
        assert!(self.content.starts_with(&bytes), "bytes of another version");
        bytes.len()
    }

    /// Range ("" for none), status and bytes of every request after the first `skip`.
    fn sent(&self, skip: usize) -> Vec<(String, u16, u64)> {
        let log = self.server.log().into_iter().skip(skip);
        log.map(|entry| (entry.range.unwrap_or_default(), entry.status, entry.bytes)).collect()
    }
}

fn from(offset: usize) -> String {
    format!("bytes={offset}-")
}

#[test]
fn a_resumed_download_sends_only_the_rest() {
    let story = Story::new();
    let have = story.cut_off();
    assert_eq!(story.run([]), None);
    assert_eq!(story.there(), SIZE);
    assert_eq!(story.sent(1), [(from(have), 206, (SIZE - have) as u64)]);
    assert_eq!(story.run([]), None, "it is complete");
    assert_eq!(story.sent(2), []);
}

#[test]
fn a_server_that_dies_is_resumed_from_when_it_is_back() {
    let mut story = Story::new();
    story.server.set_faults([Fault::new(Kind::Stall(200_000))]);
    let old = std::mem::replace(&mut story.server, Server::local(&story.place.path("site")).unwrap());
    let lost = std::thread::scope(|scope| {
        let run = scope.spawn(|| Run::default().download(&story.url, &story.content, &story.place));
        while old.log().first().is_none_or(|entry| entry.bytes < 200_000) {
            std::thread::yield_now();
        }
        drop(old);
        code(&run.join().unwrap())
    });
    assert!(matches!(lost, Some(Code::ConnectionLost | Code::IdleTimeout)), "{lost:?}");
    let have = story.there();
    assert!(have > 0);
    story.url = format!("{}/artifacts/{}.zip", story.server.url(), Digest::of(&story.content));
    assert_eq!(story.run([]), None);
    assert_eq!(story.sent(0), [(from(have), 206, (SIZE - have) as u64)]);
}

#[test]
fn cancel_from_another_thread_takes_effect_within_a_second_and_keeps_what_came() {
    for after in [0, 200_000] {
        let story = Story::new();
        story.server.set_faults([Fault::new(Kind::Stall(after))]);
        let mut patient = aloft_tests::net::impatient();
        patient.timing.idle = 60_000;
        let run = Run::new(patient);
        let (outcome, took) = std::thread::scope(|scope| {
            let running = scope.spawn(|| run.download(&story.url, &story.content, &story.place));
            while story.server.log().first().is_none_or(|entry| entry.bytes < after) {
                std::thread::yield_now();
            }
            let begun = Instant::now();
            run.cancel();
            (code(&running.join().unwrap()), begun.elapsed())
        });
        assert_eq!(outcome, Some(Code::Cancelled));
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(code(&run.download(&story.url, &story.content, &story.place)), Some(Code::Cancelled), "it is final");
        assert_eq!(story.run([]), None);
        assert_eq!(story.there(), SIZE);
    }
}

#[test]
fn a_silent_or_dripping_server_is_left_and_what_came_is_kept() {
    for (kind, expected) in [(Kind::Stall(200_000), Code::IdleTimeout), (Kind::Drip(100), Code::TooSlow)] {
        let story = Story::new();
        assert_eq!(story.run([kind]), Some(expected));
        let have = story.there();
        assert!(have > 0);
        assert_eq!(story.run([]), None);
        assert_eq!(story.sent(1), [(from(have), 206, (SIZE - have) as u64)]);
    }
}

#[test]
fn a_slow_but_moving_download_is_not_ended() {
    let story = Story::new();
    assert_eq!(story.run([Kind::Drip(75_000)]), None, "eight drips take longer than the idle limit");
}

#[test]
fn what_changed_between_two_runs_is_never_spliced() {
    for (then, requests) in [
        (Kind::Etag("other".into()), 1),
        (Kind::WeakEtag, 1),
        (Kind::NoRange, 1),
        (Kind::WrongRange, 2),
        (Kind::Status(416, RetryAfter::None), 2),
    ] {
        let story = Story::new();
        story.cut_off();
        story.server.set_faults([Fault::new(then.clone()).times(1)]);
        assert_eq!(code(&Run::default().download(&story.url, &story.content, &story.place)), None, "{then:?}");
        assert_eq!(story.there(), SIZE);
        let sent = story.sent(1);
        assert_eq!(sent.len(), requests, "{then:?}");
        assert_eq!(sent.last().map(|(_, status, bytes)| (*status, *bytes)), Some((200, SIZE as u64)), "{then:?}");
    }
}

#[test]
fn without_a_strong_validator_a_download_begins_again() {
    let story = Story::new();
    assert_eq!(story.run([Kind::Cut(200_000), Kind::WeakEtag]), Some(Code::ConnectionLost));
    assert_eq!(story.run([]), None);
    assert_eq!(story.sent(1), [(String::new(), 200, SIZE as u64)]);
}

#[test]
fn each_wrong_answer_has_its_code_and_writes_nothing() {
    for (kind, expected) in [
        (Kind::Length(1), Code::SizeMismatch),
        (Kind::Length(-1), Code::SizeMismatch),
        (Kind::Extra(1), Code::SizeMismatch),
        (Kind::WrongRange, Code::RangeMismatch),
        (Kind::Html, Code::UnexpectedContent),
        (Kind::Status(404, RetryAfter::None), Code::NotFound),
        (Kind::Status(410, RetryAfter::None), Code::Gone),
        (Kind::Status(416, RetryAfter::None), Code::UnexpectedStatus),
        (Kind::Status(429, RetryAfter::Seconds(30)), Code::RateLimited),
        (Kind::Status(500, RetryAfter::None), Code::ServerError),
        (Kind::Status(503, RetryAfter::Date(30)), Code::ServerError),
        (Kind::Redirect("http://example.com/".into()), Code::InsecureUrl),
    ] {
        let story = Story::new();
        assert_eq!(story.run([kind.clone()]), Some(expected), "{kind:?}");
        assert_eq!(story.there(), 0, "{kind:?}");
        let have = story.cut_off();
        assert!(story.run([kind.clone()]).is_some(), "{kind:?}");
        assert_eq!(story.there(), have, "{kind:?}");
        assert_eq!(story.run([]), None, "{kind:?}");
    }
}

#[test]
fn without_a_declared_length_bytes_are_counted() {
    let story = Story::new();
    assert_eq!(story.run([Kind::Chunked]), None);
    assert_eq!(story.there(), SIZE);
    let story = Story::new();
    assert_eq!(story.run([Kind::Chunked, Kind::Extra(1)]), Some(Code::SizeMismatch));
    assert_eq!(story.there(), 0);
    assert_eq!(story.run([Kind::Chunked, Kind::Cut(200_000)]), Some(Code::ConnectionLost));
    assert!(story.there() > 0);
}

#[test]
fn a_wrong_digest_is_discarded_and_fetched_whole() {
    let story = Story::new();
    story.server.set_faults([Fault::new(Kind::Corrupt(300_000))]);
    let downloaded = Run::default().download(&story.url, &story.content, &story.place).unwrap();
    assert_ne!(Digest::of(&std::fs::read(downloaded.path()).unwrap()), Digest::of(&story.content));
    downloaded.discard(&DiskFs).unwrap();
    assert_eq!(story.run([]), None);
    assert_eq!(story.sent(1), [(String::new(), 200, SIZE as u64)]);
    assert_eq!(story.there(), SIZE);
}

#[test]
fn a_redirect_to_another_server_of_this_machine_is_resumed_there() {
    let story = Story::new();
    let mirror = Server::local(&story.place.path("site")).unwrap();
    let there = story.url.replace(story.server.url(), mirror.url());
    let have = story.cut_off();
    assert_eq!(story.run([Kind::Redirect(there)]), None);
    let log = mirror.log();
    assert_eq!((log.len(), log[0].status, log[0].bytes), (1, 206, (SIZE - have) as u64));
}
