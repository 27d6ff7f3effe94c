#!/usr/bin/env bash
# Builds and restarts after every change to what the service is made of. Looks twice a second, which needs nothing
# installed; a build that fails leaves the last good server running.
source "$(dirname "$0")/lib.sh"

server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

state() { # names and times of every source file; deleted files count as a change too
  find app server migrations style public xtask Cargo.toml Cargo.lock package-lock.json -type f -printf "%p %T@\n" 2>/dev/null | sort || true
}

seen=
while true; do
  now=$(state)
  if [ "$now" != "$seen" ]; then
    seen=$now
    # The quick wasm: seconds instead of minutes, and nobody waits for its download here.
    if cargo xtask build --dev-wasm; then
      if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
      target/debug/gpc-onboarding serve &
      server=$!
    fi
  fi
  sleep 0.5
done
