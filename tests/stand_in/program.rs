//! The stand-in server as a program: `cargo run --example stand_in -- --port 8080 --forbid CLIENT=OBJECT`.
//!
//! It prints where it listens and runs until its standard input ends, so that a script which started it cannot
//! leave it behind.

#[path = "mod.rs"]
mod stand_in;

use std::io::Read;

use stand_in::{Access, Config, Forbidden, StandIn};

const USAGE: &str =
    "usage: stand_in [--port PORT] [--forbid CLIENT=OBJECT]... [--credentials | --sign-in]";

fn main() -> Result<(), String> {
    let mut config = Config::default();
    let mut port = 0;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(USAGE);
        match word.as_str() {
            "--port" => port = value()?.parse().map_err(|_| USAGE)?,
            "--forbid" => {
                let pair = value()?;
                let (client, object) = pair.split_once('=').ok_or(USAGE)?;
                config.forbidden.push(Forbidden {
                    client: client.to_owned(),
                    object: object.to_owned(),
                });
            }
            "--credentials" => config.access = Access::CredentialsNeeded,
            "--sign-in" => config.access = Access::SignInPage,
            _ => return Err(USAGE.to_owned()),
        }
    }
    let server = StandIn::start_at(port, config);
    println!("{}", server.base());
    let mut rest = Vec::new();
    std::io::stdin()
        .read_to_end(&mut rest)
        .map_err(|error| format!("standard input: {error}"))?;
    Ok(())
}
