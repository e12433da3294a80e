//! Runs what takes long on one thread.
//!
//! In: jobs. Out: the jobs, done one after the other. Keeps: I13 (queuing a job never waits), and a job that panics ends
//! neither the thread nor the app.

use crate::host::{Host, Level};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Work that takes long.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// A queue of jobs and the thread that does them. The thread starts with the first job. It ends after this is dropped and the
/// running job is done; jobs that still wait are dropped.
pub(crate) struct Worker {
    host: Arc<dyn Host>,
    queue: Mutex<Option<Sender<Job>>>,
}

impl Worker {
    /// Makes a queue without a thread.
    pub(crate) fn new(host: Arc<dyn Host>) -> Self {
        Self { host, queue: Mutex::default() }
    }

    /// Queues `job` behind those that wait, and returns at once.
    pub(crate) fn run(&self, job: Job) {
        let unsent = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let unsent = queue.get_or_insert_with(|| start(&self.host)).send(job).err();
            if unsent.is_some() {
                *queue = None; // the next job tries again
            }
            unsent
        };
        // The dropped job tells whoever waits for it.
        if unsent.is_some() {
            self.host.log(Level::Warning, "the worker has no thread, and a job is not done");
        }
    }
}

fn start(host: &Arc<dyn Host>) -> Sender<Job> {
    let (sender, jobs) = channel();
    let host = Arc::clone(host);
    // A system without room for a thread drops what the thread would hear, so that sending fails.
    let _ = thread::Builder::new().name("aloft-worker".to_owned()).spawn(move || work(&*host, &jobs));
    sender
}

fn work(host: &dyn Host, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        host.begin_work();
        let done = catch_unwind(AssertUnwindSafe(job));
        host.end_work();
        if done.is_err() {
            host.log(Level::Warning, "a job of the worker panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Keep, Page, Splash};
    use serde_json::Value;

    #[derive(Default)]
    struct WorkerHost(Mutex<Vec<String>>);

    impl WorkerHost {
        fn hear(&self, line: &str) {
            self.0.lock().unwrap().push(line.to_owned());
        }
    }

    impl Host for WorkerHost {
        fn show(&self, _: Page) {}
        fn wake(&self, _: u64) {}
        fn emit(&self, _: &str, _: Value, _: Keep) {}
        fn splash(&self, _: Splash) {}
        fn begin_work(&self) {
            self.hear("begin");
        }
        fn end_work(&self) {
            self.hear("end");
        }
        fn local_time(&self, _: &str) -> Option<i64> {
            None
        }
        fn open_store(&self, _: &[String]) {}
        fn log(&self, _: Level, line: &str) {
            self.hear(line);
        }
    }

    #[test]
    fn jobs_are_done_one_after_the_other_also_after_one_that_panicked() {
        let heard = Arc::new(WorkerHost::default());
        let worker = Worker::new(heard.clone());
        let (sender, done) = channel();
        worker.run(Box::new(|| panic!("first")));
        worker.run(Box::new(move || sender.send(thread::current().name().map(str::to_owned)).unwrap()));
        assert_eq!(done.recv().unwrap().as_deref(), Some("aloft-worker"));
        let lines = heard.0.lock().unwrap()[..4].to_vec();
        assert_eq!(lines, ["begin", "end", "a job of the worker panicked", "begin"]);
    }

    #[test]
    fn the_thread_ends_with_its_worker_and_what_waited_is_dropped() {
        let worker = Worker::new(Arc::new(WorkerHost::default()));
        let (running, started) = channel();
        let (go, wait) = channel::<()>();
        let (dropped, ended) = channel::<()>();
        worker.run(Box::new(move || {
            running.send(()).unwrap();
            let _ = wait.recv();
        }));
        started.recv().unwrap();
        worker.run(Box::new(move || drop(dropped)));
        drop(worker);
        go.send(()).unwrap();
        assert!(ended.recv().is_err(), "the job that waited was done or dropped, and the thread went on to its end");
    }
}
