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

	mu   sync.Mutex
	cut  bool // refuses connections
	open map[net.Conn]struct{}
	// request and commit are closed, if set, when the proxy cuts as CutRequest and
	// CutCommit say.
	request   chan struct{}
	requested []byte
	commit    chan struct{}
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
	p.cutLocked()
}

func (p *Proxy) cutLocked() {
	p.cut = true
	for conn := range p.open {
		_ = conn.Close() // breaking it is the point
	}
}

// Heal lets connections through again.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
}

// CutRequest makes the proxy Cut when a client next sends bytes that contain a text,
// before the server has seen them. The channel is closed when it has.
func (p *Proxy) CutRequest(containing string) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.request, p.requested = make(chan struct{}), []byte(containing)
	return p.request
}

// CutCommit makes the proxy Cut when the server next confirms that an insert is
// committed, before the client has seen it. The channel is closed when it has.
func (p *Proxy) CutCommit() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.commit = make(chan struct{})
	return p.commit
}

func (p *Proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	if !p.add(client, server) {
		return
	}
	defer p.remove(client, server)

	var copying sync.WaitGroup
	copying.Go(func() { p.forward(client, server, p.seeRequest) })
	copying.Go(func() { p.forward(server, client, p.seeReply) })
	copying.Wait()
}

// forward copies from one side to the other until one of them is closed. see is shown
// what is about to be passed on, and may cut.
func (p *Proxy) forward(from, to net.Conn, see func([]byte)) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			see(buffer[:n])
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) seeRequest(request []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.request != nil && bytes.Contains(request, p.requested) {
		p.cutLocked()
		close(p.request)
		p.request = nil
	}
}

// seeReply knows the end of a transaction by the server's command tag and by its saying
// that it is idle again.
func (p *Proxy) seeReply(reply []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	idle := bytes.HasSuffix(reply, []byte("Z\x00\x00\x00\x05I"))
	inserted := bytes.Contains(reply, []byte("INSERT 0 ")) || bytes.Contains(reply, []byte("COMMIT\x00"))
	if p.commit != nil && idle && inserted {
		p.cutLocked()
		close(p.commit)
		p.commit = nil
	}
}

func (p *Proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
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
