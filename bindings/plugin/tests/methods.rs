//! Each method, with good options and bad ones, against a real site.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aloft_plugin::{Caller, Method, Platform, Returns};
use common::{App, text};
use serde_json::{Value, json};

#[test]
fn a_release_of_the_feed_is_downloaded_staged_and_shown() {
    let app = App::new(&json!({}));
    app.publish("1.0.0");
    let bundle = app.call("download", json!({ "version": "1.0.0" })).unwrap();
    assert_eq!((&bundle["version"], &bundle["status"]), (&json!("1.0.0"), &json!("pending")));
    assert_eq!(text(&bundle["downloaded"]), app.now());
    assert_eq!(text(&bundle["checksum"]).len(), 64);
    let id = text(&bundle["id"]);
    assert!(id.len() == 10 && id.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
    assert_eq!(app.call("getNextBundle", json!({})).unwrap(), Value::Null, "a download sets nothing");
    assert_eq!(app.call("list", json!({})).unwrap(), json!({ "bundles": [bundle] }));

    assert_eq!(app.call("next", json!({ "id": id })).unwrap(), bundle);
    assert_eq!(app.call("getNextBundle", json!({})).unwrap(), bundle);
    app.call("reload", json!({})).unwrap();
    let current = app.call("current", json!({})).unwrap();
    assert_eq!((&current["bundle"], &current["native"]), (&bundle, &json!("1.0")));
    app.ready();
    assert_eq!(app.call("current", json!({})).unwrap()["bundle"]["status"], "success");
}

#[test]
fn content_that_is_published_again_has_the_name_under_which_it_was_asked_for() {
    let app = App::new(&json!({}));
    let rename = |version: &str| {
        app.site.sign(|document| document.releases[0].version = version.parse().unwrap());
        app.save();
    };
    app.publish("1.2.0-beta.1");
    let id = app.download("1.2.0-beta.1");
    rename("1.2.0-beta.2");
    let bundle = app.call("download", json!({ "version": "1.2.0-beta.2" })).unwrap();
    assert_eq!((text(&bundle["id"]), &bundle["version"]), (id.clone(), &json!("1.2.0-beta.2")));
    app.call("set", json!({ "id": id })).unwrap();
    app.ready();
    rename("1.2.0");
    let bundle = app.call("download", json!({ "version": "1.2.0" })).unwrap();
    assert_eq!((text(&bundle["id"]), &bundle["version"]), (id.clone(), &json!("1.2.0")));
    let current = app.call("current", json!({})).unwrap();
    assert_eq!(current["bundle"]["version"], "1.2.0", "an app that follows its own list is where it wants to be");
    assert_eq!(app.call("getNextBundle", json!({})).unwrap(), Value::Null);
}

#[test]
fn what_get_latest_answers_is_what_download_takes() {
    let app = App::new(&json!({}));
    let latest = app.call("getLatest", json!({})).unwrap();
    assert_eq!((&latest["kind"], &latest["version"]), (&json!("up_to_date"), &json!("1.0")), "{latest}");
    app.publish("2.0.0");
    let latest = app.call("getLatest", json!({ "channel": "production" })).unwrap();
    assert_eq!((&latest["version"], &latest["old"], latest.get("kind")), (&json!("2.0.0"), &json!("1.0"), None));
    let bundle = app.call("download", latest.clone()).unwrap();
    assert_eq!((&bundle["version"], &bundle["checksum"]), (&latest["version"], &latest["checksum"]));
    app.call("set", json!({ "id": bundle["id"] })).unwrap();
    assert_eq!(app.call("getLatest", json!({})).unwrap()["kind"], "up_to_date");
    assert_eq!(app.refusal("getLatest", json!({ "channel": "beta" })).0, "invalid_option");
    assert_eq!(app.refusal("getLatest", json!({ "appId": "com.example.other" })).0, "invalid_option");
}

#[test]
fn i3_with_signing_keys_a_url_that_no_signed_release_names_is_refused() {
    let app = App::new(&json!({}));
    app.publish("1.0.0");
    let url = format!("{}/somewhere/else.zip", app.server.url());
    assert_eq!(app.refusal("download", json!({ "url": url, "version": "1.0.0" })).0, "signature_missing");
    let app = App::new(&json!({ "feed": null }));
    assert_eq!(app.refusal("download", json!({ "url": url, "version": "1.0.0" })).0, "signature_missing");
    let app = App::new(&json!({ "feed": null, "signingKeys": null }));
    let (code, message) = app.refusal("download", json!({ "url": url, "version": "1.0.0" }));
    assert_eq!(code, "feed_missing");
    assert!(message.contains("`feed`") && message.contains("`signingKeys`"), "{message}");
    let app = App::new(&json!({ "signingKeys": "none" }));
    assert_eq!(app.refusal("download", json!({ "version": "1.0.0" })).0, "bad_config", "the gate is closed");
}

#[test]
fn refusals_have_the_texts_that_apps_know() {
    let app = App::new(&json!({ "allowManualBundleError": true }));
    let of = |method, options| app.refusal(method, options);
    let unknown = |text: &str| ("unknown_bundle".to_owned(), text.to_owned());
    let invalid = |text: &str| ("invalid_option".to_owned(), text.to_owned());
    let no = "aaaaaaaaaa";
    let not_deleted = |id: &str| {
        format!("Delete failed, id {id} does not exist or it cannot be deleted (perhaps it is the 'next' bundle)")
    };
    assert_eq!(of("set", json!({ "id": no })), unknown("Update failed, id aaaaaaaaaa does not exist."));
    assert_eq!(of("set", json!({ "id": "x/.." })), unknown("Update failed, id x/.. does not exist."));
    assert_eq!(of("next", json!({ "id": no })), unknown("Set next id failed. Bundle aaaaaaaaaa does not exist."));
    assert_eq!(of("delete", json!({ "id": no })), unknown(&not_deleted(no)));
    assert_eq!(of("delete", json!({})), invalid("missing id"));
    assert_eq!(of("setBundleError", json!({ "id": no })).0, "unknown_bundle");
    assert_eq!(of("setBundleError", json!({ "id": "builtin" })).0, "protected");
    assert_eq!(of("setMultiDelay", json!({})), invalid("setMultiDelay called without delayCondition"));
    assert_eq!(of("reset", json!({ "usePendingBundle": true })).0, "unknown_bundle");
    assert_eq!(of("download", json!({ "version": "9.9.9" })).0, "unknown_bundle");
    let current = app.on("1.0.0");
    assert_eq!(of("delete", json!({ "id": current })), ("protected".to_owned(), not_deleted(&current)));
    assert_eq!(of("delete", json!({ "id": "builtin" })), ("protected".to_owned(), not_deleted("builtin")));
}

#[test]
fn a_wrong_type_names_the_option_and_an_unknown_option_is_ignored() {
    let app = App::new(&json!({}));
    let conditions = json!({ "delayConditions": [{ "kind": "kill" }, { "kind": "date", "value": 5 }] });
    for (method, options, named) in [
        ("next", json!({ "id": 5 }), "`id`"),
        ("set", json!({ "id": null }), "`id`"),
        ("set", json!({}), "`id`"),
        ("list", json!({ "raw": "yes" }), "`raw`"),
        ("reset", json!({ "toLastSuccessful": 1 }), "`toLastSuccessful`"),
        ("download", json!({ "version": ["1"] }), "`version`"),
        ("download", json!({ "version": "" }), "`version`"),
        ("getLatest", json!({ "channel": 1 }), "`channel`"),
        ("setMultiDelay", conditions, "`delayConditions[1].value`"),
        ("unsetChannel", json!({ "triggerAutoUpdate": "x" }), "`triggerAutoUpdate`"),
        ("setCustomId", json!({ "customId": {} }), "`customId`"),
        ("setAppId", json!({}), "`appId`"),
        ("setUpdateUrl", json!({ "url": 1 }), "`url`"),
        ("acknowledgeReports", json!({ "id": "1" }), "`id`"),
        ("acknowledgeReports", json!({ "id": -1 }), "`id`"),
        ("notifyAppReady", json!({ "token": 7 }), "`token`"),
        ("next", json!("text"), "`next`"),
    ] {
        let (code, message) = app.refusal(method, options.clone());
        assert_eq!(code, "invalid_option", "{method} {options}: {message}");
        assert!(message.contains(named), "{method} {options}: {message}");
    }
    assert_eq!(app.refusal("setChannel", json!({})).0, "SETCHANNEL_INVALID_PARAMS");
    for options in [json!({ "more": [1] }), json!(null)] {
        app.call("list", options.clone()).unwrap();
        app.call("current", options).unwrap();
    }
}

#[test]
fn reset_goes_to_builtin_to_the_last_good_bundle_or_to_the_next_one() {
    let app = App::new(&json!({}));
    let first = app.on("1.0.0");
    let second = app.on("2.0.0");
    let shown = || text(&app.call("current", json!({})).unwrap()["bundle"]["id"]);
    assert_eq!(shown(), second);
    app.call("reset", json!({ "toLastSuccessful": true })).unwrap();
    assert_eq!(shown(), first);
    app.call("next", json!({ "id": second })).unwrap();
    app.call("reset", json!({ "usePendingBundle": true })).unwrap();
    assert_eq!(shown(), second);
    app.call("reset", json!({})).unwrap();
    let builtin = app.call("current", json!({})).unwrap()["bundle"].clone();
    let expected = json!({ "id": "builtin", "version": "1.0", "downloaded": "1970-01-01T00:00:00.000Z", "checksum": "", "status": "success" });
    assert_eq!(builtin, expected);
    app.call("delete", json!({ "id": second })).unwrap();
    let left = app.call("list", json!({ "raw": true })).unwrap();
    assert!(!left.to_string().contains(&second), "{left}");
}

#[test]
fn i7_the_previous_bundle_stays_as_fallback_and_the_one_before_it_goes() {
    let app = App::new(&json!({}));
    let ids = ["1", "2", "3"].map(|version| app.on(version));
    let queued = app.ask("getChannel", json!({})); // behind the tidying on the worker
    queued.recv_timeout(common::PATIENCE).unwrap().unwrap();
    let kept = app.call("list", json!({})).unwrap().to_string();
    assert_eq!(ids.map(|id| kept.contains(&id)), [false, true, true]);

    let app = App::new(&json!({ "autoDeletePrevious": false }));
    let ids = ["1", "2", "3"].map(|version| app.on(version));
    let kept = app.call("list", json!({})).unwrap().to_string();
    assert!(ids.iter().all(|id| kept.contains(id)));
}

#[test]
fn i11_a_failed_update_is_told_once_and_its_report_until_it_is_acknowledged() {
    let mut app = App::new(&json!({ "bootAttempts": 1 }));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    assert_eq!(app.call("getFailedUpdate", json!({})).unwrap(), Value::Null);
    app.call("set", json!({ "id": id })).unwrap();
    app.plugin.page_began(&app.token());
    app.plugin.render_gone(aloft_plugin::Exit::NativeCrash);
    app.restart();
    let failed = app.call("getFailedUpdate", json!({})).unwrap();
    assert_eq!((&failed["bundle"]["id"], &failed["bundle"]["status"]), (&json!(id), &json!("error")));
    assert_eq!(failed["bundle"]["version"], "1.0.0");
    assert_eq!(app.call("getFailedUpdate", json!({})).unwrap(), Value::Null);
    app.restart();
    assert_eq!(app.call("getFailedUpdate", json!({})).unwrap(), Value::Null);

    let reports = app.call("reports", json!({})).unwrap()["reports"].as_array().unwrap().clone();
    let crash = reports.iter().find(|report| report["reason"] == "render_gone").unwrap();
    assert_eq!((&crash["from"]["version"], &crash["to"]["bundle"]), (&json!("1.0.0"), &json!("builtin")));
    app.call("acknowledgeReports", json!({ "id": reports.last().unwrap()["id"] })).unwrap();
    assert_eq!(app.call("reports", json!({})).unwrap(), json!({ "reports": [] }));
    assert_eq!(app.refusal("set", json!({ "id": id })).0, "blocked");
}

#[test]
fn a_bundle_that_the_app_condemns_is_not_taken_again() {
    let app = App::new(&json!({ "allowManualBundleError": true }));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    app.call("next", json!({ "id": id })).unwrap();
    assert_eq!(app.call("setBundleError", json!({ "id": id })).unwrap()["status"], "error");
    assert_eq!(app.call("getNextBundle", json!({})).unwrap(), Value::Null);
    assert_eq!(app.refusal("set", json!({ "id": id })).0, "blocked");
    assert_eq!(app.call("getLatest", json!({})).unwrap()["kind"], "blocked");
    let app = App::new(&json!({}));
    assert_eq!(app.refusal("setBundleError", json!({ "id": id })).0, "not_allowed");
}

#[test]
fn delays_are_kept_and_cancelled() {
    let mut app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    app.call("next", json!({ "id": id })).unwrap();
    let hold = json!({ "delayConditions": [{ "kind": "nativeVersion", "value": "2.0" }] });
    app.call("setMultiDelay", hold.clone()).unwrap();
    let shown = |app: &App| text(&app.call("current", json!({})).unwrap()["bundle"]["id"]);
    app.restart();
    assert_eq!(shown(&app), "builtin", "it is held back");
    app.call("cancelDelay", json!({})).unwrap();
    assert_eq!(shown(&app), "builtin", "nothing is shown by that alone");
    app.restart();
    assert_eq!(shown(&app), id);
    let many = json!({ "delayConditions": vec![json!({ "kind": "kill" }); 9] });
    let (code, message) = app.refusal("setMultiDelay", many);
    assert_eq!(code, "too_large");
    assert!(message.starts_with("Failed to delay update"), "{message}");
}

#[test]
fn a_condition_that_cannot_be_read_is_refused_and_the_earlier_ones_hold_on() {
    let mut app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    app.call("next", json!({ "id": id })).unwrap();
    let hold =
        |kind: &str, value: Value| json!({ "delayConditions": [{ "kind": "kill" }, { "kind": kind, "value": value }] });
    app.call("setMultiDelay", hold("nativeVersion", json!("2.0"))).unwrap();
    for (kind, value, instead) in [
        ("date", json!("tomorrow"), "2030-01-31T12:34:56Z"),
        ("date", json!(""), "2030-01-31T12:34:56Z"),
        ("date", json!("2030-01-31"), "2030-01-31T12:34:56Z"),
        ("date", json!("9001-01-31T12:34:56"), "a zone"),
        ("nativeVersion", json!("spring"), "2.1.0"),
        ("background", json!("5 minutes"), "milliseconds"),
        ("backgroud", json!("300000"), "`background`"),
    ] {
        let (code, message) = app.refusal("setMultiDelay", hold(kind, value.clone()));
        assert_eq!(code, "invalid_option", "{kind} {value}: {message}");
        assert!(message.contains("`delayConditions[1]`") && message.contains(instead), "{kind} {value}: {message}");
    }
    app.restart();
    assert_eq!(text(&app.call("current", json!({})).unwrap()["bundle"]["id"]), "builtin", "the first one holds");
}

#[test]
fn a_date_without_a_zone_is_local_time_and_holds() {
    let mut app = App::new(&json!({}));
    app.publish("1.0.0");
    let id = app.download("1.0.0");
    app.call("next", json!({ "id": id })).unwrap();
    let hold = json!({ "delayConditions": [{ "kind": "date", "value": "9000-01-31T12:34:56.789" }] });
    app.call("setMultiDelay", hold).unwrap();
    app.restart();
    assert_eq!(text(&app.call("current", json!({})).unwrap()["bundle"]["id"]), "builtin", "it is held back");
}

#[test]
fn the_shake_menu_is_off_and_may_be_left_off() {
    let app = App::new(&json!({}));
    for (set, is_enabled) in
        [("setShakeMenu", "isShakeMenuEnabled"), ("setShakeChannelSelector", "isShakeChannelSelectorEnabled")]
    {
        assert_eq!(app.call(is_enabled, json!({})).unwrap(), json!({ "enabled": false }));
        app.call(set, json!({ "enabled": false })).unwrap();
        let (code, message) = app.refusal(set, json!({ "enabled": true }));
        assert_eq!(code, "UNIMPLEMENTED");
        assert!(message.starts_with(set), "{message}");
        assert_eq!(app.refusal(set, json!({})).0, "invalid_option");
    }
}

#[test]
fn the_page_of_the_store_is_opened() {
    let app = App::new(&json!({}));
    app.host.take();
    let play = |id: &str| format!("open market://details?id={id}, https://play.google.com/store/apps/details?id={id}");
    for (options, id) in [
        (json!({}), "com.example.native"),
        (json!({ "packageName": "com.example.other_app" }), "com.example.other_app"),
        (json!({ "appId": "1234567890" }), "com.example.native"),
    ] {
        app.call("openAppStore", options).unwrap();
        assert_eq!(app.host.take(), [play(id)]);
    }
    for name in [
        "",
        "com..app",
        "com.example/app",
        "com.example.app&x=1",
        "1com.app",
        "com.example.app ",
        "https://example.com",
    ] {
        assert_eq!(app.refusal("openAppStore", json!({ "packageName": name })).0, "invalid_option", "{name:?}");
    }
    let ios = app.on_platform(Platform::Ios);
    for id in ["1234567890", "id1234567890"] {
        ios.call("openAppStore", json!({ "appId": id })).unwrap();
        assert_eq!(ios.host.take(), ["open https://apps.apple.com/app/id1234567890"]);
    }
    for id in [json!(null), json!(""), json!("id"), json!("com.example.app"), json!("12/34")] {
        assert_eq!(ios.refusal("openAppStore", json!({ "appId": id })).0, "invalid_option", "{id}");
    }
    let desktop = ios.on_platform(Platform::Desktop);
    assert_eq!(desktop.refusal("openAppStore", json!({})).0, "UNIMPLEMENTED");
    assert!(desktop.host.take().is_empty());
}

#[test]
fn channels_are_what_the_signed_index_says() {
    let app = App::new(&json!({}));
    app.publish_index();
    let list = app.call("listChannels", json!({})).unwrap();
    let beta = json!({ "id": 2, "name": "beta", "public": true, "allow_self_set": true });
    assert_eq!((list["channels"].as_array().unwrap().len(), &list["channels"][1]), (3, &beta));
    let current = json!({ "channel": "production", "status": "default", "allowSet": true });
    assert_eq!(app.call("getChannel", json!({})).unwrap(), current);
    assert_eq!(app.call("setChannel", json!({ "channel": "beta" })).unwrap(), json!({ "status": "ok" }));
    assert_eq!(app.call("getChannel", json!({})).unwrap()["status"], "override");
    assert_eq!(app.call("status", json!({})).unwrap()["channel"], "beta");

    app.host.take();
    let private = app.call("setChannel", json!({ "channel": "staff" })).unwrap_err();
    assert_eq!(private.code, "SETCHANNEL_FAILED");
    assert_eq!(private.data.unwrap()["error"], "channel_self_set_not_allowed");
    assert!(app.host.take().iter().any(|line| line.starts_with("channelPrivate {\"channel\":\"staff\"")));
    let absent = app.call("setChannel", json!({ "channel": "nightly" })).unwrap_err();
    assert_eq!(absent.data.unwrap()["error"], "channel_unlisted");

    app.call("unsetChannel", json!({})).unwrap();
    assert_eq!(app.call("status", json!({})).unwrap()["channel"], "production");
    drop(std::fs::remove_file(app.folder.path().join("site/channels/index.json")));
    for (method, code) in [("listChannels", "LISTCHANNELS_FAILED"), ("getChannel", "GETCHANNEL_FAILED")] {
        let refusal = app.call(method, json!({})).unwrap_err();
        assert_eq!((refusal.code.as_str(), &refusal.data.unwrap()["error"]), (code, &json!("not_found")));
    }
    let app = App::new(&json!({ "allowSetDefaultChannel": false }));
    let disabled = app.call("setChannel", json!({ "channel": "beta" })).unwrap_err();
    assert_eq!(disabled.data.unwrap()["error"], "disabled_by_config");
}

#[test]
fn who_this_app_and_device_are() {
    let mut app = App::new(&json!({ "version": "7.7" }));
    let of = |app: &App, method: &str| app.call(method, json!({})).unwrap();
    assert_eq!(of(&app, "getPluginVersion"), json!({ "version": "0.1.0" }));
    assert_eq!(of(&app, "getBuiltinVersion"), json!({ "version": "7.7" }));
    assert_eq!(of(&app, "current")["native"], "7.7");
    assert_eq!(of(&app, "getAppId"), json!({ "appId": aloft_tests::signer::APP }));
    assert_eq!(of(&app, "isAutoUpdateEnabled"), json!({ "enabled": false }));
    assert_eq!(of(&app, "isAutoUpdateAvailable"), json!({ "available": true }));
    let id = of(&app, "getDeviceId");
    assert_eq!(text(&id["deviceId"]).len(), 36);
    app.restart();
    assert_eq!(of(&app, "getDeviceId"), id);
    app.call("setCustomId", json!({ "customId": "anna" })).unwrap();
    app.call("setCustomId", json!({ "customId": "" })).unwrap();
    let none = App::new(&json!({ "deviceId": "none", "feed": null, "autoUpdate": "always" }));
    assert_eq!(of(&none, "getDeviceId"), json!({ "deviceId": "" }));
    assert_eq!(of(&none, "isAutoUpdateEnabled"), json!({ "enabled": false }), "there is nobody to ask");
    assert_eq!(of(&none, "triggerUpdateCheck"), json!({ "status": "unavailable", "queued": false }));
}

#[test]
fn what_the_config_does_not_allow_and_what_comes_later_says_so() {
    let app = App::new(&json!({}));
    for (method, options) in [
        ("setUpdateUrl", json!({ "url": "https://example.com" })),
        ("setStatsUrl", json!({ "url": "" })),
        ("setChannelUrl", json!({ "url": "https://example.com" })),
        ("setAppId", json!({ "appId": "com.example.other" })),
    ] {
        let (code, message) = app.refusal(method, options);
        assert_eq!(code, "not_allowed");
        assert!(message.starts_with(&format!("{method} not allowed")), "{message}");
    }
    let app = App::new(&json!({ "allowModifyUrl": true, "allowModifyAppId": true }));
    app.call("setAppId", json!({ "appId": aloft_tests::signer::APP })).unwrap();
    assert_eq!(app.refusal("setAppId", json!({ "appId": "com.example.other" })).0, "not_allowed");
    assert_eq!(app.refusal("setUpdateUrl", json!({ "url": "https://example.com" })).0, "UNIMPLEMENTED");
    app.call("setStatsUrl", json!({ "url": "" })).unwrap();
    assert_eq!(app.refusal("noSuchMethod", json!({})).0, "UNIMPLEMENTED");
}

#[test]
fn every_method_is_answered_but_the_announcement() {
    let app = App::new(&json!({}));
    for method in Method::all() {
        let answer = app.ask(method.name(), json!({ "id": "aaaaaaaaaa", "url": "", "channel": "x" }));
        match answer.recv_timeout(common::PATIENCE) {
            Ok(Ok(_)) => assert_eq!(method.returns(), Returns::Promise),
            Ok(Err(refusal)) => assert_ne!(refusal.code, "internal", "{}", method.name()),
            Err(_) => assert_eq!(*method, Method::PageBegan),
        }
    }
    assert_eq!(Method::all().iter().filter(|method| method.caller() == Caller::Script).count(), 2);
}

#[test]
fn a_page_error_is_logged() {
    let app = App::new(&json!({}));
    app.call("reportWebViewError", json!({ "type": "javascript_error", "message": "x is not a function" })).unwrap();
    let log = app.host.log.lock().unwrap();
    assert!(log.iter().any(|line| line.contains("x is not a function")), "{log:?}");
}
