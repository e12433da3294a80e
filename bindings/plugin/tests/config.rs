//! A wrong config is a problem that says what to write; the app boots all the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aloft_plugin::{Load, Plugin, Setup};
use common::{App, Notes, clock, facts, open};
use serde_json::{Value, json};
use std::sync::Arc;

/// What `status` says is wrong with these options.
fn problems(options: &Value) -> Vec<String> {
    let app = App::new(options);
    let status = app.call("status", json!({})).unwrap();
    let problems = status["problems"].as_array().unwrap().iter();
    let of_config = problems.filter(|problem| problem["code"] != "builtin_undescribed");
    of_config
        .map(|problem| format!("{}: {}", problem["code"].as_str().unwrap(), problem["detail"].as_str().unwrap()))
        .collect()
}

#[test]
fn i1_each_wrong_value_is_one_problem_that_says_what_to_write() {
    for (key, value, named) in [
        ("feed", json!(5), "URL of the site"),
        ("feed", json!("updates.example.com"), "https://"),
        ("feed", json!("http://updates.example.com"), "https://"),
        ("feed", json!("https://user:word@updates.example.com"), "without a user"),
        ("feed", json!("https://updates.example.com/app?key=1"), "neither a query nor a fragment"),
        ("signingKeys", json!("ed25519:abc"), "a list of texts"),
        ("signingKeys", json!([]), "at least one key"),
        ("signingKeys", json!(["ed25519:abc"]), "ed25519:<base64 of 32 bytes>"),
        ("signingThreshold", json!(2), "write 1 to 1"),
        ("signingThreshold", json!("two"), "a whole number"),
        ("encryptionKeys", json!(["x"]), "aes256:<base64 of 32 bytes>"),
        ("bootAttempts", json!(0), "1 or more"),
        ("bootAttempts", json!(-1), "a whole number"),
        ("crashLoopLimit", json!(0), "1 or more"),
        ("deviceId", json!("forever"), "\"persistent\""),
        ("clearServiceWorkers", json!("yes"), "true or false"),
        ("appReadyTimeout", json!(999), "1000 or more"),
        ("responseTimeout", json!(0), "1 or more"),
        ("autoUpdate", json!("sometimes"), "\"atBackground\""),
        ("directUpdate", json!(1), "\"onLaunch\""),
        ("periodCheckDelay", json!("600"), "seconds"),
        ("defaultChannel", json!("Production!"), "[a-z0-9]"),
        ("resetWhenUpdate", json!(0), "true or false"),
        ("updateUrl", json!("https://example.com"), "`feed`"),
        ("autoSplashscreenTimeout", json!(true), "milliseconds"),
        ("signinKeys", json!([]), "there is no such option"),
    ] {
        let found = problems(&json!({ (key): value }));
        assert_eq!(found.len(), 1, "{key}: {value}: {found:#?}");
        assert!(found[0].contains(key) && found[0].contains(named), "{key}: {value}: {found:#?}");
    }
}

#[test]
fn a_config_as_the_documentation_writes_it_has_no_problems() {
    let all = json!({
        "signingThreshold": 1, "encryptionKeys": [], "bootAttempts": 3, "crashLoopLimit": 5, "deviceId": "install",
        "clearServiceWorkers": false, "appReadyTimeout": 10000, "responseTimeout": 20, "autoDeleteFailed": true,
        "autoDeletePrevious": true, "autoUpdate": "onLaunch", "directUpdate": "atInstall", "resetWhenUpdate": true,
        "statsUrl": "", "version": "1.2.3", "appId": aloft_tests::signer::APP, "defaultChannel": "production",
        "allowSetDefaultChannel": true, "persistDefaultChannelOnReinstall": true, "periodCheckDelay": 600,
        "allowModifyUrl": false, "persistModifyUrl": false, "persistCustomId": true, "allowModifyAppId": false,
        "allowManualBundleError": false, "keepUrlPathAfterReload": true, "disableJSLogging": true, "osLogging": true,
        "autoSplashscreen": true, "autoSplashscreenLoader": true, "autoSplashscreenTimeout": 0,
        "shakeMenu": false, "shakeMenuGesture": "shake", "localApi": "x", "allowPreview": false,
    });
    assert_eq!(problems(&all), [""; 0]);
    assert_eq!(problems(&json!({ "directUpdate": null, "feed": null })), [""; 0], "null is absent");
}

#[test]
fn a_key_that_has_no_effect_yet_says_so_and_what_to_do() {
    let public_key = json!("-----BEGIN RSA PUBLIC KEY-----");
    for (key, value, why, instead) in [
        ("publicKey", public_key.clone(), "nothing is checked with this key", "leave this key out"),
        ("updateUrl", json!("https://example.com"), "are not asked yet", "`feed`"),
        ("channelUrl", json!("https://example.com"), "are not asked yet", "`feed`"),
        ("statsUrl", json!("https://example.com"), "no statistics are sent yet", "leave it out"),
        ("allowModifyUrl", json!(true), "are not asked yet", "leave it out"),
        ("persistModifyUrl", json!(true), "are not asked yet", "leave it out"),
        ("allowPreview", json!(true), "previews come later", "leave it out"),
        ("shakeMenu", json!(true), "the shake menu", "leave it out"),
        ("allowShakeChannelSelector", json!(true), "the shake menu", "leave it out"),
    ] {
        let found = problems(&json!({ (key): value }));
        assert_eq!(found.len(), 1, "{key}: {found:#?}");
        let text = &found[0];
        assert!(text.starts_with(&format!("bad_config: `{key}` has no effect yet")), "{text}");
        assert!(text.contains(why) && text.contains(instead), "{text}");
    }
    let found = problems(&json!({ "publicKey": public_key, "signingKeys": null, "feed": null }));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].contains("`signingKeys`") && found[0].contains("aloft keys show"), "{found:#?}");
    assert_eq!(
        problems(&json!({ "updateUrl": "", "channelUrl": "", "statsUrl": "" })),
        [""; 0],
        "these are switched off"
    );
}

