#!/usr/bin/env bash
# Runs a command with TEST_POSTGRES_URL pointing at a server of its own, which is gone afterwards whatever happens.
#   scripts/with-postgres.sh cargo test -p store
source "$(dirname "$0")/lib.sh"

export POSTGRES_NOTE=$PWD/.cache/postgres/running-$$
trap 'scripts/postgres.sh stop' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
TEST_POSTGRES_URL=$(scripts/postgres.sh start)
export TEST_POSTGRES_URL
"$@"
