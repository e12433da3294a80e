//! What the shell plays: the app's config with the command line laid over it, its port, its profile.
//!
//! In: arguments, `capacitor.config.json`. Out: [`Settings`]. May touch: that file (reading), the profile's folder.

use super::ShellArgs;
use super::wire::Birth;
use crate::capacitor;
use crate::failure::{Failure, Result};
use crate::files;
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
    /// Folder of the builtin web assets, ours alone.
    pub(super) builtin: PathBuf,
    /// What is copied there.
    assets: Option<PathBuf>,
    /// Plugins whose methods answer nothing.
    pub(super) stubs: Vec<String>,
    config: String,
    build: (String, String),
}

impl Settings {
    /// # Errors
    /// `bad_config` for a config that does not parse or names no app; what the system says to the profile.
    pub(super) fn of(args: &ShellArgs) -> Result<Self> {
        let mut config = config(args)?;
        let app = args.app.as_deref().or_else(|| capacitor::app_id(&config)).ok_or_else(no_app)?.to_owned();
        lay_over(&mut config, args, &app);
        let web_dir = config.get("webDir").and_then(Value::as_str).map(|dir| app_folder(args).join(dir));
        let profile = match &args.profile {
            Some(profile) => profile.clone(),
            None => user_data()?.join("aloft/shell").join(file_name(&app)),
        };
        files::storable(&std::path::absolute(&profile).unwrap_or_else(|_| profile.clone()))?; // the app's process is told it as JSON
        std::fs::create_dir_all(&profile).map_err(|error| Failure::io("make", &profile, &error))?;
        let profile = profile.canonicalize().map_err(|error| Failure::io("find", &profile, &error))?;
        Ok(Self {
            platform: args.platform,
            port: args.port.unwrap_or_else(|| port(&app)),
            stubs: args.stubs.clone(),
            build: (args.build.clone(), args.build_name.clone()),
            config: config.to_string(),
            app,
            builtin: profile.join("installed"),
            assets: args.builtin.clone().or_else(|| web_dir.filter(|dir| dir.join("index.html").is_file())),
            profile,
        })
    }

    /// Copy the builtin assets, as an installation does: a build that comes later does not change what is inside the app.
    /// An app without any shows a page that says so.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn install(&self) -> Result<()> {
        match std::fs::remove_dir_all(&self.builtin) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::io("clear", &self.builtin, &error));
            }
            _ => {}
        }
        match &self.assets {
            Some(assets) => files::copy_folder(assets, &self.builtin),
            None => files::write(&self.builtin.join("index.html"), include_bytes!("browser/builtin.html")),
        }
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

/// The app's config; one that is not there says nothing.
///
/// # Errors
/// As [`capacitor::read`].
pub(super) fn config(args: &ShellArgs) -> Result<Value> {
    let file = args.capacitor_config.clone().or_else(|| capacitor::find(Path::new("")));
    file.map_or_else(|| Ok(json!({})), |file| capacitor::read(&file))
}

/// What `webDir` is relative to.
fn app_folder(args: &ShellArgs) -> &Path {
    args.capacitor_config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
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
    fn a_build_that_comes_later_does_not_change_what_is_inside_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let (dist, config) = (folder.path().join("dist"), folder.path().join("capacitor.config.json"));
        files::write(&config, br#"{ "appId": "com.example.app" }"#).unwrap();
        files::write(&dist.join("index.html"), b"old").unwrap();
        let settings = Settings::of(&ShellArgs::of(config, dist.clone(), folder.path().join("profile"))).unwrap();
        let shown = || std::fs::read(settings.builtin.join("index.html")).unwrap();
        settings.install().unwrap();
        files::write(&dist.join("index.html"), b"new").unwrap();
        assert_eq!(shown(), b"old");
        settings.install().unwrap();
        assert_eq!(shown(), b"new");
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
