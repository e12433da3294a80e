//! The document-start script: it gives a page its token and lets it announce itself (architecture 6).
//!
//! In: what is served. Out: JavaScript for every web view since Chrome 61. May touch: nothing. Keeps: I4.
//!
//! It posts an ordinary bridge message, so that a later call of the same page cannot overtake it. A page that is controlled by
//! the service worker of another bundle does not announce itself: it clears the worker away and loads once more. Of Cache Storage
//! only a worker's copies of files go, for an app may keep data of its own there.

use crate::config::ServiceWorkers;
use aloft_core::updater::Serve;

const SCRIPT: &str = include_str!("document_start.js");

/// The script for the page of `serve`.
pub(crate) fn document_start(serve: &Serve, workers: ServiceWorkers) -> String {
    let clear = workers == ServiceWorkers::Clear && serve.clear_service_workers;
    SCRIPT.replace("__TOKEN__", serve.token.as_str()).replace("__CLEAR__", if clear { "true" } else { "false" })
}
