// SPDX-License-Identifier: Apache-2.0

//! Exercises a NATS server with JetStream through the public Rust client, one case a run, and
//! prints what it saw in a form that is equal for equal behaviour.
//!
//! `foreign list` prints the names of the cases, one a line; a second column gives the kind.
//! `foreign run CASE` runs one case against `$NATS_URL`.

mod acks;
mod basics;
mod consumers;
mod pulls;
mod restart;
mod run;
mod stores;
mod streams;
mod walk;

use run::{Case, Kind, Run};
use std::process::ExitCode;
use std::time::Duration;

/// Bounds a case as a whole: a case that hangs is a failure, not a stuck build.
const CASE_DEADLINE: Duration = Duration::from_secs(30);

fn all_cases() -> Vec<Case> {
    [
        walk::cases(),
        basics::cases(),
        streams::cases(),
        consumers::cases(),
        pulls::cases(),
        acks::cases(),
        stores::cases(),
        restart::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => {
            for case in all_cases() {
                match case.kind {
                    Kind::Plain => println!("{}", case.name),
                    Kind::Own => println!("{}\town", case.name),
                }
            }
            ExitCode::SUCCESS
        }
        ["run", name] => match all_cases().into_iter().find(|case| case.name == name) {
            Some(case) => run_case(case).await,
            None => {
                eprintln!("no such case: {name}");
                ExitCode::from(2)
            }
        },
        _ => {
            eprintln!("usage: foreign list | foreign run CASE");
            ExitCode::from(2)
        }
    }
}

async fn run_case(case: Case) -> ExitCode {
    let name = case.name;
    let whole = async {
        let run = Run::open(name).await?;
        run.remove_leftovers().await?;
        (case.run)(run.clone()).await?;
        run.remove_leftovers().await
    };
    match tokio::time::timeout(CASE_DEADLINE, whole).await {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => {
            eprintln!("{name} failed: {failure}");
            ExitCode::FAILURE
        }
        Err(_) => {
            eprintln!("{name} failed: not done after {CASE_DEADLINE:?}");
            ExitCode::FAILURE
        }
    }
}
