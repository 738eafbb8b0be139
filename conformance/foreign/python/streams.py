# SPDX-License-Identifier: Apache-2.0

import asyncio

from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from run import headers, text, until


async def lifecycle(run):
    js = run.js
    await run.attempt("before", js.stream_info(run.stream))
    created = await run.create_stream(description="first")
    config = created.config
    print(f"{config.subjects} {config.storage} {config.retention} {config.discard} {config.duplicate_window}")
    await run.attempt("again", run.create_stream(description="first"))
    await run.attempt("with another configuration", run.create_stream(description="second"))
    updated = await js.update_stream(name=run.stream, subjects=[run.subject(">")], description="second", max_msgs=5)
    print(f"updated: {updated.config.description} {updated.config.max_msgs}")
    await run.attempt(
        "update of the storage",
        js.update_stream(name=run.stream, subjects=[run.subject(">")], storage=StorageType.MEMORY),
    )
    await run.attempt("overlap", js.add_stream(name=run.stream + "_2", subjects=[run.subject("a.*")]))
    await run.publish(*"abcdefg")
    await run.state("seven published")
    await run.attempt("delete", js.delete_stream(run.stream), str)
    await run.attempt("delete again", js.delete_stream(run.stream), str)


async def config_echo(run):
    config = StreamConfig(
        name=run.stream,
        subjects=[run.subject("a"), run.subject("b.*")],
        description="all kinds of members",
        retention=RetentionPolicy.WORK_QUEUE,
        max_consumers=4,
        max_msgs=100,
        max_bytes=100_000,
        max_msgs_per_subject=10,
        max_age=60,
        max_msg_size=1000,
        discard=DiscardPolicy.NEW,
        storage=StorageType.MEMORY,
        duplicate_window=10,
        allow_direct=True,
        allow_rollup_hdrs=True,
        deny_delete=True,
        metadata={"k": "v"},
    )
    c = (await run.js.add_stream(config)).config
    print(c.name, c.subjects, c.description, c.retention, c.max_consumers, c.max_msgs, c.max_bytes)
    print(c.max_msgs_per_subject, c.max_age, c.max_msg_size, c.discard, c.storage, c.duplicate_window)
    print(c.allow_direct, c.allow_rollup_hdrs, c.deny_delete, c.deny_purge, c.num_replicas, c.metadata.get("k"))


async def listing(run):
    for letter in "bac":
        await run.js.add_stream(name=f"{run.stream}_{letter}", subjects=[run.subject(letter)])
    for info in await run.js.streams_info():
        print(f"listed {info.config.name} {info.config.subjects} {info.state.messages}")
    await run.attempt("by subject", run.js.find_stream_name_by_subject(run.subject("b")), str)
    await run.attempt("by an unknown subject", run.js.find_stream_name_by_subject(run.subject("x")), str)


async def purge(run):
    await run.create_stream()
    await run.publish(*"abababab", "c", "c")
    await run.js.purge_stream(run.stream, subject=run.subject("b"))
    await run.state("by subject")
    await run.js.purge_stream(run.stream, subject=run.subject("a"), keep=1)
    await run.state("keep one of a")
    await run.js.purge_stream(run.stream, seq=10)
    await run.state("up to a sequence")
    await run.js.purge_stream(run.stream)
    await run.state("all")


async def messages(run):
    await run.create_stream(allow_direct=True)
    await run.publish("a", "b", "a")
    await run.js.publish(run.subject("h"), b"body", headers={"Key": "v"})

    def shown(m):
        return f"{m.subject} {m.seq} {headers(m.headers)} {text(m.data)}"

    js = run.js
    await run.attempt("get", js.get_msg(run.stream, seq=2), shown)
    await run.attempt("get with headers", js.get_msg(run.stream, seq=4), shown)
    await run.attempt("last", js.get_last_msg(run.stream, run.subject("a")), shown)
    await run.attempt("next", js.get_msg(run.stream, seq=2, subject=run.subject("a"), next=True), shown)
    await run.attempt("not there", js.get_msg(run.stream, seq=9), shown)

    def direct_shown(m):
        return f"{m.subject} {m.seq} {text(m.data)} {m.headers.get('Nats-Stream') if m.headers else None}"

    await run.attempt("direct", js.get_msg(run.stream, seq=2, direct=True), direct_shown)
    await run.attempt("direct last", js.get_last_msg(run.stream, run.subject("a"), direct=True), direct_shown)
    await run.attempt("direct not there", js.get_msg(run.stream, seq=9, direct=True), direct_shown)
    await run.attempt("delete", js.delete_msg(run.stream, 2), str)
    await run.attempt("delete again", js.delete_msg(run.stream, 2), str)
    await run.attempt("get", js.get_msg(run.stream, seq=2), shown)
    await run.state("at the end")


