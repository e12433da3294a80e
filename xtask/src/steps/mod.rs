//! The steps of the gate, in order of how soon they say no.
//!
//! In: the gate. Out: a verdict each. May touch: the checkout only to read, `target/`, and what tests make for themselves.
//! How to add one: CONTRIBUTING.md.

mod bindings;
mod browser;
mod capacitor;
mod clock;
mod jvm;
mod native;
mod near;
mod package;
mod rust;
mod swift;
mod targets;
mod workflows;

pub(crate) use near::NEAR;
pub(crate) use rust::advisories;

use crate::gate::{Gate, Step, Verdict};
use crate::tools;

/// Every step, in the order they run.
pub(crate) const ALL: &[Step] = &[
    Step { name: "fetch", run: rust::fetch },
    Step { name: "format", run: rust::format },
    Step { name: "lines", run: native::lines },
    Step { name: "workflows", run: workflows::lint },
    Step { name: "lints", run: rust::lints },
    Step { name: "docs", run: rust::docs },
    Step { name: "tools", run: tools_of_the_tests },
    Step { name: "deny", run: rust::deny },
    Step { name: "tests", run: rust::tests },
    Step { name: "clock", run: clock::ahead },
    Step { name: "bindings", run: bindings::verify },
    Step { name: "jvm", run: jvm::verify },
    Step { name: "shrunk", run: jvm::shrunk },
    Step { name: "package", run: package::verify },
    Step { name: "fresh-apps", run: package::fresh_apps },
    Step { name: "swift", run: swift::verify },
    Step { name: "swift-types", run: swift::type_check },
    Step { name: "capacitor", run: capacitor::verify },
    Step { name: "budgets", run: rust::budgets },
    Step { name: "demo", run: rust::demo },
    Step { name: "browser", run: browser::verify },
    Step { name: "android", run: targets::android },
    Step { name: "ios", run: targets::ios },
    Step { name: "32-bit", run: targets::small_machine },
    Step { name: "packs", run: targets::packs },
];

/// What `tests` compares with. One that is missing skips its tests and no others.
fn tools_of_the_tests(gate: &mut Gate) -> Verdict {
    for ensure in [tools::debian::ensure, tools::python::ensure, tools::node::ensure] {
        if let Err(lack) = ensure(gate.root()) {
            gate.lacks(lack)?;
        }
    }
    Ok(())
}
