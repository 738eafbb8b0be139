#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds the foreign programs and installs the public server, with the ordinary clients of each
# language and into their usual caches. Says one line a tool; what it did before it does not again.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
server_version=v2.15.2
output=$(mktemp)
trap 'rm -f "$output"' EXIT

# The commands below run as conditions, where the shell ignores errors: each says itself that it failed.
# quietly NAME COMMAND...: one line when it works, all of its output when it does not.
quietly() {
    name=$1
    shift
    if "$@" >"$output" 2>&1; then
        echo "$name: ready"
    else
        cat "$output" >&2
        echo "$name: failed" >&2
        exit 1
    fi
}

needs() {
    if ! command -v "$1" >/dev/null 2>&1; then
        echo "$1 is needed: $2" >&2
        exit 1
    fi
}

public_server() {
    bin=$(go env GOBIN)
    [ -n "$bin" ] || bin=$(go env GOPATH)/bin
    if [ "$("$bin/nats-server" --version 2>/dev/null)" = "nats-server: $server_version" ]; then
        return 0
    fi
    go install "github.com/nats-io/nats-server/v2@$server_version"
}

go_program() {
    cd "$here/go" && go build -o bin/foreign .
}

rust_program() {
    cd "$here/rust" && cargo build --release
}

python_program() {
    cd "$here/python" || return 1
    [ -x .venv/bin/python ] || python3 -m venv .venv || return 1
    cmp -s requirements.txt .venv/installed.txt && return 0
    .venv/bin/python -m pip install --quiet --requirement requirements.txt &&
        cp requirements.txt .venv/installed.txt
}

needs go "Go 1.26 or newer"
needs cargo "Rust 1.89 or newer"
needs python3 "Python 3.9 or newer"
quietly "nats-server $server_version" public_server
quietly "go program" go_program
quietly "rust program" rust_program
quietly "python program" python_program
