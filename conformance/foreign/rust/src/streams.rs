// SPDX-License-Identifier: Apache-2.0

use crate::run::{case, headers, outcome, text, Case, Outcome, Run, PATIENCE};
use async_nats::jetstream::consumer::{pull, AckPolicy};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{self, DiscardPolicy, StorageType};
use async_nats::HeaderMap;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use std::future::IntoFuture;
use std::time::Duration;

pub fn cases() -> Vec<Case> {
    vec![
        case("stream-lifecycle", lifecycle),
        case("stream-config-echo", config_echo),
        case("stream-purge", purge),
        case("stream-list", list),
        case("stream-limits", limits),
        case("stream-raw-answers", raw_answers),
        case("message-get-and-delete", get_and_delete),
        case("message-direct-get", direct_get),
        case("publish-acks", publish_acks),
        case("publish-expectations", publish_expectations),
        case("publish-2000", publish_many),
        case("publish-without-stream", publish_without_stream),
    ]
}

async fn lifecycle(run: Run) -> Outcome {
    println!("before: {}", outcome(&run.js.get_stream(&run.stream).await));
    let config = run.stream_config();
    let mut created = run.js.create_stream(config.clone()).await?;
    println!("created with {} messages", created.cached_info().state.messages);
    println!("again: {}", outcome(&run.js.create_stream(config.clone()).await));
    let other = stream::Config { max_messages: 5, ..config.clone() };
    println!("with another configuration: {}", outcome(&run.js.create_stream(other.clone()).await));
    println!("get or create: {}", outcome(&run.js.get_or_create_stream(other.clone()).await));
    let updated = run.js.update_stream(other.clone()).await?;
    println!("updated: max messages {}", updated.config.max_messages);
    let memory = stream::Config { storage: StorageType::Memory, ..other };
    println!("update of the storage: {}", outcome(&run.js.update_stream(memory).await));
    let overlap = stream::Config { name: format!("{}_2", run.stream), ..config };
    println!("overlap: {}", outcome(&run.js.create_stream(overlap).await));
    run.publish(&["a", "b", "c", "d", "e", "f", "g"]).await?;
    let info = created.info().await?;
    println!(
        "messages {}, first {}, last {}, consumers {}",
        info.state.messages, info.state.first_sequence, info.state.last_sequence, info.state.consumer_count
    );
    println!("deleted: {}", run.js.delete_stream(&run.stream).await?.success);
    println!("deleted again: {}", outcome(&run.js.delete_stream(&run.stream).await));
    println!("info: {}", outcome(&created.get_info().await));
    Ok(())
}

async fn config_echo(run: Run) -> Outcome {
    let config = stream::Config {
        description: Some(String::from("all kinds of members")),
        max_messages: 100,
        max_bytes: 100_000,
        max_messages_per_subject: 10,
        max_age: Duration::from_secs(60),
        max_message_size: 1000,
        max_consumers: 4,
        discard: DiscardPolicy::New,
        duplicate_window: Duration::from_secs(10),
        storage: StorageType::Memory,
        allow_rollup: true,
        allow_direct: true,
        deny_delete: true,
        metadata: [(String::from("k"), String::from("v"))].into(),
        ..run.stream_config()
    };
    let mut created = run.js.create_stream(config).await?;
    let c = &created.info().await?.config;
    println!("{:?} {} {} {}", c.description, c.max_messages, c.max_bytes, c.max_messages_per_subject);
    println!("{:?} {} {} {:?}", c.max_age, c.max_message_size, c.max_consumers, c.discard);
    println!("{:?} {:?} {} {} {}", c.duplicate_window, c.storage, c.allow_rollup, c.allow_direct, c.deny_delete);
    println!("{:?} {} {:?} k={:?}", c.retention, c.num_replicas, c.subjects, c.metadata.get("k"));
    Ok(())
}

