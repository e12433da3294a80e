//! A trial whose page is loaded at the path of the page before it, and fails there.

use super::*;
use crate::model::event::{Asker, RenderExit};

/// `a` confirmed, and `b` activated in session by an app that keeps its path.
fn at_a_kept_path() -> Device {
    let mut device = Device::confirmed("a");
    device.measures.reload = ReloadAt::SamePath;
    device.launch();
    device.page();
    device.send(staged('b'));
    device.send(Event::Activated(bundle('b')));
    assert_eq!((device.slots().0, device.load()), ('b', ReloadAt::SamePath));
    device
}

impl Device {
    fn load(&self) -> ReloadAt {
        self.machine.session.load()
    }

    fn times(&self) -> (u64, u64) {
        let marks = &self.machine.marks;
        (marks.serve.as_ref().unwrap().foreground, marks.trial.as_ref().unwrap().foreground)
    }
}

#[test]
fn i5_a_trial_has_its_whole_time_again_at_the_start_url_and_once() {
    let mut device = at_a_kept_path();
    let before = device.token();
    device.page();
    device.stay(29_999);
    assert_eq!(device.token(), before);
    let reaction = device.stay(1);
    assert_eq!((reaction.outcome, reaction.serve.is_some()), (Outcome::Reloading, true));
    assert_ne!(device.token(), before, "I4");
    assert_eq!((device.load(), device.attempts(), device.times()), (ReloadAt::Start, 1, (0, 0)));
    device.page();
    assert!(device.is_on_trial());
    let reaction = device.stay(30_000);
    assert_eq!(reaction.outcome, Outcome::RolledBack(Reason::NotConfirmed));
    assert_eq!(device.slots().0, 'a');
}

#[test]
fn what_a_page_loop_at_a_kept_path_counted_is_forgotten_at_the_start_url() {
    let mut device = at_a_kept_path();
    device.page();
    for _ in 0..2 {
        assert_eq!(device.page().outcome, Outcome::Noted);
    }
    assert_eq!(device.page().outcome, Outcome::Reloading);
    device.page();
    for _ in 0..2 {
        assert_eq!(device.send(Event::Reload(Asker::Page)).outcome, Outcome::Reloading);
        assert_eq!(device.load(), ReloadAt::Start, "it is not sent back to the path");
        device.page();
    }
    assert_eq!(device.send(Event::Reload(Asker::Page)).outcome, Outcome::RolledBack(Reason::PageLoop));
}

#[test]
fn a_kept_path_is_no_excuse_for_a_crash_and_a_new_web_view_has_none() {
    let mut device = at_a_kept_path();
    let gone = Event::RenderGone(device.token(), RenderExit::Crashed);
    assert_eq!(device.send(gone).outcome, Outcome::RolledBack(Reason::RenderGone));
    let mut device = at_a_kept_path();
    device.send(Event::Attached);
    assert_eq!(device.load(), ReloadAt::Start);
    assert_eq!(device.stay(30_000).outcome, Outcome::RolledBack(Reason::NotConfirmed));
}

#[test]
fn a_process_that_ends_at_a_kept_path_leaves_the_judgement_to_the_next_one() {
    let mut device = at_a_kept_path();
    device.monotonic += 30_000;
    assert_eq!(device.send(Event::Terminating).outcome, Outcome::Noted);
    device.die(None);
    device.launch();
    assert_eq!((device.slots().0, device.load()), ('b', ReloadAt::Start));
    device.page();
    assert_eq!(device.send(queued()).outcome, Outcome::Confirmed);
}
