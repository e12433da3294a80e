//! The demo, told to programs.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Desk;

/// Each step, and a part of what it says.
const STORY: [(&str, &str); 13] = [
    ("publish 1, encrypted and signed", "root "),
    ("the device installs 1, boots and confirms", "confirmed by its token"),
    ("publish 2 for 25 %: this device is out", "out at 25 %, in at 100 %"),
    ("the download is cut and the process killed", "the app still boots 1"),
    ("the next run resumes; 2 boots and confirms", "bytes fetched in this run"),
    ("publish 3, whose page never confirms", "staged"),
    ("two launches, then back on 2 by itself", "not_confirmed; 3 is not taken again"),
    ("a tampered artifact is refused", "digest_mismatch; the app still boots 2"),
    ("an old channel document is refused", "replayed; the app still boots 2"),
    ("a forged signature is refused", "signature_invalid; the app still boots 2"),
    ("withdraw 2: left in the same session", "the same process now shows "),
    ("the channel goes back to 1: the device follows", "0 bytes fetched: the bundle is still kept"),
    ("native update: builtin, and no way back", "builtin is served"),
];

#[test]
fn every_step_of_the_demo_goes_as_told() {
    let desk = Desk::new();
    let told = desk.json(&["demo", "--keep", "kept"]);
    let rows = told.as_array().unwrap();
    assert_eq!(rows.len(), STORY.len());
    for (row, (step, result)) in rows.iter().zip(STORY) {
        assert_eq!(row["step"], step);
        assert!(row["result"].as_str().unwrap().contains(result), "{row}");
        assert!(row["bytes"].is_u64() && row["ms"].is_u64(), "{row}");
    }
    let says = |n: usize, what: &str| rows[n]["result"].as_str().unwrap().contains(what);
    assert!(says(1, "a whole pack of ") && says(5, " bytes from 2, where the zip has "), "{told}");
    let bytes = |n: usize| rows[n]["bytes"].as_u64().unwrap();
    assert_eq!(bytes(0), 0, "a publisher asks no server");
    assert!(bytes(1) > bytes(4), "a resumed download fetches less: {told}");
    assert!(bytes(5) < 5000, "what 2 and 3 have in common is not sent: {told}");
    assert!(desk.path("kept/site/channels/production.json").is_file());
    assert_eq!(desk.fails(&["demo", "--keep", "kept"]), ("folder_exists".to_owned(), 3));
}
