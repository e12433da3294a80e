//! A queue that any thread adds to, and that one thread at a time empties.
//!
//! In: changes of the queue, under its lock. Out: its items one by one, under no lock.
//! Keeps: one order over all threads, and that no thread waits for an item that another one carries out (I13).

use crate::sync::lock;
use std::sync::Mutex;

/// A queue, and whether a thread empties it now.
pub(crate) struct SerialQueue<Q>(Mutex<QueueState<Q>>);

struct QueueState<Q> {
    queue: Q,
    busy: bool,
}

impl<Q: Iterator> SerialQueue<Q> {
    pub(crate) fn new(queue: Q) -> Self {
        Self(Mutex::new(QueueState { queue, busy: false }))
    }

    /// Gives `look` the queue to read or change. `look` must not call this queue again.
    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut Q) -> R) -> R {
        look(&mut lock(&self.0).queue)
    }

    /// Gives each item to `out`, in order. If a thread empties the queue already, this returns at once, and that thread carries
    /// out the new items too. It may be this thread, further up its stack.
    pub(crate) fn drain(&self, mut out: impl FnMut(Q::Item)) {
        let Some(mut turn) = Drain::begin(self) else { return };
        while let Some(item) = turn.next() {
            out(item);
        }
    }
}

/// The time in which one thread empties the queue. It ends when nothing is left, or with a panic.
struct Drain<'a, Q> {
    queue: &'a SerialQueue<Q>,
    over: bool,
}

impl<'a, Q: Iterator> Drain<'a, Q> {
    fn begin(queue: &'a SerialQueue<Q>) -> Option<Self> {
        let was_busy = std::mem::replace(&mut lock(&queue.0).busy, true);
        (!was_busy).then(|| Self { queue, over: false })
    }

    /// Takes the next item. One lock covers taking it and noticing that none is left, so that whoever adds an item later finds
    /// the queue idle and empties it.
    fn next(&mut self) -> Option<Q::Item> {
        let mut state = lock(&self.queue.0);
        let item = state.queue.next();
        self.over = item.is_none();
        state.busy = !self.over;
        item
    }
}

impl<Q> Drop for Drain<'_, Q> {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.queue.0).busy = false; // the next thread that comes empties the rest
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
    struct NumberQueue(VecDeque<usize>);

    impl Iterator for NumberQueue {
        type Item = usize;

        fn next(&mut self) -> Option<usize> {
            self.0.pop_front()
        }
    }

    #[test]
    fn what_many_threads_add_is_carried_out_once_and_in_the_order_of_adding() {
        let (line, added, done) =
            (SerialQueue::new(NumberQueue::default()), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for first in [0, 1000, 2000] {
                let (line, added, done) = (&line, &added, &done);
                scope.spawn(move || {
                    for number in first..first + 500 {
                        line.with(|queue| {
                            queue.0.push_back(number);
                            added.lock().unwrap().push(number);
                        });
                        line.drain(|number| done.lock().unwrap().push(number));
                    }
                });
            }
        });
        assert_eq!(*done.lock().unwrap(), *added.lock().unwrap());
        assert_eq!(done.lock().unwrap().len(), 1500);
    }

    #[test]
    fn what_is_added_while_an_item_is_carried_out_comes_after_it() {
        let (line, done) = (SerialQueue::new(NumberQueue([1, 2].into())), Mutex::new(Vec::new()));
        line.drain(|number| {
            if number == 1 {
                line.with(|queue| queue.0.push_back(3));
                line.drain(|_| panic!("the thread is at it already"));
                thread::scope(|scope| {
                    let second = scope.spawn(|| line.drain(|_| panic!("a thread is at it already")));
                    second.join().unwrap();
                });
            }
            done.lock().unwrap().push(number);
        });
        assert_eq!(*done.lock().unwrap(), [1, 2, 3]);
    }

    #[test]
    fn a_panic_does_not_stop_the_queue_for_ever() {
        let line = SerialQueue::new(NumberQueue([1, 2].into()));
        assert!(catch_unwind(AssertUnwindSafe(|| line.drain(|_| panic!("a fault")))).is_err());
        let mut done = Vec::new();
        line.drain(|number| done.push(number));
        assert_eq!(done, [2]);
    }
}
