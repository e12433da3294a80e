//! The app's process: the plugin over standard streams. It is started by the shell, frozen by SIGSTOP and killed by SIGKILL,
//! as a phone does it, so that the core judges real deaths.
//!
//! In: a line for each [`Order`]. Out: a line for each [`Word`]. May touch: what the plugin touches, below the profile.
//! Keeps: I4 (orders are carried out in the order they come).

use super::wire::{Answered, Birth, Load, Order, Shown, Word};
use aloft_plugin::{Build, BuiltinRoot, Facts, Host, Keep, Leaving, Level, Page, Platform, Plugin, Setup, Splash};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::io::{BufRead, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Be the app until standard input ends, which is its user closing it.
pub(crate) fn run() {
    let mut lines = std::io::stdin().lock().lines().map_while(Result::ok);
    let Some(Ok(Order::Launch(birth))) = lines.next().map(|line| serde_json::from_str(&line)) else { return };
    let timer = Arc::new(Timer::default());
    let plugin = Plugin::open(&setup(&birth), Arc::new(Wire { timer: Arc::clone(&timer) }));
    let ticking = Arc::clone(&plugin);
    std::thread::spawn(move || timer.run(&|| ticking.tick()));
    say(&Word::Show(shown(plugin.launch(&facts(&birth)))));
    for line in lines {
        match serde_json::from_str(&line) {
            Ok(order) => obey(&plugin, order),
            Err(error) => say(&Word::Log { warning: true, line: format!("not an order: {error}") }),
        }
    }
    plugin.terminating();
}

fn obey(plugin: &Plugin, order: Order) {
    match order {
        Order::Launch(_) => {}
        Order::Foreground => plugin.foreground(),
        Order::Background => plugin.background(Leaving::App),
        Order::Covered => plugin.background(Leaving::Covered),
        Order::Gone { exit } => plugin.render_gone(exit),
        Order::Call(call) => {
            let (page, callback) = (call.page, call.callback);
            let answer = move |result: Result<Value, aloft_plugin::Refusal>| {
                let error = |refusal| Answered::Error(serde_json::to_value(refusal).unwrap_or_default());
                say(&Word::Answer { page, callback, result: result.map_or_else(error, Answered::Ok) });
            };
            plugin.call(&call.method, &call.options, Box::new(answer));
        }
    }
}

fn setup(birth: &Birth) -> Setup {
    Setup {
        capacitor_config: birth.capacitor_config.clone(),
        native_app_id: birth.app.clone(),
        platform: birth.platform,
        plugin_version: env!("CARGO_PKG_VERSION").to_owned(),
        data: birth.data.clone(),
        builtin: Some(birth.builtin.clone()),
        assets: vec![birth.builtin.clone()],
        tls_roots: None,
        proxy: None,
        proxy_except: None,
        stable_id: None,
    }
}

fn facts(birth: &Birth) -> Facts {
    let pid = std::process::id();
    let (code, name) = birth.build.clone();
    let root = std::fs::read_to_string(birth.builtin.join("aloft-builtin.root"));
    Facts {
        build: Build { code, name },
        builtin_root: BuiltinRoot::read(root),
        platform: birth.platform,
        boot_session: aloft_plugin::boot_session(),
        pid,
        started: aloft_plugin::process_started(pid),
        foreground: true,
        exits: birth.exits.clone(),
        low_memory_kills_reported: birth.platform == Platform::Android,
        ..Facts::unknown()
    }
}

/// Says what the plugin asks of its host.
struct Wire {
    timer: Arc<Timer>,
}

impl Host for Wire {
    fn show(&self, page: Page) {
        say(&Word::Show(shown(page)));
    }

    fn wake(&self, after: u64) {
        self.timer.set(after);
    }

    fn emit(&self, event: &str, payload: Value, keep: Keep) {
        say(&Word::Emit { event: event.to_owned(), payload, retain: keep == Keep::UntilHeard });
    }

    fn splash(&self, splash: Splash) {
        let what = match splash {
            Splash::Show => "show",
            Splash::ShowWithLoader => "show_with_loader",
            Splash::Hide => "hide",
        };
        say(&Word::Splash { what: what.to_owned() });
    }

    fn begin_work(&self) {
        say(&Word::Work { busy: true });
    }

    fn end_work(&self) {
        say(&Word::Work { busy: false });
    }

    fn local_time(&self, time: &str) -> Option<i64> {
        seconds(time, &TimeZone::system())
    }

    fn open_store(&self, addresses: &[String]) {
        let line = format!("a phone leaves the app for {}", addresses.join(" or "));
        say(&Word::Log { warning: false, line });
    }

    fn log(&self, level: Level, line: &str) {
        say(&Word::Log { warning: level == Level::Warning, line: line.to_owned() });
    }
}

/// Unix seconds of a time in this zone.
fn seconds(time: &str, zone: &TimeZone) -> Option<i64> {
    Some(zone.to_timestamp(time.parse().ok()?).ok()?.as_second())
}

fn shown(page: Page) -> Shown {
    let load = match page.load {
        aloft_plugin::Load::Nothing => Load::Nothing,
        aloft_plugin::Load::Start => Load::Start,
        aloft_plugin::Load::SameUrl => Load::Same,
    };
    Shown { bundle: page.bundle, script: page.script, token: page.token, load }
}

/// A shell that is gone hears nothing; standard input then ends as well.
fn say(word: &Word) {
    let Ok(line) = serde_json::to_string(word) else { return };
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// One timer; setting it again replaces what was set.
#[derive(Default)]
struct Timer {
    due: Mutex<Option<Instant>>,
    changed: Condvar,
}

impl Timer {
    fn set(&self, after: u64) {
        *self.due.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + Duration::from_millis(after));
        self.changed.notify_one();
    }

    fn run(&self, tick: &dyn Fn()) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = due.map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                *due = None;
                drop(due);
                tick();
                due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let forever = Duration::from_hours(1);
            let waited = self.changed.wait_timeout(due, left.unwrap_or(forever));
            due = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_that_of_its_day_also_where_the_clock_skips_it() {
        let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (time, utc) in [
            ("2030-01-31T12:34:56", Some(1_896_089_696)),
            ("2030-07-31T12:34:56", Some(1_911_724_496)),
            ("2030-03-31T02:30:00", Some(1_901_151_000)),
            ("2030-10-27T02:30:00", Some(1_919_291_400)),
            ("tomorrow", None),
        ] {
            assert_eq!(seconds(time, &zone), utc, "{time}");
        }
    }
}