async fn purge(run: Run) -> Outcome {
    let mut created = run.create_stream().await?;
    run.publish(&["a", "b", "a", "b", "a", "b", "a", "b", "c", "c"]).await?;
    println!("by subject: {}", created.purge().filter(run.subject("b")).await?.purged);
    println!("keep one of a: {}", created.purge().filter(run.subject("a")).keep(1).await?.purged);
    println!("up to a sequence: {}", created.purge().sequence(10).await?.purged);
    let state = &created.info().await?.state;
    println!("messages {}, first {}, last {}", state.messages, state.first_sequence, state.last_sequence);
    println!("all: {}", created.purge().await?.purged);
    let state = &created.info().await?.state;
    println!("messages {}, first {}, last {}", state.messages, state.first_sequence, state.last_sequence);
    Ok(())
}

async fn list(run: Run) -> Outcome {
    for letter in ["b", "a", "c"] {
        let name = format!("{}_{letter}", run.stream);
        let config = stream::Config { name, subjects: vec![run.subject(letter)], ..Default::default() };
        run.js.create_stream(config).await?;
    }
    let names: Vec<String> = run.js.stream_names().try_collect().await?;
    println!("names {names:?}");
    let mut streams = run.js.streams();
    while let Some(info) = streams.try_next().await? {
        println!("listed {} {:?} {} messages", info.config.name, info.config.subjects, info.state.messages);
    }
    println!("by subject: {}", run.js.stream_by_subject(run.subject("b")).await?);
    println!("by an unknown subject: {}", outcome(&run.js.stream_by_subject(run.subject("x")).await));
    Ok(())
}

async fn limits(run: Run) -> Outcome {
    let config = stream::Config { max_messages: 2, ..run.stream_config() };
    let mut old = run.js.create_stream(config.clone()).await?;
    run.publish(&["a", "b", "c"]).await?;
    let state = &old.info().await?.state;
    println!("discard old: messages {}, first {}", state.messages, state.first_sequence);
    run.js.update_stream(stream::Config { discard: DiscardPolicy::New, max_message_size: 50, ..config }).await?;
    let full = run.js.publish(run.subject("d"), "x".into()).await?.await;
    println!("discard new: {}", outcome(&full));
    let big = run.js.publish(run.subject("d"), vec![b'x'; 51].into()).await?.await;
    println!("too large: {}", outcome(&big));
    Ok(())
}

