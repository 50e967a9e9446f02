# Shared by the scripts of tests/testbed: messages, places, and processes that are known by pid file.
# shellcheck shell=bash

testbed="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
PATH="$PATH:/usr/sbin:/sbin"
cache="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/loadtest-testbed"

say() { echo "testbed: $*" >&2; }
die() { say "$*"; exit 1; }
# This machine cannot do it at all: callers that may skip tell that from a failure by the status.
cannot() { say "$*"; exit 3; }

# Prints the comment block at the head of a script: the one description of what it does.
usage() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

need_value() { [ $# -ge 2 ] && [ -n "$2" ] || die "$1 needs a value"; }

# Chooses the cluster: everything that belongs to it lies under $state and is named by $name.
use_cluster() {
  name="$1"
  [[ "$name" =~ ^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$ ]] || die "name '$name': expected at most 20 lower-case letters, digits and dashes"
  state="/tmp/loadtest-testbed-$name"
  [ "$(id -u)" = 0 ] || state="$state.$(id -u)"
  kubeconfig="$state/admin.kubeconfig"
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# free_port: a loopback port that nothing listens on now, and that this script has not given away before.
# Below the kernel's ephemeral range, so that no outgoing connection takes it before its server binds it.
free_port() {
  local port taken
  for _ in $(seq 200); do
    port=$((20000 + RANDOM % 12000))
    taken="$state/ports/$port"
    mkdir -p "$state/ports"
    [ -e "$taken" ] && continue
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    : >"$taken"
    echo "$port"
    return
  done
  die "no free port between 20000 and 31999"
}

# start LABEL COMMAND…: runs it detached in its own session, its log in $state/log, its identity in $state/run.
# Descriptors 5 (the script's own output) and 9 (its lock) are closed in it: whoever waits for their end waits for the script alone.
# The start time stands beside the pid: a pid alone may be another process's after a reboot or a wrap.
start() {
  local label="$1"
  shift
  mkdir -p "$state/run" "$state/log"
  setsid "$@" </dev/null >>"$state/log/$label.log" 2>&1 5>&- 9>&- &
  local pid=$!
  disown "$pid"
  echo "$pid $(start_time "$pid")" >"$state/run/$label.pid"
}

# Field 22 of stat, nothing for a process that has ended but was not reaped yet. The command name before it may contain
# spaces, so everything up to its closing bracket goes first.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" {print $20}' || true; }

# pid_of LABEL: the pid if that very process still runs, else nothing.
pid_of() {
  local pid born
  [ -f "$state/run/$1.pid" ] || return 0
  read -r pid born <"$state/run/$1.pid" || return 0
  if [ -n "$pid" ] && [ -n "$born" ] && [ "$(start_time "$pid")" = "$born" ]; then echo "$pid"; fi
}

# stop LABEL [SIGNAL]: ends exactly that process and waits; after 10 s it is killed.
stop() {
  local pid signal="${2:-TERM}"
  pid="$(pid_of "$1")"
  if [ -n "$pid" ]; then
    kill -s "$signal" "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
      [ -n "$(pid_of "$1")" ] || break
      sleep 0.1
    done
    [ -z "$(pid_of "$1")" ] || kill -s KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$state/run/$1.pid"
}

# await SECONDS WHAT LABEL COMMAND…: until the command succeeds. Fails at once, with the log's end, when process LABEL has gone.
await() {
  local seconds="$1" what="$2" label="$3" deadline
  shift 3
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    if [ -z "$(pid_of "$label")" ]; then
      tail -n 15 "$state/log/$label.log" >&2
      die "$label ended before $what; its log: $state/log/$label.log"
    fi
    if [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 15 "$state/log/$label.log" >&2
      die "not seen within $seconds s: $what; log: $state/log/$label.log"
    fi
    sleep 0.2
  done
}

kctl() { kubectl --kubeconfig "$kubeconfig" "$@"; }
