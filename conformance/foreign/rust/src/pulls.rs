// SPDX-License-Identifier: Apache-2.0

use crate::consumers::durable;
use crate::run::{
    between, boxed_outcome, case, failed, message, next, outcome, position, show, until, Case, Outcome, Run, PATIENCE,
};
use async_nats::jetstream::consumer::pull;
use async_nats::Subscriber;
use futures::StreamExt;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

pub fn cases() -> Vec<Case> {
    vec![
        case("pull-fetch-and-batch", fetch_and_batch),
        case("pull-messages", messages),
        case("pull-messages-small-batches", small_batches),
        case("pull-consumer-deleted", consumer_deleted),
        case("pull-raw-statuses", raw_statuses),
        case("pull-limits", limits),
        case("pull-two-workers", two_workers),
    ]
}

async fn fetch_and_batch(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "c", "d", "e"]).await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let mut fetched = consumer.fetch().max_messages(2).messages().await?;
    while let Some(m) = fetched.next().await {
        println!("fetch: {}", position(&m?)?);
    }
    let began = Instant::now();
    let mut batch = consumer.batch().max_messages(9).expires(Duration::from_secs(1)).messages().await?;
    while let Some(m) = batch.next().await {
        println!("batch: {}", position(&m?)?);
    }
    println!("ended {}", between(980, began.elapsed()));
    let mut empty = consumer.fetch().max_messages(2).messages().await?;
    println!("nothing left: {}", empty.next().await.is_none());
    let mut bytes =
        consumer.batch().max_messages(5).max_bytes(60).expires(Duration::from_secs(2)).messages().await?;
    run.publish(&["f"]).await?;
    match bytes.next().await {
        Some(m) => println!("too small: {}", boxed_outcome(&m)),
        None => println!("too small: ended"),
    }
    Ok(())
}

async fn messages(run: Run) -> Outcome {
    const COUNT: usize = 300;
    let stream = run.create_stream().await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let mut messages = consumer.messages().await?;
    for n in 0..COUNT {
        run.js.publish(run.subject("m"), n.to_string().into()).await?.await?;
    }
    let mut in_order = 0;
    for n in 0..COUNT {
        let m = tokio::time::timeout(PATIENCE, messages.next()).await?.ok_or("ended")??;
        in_order += usize::from(m.payload == n.to_string().as_bytes());
        m.ack().await?;
    }
    println!("{in_order} in order");
    until("all acknowledged", || async { Ok(consumer.get_info().await?.ack_floor.stream_sequence == COUNT as u64) })
        .await?;
    println!("all acknowledged");
    Ok(())
}

async fn small_batches(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let mut messages = consumer
        .stream()
        .max_messages_per_batch(2)
        .expires(Duration::from_millis(600))
        .heartbeat(Duration::from_millis(200))
        .messages()
        .await?;
    let began = Instant::now();
    let publisher = run.clone();
    tokio::spawn(async move {
        // Later than one pull lives, so that the client has to ask again.
        tokio::time::sleep(Duration::from_millis(900)).await;
        publisher.publish(&["a", "b", "c", "d", "e"]).await
    });
    for _ in 0..5 {
        let m = tokio::time::timeout(PATIENCE, messages.next()).await?.ok_or("ended")??;
        println!("{} {:?}", m.subject, m.payload);
        m.double_ack().await?;
    }
    println!("waited {}", between(850, began.elapsed()));
    Ok(())
}

async fn consumer_deleted(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a"]).await?;
    let consumer = stream.create_consumer(durable("c")).await?;
    let mut messages = consumer.messages().await?;
    let m = messages.next().await.ok_or("ended")??;
    println!("{}", position(&m)?);
    stream.delete_consumer("c").await?;
    match tokio::time::timeout(PATIENCE, messages.next()).await? {
        Some(Err(failure)) => println!("deleted: {}", failed(&failure)),
        Some(Ok(m)) => println!("deleted: {}", position(&m)?),
        None => println!("deleted: ended"),
    }
    Ok(())
}

async fn pull(run: &Run, consumer: &str, body: &str) -> Result<Subscriber, async_nats::Error> {
    let inbox = run.client.new_inbox();
    let subscriber = run.client.subscribe(inbox.clone()).await?;
    let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{consumer}", run.stream);
    run.client.publish_with_reply(subject, inbox, body.to_string().into()).await?;
    Ok(subscriber)
}

