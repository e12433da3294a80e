//! Stories of moments in every mode as one text that people read: `snapshots/modes.txt`. A change of the rules is a change there.
//! `ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-plugin snapshot` writes it anew.

use super::*;
use std::fmt::Write as _;

const HEAD: &str = "\
Stories of a process, in every mode: what happens, and what is done about it, in order.

A story goes on without the answer to what was not commanded. What a check ends with is staged, or in onlyDownload kept.
next: what a leaving may take, and what an activation takes. Times are monotonic seconds. due: when time is to be told.
A line is
what happens           what is done
";

/// A story in words; `end …` answers a check, `shown` and `not shown` answer an activation, `stages b` is the app's own `next`.
const STORIES: &[(&str, &str)] = &[
    ("a release comes", "launch; foreground; end b; shown; confirm; leave; shown; foreground 700; end none"),
    (
        "two releases, after a native install",
        "install; end b; shown; confirm; leave; shown; foreground 700; end c; shown; confirm",
    ),
    ("an immediate release", "launch; end b immediate; shown; confirm"),
    ("a release that a delay holds", "launch; delay; end b; leave; foreground 60; no delay; end none; leave; shown"),
    ("the app stages", "launch; end none; stages b; leave; shown; foreground 60"),
    ("the check ends under a camera", "launch; cover; end b; foreground; leave; shown"),
    ("the check ends in the background", "launch; leave; end b; shown; foreground 60; confirm"),
    ("what is shown does not confirm", "launch; end b; shown; roll back b"),
    ("what is to be shown cannot be", "launch; end b; not shown; leave; not shown"),
    ("the channel wants builtin", "launch; end -; shown; leave; shown"),
    ("nothing, too soon", "launch; end none; leave; foreground 60; end too soon"),
    ("failed", "launch; end failed"),
    ("for another native build", "launch; end blocked"),
    ("what runs is withdrawn", "launch; roll back a; end withdrawn; end b; shown; confirm"),
    ("the app asks", "launch; end none; trigger; trigger; end b; shown; confirm"),
    ("started in the background", "wake up; trigger; end b; shown; foreground 60"),
    ("it is there already", "launch; end b again; shown"),
    ("checks every hour", "launch; end none; pass 3601; pass 3602; end b; shown; leave; shown; pass 9000"),
    ("under a splash screen", "launch; end none; leave; foreground 700; end b; shown; confirm"),
    ("under a splash screen, too slow", "launch; pass 11; end b; leave; shown; foreground 700"),
];

/// What the state of the device would have.
#[derive(Default)]
struct Device {
    next: Option<char>,
    delayed: bool,
    at: u64,
}

impl Device {
    fn readiness(&self) -> Readiness {
        match (self.next, self.delayed) {
            (None, _) => Readiness::Nothing,
            (_, true) => Readiness::Delayed,
            (_, false) => Readiness::Ready,
        }
    }

    fn ending(&mut self, then: Then, words: &[&str]) -> CheckEnd {
        let finding = |found, error: &str| Finding {
            found,
            error: error.to_owned(),
            message: String::new(),
            status_code: None,
            version: Some("2.0.0".to_owned()),
            breaking: (found == FindingKind::Blocked).then(|| "2.0.0".to_owned()),
        };
        let name = match words {
            ["too", "soon"] => return CheckEnd::NotAsked,
            ["withdrawn"] => return CheckEnd::Withdrawn,
            ["failed"] => {
                let finding = finding(FindingKind::Failed, "connect_failed");
                return CheckEnd::Failed(CheckFailure { finding, status: ReadyStatus::Network });
            }
            ["blocked"] => return CheckEnd::Nothing(finding(FindingKind::Blocked, "native_build")),
            ["none"] => return up_to_date(),
            [name, ..] => name.chars().next().unwrap(),
            [] => panic!("an ending without words"),
        };
        let there = name == '-' || words.contains(&"again");
        let arrival = if there { Arrival::Present } else { Arrival::Downloaded };
        if then == Then::Keep {
            return CheckEnd::Kept { bundle: named(name), arrival };
        }
        let priority = if words.contains(&"immediate") { Priority::Immediate } else { Priority::Background };
        self.next = Some(name);
        CheckEnd::Staged { bundle: named(name), arrival, priority, next: self.readiness() }
    }

