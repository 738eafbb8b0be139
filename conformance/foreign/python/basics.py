# SPDX-License-Identifier: Apache-2.0
"""Publish, subscribe, request: what needs no stream."""

import asyncio

import nats

from run import PATIENCE_SECONDS, QUIET_SECONDS, all_messages, connect, failure, headers, message
from run import show, show_quiet, text, until


async def round_trip(nc):
    """Waits until the server has handled all that a connection sent: nobody answers the question, and
    the server says so, after what it sent before."""
    try:
        await nc.request("nobody.listens", timeout=PATIENCE_SECONDS)
    except nats.errors.NoRespondersError:
        pass


async def publish_subscribe(run):
    sub = await run.nc.subscribe(run.subject("greet"))
    for n in range(5):
        await run.nc.publish(run.subject("greet"), f"hello {n}".encode())
    await run.nc.publish(run.subject("greet"))
    await run.nc.publish(run.subject("greet"), b"with a reply", reply="answer.here")
    await run.nc.publish(run.subject("other"), b"nobody listens")
    await show("received", sub, 7)
    await show_quiet("then", sub)


async def wildcards(run):
    patterns = ["a", "a.*", "a.>", "*", "*.b", ">", "a.*.c", "*.*", "*.>", "*.b.*"]
    subscriptions = [await run.nc.subscribe(run.subject(pattern)) for pattern in patterns]
    for subject in ["a", "a.b", "a.b.c", "b", "b.b", "a.c", "a.b.c.d"]:
        await run.nc.publish(run.subject(subject), subject.encode())
    await round_trip(run.nc)
    received = await asyncio.gather(*(all_messages(sub) for sub in subscriptions))
    for pattern, matched in zip(patterns, received):
        print(f"{pattern} matches {' '.join(m.data.decode() for m in matched)}")


async def queue_groups(run):
    messages = 200
    received = {"red": [[], [], []], "blue": [[]]}
    for group, members in received.items():
        for member in members:

            async def keep(m, member=member):
                member.append(m.data)

            nc = await connect()
            await nc.subscribe(run.subject("work"), queue=group, cb=keep)
            await round_trip(nc)
    for n in range(messages):
        await run.nc.publish(run.subject("work"), str(n).encode())

    async def all_delivered():
        return all(sum(map(len, members)) >= messages for members in received.values())

    await until("all delivered", all_delivered)
    await asyncio.sleep(QUIET_SECONDS)
    for group, members in received.items():
        served = sum(1 for member in members if member)
        payloads = [data for member in members for data in member]
        print(f"group {group}: {served} served, {len(payloads)} deliveries, {len(set(payloads))} different")


async def request_reply(run):
    other = await connect()

    async def echo(m):
        await other.publish(m.reply, m.data.upper(), headers={**(m.headers or {}), "Answered-By": "echo"})

    await other.subscribe(run.subject("echo"), cb=echo)
    await round_trip(other)
    for n in range(3):
        m = await run.nc.request(run.subject("echo"), f"call {n}".encode(), timeout=PATIENCE_SECONDS)
        print(f"answer: {headers(m.headers)} {text(m.data)}")
    m = await run.nc.request(run.subject("echo"), b"why", timeout=PATIENCE_SECONDS, headers={"Question": "1"})
    print(f"answer with headers: {headers(m.headers)} {text(m.data)}")
    m = await run.nc.request(run.subject("echo"), b"old", timeout=PATIENCE_SECONDS, old_style=True)
    print(f"answer on an own inbox: {headers(m.headers)} {text(m.data)}")


async def no_responders(run):
    try:
        print(message(await run.nc.request(run.subject("nobody"), b"x", timeout=PATIENCE_SECONDS)))
    except nats.errors.Error as error:
        print(f"request: {failure(error)}")
    inbox = run.nc.new_inbox()
    sub = await run.nc.subscribe(inbox)
    await run.nc.publish(run.subject("nobody"), b"x", reply=inbox)
    await show("on an own inbox", sub)
    await run.nc.publish(run.subject("nobody"), b"x")
    await show_quiet("without a reply subject", sub)


async def header_forms(run):
    sub = await run.nc.subscribe(run.subject("h"))
    for values in [
        {"Key": "value"},
        {"key": "lower", "Key": "upper"},
        {"Empty": ""},
        {"Colon": "a:b:c"},
        {"Unicode": "grüße ✓"},
        {f"H-{n:03}": str(n) for n in range(50)},
    ]:
        await run.nc.publish(run.subject("h"), b"data", headers=values)
    await show("received", sub, 6)


async def auto_unsubscribe(run):
    sub = await run.nc.subscribe(run.subject("auto"))
    await sub.unsubscribe(limit=3)
    for n in range(5):
        await run.nc.publish(run.subject("auto"), str(n).encode())
    await show("received", sub, 3)
    try:
        print(f"then: {message(await sub.next_msg(timeout=QUIET_SECONDS))}")
    except nats.errors.Error as error:
        print(f"then: {failure(error)}")


async def payload_sizes(run):
    limit = run.nc.max_payload
    print(f"limit {limit}")
    sub = await run.nc.subscribe(run.subject("big"))
    for size in [0, 1, 32768, 300_000, limit]:
        await run.nc.publish(run.subject("big"), b"x" * size)
        await show(f"{size} bytes", sub)
    await run.attempt("one more", run.nc.publish(run.subject("big"), b"x" * (limit + 1)))


async def drain(run):
    other = await connect()
    handled = []

    async def handle(m):
        handled.append(m)

    sub = await other.subscribe(run.subject("d"), cb=handle)
    # From the same connection: what comes from another one may still be on its way.
    for _ in range(100):
        await other.publish(run.subject("d"), b"x")

    async def all_handled():
        return len(handled) == 100

    await until("all handled", all_handled)
    await sub.drain()
    print(f"handled by a drained subscription: {len(handled)}")
    await round_trip(other)
    await run.attempt("after it", run.nc.request(run.subject("d"), b"", timeout=PATIENCE_SECONDS))
    await other.drain()
    print(f"closed: {other.is_closed}")


CASES = {
    "core-publish-subscribe": publish_subscribe,
    "core-wildcards": wildcards,
    "core-queue-groups": queue_groups,
    "core-request-reply": request_reply,
    "core-no-responders": no_responders,
    "core-headers": header_forms,
    "core-auto-unsubscribe": auto_unsubscribe,
    "core-payload-sizes": payload_sizes,
    "core-drain": drain,
}
