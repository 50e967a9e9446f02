#!/usr/bin/env bash
# Debian packages that the tests use, installed when a command of them is missing. Root, or sudo without a password.
set -euo pipefail
declare -A packages=(
  [nginx]=nginx-light      # a server that is not ours, whose access log is the truth that reports are compared with
  [openssl]=openssl
  [curl]=curl
  [prometheus]=prometheus  # a real one, asked what it scraped of the demo target
)
missing=()
for command in "${!packages[@]}"; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo -n"
command -v apt-get >/dev/null || { echo "install these and run again: ${missing[*]}" >&2; exit 1; }
echo "== installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# A package's service must not start on the machine: tests start their own servers on free ports.
policy=/usr/sbin/policy-rc.d
made=0
if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null; $sudo chmod +x "$policy"; made=1; fi
$sudo apt-get update -qq || true
rc=0
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || rc=$?
[ "$made" = 1 ] && $sudo rm -f "$policy"
exit "$rc"
