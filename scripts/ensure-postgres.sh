#!/usr/bin/env bash
# PostgreSQL's server programs, for the tests that run on both databases. Nothing is started here.
source "$(dirname "$0")/lib.sh"

if postgres_bin >/dev/null; then exit 0; fi
if apt_install postgresql && postgres_bin >/dev/null; then exit 0; fi
say "No PostgreSQL server found. Run: sudo apt-get install postgresql"
exit 1
