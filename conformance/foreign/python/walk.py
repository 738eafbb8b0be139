# SPDX-License-Identifier: Apache-2.0
"""The public pull consumer example, told in Python: its lines stand in expected-walk.txt as well."""

import asyncio
import time

from nats.js.api import ConsumerConfig
from nats.js.errors import NotFoundError


async def walk(run):
    await run.js.add_stream(name="EVENTS", subjects=["events.>"])

    async def publish_three():
        for n in range(1, 4):
            await run.js.publish(f"events.{n}", b"")

    await publish_three()
    ephemeral = await run.js.pull_subscribe("events.>", config=ConsumerConfig())
    for m in await ephemeral.fetch(3):
        await m.ack()
        print("received msg on", m.subject)

    await publish_three()

    async def count(batch, timeout):
        try:
            messages = await ephemeral.fetch(batch, timeout=timeout)
        except asyncio.TimeoutError:
            return 0
        for m in messages:
            await m.ack()
        return len(messages)

    print(f"got {await count(2, 5)} messages")
    print(f"got {await count(100, 5)} messages")
    began = time.monotonic()
    none = await count(1, 1)
    print(f"got {none} messages in {str(time.monotonic() - began)[:2]}")

    durable = await run.js.pull_subscribe("events.>", durable="processor")
    first = (await durable.fetch(1))[0]
    print(f'received "{first.subject}" from durable consumer')
    await run.js.delete_consumer("EVENTS", "processor")
    try:
        await run.js.consumer_info("EVENTS", "processor")
        print("consumer deleted: false")
    except NotFoundError:
        print("consumer deleted: true")


CASES = {"walk": walk}
