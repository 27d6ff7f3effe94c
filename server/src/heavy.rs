//! Work that takes a processor for long, such as hashing a password or reading a file: on threads of its own, which the
//! machine puts behind those that answer pages. So that a page does not wait for the hashes and files of others.
//! Whoever calls bounds how many run at once.

use tokio::sync::oneshot;

/// How far behind: a nice value, of which 19 is the last. At 10 a thread gets a tenth of what one that answers pages gets,
/// when both want the same processor, and all of it when nobody else does.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 10;

/// Does it and answers what came of it; `None` when it panicked or the machine gives no thread.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, waits) = oneshot::channel();
    let thread = std::thread::Builder::new().name("heavy".to_owned()).spawn(move || {
        step_back();
        // Nobody may be waiting any more: then the work was done for nothing.
        drop(done.send(work()));
    });
    thread.ok()?;
    waits.await.ok()
}

/// Puts this thread behind the others. Where the machine refuses, it runs beside them as before.
#[cfg(target_os = "linux")]
fn step_back() {
    let _refused = rustix::process::setpriority_process(Some(rustix::thread::gettid()), BEHIND);
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

#[cfg(test)]
mod tests {
    use super::run;

    #[tokio::test]
    async fn what_is_heavy_runs_behind_and_a_panic_is_no_answer() {
        assert_eq!(run(|| 2 + 2).await, Some(4));
        let panics: fn() -> u8 = || panic!("on purpose");
        assert_eq!(run(panics).await, None);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_thread_is_nice_and_the_one_that_asked_is_as_before() {
        let nice = || rustix::process::getpriority_process(Some(rustix::thread::gettid())).ok();
        let before = nice();
        assert_eq!(run(nice).await, Some(before.map(|nice| nice.max(super::BEHIND))));
        assert_eq!(nice(), before);
    }
}
