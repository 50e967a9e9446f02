# Kubernetes's own programs, built once per source version from Debian's source package and kept in $cache/<version>-<recipe>.
# shellcheck shell=bash

# binary NAME: its path. KUBEBUILDER_ASSETS comes first, as the ecosystem's tools have it, then the cache.
binary() {
  if [ -n "${KUBEBUILDER_ASSETS:-}" ] && [ -x "$KUBEBUILDER_ASSETS/$1" ]; then
    echo "$KUBEBUILDER_ASSETS/$1"
  else
    local newest
    newest="$(newest_cached)"
    if [ -n "$newest" ] && [ -x "$cache/$newest/$1" ]; then echo "$cache/$newest/$1"; fi
  fi
}

# An own pointer rather than sorting versions: what was built last is what the machine's package source offers.
newest_cached() { cat "$cache/current-$recipe" 2>/dev/null || true; }

# ensure_binaries NAME…: builds those that are nowhere yet.
ensure_binaries() {
  local wanted missing=()
  for wanted in "$@"; do [ -n "$(binary "$wanted")" ] || missing+=("$wanted"); done
  [ ${#missing[@]} -eq 0 ] && return
  mkdir -p "$cache"
  # One build at a time; whoever waited finds the work done.
  (
    exec 7>"$cache/build.lock"
    flock -n 7 || { say "another build runs; waiting for it"; flock 7; }
    missing=()
    for wanted in "$@"; do [ -n "$(binary "$wanted")" ] || missing+=("$wanted"); done
    [ ${#missing[@]} -eq 0 ] || build_kubernetes "${missing[@]}"
  ) || { local status=$?; say "building ${missing[*]} failed; log: $cache/build.log"; exit "$status"; }
}

cluster_dns() { echo "cluster-dns-$(sha256sum "$testbed/cluster-dns/main.go" | cut -c1-8)"; }

# Counts changes of the way they are built: part of the cache's key, so that a machine with binaries of an older way builds anew.
recipe=2
reflect2=/usr/share/gocode/src/github.com/modern-go/reflect2

build_kubernetes() {
  install_missing go=golang-go gcc=gcc /usr/include/stdio.h=libc6-dev make=make rsync=rsync jq=jq dpkg-source=dpkg-dev \
    /usr/share/bash-completion/bash_completion=bash-completion
  local work="$cache/build" version gopath
  mkdir -p "$work"
  say "looking up the kubernetes source package"
  source_apt "$work/apt" update -qq >"$cache/build.log" 2>&1 || { tail "$cache/build.log" >&2; return 1; }
  version="$(source_apt "$work/apt" source --print-uris kubernetes 2>>"$cache/build.log" | sed -n "s/.*kubernetes_\(.*\)\.dsc .*/\1/p" | head -n 1)"
  [ -n "$version" ] || { say "the machine's package source has no source package 'kubernetes'"; return 1; }
  local key="$version-$recipe"

  if [ ! -f "$work/$key/unpacked" ]; then
    say "downloading and unpacking kubernetes $version"
    rm -rf "${work:?}/$key"
    mkdir -p "$work/$key"
    (cd "$work/$key" && source_apt "$work/apt" source -qq --download-only kubernetes && dpkg-source --no-check -x ./*.dsc source && rm -f ./*.orig*.tar.*) \
      >>"$cache/build.log" 2>&1 || { tail "$cache/build.log" >&2; return 1; }
    # reflect2 1.0.1, which this release carries, reads Go's own map layout and panics in programs of Go 1.18 and newer: every write
    # with a field manager would fail. Debian packages 1.0.2, which asks Go instead.
    install_missing "$reflect2/reflect2.go=golang-github-modern-go-reflect2-dev"
    local vendored="$work/$key/source/vendor/github.com/modern-go/reflect2"
    rm -f "$vendored"/*.go "$vendored"/*.s && cp "$reflect2"/*.go "$reflect2"/*.s "$vendored/" || return 1
    : >"$work/$key/unpacked"
  fi

  # The makefile wants the checkout at its place in a GOPATH, and its version from a file since there is no git history.
  gopath="$work/$key/gopath"
  mkdir -p "$gopath/src/k8s.io"
  ln -sfn ../../../source "$gopath/src/k8s.io/kubernetes"
  local release="${version%%-*}"
  release="v${release##*really}"
  printf '%s\n' "KUBE_GIT_COMMIT=unknown" "KUBE_GIT_TREE_STATE=archive" "KUBE_GIT_VERSION=$release" \
    "KUBE_GIT_MAJOR=$(cut -d. -f1 <<<"${release#v}")" "KUBE_GIT_MINOR=$(cut -d. -f2 <<<"$release")" >"$work/$key/version.sh"

  # Our own DNS server is one more program of that tree; its name carries its content, so that an edit makes another program.
  if [[ " $* " == *" $(cluster_dns) "* ]]; then
    mkdir -p "$work/$key/source/cmd/$(cluster_dns)" && cp "$testbed/cluster-dns/main.go" "$work/$key/source/cmd/$(cluster_dns)/" || return 1
  fi

  say "building $* $release (minutes on two cores; log: $cache/build.log)"
  local started=$SECONDS
  nice -n "${LOADTEST_TESTBED_NICE:-10}" env -u GOFLAGS -u GOBIN GOPATH="$gopath" GOCACHE="$work/go-cache" GO111MODULE=off GOPROXY=off CGO_ENABLED=0 \
    KUBE_GIT_VERSION_FILE="$work/$key/version.sh" \
    make -C "$gopath/src/k8s.io/kubernetes" GOFLAGS="" WHAT="$(printf 'cmd/%s ' "$@")" >>"$cache/build.log" 2>&1 || { tail -n 20 "$cache/build.log" >&2; return 1; }

  # Renamed into place, so that nobody ever starts half a file; spelled with && because errexit is off inside a condition.
  local program built="$work/$key/source/_output/local/bin/linux/$(cd / && go env GOARCH)"
  mkdir -p "$cache/$key" || return 1
  for program in "$@"; do
    cp "$built/$program" "$cache/$key/.$program.new" && mv "$cache/$key/.$program.new" "$cache/$key/$program" || return 1
  done
  echo "$key" >"$cache/current.new" && mv "$cache/current.new" "$cache/current-$recipe" || return 1
  say "built in $((SECONDS - started)) s"
}
