//! The shell's one port on loopback: the app's files, its pages' calls, the control window's commands.
//!
//! In: requests that [`Guard`] lets in. Out: files, streams of lines, JSON. May touch: the bundle that is shown (reading).
//! Files are served as Capacitor does it: a path without an extension is the app's `index.html`.

use super::document::{OURS, own_script, page_script, with_script};
use super::guard::Guard;
use super::phone::{Life, Phone, answered};
use super::settings::Settings;
use super::wire::{Answered, Call, Order};
use super::{ShellArgs, random};
use crate::failure::{Failure, Result};
use aloft_plugin::{Exit, PLUGIN};
use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc::UnboundedReceiver;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// A shell on a thread of its own. It goes on until the process ends.
pub(crate) struct Shell {
    inside: Arc<Inside>,
}

struct Inside {
    phone: Arc<Phone>,
    guard: Guard,
    url: String,
}

type Shared = State<Arc<Inside>>;

impl Shell {
    /// Settle everything, take the port, serve.
    ///
    /// # Errors
    /// As [`Settings::of`]; `port_taken`.
    pub(crate) fn start(args: &ShellArgs) -> Result<Self> {
        let settings = Settings::of(args)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).map_err(|error| {
            Failure::new("port_taken", format!("port {} of 127.0.0.1: {error}", settings.port))
                .hint("end the other shell of this app, or choose another --port (storage belongs to a port)")
        })?;
        settings.install()?; // only now: another shell of this app would be serving it
        let failed = |error| Failure::io("listen for", Path::new("the app"), &error);
        let host = listener.local_addr().map_err(failed)?.to_string();
        listener.set_nonblocking(true).map_err(failed)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(failed)?;
        let url = format!("http://{host}");
        let guard = Guard::new(host, random());
        let inside = Arc::new(Inside { phone: Phone::new(settings), guard, url });
        let router = router(&inside);
        std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                let _ = axum::serve(listener, router).await; // it ends with the process
            });
        });
        Ok(Self { inside })
    }

    /// Where the app is.
    pub(crate) fn app_url(&self) -> String {
        format!("{}/", self.inside.url)
    }

    /// Where the control window is.
    pub(crate) fn control_url(&self) -> String {
        format!("{}{OURS}", self.inside.url)
    }

    /// Number of the page that talks; 0: none yet.
    pub(crate) fn page(&self) -> u64 {
        self.inside.phone.state().page
    }

    /// Has a page of what is shown called the plugin?
    pub(crate) fn is_heard(&self) -> bool {
        let state = self.inside.phone.state();
        state.heard == state.serve
    }

    /// The app's user closes it.
    ///
    /// # Errors
    /// `not_running`.
    pub(crate) fn swipe_away(&self) -> Result<()> {
        self.inside.phone.kill(Exit::UserRequested)
    }

    /// The app's user opens it.
    ///
    /// # Errors
    /// What the system says to the process.
    pub(crate) fn launch(&self) -> Result<()> {
        self.inside.phone.launch()
    }

    /// The plugin's answer to a call. Blocks until it is there.
    ///
    /// # Errors
    /// What the plugin refused, with its code in the message; `not_running`.
    pub(crate) fn ask(&self, method: &str, options: Value) -> Result<Value> {
        let answer = self.inside.phone.ask(method.to_owned(), options)?;
        match answer.blocking_recv() {
            Ok(Answered::Ok(value)) => Ok(value),
            Ok(Answered::Error(error)) => Err(Failure::new("step_failed", format!("{method}: {error}"))),
            Err(_) => Err(Failure::new("not_running", "the app died before it answered")),
        }
    }

    pub(crate) fn secret(&self) -> &str {
        self.inside.guard.secret()
    }

    pub(crate) fn profile(&self) -> &Path {
        &self.inside.phone.settings.profile
    }
}

fn router(inside: &Arc<Inside>) -> axum::Router {
    axum::Router::new()
        .route("/__aloft/", get(|| async { Html(include_str!("browser/control.html")) }))
        .route(
            "/__aloft/control.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css")], include_str!("browser/control.css")) }),
        )
        .route(
            "/__aloft/control.js",
            get(|state: Shared| async move { own(&state, include_str!("browser/control.js")) }),
        )
        .route("/__aloft/page.js", get(page_js))
        .route("/__aloft/page", post(page))
        .route("/__aloft/calls", post(calls))
        .route("/__aloft/changes", post(changes))
        .route("/__aloft/control/{command}", post(control))
        .fallback(file)
        .layer(from_fn_with_state(Arc::clone(inside), guarded))
        .with_state(Arc::clone(inside))
}

