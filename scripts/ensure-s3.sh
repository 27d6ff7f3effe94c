#!/usr/bin/env bash
# An S3-compatible server for the tests, in an environment of its own under .cache. Nothing is started here.
source "$(dirname "$0")/lib.sh"

there=.cache/s3/bin/moto_server
if [ -x "$there" ]; then exit 0; fi
if command -v python3 >/dev/null; then
  say "installing moto into .cache/s3"
  rm -rf .cache/s3
  python3 -m venv .cache/s3 && .cache/s3/bin/pip install --quiet --disable-pip-version-check 'moto[server]==5.*' >&2 || true
fi
if [ -x "$there" ]; then exit 0; fi
say "No S3-compatible server for the tests. Run: python3 -m venv .cache/s3 && .cache/s3/bin/pip install 'moto[server]'"
exit 1
