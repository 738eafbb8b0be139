// SPDX-License-Identifier: Apache-2.0

//! Publish, subscribe, request: what needs no stream.

use crate::run::{
    case, connect, failed, headers, message, next, outcome, show, show_quiet, text, until, Case, Outcome, Run,
    PATIENCE, QUIET,
};
use async_nats::{Client, HeaderMap, Subscriber};
use bytes::Bytes;
use futures::StreamExt;
use std::collections::HashSet;

pub fn cases() -> Vec<Case> {
    vec![
        case("core-publish-subscribe", publish_subscribe),
        case("core-wildcards", wildcards),
        case("core-queue-groups", queue_groups),
        case("core-request-reply", request_reply),
        case("core-no-responders", no_responders),
        case("core-headers", header_forms),
        case("core-unsubscribe-after", unsubscribe_after),
        case("core-payload-sizes", payload_sizes),
        case("core-drain", drain),
        case("core-server-info", server_info),
    ]
}

/// Waits until the server has handled all that this connection sent: nobody answers the question, and
/// the server says so, after what it sent before.
async fn round_trip(client: &Client) {
    client.request("nobody.listens", Bytes::new()).await.err();
}

async fn publish_subscribe(run: Run) -> Outcome {
    let mut subscriber = run.client.subscribe(run.subject("greet")).await?;
    for n in 0..5 {
        run.client.publish(run.subject("greet"), format!("hello {n}").into()).await?;
    }
    run.client.publish(run.subject("greet"), Bytes::new()).await?;
    run.client.publish_with_reply(run.subject("greet"), "answer.here", "with a reply".into()).await?;
    run.client.publish(run.subject("other"), "nobody listens".into()).await?;
    show("received", &mut subscriber, 7).await;
    show_quiet("then", &mut subscriber).await;
    Ok(())
}

async fn wildcards(run: Run) -> Outcome {
    let patterns = ["a", "a.*", "a.>", "*", "*.b", ">", "a.*.c", "*.*", "*.>", "*.b.*"];
    let mut all: Vec<(&str, Subscriber)> = Vec::new();
    for pattern in patterns {
        all.push((pattern, run.client.subscribe(run.subject(pattern)).await?));
    }
    for subject in ["a", "a.b", "a.b.c", "b", "b.b", "a.c", "a.b.c.d"] {
        run.client.publish(run.subject(subject), subject.into()).await?;
    }
    round_trip(&run.client).await;
    for (pattern, subscriber) in &mut all {
        subscriber.unsubscribe().await?;
        let mut matched = Vec::new();
        while let Some(m) = subscriber.next().await {
            matched.push(String::from_utf8_lossy(&m.payload).to_string());
        }
        println!("{pattern} matches {}", matched.join(" "));
    }
    Ok(())
}

async fn queue_groups(run: Run) -> Outcome {
    const MESSAGES: usize = 200;
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    for (member, group) in ["red", "red", "red", "blue"].into_iter().enumerate() {
        let client = connect().await?;
        let mut subscriber = client.queue_subscribe(run.subject("work"), group.to_string()).await?;
        round_trip(&client).await;
        let sender = sender.clone();
        tokio::spawn(async move {
            while let Some(m) = subscriber.next().await {
                sender.send((group, member, m.payload)).ok();
            }
        });
    }
    for n in 0..MESSAGES {
        run.client.publish(run.subject("work"), n.to_string().into()).await?;
    }
    let mut received = Vec::new();
    while received.len() < 2 * MESSAGES {
        received.push(tokio::time::timeout(PATIENCE, receiver.recv()).await?.ok_or("ended")?);
    }
    while let Ok(Some(more)) = tokio::time::timeout(QUIET, receiver.recv()).await {
        received.push(more);
    }
    for group in ["red", "blue"] {
        let of_group: Vec<_> = received.iter().filter(|delivery| delivery.0 == group).collect();
        let served: HashSet<_> = of_group.iter().map(|delivery| delivery.1).collect();
        let seen: HashSet<_> = of_group.iter().map(|delivery| &delivery.2).collect();
        println!("group {group}: {} served, {} deliveries, {} different", served.len(), of_group.len(), seen.len());
    }
    Ok(())
}

async fn request_reply(run: Run) -> Outcome {
    let other = connect().await?;
    let mut questions = other.subscribe(run.subject("echo")).await?;
    other.flush().await?;
    round_trip(&other).await;
    let answering = tokio::spawn({
        let other = other.clone();
        async move {
            while let Some(m) = questions.next().await {
                let Some(reply) = m.reply else { continue };
                let mut all = m.headers.unwrap_or_default();
                all.insert("Answered-By", "echo");
                other.publish_with_headers(reply, all, m.payload.to_ascii_uppercase().into()).await?;
            }
            Ok::<(), async_nats::Error>(())
        }
    });
    for n in 0..3 {
        let m = run.client.request(run.subject("echo"), format!("call {n}").into()).await?;
        println!("answer: {} {}", headers(m.headers.as_ref()), text(&m.payload));
    }
    let mut question = HeaderMap::new();
    question.insert("Question", "1");
    let m = run.client.request_with_headers(run.subject("echo"), question, "why".into()).await?;
    println!("answer with headers: {} {}", headers(m.headers.as_ref()), text(&m.payload));
    answering.abort();
    let mut silent = run.client.subscribe(run.subject("silent")).await?;
    let impatient = async_nats::Request::new().timeout(Some(QUIET));
    let failure = run.client.send_request(run.subject("silent"), impatient).await;
    println!("a responder that is silent: {}", outcome(&failure));
    show("it got", &mut silent, 1).await;
    Ok(())
}

