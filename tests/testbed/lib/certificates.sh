# A CA per cluster, and the certificates and kubeconfigs signed by it. All of it lives and dies with the cluster's state.
# shellcheck shell=bash

make_ca() {
  mkdir -p "$state/pki"
  [ -f "$state/pki/ca.crt" ] && return
  openssl ecparam -name prime256v1 -genkey -noout -out "$state/pki/ca.key"
  openssl req -x509 -new -key "$state/pki/ca.key" -subj "/CN=loadtest-testbed-$name" -days 365 -out "$state/pki/ca.crt" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
  openssl ecparam -name prime256v1 -genkey -noout -out "$state/pki/service-accounts.key"
  openssl ec -in "$state/pki/service-accounts.key" -pubout -out "$state/pki/service-accounts.pub" 2>/dev/null
}

# certificate FILE SUBJECT [SUBJECT-ALTERNATIVE-NAMES]
certificate() {
  local base="$state/pki/$1"
  [ -f "$base.crt" ] && return
  openssl ecparam -name prime256v1 -genkey -noout -out "$base.key"
  openssl req -new -key "$base.key" -subj "$2" -out "$base.csr" 2>/dev/null
  {
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=serverAuth,clientAuth"
    [ -z "${3:-}" ] || echo "subjectAltName=$3"
  } >"$base.ext"
  openssl x509 -req -in "$base.csr" -CA "$state/pki/ca.crt" -CAkey "$state/pki/ca.key" -set_serial "0x$(openssl rand -hex 12)" \
    -days 365 -extfile "$base.ext" -out "$base.crt.new" 2>/dev/null
  rm -f "$base.csr" "$base.ext"
  mv "$base.crt.new" "$base.crt"
}

# kubeconfig_for FILE CERTIFICATE: certificates are embedded, so that the file alone can be handed on.
kubeconfig_for() {
  local pki="$state/pki"
  cat >"$1.new" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: testbed
  cluster:
    server: https://$(cat "$state/api-address")
    certificate-authority-data: $(base64 -w0 <"$pki/ca.crt")
users:
- name: $2
  user:
    client-certificate-data: $(base64 -w0 <"$pki/$2.crt")
    client-key-data: $(base64 -w0 <"$pki/$2.key")
contexts:
- name: testbed
  context: {cluster: testbed, user: $2, namespace: default}
current-context: testbed
YAML
  chmod 600 "$1.new"
  mv "$1.new" "$1"
}
