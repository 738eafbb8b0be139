// SPDX-License-Identifier: Apache-2.0

use crate::run::{boxed_outcome, case, outcome, position, until, Case, Outcome, Run};
use async_nats::jetstream::consumer::{pull, push, AckPolicy, Consumer, DeliverPolicy};
use async_nats::jetstream::stream::Stream;
use futures::{StreamExt, TryStreamExt};
use std::time::Duration;

pub fn cases() -> Vec<Case> {
    vec![
        case("consumer-lifecycle", lifecycle),
        case("consumer-create-strict", create_strict),
        case("consumer-list", list),
        case("consumer-config-echo", config_echo),
        case("consumer-deliver-policies", deliver_policies),
        case("consumer-errors", errors),
        case("consumer-ordered", ordered),
        case("consumer-push", push_delivery),
        case("consumer-ephemeral-end", ephemeral_end),
    ]
}

pub fn durable(name: &str) -> pull::Config {
    pull::Config { durable_name: Some(name.to_string()), ack_policy: AckPolicy::Explicit, ..Default::default() }
}

async fn lifecycle(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "a"]).await?;
    println!("before: {}", boxed_outcome(&stream.get_consumer::<pull::Config>("c").await));
    let mut consumer: Consumer<pull::Config> = stream.create_consumer(durable("c")).await?;
    let info = consumer.info().await?;
    println!(
        "{} of {}: pending {}, waiting {}, waiting for acks {}, redelivered {}",
        info.name, info.stream_name, info.num_pending, info.num_waiting, info.num_ack_pending, info.num_redelivered
    );
    let mut batch = consumer.fetch().max_messages(2).messages().await?;
    while let Some(m) = batch.next().await {
        let m = m?;
        println!("{}", position(&m)?);
        m.double_ack().await?;
    }
    let info = consumer.info().await?;
    println!(
        "delivered {}/{}, floor {}/{}, pending {}",
        info.delivered.consumer_sequence,
        info.delivered.stream_sequence,
        info.ack_floor.consumer_sequence,
        info.ack_floor.stream_sequence,
        info.num_pending
    );
    println!("deleted: {}", stream.delete_consumer("c").await?.success);
    println!("deleted again: {}", outcome(&stream.delete_consumer("c").await));
    println!("info: {}", outcome(&consumer.get_info().await));
    Ok(())
}

async fn create_strict(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let other = pull::Config { description: Some(String::from("other")), ..durable("c") };
    println!("update of none: {}", outcome(&stream.update_consumer(durable("c")).await));
    println!("create: {}", outcome(&stream.create_consumer_strict(durable("c")).await));
    println!("create again: {}", outcome(&stream.create_consumer_strict(durable("c")).await));
    println!("create another: {}", outcome(&stream.create_consumer_strict(other.clone()).await));
    println!("update: {}", outcome(&stream.update_consumer(other.clone()).await));
    println!("create or update: {}", outcome(&stream.create_consumer(durable("c")).await));
    println!("get or create: {}", outcome(&stream.get_or_create_consumer("c", durable("c")).await));
    let forbidden = pull::Config { ack_policy: AckPolicy::All, ..durable("c") };
    println!("update of the ack policy: {}", outcome(&stream.update_consumer(forbidden).await));
    Ok(())
}

async fn list(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    for name in ["b", "c", "a"] {
        stream.create_consumer(durable(name)).await?;
    }
    let names: Vec<String> = stream.consumer_names().try_collect().await?;
    println!("names {names:?}");
    let mut consumers = stream.consumers();
    while let Some(info) = consumers.try_next().await? {
        println!("listed {} {:?}", info.name, info.config.ack_policy);
    }
    Ok(())
}

async fn config_echo(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let consumer = stream
        .create_consumer(pull::Config {
            description: Some(String::from("all kinds of members")),
            ack_wait: Duration::from_secs(7),
            max_deliver: 9,
            max_ack_pending: 77,
            max_waiting: 5,
            max_batch: 50,
            max_expires: Duration::from_secs(20),
            max_bytes: 5000,
            filter_subjects: vec![run.subject("a"), run.subject("b.*")],
            headers_only: true,
            sample_frequency: 50,
            inactive_threshold: Duration::from_secs(40),
            backoff: vec![Duration::from_secs(1), Duration::from_secs(2)],
            metadata: [(String::from("k"), String::from("v"))].into(),
            ..durable("c")
        })
        .await?;
    let c = &consumer.cached_info().config;
    println!("{:?} {:?} {} {} {}", c.description, c.ack_wait, c.max_deliver, c.max_ack_pending, c.max_waiting);
    println!("{} {:?} {} {:?} {}", c.max_batch, c.max_expires, c.max_bytes, c.filter_subjects, c.headers_only);
    println!("{} {:?} {:?} k={:?}", c.sample_frequency, c.inactive_threshold, c.backoff, c.metadata.get("k"));
    Ok(())
}

