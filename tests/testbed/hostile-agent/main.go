// Command hostile-agent stands where a runner's agent is expected, and does harm. HOSTILE says which:
//
//	forge    claims a finished run with a million requests that all went well
//	huge     answers with 700 MB
//	drip     answers with an octet a second
//	heads    answers with headers without end
//	future   claims to have measured for 104 days
//	million  claims a million series
//
// With LOADTEST_TLS_CERT_FILE and LOADTEST_TLS_KEY_FILE it has the key of its run, as the tenant's own image has; else it makes one. It claims to be of the
// run VICTIM, else of its own. With a key it behaves until it is started, so that there is a run to harm; without one it does not wait.
package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"math/big"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

var (
	mode    = os.Getenv("HOSTILE")
	index   = either(os.Getenv("LOADTEST_RUNNER_INDEX"), "0")
	run     = either(os.Getenv("VICTIM"), os.Getenv("LOADTEST_RUN_ID"))
	hasKey  = os.Getenv("LOADTEST_TLS_CERT_FILE") != ""
	started atomic.Bool
	began   = time.Now()
	looks   atomic.Int64
)

func either(one, other string) string {
	if one != "" {
		return one
	}
	return other
}

func main() {
	log.SetFlags(0)
	certificate, err := key()
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: ":6565", Handler: http.HandlerFunc(serve), TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}, TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}}
	log.Printf("hostile agent (%s) claims to be runner %s of run %s", mode, index, run)
	log.Fatal(server.ListenAndServeTLS("", ""))
}

func key() (tls.Certificate, error) {
	if hasKey {
		return tls.LoadX509KeyPair(os.Getenv("LOADTEST_TLS_CERT_FILE"), os.Getenv("LOADTEST_TLS_KEY_FILE"))
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}, err
}

func serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/readyz" {
		log.Printf("%s %s, token %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
	}
	harm := started.Load() || !hasKey
	state := "ready"
	if harm {
		state = map[bool]string{true: "finished", false: "running"}[mode == "forge"]
	}
	w.Header().Set("X-Loadtest-Run", run)
	w.Header().Set("X-Loadtest-Runner", index)
	w.Header().Set("X-Loadtest-State", state)
	w.Header().Set("X-Loadtest-Clock", fmt.Sprint(time.Now().UnixNano()))
	if r.Method == http.MethodPost {
		if r.URL.Path == "/start" {
			started.Store(true)
			began = time.Now()
		}
		fmt.Fprint(w, "done")
		return
	}
	if r.URL.Path != "/metrics" {
		fmt.Fprint(w, "ready")
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	out := bufio.NewWriter(w)
	defer out.Flush()
	switch {
	case !harm:
		snapshot(out, -1, 0, 0)
	case mode == "forge":
		snapshot(out, 5e9, 1, 0)
		for _, metric := range []string{"http_reqs", "iterations"} {
			fmt.Fprintf(out, "# TYPE loadtest_%s_total counter\nloadtest_%s_total 1000000\n", metric, metric)
		}
	case mode == "huge":
		for i, zeros := 0, make([]byte, 1<<20); i < 700; i++ {
			if _, err := out.Write(zeros); err != nil {
				return
			}
		}
	case mode == "drip":
		for {
			if _, err := w.Write([]byte("#")); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(time.Second)
		}
	case mode == "heads":
		connection, raw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer connection.Close()
		fmt.Fprint(raw, "HTTP/1.1 200 OK\r\n")
		for i := 0; err == nil && i < 50_000_000; i++ {
			_, err = fmt.Fprintf(raw, "X-%d: endless\r\n", i)
		}
	case mode == "future":
		snapshot(out, 9007199254740992, 0, 0)
	case mode == "million":
		snapshot(out, time.Since(began).Nanoseconds(), 0, 1_000_000)
	}
}

// snapshot writes what an agent writes in the text format: everything that it has measured since the start.
func snapshot(out *bufio.Writer, offset int64, final, series int) {
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_classic_schema gauge\nloadtest_snapshot_classic_schema 2\n")
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_worker gauge\nloadtest_snapshot_worker %s\n", index)
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_incarnation gauge\nloadtest_snapshot_incarnation %s\n", either(os.Getenv("LOADTEST_INCARNATION"), "0"))
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_sequence gauge\nloadtest_snapshot_sequence %d\n", looks.Add(1))
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_offset_nanoseconds gauge\nloadtest_snapshot_offset_nanoseconds %d\n", offset)
	fmt.Fprintf(out, "# TYPE loadtest_snapshot_final gauge\nloadtest_snapshot_final %d\n", final)
	if series > 0 {
		fmt.Fprint(out, "# TYPE loadtest_http_reqs_total counter\n")
	}
	for i := 0; i < series; i++ {
		fmt.Fprintf(out, "loadtest_http_reqs_total{n=\"%d\"} 1\n", i)
	}
}
