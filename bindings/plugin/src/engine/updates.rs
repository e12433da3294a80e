//! What the update cycle commands, carried out.
//!
//! In: moments of the process. Out: checks on the worker, activations, events, the timer. May touch: what the core touches.
//! Keeps: I13 (what takes long is done by the worker), one order of commands over all threads.

use super::Engine;
use crate::event::Event;
use crate::host::Level;
use crate::mode::{CheckEnd, CheckFailure, Finding, FindingKind, Moment, ReadyStatus, UpdateCommand};
use crate::refusal::Refusal;
use crate::runtime::Triggered;
use crate::sync::lock;
use aloft_core::model::BundleRef;
use aloft_core::model::mode::{Asked, Then};
use std::sync::Weak;

impl Engine {
    /// Does what a moment means for updates before this returns, unless another thread is at it: then that thread does it.
    pub(crate) fn moment(&self, moment: Moment) {
        self.runtime.updates.with(|queue| queue.commands.extend(queue.cycle.on(moment)));
        self.runtime.updates.drain(|command| self.carry_out(command));
        self.set_timer();
    }

    /// Begins a check because the app asks for one.
    pub(crate) fn trigger_check(&self) -> Triggered {
        if self.settings.stand_down.is_some() || self.settings.core.feed.is_none() {
            return Triggered::Unavailable;
        }
        if self.runtime.updates.with(|queue| queue.cycle.is_checking()) {
            return Triggered::AlreadyRunning;
        }
        self.moment(Moment::Triggered);
        Triggered::Queued
    }

    /// Remembers that the host's timer is not set any more.
    pub(crate) fn timer_fired(&self) {
        *lock(&self.runtime.timer) = None;
    }

    fn carry_out(&self, command: UpdateCommand) {
        match command {
            UpdateCommand::Returned(away) => {
                if let Err(error) = self.updater.returned(away) {
                    self.log(Level::Warning, &error.to_string());
                }
            }
            UpdateCommand::Check(asked, then) => self.check(asked, then),
            UpdateCommand::Activate => {
                let activated = self.activate_next();
                self.moment(activated.map_or(Moment::NotActivated, Moment::Activated));
            }
            UpdateCommand::Emit(announcement) => {
                let described = self.described();
                for event in Event::of(announcement, &described) {
                    self.emit(event);
                }
            }
            UpdateCommand::Splash(splash) => {
                self.runtime.outbox.splash(splash);
                self.deliver();
            }
        }
    }

    fn check(&self, asked: Asked, then: Then) {
        let running = CommandedCheck(self.me.clone());
        self.work(move |engine| {
            let result = engine.updater.update_then(asked, then);
            if let Ok(updated) = &result {
                engine.apply(updated.step.clone());
            }
            running.ends(CheckEnd::of(&result, || engine.updater.readiness()));
        });
    }

    fn activate_next(&self) -> Option<BundleRef> {
        self.runtime.serve()?; // a process without a page of ours leaves it to the next one
        let next = self.updater.state().slots.next().cloned()?;
        match self.updater.activate(&next) {
            Ok(step) if step.serve.is_some() => {
                self.apply(step);
                Some(next)
            }
            Ok(_) => None,
            Err(error) => {
                self.log(Level::Warning, &error.to_string());
                None
            }
        }
    }

    /// Sets the host's timer to the next time that anything is due.
    pub(super) fn set_timer(&self) {
        {
            // The lock is held until the call is in the outbox, so that of two threads the one with the newer time calls last.
            let mut asked = lock(&self.runtime.timer);
            let modes = self.runtime.updates.with(|queue| queue.cycle.due());
            let next = self.updater.due().into_iter().chain(modes).min();
            let before = std::mem::replace(&mut *asked, next);
            if let Some(at) = next.filter(|_| next != before) {
                self.runtime.outbox.wake(at);
            }
        }
        self.deliver();
    }
}

/// A check that was commanded. When it is dropped, by a panic or by a worker without a thread, it ends as failed, so that
/// another check can begin.
struct CommandedCheck(Weak<Engine>);

impl CommandedCheck {
    fn ends(mut self, ended: CheckEnd) {
        end(&std::mem::take(&mut self.0), ended);
    }
}

impl Drop for CommandedCheck {
    fn drop(&mut self) {
        let finding = Finding {
            found: FindingKind::Failed,
            error: Refusal::INTERNAL.to_owned(),
            message: "the check ended without a result; the log may say why".to_owned(),
            status_code: None,
            version: None,
            breaking: None,
        };
        end(&self.0, CheckEnd::Failed(CheckFailure { finding, status: ReadyStatus::CheckFailed }));
    }
}

fn end(engine: &Weak<Engine>, ended: CheckEnd) {
    if let Some(engine) = engine.upgrade() {
        engine.moment(Moment::Ended { ended, at: engine.now() });
    }
}
