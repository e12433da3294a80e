//! A device over a folder, its app's processes, and the site they ask.

use super::Desk;
use aloft_cli::serve::Server;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

pub struct Phone {
    pub desk: Desk,
    pub server: Server,
}

impl Phone {
    /// A device of an app whose channel has no release yet.
    pub fn new() -> Self {
        let desk = Desk::new();
        desk.bundle("builtin", "builtin");
        fs::create_dir_all(desk.path("site")).unwrap();
        let server = Server::local(&desk.path("site")).unwrap();
        let phone = Self { desk, server };
        phone.init(&[]);
        phone
    }

    /// The same, with release 1 installed, launched and confirmed.
    pub fn on_first() -> Self {
        let phone = Self::new();
        phone.release("1");
        assert_eq!(phone.json(&["update"])["status"], "staged");
        let mut app = phone.launch(&[]);
        app.tell("page");
        assert_eq!(app.tell("confirm")["outcome"], "confirmed");
        drop(app);
        phone.shows("1");
        phone
    }

    /// The same, with release 2 staged on top.
    pub fn with_second() -> Self {
        let phone = Self::on_first();
        phone.release("2");
        assert_eq!(phone.json(&["update"])["status"], "staged");
        phone
    }

    pub fn init(&self, more: &[&str]) -> Value {
        self.json(
            &[&self.init_arguments()[..], &more.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()].concat(),
        )
    }

    pub fn init_arguments(&self) -> Vec<String> {
        let keys = self.desk.json(&["keys", "show", "--secret"]);
        let (public, secret) = (&keys["signing"]["public_key"], Self::secret(&keys));
        let (feed, public) = (self.server.url(), public.as_str().unwrap());
        ["init", "--app", "com.example.app", "--feed", feed, "--key", public, "--encryption-key", &secret]
            .into_iter()
            .chain(["--builtin", "builtin"])
            .map(str::to_owned)
            .collect()
    }

    fn secret(keys: &Value) -> String {
        let text = keys.to_string();
        let begin = text.find("aes256:").unwrap();
        text[begin..].split('"').next().unwrap().to_owned()
    }

    /// Publish a release whose page names it.
    pub fn release(&self, version: &str) -> Value {
        let folder = format!("www{version}");
        self.desk.bundle(&folder, version).publish(&folder, version, &["--encrypt"])
    }

    pub fn json(&self, arguments: &[impl AsRef<str>]) -> Value {
        self.desk.json(&Self::device(arguments))
    }

    /// What people read.
    pub fn human(&self, arguments: &[&str]) -> String {
        let output = self.desk.run(&Self::device(arguments));
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn fails(&self, arguments: &[impl AsRef<str>]) -> (String, i32) {
        self.desk.fails(&Self::device(arguments))
    }

    fn device(arguments: &[impl AsRef<str>]) -> Vec<&str> {
        ["device"].into_iter().chain(arguments.iter().map(AsRef::as_ref)).collect()
    }

    /// The id under which the device keeps a release.
    pub fn id(&self, version: &str) -> String {
        let status = self.json(&["status"]);
        let kept = status["bundles"].as_array().unwrap().iter().find(|kept| kept["version"] == version);
        kept.unwrap_or_else(|| panic!("{version} is not kept: {status}"))["id"].as_str().unwrap().to_owned()
    }

    /// The release in a slot, or `builtin`.
    pub fn version(&self, bundle: &Value) -> String {
        let status = self.json(&["status"]);
        let kept = status["bundles"].as_array().unwrap().iter().find(|kept| kept["id"] == *bundle);
        kept.map_or_else(|| bundle.as_str().unwrap(), |kept| kept["version"].as_str().unwrap()).to_owned()
    }

    /// The device's current bundle must be this release.
    pub fn shows(&self, version: &str) {
        assert_eq!(self.version(&self.json(&["status"])["current"]), version);
    }

    /// Reasons of the reports, oldest first.
    pub fn reasons(&self) -> Vec<String> {
        let reports = self.json(&["reports"]);
        reports.as_array().unwrap().iter().map(|report| report["reason"].as_str().unwrap().to_owned()).collect()
    }

    /// A process of the app.
    pub fn launch(&self, options: &[&str]) -> App {
        let arguments = [&["run", "--clock", "manual"], options].concat();
        let mut command = self.desk.command(&Self::device(&arguments));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (lines, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut app = App { child, lines, answers, launched: Value::Null };
        app.launched = app.answer();
        assert_eq!(app.launched["event"], "launch");
        app
    }

    /// One launch that is looked at for a while, then SIGKILL; the release it showed.
    pub fn life(&self, options: &[&str], events: &[&str]) -> String {
        let mut app = self.launch(options);
        for event in events {
            app.tell(event);
        }
        self.version(&app.launched["serve"]["bundle"])
    }
}

/// One process of the app. Dropped, it dies by SIGKILL.
pub struct App {
    child: Child,
    lines: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub launched: Value,
}

impl App {
    /// Tell it an event; its answer.
    pub fn tell(&mut self, event: &str) -> Value {
        writeln!(self.lines, "{event}").unwrap();
        let answer = self.answer();
        assert_eq!(answer["event"], event.split(' ').next().unwrap());
        answer
    }

    /// The outcome of an event, with its detail.
    pub fn outcome(&mut self, event: &str) -> String {
        let answer = self.tell(event);
        let words = [&answer["outcome"], &answer["detail"]];
        words.iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub fn token(&self) -> String {
        self.launched["serve"]["token"].as_str().unwrap().to_owned()
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
