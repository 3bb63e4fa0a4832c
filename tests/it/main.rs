//! Everything that is tested through the program or the library's front door, as one test binary.

mod accounts;
mod advice;
mod catalogue;
mod catalogue_page;
mod cli;
mod containers;
mod corrections;
mod first_screen;
mod habits;
mod hints;
mod history;
mod inputs;
mod known_good;
mod logs;
mod losses;
mod masking;
mod members;
mod one_cause;
mod planted;
mod readme;
mod real_texts;
mod redaction;
mod redaction_command;
mod redaction_generated;
mod redaction_score;
mod repairs;
mod reports;
mod requests;
#[path = "../stand_in/mod.rs"]
mod stand_in;
mod stand_in_refusals;
mod stand_in_server;
mod stories;
mod types;
mod types_page;
mod wrapped_texts;
