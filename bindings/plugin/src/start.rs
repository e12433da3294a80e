//! Decides whether a process of iOS starts in the foreground.
//!
//! In: what the system says of the application and of its window scenes while the first web view is made. Out: yes or no.
//! May touch: nothing. Keeps: I6 (a start that nobody sees is no attempt), I5 (a start that somebody sees is one).

/// What the system says of the application, or of one of its window scenes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// The scene is being connected: the system has not activated it yet. An application never says so.
    Connecting,
    /// On its way to the foreground, or covered there.
    Inactive,
    /// In the foreground.
    Active,
    /// Behind other apps.
    Background,
}

/// Reports whether a process is started to be seen.
///
/// An app with scenes still says `Background` of the application while its first scene is connected, so the scenes decide
/// where there are any. Whoever connects a scene and leaves it in the background says so right afterwards, and the host
/// then tells the core that the app is in the background.
pub fn started_in_foreground(application: Activation, scenes: &[Activation]) -> bool {
    let seen = |activation: &Activation| *activation != Activation::Background;
    if scenes.is_empty() { seen(&application) } else { scenes.iter().any(seen) }
}

#[cfg(test)]
mod tests {
    use super::Activation::{Active, Background, Connecting, Inactive};
    use super::*;

    #[test]
    fn i6_scenes_decide_where_there_are_any_and_the_application_elsewhere() {
        for (application, scenes, expected, why) in [
            (Inactive, vec![], true, "an app without scenes, opened by its user"),
            (Active, vec![], true, "its web view is made late"),
            (Background, vec![], false, "an app without scenes, woken by a push message"),
            (Background, vec![Connecting], true, "the first scene of a cold start: the application lags behind"),
            (Inactive, vec![Inactive], true, "the scene comes first"),
            (Background, vec![Background], false, "the system takes a picture of a scene that nobody sees"),
            (Background, vec![Background, Connecting], true, "a second window is opened"),
            (Active, vec![Background, Active], true, "one window of two is seen"),
            (Active, vec![Background], false, "what the scenes say holds"),
        ] {
            assert_eq!(started_in_foreground(application, &scenes), expected, "{why}");
        }
    }
}
