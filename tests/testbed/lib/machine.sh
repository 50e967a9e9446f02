# Whether this machine can run nodes, and what they need on it.
# shellcheck shell=bash

require_node_machine() {
  [ "$(id -u)" = 0 ] || cannot "nodes need root (namespaces, mounts, cgroups); --api-only does not"
  install_missing ip=iproute2 nsenter=util-linux pgrep=procps
  unshare --mount --pid --net --uts --ipc --fork --mount-proc true 2>/dev/null || cannot "nodes need namespaces of their own; unshare is refused here"
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || cannot "containers need overlayfs; this kernel has none"
  [ -n "$(cgroup_mounts)" ] || cannot "nodes need cgroups; none are mounted"
  local mount probe="loadtest-testbed-probe-$$"
  for mount in $(cgroup_mounts); do
    mkdir "$mount/$probe" 2>/dev/null || cannot "nodes need cgroups of their own; $mount cannot be written"
    rmdir "$mount/$probe"
  done
  ip link add "ltprobe$$" type bridge 2>/dev/null || cannot "nodes need a network; adding a bridge is refused here"
  ip link del "ltprobe$$"
}

# The hierarchies that carry controllers: every v1 one, or the single v2 one (not the empty v2 one of a hybrid set-up).
cgroup_mounts() {
  local v1
  v1="$(awk '$3 == "cgroup" {print $2}' /proc/mounts)"
  if [ -n "$v1" ]; then echo "$v1"; else awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts; fi
}

install_node_packages() {
  install_missing containerd=containerd runc=runc /usr/lib/cni/ptp=containernetworking-plugins iptables=iptables conntrack=conntrack jq=jq
}
