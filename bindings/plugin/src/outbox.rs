//! Calls the host in one order, and keeps events while no page with the plugin's script can hear them.
//!
//! In: pages, events, the timer, the splash screen. Out: calls of the [`Host`], under no lock. May touch: nothing.
//! Keeps: that what is shown last is what the core shows (I4), and a bound on what waits (I10).
//!
//! Between a reload and the announcement of the next page the old page still listens, and would take an event that is sent then.
//! Events that waited are sent as kept, because the new page adds its listeners only after it announced itself.

use crate::event::{Event, EventName, Nothing};
use crate::host::{Host, Keep, Page, Splash};
use crate::serial_queue::SerialQueue;
use aloft_core::edge::ports::System;
use aloft_core::model::Token;
use aloft_core::updater::Serve;
use std::collections::VecDeque;

/// The most events that wait. 64: an update has about twenty.
const MOST: usize = 64;

/// What is shown, and what the host was not told yet.
pub(crate) struct Outbox(SerialQueue<Pending>);

#[derive(Default)]
struct Pending {
    calls: VecDeque<HostCall>,
    /// Events for the page that is awaited.
    waiting: VecDeque<(Event, Keep)>,
    page: PagePresence,
    /// What is shown; none: the builtin web assets, without the plugin.
    shown: Option<Serve>,
}

#[derive(Default, PartialEq)]
enum PagePresence {
    #[default]
    Present,
    Awaited,
}

/// A call of the host.
enum HostCall {
    Show(Page),
    Emit(Event, Keep),
    Splash(Splash),
    /// At this monotonic millisecond.
    Wake(u64),
}

impl Iterator for Pending {
    type Item = HostCall;

    fn next(&mut self) -> Option<HostCall> {
        self.calls.pop_front()
    }
}

impl Outbox {
    pub(crate) fn new() -> Self {
        Self(SerialQueue::new(Pending::default()))
    }

    /// What is shown; none: the builtin web assets, without us.
    pub(crate) fn shown(&self) -> Option<Serve> {
        self.0.with(|pending| pending.shown.clone())
    }

    /// Makes the host show this, unless another serve followed it by now. `is_current` tells that, and is asked as late as
    /// possible.
    pub(crate) fn show(&self, serve: Serve, page: Page, is_current: impl FnOnce(&Token) -> bool) {
        self.0.with(|pending| {
            if pending.take(serve, is_current) {
                pending.calls.push_back(HostCall::Show(page));
                pending.send(Event::AppReloaded(Nothing {}), Keep::No);
            }
        });
    }

    /// Remembers that the host shows this by itself.
    pub(crate) fn attach(&self, serve: Serve, is_current: impl FnOnce(&Token) -> bool) {
        self.0.with(|pending| pending.take(serve, is_current));
    }

    /// Makes events wait for the next page, because the page of this serve is gone or about to be.
    pub(crate) fn page_gone(&self, token: &Token) {
        self.0.with(|pending| {
            if pending.shown.as_ref().is_some_and(|shown| shown.token == *token) {
                pending.page = PagePresence::Awaited;
            }
        });
    }

    /// A page announced itself. If it `is_current`, it gets the events that waited, and all later ones.
    pub(crate) fn page_began(&self, is_current: impl FnOnce() -> bool) {
        self.0.with(|pending| {
            if pending.page == PagePresence::Awaited && is_current() {
                pending.page = PagePresence::Present;
                let waited = std::mem::take(&mut pending.waiting);
                pending.calls.extend(waited.into_iter().map(|(event, _)| HostCall::Emit(event, Keep::UntilHeard)));
            }
        });
    }

    /// Sends an event to the page that is there, or else to the next one.
    pub(crate) fn send(&self, event: Event, keep: Keep) {
        self.0.with(|pending| pending.send(event, keep));
    }

    /// Shows or hides the splash screen.
    pub(crate) fn splash(&self, splash: Splash) {
        self.0.with(|pending| pending.calls.push_back(HostCall::Splash(splash)));
    }

    /// Sets the timer to this monotonic millisecond.
    pub(crate) fn wake(&self, at: u64) {
        self.0.with(|pending| pending.calls.push_back(HostCall::Wake(at)));
    }

    /// Calls the host for everything that is queued.
    pub(crate) fn deliver(&self, host: &dyn Host, system: &dyn System) {
        self.0.drain(|call| match call {
            HostCall::Show(page) => host.show(page),
            HostCall::Emit(event, keep) => host.emit(event.name().name(), event.into_payload(), keep),
            HostCall::Splash(splash) => host.splash(splash),
            HostCall::Wake(at) => host.wake(at.saturating_sub(system.monotonic())),
        });
    }
}

impl Pending {
    fn take(&mut self, serve: Serve, is_current: impl FnOnce(&Token) -> bool) -> bool {
        let is_current = is_current(&serve.token);
        if is_current {
            self.page = PagePresence::Awaited;
            self.shown = Some(serve);
        }
        is_current
    }

