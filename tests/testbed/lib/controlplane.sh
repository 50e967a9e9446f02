# etcd, kube-apiserver, kube-controller-manager and kube-scheduler of one cluster.
# shellcheck shell=bash

# start_api ADDRESS SERVICE-CIDR SERVICE-ADDRESS
start_api() {
  local address="$1" services="$2" kubernetes="$3" pki="$state/pki" etcd_port peer_port api_port version_flags=()
  make_ca
  certificate apiserver "/CN=kube-apiserver" \
    "IP:127.0.0.1,IP:$address,IP:$kubernetes,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  certificate admin "/O=system:masters/CN=testbed-admin"
  certificate apiserver-kubelet "/O=system:masters/CN=apiserver-kubelet"
  certificate controller-manager "/CN=system:kube-controller-manager"
  certificate scheduler "/CN=system:kube-scheduler"
  certificate proxy "/CN=system:kube-proxy"

  etcd_port="$(free_port)" peer_port="$(free_port)" api_port="$(free_port)"
  start etcd "$(etcd_binary)" --name testbed --data-dir "$state/etcd" --unsafe-no-fsync \
    --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
    --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
    --initial-cluster "testbed=http://127.0.0.1:$peer_port"

  # What Pods' service accounts ask of the API server, one JSON object a line in audit.log: tests compare that with what they were granted.
  cat >"$state/audit-policy.yaml" <<'POLICY'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - {level: None, userGroups: ["system:serviceaccounts:kube-system"]}
  - {level: Metadata, userGroups: ["system:serviceaccounts"]}
  - {level: None}
POLICY

  echo "$address:$api_port" >"$state/api-address"
  # A test deletes and drains nodes and waits for it: Pods must not tolerate a dead node for the default five minutes.
  start kube-apiserver "$(binary kube-apiserver)" \
    --etcd-servers="http://127.0.0.1:$etcd_port" --etcd-prefix=/registry \
    --bind-address="$address" --secure-port="$api_port" --cert-dir="$state/apiserver" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --service-cluster-ip-range="$services" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-signing-key-file="$pki/service-accounts.key" --service-account-key-file="$pki/service-accounts.pub" \
    --audit-policy-file="$state/audit-policy.yaml" --audit-log-path="$state/audit.log" --audit-log-maxsize=50 --audit-log-maxbackup=1 \
    --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key" \
    --default-not-ready-toleration-seconds=10 --default-unreachable-toleration-seconds=10 "${version_flags[@]}"
  await 180 "the API server's /readyz" kube-apiserver api_get /readyz
  kubeconfig_for "$kubeconfig" admin
}

etcd_binary() {
  local found
  found="$(binary etcd)"
  [ -n "$found" ] || found="$(command -v etcd)"
  echo "$found"
}

api_get() {
  curl --silent --fail --max-time 5 --noproxy '*' --cacert "$state/pki/ca.crt" --cert "$state/pki/admin.crt" --key "$state/pki/admin.key" \
    "https://$(cat "$state/api-address")$1"
}

# Without it nothing collects garbage, empties a deleted namespace or makes the default service account.
start_controller_manager() {
  local pki="$state/pki"
  kubeconfig_for "$state/controller-manager.kubeconfig" controller-manager
  # 16 s: a node whose heartbeats (every 2 s, lib/node.sh) stop is NotReady within 20 s, yet a busy machine does not lose one by accident.
  start kube-controller-manager "$(binary kube-controller-manager)" --kubeconfig="$state/controller-manager.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port="$(free_port)" --cert-dir="$state/controller-manager" --port=0 \
    --leader-elect=false --use-service-account-credentials=true \
    --service-account-private-key-file="$pki/service-accounts.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --node-monitor-period=1s --node-monitor-grace-period=16s --node-startup-grace-period=60s --pod-eviction-timeout=10s
  await 120 "the default service account" kube-controller-manager api_get /api/v1/namespaces/default/serviceaccounts/default
}

start_scheduler() {
  kubeconfig_for "$state/scheduler.kubeconfig" scheduler
  start kube-scheduler "$(binary kube-scheduler)" --kubeconfig="$state/scheduler.kubeconfig" --leader-elect=false \
    --bind-address=127.0.0.1 --secure-port="$(free_port)" --cert-dir="$state/scheduler" --port=0
}

start_cluster_dns() {
  start cluster-dns "$(binary "$(cluster_dns)")" --kubeconfig="$kubeconfig" --address="$switch_address:53"
  # shellcheck disable=SC2016
  await 60 "the cluster's DNS" cluster-dns bash -c 'exec 3<>"/dev/tcp/$1/53"' probe "$switch_address"
}