async fn deliver_policies(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "a", "b", "c"]).await?;
    for (name, policy, filter) in [
        ("all", DeliverPolicy::All, ""),
        ("last", DeliverPolicy::Last, ""),
        ("new", DeliverPolicy::New, ""),
        ("from-3", DeliverPolicy::ByStartSequence { start_sequence: 3 }, ""),
        ("last-each", DeliverPolicy::LastPerSubject, ">"),
        ("filtered", DeliverPolicy::All, "b"),
    ] {
        let filter_subject = if filter.is_empty() { String::new() } else { run.subject(filter) };
        let config = pull::Config { deliver_policy: policy, filter_subject, ..durable(name) };
        let consumer = stream.create_consumer(config).await?;
        println!("{name}: pending {}", consumer.cached_info().num_pending);
        let mut batch = consumer.fetch().max_messages(10).messages().await?;
        while let Some(m) = batch.next().await {
            println!("{name}: {}", position(&m?)?);
        }
    }
    Ok(())
}

async fn errors(run: Run) -> Outcome {
    let missing = run.js.get_stream_no_info(&run.stream).await?;
    println!("no stream: {}", outcome(&missing.create_consumer(durable("c")).await));
    let stream = run.create_stream().await?;
    for (what, config) in [
        (
            "both filters",
            pull::Config { filter_subject: run.subject("a"), filter_subjects: vec![run.subject("b")], ..durable("c") },
        ),
        (
            "overlapping filters",
            pull::Config { filter_subjects: vec![run.subject("a"), run.subject("*")], ..durable("c") },
        ),
        (
            "backoff longer than deliveries",
            pull::Config { backoff: vec![Duration::from_secs(1); 3], max_deliver: 2, ..durable("c") },
        ),
        ("replicas", pull::Config { num_replicas: 3, ..durable("c") }),
        ("short maximum", pull::Config { max_expires: Duration::from_micros(10), ..durable("c") }),
    ] {
        println!("{what}: {}", outcome(&stream.create_consumer(config).await));
    }
    Ok(())
}

async fn ordered(run: Run) -> Outcome {
    let stream: Stream = run.create_stream().await?;
    run.publish(&["a", "b", "a", "b", "a"]).await?;
    let consumer =
        stream.create_consumer(pull::OrderedConfig { filter_subject: run.subject("a"), ..Default::default() }).await?;
    let mut messages = consumer.messages().await?;
    for _ in 0..3 {
        let m = messages.next().await.ok_or("ended")??;
        println!("{}", position(&m)?);
    }
    run.publish(&["b", "a"]).await?;
    let m = messages.next().await.ok_or("ended")??;
    println!("{}", position(&m)?);
    Ok(())
}

async fn push_delivery(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    run.publish(&["a", "b", "c"]).await?;
    let consumer = stream
        .create_consumer(push::Config {
            durable_name: Some(String::from("c")),
            deliver_subject: run.client.new_inbox(),
            ack_policy: AckPolicy::Explicit,
            idle_heartbeat: Duration::from_millis(300),
            flow_control: true,
            ..Default::default()
        })
        .await?;
    let mut messages = consumer.messages().await?;
    for _ in 0..3 {
        let m = messages.next().await.ok_or("ended")??;
        println!("{}", position(&m)?);
        m.double_ack().await?;
    }
    let info = consumer.get_info().await?;
    println!("floor {}, bound {}", info.ack_floor.stream_sequence, info.push_bound);
    let ordered = stream
        .create_consumer(push::OrderedConfig { deliver_subject: run.client.new_inbox(), ..Default::default() })
        .await?;
    let mut messages = ordered.messages().await?;
    for _ in 0..3 {
        println!("ordered: {}", position(&messages.next().await.ok_or("ended")??)?);
    }
    Ok(())
}

async fn ephemeral_end(run: Run) -> Outcome {
    let stream = run.create_stream().await?;
    let ephemeral = stream
        .create_consumer(pull::Config { inactive_threshold: Duration::from_millis(300), ..Default::default() })
        .await?;
    println!("exists: {}", outcome(&ephemeral.get_info().await));
    until("gone", || async { Ok(ephemeral.get_info().await.is_err()) }).await?;
    println!("later: {}", outcome(&ephemeral.get_info().await));
    Ok(())
}