    /// What the words are to the cycle; none if only the device is another.
    fn moment(&mut self, then: Then, words: &[&str]) -> Option<Moment> {
        self.at =
            words.last().and_then(|word| word.parse().ok()).map_or(self.at + 1_000, |seconds: u64| seconds * 1_000);
        let at = self.at;
        Some(match words {
            ["delay"] | ["no", "delay"] => {
                self.delayed = words.len() == 1;
                return None;
            }
            ["stages", name] => {
                self.next = name.chars().next();
                return None;
            }
            ["launch"] => Moment::Launched { foreground: true, native: Native::Same, at, elapsed: at },
            ["install"] => Moment::Launched { foreground: true, native: Native::New, at, elapsed: at },
            ["wake", "up"] => Moment::Launched { foreground: false, native: Native::Same, at, elapsed: at },
            ["foreground", ..] => Moment::Foreground { at, elapsed: at },
            ["leave"] => left(Leaving::App, self.readiness(), at),
            ["cover"] => left(Leaving::Covered, self.readiness(), at),
            ["pass", ..] => Moment::Passed { at },
            ["trigger"] => Moment::Triggered,
            ["end", words @ ..] => ended(self.ending(then, words), at),
            ["shown"] => Moment::Activated(named(self.next.take().unwrap())),
            ["not", "shown"] => Moment::NotActivated,
            ["confirm"] => Moment::Confirmed,
            ["roll", "back", name] => Moment::RolledBack(named(name.chars().next().unwrap())),
            other => panic!("{other:?}"),
        })
    }
}

fn named(name: char) -> BundleRef {
    if name == '-' { BundleRef::Builtin } else { bundle(name) }
}

fn tell(command: &UpdateCommand) -> String {
    use Announcement as A;
    let letter = |bundle: &BundleRef| bundle.id().map_or("builtin".to_owned(), |id| id.as_str()[..1].to_owned());
    match command {
        UpdateCommand::Returned(away) => format!("returned after {} s", away / 1_000),
        UpdateCommand::Check(asked, then) => format!("check {asked:?}, {then:?}"),
        UpdateCommand::Activate => "activate".to_owned(),
        UpdateCommand::Splash(splash) => format!("splash {splash:?}"),
        UpdateCommand::Emit(announcement) => match announcement {
            A::AppReady(status) => format!("appReady `{status}`"),
            A::UpdateCheckResult(finding) => format!("updateCheckResult {} {}", finding.found, finding.error),
            A::BreakingAvailable(version) => format!("breakingAvailable {version}"),
            A::DownloadFailed(version) => format!("downloadFailed {}", version.as_deref().unwrap_or("-")),
            A::NoNeedUpdate => "noNeedUpdate".to_owned(),
            A::DownloadComplete(bundle) => format!("downloadComplete {}", letter(bundle)),
            A::UpdateAvailable(bundle) => format!("updateAvailable {}", letter(bundle)),
            A::SetNext(bundle) => format!("setNext {}", letter(bundle)),
            A::Set(bundle) => format!("set {}", letter(bundle)),
            A::UpdateFailed(bundle) => format!("updateFailed {}", letter(bundle)),
        },
    }
}

fn story(text: &mut String, mode: UpdateMode, name: &str, moments: &str) {
    let splash = name.contains("splash").then_some(SplashPlan { show: Splash::Show, timeout: 10_000 });
    let period = if name.contains("hour") { 3_600 } else { 0 };
    let mut cycle = Cycle::new(UpdatePlan { mode, period, splash });
    let then = if mode == UpdateMode::OnlyDownload { Then::Keep } else { Then::Stage };
    let (mut device, mut activating) = (Device::default(), false);
    writeln!(text, "\n  {name}").unwrap();
    for line in moments.split("; ") {
        let words: Vec<_> = line.split(' ').collect();
        let answers_activation = matches!(words[..], ["shown"] | ["not", "shown"]);
        if (words[0] == "end" && !cycle.is_checking()) || (answers_activation && !activating) {
            continue;
        }
        activating &= !answers_activation;
        let Some(moment) = device.moment(then, &words) else { continue };
        let commands = cycle.on(moment);
        activating |= commands.contains(&UpdateCommand::Activate);
        let due = cycle.due().map_or(String::new(), |due| format!("  due {}", due / 1_000));
        let told: Vec<_> = commands.iter().map(tell).collect();
        let told = if told.is_empty() { "-".to_owned() } else { told.join(", ") };
        writeln!(text, "    {line:<18} {told}{due}").unwrap();
    }
}

fn modes() -> String {
    let mut text = HEAD.to_owned();
    for mode in MODES {
        writeln!(text, "\n== {mode}").unwrap();
        for (name, moments) in STORIES {
            story(&mut text, *mode, name, moments);
        }
    }
    text
}

#[test]
fn the_snapshot_of_every_mode_is_as_checked_in() {
    let path = format!("{}/src/mode/snapshots/modes.txt", std::env::var("CARGO_MANIFEST_DIR").unwrap());
    let text = modes();
    if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<_> = text.lines().zip(kept.lines()).filter(|(new, old)| new != old).take(20).collect();
    assert!(text == kept, "the modes changed; if that is meant: ALOFT_UPDATE_SNAPSHOTS=1\n{changed:#?}");
}
