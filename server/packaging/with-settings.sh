#!/bin/sh
# A command of the service as its user and with its settings, such as
#   gpc-onboarding-with-settings backup --to /var/backups/gpc-onboarding/2026-03-03
# The file is read as systemd reads it: NAME=value, one on each line, quotation marks around a value may be left out.
set -eu

settings=/etc/gpc-onboarding/settings.env
export DATA=/var/lib/gpc-onboarding SITE=/usr/share/gpc-onboarding/site

[ "$(id -u)" = 0 ] || { echo "gpc-onboarding-with-settings: run me as root, for example with sudo" >&2; exit 1; }
[ -f "$settings" ] || { echo "gpc-onboarding-with-settings: there is no $settings; /usr/share/gpc-onboarding/settings.env is a sample" >&2; exit 1; }

while IFS= read -r line || [ -n "$line" ]; do
  case $line in
    '#'* | ';'*) continue ;;
    [A-Za-z_]*=*) ;;
    *) continue ;;
  esac
  name=${line%%=*} value=${line#*=}
  case $value in
    \"*\") value=${value#\"} value=${value%\"} ;;
    \'*\') value=${value#\'} value=${value%\'} ;;
  esac
  export "$name=$value"
done <"$settings"

cd "$DATA"
umask 077
exec setpriv --reuid=gpc-onboarding --regid=gpc-onboarding --init-groups --no-new-privs -- /usr/bin/gpc-onboarding "$@"
