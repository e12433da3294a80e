//! Which channel of which site a command is about.
//!
//! In: arguments, settings. Out: the settings with that place in them. May touch: nothing.

use super::Settings;
use std::path::PathBuf;

/// Which channel of which site.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Place {
    /// The channel [default: as in aloft.toml]
    #[arg(long, short = 'c', env = "ALOFT_CHANNEL")]
    pub(crate) channel: Option<String>,
    /// Folder of the site [default: as in aloft.toml]
    #[arg(long, env = "ALOFT_SITE")]
    pub(crate) site: Option<PathBuf>,
}

impl Place {
    /// The settings with this place in them.
    pub(crate) fn within(self, settings: Settings) -> Settings {
        let site = self.site.unwrap_or(settings.site);
        Settings { channel: self.channel.unwrap_or(settings.channel), site, ..settings }
    }
}
