//! `mcp`: the commands as tools for an agent, over the Model Context Protocol on standard input and output.

mod answer;
mod root;
mod tools;

use std::io::{self, IsTerminal};
use std::sync::{Arc, Mutex};

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use rmcp::transport::async_rw::AsyncRwTransport;

use crate::args::{Global, McpArgs};
use crate::output::{Failure, tell};
use crate::{Status, load, password};

use root::Root;
use tools::{Desk, Server};

/// Longest line that a client may send, in bytes. No question comes near.
const LONGEST_LINE: usize = 1 << 20;

/// How many questions are worked on at once, besides the reading of the next one.
const AT_ONCE: usize = 2;

/// Answers questions until the client hangs up.
pub(crate) fn run(args: &McpArgs, global: &Global) -> Result<Status, Failure> {
    if global.show_secrets {
        return Err(Failure::new("mcp shows no secret, whatever is asked for")
            .with_hint("leave --show-secrets away"));
    }
    if io::stdin().is_terminal() {
        tell("this is for an agent, which writes JSON-RPC to standard input; see docs/agents.md");
    }
    let server = Server::new(Arc::new(Desk {
        root: Root::open(&args.root)?,
        catalogue: load::catalogue(global)?.into_owned(),
        password: password::given(global)?,
        last: Mutex::default(),
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(AT_ONCE + 2)
        .build()
        .map_err(Failure::new)?;
    let outcome = runtime.block_on(async {
        let wire = AsyncRwTransport::new_server(tokio::io::stdin(), tokio::io::stdout());
        let service = server.serve(wire.with_max_line_length(LONGEST_LINE)).await;
        match service {
            Ok(service) => service.waiting().await.map(drop).map_err(Failure::new),
            // A client that hangs up at once has asked for nothing.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(Failure::new(format!(
                "the client does not speak MCP: {error}"
            ))),
        }
    });
    // A question that is still worked on has nobody left to read its answer.
    runtime.shutdown_background();
    outcome.map(|()| Status::Clean)
}
