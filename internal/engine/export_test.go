package engine

// Publish is publish, as the follower calls it that has read what this node has appended itself.
func (e *Engine) Publish(c Change) { e.publish(c) }
