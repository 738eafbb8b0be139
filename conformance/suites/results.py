# SPDX-License-Identifier: Apache-2.0
"""Reads the JUnit reports of a run of a suite and says what passed.

usage: results.py SUITE OUT

SUITE is the directory with the lists of a suite, OUT the directory of a run, with its reports below
reports/. Writes OUT/passed.txt, failed.txt and skipped.txt, one test a line, and prints the counts and
the names of what failed. Ends with 1 when a counted test did not pass that passes with the public server.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def patterns(path):
    """(expression, reason) of each line of a list: an expression, blanks, a reason; "#" begins a comment."""
    found = []
    for line in path.read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            expression, _, reason = line.partition(" ")
            found.append((re.compile(expression), reason.strip()))
    return found


def reason_for(name, listed):
    """The reason of the first expression that is found in the name, or None."""
    return next((reason for expression, reason in listed if expression.search(name)), None)


def outcomes(reports):
    """Name to "passed", "failed" or "skipped"."""
    found = {}
    for report in sorted(reports.glob("*.xml")):
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name') or '(class)'}"
            if case.find("failure") is not None or case.find("error") is not None:
                found[name] = "failed"
            elif case.find("flakyFailure") is not None or case.find("flakyError") is not None:
                found[name] = "passed"
                print(f"passed when run again: {name}")
            elif case.find("skipped") is not None:
                found.setdefault(name, "skipped")
            else:
                found.setdefault(name, "passed")
    return found


def main(suite, out):
    found = outcomes(out / "reports")
    if not found:
        sys.exit("no test was run")
    for outcome in ("passed", "failed", "skipped"):
        names = sorted(name for name in found if found[name] == outcome)
        (out / f"{outcome}.txt").write_text("".join(f"{name}\n" for name in names))

    not_counted = patterns(suite / "not-counted.txt")
    public_fails = patterns(suite / "public-fails.txt")
    counted = [name for name in sorted(found) if reason_for(name, not_counted) is None]
    required = [name for name in counted if reason_for(name, public_fails) is None]
    missing = [name for name in required if found[name] != "passed"]

    for name in sorted(found):
        if found[name] == "failed" and name not in missing:
            why = reason_for(name, not_counted)
            why = f"not counted: {why}" if why is not None else "fails with the public server too"
            print(f"failed ({why}): {name}")
    for name in missing:
        print(f"{found[name].upper()}: {name}")

    def counts(label, names):
        passed = sum(found[name] == "passed" for name in names)
        failed = sum(found[name] == "failed" for name in names)
        print(f"{label:<42} {len(names):5} tests, {passed:5} passed, {failed:4} failed, "
              f"{len(names) - passed - failed:3} skipped")

    counts("all", list(found))
    counts("counted", counted)
    counts("counted, and passed by the public server", required)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
