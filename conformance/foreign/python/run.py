# SPDX-License-Identifier: Apache-2.0
"""One execution of a case: its connection, the names it may use, and how it prints what it sees."""

import asyncio
import json
import os
import re
import time

import nats
from nats.js.api import AckPolicy, ConsumerConfig

# How long a case waits for something that has to come, and to see that nothing comes.
PATIENCE_SECONDS = 5
QUIET_SECONDS = 0.15

# How much later than asked for something may happen: a busy machine must not fail a case.
SLACK_SECONDS = 3

ZERO_TIME = "0001-01-01T00:00:00Z"
MASKED_TIMES = {"ts", "created", "first_ts", "last_ts", "last_active", "time", "timestamp"}
MASKED_VALUES = {"_nats.ver", "_nats.level", "leader", "id"}


def own(case):
    """Marks a case that asks for restarts itself, in lines that begin with '@'."""
    case.kind = "own"
    return case


async def connect(**options):
    async def ignore(_error):
        """The client prints what happens to it by default; a case shows what matters itself."""

    # Every chance to come back after a restart: as often as it takes, without long waits.
    settings = {
        "name": "foreign",
        "error_cb": ignore,
        "connect_timeout": PATIENCE_SECONDS,
        "reconnect_time_wait": 0.05,
        "max_reconnect_attempts": -1,
        **options,
    }
    return await nats.connect(os.environ.get("NATS_URL", "nats://localhost:4222"), **settings)


class Run:
    def __init__(self, name):
        self.stream = "C_" + name.upper().replace("-", "_")
        self.prefix = "c." + name

    async def open(self):
        self.nc = await connect()
        self.js = self.nc.jetstream(timeout=PATIENCE_SECONDS)
        await self.remove_leftovers()

    async def close(self):
        await self.remove_leftovers()
        await self.nc.close()

    async def remove_leftovers(self):
        """Deletes what an earlier or aborted case left: only the names that cases use."""
        for info in await self.js.streams_info():
            name = info.config.name
            if name.startswith(("C_", "KV_C_", "OBJ_C_")) or name == "EVENTS":
                await self.js.delete_stream(name)

    def subject(self, tokens):
        return f"{self.prefix}.{tokens}"

    async def create_stream(self, **config):
        return await self.js.add_stream(name=self.stream, subjects=[self.subject(">")], **config)

    async def create_consumer(self, name, **config):
        config = {"ack_policy": AckPolicy.EXPLICIT, **config}
        return await self.js.add_consumer(self.stream, ConsumerConfig(durable_name=name, **config))

    async def pull_subscribe(self, name):
        return await self.js.pull_subscribe_bind(consumer=name, stream=self.stream)

    async def publish(self, *tokens):
        """Stores messages whose payload is their place in the call."""
        for index, token in enumerate(tokens):
            await self.js.publish(self.subject(token), str(index + 1).encode())

    async def call(self, subject, body=""):
        """Sends a request to the JetStream API and prints request and answer."""
        subject, body = self.named(subject), self.named(body)
        print(f"> {subject} {body}")
        reply = await self.nc.request(f"$JS.API.{subject}", body.encode(), timeout=PATIENCE_SECONDS)
        print(f"< {answer(reply.data)}")

    def named(self, text):
        return text.replace("$S", self.stream).replace("$P", self.prefix)

    async def state(self, what):
        state = (await self.js.stream_info(self.stream)).state
        print(
            f"{what}: messages {state.messages}, bytes {state.bytes}, first {state.first_seq}, "
            f"last {state.last_seq}, consumers {state.consumer_count}"
        )

    async def consumer_state(self, what, name):
        info = await self.js.consumer_info(self.stream, name)
        print(
            f"{what}: delivered {info.delivered.consumer_seq}/{info.delivered.stream_seq}, "
            f"floor {info.ack_floor.consumer_seq}/{info.ack_floor.stream_seq}, "
            f"waiting for acks {info.num_ack_pending}, redelivered {info.num_redelivered}, "
            f"pending {info.num_pending}"
        )

    async def attempt(self, what, call, show=lambda value: "ok"):
        """Awaits a call and prints what it answers, or how it failed."""
        try:
            print(f"{what}: {show(await call)}")
        except (nats.errors.Error, asyncio.TimeoutError) as error:
            print(f"{what}: {failure(error)}")


