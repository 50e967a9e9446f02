# Parts of benchmarks/run.

install_peers() {
  local need=() pair
  for pair in wrk:wrk h2load:nghttp2-client hey:hey nginx:nginx-light jq:jq gcc:gcc curl:curl openssl:openssl taskset:util-linux; do
    command -v "${pair%%:*}" >/dev/null || need+=("${pair##*:}")
  done
  [ -x /usr/bin/time ] || need+=(time)
  [ ${#need[@]} -eq 0 ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null; }
}

# The runner as its image has it, and what simulates the operator.
build_all() {
  if [ ! -f "$root/artifacts/benchmark/loadtest" ] \
    || [ -n "$(find "$root/src" "$here/Measures" \( -name obj -o -name bin \) -prune -o -type f -newer "$root/artifacts/benchmark/loadtest" -print -quit)" ]; then
    dotnet publish "$root/src/Runner" -c Release --use-current-runtime --self-contained -p:PublishReadyToRun=true -p:PublishTrimmed=true -p:DebugType=none -o "$root/artifacts/benchmark" -v quiet >/dev/null
    dotnet build "$here/Measures" -c Release -v quiet >/dev/null
    touch "$root/artifacts/benchmark/loadtest"
  fi
}

start_servers() {
  local base=$((20000 + RANDOM % 20000))
  null_port=$base nginx_port=$((base + 1)) tls_port=$((base + 2)) slow_port=$((base + 3)) stamp_port=$((base + 4)) agent_port=$((base + 5))
  gcc -O2 -o "$work/null-server" "$here/null-server.c"
  gcc -O2 -o "$work/sleep-floor" "$here/sleep-floor.c"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
  cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; worker_rlimit_nofile 30000; pid $work/nginx.pid; error_log $work/error.log crit;
events { worker_connections 25000; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 300; ssl_protocols TLSv1.3; log_format stamp '\$msec';
  client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  server { listen 127.0.0.1:$nginx_port; location / { return 200 "hello from the server of the benchmark\n"; } }
  server { listen 127.0.0.1:$tls_port ssl backlog=4096; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; location / { return 200 "hello from the server of the benchmark\n"; } }
  server { listen 127.0.0.1:$stamp_port; access_log $work/stamps.log stamp; location / { return 200 "hello\n"; } }
}
CONF
  taskset -c 1 nginx -c "$work/nginx.conf" -p "$work" -e "$work/error.log" & pids+=($!)
  taskset -c 1 "$work/null-server" "$null_port" & pids+=($!)
  taskset -c 1 "$work/null-server" "$slow_port" 5 & pids+=($!)
  local port
  for port in $null_port $nginx_port $slow_port; do
    for _ in $(seq 100); do curl -sf "http://127.0.0.1:$port/" >/dev/null && break; sleep 0.1; done
  done
}

# manifest FILE URL SETTINGS STEPS SCENARIO
manifest() {
  cat >"$1" <<YAML
apiVersion: loadtest.dev/v1alpha1
kind: LoadTest
metadata: {name: benchmark}
spec:
  target: $2
  $3
  flows: {flow: [$4]}
  scenarios: {load: {$5}}
YAML
}

# k6_script NAME URL SCENARIO BODY
k6_script() {
  cat >"$work/$1.js" <<JS
import http from 'k6/http';
import { check, sleep } from 'k6';
export const options = {scenarios: {load: {$3}}, discardResponseBodies: $([ "$1" = post ] && echo false || echo true), insecureSkipTLSVerify: true};
export default function () { $4 }
JS
}

# timed NAME COMMAND…: runs on core 0; adds "cpu_seconds rss_kB" to $work/timed
timed() {
  local name="$1"; shift
  taskset -c 0 /usr/bin/time -o "$work/time" -f '%U %S %M' "$@" >"$work/$name.out" 2>"$work/$name.err" || true
  awk 'END {print $1 + $2, $3}' "$work/time" >"$work/timed"
}

# one PEER MEASURE URL COUNT: runs a peer for about COUNT requests; prints "requests cpu_seconds rss_kB"
one() {
  local peer="$1" measure="$2" url="$3" count="$4" done settings="" step="{request: {name: get, url: /}}" sender=""
  [ "$measure" = tls ] && settings="http: {tls: {insecureSkipVerify: true}}"
  if [ "$measure" = post ]; then
    step='{request: {name: order, method: POST, url: /orders, json: {id: "${uuid()}", user: "${vu.id}", quantity: 3, note: "a static text of some length"}, checks: {ok: status == 200}, extract: {token: json.token}, tags: {kind: order}}}'
    printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = %s\n' \
      "'{\"id\":\"0e5cbd2c-8a1d-4c6e-9ad8-4f7d5a1f2b3c\",\"user\":\"17\",\"quantity\":3,\"note\":\"a static text of some length\"}'" >"$work/post.lua"
  fi
  case "$peer" in
    wrk) timed wrk wrk -t1 -c$connections -d"${seconds}s" $([ "$measure" = post ] && echo "-s $work/post.lua") "$url"; done="$(awk '/requests in/ {print $1}' "$work/wrk.out")" ;;
    h2load) timed h2load h2load --h1 -n "$count" -c $connections -t 1 "$url"; done="$count" ;;
    hey) timed hey hey -n "$count" -c $connections "$url"; done="$count" ;;
    k6)
      k6_script "$measure" "$url" "executor: 'shared-iterations', vus: $connections, iterations: $((count / 10)), maxDuration: '300s'" \
        "$([ "$measure" = post ] && echo "const r = http.post('$url', JSON.stringify({id: crypto.randomUUID(), user: String(__VU), quantity: 3, note: 'a static text of some length'}), {headers: {'Content-Type': 'application/json'}, tags: {name: 'order', kind: 'order'}}); check(r, {ok: (r) => r.status === 200}); r.json('token');" || echo "http.get('$url', {tags: {name: 'get'}});")"
      timed k6 k6 run -q --summary-export "$work/k6.json" "$work/$measure.js"; done="$(jq '.metrics.http_reqs.count' "$work/k6.json")" ;;
    *)
      [ "$peer" = sockets ] && sender=sockets
      manifest "$work/closed.yaml" "$url" "$settings" "$step" "executor: shared-iterations, vus: $connections, iterations: $count, maxDuration: 600s"
      LOADTEST_SENDER="$sender" timed "$peer" "${loadtest[@]}" run "$work/closed.yaml" --quiet --out json="$work/closed.json"; done="$(jq .load.requests "$work/closed.json")" ;;
  esac
  awk -v r="$done" '{print r, $1, $2}' "$work/timed"
}