    fn send(&mut self, event: Event, keep: Keep) {
        if self.page == PagePresence::Present {
            return self.calls.push_back(HostCall::Emit(event, keep));
        }
        let is_progress = |event: &Event| event.name() == EventName::Download;
        // Of a download, only the newest progress is kept for the next page.
        if is_progress(&event) && self.waiting.back().is_some_and(|(last, _)| is_progress(last)) {
            self.waiting.pop_back();
        } else if self.waiting.len() == MOST {
            self.waiting.pop_front(); // I10
        }
        self.waiting.push_back((event, keep));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Versioned;
    use crate::host::{Level, Load};
    use aloft_core::model::BundleRef;
    use aloft_core::model::config::ReloadAt;
    use aloft_core::testing::FakeSystem;
    use serde_json::Value;
    use std::sync::Mutex;

    #[derive(Default)]
    struct OutboxHost(Mutex<Vec<String>>);

    impl OutboxHost {
        fn hear(&self, line: String) {
            self.0.lock().unwrap().push(line);
        }
    }

    impl Host for OutboxHost {
        fn show(&self, page: Page) {
            self.hear(format!("show {}", page.token.unwrap()));
        }
        fn wake(&self, after: u64) {
            self.hear(format!("wake {after}"));
        }
        fn emit(&self, event: &str, payload: Value, keep: Keep) {
            let what = payload["version"].as_str().or(payload["bundle"]["version"].as_str()).unwrap_or_default();
            self.hear(format!("{event} {what} {keep:?}"));
        }
        fn splash(&self, splash: Splash) {
            self.hear(format!("{splash:?}"));
        }
        fn begin_work(&self) {}
        fn end_work(&self) {}
        fn local_time(&self, _: &str) -> Option<i64> {
            None
        }
        fn open_store(&self, _: &[String]) {}
        fn log(&self, _: Level, _: &str) {}
    }

    fn event(n: usize) -> Event {
        Event::BreakingAvailable(Versioned { version: n.to_string() })
    }

    fn token(n: u8) -> Token {
        Token::from_random([n; 8])
    }

    /// Something that is shown under this token.
    fn show(outbox: &Outbox, n: u8, is_current: bool) {
        let token = token(n);
        let page = Page { token: Some(token.as_str().to_owned()), load: Load::Start, ..Page::none() };
        let serve = Serve {
            bundle: BundleRef::Builtin,
            path: None,
            token,
            clear_service_workers: false,
            load: ReloadAt::Start,
        };
        outbox.show(serve, page, |_| is_current);
    }

    fn handed_on(outbox: &Outbox) -> Vec<String> {
        let (host, system) = (OutboxHost::default(), FakeSystem::new(1));
        system.pass(400);
        outbox.deliver(&host, &system);
        host.0.into_inner().unwrap()
    }

    #[test]
    fn what_comes_between_two_pages_waits_for_the_second_and_keeps_its_order() {
        let outbox = Outbox::new();
        outbox.send(event(1), Keep::No);
        show(&outbox, 1, true);
        outbox.send(event(2), Keep::No);
        outbox.wake(1_000);
        outbox.send(event(3), Keep::No);
        outbox.splash(Splash::Hide);
        let shown = format!("show {}", token(1).as_str());
        assert_eq!(handed_on(&outbox), ["breakingAvailable 1 No", &shown, "wake 600", "Hide"]);
        outbox.page_began(|| false);
        assert!(handed_on(&outbox).is_empty(), "the old page would have eaten it");
        outbox.page_began(|| true);
        outbox.send(event(4), Keep::No);
        outbox.page_began(|| panic!("nothing waits"));
        assert_eq!(
            handed_on(&outbox),
            [
                "appReloaded  UntilHeard",
                "breakingAvailable 2 UntilHeard",
                "breakingAvailable 3 UntilHeard",
                "breakingAvailable 4 No"
            ]
        );
    }

    #[test]
    fn i4_a_serve_that_another_one_followed_is_not_shown_any_more() {
        let outbox = Outbox::new();
        show(&outbox, 2, true);
        show(&outbox, 1, false);
        assert_eq!(outbox.shown().unwrap().token, token(2));
        assert_eq!(handed_on(&outbox), [format!("show {}", token(2).as_str())]);
        outbox.page_began(|| true);
        outbox.page_gone(&token(1));
        outbox.send(event(1), Keep::No);
        assert_eq!(handed_on(&outbox), ["appReloaded  UntilHeard", "breakingAvailable 1 No"]);
        outbox.page_gone(&token(2));
        outbox.send(event(2), Keep::No);
        assert!(handed_on(&outbox).is_empty());
    }

    #[test]
    fn i10_a_page_that_never_comes_costs_a_bounded_number_of_events() {
        let outbox = Outbox::new();
        show(&outbox, 1, true);
        (0..1000).for_each(|n| outbox.send(event(n), Keep::No));
        (0..99).for_each(|percent| outbox.send(Event::progress(&"2".parse().unwrap(), percent), Keep::No));
        outbox.page_began(|| true);
        let heard = handed_on(&outbox);
        assert_eq!(heard.len(), 1 + MOST);
        assert_eq!(heard[MOST - 1..], ["breakingAvailable 999 UntilHeard", "download 2 UntilHeard"]);
    }
}