#[test]
fn an_encryption_key_that_is_not_understood_is_not_repeated() {
    for keys in [json!("aes256:c2VjcmV0"), json!(["aes256:c2VjcmV0"]), json!(["c2VjcmV0"])] {
        let found = problems(&json!({ "encryptionKeys": keys }));
        assert!(found.len() == 1 && !found[0].contains("c2VjcmV0"), "{found:#?}");
    }
}

#[test]
fn i1_a_config_that_is_no_json_or_no_object_boots_builtin() {
    for text in ["", "{", "[]", "7", "{\"plugins\":{\"CapacitorUpdater\":[]}}", "{\"plugins\":7,\"appId\":[]}"] {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup {
            capacitor_config: text.to_owned(),
            native_app_id: "com.example.native".to_owned(),
            platform: aloft_plugin::Platform::Ios,
            plugin_version: "0.1.0".to_owned(),
            data: folder.path().join("data"),
            builtin: None,
            assets: Vec::new(),
            tls_roots: None,
            proxy: None,
            proxy_except: None,
            stable_id: None,
        };
        let plugin = Plugin::open(&setup, Arc::new(Notes::default()));
        let page = plugin.launch(&facts(1));
        assert_eq!((page.bundle, page.load), (None, Load::Start), "{text}");
        let (sender, answer) = std::sync::mpsc::channel();
        plugin.call("getAppId", &json!({}), Box::new(move |result| sender.send(result).unwrap()));
        assert_eq!(answer.recv().unwrap().unwrap(), json!({ "appId": "com.example.native" }), "{text}");
    }
}

#[test]
fn a_problem_is_logged_when_the_plugin_opens_unless_the_app_wants_no_log() {
    for (logging, expected) in [(true, true), (false, false)] {
        let app = App::new(&json!({ "bootAttempts": 0, "osLogging": logging }));
        let log = app.host.log.lock().unwrap();
        assert_eq!(log.iter().any(|line| line.contains("bootAttempts")), expected, "{log:?}");
    }
}

#[test]
fn under_live_reload_or_disable_deploy_the_plugin_stands_down() {
    let preference = json!({ "cordova": { "preferences": { "DisableDeploy": "true" } } });
    let live = json!({ "server": { "url": "http://192.168.1.2:3000" } });
    for (config, why) in [(live, "live_reload"), (preference, "disable_deploy")] {
        let (folder, host) = (tempfile::tempdir().unwrap(), Arc::new(Notes::default()));
        let app = App::new(&json!({}));
        let mut whole = app.config.clone();
        whole.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
        let plugin = open(&folder, &whole, &host, &clock(&folder, 1));
        let page = plugin.launch(&facts(1));
        assert_eq!((page.load, page.script, page.token), (Load::Nothing, None, None));
        assert_eq!(plugin.attached().load, Load::Nothing);
        let call = |method: &str, options: Value| {
            let (sender, answer) = std::sync::mpsc::channel();
            plugin.call(method, &options, Box::new(move |result| sender.send(result).unwrap()));
            answer.recv().unwrap()
        };
        assert_eq!(call("status", json!({})).unwrap()["standDown"], why);
        assert_eq!(call("notifyAppReady", json!({})).unwrap()["bundle"]["id"], "builtin");
        assert_eq!(call("isAutoUpdateAvailable", json!({})).unwrap(), json!({ "available": false }));
        assert_eq!(call("triggerUpdateCheck", json!({})).unwrap()["status"], "unavailable");
        for (method, options) in
            [("set", json!({ "id": "builtin" })), ("download", json!({ "version": "1" })), ("reload", json!({}))]
        {
            assert_eq!(call(method, options).unwrap_err().code, "stand_down");
        }
        assert!(host.pages.lock().unwrap().is_empty(), "nothing is shown");
        assert!(!folder.path().join("data").exists(), "nothing is written");
    }
}

#[test]
fn a_reload_keeps_the_url_if_the_app_wants_that() {
    for (keep, load) in [(true, Load::SameUrl), (false, Load::Start)] {
        let app = App::new(&json!({ "keepUrlPathAfterReload": keep }));
        app.call("reload", json!({})).unwrap();
        assert_eq!(app.host.pages.lock().unwrap().last().unwrap().load, load);
    }
}

#[test]
fn a_custom_id_ends_with_the_process_unless_it_is_to_stay() {
    for (persist, kept) in [(false, false), (true, true)] {
        let mut app = App::new(&json!({ "persistCustomId": persist }));
        app.call("setCustomId", json!({ "customId": "anna" })).unwrap();
        let has = |app: &App| {
            String::from_utf8_lossy(&std::fs::read(app.folder.path().join("data/lasting")).unwrap()).contains("anna")
        };
        app.call("getLatest", json!({})).unwrap();
        assert!(has(&app));
        app.restart();
        app.call("getLatest", json!({})).unwrap();
        assert_eq!(has(&app), kept);
    }
}