/// Prints messages up to and with the status that ends the pull.
async fn show_all(what: &str, subscriber: &mut Subscriber) {
    loop {
        let m = next(subscriber, PATIENCE).await;
        println!("{what}: {}", message(m.as_ref()));
        let Some(m) = m else { return };
        if m.status.is_some_and(|status| status.as_u16() != 100) {
            return;
        }
    }
}

async fn raw_statuses(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let config = pull::Config { max_waiting: 1, max_batch: 20, max_expires: Duration::from_secs(10), ..durable("c") };
    stream.create_consumer(config).await?;
    show_all("404", &mut pull(&run, "c", r#"{"batch":1,"no_wait":true}"#).await?).await;
    show_all("408", &mut pull(&run, "c", r#"{"batch":3,"expires":200000000}"#).await?).await;
    show_all("409 batch", &mut pull(&run, "c", r#"{"batch":21}"#).await?).await;
    show_all("409 expires", &mut pull(&run, "c", r#"{"batch":1,"expires":11000000000}"#).await?).await;
    show_all("400", &mut pull(&run, "c", r#"{"batch":1,"expires":1000000000,"idle_heartbeat":900000000}"#).await?)
        .await;
    let mut waiting = pull(&run, "c", r#"{"batch":2,"expires":4000000000,"idle_heartbeat":300000000}"#).await?;
    show_all("409 waiting", &mut pull(&run, "c", r#"{"batch":1,"expires":1000000000}"#).await?).await;
    show("100", &mut waiting, 1).await;
    run.publish(&["a", "b", "c"]).await?;
    let mut received = Vec::new();
    while received.len() < 2 {
        let m = next(&mut waiting, PATIENCE).await.ok_or("nothing came")?;
        if m.status.is_none() {
            received.push(m.subject.to_string());
        }
    }
    println!("then {received:?}");
    show_all("409 size", &mut pull(&run, "c", r#"{"batch":1,"expires":1000000000,"max_bytes":10}"#).await?).await;
    let mut deleted = pull(&run, "c", r#"{"batch":2,"expires":4000000000}"#).await?;
    show("the last", &mut deleted, 1).await;
    stream.delete_consumer("c").await?;
    show_all("409 deleted", &mut deleted).await;
    show_all("503", &mut pull(&run, "c", "1").await?).await;
    Ok(())
}

async fn limits(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let consumer = stream.create_consumer(pull::Config { max_batch: 5, ..durable("c") }).await?;
    run.publish(&["a"]).await?;
    let mut batch = consumer.batch().max_messages(6).expires(Duration::from_secs(1)).messages().await?;
    match batch.next().await {
        Some(m) => println!("a batch over the limit: {}", boxed_outcome(&m)),
        None => println!("a batch over the limit: ended"),
    }
    let mut batch = consumer.batch().max_messages(1).expires(Duration::from_secs(1)).messages().await?;
    println!("within: {}", position(&batch.next().await.ok_or("ended")??)?);
    let failure = consumer.fetch().max_messages(0).messages().await;
    println!("no messages wanted: {}", outcome(&failure));
    Ok(())
}

async fn two_workers(run: Run) -> Outcome {
    const COUNT: usize = 200;
    let stream = run.create_stream().await?;
    stream.create_consumer(durable("c")).await?;
    let (sender, mut receiver) = tokio::sync::mpsc::channel(COUNT);
    for _ in 0..2 {
        let client = crate::run::connect().await?;
        let js = async_nats::jetstream::new(client);
        let consumer = js.get_consumer_from_stream::<pull::Config, _, _>("c", &run.stream).await?;
        let sender = sender.clone();
        tokio::spawn(async move {
            let mut messages = consumer.stream().max_messages_per_batch(5).messages().await?;
            while let Some(m) = messages.next().await {
                let m = m?;
                m.double_ack().await?;
                sender.send(m.payload.to_vec()).await?;
            }
            Ok::<(), async_nats::Error>(())
        });
    }
    for n in 0..COUNT {
        run.js.publish(run.subject("m"), n.to_string().into()).await?.await?;
    }
    let mut seen = BTreeSet::new();
    for _ in 0..COUNT {
        seen.insert(tokio::time::timeout(PATIENCE, receiver.recv()).await?);
    }
    println!("{} different", seen.len());
    Ok(())
}
