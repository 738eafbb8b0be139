// SPDX-License-Identifier: Apache-2.0

use crate::consumers::durable;
use crate::run::{between, boxed_outcome, case, position, Case, Outcome, Run, PATIENCE};
use async_nats::jetstream::consumer::{pull, AckPolicy, Consumer};
use async_nats::jetstream::{AckKind, Message};
use futures::StreamExt;
use std::time::{Duration, Instant};

pub fn cases() -> Vec<Case> {
    vec![
        case("ack-kinds", kinds),
        case("ack-all", all),
        case("ack-none", none),
        case("redelivery-ack-wait", ack_wait),
        case("redelivery-max-deliver", max_deliver),
        case("redelivery-max-ack-pending", max_ack_pending),
    ]
}

async fn take(consumer: &Consumer<pull::Config>) -> Result<Message, async_nats::Error> {
    let mut batch = consumer.batch().max_messages(1).expires(PATIENCE).messages().await?;
    batch.next().await.ok_or("nothing came")?
}

async fn show_floor(what: &str, consumer: &Consumer<pull::Config>) -> Outcome {
    let info = consumer.get_info().await?;
    println!(
        "{what}: floor {}/{}, waiting for acks {}, redelivered {}, pending {}",
        info.ack_floor.consumer_sequence,
        info.ack_floor.stream_sequence,
        info.num_ack_pending,
        info.num_redelivered,
        info.num_pending
    );
    Ok(())
}

async fn kinds(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "c", "d", "e"]).await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let first = take(&consumer).await?;
    println!("ack: {}", boxed_outcome(&first.double_ack().await));
    println!("again: {}", boxed_outcome(&first.double_ack().await));
    show_floor("acknowledged", &consumer).await?;
    let second = take(&consumer).await?;
    second.double_ack_with(AckKind::Nak(None)).await?;
    println!("after nak: {}", position(&take(&consumer).await?)?);
    second.double_ack().await?;
    let third = take(&consumer).await?;
    let began = Instant::now();
    third.double_ack_with(AckKind::Nak(Some(Duration::from_millis(300)))).await?;
    let fourth = take(&consumer).await?;
    println!("meanwhile: {}", position(&fourth)?);
    fourth.double_ack_with(AckKind::Term).await?;
    let fifth = take(&consumer).await?;
    println!("progress: {}", boxed_outcome(&fifth.double_ack_with(AckKind::Progress).await));
    fifth.double_ack().await?;
    let again = take(&consumer).await?;
    println!("after nak with a delay {}: {}", between(290, began.elapsed()), position(&again)?);
    again.double_ack().await?;
    show_floor("at the end", &consumer).await
}

async fn all(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "c", "d"]).await?;
    let consumer = stream.create_consumer(pull::Config { ack_policy: AckPolicy::All, ..durable("c") }).await?;
    let mut batch = consumer.fetch().max_messages(4).messages().await?;
    let mut messages = Vec::new();
    while let Some(m) = batch.next().await {
        messages.push(m?);
    }
    messages[2].double_ack().await?;
    show_floor("three", &consumer).await
}

async fn none(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b"]).await?;
    let consumer = stream.create_consumer(pull::Config { ack_policy: AckPolicy::None, ..durable("c") }).await?;
    let mut batch = consumer.fetch().max_messages(2).messages().await?;
    while let Some(m) = batch.next().await {
        println!("{}", position(&m?)?);
    }
    show_floor("none to acknowledge", &consumer).await
}

async fn ack_wait(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a"]).await?;
    let config = pull::Config { ack_wait: Duration::from_millis(300), ..durable("c") };
    let consumer = stream.create_consumer(config).await?;
    let began = Instant::now();
    println!("{}", position(&take(&consumer).await?)?);
    for times in 1..=2 {
        let again = take(&consumer).await?;
        println!("{}: {}", between(250 * times, began.elapsed()), position(&again)?);
        if again.info()?.delivered == 3 {
            again.double_ack().await?;
        }
    }
    show_floor("acknowledged", &consumer).await
}

async fn max_deliver(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b"]).await?;
    let config = pull::Config { ack_wait: Duration::from_millis(200), max_deliver: 2, ..durable("c") };
    let consumer = stream.create_consumer(config).await?;
    let mut batch = consumer.batch().max_messages(9).expires(Duration::from_millis(1200)).messages().await?;
    while let Some(m) = batch.next().await {
        println!("{}", position(&m?)?);
    }
    println!("given up: waiting for acks {}", consumer.get_info().await?.num_ack_pending);
    Ok(())
}

async fn max_ack_pending(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "c"]).await?;
    let consumer = stream.create_consumer(pull::Config { max_ack_pending: 2, ..durable("c") }).await?;
    let mut batch = consumer.batch().max_messages(3).expires(PATIENCE).messages().await?;
    let first = batch.next().await.ok_or("ended")??;
    let second = batch.next().await.ok_or("ended")??;
    println!("{}", position(&first)?);
    println!("{}", position(&second)?);
    show_floor("two", &consumer).await?;
    first.double_ack().await?;
    println!("{}", position(&batch.next().await.ok_or("ended")??)?);
    Ok(())
}
