//! What drives the update modes: moments in, commands out to the core, the worker and the host.
//!
//! In: lifecycle, the worker's results. Out: calls of the core and of the [`Host`]. May touch: what the core touches.
//! Keeps: I13 (a command that takes long is the worker's), the order of commands over all threads.

use crate::bundle_info::Described;
use crate::event;
use crate::host::{Host, Level, Load};
use crate::outbox::{Event, Outbox};
use crate::page::Pages;
use crate::worker::Worker;
use aloft_core::decide::mode::{Command, Cycle, Moment, Plan};
use aloft_core::edge::ports::System;
use aloft_core::model::BundleRef;
use aloft_core::model::event::Outcome;
use aloft_core::model::mode::{Asked, Leaving, Then};
use aloft_core::updater::{Step, Updater};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
