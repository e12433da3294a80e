use super::*;
use crate::edge::ports::{Silent, Transport, TransportFault};
use crate::model::config::Timing;
use crate::testing::{CrashFs, Cut, FakeSystem, Loss, Scripted, ScriptedTransport};
use std::sync::Mutex;

const URL: &str = "https://a.b/artifact";
const SIZE: usize = 200_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|at| (at * 31 % 251) as u8).collect()
}

fn place() -> Partial {
    Partial::new(Path::new("/partial"), Digest::of(&content()))
}

fn disk() -> CrashFs {
    let fs = CrashFs::default();
    fs.create_dir(Path::new("/partial")).unwrap();
    fs.flush_batch(&[], &[PathBuf::from("/"), PathBuf::from("/partial")]).unwrap();
    fs
}

fn run(transport: &dyn Transport, fs: &CrashFs, observer: &dyn Observer) -> Result<Downloaded> {
    let (system, timing) = (FakeSystem::new(0), Timing::default());
    let network = Network { transport, system: &system, timing: &timing };
    download(network, fs, observer, Wanted { url: URL, size: SIZE as u64 }, &place())
}

fn attempt<const N: usize>(fs: &CrashFs, answers: [Scripted; N]) -> (Option<Code>, Vec<String>) {
    let transport = ScriptedTransport::script(answers.map(|answer| (URL, answer)));
    let code = run(&transport, fs, &Silent).err().map(|error| error.code());
    let ranges =
        transport.asked().iter().map(|asked| asked.headers.get("range").cloned().unwrap_or_default()).collect();
    (code, ranges)
}

fn whole() -> Scripted {
    Scripted::new(200, content()).header("etag", "\"a\"")
}

fn rest(from: usize) -> Scripted {
    Scripted::new(206, &content()[from..])
        .header("content-range", format!("bytes {from}-{}/{SIZE}", SIZE - 1))
        .header("etag", "\"a\"")
}

/// The first `count` bytes come, then the connection breaks.
fn cut(count: usize, etag: &str) -> Scripted {
    Scripted::new(200, &content()[..count])
        .header("content-length", SIZE.to_string())
        .header("etag", etag)
        .then(TransportFault::Lost)
}

fn there(fs: &CrashFs) -> Vec<u8> {
    fs.read(&place().bytes, 1 << 30).unwrap_or_default()
}

fn bytes_from(from: usize) -> String {
    format!("bytes={from}-")
}

const ALL: String = String::new();

#[test]
fn a_download_that_was_cut_off_goes_on_where_it_was() {
    let fs = disk();
    assert_eq!(attempt(&fs, [cut(70_000, "\"a\"")]), (Some(Code::ConnectionLost), vec![ALL]));
    assert_eq!(there(&fs), content()[..70_000]);
    assert_eq!(attempt(&fs, [rest(70_000)]), (None, vec![bytes_from(70_000)]));
    assert_eq!(there(&fs), content());
    assert_eq!(attempt(&fs, []), (None, vec![]), "a complete file asks for nothing");
}

#[test]
fn only_a_strong_validator_in_the_present_format_is_resumed_from() {
    for etag in ["W/\"a\"", "a", "\"a\r\nx: y\"", ""] {
        let fs = disk();
        assert_eq!(attempt(&fs, [cut(10, etag)]).0, Some(Code::ConnectionLost));
        assert_eq!(attempt(&fs, [whole()]), (None, vec![ALL]), "{etag}");
    }
    for kept in ["", "\"a\"", "etag 2 \"a\"", "etag 1 W/\"a\"", "etag 1 \"a\"\n"] {
        let fs = disk();
        attempt(&fs, [cut(10, "\"a\"")]);
        fs.append(&place().validator, 0).unwrap().write_all(kept.as_bytes()).unwrap();
        assert_eq!(attempt(&fs, [whole()]), (None, vec![ALL]), "{kept}");
    }
}

#[test]
fn another_version_is_written_from_its_start_under_its_own_validator() {
    let fs = disk();
    attempt(&fs, [cut(70_000, "\"old\"")]);
    assert_eq!(attempt(&fs, [cut(20, "\"a\"")]), (Some(Code::ConnectionLost), vec![bytes_from(70_000)]));
    assert_eq!(attempt(&fs, [rest(20)]), (None, vec![bytes_from(20)]));
    assert_eq!(there(&fs), content());
}

#[test]
fn what_does_not_continue_it_restarts_it_once() {
    for wrong in [
        Scripted::new(416, "").header("content-range", "bytes */10"),
        rest(70_001),
        rest(70_000).header("content-range", ""),
        rest(70_000).header("etag", "\"b\""),
    ] {
        let fs = disk();
        attempt(&fs, [cut(70_000, "\"a\"")]);
        assert_eq!(attempt(&fs, [wrong.clone(), whole()]), (None, vec![bytes_from(70_000), ALL]));
        assert_eq!(there(&fs), content());
    }
    let fs = disk();
    attempt(&fs, [cut(70_000, "\"a\"")]);
    let never = Scripted::new(416, "");
    assert_eq!(attempt(&fs, [never.clone(), never]).0, Some(Code::UnexpectedStatus));
    assert_eq!(attempt(&disk(), [rest(0)]).0, Some(Code::RangeMismatch));
}

