//! Things that any thread adds, and one thread at a time carries out.
//!
//! In: changes of a queue, under its lock. Out: its items one by one, under no lock. May touch: nothing of its own.
//! Keeps: one order over all threads, and that nobody waits for what another carries out (I13).

use crate::plugin::lock;
use std::sync::Mutex;

/// A queue, and whether a thread is at it.
pub(crate) struct Line<Q>(Mutex<State<Q>>);

struct State<Q> {
    queue: Q,
    busy: bool,
}

impl<Q: Iterator> Line<Q> {
    pub(crate) fn new(queue: Q) -> Self {
        Self(Mutex::new(State { queue, busy: false }))
    }

    /// Look at the queue, or change it. `look` must not come back here.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut Q) -> R) -> R {
        look(&mut lock(&self.0).queue)
    }

    /// Carry out what there is, in order. If a thread is at it already, also this one further up, that one does.
    pub(crate) fn carry(&self, mut out: impl FnMut(Q::Item)) {
        let Some(mut turn) = Turn::begin(self) else { return };
        while let Some(item) = turn.next() {
            out(item);
        }
    }
}

/// One thread's time at the queue; it ends when there is nothing left, or with a panic.
struct Turn<'a, Q> {
    line: &'a Line<Q>,
    over: bool,
}

impl<'a, Q: Iterator> Turn<'a, Q> {
    fn begin(line: &'a Line<Q>) -> Option<Self> {
        let was_busy = std::mem::replace(&mut lock(&line.0).busy, true);
        (!was_busy).then(|| Self { line, over: false })
    }

    /// That nothing is left and that the turn is over is one decision: what is added next is its adder's.
    fn next(&mut self) -> Option<Q::Item> {
        let mut state = lock(&self.line.0);
        let item = state.queue.next();
        self.over = item.is_none();
        state.busy = !self.over;
        item
    }
}

impl<Q> Drop for Turn<'_, Q> {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.line.0).busy = false; // what is left is for whoever comes next
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    #[derive(Default)]
    struct Numbers(VecDeque<usize>);

    impl Iterator for Numbers {
        type Item = usize;

        fn next(&mut self) -> Option<usize> {
            self.0.pop_front()
        }
    }

    #[test]
    fn what_many_threads_add_is_carried_out_once_and_in_the_order_of_adding() {
        let (line, added, done) = (Line::new(Numbers::default()), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for first in [0, 1000, 2000] {
                let (line, added, done) = (&line, &added, &done);
                scope.spawn(move || {
                    for number in first..first + 500 {
                        line.with(|queue| {
                            queue.0.push_back(number);
                            added.lock().unwrap().push(number);
                        });
                        line.carry(|number| done.lock().unwrap().push(number));
                    }
                });
            }
        });
        assert_eq!(*done.lock().unwrap(), *added.lock().unwrap());
        assert_eq!(done.lock().unwrap().len(), 1500);
    }

    #[test]
    fn what_is_added_while_an_item_is_carried_out_comes_after_it() {
        let (line, done) = (Line::new(Numbers([1, 2].into())), Mutex::new(Vec::new()));
        line.carry(|number| {
            if number == 1 {
                line.with(|queue| queue.0.push_back(3));
                line.carry(|_| panic!("the thread is at it already"));
                thread::scope(|scope| {
                    let second = scope.spawn(|| line.carry(|_| panic!("a thread is at it already")));
                    second.join().unwrap();
                });
            }
            done.lock().unwrap().push(number);
        });
        assert_eq!(*done.lock().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_panic_does_not_stop_the_line_for_ever() {
        let line = Line::new(Numbers([1, 2].into()));
        assert!(catch_unwind(AssertUnwindSafe(|| line.carry(|_| panic!("a fault")))).is_err());
        let mut done = Vec::new();
        line.carry(|number| done.push(number));
        assert_eq!(done, [2]);
    }
}
