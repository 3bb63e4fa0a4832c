//! mendpoint in a browser: questions of the page in, answers out.
//!
//! The page and this engine talk through four functions and no glue code: [`room`] gives memory for a
//! question (JSON), [`ask`] answers it, [`answer_start`] and [`answer_length`] say where the answer lies.
//! An answer is one line of JSON, and behind it the output as it is: a report, a body, a copy.

mod answer;
mod file;

use std::cell::RefCell;

use serde_json::Value;

use answer::{Answer, Engine};

thread_local! {
    static ENGINE: RefCell<Engine> = RefCell::new(Engine::new());
    static QUESTION: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

#[link(wasm_import_module = "mendpoint")]
unsafe extern "C" {
    /// Tells the page why the engine breaks off.
    fn say(pointer: *const u8, length: usize);
}

/// Room for a question of `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    QUESTION.with_borrow_mut(|question| {
        question.clear();
        question.resize(length, 0);
        question.as_mut_ptr()
    })
}

/// Answers the question that was written into [`room`].
#[unsafe(no_mangle)]
pub extern "C" fn ask() {
    std::panic::set_hook(Box::new(|why| {
        let text = why.to_string();
        // SAFETY: the page reads the text before this call returns.
        unsafe { say(text.as_ptr(), text.len()) }
    }));
    let question = QUESTION.with_borrow_mut(std::mem::take);
    let question: Value = serde_json::from_slice(&question).unwrap_or_default();
    let Answer { head, output } = ENGINE.with_borrow_mut(|engine| engine.answer(&question));
    let mut bytes = head.to_string().into_bytes();
    bytes.push(b'\n');
    bytes.extend(output);
    ANSWER.with_borrow_mut(|answer| *answer = bytes);
}

/// Where the answer starts.
#[unsafe(no_mangle)]
pub extern "C" fn answer_start() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// How long the answer is, in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn answer_length() -> usize {
    ANSWER.with_borrow(Vec::len)
}
