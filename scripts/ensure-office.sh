#!/usr/bin/env bash
# A spreadsheet program for the test that sends the SCAL through one.
source "$(dirname "$0")/lib.sh"

if [ -x /usr/bin/soffice ] && /usr/bin/python3 -c 'import uno' 2>/dev/null; then exit 0; fi
if apt_install libreoffice-calc python3-uno && [ -x /usr/bin/soffice ]; then exit 0; fi
say "No LibreOffice found. Run: sudo apt-get install libreoffice-calc python3-uno"
exit 1
