//! The running serve and its counters: one sector, written in place without a sync (formats 13.4).
//!
//! In: marks. Out: the last ones a process wrote; lost in a power cut. May touch: `marks`. Under the state lock, safe on a
//! main thread. Keeps: I5, I6 (what a killed process counted is not lost with it).

use super::frame::{Form, Found, encode};
use super::{Store, names};
use crate::model::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One sector, in bytes: a write of one is never torn by the death of the process.
pub const SECTOR: usize = 512;

/// The frame of the marks; their JSON has 456 bytes.
pub const FORM: Form = Form { magic: b"ALOFTmrk", schema: 1, reads: 1, cap: SECTOR, what: "marks" };

/// Read the marks. Absent and lost mean the same: they are void.
pub fn load<T: DeserializeOwned>(store: &Store) -> Found<T> {
    store.load(&store.path(names::MARKS), &FORM)
}

/// Write the marks in place, without a sync: they outlive the process, not the power.
///
/// # Errors
/// `too_large` beyond a sector; `storage_write` and its kin, which cost no more than the counts.
pub fn save(store: &Store, marks: &impl Serialize) -> Result<()> {
    let mut bytes = encode(&FORM, 0, marks)?;
    bytes.resize(SECTOR, 0);
    let path = store.path(names::MARKS);
    store.fs().write_at(&path, 0, &bytes).map_err(store.failed("write", &path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keep::store::tests::store_on;
    use crate::model::Code;
    use crate::testing::{CrashFs, Loss};

    fn found(fs: &CrashFs) -> Option<String> {
        match load(&store_on(fs)) {
            Found::Value(marks) => Some(marks),
            Found::Absent => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn i6_marks_outlive_the_process_and_not_the_power() {
        let fs = CrashFs::default();
        let store = store_on(&fs);
        store.create().unwrap();
        save(&store, &"a long first one").unwrap();
        let operations = fs.operations();
        save(&store, &"two").unwrap();
        assert_eq!(fs.operations(), operations + 1, "one write, no sync");
        assert_eq!(found(&fs.after(Loss::Process)).as_deref(), Some("two"));
        assert_eq!(found(&fs.after(Loss::ALL[4])), None);
    }

    #[test]
    fn marks_are_written_on_a_full_disk() {
        let fs = CrashFs::default();
        let store = store_on(&fs);
        store.create().unwrap();
        save(&store, &"one").unwrap();
        fs.set_free(0);
        save(&store, &"x".repeat(454)).unwrap();
        assert_eq!(save(&store, &"x".repeat(455)).unwrap_err().code(), Code::TooLarge);
    }
}
