# SPDX-License-Identifier: Apache-2.0

import asyncio

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from run import PATIENCE_SECONDS, failure, position, until


async def lifecycle(run):
    await run.create_stream()
    await run.publish("a", "b", "a")
    await run.attempt("before", run.js.consumer_info(run.stream, "c"))
    info = await run.create_consumer("c", filter_subject=run.subject("a"), ack_wait=3, max_deliver=4, max_ack_pending=50)
    config = info.config
    print(
        f"{info.name} of {info.stream_name}: pending {info.num_pending}, ack wait {config.ack_wait}, "
        f"max deliver {config.max_deliver}, filter {config.filter_subject}, max ack pending {config.max_ack_pending}"
    )
    sub = await run.pull_subscribe("c")
    for m in await sub.fetch(2):
        print(position(m))
        await m.ack_sync()
    await run.consumer_state("acknowledged", "c")
    await run.attempt("delete", run.js.delete_consumer(run.stream, "c"), str)
    await run.attempt("delete again", run.js.delete_consumer(run.stream, "c"), str)
    await run.attempt("info", run.js.consumer_info(run.stream, "c"))


async def errors(run):
    await run.attempt("no stream", run.create_consumer("c"))
    await run.create_stream()
    for what, config in {
        "both filters": {"filter_subject": run.subject("a"), "filter_subjects": [run.subject("b")]},
        "overlapping filters": {"filter_subjects": [run.subject("a"), run.subject("*")]},
        "backoff longer than deliveries": {"backoff": [1, 1, 1], "max_deliver": 2},
        "replicas": {"num_replicas": 3},
        "start sequence without its policy": {"opt_start_seq": 5},
        "start sequence missing": {"deliver_policy": DeliverPolicy.BY_START_SEQUENCE},
    }.items():
        await run.attempt(what, run.create_consumer("c", **config))
    await run.attempt("create", run.create_consumer("d"))
    await run.attempt("create again", run.create_consumer("d"))
    await run.attempt("another ack policy", run.create_consumer("d", ack_policy=AckPolicy.ALL))


async def listing(run):
    await run.create_stream()
    for name in "bca":
        await run.create_consumer(name, description=name)
    for info in await run.js.consumers_info(run.stream):
        print(f"listed {info.name} {info.config.description} {info.num_pending}")


async def deliver_policies(run):
    await run.create_stream()
    await run.publish("a", "b", "a", "b", "c")
    for name, config in {
        "all": {},
        "last": {"deliver_policy": DeliverPolicy.LAST},
        "new": {"deliver_policy": DeliverPolicy.NEW},
        "from3": {"deliver_policy": DeliverPolicy.BY_START_SEQUENCE, "opt_start_seq": 3},
        "each": {"deliver_policy": DeliverPolicy.LAST_PER_SUBJECT, "filter_subject": run.subject(">")},
        "some": {"filter_subjects": [run.subject("b"), run.subject("c")]},
    }.items():
        info = await run.create_consumer(name, **config)
        print(f"{name}: pending {info.num_pending}")
        sub = await run.pull_subscribe(name)
        try:
            for m in await sub.fetch(10, timeout=0.2 if name == "new" else PATIENCE_SECONDS):
                print(f"{name}: {position(m)}")
        except asyncio.TimeoutError as error:
            print(f"{name}: {failure(error)}")


async def ephemeral_end(run):
    await run.create_stream()
    info = await run.js.add_consumer(
        run.stream, ConsumerConfig(name="short", ack_policy=AckPolicy.NONE, inactive_threshold=0.3)
    )
    print(f"created {info.name}, threshold {info.config.inactive_threshold}")

    async def gone():
        try:
            await run.js.consumer_info(run.stream, "short")
            return False
        except NotFoundError:
            return True

    await until("gone", gone)
    await run.attempt("later", run.js.consumer_info(run.stream, "short"))


async def push(run):
    await run.create_stream()
    await run.publish("a", "b", "c")
    sub = await run.js.subscribe(run.subject(">"), durable="p", manual_ack=True, idle_heartbeat=0.3, flow_control=True)
    for _ in range(3):
        m = await sub.next_msg(timeout=5)
        print(position(m))
        await m.ack_sync()
    info = await sub.consumer_info()
    print(f"floor {info.ack_floor.stream_seq}, bound {info.push_bound}, flow control {info.config.flow_control}")
    await run.attempt("bound already", run.js.subscribe(run.subject(">"), durable="p"))
    await sub.unsubscribe()
    queue = await run.js.subscribe(run.subject("q"), queue="workers", durable="workers", manual_ack=True)
    await run.publish("q")
    m = await queue.next_msg(timeout=5)
    print(position(m))
    await m.ack_sync()


async def ordered(run):
    await run.create_stream()
    await run.publish(*["m"] * 20)
    sub = await run.js.subscribe(run.subject("m"), ordered_consumer=True, idle_heartbeat=0.3)
    sequences = [(await sub.next_msg(timeout=5)).metadata.sequence.stream for _ in range(20)]
    print(sequences)
    info = await sub.consumer_info()
    print(f"ack {info.config.ack_policy}, flow control {info.config.flow_control}, max deliver {info.config.max_deliver}")


CASES = {
    "consumer-lifecycle": lifecycle,
    "consumer-errors": errors,
    "consumer-list": listing,
    "consumer-deliver-policies": deliver_policies,
    "consumer-ephemeral-end": ephemeral_end,
    "consumer-push": push,
    "consumer-ordered": ordered,
}
