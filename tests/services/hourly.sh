#!/bin/sh
# Collects what is new since the last run. Cron mails what this prints: nothing while all is well.
set -u
umask 077
cd "$(dirname "$0")" || exit 2

# A run that is still at work keeps the next one out: both would write the same cursor.
exec 9>lock
flock -n 9 || exit 0

mkdir -p records
faxapi collect --cursor cursor --since 7d --deadline 50m --quiet \
  --kind faxes --kind usage --kind jobs \
  -o "records/$(date -u +%Y-%m-%dT%H%M%SZ).jsonl" 2>>hourly.log
code=$?
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) exit $code" >>hourly.log

case $code in
  0) touch complete ;;
  3 | 130) ;; # Something is missing, and the next run asks for it.
  *)
    tail -n 20 hourly.log
    exit "$code"
    ;;
esac

# The first run counts as complete, so that it has its three hours too.
[ -e complete ] || touch complete
if [ -n "$(find complete -mmin +180)" ]; then
  echo "Nothing was complete for three hours:"
  tail -n 20 hourly.log
  exit 3
fi
