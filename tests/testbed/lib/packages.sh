# Debian packages, installed only when a command of them is missing.
# shellcheck shell=bash

# install_missing COMMAND=PACKAGE…  (COMMAND may be an absolute path)
install_missing() {
  local pair missing=()
  for pair in "$@"; do
    if [[ "$pair" == /* ]]; then [ -e "${pair%%=*}" ]; else command -v "${pair%%=*}" >/dev/null; fi || missing+=("${pair##*=}")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || cannot "no apt-get here; install what matches these packages and run again: ${missing[*]}"
  as_root true 2>/dev/null || cannot "neither root nor sudo without a password; install these packages and run again: ${missing[*]}"
  say "installing ${missing[*]}"
  (
    mkdir -p "$cache"
    exec 8>"$cache/packages.lock"
    flock 8
    # A package's own service must not start: the test bed runs these programs itself, with its own state.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap 'as_root rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
      as_root chmod +x "$policy"
    fi
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=600 \
      "${missing[@]}" >"$cache/packages.log" 2>&1 8>&- || {
      tail -n 20 "$cache/packages.log" >&2
      exit 1
    }
  ) || die "installing failed: ${missing[*]}"
}

# source_apt FOLDER ARGUMENT…: apt-get with deb-src entries made from the machine's own sources, in private lists
# (the machine's configuration stays as it is, and no root is needed).
source_apt() {
  local folder="$1" file
  shift
  if [ ! -d "$folder/parts" ]; then
    mkdir -p "$folder/parts" "$folder/lists/partial" "$folder/archives/partial"
    for file in /etc/apt/sources.list.d/*.sources; do
      [ -f "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$folder/parts/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
      [ -f "$file" ] && sed -n 's/^deb[[:space:]]/deb-src /p' "$file" >"$folder/parts/main-$(basename "$file" .list).list"
    done
  fi
  apt-get -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$folder/parts" -o "Dir::State::Lists=$folder/lists" \
    -o "Dir::Cache::Archives=$folder/archives" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" "$@"
}