async fn raw_answers(run: Run) -> Outcome {
    run.call("STREAM.CREATE.$S", r#"{"name":"$S","subjects":["$P.>"]}"#).await?;
    run.publish(&["a", "b"]).await?;
    run.call("STREAM.INFO.$S", "").await?;
    run.call("STREAM.INFO.$S", r#"{"subjects_filter":"$P.*"}"#).await?;
    run.call("STREAM.MSG.GET.$S", r#"{"seq":2}"#).await?;
    run.call("STREAM.CREATE.$S", r#"{"name":"$S","no_such_member":1}"#).await?;
    run.call("CONSUMER.CREATE.$S.c", r#"{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"explicit"}}"#)
        .await?;
    run.call("CONSUMER.INFO.$S.c", "").await?;
    run.call("STREAM.DELETE.$S", "").await
}

async fn get_and_delete(run: Run) -> Outcome {
    let created = run.create_stream().await?;
    run.publish(&["a", "b", "a", "c"]).await?;
    let m = created.get_raw_message(2).await?;
    println!("get: {} {} {} {}", m.subject, m.sequence, headers(Some(&m.headers)), text(&m.payload));
    println!("not there: {}", outcome(&created.get_raw_message(9).await));
    let last = created.get_last_raw_message_by_subject(&run.subject("a")).await?;
    println!("last by subject: {}", last.sequence);
    let first = created.get_first_raw_message_by_subject(run.subject("a"), 2).await?;
    println!("first by subject from 2: {}", first.sequence);
    let following = created.get_next_raw_message_by_subject(run.subject("a")).await?;
    println!("next by subject: {}", following.sequence);
    println!("delete: {}", created.delete_message(2).await?);
    println!("delete again: {}", outcome(&created.delete_message(2).await));
    println!("get: {}", outcome(&created.get_raw_message(2).await));
    Ok(())
}

async fn direct_get(run: Run) -> Outcome {
    let config = stream::Config { allow_direct: true, ..run.stream_config() };
    let created = run.js.create_stream(config).await?;
    run.publish(&["a", "b", "a"]).await?;
    let m = created.direct_get(1).await?;
    println!("by sequence: {} {} {}", m.subject, m.sequence, text(&m.payload));
    let m = created.direct_get_last_for_subject(run.subject("a")).await?;
    println!("last: {} {}", m.sequence, text(&m.payload));
    let m = created.direct_get_next_for_subject(run.subject("a"), Some(2)).await?;
    println!("next: {} {}", m.sequence, text(&m.payload));
    println!("not there: {}", outcome(&created.direct_get(9).await));
    Ok(())
}

async fn publish_acks(run: Run) -> Outcome {
    run.create_stream().await?;
    let ack = run.js.publish(run.subject("a"), "x".into()).await?.await?;
    println!("{} {} {:?} {}", ack.stream, ack.sequence, ack.domain, ack.duplicate);
    for _ in 0..2 {
        let message = PublishMessage::build().message_id("one").payload("y".into());
        let ack = run.js.send_publish(run.subject("a"), message).await?.await?;
        println!("with an id: {} duplicate {}", ack.sequence, ack.duplicate);
    }
    let mut map = HeaderMap::new();
    map.insert("Key", "v");
    let ack = run.js.publish_with_headers(run.subject("a"), map, Bytes::new()).await?;
    println!("with headers: {}", ack.await?.sequence);
    Ok(())
}

async fn publish_expectations(run: Run) -> Outcome {
    run.create_stream().await?;
    run.publish(&["a", "b"]).await?;
    for (what, message) in [
        ("expected stream", PublishMessage::build().expected_stream(&run.stream)),
        ("another stream", PublishMessage::build().expected_stream("OTHER")),
        ("expected sequence", PublishMessage::build().expected_last_sequence(3)),
        ("another sequence", PublishMessage::build().expected_last_sequence(3)),
        ("subject sequence", PublishMessage::build().expected_last_subject_sequence(4)),
        ("another subject sequence", PublishMessage::build().expected_last_subject_sequence(4)),
        ("id", PublishMessage::build().message_id("one")),
        ("expected id", PublishMessage::build().expected_last_message_id("one").message_id("two")),
        ("another id", PublishMessage::build().expected_last_message_id("one")),
    ] {
        let answer = run.js.send_publish(run.subject("c"), message).await?.await;
        match answer {
            Ok(ack) => println!("{what}: {}", ack.sequence),
            Err(_) => println!("{what}: {}", outcome(&answer)),
        }
    }
    Ok(())
}

async fn publish_many(run: Run) -> Outcome {
    const COUNT: usize = 2000;
    let mut created = run.create_stream().await?;
    let mut answers = Vec::with_capacity(COUNT);
    for n in 0..COUNT {
        answers.push(run.js.publish(run.subject("m"), n.to_string().into()).await?);
    }
    let mut in_order = 0;
    for (n, answer) in answers.into_iter().enumerate() {
        let ack = tokio::time::timeout(PATIENCE, answer.into_future()).await??;
        in_order += usize::from(ack.sequence == n as u64 + 1);
    }
    let state = &created.info().await?.state;
    println!("{in_order} in order, messages {}, last {}", state.messages, state.last_sequence);
    let mut read = 0;
    let config = pull::Config { ack_policy: AckPolicy::None, ..Default::default() };
    let consumer = created.create_consumer(config).await?;
    let mut batch = consumer.fetch().max_messages(COUNT).messages().await?;
    while let Some(m) = batch.next().await {
        read += usize::from(m?.payload == read.to_string().as_bytes());
    }
    println!("{read} read back in order");
    Ok(())
}

async fn publish_without_stream(run: Run) -> Outcome {
    let answer = run.js.publish(run.subject("a"), "x".into()).await?.await;
    println!("no stream: {}", outcome(&answer));
    run.create_stream().await?;
    run.publish(&["a"]).await?;
    run.js.delete_stream(&run.stream).await?;
    let answer = run.js.publish(run.subject("a"), "x".into()).await?.await;
    println!("deleted stream: {}", outcome(&answer));
    Ok(())
}
