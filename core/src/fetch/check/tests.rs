use super::*;
use crate::edge::ports::TransportFault;
use crate::model::config::Timing;
use crate::testing::{FakeSystem, Scripted, ScriptedTransport};

const URL: &str = "https://a.b/channels/production.json";

fn fetch(etag: Option<&str>, answer: Scripted) -> (Result<Fetched>, bool) {
    let transport = ScriptedTransport::script([(URL, answer)]);
    let (system, timing) = (FakeSystem::new(0), Timing::default());
    let fetched = fetch_document(Network { transport: &transport, system: &system, timing: &timing }, URL, etag);
    (fetched, transport.asked()[0].headers.contains_key("if-none-match"))
}

#[test]
fn an_unchanged_document_costs_no_body() {
    assert_eq!(fetch(Some("\"a\""), Scripted::new(304, "")).0.unwrap(), Fetched::NotModified);
    let (fetched, conditional) = fetch(None, Scripted::new(304, ""));
    assert_eq!((fetched.unwrap_err().code(), conditional), (Code::UnexpectedStatus, false), "nobody asked for that");
}

#[test]
fn a_document_comes_with_a_validator_of_either_kind_or_none() {
    for (sent, kept) in [("\"a\"", Some("\"a\"")), ("W/\"a\"", Some("W/\"a\"")), ("a", None), ("\"a\"b\"", None)] {
        let expected = Fetched::Document { bytes: b"{}".to_vec(), etag: kept.map(str::to_owned) };
        assert_eq!(fetch(None, Scripted::new(200, "{}").header("etag", sent)).0.unwrap(), expected, "{sent}");
    }
}

#[test]
fn a_stored_validator_that_is_none_is_not_sent() {
    for etag in ["", "a", "\"a\r\nx: y\"", &format!("\"{}\"", "a".repeat(300))] {
        assert!(!fetch(Some(etag), Scripted::new(200, "{}")).1, "{etag}");
    }
}

#[test]
fn i10_a_comparison_that_is_refused_leads_to_one_plain_request() {
    let ask = |answers: [Scripted; 2]| {
        let transport = ScriptedTransport::script(answers.map(|answer| (URL, answer)));
        let (system, timing) = (FakeSystem::new(0), Timing::default());
        let network = Network { transport: &transport, system: &system, timing: &timing };
        let fetched = fetch_document(network, URL, Some("\"a\""));
        let conditional: Vec<_> =
            transport.asked().iter().map(|asked| asked.headers.contains_key("if-none-match")).collect();
        assert_eq!(conditional, [true, false]);
        fetched
    };
    for refusal in [Scripted::new(403, ""), Scripted::new(412, ""), Scripted::new(501, ""), Scripted::new(206, "{}")] {
        let expected = Fetched::Document { bytes: b"{}".to_vec(), etag: None };
        assert_eq!(ask([refusal.clone(), Scripted::new(200, "{}")]).unwrap(), expected, "{refusal:?}");
        assert!(ask([refusal.clone(), refusal]).is_err());
    }
    let (fetched, conditional) = fetch(Some("\"a\""), Scripted::new(503, ""));
    assert_eq!(
        (fetched.unwrap_err().code(), conditional),
        (Code::ServerError, true),
        "an overloaded server is left alone"
    );
}

#[test]
fn i10_a_document_has_a_limit_declared_or_not() {
    let at_limit = || vec![b' '; MAX_DOCUMENT as usize];
    let beyond = || vec![b' '; MAX_DOCUMENT as usize + 1];
    assert!(fetch(None, Scripted::new(200, at_limit())).0.is_ok());
    let undeclared = Scripted::new(200, beyond()).header("content-length", "");
    let declared = Scripted::new(200, "").header("content-length", (MAX_DOCUMENT + 1).to_string());
    for answer in [undeclared, declared.then(TransportFault::Lost)] {
        assert_eq!(fetch(None, answer).0.unwrap_err().code(), Code::TooLarge);
    }
}

#[test]
fn a_part_of_a_document_is_none() {
    assert_eq!(fetch(None, Scripted::new(206, "{}")).0.unwrap_err().code(), Code::UnexpectedStatus);
}
