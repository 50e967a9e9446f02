# Images without a registry: archives in Docker's format, imported into every node's containerd.
# shellcheck shell=bash

pause_name="localhost/loadtest-pause:testbed"
pause_image() { echo "$cache/images/pause.tar"; }

# pack_image FOLDER NAME:TAG CONFIG-JSON: writes the archive of a one-layer image to standard output.
pack_image() {
  local work digest config
  work="$(mktemp -d)"
  tar -C "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" .
  digest="$(sha256sum "$work/layer.tar" | cut -d' ' -f1)"
  jq -cn --argjson config "$3" --arg digest "sha256:$digest" --arg arch "$(dpkg --print-architecture)" \
    '{architecture: $arch, os: "linux", config: $config, rootfs: {type: "layers", diff_ids: [$digest]}, history: [{created_by: "testbed"}]}' >"$work/config.json"
  config="$(sha256sum "$work/config.json" | cut -d' ' -f1).json"
  mv "$work/config.json" "$work/$config"
  jq -cn --arg config "$config" --arg name "$2" '[{Config: $config, RepoTags: [$name], Layers: ["layer.tar"]}]' >"$work/manifest.json"
  tar -C "$work" -cf - manifest.json "$config" layer.tar
  rm -rf "$work"
}

# load_into NODE ARCHIVE
load_into() { in_node "$1" ctr --namespace k8s.io images import "$2" >/dev/null; }

# The image that holds a Pod's namespaces: one static program that does nothing.
ensure_pause_image() {
  [ -f "$(pause_image)" ] && return
  install_missing go=golang-go
  local work
  work="$(mktemp -d)"
  mkdir -p "$work/root" "$cache/images"
  cat >"$work/pause.go" <<'GO'
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
}
GO
  (cd "$work" && CGO_ENABLED=0 GO111MODULE=off GOCACHE="$cache/build/go-cache" go build -ldflags "-s -w" -o root/pause pause.go)
  pack_image "$work/root" "$pause_name" '{"Entrypoint": ["/pause"]}' >"$(pause_image).new"
  mv "$(pause_image).new" "$(pause_image)"
  rm -rf "$work"
}

# load_everywhere ARCHIVE…: into all nodes that live, at once.
load_everywhere() {
  local node archive loads=() load
  for ((node = 1; node <= $(cat "$state/nodes"); node++)); do
    [ -n "$(pid_of "node-$node-init")" ] || continue
    (for archive in "$@"; do load_into "$node" "$archive" || exit 1; done) &
    loads+=("$!")
  done
  [ ${#loads[@]} -gt 0 ] || die "cluster '$name' has no nodes to load images into"
  for load in "${loads[@]}"; do wait "$load" || die "loading $* failed"; done
}
