//! The `ticketbridge` binary.

use std::process::ExitCode;

use mimalloc::MiMalloc;

// The store's engine allocates and frees with every row: with the system's allocator a ticket takes a tenth more
// processor time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    ticketbridge::cli::main()
}
