// SPDX-License-Identifier: Apache-2.0

//! Key-value and object stores: conventions of the client on top of streams.

use crate::run::{case, outcome, text, Case, Outcome, Run, PATIENCE};
use async_nats::jetstream::{kv, object_store};
use futures::{StreamExt, TryStreamExt};

pub fn cases() -> Vec<Case> {
    vec![case("kv-basics", kv_basics), case("kv-watch-and-history", kv_watch), case("object-store", objects)]
}

async fn kv_basics(run: Run) -> Outcome {
    let bucket = run.js.create_key_value(kv::Config { bucket: run.stream.clone(), ..Default::default() }).await?;
    println!("get: {:?}", bucket.get("a").await?);
    println!("put: {}", bucket.put("a", "one".into()).await?);
    println!("get: {:?}", bucket.get("a").await?);
    println!("create: {}", outcome(&bucket.create("a", "x".into()).await));
    println!("create: {}", bucket.create("b", "two".into()).await?);
    println!("update: {}", bucket.update("a", "three".into(), 1).await?);
    println!("update: {}", outcome(&bucket.update("a", "four".into(), 1).await));
    bucket.delete("a").await?;
    println!("deleted: {:?}", bucket.get("a").await?);
    let entry = bucket.entry("a").await?.ok_or("no entry")?;
    println!("entry: {:?} revision {}", entry.operation, entry.revision);
    println!("create after delete: {}", bucket.create("a", "five".into()).await?);
    bucket.purge("b").await?;
    let mut keys: Vec<String> = bucket.keys().await?.try_collect().await?;
    keys.sort();
    println!("keys: {keys:?}");
    let status = bucket.status().await?;
    println!("values {}, history {}", status.values(), status.history());
    Ok(())
}

async fn kv_watch(run: Run) -> Outcome {
    let config = kv::Config { bucket: run.stream.clone(), history: 10, ..Default::default() };
    let bucket = run.js.create_key_value(config).await?;
    let mut watch = bucket.watch_all().await?;
    for n in 0..4 {
        bucket.put("k", n.to_string().into()).await?;
    }
    bucket.put("other", "x".into()).await?;
    bucket.delete("k").await?;
    for _ in 0..6 {
        let entry = tokio::time::timeout(PATIENCE, watch.next()).await?.ok_or("ended")??;
        println!("watched: {:?} {} {} revision {}", entry.operation, entry.key, text(&entry.value), entry.revision);
    }
    let mut history = bucket.history("k").await?;
    while let Some(entry) = history.next().await {
        let entry = entry?;
        println!(
            "history: {:?} {} revision {} delta {}",
            entry.operation,
            text(&entry.value),
            entry.revision,
            entry.delta
        );
    }
    let mut from = bucket.watch_from_revision("k", 4).await?;
    let entry = tokio::time::timeout(PATIENCE, from.next()).await?.ok_or("ended")??;
    println!("from revision 4: {:?} revision {}", entry.operation, entry.revision);
    Ok(())
}

async fn objects(run: Run) -> Outcome {
    let config = object_store::Config { bucket: run.stream.clone(), ..Default::default() };
    let store = run.js.create_object_store(config).await?;
    let content = b"0123456789".repeat(40_000);
    let info = store.put("big", &mut content.as_slice()).await?;
    println!("put: {} {} bytes in {} chunks, {:?}", info.name, info.size, info.chunks, info.digest);
    let mut object = store.get("big").await?;
    let mut read = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut object, &mut read).await?;
    println!("get: equal {}", read == content);
    store.put("small", &mut "hello".as_bytes()).await?;
    store.put("small", &mut "replaced".as_bytes()).await?;
    println!("info: {}", store.info("small").await?.size);
    println!("not there: {}", outcome(&store.get("none").await.map(|_| ())));
    store.delete("big").await?;
    let mut names: Vec<String> = store.list().await?.map_ok(|info| info.name).try_collect().await?;
    names.sort();
    println!("list: {names:?}");
    Ok(())
}
