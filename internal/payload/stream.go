package payload

import (
	"strconv"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// pending bounds how many messages wait for a client. One that is further behind is
// dropped; it comes back and says how far it got.
const pending = 64

// Stream is one client's stream of changes, as server-sent events.
type Stream struct {
	// Connected is the first message, in parts to be written one after the other.
	Connected [][]byte
	// Messages are those that follow. The channel is closed when the stream is ended:
	// because the client was too slow, on shutdown, or on demand.
	Messages <-chan []byte

	payload  *Payload
	query    Query
	messages chan []byte
}

// streams are the open streams. Everything here is guarded by Payload.mu.
type streams struct {
	limit, open int
	// groups are the streams of each query; what a change means to one of them it means
	// to all.
	groups map[flag.EnvironmentName]map[Query]map[*Stream]struct{}
	closed bool
}

// Stream opens a stream of what a query asks for. It begins with everything, or with what
// changed since lastRevision if that is remembered; 0 means that the client has nothing.
//
// Faults: RateLimit when too many streams are open, Unavailable after Close.
func (p *Payload) Stream(q Query, lastRevision int64) (*Stream, error) {
	s, set, err := p.open(q)
	if err != nil {
		return nil, err
	}
	// Preparing the first message may take a while; messages that come meanwhile wait in
	// the channel.
	s.Connected = connected(set, q, lastRevision)
	return s, nil
}

// open registers a stream and returns the set from which it will be told of changes.
func (p *Payload) open(q Query) (*Stream, *Set, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.streams.closed {
		return nil, nil, fault.New(fault.Unavailable, "This node is shutting down. Connect to another one, or try again in a moment.")
	}
	if p.streams.open >= p.streams.limit {
		return nil, nil, fault.New(fault.RateLimit, "There are too many streaming clients on this node. Poll for changes instead.")
	}
	set := p.make(q.Environment)
	messages := make(chan []byte, pending)
	s := &Stream{Messages: messages, payload: p, query: q, messages: messages}
	p.streams.add(s)
	return s, set, nil
}

// Close ends the stream. The client's side calls it when it goes.
func (s *Stream) Close() {
	s.payload.mu.Lock()
	defer s.payload.mu.Unlock()
	s.payload.streams.end(s)
}

// Streams returns the number of open streams.
func (p *Payload) Streams() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.streams.open
}

// DisconnectAll ends all streams. Their clients come back by themselves.
func (p *Payload) DisconnectAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streams.endAll()
}

// Close ends all streams and lets no new ones begin. Everything else goes on.
func (p *Payload) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streams.closed = true
	p.streams.endAll()
}

func (r *streams) add(s *Stream) {
	if r.groups == nil {
		r.groups = map[flag.EnvironmentName]map[Query]map[*Stream]struct{}{}
	}
	group := r.groups[s.query.Environment]
	if group == nil {
		group = map[Query]map[*Stream]struct{}{}
		r.groups[s.query.Environment] = group
	}
	if group[s.query] == nil {
		group[s.query] = map[*Stream]struct{}{}
	}
	group[s.query][s] = struct{}{}
	r.open++
}

// end removes a stream, if it is still there, and closes its channel.
func (r *streams) end(s *Stream) {
	group := r.groups[s.query.Environment]
	if _, open := group[s.query][s]; !open {
		return
	}
	delete(group[s.query], s)
	if len(group[s.query]) == 0 {
		delete(group, s.query)
	}
	r.open--
	close(s.messages)
}

func (r *streams) endAll() {
	for _, group := range r.groups {
		for _, same := range group {
			for s := range same {
				r.end(s)
			}
		}
	}
}

// tell sends every stream of a set's environment what changed since a revision. A
// message is made once for all streams with the same query. Nobody is waited for.
func (r *streams) tell(set *Set, since int64) {
	for q, same := range r.groups[set.environment] {
		delta, remembered := set.Since(since, q)
		if remembered && delta.Body == nil {
			continue
		}
		text := message("unleash-updated", delta.Revision, delta.Body)
		for s := range same {
			// A change that is larger than the history ends the streams: their clients come
			// back for everything.
			if !remembered {
				r.end(s)
				continue
			}
			select {
			case s.messages <- text:
			default:
				r.end(s)
			}
		}
	}
}

// connected returns the first message of a stream, in parts.
func connected(set *Set, q Query, lastRevision int64) [][]byte {
	const kind = "unleash-connected"
	if lastRevision > 0 {
		if delta, remembered := set.Since(lastRevision, q); remembered {
			if delta.Body == nil {
				return [][]byte{message(kind, lastRevision, []byte(`{"events":[]}`))}
			}
			return [][]byte{message(kind, delta.Revision, delta.Body)}
		}
	}
	// The body is shared by all who connect, so it is not copied into the message.
	begin := beginMessage(nil, kind, set.head.Revision)
	return [][]byte{begin, set.Hydration(q).Body(Identity).Bytes, []byte(endMessage)}
}

// message returns a server-sent event. JSON text has no line breaks, so the data is one line.
func message(kind string, revision int64, data []byte) []byte {
	text := beginMessage(make([]byte, 0, len(data)+64), kind, revision)
	text = append(text, data...)
	return append(text, endMessage...)
}

func beginMessage(text []byte, kind string, revision int64) []byte {
	text = append(text, "id: "...)
	text = strconv.AppendInt(text, revision, 10)
	text = append(text, "\nevent: "...)
	text = append(text, kind...)
	return append(text, "\ndata: "...)
}

const endMessage = "\n\n"
