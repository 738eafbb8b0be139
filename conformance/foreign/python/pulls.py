# SPDX-License-Identifier: Apache-2.0

import asyncio
import time

from run import PATIENCE_SECONDS, between, message, next_message, position, show, until


async def fetch(run):
    await run.create_stream()
    await run.publish(*"abcde")
    await run.create_consumer("c")
    sub = await run.pull_subscribe("c")
    for batch in [1, 2, 9]:
        for m in await sub.fetch(batch, timeout=1):
            print(f"fetch {batch}: {position(m)}")
            await m.ack_sync()
    began = time.monotonic()
    await run.attempt("one of nothing", sub.fetch(1, timeout=0.3))
    print(f"ended {between(0.28, began)}")
    await run.attempt("some of nothing", sub.fetch(5, timeout=0.3))
    await run.attempt("with a heartbeat", sub.fetch(5, timeout=0.4, heartbeat=0.1))
    await run.consumer_state("all acknowledged", "c")
    await run.js.delete_consumer(run.stream, "c")
    await run.attempt("consumer deleted", sub.fetch(1, timeout=0.5))


async def fetch_waits(run):
    await run.create_stream()
    await run.create_consumer("c")
    sub = await run.pull_subscribe("c")
    waiting = asyncio.create_task(sub.fetch(1, timeout=PATIENCE_SECONDS))
    await asyncio.sleep(0)
    await run.publish("late")
    for m in await waiting:
        print(position(m))
        await m.ack_sync()


async def workers(run):
    await run.create_stream()
    await run.create_consumer("c")
    await run.publish(*["m"] * 100)
    seen = set()

    async def work():
        sub = await run.pull_subscribe("c")
        while len(seen) < 100:
            try:
                messages = await sub.fetch(5, timeout=0.3)
            except asyncio.TimeoutError:
                continue
            for m in messages:
                seen.add(m.metadata.sequence.stream)
                await m.ack_sync()

    await asyncio.gather(*(work() for _ in range(3)))
    print(f"{len(seen)} different")
    await run.consumer_state("done", "c")


async def pull(run, consumer, body):
    inbox = run.nc.new_inbox()
    sub = await run.nc.subscribe(inbox)
    await run.nc.publish(f"$JS.API.CONSUMER.MSG.NEXT.{run.stream}.{consumer}", body.encode(), reply=inbox)
    return sub


async def show_all(what, sub):
    """Prints messages up to and with the status that ends the pull."""
    while True:
        m = await next_message(sub)
        print(f"{what}: {message(m)}")
        if m is None or (m.headers and m.headers.get("Status", "100") != "100"):
            return


async def raw_statuses(run):
    await run.create_stream()
    await run.create_consumer("c", max_waiting=1)
    await show_all("404", await pull(run, "c", '{"batch":1,"no_wait":true}'))
    await show_all("408", await pull(run, "c", '{"batch":3,"expires":200000000}'))
    await show_all("400", await pull(run, "c", '{"batch":1,"expires":1000000000,"idle_heartbeat":900000000}'))
    waiting = await pull(run, "c", '{"batch":1,"expires":4000000000,"idle_heartbeat":300000000}')
    await show_all("409 waiting", await pull(run, "c", '{"batch":1,"expires":1000000000}'))
    await show("100", waiting)
    await run.publish("a", "b")
    while (m := await next_message(waiting)) is not None and m.headers:
        pass
    print(f"then {m.subject if m else 'nothing'}")
    await show_all("409 size", await pull(run, "c", '{"batch":1,"expires":1000000000,"max_bytes":10}'))
    await show_all("409 completed", await pull(run, "c", '{"batch":1,"expires":1000000000,"max_bytes":1000}'))
    deleted = await pull(run, "c", '{"batch":1,"expires":4000000000}')

    async def waits():
        return (await run.js.consumer_info(run.stream, "c")).num_waiting == 1

    await until("pull waits", waits)
    await run.js.delete_consumer(run.stream, "c")
    await show_all("409 deleted", deleted)
    await show_all("503", await pull(run, "c", "1"))


CASES = {
    "pull-fetch": fetch,
    "pull-fetch-waits": fetch_waits,
    "pull-workers": workers,
    "pull-raw-statuses": raw_statuses,
}
