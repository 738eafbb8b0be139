# SPDX-License-Identifier: Apache-2.0
"""The contents that each client's program writes into buckets of its own, for the others to read. The
lines are the same for all; what this client has no call for (links, other names) it does not write."""

import asyncio

from nats.js.api import ObjectMeta

from run import connect

KEY_LIFE_SECONDS = 2
MARK_LIFE_SECONDS = 60
CHUNK = 128 << 10


def pattern(size):
    """What an object of that many bytes is made of."""
    period = bytes((i * 7 + 13) % 251 for i in range(251))
    return (period * (size // 251 + 1))[:size]


async def fill(js, bucket):
    kv = await js.create_key_value(bucket=bucket, history=5)
    await kv.put("a.b", b"1")
    await kv.put("a.b", b"2")
    await kv.delete("a.b")
    await kv.put("empty", b"")
    await kv.put("x/y_z=1-2", "ü".encode())
    await kv.put("bytes", bytes([0, 1, 10, 13, 255]))
    await kv.put("gone", b"x")
    await kv.purge("gone")
    revision = await kv.create("new", b"1")
    await kv.update("new", b"2", last=revision)
    await kv.create("a.b", b"3")

    timed = await js.create_key_value(bucket=bucket + "-timed", limit_marker_ttl=MARK_LIFE_SECONDS)
    await timed.create("short", b"s", msg_ttl=KEY_LIFE_SECONDS)
    await timed.put("long", b"l")
    await timed.put("purged", b"p")
    await timed.purge("purged", msg_ttl=MARK_LIFE_SECONDS)

    store = await js.create_object_store(bucket=bucket)
    await store.put("empty", pattern(0))
    await store.put("one", pattern(1))
    await store.put("a b", pattern(CHUNK))
    meta = ObjectMeta(description="d", headers={"K": ["1", "2"]})
    await store.put("größe/ü 1", pattern(CHUNK + 1), meta=meta)
    await store.put("deep/er/x.bin", pattern(3 << 20))
    await store.put("dead", pattern(10))
    await store.delete("dead")
    await store.put("again", pattern(20))
    await store.put("again", pattern(30))
    await store.update_meta("one", ObjectMeta(name="one", description="changed"))


async def all_entries(kv):
    watcher = await kv.watch(">", include_history=True)
    entries = []
    async for entry in watcher:
        if entry is None:
            break
        entries.append(entry)
    await watcher.stop()
    return entries


def show_entry(entry):
    operation = {None: "PUT", "DEL": "DELETE"}.get(entry.operation, entry.operation)
    print(f"entry {entry.revision} {operation} {entry.key} {entry.value.hex()}")


def object_line(info):
    headers = ",".join((info.headers or {}).get("K", []))
    return (
        f"object {info.name}: {info.size} in {info.chunks}, deleted {'true' if info.deleted else 'false'}, "
        f"[{info.description or ''}] [{headers}] {info.digest or ''}"
    )


async def object_content(store, info):
    if info.is_link():
        return f", link to {info.options.link.name or ''}"
    if info.deleted:
        return ""
    content = (await store.get(info.name)).data  # checks the digest
    return f", as written {'true' if content == pattern(info.size) else 'false'}"


async def show(js, bucket):
    kv = await js.key_value(bucket)
    for entry in await all_entries(kv):
        show_entry(entry)
    for key in sorted(await kv.keys()):
        value = (await kv.get(key)).value or b""  # none stands for an empty one
        print(f"get {key} {value.hex()}")
    timed = await js.key_value(bucket + "-timed")
    entries = await all_entries(timed)
    while not any(entry.key == "short" and entry.operation == "PURGE" for entry in entries):
        await asyncio.sleep(0.05)
        entries = await all_entries(timed)
    for entry in entries:
        show_entry(entry)
    store = await js.object_store(bucket)
    for info in await store.list():
        print(object_line(info) + await object_content(store, info))


async def buckets(what, bucket):
    nc = await connect()
    await {"fill": fill, "show": show}[what](nc.jetstream(timeout=5), bucket)
    await nc.close()