#[test]
fn i10_going_on_that_is_refused_leads_to_one_request_for_the_whole() {
    let undeclared = Scripted::new(200, &content()[70_000..]).header("content-length", "");
    for (refusal, code) in [
        (Scripted::new(403, ""), Code::UnexpectedStatus),
        (Scripted::new(400, ""), Code::UnexpectedStatus),
        (Scripted::new(304, ""), Code::UnexpectedStatus),
        (Scripted::new(501, ""), Code::ServerError),
        (Scripted::new(500, ""), Code::ServerError),
        (Scripted::new(200, &content()[70_000..]), Code::SizeMismatch),
        (undeclared, Code::ConnectionLost),
    ] {
        let fs = disk();
        attempt(&fs, [cut(70_000, "\"a\"")]);
        assert_eq!(attempt(&fs, [refusal.clone(), whole()]), (None, vec![bytes_from(70_000), ALL]), "{refusal:?}");
        assert_eq!(there(&fs), content());
        let fs = disk();
        attempt(&fs, [cut(70_000, "\"a\"")]);
        let twice = attempt(&fs, [refusal.clone(), refusal.clone()]);
        assert_eq!(twice, (Some(code), vec![bytes_from(70_000), ALL]), "{refusal:?}");
    }
    for (refusal, code) in [
        (Scripted::new(404, ""), Code::NotFound),
        (Scripted::new(410, ""), Code::Gone),
        (Scripted::new(429, ""), Code::RateLimited),
        (Scripted::new(503, ""), Code::ServerError),
    ] {
        let fs = disk();
        attempt(&fs, [cut(70_000, "\"a\"")]);
        assert_eq!(attempt(&fs, [refusal]), (Some(code), vec![bytes_from(70_000)]));
        assert_eq!(there(&fs), content()[..70_000], "what is there lasts");
    }
}

#[test]
fn i10_another_size_is_refused_and_never_written() {
    let longer = [content(), vec![0]].concat();
    let fs = disk();
    assert_eq!(attempt(&fs, [Scripted::new(200, longer.clone())]).0, Some(Code::SizeMismatch));
    assert_eq!(there(&fs), b"");
    assert_eq!(attempt(&fs, [Scripted::new(200, longer).header("content-length", "")]).0, Some(Code::SizeMismatch));
    assert_eq!(there(&fs), b"", "what came is of another file");
    let shorter = Scripted::new(200, &content()[1..]).header("content-length", "");
    assert_eq!(attempt(&fs, [shorter]).0, Some(Code::ConnectionLost));
}

#[test]
fn a_full_disk_keeps_what_is_there() {
    let fs = disk();
    fs.set_free(100_000);
    assert_eq!(attempt(&fs, [whole()]).0, Some(Code::NoSpace));
    let kept = there(&fs).len();
    assert!((1..SIZE).contains(&kept), "{kept}");
    fs.set_free(1 << 20);
    assert_eq!(attempt(&fs, [rest(kept)]), (None, vec![bytes_from(kept)]));
    assert_eq!(there(&fs), content());
}

#[test]
fn i2_a_cut_at_any_operation_leaves_a_download_that_can_be_finished() {
    let server = || ScriptedTransport::files([("artifact", content())]);
    let rehearsal = disk();
    let before = rehearsal.operations();
    run(&server(), &rehearsal, &Silent).unwrap();
    let operations = rehearsal.operations();
    assert!(operations - before >= 5, "validator and several pieces");
    for operation in before..operations {
        for cut in [Cut::Before, Cut::Torn] {
            for loss in Loss::ALL {
                let fs = disk();
                fs.cut_at(operation, cut);
                assert!(run(&server(), &fs, &Silent).is_err());
                let fs = fs.after(loss);
                let again = run(&server(), &fs, &Silent).unwrap();
                assert_eq!(fs.read(again.path(), 1 << 30).unwrap(), content(), "{operation} {cut:?} {loss:?}");
            }
        }
    }
}

#[test]
fn a_wrong_digest_leaves_nothing_to_resume() {
    let fs = disk();
    let downloaded = run(&ScriptedTransport::script([(URL, whole())]), &fs, &Silent).unwrap();
    assert_eq!((downloaded.path(), downloaded.size()), (place().bytes.as_path(), SIZE as u64));
    downloaded.discard(&fs).unwrap();
    assert_eq!(fs.list(Path::new("/partial")).unwrap(), [""; 0]);
}

#[test]
fn progress_grows_is_rare_and_ends_at_the_end() {
    struct Seen(Mutex<Vec<Notice>>);
    impl Observer for Seen {
        fn notice(&self, notice: &Notice) {
            self.0.lock().unwrap().push(notice.clone());
        }
    }
    let seen = Seen(Mutex::default());
    run(&ScriptedTransport::script([(URL, whole())]), &disk(), &seen).unwrap();
    let notice = |done| Notice::Progress { phase: "download", done, total: SIZE as u64 };
    assert_eq!(*seen.0.lock().unwrap(), [notice(64 << 10), notice(SIZE as u64)], "the clock stood still");
}

#[test]
fn cancelling_keeps_what_is_there() {
    let fs = disk();
    let transport = ScriptedTransport::script([(URL, whole())]);
    transport.cancel();
    assert_eq!(run(&transport, &fs, &Silent).unwrap_err().code(), Code::Cancelled);
    let cancelled = cut(70_000, "\"a\"").then(TransportFault::Cancelled);
    assert_eq!(attempt(&fs, [cancelled]).0, Some(Code::Cancelled));
    assert_eq!(there(&fs).len(), 70_000);
}
