//! The `System` port: clock, randomness and processes of this machine; and what the command line needs as facts.
//!
//! In: nothing, or a process id. Out: times, random bytes, whether a process lives. May touch: clocks, `/proc`.
//! Keeps: I6 (monotonic time), I12 (ids that nobody else has).
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use super::ports::System;
use sha2::Digest as _;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// This machine.
#[derive(Debug, Clone, Copy)]
pub struct Os {
    created: Instant,
}

impl Default for Os {
    fn default() -> Self {
        Self { created: Instant::now() }
    }
}

impl System for Os {
    fn unix_seconds(&self) -> u64 {
        since_epoch().as_secs()
    }

    fn monotonic(&self) -> u64 {
        u64::try_from(self.created.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> u64 {
        elapsed().unwrap_or_else(|| self.monotonic())
    }

    fn random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // A system without randomness must boot too (I1): different everywhere and each time, if not unpredictable.
            for (chunk, count) in bytes.chunks_mut(32).zip(0_u64..) {
                let mut hash = sha2::Sha256::new();
                hash.update(since_epoch().as_nanos().to_be_bytes());
                hash.update(self.created.elapsed().as_nanos().to_be_bytes());
                hash.update(std::process::id().to_be_bytes());
                hash.update(count.to_be_bytes());
                chunk.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
            }
        }
    }

    fn alive(&self, pid: u32, started: u64) -> bool {
        lives(pid, started)
    }
}

/// Start of a process in the system's own unit (Linux, Android: clock ticks since boot); 0 where it is not known. Reads `/proc`.
pub fn process_started(pid: u32) -> u64 {
    status(pid).map_or(0, |(_, started)| started)
}

/// Changes whenever the machine starts; empty where it is not known. Reads `/proc`.
pub fn boot_session() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

fn since_epoch() -> std::time::Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The clock that goes on while the device sleeps. On Darwin that is `CLOCK_MONOTONIC`, which is `mach_continuous_time`.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn elapsed() -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};
    #[cfg(target_vendor = "apple")]
    let clock = ClockId::Monotonic;
    #[cfg(not(target_vendor = "apple"))]
    let clock = ClockId::Boottime;
    let time = clock_gettime(clock);
    let (seconds, nanoseconds) = (u64::try_from(time.tv_sec).ok()?, u64::try_from(time.tv_nsec).ok()?);
    Some(seconds.saturating_mul(1000).saturating_add(nanoseconds / 1_000_000))
}

/// Not known: the other clock has to do.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn elapsed() -> Option<u64> {
    None
}

/// State and start of a process, from `/proc/<pid>/stat` (proc(5), fields 3 and 22).
fn status(pid: u32) -> Option<(char, u64)> {
    parse_status(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_status(line: &str) -> Option<(char, u64)> {
    let (_, fields) = line.rsplit_once(')')?; // field 2 is the name, which may itself have spaces and brackets
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.nth(18)?.parse().ok()?))
}

/// Another user's process is not visible on Android and never was this app: it counts as gone, and so does a zombie.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn lives(pid: u32, started: u64) -> bool {
    status(pid).is_some_and(|(state, start)| !matches!(state, 'Z' | 'X') && (started == 0 || started == start))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn lives(pid: u32, _: u64) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// Not known: a process taken for dead costs an attempt, one taken for alive would hold every update back.
#[cfg(not(unix))]
fn lives(_: u32, _: u64) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_may_have_any_name() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20";
        for name in ["sh", "a b", "a) Z 1", "((", ") ) )"] {
            assert_eq!(parse_status(&format!("42 ({name}) {rest}")), Some(('S', 4711)), "{name}");
        }
        for line in ["", "42", "42 (sh)", "42 (sh) S", "42 (sh) S 1 2 3"] {
            assert_eq!(parse_status(line), None, "{line}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pid_used_twice_is_told_apart_by_its_start() {
        let (os, me) = (Os::default(), std::process::id());
        let started = process_started(me);
        assert!(started > 0);
        assert!(os.alive(me, started));
        assert!(os.alive(me, 0));
        assert!(!os.alive(me, started + 1));
        assert!(!os.alive(u32::MAX, 0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_killed_process_is_dead_before_its_parent_looked() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let (os, pid) = (Os::default(), child.id());
        assert!(os.alive(pid, process_started(pid)));
        child.kill().unwrap();
        while os.alive(pid, 0) {
            std::thread::yield_now();
        }
        child.wait().unwrap();
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn i6_the_clock_of_those_who_were_away_is_the_one_that_counts_sleep() {
        // The system's own words: seconds since it started, sleep included.
        let uptime = || {
            let text = std::fs::read_to_string("/proc/uptime").unwrap();
            text.split('.').next().unwrap().parse::<u64>().unwrap()
        };
        let (before, elapsed, after) = (uptime(), Os::default().elapsed() / 1000, uptime());
        assert!((before..=after + 1).contains(&elapsed), "{before} {elapsed} {after}");
    }

    #[test]
    fn random_bytes_differ_and_time_goes_on() {
        let os = Os::default();
        let (mut a, mut b) = ([0; 16], [0; 16]);
        os.random(&mut a);
        os.random(&mut b);
        assert_ne!(a, b);
        let before = os.monotonic();
        assert!(os.monotonic() >= before);
        let before = os.elapsed();
        assert!(os.elapsed() >= before);
        assert!(os.unix_seconds() > 1_700_000_000);
    }
}
