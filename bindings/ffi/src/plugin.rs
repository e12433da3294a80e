//! The one object: lifecycle typed, everything else `call`.
//!
//! In: calls of Kotlin and Swift. Out: the same to `aloft-plugin`. May touch: nothing of its own. Keeps: I1.

use crate::host::{Foreign, PluginHost};
use crate::types::{CallFailed, ExitReason, HostFacts, HostSetup, LeavingHow, PageToShow, SceneActivation};
use aloft_plugin as inner;
use serde_json::{Value, json};
use std::sync::Arc;

/// The plugin; one for each app process.
#[derive(uniffi::Object)]
pub struct Plugin {
    inner: Arc<inner::Plugin>,
    host: Arc<dyn PluginHost>,
}

#[uniffi::export]
#[allow(clippy::missing_errors_doc)] // `Result` is there for panics, and for what CallFailed says
impl Plugin {
    /// Open the plugin. No I/O; never fails for what is configured: that is in `status` and in the log.
    #[uniffi::constructor]
    pub fn open(setup: HostSetup, host: Arc<dyn PluginHost>) -> Result<Arc<Self>, CallFailed> {
        let inner = inner::Plugin::open(&setup.into(), Arc::new(Foreign(host.clone())));
        Ok(Arc::new(Self { inner, host }))
    }

    /// What the first page of this process shows; the host loads it.
    pub fn launch(&self, facts: HostFacts) -> Result<PageToShow, CallFailed> {
        Ok(self.inner.launch(&facts.into()).into())
    }

    /// A new web view or Activity in this process: what it shows.
    pub fn attached(&self) -> Result<PageToShow, CallFailed> {
        Ok(self.inner.attached().into())
    }

    /// The host could not wait for the core: this process shows the builtin web assets and only works.
    pub fn missed(&self, facts: HostFacts) -> Result<(), CallFailed> {
        self.inner.missed(&facts.into());
        Ok(())
    }

    /// A page announced itself with its token.
    pub fn page_began(&self, token: &str) -> Result<(), CallFailed> {
        self.inner.page_began(token);
        Ok(())
    }

    /// The app is active.
    pub fn foreground(&self) -> Result<(), CallFailed> {
        self.inner.foreground();
        Ok(())
    }

    /// The app leaves the foreground.
    pub fn background(&self, leaving: LeavingHow) -> Result<(), CallFailed> {
        self.inner.background(leaving.into());
        Ok(())
    }

    /// The system says that the process ends.
    pub fn terminating(&self) -> Result<(), CallFailed> {
        self.inner.terminating();
        Ok(())
    }

    /// The timer of `wake` fired.
    pub fn tick(&self) -> Result<(), CallFailed> {
        self.inner.tick();
        Ok(())
    }

    /// The renderer of the page that is shown is gone.
    pub fn render_gone(&self, exit: ExitReason) -> Result<(), CallFailed> {
        self.inner.render_gone(exit.into());
        Ok(())
    }

    /// `html` with the script of a page as the first one that runs in it, for web views without document-start scripts.
    pub fn with_script(&self, html: &str, script: &str) -> Result<String, CallFailed> {
        Ok(inner::with_script(html, script))
    }

    /// Do `method` with these options (JSON); the host's `answer` gets `id` back, from this thread or from the worker's.
    pub fn call(&self, id: String, method: &str, options: &str) -> Result<(), CallFailed> {
        let options: Value = serde_json::from_str(options)
            .map_err(|error| CallFailed::BadOptions { method: method.to_owned(), detail: error.to_string() })?;
        let host = self.host.clone();
        let answer = move |result| {
            let answer = match result {
                Ok(value) => json!({ "ok": value }),
                Err(refusal) => json!({ "error": refusal }),
            };
            let _ = host.answer(id, answer.to_string());
        };
        self.inner.call(method, &options, Box::new(answer));
        Ok(())
    }
}

/// Reports whether a process of iOS starts in the foreground, by what the system says of the application and of its scenes.
#[uniffi::export]
#[allow(clippy::missing_errors_doc)] // `Result` is there for panics
pub fn started_in_foreground(application: SceneActivation, scenes: Vec<SceneActivation>) -> Result<bool, CallFailed> {
    let scenes: Vec<_> = scenes.into_iter().map(Into::into).collect();
    Ok(inner::started_in_foreground(application.into(), &scenes))
}
