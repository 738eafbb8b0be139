// SPDX-License-Identifier: Apache-2.0

use crate::consumers::durable;
use crate::run::{own_case, until_within, Case, Outcome, Run, PATIENCE};
use async_nats::connection::State;
use futures::StreamExt;
use std::collections::BTreeSet;
use std::time::Duration;

pub fn cases() -> Vec<Case> {
    vec![own_case("restart-while-consuming", while_consuming), own_case("kill-after-acks", kill_after_acks)]
}

/// Asks the runner for a restart and waits until the connection was lost and is there again.
async fn restart(run: &Run, request: &str) -> Outcome {
    let old = run.client.server_info().client_id;
    let id = run.client.server_info().server_id;
    println!("{request}");
    until_within(3 * PATIENCE, "connected to the next server", || async {
        let info = run.client.server_info();
        Ok(run.client.connection_state() == State::Connected && (info.server_id != id || info.client_id != old))
    })
    .await
}

async fn while_consuming(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let mut messages =
        consumer.stream().expires(Duration::from_secs(2)).heartbeat(Duration::from_millis(500)).messages().await?;
    run.publish(&["1", "2", "3"]).await?;
    let mut seen = BTreeSet::new();
    while seen.len() < 3 {
        let m = tokio::time::timeout(PATIENCE, messages.next()).await?.ok_or("ended")??;
        m.double_ack().await?;
        seen.insert(m.subject.to_string());
    }
    restart(&run, "@restart").await?;
    run.publish(&["4", "5", "6"]).await?;
    let mut failures = 0;
    while seen.len() < 6 {
        // The client reports what it noticed of the restart in this stream; it goes on after that.
        match tokio::time::timeout(PATIENCE, messages.next()).await?.ok_or("ended")? {
            Ok(m) => {
                m.double_ack().await?;
                seen.insert(m.subject.to_string());
            }
            Err(failure) if failures > 50 => return Err(failure.into()),
            Err(_) => failures += 1,
        }
    }
    println!("consumed {seen:?}");
    Ok(())
}

async fn kill_after_acks(run: Run) -> Outcome {
    const COUNT: usize = 200;
    run.create_stream().await?;
    let mut answers = Vec::new();
    for n in 0..COUNT {
        answers.push(run.js.publish(run.subject("m"), n.to_string().into()).await?);
    }
    for answer in answers {
        answer.await?;
    }
    restart(&run, "@kill").await?;
    let stream = run.js.get_stream(&run.stream).await?;
    let state = &stream.cached_info().state;
    println!("messages {}, last {}", state.messages, state.last_sequence);
    println!("last {:?}", stream.get_raw_message(COUNT as u64).await?.payload);
    Ok(())
}
