package storetest

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy stands between nodes and a PostgreSQL server, and can cut them off. It lasts as
// long as the test.
type Proxy struct {
	url      *url.URL // the database through the proxy
	server   string   // host:port
	listener net.Listener

	mu     sync.Mutex
	closed bool // refuses new connections
	open   map[net.Conn]struct{}
	// cutRequest is set to cut the connection on which a client next sends bytes that contain it, and
	// cutCommit to cut the one on which the server next confirms a commit.
	cutRequest []byte
	cutCommit  bool
}

// NewProxy starts a proxy in front of the server of a postgres:// URL, which must name
// a TCP port.
func NewProxy(t testing.TB, address string) *Proxy {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("proxy: %v", err)
	}
	p := &Proxy{server: u.Host, listener: listener, open: map[net.Conn]struct{}{}}
	u.Host = listener.Addr().String()
	p.url = u

	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // ends Accept, whatever it says
		p.Cut()
		running.Wait()
	})
	return p
}

// URL returns the URL of the database through the proxy.
func (p *Proxy) URL() string { return p.url.String() }

// Cut breaks all connections, and refuses new ones until Heal.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for conn := range p.open {
		_ = conn.Close() // breaking it is the point
	}
}

// Heal lets new connections through again.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = false
}

// CutRequest breaks the next connection on which a client sends bytes that contain a
// text, before the server has seen them.
func (p *Proxy) CutRequest(containing string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutRequest = []byte(containing)
}

// CutCommit breaks the next connection on which the server confirms that an insert is
// committed, before the client has seen it.
func (p *Proxy) CutCommit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutCommit = true
}

func (p *Proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", p.server) //nolint:noctx // Cut closes it
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	if !p.add(client, server) {
		return
	}
	defer p.remove(client, server)

	var copying sync.WaitGroup
	copying.Go(func() { p.forward(client, server, p.mustCutRequest) })
	copying.Go(func() { p.forward(server, client, p.mustCutReply) })
	copying.Wait()
}

// forward copies from one side to the other until one is closed, or until cut says
// so of the bytes that were read last; then it closes both.
func (p *Proxy) forward(from, to net.Conn, cut func([]byte) bool) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			if cut(buffer[:n]) {
				return
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) mustCutRequest(request []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cutRequest == nil || !bytes.Contains(request, p.cutRequest) {
		return false
	}
	p.cutRequest = nil
	return true
}

// mustCutReply recognizes the end of a transaction by the server's command tag and by its
// saying that it is idle again.
func (p *Proxy) mustCutReply(reply []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := bytes.HasSuffix(reply, []byte("Z\x00\x00\x00\x05I"))
	inserted := bytes.Contains(reply, []byte("INSERT 0 ")) || bytes.Contains(reply, []byte("COMMIT\x00"))
	if !p.cutCommit || !idle || !inserted {
		return false
	}
	p.cutCommit = false
	return true
}

func (p *Proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	for _, conn := range conns {
		p.open[conn] = struct{}{}
	}
	return true
}

func (p *Proxy) remove(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		delete(p.open, conn)
	}
}
