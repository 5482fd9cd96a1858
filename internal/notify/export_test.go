package notify

// SetSender lets tests bring deliveries of a kind themselves.
func (n *Notify) SetSender(kind string, s Sender) { n.senders[kind] = s }

// What tests ask directly.
var (
	Mentions   = mentions
	NextDigest = nextDigest
	PauseAfter = pauseAfter
	HTMLOf     = htmlOf
)
