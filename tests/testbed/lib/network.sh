# One switch (a bridge on the host) per cluster; every node is plugged into it from its own network namespace.
# Of 10.K.0.0/16, K being the cluster's: 10.K.n.0/24 Pods of node n, 10.K.128.0/20 Services, 10.K.255.n node n, 10.K.255.254 the host.
# shellcheck shell=bash

claims=/tmp/loadtest-testbed-networks

use_network() {
  switch="ltbed$1"
  network="10.$1"
  switch_address="$network.255.254"
  pods_cidr="$network.0.0/17"
  services_cidr="$network.128.0/20"
  kubernetes_address="$network.128.1"
}

# Takes a free K: a directory is made by one cluster only, even when several start at once.
claim_network() {
  local k owner
  mkdir -p "$claims"
  for ((k = 180; k < 250; k++)); do
    if ! mkdir "$claims/$k" 2>/dev/null; then
      owner="$(cat "$claims/$k/owner" 2>/dev/null || true)"
      # A claim whose cluster is gone without having released it. An empty owner is a claim being made this instant.
      [ -n "$owner" ] && [ ! -d "$owner" ] || continue
      rm -rf "${claims:?}/$k"
      mkdir "$claims/$k" 2>/dev/null || continue
    fi
    echo "$state" >"$claims/$k/owner"
    if [ -n "$(ip -4 route show root "10.$k.0.0/16")" ]; then
      rm -rf "${claims:?}/$k"
      continue
    fi
    echo "$k" >"$state/network"
    use_network "$k"
    return
  done
  die "no free network among 10.180.0.0/16 to 10.249.0.0/16"
}

start_switch() {
  ip link add "$switch" type bridge
  # A bridge without an address of its own would take a new one with each cable.
  ip link set "$switch" address "$(hardware_address 254)"
  ip addr add "$switch_address/24" dev "$switch"
  ip link set "$switch" up
}

release_network() {
  [ -f "$state/network" ] || return 0
  use_network "$(cat "$state/network")"
  [ ! -e "/sys/class/net/$switch" ] || ip link del "$switch"
  rm -rf "${claims:?}/$(cat "$state/network")"
}

hardware_address() { printf '02:00:0a:%02x:ff:%02x\n' "${network#10.}" "$1"; }

# plug NODE: its cable to the switch, and the ways to its Pods.
plug() {
  local node="$1" init other count
  init="$(pid_of "node-$node-init")"
  count="$(cat "$state/nodes")"
  # The same hardware address in every life of the node: its peers need not forget the old one first.
  ip link add "${switch}n$node" type veth peer name eth0 address "$(hardware_address "$node")" netns "$init"
  ip link set "${switch}n$node" master "$switch" up
  in_node "$node" ip addr add "$network.255.$node/24" dev eth0
  in_node "$node" ip link set eth0 up
  in_node "$node" ip route add default via "$switch_address"
  for ((other = 1; other <= count; other++)); do
    [ "$other" = "$node" ] || in_node "$node" ip route add "$network.$other.0/24" via "$network.255.$other"
  done
  ip route replace "$network.$node.0/24" via "$network.255.$node"
}

# The host reaches Services through a node that lives.
route_services() { ip route replace "$services_cidr" via "$network.255.$1"; }
