//! What the shell plays: the app's config with the command line laid over it, its port, its profile.
//!
//! In: arguments, `capacitor.config.json`. Out: [`Settings`]. May touch: that file (reading), the profile's folder.

use super::ShellArgs;
use super::wire::Birth;
use crate::failure::{Failure, Result};
use aloft_core::model::Digest;
use aloft_plugin::{ExitRecord, PLUGIN, Platform};
use etcetera::BaseStrategy as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Everything that is settled before the shell starts.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) app: String,
    pub(super) platform: Platform,
    pub(super) port: u16,
    /// Where the device's data lies.
    pub(super) profile: PathBuf,
    /// Folder of the builtin web assets.
    pub(super) builtin: PathBuf,
    /// Plugins whose methods answer nothing.
    pub(super) stubs: Vec<String>,
    config: String,
    build: (String, String),
}

impl Settings {
    /// # Errors
    /// `bad_config` for a config that does not parse or names no app; what the system says to the profile.
    pub(super) fn of(args: &ShellArgs) -> Result<Self> {
        let file = args.capacitor_config.clone().unwrap_or_else(|| PathBuf::from(CONFIG));
        let mut config = read(&file, args.capacitor_config.is_some())?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let app = args.app.clone().or_else(|| app_id(&config)).ok_or_else(no_app)?;
        lay_over(&mut config, args, &app);
        let web_dir = config.get("webDir").and_then(Value::as_str).map(|dir| folder.join(dir));
        let profile = match &args.profile {
            Some(profile) => profile.clone(),
            None => user_data()?.join("aloft/shell").join(file_name(&app)),
        };
        std::fs::create_dir_all(&profile).map_err(|error| Failure::io("make", &profile, &error))?;
        let profile = profile.canonicalize().map_err(|error| Failure::io("find", &profile, &error))?;
        let builtin = match args.builtin.clone().or_else(|| web_dir.filter(|dir| dir.join("index.html").is_file())) {
            Some(builtin) => builtin.canonicalize().map_err(|error| Failure::io("find", &builtin, &error))?,
            None => placeholder(&profile)?,
        };
        Ok(Self {
            platform: args.platform,
            port: args.port.unwrap_or_else(|| port(&app)),
            stubs: args.stubs.clone(),
            build: (args.build.clone(), args.build_name.clone()),
            config: config.to_string(),
            app,
            profile,
            builtin,
        })
    }

    /// What a process is born with.
    pub(super) fn birth(&self, exits: Vec<ExitRecord>) -> Birth {
        Birth {
            capacitor_config: self.config.clone(),
            app: self.app.clone(),
            platform: self.platform,
            build: self.build.clone(),
            data: self.profile.join("data"),
            builtin: self.builtin.clone(),
            exits,
        }
    }
}

/// The name under which Capacitor's config is found.
const CONFIG: &str = "capacitor.config.json";

fn read(file: &Path, named: bool) -> Result<Value> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(_) if !named => return Ok(json!({})),
        Err(error) => return Err(Failure::io("read", file, &error)),
    };
    let value = serde_json::from_str(&text).ok().filter(Value::is_object);
    value.ok_or_else(|| {
        Failure::new("bad_config", format!("{} is no JSON object", file.display()))
            .hint("`npx cap sync` writes one into the native projects, also from capacitor.config.ts")
    })
}

fn app_id(config: &Value) -> Option<String> {
    let ours = config.pointer("/plugins/CapacitorUpdater/appId");
    ours.or_else(|| config.get("appId")).and_then(Value::as_str).map(str::to_owned)
}

fn no_app() -> Failure {
    Failure::usage("which app? No --app is given and no capacitor.config.json names one")
}

/// The command line goes before the file.
fn lay_over(config: &mut Value, args: &ShellArgs, app: &str) {
    let Value::Object(members) = config else { return };
    let plugins = members.entry("plugins").or_insert_with(|| json!({}));
    if !plugins.is_object() {
        *plugins = json!({});
    }
    let Value::Object(plugins) = plugins else { return };
    let ours = plugins.entry(PLUGIN).or_insert_with(|| json!({}));
    if !ours.is_object() {
        *ours = json!({});
    }
    let Value::Object(ours) = ours else { return };
    ours.insert("appId".to_owned(), json!(app));
    if let Some(feed) = &args.feed {
        ours.insert("feed".to_owned(), json!(feed));
    }
    if let Some(channel) = &args.channel {
        ours.insert("defaultChannel".to_owned(), json!(channel));
    }
    if !args.keys.is_empty() {
        ours.insert("signingKeys".to_owned(), json!(args.keys));
    }
    if !args.encryption_keys.is_empty() {
        ours.insert("encryptionKeys".to_owned(), json!(args.encryption_keys));
    }
}

/// Storage belongs to an origin, so an app has a port of its own: 20000 and the first two bytes of the SHA-256 of its id,
/// modulo 12000. That stays below the ports that systems give to outgoing connections.
fn port(app: &str) -> u16 {
    let digest = Digest::of(app.as_bytes());
    let number = digest.bytes().iter().take(2).fold(0, |number, byte| number << 8 | u16::from(*byte));
    20_000 + number % 12_000
}

fn file_name(app: &str) -> String {
    app.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect()
}

fn user_data() -> Result<PathBuf> {
    let strategy = etcetera::choose_base_strategy();
    strategy.map(|folders| folders.data_dir()).map_err(|_| {
        Failure::new("no_home", "this user has no home folder").hint("name a folder for the device with --profile")
    })
}

/// An app without assets of its own shows a page that says so.
fn placeholder(profile: &Path) -> Result<PathBuf> {
    let folder = profile.join("builtin");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("index.html"), include_str!("browser/builtin.html")))
        .map_err(|error| Failure::io("write", &folder, &error))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: ShellArgs,
    }

    #[test]
    fn an_app_keeps_its_port() {
        assert_eq!(port("com.example.app"), port("com.example.app"));
        assert_ne!(port("com.example.app"), port("com.example.other"));
        for app in ["", "a", "com.example.app"] {
            assert!((20_000..32_000).contains(&port(app)), "{app}");
        }
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let mut config =
            json!({ "appId": "com.example.app", "plugins": { PLUGIN: { "feed": "a", "autoUpdate": "off" } } });
        let args = Line::parse_from(["shell", "--feed", "b", "--key", "k"]).args;
        lay_over(&mut config, &args, "com.example.app");
        let ours = json!({ "feed": "b", "autoUpdate": "off", "appId": "com.example.app", "signingKeys": ["k"] });
        assert_eq!(config["plugins"][PLUGIN], ours);
        let mut odd = json!({ "plugins": [] });
        lay_over(&mut odd, &args, "x");
        assert_eq!(odd["plugins"][PLUGIN]["appId"], "x");
    }
}
