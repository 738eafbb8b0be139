// SPDX-License-Identifier: Apache-2.0

//! One execution of a case: its connection, the names it may use, and how it prints what it sees.

use async_nats::header::HeaderMap;
use async_nats::jetstream::{self, stream};
use async_nats::{Client, Message, Subscriber};
use futures::future::BoxFuture;
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;
use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

pub type Outcome = Result<(), async_nats::Error>;

/// How long a case waits for something that has to come.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// How long a case waits to see that nothing comes.
pub const QUIET: Duration = Duration::from_millis(150);

/// How much later than asked for something may happen: a busy machine must not fail a case.
const SLACK: Duration = Duration::from_secs(3);

/// What the runner has to do around a case.
pub enum Kind {
    /// Any server, one case after the other.
    Plain,
    /// Asks for restarts itself, in lines that begin with '@'.
    Own,
}

pub struct Case {
    pub name: &'static str,
    pub kind: Kind,
    pub run: Box<dyn FnOnce(Run) -> BoxFuture<'static, Outcome>>,
}

pub fn case<F, Fut>(name: &'static str, run: F) -> Case
where
    F: FnOnce(Run) -> Fut + 'static,
    Fut: Future<Output = Outcome> + Send + 'static,
{
    Case { name, kind: Kind::Plain, run: Box::new(move |r| Box::pin(run(r))) }
}

pub fn own_case<F, Fut>(name: &'static str, run: F) -> Case
where
    F: FnOnce(Run) -> Fut + 'static,
    Fut: Future<Output = Outcome> + Send + 'static,
{
    Case { kind: Kind::Own, ..case(name, run) }
}

#[derive(Clone)]
pub struct Run {
    pub client: Client,
    pub js: jetstream::Context,
    /// The stream of the case.
    pub stream: String,
    /// The first tokens of every subject of the case.
    prefix: String,
}

pub async fn connect() -> Result<Client, async_nats::Error> {
    let options =
        async_nats::ConnectOptions::new().name("foreign").reconnect_delay_callback(|_| Duration::from_millis(50));
    Ok(options.connect(address()).await?)
}

pub fn address() -> String {
    std::env::var("NATS_URL").unwrap_or_else(|_| String::from("nats://localhost:4222"))
}

impl Run {
    pub async fn open(name: &str) -> Result<Run, async_nats::Error> {
        let client = connect().await?;
        Ok(Run {
            js: jetstream::new(client.clone()),
            client,
            stream: format!("C_{}", name.to_uppercase().replace('-', "_")),
            prefix: format!("c.{name}"),
        })
    }

    /// Deletes what an earlier or aborted case left: only the names that cases use.
    pub async fn remove_leftovers(&self) -> Outcome {
        let names: Vec<String> = self.js.stream_names().try_collect().await?;
        for name in names {
            if ["C_", "KV_C_", "OBJ_C_"].iter().any(|p| name.starts_with(p)) || name == "EVENTS" {
                self.js.delete_stream(name).await?;
            }
        }
        Ok(())
    }

    /// A subject of the case: its tokens below the prefix of the case.
    pub fn subject(&self, tokens: &str) -> String {
        format!("{}.{tokens}", self.prefix)
    }

    /// Creates the stream of the case on every subject of the case.
    pub async fn create_stream(&self) -> Result<stream::Stream, async_nats::Error> {
        Ok(self.js.create_stream(self.stream_config()).await?)
    }

    pub fn stream_config(&self) -> stream::Config {
        stream::Config { name: self.stream.clone(), subjects: vec![self.subject(">")], ..Default::default() }
    }

    /// Stores messages whose payload is their place in the call.
    pub async fn publish(&self, tokens: &[&str]) -> Outcome {
        for (index, token) in tokens.iter().enumerate() {
            let payload = (index + 1).to_string();
            self.js.publish(self.subject(token), payload.into()).await?.await?;
        }
        Ok(())
    }

    /// Sends a request to the JetStream API and prints request and answer. $S in the subject and
    /// in the body stands for the stream of the case, $P for the prefix of its subjects.
    pub async fn call(&self, subject: &str, body: &str) -> Outcome {
        let (subject, body) = (self.named(subject), self.named(body));
        println!("> {subject} {body}");
        match self.client.request(format!("$JS.API.{subject}"), body.into()).await {
            Ok(reply) => println!("< {}", answer(&reply.payload)?),
            Err(failure) => println!("< {}", failed(&failure)),
        }
        Ok(())
    }

    fn named(&self, text: &str) -> String {
        text.replace("$S", &self.stream).replace("$P", &self.prefix)
    }
}

/// Waits for the next message; None when none comes in time.
pub async fn next(subscriber: &mut Subscriber, wait: Duration) -> Option<Message> {
    tokio::time::timeout(wait, subscriber.next()).await.ok().flatten()
}

/// Prints the next messages of a subscription.
pub async fn show(what: &str, subscriber: &mut Subscriber, count: usize) {
    for _ in 0..count {
        println!("{what}: {}", message(next(subscriber, PATIENCE).await.as_ref()));
    }
}

/// Prints that nothing more comes, or what does.
pub async fn show_quiet(what: &str, subscriber: &mut Subscriber) {
    println!("{what}: {}", message(next(subscriber, QUIET).await.as_ref()));
}

/// Polls a condition that becomes true without a message to wait for.
pub async fn until<F, Fut>(what: &str, condition: F) -> Outcome
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<bool, async_nats::Error>>,
{
    until_within(PATIENCE, what, condition).await
}

pub async fn until_within<F, Fut>(wait: Duration, what: &str, mut condition: F) -> Outcome
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<bool, async_nats::Error>>,
{
    let deadline = Instant::now() + wait;
    while !condition().await? {
        if Instant::now() > deadline {
            return Err(format!("never became true: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Says whether a duration that was measured is at least what it has to be and not much more. The
/// measuring starts before the server can start its own, since this program may hear late.
pub fn between(least_millis: u64, measured: Duration) -> String {
    let least = Duration::from_millis(least_millis);
    if measured < least {
        format!("too early ({measured:?}, expected {least:?})")
    } else if measured > least + SLACK {
        format!("too late ({measured:?}, expected {least:?})")
    } else {
        String::from("in time")
    }
}

/// The text of an error with the texts of its causes.
pub fn failed(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}

/// "ok", or the text of the error.
pub fn outcome<T, E: Error + 'static>(result: &Result<T, E>) -> String {
    match result {
        Ok(_) => String::from("ok"),
        Err(error) => failed(error),
    }
}

/// The same for the boxed error that acknowledgements answer with.
pub fn boxed_outcome<T>(result: &Result<T, async_nats::Error>) -> String {
    match result {
        Ok(_) => String::from("ok"),
        Err(error) => failed(error.as_ref()),
    }
}

pub fn headers(map: Option<&HeaderMap>) -> String {
    let mut all: Vec<String> = map
        .into_iter()
        .flat_map(HeaderMap::iter)
        .flat_map(|(name, values)| values.iter().map(move |value| (name.to_string(), value.to_string())))
        .map(|(name, value)| if name == "Nats-Time-Stamp" { (name, masked_time(&value)) } else { (name, value) })
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    all.sort();
    format!("{{{}}}", all.join(", "))
}

pub fn text(payload: &[u8]) -> String {
    if payload.len() <= 80 {
        format!("{:?}", String::from_utf8_lossy(payload))
    } else {
        let sum: u64 = payload.iter().enumerate().map(|(i, b)| (i as u64 + 1) * u64::from(*b)).sum();
        format!("[{} bytes, sum {sum}]", payload.len())
    }
}

/// Prints a message: a status by its code, text and headers, else subject, headers and payload.
pub fn message(message: Option<&Message>) -> String {
    let Some(m) = message else { return String::from("nothing") };
    if let Some(status) = m.status {
        let description = m.description.as_deref().unwrap_or("");
        return format!("status {} {description} {}", status.as_u16(), headers(m.headers.as_ref()));
    }
    let mut line = format!("msg {} {} {}", m.subject, headers(m.headers.as_ref()), text(&m.payload));
    if let Some(reply) = &m.reply {
        line = format!("{line} reply {}", masked_reply(reply));
    }
    line
}

/// Prints where a message of a consumer stands.
pub fn position(m: &jetstream::Message) -> Result<String, async_nats::Error> {
    let info = m.info()?;
    Ok(format!(
        "{} {} stream {} consumer {} delivered {} pending {}",
        m.subject,
        text(&m.payload),
        info.stream_sequence,
        info.consumer_sequence,
        info.delivered,
        info.pending
    ))
}

fn masked_reply(reply: &str) -> String {
    if reply.starts_with("_INBOX.") {
        return String::from("<inbox>");
    }
    let mut tokens: Vec<&str> = reply.split('.').collect();
    if tokens.len() == 9 && tokens[1] == "ACK" {
        tokens[7] = "<ts>";
    }
    tokens.join(".")
}

/// Prints a JSON document with sorted keys and without what differs from run to run.
pub fn answer(document: &[u8]) -> Result<String, async_nats::Error> {
    let mut value: Value = serde_json::from_slice(document)?;
    mask("", &mut value);
    Ok(value.to_string())
}

fn mask(key: &str, value: &mut Value) {
    match key {
        "_nats.ver" | "_nats.level" | "leader" | "id" => *value = Value::from(format!("<{key}>")),
        "ts" | "created" | "first_ts" | "last_ts" | "last_active" | "time" | "timestamp" => {
            if let Some(text) = value.as_str() {
                *value = Value::from(masked_time(text));
            }
        }
        _ => match value {
            Value::Object(members) => members.iter_mut().for_each(|(name, inner)| mask(name, inner)),
            Value::Array(items) => items.iter_mut().for_each(|inner| mask("", inner)),
            _ => {}
        },
    }
}

fn masked_time(text: &str) -> String {
    if text == "0001-01-01T00:00:00Z" {
        text.to_string()
    } else if text.ends_with('Z') && text.contains('T') {
        String::from("<time>")
    } else {
        format!("not a time: {text}")
    }
}