# closed MEASURE URL TITLE PEER…
closed() {
  local measure="$1" url="$2" title="$3" peer round base eff count; shift 3
  local peers=()
  for peer in "$@"; do case "$peer" in k6) command -v k6 >/dev/null && peers+=(k6) ;; *) peers+=("$peer") ;; esac; done
  for round in $(seq "$rounds"); do
    for peer in "${peers[@]}"; do
      case "$peer" in hey) count=$((requests / 12)) ;; h2load) count=$((requests / 2)) ;; sockets) count=$((requests / 4)) ;; *) count=$requests ;; esac
      [ "$measure" != tls ] || count=$((count / 2))
      one "$peer" "$measure" "$url" "$count" >>"$work/$measure.$peer"
      # The first fifth, in which the program starts and its hot code is compiled, is measured on its own and taken off: a test that runs for minutes does not notice it.
      case "$peer" in loadtest | sockets) one "$peer" "$measure" "$url" "$((count / 5))" >>"$work/$measure.$peer.start" ;; esac
    done
  done
  section "$title" "| client | requests per CPU second, steady | against wrk | start included | resident, MB |" "|---|---|---|---|---|"
  base="$(awk '{print $1 / $2}' "$work/$measure.wrk" | median - 1)"
  for peer in "${peers[@]}"; do
    eff="$(awk '{print $1 / $2}' "$work/$measure.$peer" | median - 1)"
    local whole="$eff"
    if [ -f "$work/$measure.$peer.start" ]; then
      eff="$(paste -d' ' "$work/$measure.$peer" "$work/$measure.$peer.start" | awk '{print ($1 - $4) / ($2 - $5)}' | median - 1)"
    fi
    row "$(label "$peer")" "$(printf '%.0f' "$eff")" "$(ratio "$eff" "$base")" "$(ratio "$whole" "$base")" "$(awk '{print $3 / 1024}' "$work/$measure.$peer" | median - 1 | xargs printf '%.0f')"
  done
}

label() { case "$1" in sockets) echo "loadtest on the platform's client" ;; *) echo "$1" ;; esac; }

# memory_row LABEL VUS COMMAND…: resident memory of the process three seconds before its load ends
memory_row() {
  local label="$1" count="$2" pid; shift 2
  "$@" >/dev/null 2>&1 &
  pid=$!
  sleep 17
  awk '/VmRSS/ {print $2}' "/proc/$pid/status" >"$work/rss"
  wait "$pid" 2>/dev/null || true
  row "$label" "$(awk '{printf "%.0f", $1 / 1024}' "$work/rss")" "$(awk -v n="$count" '{printf "%.1f", $1 / n}' "$work/rss")"
}

median() { awk -v c="$2" '{print $c}' "$1" | sort -g | awk '{v[NR] = $1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", (b > 0) ? a / b : 0}'; }
row() { local IFS='|'; echo "| ${*/#/ } |" | sed 's/|/ | /g; s/  */ /g; s/^ //; s/ $//' >>"$work/report"; }
section() { printf '\n## %s\n\n%s\n%s\n' "$1" "$2" "$3" >>"$work/report"; }

# keep MEASURE: its table becomes the one that RESULTS.md shows
keep() {
  mkdir -p "$here/results"
  { cat "$work/report"; echo; echo "$rounds rounds, load average $(cut -d' ' -f1 /proc/loadavg) at the end."; } >"$here/results/$1.md"
}

report() {
  local measure
  {
    echo "# Measured"
    echo
    echo "Written by \`benchmarks/run\`, each table by itself: peers alternate in one run, client on core 0, server on core 1, medians. Requests per second of the client's own CPU"
    echo "time (user + system), all of a test's metrics recorded; loadtest is the runner image's build. Its steady state leaves out the first fifth of the requests, with start and compilation."
    echo "wrk $(wrk -v 2>&1 | head -n 1 | awk '{print $2}'), nginx $(nginx -v 2>&1 | sed 's|.*/||'), .NET SDK $(dotnet --version), k6 $(command -v k6 >/dev/null && k6 version | awk '{print $2}' || echo 'not on PATH'), $(nproc) cores. Other work on the machine takes caches and time from every peer: only ratios mean anything."
    for measure in "${all[@]}"; do [ ! -f "$here/results/$measure.md" ] || cat "$here/results/$measure.md"; done
    [ ! -f "$here/NOTES.md" ] || { echo; cat "$here/NOTES.md"; }
  } >"$here/RESULTS.md"
  cat "$here/RESULTS.md"
}
