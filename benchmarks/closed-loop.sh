#!/usr/bin/env bash
# Cost per request and memory at 100 VUs, keep-alive GET, against wrk (and k6 where it is on PATH), in one run.
# Client on one core, nginx on the other, peers alternated, medians of ROUNDS. Ratios survive a noisy machine, absolute numbers do not.
#   benchmarks/closed-loop.sh            writes benchmarks/RESULTS.md
#   ROUNDS=5 SECONDS_EACH=15 benchmarks/closed-loop.sh
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
rounds="${ROUNDS:-3}" seconds="${SECONDS_EACH:-10}" connections=100
work="$(mktemp -d)"
nginx_pid=""
cleanup() { [ -n "$nginx_pid" ] && kill "$nginx_pid" 2>/dev/null; rm -rf "$work"; }
trap cleanup EXIT
export PATH="$PATH:/usr/sbin:/sbin"

need=()
for pair in wrk:wrk nginx:nginx-light jq:jq time:time taskset:util-linux; do
  command="${pair%%:*}"
  [ "$command" = time ] && { [ -x /usr/bin/time ] || need+=("${pair##*:}"); continue; }
  command -v "$command" >/dev/null || need+=("${pair##*:}")
done
if [ ${#need[@]} -gt 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi
"$root/loadtest" version >/dev/null # builds it

port=$((20000 + RANDOM % 20000))
cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 100000000;
  client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  server { listen 127.0.0.1:$port; location / { return 200 "hello from the server of the benchmark\n"; } }
}
CONF
taskset -c 1 nginx -c "$work/nginx.conf" -p "$work" -e "$work/error.log" &
nginx_pid=$!
url="http://127.0.0.1:$port/"
for _ in $(seq 100); do curl -sf "$url" >/dev/null && break; sleep 0.1; done

cat >"$work/test.yaml" <<YAML
apiVersion: loadtest.dev/v1alpha1
kind: LoadTest
metadata: {name: closed-loop}
spec:
  target: $url
  flows: {get: [{request: {name: get, url: /}}]}
  scenarios: {loop: {executor: constant-vus, vus: $connections, duration: ${seconds}s}}
YAML
cat >"$work/k6.js" <<JS
import http from 'k6/http';
export const options = {scenarios: {loop: {executor: 'constant-vus', vus: $connections, duration: '${seconds}s'}}, discardResponseBodies: true};
export default function () { http.get('$url', {tags: {name: 'get'}}); }
JS

# measure NAME COMMAND…: prints "requests cpu_seconds rss_kb"
measure() {
  local name="$1"; shift
  taskset -c 0 /usr/bin/time -o "$work/time" -f '%U %S %M' "$@" >"$work/$name.out" 2>"$work/$name.err" || true
  local requests
  case "$name" in
    wrk) requests="$(awk '/requests in/ {print $1}' "$work/wrk.out")" ;;
    loadtest) requests="$(jq .load.requests "$work/report.json")" ;;
    k6) requests="$(jq '.metrics.http_reqs.count' "$work/k6.json")" ;;
  esac
  awk -v r="$requests" 'END {printf "%d %.2f %d\n", r, $1 + $2, $3}' "$work/time"
}

peers=(wrk loadtest)
command -v k6 >/dev/null && peers+=(k6)
for _ in $(seq "$rounds"); do
  measure wrk wrk -t1 -c$connections -d"${seconds}s" "$url" >>"$work/wrk.rows"
  measure loadtest dotnet "$root/artifacts/cli/loadtest.dll" run "$work/test.yaml" --quiet --out json="$work/report.json" >>"$work/loadtest.rows"
  [ ${#peers[@]} -gt 2 ] && measure k6 k6 run -q --summary-export "$work/k6.json" "$work/k6.js" >>"$work/k6.rows"
done

median() { sort -g | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
column() { awk -v c="$2" '{if (c == "eff") print $1 / $2; else print $c}' "$work/$1.rows" | median; }

{
  echo "# Measured"
  echo
  echo "Written by \`benchmarks/closed-loop.sh\`: $rounds rounds of ${seconds} s, peers alternated, client pinned to one core, nginx to the other, $connections connections,"
  echo "keep-alive GET, all of a test's metrics recorded. Requests per second of the client's own CPU time (user + system), start-up included. Medians."
  echo
  echo "| client | requests per CPU second | against wrk | resident memory, MB |"
  echo "|---|---|---|---|"
  base="$(column wrk eff)"
  for peer in "${peers[@]}"; do
    eff="$(column "$peer" eff)"
    awk -v n="$peer" -v e="$eff" -v b="$base" -v m="$(column "$peer" 3)" 'BEGIN {printf "| %s | %.0f | %.2f | %.0f |\n", n, e, e / b, m / 1024}'
  done
  echo
  [ ${#peers[@]} -gt 2 ] || echo "k6 was not on PATH."
  echo "wrk $(wrk -v 2>&1 | head -n 1 | awk '{print $2}'), nginx $(nginx -v 2>&1 | sed 's|.*/||'), .NET $(dotnet --version) SDK, $(nproc) cores."
} >"$root/benchmarks/RESULTS.md"
cat "$root/benchmarks/RESULTS.md"
