//! The contract as TypeScript, and the page that compares it with Capgo's plugin: both written from the code.
//!
//! In: methods, events, keys, and the types behind them. Out: `contract.d.ts` and `docs/compatibility.md`, compared with those
//! in the repository. `ALOFT_UPDATE_SNAPSHOTS=1 cargo test -p aloft-plugin contract` writes them anew.

mod page;

use crate::config::keys::Keys;
use crate::dispatch::{Caller, Method, MethodVisitor, Options, Reply};
use crate::engine::Engine;
use crate::event::{Event, EventName};
use crate::refusal::Refusal;
use std::collections::BTreeMap;
use std::path::Path;
use ts_rs::{Config, TS, TypeVisitor};

#[test]
fn the_contract_in_typescript_is_that_of_the_code() {
    compare("capacitor-plugin/type-tests/generated/contract.d.ts", &typescript());
}

#[test]
fn the_page_of_compatibility_is_that_of_the_code() {
    compare("docs/compatibility.md", &page::page());
}

/// Is `text` what lies at `path` of the repository?
fn compare(path: &str, text: &str) {
    let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..").join(path);
    if std::env::var_os("ALOFT_UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = || text.lines().zip(kept.lines()).find(|(new, old)| new != old);
    assert!(text == kept, "{} differs; if that is meant: ALOFT_UPDATE_SNAPSHOTS=1\n{:#?}", path.display(), lines());
}

fn typescript() -> String {
    let mut types = Types::default();
    let mut methods = Vec::new();
    let (mut unimplemented, mut internal) = (Vec::new(), Vec::new());
    for method in Method::all() {
        match (method.caller(), method.visit(MethodSignature(&mut types))) {
            (Caller::Script, _) => internal.push(format!("'{}'", method.name())),
            (_, Some((options, result))) => {
                methods.push(format!("    {}: {{ options: {options}; result: {result} }};", method.name()));
            }
            (_, None) => unimplemented.push(format!("'{}'", method.name())),
        }
    }
    let sent = EventName::all().iter().filter_map(|name| Some((name, payload(*name, &mut types)?)));
    let events: Vec<_> = sent.map(|(name, payload)| format!("    {}: {payload};", name.name())).collect();
    let config = types.of::<Keys>();
    format!(
        "/** Written from the native core by its test `contract`; not to be edited. */\n\n\
         export interface Contract {{\n  methods: {{\n{}\n  }};\n  unimplemented:\n    | {};\n  internal: {};\n  \
         events: {{\n{}\n  }};\n  config: {config};\n}}\n\n{}",
        methods.join("\n"),
        unimplemented.join("\n    | "),
        internal.join(" | "),
        events.join("\n"),
        types.declarations(),
    )
}

/// What an event that is sent carries; its constructor says of which type.
fn payload(name: EventName, types: &mut Types) -> Option<String> {
    fn of<P: TS + 'static>(_: fn(P) -> Event, types: &mut Types) -> String {
        types.of::<P>()
    }
    use EventName as N;
    Some(match name {
        N::Download => of(Event::Download, types),
        N::DownloadComplete => of(Event::DownloadComplete, types),
        N::DownloadFailed => of(Event::DownloadFailed, types),
        N::UpdateAvailable => of(Event::UpdateAvailable, types),
        N::NoNeedUpdate => of(Event::NoNeedUpdate, types),
        N::UpdateCheckResult => of(Event::UpdateCheckResult, types),
        N::BreakingAvailable => of(Event::BreakingAvailable, types),
        N::MajorAvailable => of(Event::MajorAvailable, types),
        N::UpdateFailed => of(Event::UpdateFailed, types),
        N::Set => of(Event::Set, types),
        N::SetNext => of(Event::SetNext, types),
        N::AppReloaded => of(Event::AppReloaded, types),
        N::AppReady => of(Event::AppReady, types),
        N::ChannelPrivate => of(Event::ChannelPrivate, types),
        N::OnFlexibleUpdateStateChange => return None,
    })
}

/// Notes the types of a method's options and result.
struct MethodSignature<'a>(&'a mut Types);

impl MethodSignature<'_> {
    fn note<O: Options, R: Reply>(self) -> (String, String) {
        let result = self.0.of::<R>();
        (self.0.of::<O>(), if result == "null" { "void".to_owned() } else { result })
    }
}

impl MethodVisitor for MethodSignature<'_> {
    type Out = Option<(String, String)>;

    fn immediate<O: Options, R: Reply>(self, _: fn(&Engine, &O) -> Result<R, Refusal>) -> Self::Out {
        Some(self.note::<O, R>())
    }

    fn immediate_or_queued<O: Options, R: Reply>(self, _: fn(&Engine, &O) -> Result<Option<R>, Refusal>) -> Self::Out {
        Some(self.note::<O, R>())
    }

    fn queued<O: Options, R: Reply>(self, _: fn(&Engine, &O) -> Result<R, Refusal>) -> Self::Out {
        Some(self.note::<O, R>())
    }

    fn page_began(self) -> Self::Out {
        None
    }

    fn later(self, _: &'static str) -> Self::Out {
        None
    }
}

/// The types that were named, with their declarations.
struct Types {
    config: Config,
    declared: BTreeMap<String, String>,
}

impl Default for Types {
    fn default() -> Self {
        // A number of JSON is one of JavaScript: none of ours is beyond its 53 bits.
        Self { config: Config::new().with_large_int("number"), declared: BTreeMap::new() }
    }
}

impl Types {
    /// The name of a type, declared with all that it names.
    fn of<T: TS + 'static + ?Sized>(&mut self) -> String {
        self.visit::<T>();
        T::name(&self.config)
    }

    fn declarations(&self) -> String {
        self.declared.values().map(|one| format!("{}\n", without_comments(one))).collect::<Vec<_>>().join("\n")
    }
}

/// They stand with the types themselves, and for apps in the package's own.
fn without_comments(declaration: &str) -> String {
    let mut parts = declaration.split("/**");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once("*/").map_or(part, |(_, code)| code));
    rest.fold(first, |text, code| format!("{} {}", text.trim_end(), code.trim_start()))
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_some() {
            let (name, declaration) = (T::name(&self.config), T::decl(&self.config));
            match self.declared.get(&name) {
                Some(declared) => return assert_eq!(*declared, declaration, "two types are called {name}"),
                None => self.declared.insert(name, declaration),
            };
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
