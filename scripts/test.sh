#!/usr/bin/env bash
# Every test: Rust (the store on both databases), then the browser: all of it on SQLite, and on PostgreSQL what the database
# can change (the rest there is for scripts/prove.sh). Goes on after a failure, so that one run tells everything, and ends
# with "N passed, N failed". What each part printed stays in target/test-logs.
source "$(dirname "$0")/lib.sh"

logs=target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
[ -z "${CHECK_FAILED:-}" ] || echo "broken: make check" >"$logs/check.log"

run() { # name, command…
  local log=$logs/$1.log
  shift
  say "$*"
  if "$@" 2>&1 | tee "$log"; then return; fi
  # Did not compile, did not start, died: that is a failure too, though no test is named. What a full disk broke reads like
  # anything else, so it is said how much is left.
  local count
  count=$(scripts/count.sh "$log" || true)
  if [[ $count != *" passed, "[1-9]*" failed" ]]; then
    echo "broken: $* ($(df -h --output=avail . | tail -n 1 | tr -d ' ') of disk left)" | tee -a "$log"
  fi
}

run postgres scripts/ensure-postgres.sh
run s3 scripts/ensure-s3.sh
run browser scripts/ensure-browser.sh
run office scripts/ensure-office.sh
run build cargo xtask build
run rust scripts/with-postgres.sh cargo test --workspace --no-fail-fast
run browser-sqlite scripts/browser.sh sqlite
run browser-postgres scripts/browser.sh postgres

scripts/count.sh "$logs"/*.log
