// SPDX-License-Identifier: Apache-2.0

use crate::run::{case, Case, Outcome, Run};
use async_nats::jetstream::{consumer::pull, stream};
use futures::StreamExt;

pub fn cases() -> Vec<Case> {
    vec![case("walk", walk)]
}

/// Tells the public pull consumer example: its lines stand in expected-walk.txt as well.
async fn walk(run: Run) -> Outcome {
    let consumer = run
        .js
        .create_stream(stream::Config {
            name: String::from("EVENTS"),
            subjects: vec![String::from("events.>")],
            ..Default::default()
        })
        .await?
        .create_consumer(pull::Config { durable_name: Some(String::from("consumer")), ..Default::default() })
        .await?;
    for n in 0..10 {
        run.js.publish(format!("events.{n}"), "data".into()).await?.await?;
    }
    let mut ten = consumer.messages().await?.take(10);
    while let Some(message) = ten.next().await {
        let message = message?;
        println!(
            "got message on subject {} with payload {:?}",
            message.subject,
            std::str::from_utf8(&message.payload)?
        );
        message.ack().await?;
    }
    Ok(())
}