def failure(error):
    """An error of the client: by its type, with its API part when there is one."""
    name = type(error).__name__
    if name == "TimeoutError":
        return name  # the client's own or the one of asyncio, as it happens
    if getattr(error, "err_code", None):
        return f"{name} {error.code}/{error.err_code} {error.description}"
    return f"{name} {str(error).split(': Msg(')[0]}".strip()


async def until(what, condition):
    """Polls a condition that becomes true without a message to wait for."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"never became true: {what}")
        await asyncio.sleep(0.01)


def between(least_seconds, began):
    """Says whether the time since is at least what it has to be and not much more.

    The measuring starts before the server can start its own, since this program may hear late.
    """
    measured = time.monotonic() - began
    if measured < least_seconds:
        return f"too early ({measured:.3f} s, expected {least_seconds} s)"
    if measured > least_seconds + SLACK_SECONDS:
        return f"too late ({measured:.3f} s, expected {least_seconds} s)"
    return "in time"


async def next_message(subscription, wait=PATIENCE_SECONDS):
    """The next message of a subscription; None when none comes in time."""
    try:
        return await subscription.next_msg(timeout=wait)
    except (nats.errors.TimeoutError, asyncio.TimeoutError):
        return None


async def all_messages(subscription):
    """All messages until nothing more comes."""
    received = []
    while (m := await next_message(subscription, QUIET_SECONDS)) is not None:
        received.append(m)
    return received


async def show(what, subscription, count=1):
    for _ in range(count):
        print(f"{what}: {message(await next_message(subscription))}")


async def show_quiet(what, subscription):
    print(f"{what}: {message(await next_message(subscription, QUIET_SECONDS))}")


def headers(values):
    # The client gives the description of a status a key that is no string.
    shown = {str(getattr(k, "value", k)): v.strip().replace("\r\n", " ") for k, v in (values or {}).items()}
    if "Nats-Time-Stamp" in shown:
        shown["Nats-Time-Stamp"] = "<time>"
    return "{" + ", ".join(f"{k}: {v}" for k, v in sorted(shown.items())) + "}"


def text(data):
    return repr(data) if len(data) <= 80 else f"[{len(data)} bytes, sum {sum(data)}]"


def message(m):
    """A message by subject, headers, payload and reply; a status by its headers."""
    if m is None:
        return "nothing"
    if m.headers and "Status" in m.headers:
        return f"status {headers(m.headers)}"
    line = f"msg {m.subject} {headers(m.headers)} {text(m.data)}"
    return f"{line} reply {masked_reply(m.reply)}" if m.reply else line


def position(m):
    """Where a message of a consumer stands."""
    meta = m.metadata
    return (
        f"{m.subject} {text(m.data)} stream {meta.sequence.stream} consumer {meta.sequence.consumer} "
        f"delivered {meta.num_delivered} pending {meta.num_pending}"
    )


def masked_reply(reply):
    if reply.startswith("_INBOX."):
        return "<inbox>"
    return re.sub(r"^(\$JS\.ACK(?:\.[^.]+){5})\.\d+", r"\1.<ts>", reply)


def answer(document):
    """A JSON document with sorted keys and without what differs from run to run."""
    return json.dumps(masked("", json.loads(document)), sort_keys=True, separators=(",", ":"))


def masked(key, value):
    if key in MASKED_VALUES:
        return f"<{key}>"
    if isinstance(value, dict):
        return {k: masked(k, v) for k, v in value.items()}
    if isinstance(value, list):
        return [masked("", v) for v in value]
    if key in MASKED_TIMES and isinstance(value, str) and value != ZERO_TIME:
        return "<time>" if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value) else f"not a time: {value}"
    return value
