# Nodes: each a process 1 in namespaces of its own (lib/node-init), and within them containerd, kubelet and kube-proxy.
# shellcheck shell=bash

in_node() {
  local init
  init="$(pid_of "node-$1-init")"
  [ -n "$init" ] || die "node-$1 of cluster '$name' is not running"
  shift
  nsenter --target "$init" --mount --pid --net --uts --ipc -- "$@"
}

# start_in_node NODE LABEL COMMAND…
start_in_node() {
  local node="$1" label="$2" init
  shift 2
  init="$(pid_of "node-$node-init")"
  start "node-$node-$label" nsenter --target "$init" --mount --pid --net --uts --ipc -- "$@"
}

start_node() {
  local node="$1" folder="$state/node-$1" holder init
  mkdir -p "$folder"/{run,log,cni-cache,cni,containerd,kubelet,tls} /var/lib/cni
  rm -rf "$folder/booted" "$folder/run"
  mkdir "$folder/run"
  make_cgroups "$node"

  start "node-$node-holder" unshare --mount --pid --net --uts --ipc --fork --mount-proc --kill-child=KILL "$testbed/lib/node-init" "$folder" "node-$node"
  await 30 "node-$node's first process" "node-$node-holder" test -e "$folder/booted"
  holder="$(pid_of "node-$node-holder")"
  init="$(pgrep -P "$holder")"
  echo "$init $(start_time "$init")" >"$state/run/node-$node-init.pid"
  plug "$node"

  write_containerd_config "$node"
  start_in_node "$node" containerd containerd --config "$folder/containerd.toml" --log-level warn
  await 60 "containerd of node-$node" "node-$node-containerd" in_node "$node" ctr version
  load_into "$node" "$(pause_image)"

  write_kubelet_config "$node"
  certificate "node-$node" "/O=system:nodes/CN=system:node:node-$node"
  kubeconfig_for "$folder/kubelet.kubeconfig" "node-$node"
  start_in_node "$node" kubelet "$(binary kubelet)" --config="$folder/kubelet.yaml" --kubeconfig="$folder/kubelet.kubeconfig" \
    --hostname-override="node-$node" --node-ip="$network.255.$node" --root-dir="$folder/kubelet" --cert-dir="$folder/tls" \
    --container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --v=1

  # Connection tracking is the machine's: its limits stay as they are.
  kubeconfig_for "$folder/proxy.kubeconfig" proxy
  start_in_node "$node" proxy "$(binary kube-proxy)" --kubeconfig="$folder/proxy.kubeconfig" --hostname-override="node-$node" \
    --proxy-mode=iptables --cluster-cidr="$pods_cidr" --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0s \
    --conntrack-tcp-timeout-close-wait=0s
  await 180 "node-$node Ready" "node-$node-kubelet" node_is_ready "$node"
  route_services "$node"
}

node_is_ready() {
  api_get "/api/v1/nodes/node-$1" | jq -e '.status.conditions[] | select(.type == "Ready" and .status == "True")'
}

write_containerd_config() {
  local folder="$state/node-$1"
  cat >"$folder/containerd.toml" <<TOML
version = 2
root = "$folder/containerd"
state = "/run/containerd"
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_name"
  # Root of a sandboxed machine often lacks CAP_SYS_RESOURCE; without this every sandbox then fails.
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "runc"
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$folder/cni"
TOML
  # Routed point-to-point links rather than a bridge: traffic between Pods of one node passes the node's netfilter, which Services need.
  cat >"$folder/cni/10-testbed.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "testbed", "plugins": [
  {"type": "ptp", "ipMasq": false,
   "ipam": {"type": "host-local", "dataDir": "/run/cni-addresses", "ranges": [[{"subnet": "$network.$1.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

write_kubelet_config() {
  local folder="$state/node-$1"
  echo "nameserver $switch_address" >"$folder/resolv.conf"
  # Heartbeats every quarter of the lease's duration. No eviction or image collection for the disk's sake: images cannot be pulled again.
  cat >"$folder/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $network.255.$1
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $state/pki/ca.crt}}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
cgroupRoot: /loadtest-testbed-$name/node-$1
failSwapOn: false
clusterDNS: [$switch_address]
clusterDomain: cluster.local
resolvConf: $folder/resolv.conf
volumePluginDir: $folder/volume-plugins
nodeLeaseDurationSeconds: 8
nodeStatusUpdateFrequency: 4s
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: 100Mi, nodefs.inodesFree: "1%", imagefs.available: 100Mi}
YAML
}

make_cgroups() {
  local mount parent folder
  for mount in $(cgroup_mounts); do
    for folder in "$mount/loadtest-testbed-$name" "$mount/loadtest-testbed-$name/node-$1"; do
      mkdir -p "$folder"
      parent="$(dirname "$folder")"
      if [ -e "$folder/cpuset.cpus" ] && [ ! -e "$folder/cgroup.controllers" ]; then
        cat "$parent/cpuset.cpus" >"$folder/cpuset.cpus"
        cat "$parent/cpuset.mems" >"$folder/cpuset.mems"
      elif [ -e "$parent/cgroup.subtree_control" ]; then
        sed 's/\([a-z]\+\)/+\1/g' "$parent/cgroup.controllers" >"$parent/cgroup.subtree_control"
      fi
    done
  done
}

# remove_cgroups [NODE]: the kernel lets go of a dead container's cgroup only after its last process is reaped.
remove_cgroups() {
  local mount tree deadline=$((SECONDS + 10))
  for mount in $(awk '$3 == "cgroup" || $3 == "cgroup2" {print $2}' /proc/mounts); do
    tree="$mount/loadtest-testbed-$name${1:+/node-$1}"
    while [ -d "$tree" ] && ! find "$tree" -depth -type d -exec rmdir {} + 2>/dev/null; do
      if [ "$SECONDS" -ge "$deadline" ]; then
        say "cgroup $tree still has processes: $(find "$tree" -name cgroup.procs -exec cat {} + 2>/dev/null | tr '\n' ' ')"
        break
      fi
      sleep 0.2
    done
  done
}

node_lives() { [ -n "$(pid_of "node-$1-init")" ]; }

# Pulls the node's plug: nothing in it can say goodbye.
kill_node() {
  local node="$1" label other
  stop "node-$node-init" KILL
  for label in holder containerd kubelet proxy; do stop "node-$node-$label" KILL; done
  remove_cgroups "$node"
  for ((other = 1; other <= $(cat "$state/nodes"); other++)); do
    if node_lives "$other"; then
      route_services "$other"
      break
    fi
  done
}
