# SPDX-License-Identifier: Apache-2.0

import time

from nats.js.api import AckPolicy

from run import PATIENCE_SECONDS, between, position


async def take(sub):
    return (await sub.fetch(1, timeout=PATIENCE_SECONDS))[0]


async def kinds(run):
    await run.create_stream()
    await run.create_consumer("c")
    sub = await run.pull_subscribe("c")
    await run.publish("a")
    first = await take(sub)
    await run.attempt("ack", first.ack_sync())
    await run.attempt("again", first.ack())
    await run.consumer_state("acknowledged", "c")
    # One message at a time: a nak is not answered, so that only its redelivery shows it.
    await run.publish("b")
    await (await take(sub)).nak()
    again = await take(sub)
    print(f"after nak: {position(again)}")
    await again.ack_sync()
    await run.publish("c")
    began = time.monotonic()
    await (await take(sub)).nak(delay=0.3)
    again = await take(sub)
    print(f"after nak with a delay {between(0.29, began)}: {position(again)}")
    await again.in_progress()
    await again.ack_sync()
    await run.publish("d", "e")
    fourth = await take(sub)
    await fourth.term()
    await (await take(sub)).ack_sync()
    await run.consumer_state("at the end", "c")


async def ack_all(run):
    await run.create_stream()
    await run.publish(*"abcd")
    await run.create_consumer("c", ack_policy=AckPolicy.ALL)
    sub = await run.pull_subscribe("c")
    messages = await sub.fetch(4)
    await messages[2].ack_sync()
    await run.consumer_state("three", "c")


async def ack_wait(run):
    await run.create_stream()
    await run.publish("a")
    await run.create_consumer("c", ack_wait=0.3)
    sub = await run.pull_subscribe("c")
    began = time.monotonic()
    print(position(await take(sub)))
    for times in 1, 2:
        m = await take(sub)
        print(f"{between(times * 0.25, began)}: {position(m)}")
    await m.ack_sync()
    await run.consumer_state("acknowledged", "c")


async def max_deliver(run):
    await run.create_stream()
    await run.publish("a")
    await run.create_consumer("c", ack_wait=0.2, max_deliver=2)
    sub = await run.pull_subscribe("c")
    print(position(await take(sub)))
    print(position(await take(sub)))
    await run.attempt("given up", sub.fetch(1, timeout=0.8))
    await run.publish("b")
    print(f"goes on with {position(await take(sub))}")


async def max_ack_pending(run):
    await run.create_stream()
    await run.publish("a", "b", "c")
    await run.create_consumer("c", max_ack_pending=2)
    sub = await run.pull_subscribe("c")
    messages = await sub.fetch(2)
    for m in messages:
        print(position(m))
    await run.attempt("the third has to wait", sub.fetch(1, timeout=0.3))
    await messages[0].ack_sync()
    print(position(await take(sub)))


CASES = {
    "ack-kinds": kinds,
    "ack-all": ack_all,
    "redelivery-ack-wait": ack_wait,
    "redelivery-max-deliver": max_deliver,
    "redelivery-max-ack-pending": max_ack_pending,
}
