//! The app's process as the shell holds it: started, told, frozen, killed.
//!
//! In: orders. Out: words, on a thread of its own. May touch: the process it started.

use super::wire::{Order, Word};
use crate::failure::{Failure, Result};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};

/// A running app. Dropped, it sees the end of its input, as an app that its user closes.
pub(super) struct Process {
    child: Child,
    orders: Option<Sender<Order>>,
}

impl Process {
    /// Start it; `hear` gets its words, and none at its end, on another thread.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn start(hear: impl Fn(Option<Word>) + Send + 'static) -> Result<Self> {
        let failed = |error| Failure::io("start", Path::new("the app's process"), &error);
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.args(["device", "shell-app"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0); // Ctrl-C is for the shell, which ends it in order
        let mut child = command.spawn().map_err(failed)?;
        let no_stream = || Failure::new("no_answer", "the app's process has no standard streams");
        let (mut input, output) =
            (child.stdin.take().ok_or_else(no_stream)?, child.stdout.take().ok_or_else(no_stream)?);
        let (orders, given) = channel::<Order>();
        // A frozen process does not read: whoever gives orders must not wait for it.
        std::thread::spawn(move || {
            for order in given {
                let Ok(line) = serde_json::to_string(&order) else { continue };
                if writeln!(input, "{line}").and_then(|()| input.flush()).is_err() {
                    return;
                }
            }
        });
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
                if let Ok(word) = serde_json::from_str(&line) {
                    hear(Some(word));
                }
            }
            hear(None);
        });
        Ok(Self { child, orders: Some(orders) })
    }

    /// Give an order. One to a process that is gone is lost, as on a phone.
    pub(super) fn tell(&self, order: Order) {
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }

    /// Stop it from running at all, until [`Self::resume`].
    ///
    /// # Errors
    /// `unsupported` where the system cannot stop a process.
    pub(super) fn freeze(&self) -> Result<()> {
        self.signal(Signal::Stop)
    }

    /// Let it run on.
    ///
    /// # Errors
    /// As [`Self::freeze`].
    pub(super) fn resume(&self) -> Result<()> {
        self.signal(Signal::Continue)
    }

    /// End it without a word.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) -> Result<()> {
        use rustix::process::{Pid, Signal as Unix, kill_process};
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let signal = match signal {
            Signal::Stop => Unix::STOP,
            Signal::Continue => Unix::CONT,
        };
        let sent = pid.map_or(Err(rustix::io::Errno::SRCH), |pid| kill_process(pid, signal));
        sent.map_err(|error| Failure::io("signal", Path::new("the app's process"), &error.into()))
    }

    #[cfg(not(unix))]
    fn signal(&self, _: Signal) -> Result<()> {
        Err(Failure::new("unsupported", "this system cannot stop a process").hint("use background and kill instead"))
    }
}

/// What is signalled.
#[derive(Clone, Copy)]
enum Signal {
    Stop,
    Continue,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.orders.take());
        // One that ended is reaped, and its number may be another's. A stopped one would not see the end of its input.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.resume();
        }
    }
}
