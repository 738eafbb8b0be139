#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the test suite of a public client against a server and says which tests passed. README.md here
# tells what is needed. Ends with 0 when every counted test passed that passes with the public server.
#
# usage: run.sh [-s SERVER] [-o DIR] [-j N] [-r N] jnats|nats-py CHECKOUT [SELECTION...]
#
#   -s SERVER   program that is put in the place of nats-server; otherwise slipstream of this working copy
#   -o DIR      where results go (default: a new directory below $TMPDIR); nothing goes into the checkout
#   -j N        jnats only: how many test classes at the same time (default 1)
#   -r N        jnats only: run a test that fails up to N times more (default 0; its own build: 4)
#   CHECKOUT    directory with the sources of the client
#   SELECTION   jnats: classes or Class#method, joined by commas; nats-py: arguments of pytest
#
# Environment:
#   PYTHON      the Python that runs pytest and reads the results (default python3)
#   MVN_ARGS    further arguments of Maven, such as -o
set -eu

here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)

usage() {
  sed -n '/^# usage/,/^set/{s/^# \{0,1\}//p;}' "$0" >&2
  exit 2
}

server=
out=
jobs=1
again=0
while getopts s:o:j:r: option; do
  case $option in
    s) server=$(readlink -f "$OPTARG") ;;
    o) out=$OPTARG ;;
    j) jobs=$OPTARG ;;
    r) again=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || usage
suite=$1
checkout=$(cd "$2" && pwd -P)
shift 2
python=${PYTHON:-python3}
case $python in
  */*) python=$(cd "$(dirname "$python")" && pwd)/${python##*/} ;; # not the file behind a link: venvs are links
esac

[ -n "$out" ] || out=$(mktemp -d "${TMPDIR:-/tmp}/suite.XXXXXX")
mkdir -p "$out/bin" "$out/reports"
out=$(cd "$out" && pwd -P)
rm -f "$out"/reports/* "$out/pids"

# A process id is used again only after many others, so one that is alive and still called so is ours.
end_servers() {
  [ -f "$out/pids" ] || return 0
  while read -r pid; do
    case $(ps -o args= -p "$pid") in
      *nats-server*|*slipstream*) kill -9 "$pid" 2> /dev/null || true ;;
    esac
  done < "$out/pids"
}
trap end_servers EXIT

# The launcher: what both suites find first when they look for nats-server.
if [ -z "$server" ]; then
  "$root/slipstream" server --version > /dev/null # builds it when it is not built
  become="$root/slipstream\" server"
else
  become="$server\""
fi
# It notes its process id: the suites leave servers running when a test fails.
printf '#!/bin/sh\necho $$ >> "%s"\nexec "%s "$@"\n' "$out/pids" "$become" > "$out/bin/nats-server"
chmod +x "$out/bin/nats-server"
PATH=$out/bin:$PATH
export PATH
unset nats_server_path NATS_URL || true
echo "server: $(nats-server --version | tr '\n' ' ')" >&2
echo "results: $out" >&2

case $suite in
  jnats)
    # The version of the server runner is the one that the checkout asks for.
    runner=$(sed -n "s/.*io.nats:jnats-server-runner:\([^'\"]*\).*/\1/p" "$checkout/build.gradle")
    [ $# -eq 0 ] || set -- "-Dtest=$*" -Dsurefire.failIfNoSpecifiedTests=false
    # shellcheck disable=SC2086 # several arguments in one variable
    mvn -q ${MVN_ARGS:-} -f "$here/jnats/pom.xml" "-Djnats=$checkout" "-Dout=$out/build" \
      "-Dreports=$out/reports" "-Drunner.version=$runner" "-Dforks=$jobs" "-Dagain=$again" "$@" test > "$out/log" 2>&1 ||
      { tail -n 20 "$out/log" >&2; echo "Maven failed: $out/log" >&2; exit 2; }
    ;;
  nats-py)
    [ $# -gt 0 ] || set -- nats/tests
    # Its servers listen on fixed ports (4222 to 4225, 8222 to 8225 and others): one run at a time.
    (cd "$checkout" && PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$checkout/nats/src" \
      "$python" -m pytest -p no:cacheprovider -q "--junitxml=$out/reports/report.xml" "$@" > "$out/log" 2>&1) || true
    [ -s "$out/reports/report.xml" ] || { tail -n 20 "$out/log" >&2; echo "pytest failed: $out/log" >&2; exit 2; }
    ;;
  *) usage ;;
esac

end_servers
trap - EXIT
exec "$python" "$here/results.py" "$here/$suite" "$out"
