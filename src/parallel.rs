//! Work on many things at once, with the answers in the order of the things.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Stack of a thread in bytes, as the main one has: expressions of users are judged to their full depth.
const STACK: usize = 8 * 1024 * 1024;

/// What `work` makes of each thing, on as many threads as the machine has processors.
pub(crate) fn each<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    // Asking how many processors there are costs as much as reading a small design.
    let threads =
        if things.len() < 2 { 1 } else { thread::available_parallelism().map_or(1, usize::from).min(things.len()) };
    if threads < 2 {
        return things.iter().map(work).collect();
    }
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(things.len())));
    let take_turns = || {
        while let Some((index, thing)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            things.get(index).map(|thing| (index, thing))
        } {
            let answer = work(thing);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, answer));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Where no further thread can be had, the others do its part.
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take_turns);
        }
        take_turns();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn answers_stand_in_the_order_of_the_things() {
        let numbers: Vec<usize> = (0..1_000).collect();
        let squares: Vec<usize> = numbers.iter().map(|number| number * number).collect();
        assert_eq!(each(&numbers, |number| number * number), squares);
        assert_eq!(each(&[] as &[usize], |number| *number), Vec::<usize>::new());
    }
}
