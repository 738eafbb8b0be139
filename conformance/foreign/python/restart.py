# SPDX-License-Identifier: Apache-2.0

import asyncio

from run import connect, own, position


async def reconnecting():
    """A connection that survives a restart, and the event that tells of it."""
    back = asyncio.Event()

    async def reconnected():
        back.set()

    nc = await connect(reconnected_cb=reconnected)
    return nc, back


def ask(request):
    print(request, flush=True)


@own
async def fetch_after_restart(run):
    await run.create_stream()
    await run.create_consumer("c")
    await run.publish(*"abcde")
    nc, back = await reconnecting()
    js = nc.jetstream(timeout=5)
    sub = await js.pull_subscribe_bind(consumer="c", stream=run.stream)
    for m in await sub.fetch(2):
        print(position(m))
        await m.ack_sync()
    ask("@restart")
    await asyncio.wait_for(back.wait(), 15)
    await js.publish(run.subject("f"), b"6")
    for _ in range(4):
        m = (await sub.fetch(1, timeout=5))[0]
        print(f"{m.subject} stream {m.metadata.sequence.stream} delivered {m.metadata.num_delivered}")
        await m.ack_sync()
    info = await js.consumer_info(run.stream, "c")
    print(f"floor {info.ack_floor.stream_seq}, pending {info.num_pending}")
    await nc.close()


@own
async def kill_after_acks(run):
    await run.create_stream()
    nc, back = await reconnecting()
    js = nc.jetstream(timeout=5)
    for n in range(100):
        await js.publish(run.subject("m"), str(n).encode())
    ask("@kill")
    await asyncio.wait_for(back.wait(), 15)
    state = (await js.stream_info(run.stream)).state
    print(f"messages {state.messages}, last {state.last_seq}")
    m = await js.get_msg(run.stream, seq=100)
    print(f"last {m.data!r}")
    await nc.close()


CASES = {"restart-while-fetching": fetch_after_restart, "kill-after-acks": kill_after_acks}
