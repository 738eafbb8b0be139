# SPDX-License-Identifier: Apache-2.0
"""Exercises a NATS server with JetStream through the public Python client, one case a run, and
prints what it saw in a form that is equal for equal behaviour.

    main.py list        the names of the cases, one a line; a second column gives the kind
    main.py run CASE    runs one case against $NATS_URL
    main.py buckets fill|show BUCKET    writes buckets for other clients, or prints what is in them
"""

import asyncio
import sys
import traceback

import acks
import basics
import bucket_contents
import consumers
import pulls
import restart
import stores
import streams
import walk
from run import Run

# Bounds a case as a whole: a case that hangs is a failure, not a stuck build.
CASE_DEADLINE_SECONDS = 30

CASES = {
    name: case
    for module in (walk, basics, streams, consumers, pulls, acks, stores, restart)
    for name, case in module.CASES.items()
}


async def run_case(name):
    run = Run(name)
    await run.open()
    await CASES[name](run)
    await run.close()


def main(arguments):
    if arguments == ["list"]:
        for name, case in CASES.items():
            kind = getattr(case, "kind", None)
            print(f"{name}\t{kind}" if kind else name)
        return 0
    if len(arguments) == 3 and arguments[0] == "buckets":
        return finish(" ".join(arguments), bucket_contents.buckets(arguments[1], arguments[2]))
    if len(arguments) != 2 or arguments[0] != "run" or arguments[1] not in CASES:
        print("usage: main.py list | main.py run CASE | main.py buckets fill|show BUCKET", file=sys.stderr)
        return 2
    return finish(arguments[1], run_case(arguments[1]))


def finish(name, work):
    try:
        asyncio.run(asyncio.wait_for(work, CASE_DEADLINE_SECONDS))
    except asyncio.TimeoutError as late:
        print(f"{name} failed: not done in time: {late!r}", file=sys.stderr)
        return 1
    except Exception:
        print(f"{name} failed: {traceback.format_exc()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
