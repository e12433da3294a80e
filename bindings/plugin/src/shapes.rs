//! TypeScript types of values that the code keeps as text or as they came.
//!
//! In: the core's lists of names. Out: types for the contract. May touch: nothing.
#![allow(dead_code, clippy::struct_field_names)] // their shape is what counts

use crate::mode::UpdateMode;
use aloft_core::model::report::Reason;
use serde::{Deserialize, Serialize};
use strum::VariantArray as _;
use ts_rs::{Config, TS};

/// `autoUpdate`.
pub(crate) struct FlagOrMode;

impl TS for FlagOrMode {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        format!("boolean | {}", union(UpdateMode::VARIANTS))
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

/// Why the slots changed.
pub(crate) struct Reasons;

impl TS for Reasons {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        union(Reason::VARIANTS)
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

fn union<T: ToString>(names: &[T]) -> String {
    names.iter().map(|name| format!("'{}'", name.to_string())).collect::<Vec<_>>().join(" | ")
}

/// The kinds that are documented; any other is `background`.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum DelayKind {
    Background,
    Kill,
    NativeVersion,
    Date,
}

/// A file of a bundle, where a server answers with a list.
#[derive(Serialize, Deserialize, TS)]
pub(crate) struct ManifestEntry {
    file_name: Option<String>,
    file_hash: Option<String>,
    download_url: Option<String>,
}

/// What `getMissingBundleFiles` will answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Missing {
    missing: Vec<ManifestEntry>,
    total: u32,
    missing_count: u32,
    reusable_count: u32,
}

/// What `getBundleDownloadSize` will answer.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DownloadSize {
    total_size: u64,
    known_files: u32,
    unknown_files: u32,
    files: Vec<FileSize>,
}

/// The size of a file of a list.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub(crate) struct FileSize {
    #[ts(optional = false)]
    file_name: Option<String>,
    #[ts(optional = false)]
    file_hash: Option<String>,
    #[ts(optional = false)]
    download_url: Option<String>,
    size: Option<u64>,
    error: Option<String>,
}
