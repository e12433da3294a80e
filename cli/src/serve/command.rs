//! The command `aloft serve`.
//!
//! In: arguments. Out: one line for the address, then one for each answer, for people or as JSON.
//! May touch: what [`Server`] may. Keeps: that every line is a whole JSON value with `--json`.

use super::{Entry, Fault, Server};
use crate::failure::{Failure, Result};
use crate::output::Output;
use serde::Serialize;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc;

/// Serve a site for trying it out, with faults if wanted.
#[derive(Debug, Clone, clap::Args)]
pub struct ServeArgs {
    /// The folder that `aloft publish` writes to
    pub site: PathBuf,
    /// Where to listen; port 0 takes a free one. Devices accept plain HTTP from their own machine only
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// What to do wrong.
    #[arg(
        long = "fault",
        value_name = "FAULT",
        help = "Do something wrong: KIND[=VALUE][@PATTERN][#TIMES], e.g. cut=100000@artifacts/*#1; may be repeated"
    )]
    pub faults: Vec<Fault>,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    Listening { url: &'a str },
    Request(&'a Entry),
}

/// Serve until the process ends or nobody reads `out` any more. Blocks.
///
/// # Errors
/// What the system says to the folder, the address or `out`.
pub fn run(args: &ServeArgs, output: Output, out: &mut dyn Write) -> Result<()> {
    listen(args, output, out).map_err(|error| Failure::io("serve", &args.site, &error))
}

fn listen(args: &ServeArgs, output: Output, out: &mut dyn Write) -> io::Result<()> {
    let server = Server::start(&args.site, args.listen, args.faults.clone())?;
    let (finished, entries) = mpsc::channel();
    server.on_finished(move |entry| drop(finished.send(entry)));
    write_line(&Event::Listening { url: server.url() }, output, out)?;
    for entry in entries {
        write_line(&Event::Request(&entry), output, out)?;
    }
    Ok(())
}

fn write_line(event: &Event<'_>, output: Output, out: &mut dyn Write) -> io::Result<()> {
    match (output, event) {
        (Output::Json, event) => writeln!(out, "{}", serde_json::to_string(event)?)?,
        (Output::Human, Event::Listening { url }) => writeln!(out, "serving at {url} (Ctrl-C ends it)")?,
        (Output::Human, Event::Request(entry)) => {
            let range = entry.range.as_deref().map(|range| format!("  {range}")).unwrap_or_default();
            writeln!(out, "{} {} {:>10} B  {}{range}", entry.status, entry.method, entry.bytes, entry.path)?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_for_people_or_for_programs() {
        let entry =
            Entry { method: "GET".into(), path: "/a".into(), range: Some("bytes=5-".into()), status: 206, bytes: 7 };
        let line = |event: Event<'_>, output| {
            let mut out = Vec::new();
            write_line(&event, output, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let json = r#"{"event":"request","method":"GET","path":"/a","range":"bytes=5-","status":206,"bytes":7}"#;
        assert_eq!(line(Event::Request(&entry), Output::Json), format!("{json}\n"));
        assert_eq!(line(Event::Request(&entry), Output::Human), "206 GET          7 B  /a  bytes=5-\n");
        let listening = Event::Listening { url: "http://127.0.0.1:1" };
        assert_eq!(line(listening, Output::Json), "{\"event\":\"listening\",\"url\":\"http://127.0.0.1:1\"}\n");
    }
}
