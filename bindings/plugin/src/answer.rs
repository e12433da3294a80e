//! Answers a call exactly once, whatever happens.
//!
//! In: the result of a call. Out: one call of its [`AnswerCallback`]. Keeps: no promise in a page waits for ever.

use crate::refusal::Refusal;
use serde::Serialize;
use serde_json::Value;

/// Takes the answer to a call, once, from any thread.
pub type AnswerCallback = Box<dyn FnOnce(Result<Value, Refusal>) + Send>;

/// An answer that was not given yet. When it is dropped (by a panic, or with a job that is not done any more), it answers
/// with an error.
pub(crate) struct PendingAnswer(Option<AnswerCallback>);

impl PendingAnswer {
    pub(crate) fn new(answer: AnswerCallback) -> Self {
        Self(Some(answer))
    }

    /// Gives the result of the call.
    pub(crate) fn give<R: Serialize>(mut self, result: Result<R, Refusal>) {
        let internal = |error: serde_json::Error| Refusal::new(Refusal::INTERNAL, error.to_string());
        let result = result.and_then(|value| serde_json::to_value(value).map_err(internal));
        if let Some(answer) = self.0.take() {
            answer(result);
        }
    }

    /// Ends the call without an answer, because nobody waits for one.
    pub(crate) fn discard(mut self) {
        self.0 = None;
    }
}

impl Drop for PendingAnswer {
    fn drop(&mut self) {
        if let Some(answer) = self.0.take() {
            answer(Err(Refusal::new(Refusal::INTERNAL, "the call ended without an answer; the log may say why")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::channel;

    #[test]
    fn a_panic_answers_and_an_answer_is_given_once() {
        let (sender, answers) = channel();
        let second = sender.clone();
        let pending = PendingAnswer::new(Box::new(move |result| sender.send(result).unwrap()));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _pending = pending;
            panic!("a fault of ours");
        }));
        assert!(panicked.is_err());
        PendingAnswer::new(Box::new(move |result| second.send(result).unwrap())).give(Ok(5));
        let answers: Vec<_> = answers.iter().map(|result| result.map_err(|refusal| refusal.code)).collect();
        assert_eq!(answers, [Err(Refusal::INTERNAL.to_owned()), Ok(Value::from(5))]);
    }
}