/// Let in whom the guard lets in. Nothing may be kept: another bundle has other files under the same names, and a service
/// worker cannot keep what varies by everything.
async fn guarded(State(inside): Shared, request: Request, next: Next) -> Response {
    if let Some(why) = inside.guard.refuses(request.method(), request.uri().path(), request.headers()) {
        let hint = format!("refused: {why}. The app is at {}/\n", inside.url);
        return (StatusCode::FORBIDDEN, hint).into_response();
    }
    let ours = request.uri().path().starts_with(OURS);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.remove(header::LAST_MODIFIED);
    if ours {
        headers.insert(header::VARY, HeaderValue::from_static("*"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN")); // nobody clicks our buttons for others
    }
    response
}

/// A file of what is shown. A process that was killed shows nothing.
async fn file(State(inside): Shared, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let (serve, shown) = match inside.phone.shown().await {
        Ok(Some(shown)) => shown,
        Ok(None) => return Html(with_script(b"<!doctype html><title>Killed</title>", 0)).into_response(),
        Err(failure) => return (StatusCode::INTERNAL_SERVER_ERROR, failure.to_string()).into_response(),
    };
    let root = shown.bundle.as_deref().unwrap_or(&inside.phone.settings.builtin);
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let path = if name.contains('.') { uri.path() } else { "/index.html" };
    let mut ask = axum::http::Request::builder().uri(path);
    if let Some(range) = headers.get(header::RANGE) {
        ask = ask.header(header::RANGE, range);
    }
    let Ok(ask) = ask.body(Body::empty()) else { return StatusCode::BAD_REQUEST.into_response() };
    let Ok(found) = ServeDir::new(root).append_index_html_on_directories(false).oneshot(ask).await;
    let html = found.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !html || found.status() != StatusCode::OK {
        return found.map(Body::new);
    }
    match to_bytes(Body::new(found.into_body()), usize::MAX).await {
        Ok(html) => Html(with_script(&html, serve)).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

#[derive(Deserialize)]
struct Delivered {
    serve: Option<u64>,
}

async fn page_js(State(inside): Shared, uri: Uri) -> Response {
    let asked = uri.query().and_then(|query| query.strip_prefix("serve=")).and_then(|serve| serve.parse().ok());
    match inside.phone.shown().await {
        Ok(Some((serve, shown))) => {
            let settings = &inside.phone.settings;
            script(page_script(settings, inside.guard.secret(), asked, serve, &shown))
        }
        _ => own(&inside, include_str!("browser/killed.js")),
    }
}

fn own(inside: &Inside, body: &str) -> Response {
    script(own_script(inside.guard.secret(), body))
}

fn script(text: String) -> Response {
    ([(header::CONTENT_TYPE, "text/javascript")], text).into_response()
}

/// A page begins; the answer is the stream of what it is told.
async fn page(State(inside): Shared, Json(delivered): Json<Delivered>) -> Response {
    Body::new(Lines(inside.phone.page(delivered.serve.unwrap_or(0)))).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Calls {
    page: u64,
    calls: Vec<Message>,
}

/// A bridge message, as Capacitor's runtime posts it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    callback_id: String,
    plugin_id: String,
    method_name: String,
    #[serde(default)]
    options: Value,
}

async fn calls(State(inside): Shared, Json(given): Json<Calls>) -> StatusCode {
    let page = given.page;
    let ours = given.calls.into_iter().filter(|message| message.plugin_id == PLUGIN);
    let calls = ours.map(|message| Call {
        page,
        callback: message.callback_id,
        method: message.method_name,
        options: message.options,
    });
    inside.phone.calls(page, calls.collect());
    StatusCode::NO_CONTENT
}

/// A line with the whole state at every change.
async fn changes(State(inside): Shared) -> Response {
    let (send, lines) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut changes = inside.phone.changes();
        loop {
            let line = serde_json::to_string(&inside.phone.state()).unwrap_or_default() + "\n";
            if send.send(line).is_err() || changes.changed().await.is_err() {
                return;
            }
        }
    });
    Body::new(Lines(lines)).into_response()
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Command {
    /// For `kill` and `gone`.
    exit: Option<Exit>,
    /// For `call`.
    method: String,
    options: Value,
}

async fn control(
    State(inside): Shared,
    axum::extract::Path(command): axum::extract::Path<String>,
    body: Bytes,
) -> Response {
    let given: Command = match serde_json::from_slice(if body.is_empty() { b"{}" } else { &body }) {
        Ok(given) => given,
        Err(error) => return failed(&Failure::usage(error.to_string())),
    };
    let phone = &inside.phone;
    let done = match command.as_str() {
        "state" => Ok(()),
        "foreground" => phone.tell(&command, Order::Foreground),
        "background" => phone.tell(&command, Order::Background),
        "cover" => phone.tell(&command, Order::Covered),
        "gone" => phone.tell(&command, Order::Gone { exit: given.exit.unwrap_or(Exit::Crash) }),
        "freeze" => phone.frozen(Life::Frozen),
        "resume" => phone.frozen(Life::Running),
        "kill" => phone.kill(given.exit.unwrap_or(Exit::Signaled)),
        "relaunch" => phone.launch(),
        "call" => {
            return match phone.ask(given.method, given.options) {
                Ok(answer) => match answer.await {
                    Ok(answer) => Json(answered(answer)).into_response(),
                    Err(_) => failed(&Failure::new("not_running", "the app died before it answered")),
                },
                Err(failure) => failed(&failure),
            };
        }
        _ => return failed(&Failure::usage(format!("`{command}` is not a command"))),
    };
    match done {
        Ok(()) => Json(json!(phone.state())).into_response(),
        Err(failure) => failed(&failure),
    }
}

fn failed(failure: &Failure) -> Response {
    (StatusCode::CONFLICT, Json(failure.to_json())).into_response()
}

/// A body of lines, sent as they come.
struct Lines(UnboundedReceiver<String>);

impl http_body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<http_body::Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(context).map(|line| line.map(|line| Ok(http_body::Frame::data(Bytes::from(line)))))
    }
}
