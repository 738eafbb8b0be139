# SPDX-License-Identifier: Apache-2.0
"""Key-value and object stores: conventions of the client on top of streams."""

from run import text, until


async def kv_basics(run):
    kv = await run.js.create_key_value(bucket=run.stream, history=3)
    await run.attempt("get", kv.get("a"))
    print(f"put: {await kv.put('a', b'one')}")
    entry = await kv.get("a")
    print(f"get: {entry.key} {text(entry.value)} revision {entry.revision}")
    await run.attempt("create", kv.create("a", b"x"), str)
    await run.attempt("create", kv.create("b", b"two"), str)
    await run.attempt("update", kv.update("a", b"three", last=1), str)
    await run.attempt("update", kv.update("a", b"four", last=1), str)
    await run.attempt("delete", kv.delete("a"), str)
    await run.attempt("get", kv.get("a"))
    await run.attempt("create after delete", kv.create("a", b"five"), str)
    await run.attempt("purge", kv.purge("b"), str)
    print(f"keys: {sorted(await kv.keys())}")
    for entry in await kv.history("a"):
        print(f"history: {entry.operation} {entry.value!r} revision {entry.revision} delta {entry.delta}")
    status = await kv.status()
    print(f"values {status.values}, history {status.history}")
    await run.attempt("delete bucket", run.js.delete_key_value(run.stream), str)


async def kv_watch(run):
    kv = await run.js.create_key_value(bucket=run.stream)
    await kv.put("a.1", b"x")
    await kv.put("b", b"y")
    watcher = await kv.watchall()

    async def show(what, watcher, count):
        for _ in range(count):
            entry = await watcher.updates(timeout=5)
            if entry is None:
                print(f"{what}: all there was")
            else:
                print(f"{what}: {entry.operation} {entry.key} {entry.value!r} revision {entry.revision}")

    await show("at first", watcher, 3)
    await kv.put("a.2", b"z")
    await kv.delete("a.1")
    await show("live", watcher, 2)
    await watcher.stop()
    await show("some", await kv.watch("a.*"), 3)
    await show("without deletes", await kv.watchall(ignore_deletes=True), 3)


async def objects(run):
    store = await run.js.create_object_store(bucket=run.stream)
    content = b"0123456789" * 40_000
    info = await store.put("big", content)
    print(f"put: {info.name} {info.size} bytes in {info.chunks} chunks, {info.digest}")
    got = await store.get("big")
    print(f"get: equal {got.data == content}")
    await store.put("small", b"hello")
    await store.put("small", b"replaced")
    print(f"replaced: {text((await store.get('small')).data)}")
    await run.attempt("not there", store.get("none"))
    await store.delete("big")
    print(f"list: {sorted(entry.name for entry in await store.list())}")

    async def few_chunks():
        return (await run.js.stream_info("OBJ_" + run.stream)).state.messages == 3

    await until("chunks of the deleted object are gone", few_chunks)


CASES = {"kv-basics": kv_basics, "kv-watch": kv_watch, "object-store": objects}