async fn no_responders(run: Run) -> Outcome {
    match run.client.request(run.subject("nobody"), "x".into()).await {
        Ok(m) => println!("request: {}", message(Some(&m))),
        Err(failure) => println!("request: {}", failed(&failure)),
    }
    let inbox = run.client.new_inbox();
    let mut subscriber = run.client.subscribe(inbox.clone()).await?;
    run.client.publish_with_reply(run.subject("nobody"), inbox, "x".into()).await?;
    show("on an own inbox", &mut subscriber, 1).await;
    run.client.publish(run.subject("nobody"), "x".into()).await?;
    show_quiet("without a reply subject", &mut subscriber).await;
    Ok(())
}

async fn header_forms(run: Run) -> Outcome {
    let mut subscriber = run.client.subscribe(run.subject("h")).await?;
    for pairs in [
        vec![("Key", "value")],
        vec![("key", "lower"), ("Key", "upper")],
        vec![("Twice", "one"), ("Twice", "two")],
        vec![("Empty", "")],
        vec![("Spaces", "a b  c")],
        vec![("Unicode", "grüße ✓")],
    ] {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name, value);
        }
        run.client.publish_with_headers(run.subject("h"), map, "data".into()).await?;
    }
    show("received", &mut subscriber, 6).await;
    Ok(())
}

async fn unsubscribe_after(run: Run) -> Outcome {
    let mut subscriber = run.client.subscribe(run.subject("auto")).await?;
    subscriber.unsubscribe_after(3).await?;
    for n in 0..5 {
        run.client.publish(run.subject("auto"), n.to_string().into()).await?;
    }
    run.client.flush().await?;
    let mut received = Vec::new();
    while let Some(m) = next(&mut subscriber, PATIENCE).await {
        received.push(String::from_utf8_lossy(&m.payload).to_string());
    }
    println!("received {}", received.join(" "));
    Ok(())
}

async fn payload_sizes(run: Run) -> Outcome {
    let limit = run.client.max_payload();
    println!("limit {limit}");
    let mut subscriber = run.client.subscribe(run.subject("big")).await?;
    for size in [0, 1, 32768, 300_000, limit] {
        run.client.publish(run.subject("big"), vec![b'x'; size].into()).await?;
        show(&format!("{size} bytes"), &mut subscriber, 1).await;
    }
    let failure = run.client.publish(run.subject("big"), vec![b'x'; limit + 1].into()).await;
    println!("one more: {}", outcome(&failure));
    Ok(())
}

async fn drain(run: Run) -> Outcome {
    let other = connect().await?;
    let mut subscriber = other.subscribe(run.subject("d")).await?;
    other.flush().await?;
    round_trip(&other).await;
    // From the same connection: what comes from another one may still be on its way.
    for _ in 0..100 {
        other.publish(run.subject("d"), "x".into()).await?;
    }
    round_trip(&other).await;
    subscriber.drain().await?;
    let mut handled = 0;
    while subscriber.next().await.is_some() {
        handled += 1;
    }
    println!("handled by a drained subscription: {handled}");
    let failure = run.client.request(run.subject("d"), Bytes::new()).await;
    println!("after it: {}", outcome(&failure));
    let mut rest = other.subscribe(run.subject("rest")).await?;
    other.publish(run.subject("rest"), "last".into()).await?;
    round_trip(&other).await;
    other.drain().await?;
    let mut handled = 0;
    while rest.next().await.is_some() {
        handled += 1;
    }
    println!("handled by a drained connection: {handled}");
    until("connection gone", || async { Ok(run.client.request(run.subject("rest"), Bytes::new()).await.is_err()) })
        .await
}

async fn server_info(run: Run) -> Outcome {
    let info = run.client.server_info();
    println!(
        "version {}, proto {}, headers {}, max payload {}, jetstream {}, auth required {}, tls required {}, lame duck {}",
        info.version, info.proto, info.headers, info.max_payload, info.jetstream, info.auth_required, info.tls_required,
        info.lame_duck_mode
    );
    println!("server id of {} characters, nonce {:?}", info.server_id.len(), info.nonce);
    println!("at least 2.12: {}", run.client.is_server_compatible(2, 12, 0));
    Ok(())
}
