# A cluster's state: who may touch it, whether it is up, and its complete removal.
# shellcheck shell=bash

# One script at a time per cluster; the lock outlives the state's removal, so it lies beside it.
lock_cluster() {
  exec 9>"$state.lock"
  flock -n 9 || { say "waiting for another command on cluster '$name'"; flock 9; }
}

make_state() {
  mkdir -m 700 "$state" || die "$state belongs to somebody else"
  echo "$1" >"$state/nodes"
}

# is_up NODES: everything of the cluster runs, except nodes killed on purpose, and it has at least that many nodes.
is_up() {
  local file
  [ -f "$state/up" ] && [ "$(cat "$state/nodes")" -ge "$1" ] || return 1
  for file in "$state"/run/*.pid; do
    [ -n "$(pid_of "$(basename "$file" .pid)")" ] || return 1
  done
}

revive_nodes() {
  local node
  [ "$(cat "$state/nodes")" -gt 0 ] || return 0
  use_network "$(cat "$state/network")"
  for ((node = 1; node <= $(cat "$state/nodes"); node++)); do node_lives "$node" || start_node "$node"; done
}

# Whoever started the cluster may be killed before it can take it down.
start_companion() {
  # shellcheck disable=SC2016
  start companion bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 2; done; exec env TESTBED_COMPANION=1 "$2" --name "$3"' \
    companion "$1" "$testbed/down" "$name"
}

keep_logs() {
  rm -rf "$state.failed-logs"
  if [ -d "$state/log" ]; then
    cp -r "$state/log" "$state.failed-logs"
    say "logs kept in $state.failed-logs"
  fi
}

# Ends what was started, and only that: by pid and start time. Then removes what it left in the kernel and on disk.
remove_cluster() {
  local file
  [ -d "$state" ] || return 0
  [ -O "$state" ] || die "$state belongs to somebody else"
  [ -n "${TESTBED_COMPANION:-}" ] || stop companion
  for file in "$state"/run/node-*.pid; do
    [ -f "$file" ] && stop "$(basename "$file" .pid)" KILL
  done
  for file in kube-scheduler kube-controller-manager cluster-dns kube-apiserver etcd; do stop "$file"; done
  release_network
  remove_cgroups
  rm -rf --one-file-system "$state"
}
