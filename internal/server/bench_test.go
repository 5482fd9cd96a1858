package server_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/server"
	"github.com/quorate/quorate/internal/server/servertest"
	"github.com/quorate/quorate/internal/store/storetest"
)

// The bounds of docs/performance.md.
const (
	streamLimit = 50 * time.Millisecond // toggle to an SDK's stream on another node, 99th percentile
	heapLimit   = 150 << 20             // live bytes with 10,000 flags in 3 environments
)

// send asks a server for a change and fails unless it is made.
func send(t testing.TB, s *server.Server, method, path, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", servertest.Admin)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: got %d %s", method, path, response.StatusCode, answer)
	}
}

// updates opens a stream and sends the time of each update on seen, until the server stops.
func updates(b *testing.B, s *server.Server, seen chan<- time.Time) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, s.URL()+"/api/client/streaming", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Authorization", servertest.Backend)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewReaderSize(response.Body, 1<<20)
	connected := make(chan struct{})
	go func() {
		defer response.Body.Close()
		for {
			line, err := lines.ReadBytes('\n')
			switch {
			case err != nil:
				return
			case bytes.HasPrefix(line, []byte("event: unleash-connected")), bytes.HasPrefix(line, []byte("event:unleash-connected")):
				close(connected)
			case bytes.HasPrefix(line, []byte("event: unleash-updated")), bytes.HasPrefix(line, []byte("event:unleash-updated")):
				seen <- time.Now()
			}
		}
	}()
	<-connected
}

// BenchmarkOtherNode measures how long after a toggle on one node began 100 clients of another
// node have seen it, over one PostgreSQL, with 1,000 flags and ten writes per second. An
// iteration is a write, so it takes a tenth of a second.
func BenchmarkOtherNode(b *testing.B) {
	url := storetest.Postgres(b)
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	node := func() *server.Server {
		settings := servertest.Settings(b)
		settings.Database, settings.SecretKey = url, key
		return servertest.Start(b, settings)
	}
	writer, reader := node(), node()
	for i := range 1000 {
		name := fmt.Sprintf("flag-%d", i)
		send(b, writer, http.MethodPost, "/api/admin/projects/default/features", `{"name":"`+name+`"}`)
	}
	for { // until the reader knows them all
		if _, body := get(b, reader, server.FeaturesPath, servertest.Backend); strings.Contains(body, `"flag-999"`) {
			break
		}
	}
	const clients = 100
	seen := make(chan time.Time, clients)
	for range clients {
		updates(b, reader, seen)
	}
	var all []time.Duration
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for on := true; b.Loop(); on = !on {
		<-tick.C
		to := map[bool]string{true: "on", false: "off"}[on]
		began := time.Now()
		send(b, writer, http.MethodPost, "/api/admin/projects/default/features/flag-7/environments/development/"+to, "")
		for range clients {
			all = append(all, (<-seen).Sub(began))
		}
	}
	slices.Sort(all)
	p99 := all[len(all)*99/100]
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(p99.Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(p99)/float64(streamLimit), "of-limit")
}

// BenchmarkMemory shows the live heap of a server with 10,000 flags in 3 environments that has
// sent all of them, in each encoding.
func BenchmarkMemory(b *testing.B) {
	settings := servertest.Settings(b)
	servertest.Fill(b, settings, 10_000)
	s := servertest.Start(b, settings)
	for _, token := range []string{servertest.Backend, servertest.Admin} {
		get(b, s, server.FeaturesPath, token)
	}
	var memory runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&memory)
	}
	b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "live-MiB")
	b.ReportMetric(float64(memory.HeapAlloc)/heapLimit, "of-limit")
}
