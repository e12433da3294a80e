//! Events on their way to the page, kept while no page of ours is there to hear them.
//!
//! In: events in order. Out: the same to the host. May touch: nothing. Keeps: the order of events.
//!
//! Between a reload and the next page's announcement the old page still listens: an event sent then is eaten by it. What
//! waited is handed on as kept, for the new page adds its listeners only after it announced itself.

use crate::host::{Host, Keep};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most events that wait. 64: an update has about twenty; of more, the oldest progress has lost its meaning.
const MOST: usize = 64;

/// An event with its payload.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    pub(crate) payload: Value,
    pub(crate) keep: Keep,
}

/// Events on their way to the page.
#[derive(Default)]
pub(crate) struct Outbox(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    page: Listening,
    events: VecDeque<Event>,
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
            waiting.events.iter_mut().for_each(|event| event.keep = Keep::UntilHeard);
        }
        self.hand_on(host);
    }

    /// Hand an event on, or keep it for the page that is awaited.
    pub(crate) fn send(&self, host: &dyn Host, event: Event) {
        {
            let mut waiting = self.waiting();
            if waiting.events.len() == MOST {
                waiting.events.pop_front();
            }
            waiting.events.push_back(event);
        }
        self.hand_on(host);
    }

    fn hand_on(&self, host: &dyn Host) {
        let mut mine = false;
        while let Some(event) = self.next(&mut mine) {
            host.emit(event.name, event.payload, event.keep); // no lock is held
        }
    }

    fn next(&self, mine: &mut bool) -> Option<Event> {
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