def shown_ack(ack):
    return f"{ack.stream} {ack.seq} duplicate {bool(ack.duplicate)}"


async def publish_acks(run):
    await run.create_stream()

    async def attempt(what, **options):
        await run.attempt(what, run.js.publish(run.subject("a"), b"x", **options), shown_ack)

    await attempt("first")
    await attempt("id", headers={"Nats-Msg-Id": "one"})
    await attempt("the same id", headers={"Nats-Msg-Id": "one"})
    await attempt("expected stream", stream=run.stream)
    await attempt("another stream", stream="OTHER")
    await attempt("expected sequence", headers={"Nats-Expected-Last-Sequence": "3"})
    await attempt("another sequence", headers={"Nats-Expected-Last-Sequence": "3"})
    await attempt("expected subject sequence", headers={"Nats-Expected-Last-Subject-Sequence": "4"})
    await attempt("another subject sequence", headers={"Nats-Expected-Last-Subject-Sequence": "4"})
    await attempt("expected id", headers={"Nats-Expected-Last-Msg-Id": "none"})
    await run.state("at the end")


async def publish_async(run):
    await run.create_stream()
    futures = [await run.js.publish_async(run.subject("m"), str(n).encode()) for n in range(1000)]
    acks = await asyncio.gather(*futures)
    print(f"in order: {sum(ack.seq == n + 1 for n, ack in enumerate(acks))}")
    await run.state("at the end")


async def without_stream(run):
    await run.attempt("no stream", run.js.publish(run.subject("a"), b"x"))
    await run.create_stream()
    await run.publish("a")
    await run.js.delete_stream(run.stream)
    await run.attempt("deleted stream", run.js.publish(run.subject("a"), b"x"))


async def limits(run):
    await run.create_stream(max_msgs=2)
    await run.publish(*"abc")
    await run.state("discard old")
    config = {"name": run.stream, "subjects": [run.subject(">")]}
    await run.js.update_stream(**config, max_msgs=2, discard=DiscardPolicy.NEW, max_msg_size=50)
    await run.attempt("discard new", run.js.publish(run.subject("d"), b"x"))
    await run.attempt("too large", run.js.publish(run.subject("d"), b"x" * 51))
    await run.js.delete_stream(run.stream)
    await run.create_stream(max_age=1)
    await run.publish("a")

    async def empty():
        return (await run.js.stream_info(run.stream)).state.messages == 0

    await until("aged", empty)
    await run.state("aged")


async def raw_answers(run):
    await run.call("STREAM.CREATE.$S", '{"name":"$S","subjects":["$P.>"]}')
    await run.publish("a", "b")
    await run.call("STREAM.INFO.$S")
    await run.call("STREAM.LIST")
    await run.call("STREAM.NAMES")
    await run.call("STREAM.MSG.GET.$S", '{"last_by_subj":"$P.b"}')
    await run.call("STREAM.CREATE.$S", '{"name":"$S","max_age":1}')
    await run.call("CONSUMER.CREATE.$S.c", '{"stream_name":"$S","config":{"durable_name":"c","ack_policy":"all"}}')
    await run.call("CONSUMER.LIST.$S")
    await run.call("CONSUMER.DELETE.$S.c")
    await run.call("STREAM.PURGE.$S")


async def account(run):
    await run.create_stream()
    await run.publish("a")
    await run.create_consumer("c")
    info = await run.js.account_info()
    print(f"streams {info.streams}, consumers {info.consumers}, domain {info.domain}, limits {info.limits}")


CASES = {
    "stream-lifecycle": lifecycle,
    "stream-config-echo": config_echo,
    "stream-list": listing,
    "stream-purge": purge,
    "stream-messages": messages,
    "stream-limits": limits,
    "stream-raw-answers": raw_answers,
    "account-info": account,
    "publish-acks": publish_acks,
    "publish-async-1000": publish_async,
    "publish-without-stream": without_stream,
}
