//! Events on their way to the page, kept while no page of ours is there to hear them.
//!
//! In: events in order. Out: the same to the host. May touch: nothing. Keeps: the order of events.
//!
//! Between a reload and the next page's announcement the old page still listens: an event sent then is eaten by it. What
//! waited is handed on as kept, for the new page adds its listeners only after it announced itself.

use crate::event::Event;
use crate::host::{Host, Keep};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most events that wait. 64: an update has about twenty; of more, the oldest progress has lost its meaning.
const MOST: usize = 64;

/// Events on their way to the page.
#[derive(Default)]
pub(crate) struct Outbox(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    page: Listening,
    events: VecDeque<(Event, Keep)>,
    /// A thread hands events on; the others leave theirs to it, so that the order holds.
    handing_on: bool,
}

#[derive(Default, PartialEq)]
enum Listening {
    #[default]
    Present,
    Awaited,
}

impl Outbox {
    /// Another page is being loaded: what comes waits for it.
    pub(crate) fn await_page(&self) {
        self.waiting().page = Listening::Awaited;
    }

    /// A page announced itself: what waited goes to it, and what comes from here on.
    pub(crate) fn page_began(&self, host: &dyn Host) {
        {
            let mut waiting = self.waiting();
            waiting.page = Listening::Present;
            waiting.events.iter_mut().for_each(|(_, keep)| *keep = Keep::UntilHeard);
        }
        self.hand_on(host);
    }

    /// Hand an event on, or keep it for the page that is awaited.
    pub(crate) fn send(&self, host: &dyn Host, event: Event, keep: Keep) {
        {
            let mut waiting = self.waiting();
            if waiting.events.len() == MOST {
                waiting.events.pop_front();
            }
            waiting.events.push_back((event, keep));
        }
        self.hand_on(host);
    }

    fn hand_on(&self, host: &dyn Host) {
        let mut mine = false;
        while let Some((event, keep)) = self.next(&mut mine) {
            host.emit(event.name().name(), event.into_payload(), keep); // no lock is held
        }
    }

    fn next(&self, mine: &mut bool) -> Option<(Event, Keep)> {
        let mut waiting = self.waiting();
        if waiting.handing_on && !*mine {
            return None;
        }
        let event = if waiting.page == Listening::Present { waiting.events.pop_front() } else { None };
        *mine = event.is_some();
        waiting.handing_on = *mine;
        event
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Versioned;
    use crate::host::{Level, Page, Splash};
    use serde_json::Value;

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Heard {
        fn take(&self) -> Vec<String> {
            std::mem::take(&mut *self.0.lock().unwrap())
        }
    }

    impl Host for Heard {
        fn show(&self, _: Page) {}
        fn wake(&self, _: u64) {}
        fn emit(&self, event: &str, payload: Value, keep: Keep) {
            self.0.lock().unwrap().push(format!("{event} {} {keep:?}", payload["version"].as_str().unwrap()));
        }
        fn splash(&self, _: Splash) {}
        fn begin_work(&self) {}
        fn end_work(&self) {}
        fn log(&self, _: Level, _: &str) {}
    }

    fn event(n: usize) -> Event {
        Event::BreakingAvailable(Versioned { version: n.to_string() })
    }

    #[test]
    fn what_comes_between_two_pages_waits_for_the_second_and_keeps_its_order() {
        let (outbox, host) = (Outbox::default(), Heard::default());
        outbox.send(&host, event(1), Keep::No);
        assert_eq!(host.take(), ["breakingAvailable 1 No"]);
        outbox.await_page();
        outbox.send(&host, event(2), Keep::No);
        outbox.send(&host, event(3), Keep::No);
        assert!(host.take().is_empty(), "the old page would have eaten it");
        outbox.page_began(&host);
        outbox.send(&host, event(4), Keep::No);
        assert_eq!(
            host.take(),
            ["breakingAvailable 2 UntilHeard", "breakingAvailable 3 UntilHeard", "breakingAvailable 4 No"]
        );
    }

    #[test]
    fn i10_a_page_that_never_comes_costs_a_bounded_number_of_events() {
        let (outbox, host) = (Outbox::default(), Heard::default());
        outbox.await_page();
        (0..1000).for_each(|n| outbox.send(&host, event(n), Keep::No));
        outbox.page_began(&host);
        let heard = host.take();
        assert_eq!(heard.len(), MOST);
        assert_eq!(heard.last().unwrap(), "breakingAvailable 999 UntilHeard");
    }

    #[test]
    fn events_of_two_threads_are_each_sent_once() {
        let (outbox, host) = (Outbox::default(), Heard::default());
        std::thread::scope(|scope| {
            for first in [0, 1000] {
                let (outbox, host) = (&outbox, &host);
                scope.spawn(move || (first..first + 500).for_each(|n| outbox.send(host, event(n), Keep::No)));
            }
        });
        let heard: Vec<usize> =
            host.take().iter().map(|line| line.split(' ').nth(1).unwrap().parse().unwrap()).collect();
        for (first, half) in [(0, 1000), (1000, 2000)] {
            let of_one: Vec<_> = heard.iter().copied().filter(|n| (first..half).contains(n)).collect();
            assert_eq!(of_one, (first..first + 500).collect::<Vec<_>>());
        }
    }
}
