#!/usr/bin/env bash
# Every check there is: build without a warning, format, all test projects. Ends with the line "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")/.."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# The signatures are verified by a receiver in Node.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm
  else
    echo "tests/run.sh needs node and npm: install Node.js 18 or later (on Debian: apt-get install nodejs npm)" >&2
    exit 1
  fi
fi

dotnet build Webhook.Actors.sln -c Release -warnaserror
dotnet format Webhook.Actors.sln --verify-no-changes --no-restore

# What the tests of failures need beside the SDK: a filesystem of their own that can be frozen and filled, and a clock that can be set;
# and the shells that complete the command line.
missing=()
(PATH=$PATH:/usr/sbin:/sbin; command -v mkfs.ext4) >/dev/null || missing+=(e2fsprogs)
command -v mount >/dev/null || missing+=(mount)
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing+=(faketime)
for shell in zsh fish; do
  command -v "$shell" >/dev/null || missing+=("$shell")
done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null || echo "could not install ${missing[*]}: the tests that need them will fail and say so"
fi

status=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  dotnet test "$project" -c Release --no-build --results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" || status=1
done

# The counters of every project's result file, added up.
count() { sed -n "s/.*<Counters[^>]* $1=\"\([0-9]*\)\".*/\1/p" "$results"/*.trx | awk '{ sum += $1 } END { print sum + 0 }'; }
total=$(count total) passed=$(count passed) executed=$(count executed)
failed=$((executed - passed))
skipped=$((total - executed))
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ] && [ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
