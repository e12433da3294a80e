//! Maven and a JDK, for what runs on the JVM.
//!
//! In: nothing. Out: `mvn` and `javac` on the path. May touch: the system's packages. Maven keeps its packages where it
//! always does; their versions are pinned in the `pom.xml`s.

use super::{Lack, debian};
use std::path::Path;

/// Have `mvn` and `javac`. Run it without `-q`, or its tests cannot be counted.
pub(crate) fn ensure(_root: &Path) -> Result<(), Lack> {
    debian::programs(&[("mvn", "maven"), ("javac", "openjdk-17-jdk-headless")])
}
