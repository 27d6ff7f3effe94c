#!/usr/bin/env bash
# A Chromium for the browser tests: the one that CHROMIUM names, else the one of the distribution.
source "$(dirname "$0")/lib.sh"

if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi
# The fonts have the widths of Arial, which most people have: what fits here fits there.
if apt_install chromium fonts-liberation && [ -x /usr/bin/chromium ]; then exit 0; fi
say "No Chromium found. Run: sudo apt-get install chromium fonts-liberation   (or set CHROMIUM to the one you have)"
exit 1
