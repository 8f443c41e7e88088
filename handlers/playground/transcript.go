package playground

import (
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"cartwright/conversations"
)

// What is kept at most; the oldest goes first.
const (
	maxMessages = 200 // of an account
	maxChats    = 100 // accounts, those with an open page aside
	maxReaders  = 100 // open pages
	maxBehind   = 50  // messages that a page may lag behind before it is dropped
	maxSaid     = 2000
)

// Message is one entry of a chat: what a person typed, or a prompt. Rev grows with
// every change in the chat, so that a page can tell which of two versions is newer.
type Message struct {
	ID     string                `json:"id"`
	Rev    int                   `json:"rev"`
	At     time.Time             `json:"at"`
	Text   string                `json:"text,omitempty"` // as the person typed it
	Prompt *conversations.Prompt `json:"prompt,omitempty"`
	event  string                // whose answer it is: the same event again replaces it
}

// chats is what each account was shown. One lock guards it all, chats and readers.
type chats struct {
	mu      sync.Mutex
	of      map[conversations.Account]*chat
	readers int
	clock   int // counts uses, to tell which chat was used last
}

type chat struct {
	messages []Message
	readers  map[*reader]bool
	lang     string // chosen in the page last
	turns    int    // under way
	rev      int
	used     int
}

// reader is an open page. Its channel is closed when it cannot keep up.
type reader struct{ news chan Message }

// message is a new one, with a name that no earlier run of the program can have given.
func (p *Playground) message() (Message, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(p.Random, id); err != nil {
		return Message{}, fmt.Errorf("name a message: %w", err)
	}
	return Message{ID: hex.EncodeToString(id), At: p.Now().UTC()}, nil
}

// put adds m to the chat, or puts it in the place of the message called instead, or of
// the answer to the same event, where the chat has one. It returns what is there now.
func (c *chats) put(a conversations.Account, m Message, instead string) Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.chat(a)
	at := h.find(func(o Message) bool { return o.Prompt != nil && m.Prompt != nil && o.ID == instead })
	if at < 0 {
		at = h.find(func(o Message) bool { return o.ID == m.ID || m.event != "" && o.event == m.event })
	}
	if at >= 0 {
		m.ID = h.messages[at].ID
	}
	return h.set(at, m)
}

// edit replaces the prompt of the message called ref, if the chat still has it.
func (c *chats) edit(a conversations.Account, ref string, prompt conversations.Prompt) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.of[a]
	if !ok {
		return false
	}
	at := h.find(func(o Message) bool { return o.Prompt != nil && o.ID == ref })
	if at < 0 {
		return false
	}
	m := h.messages[at]
	m.Prompt = &prompt
	h.set(at, m)
	return true
}

// begin notes a turn in a language; the language holds until the function is called.
func (c *chats) begin(a conversations.Account, lang string) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.chat(a)
	h.turns++
	h.choose(lang)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		h.turns--
	}
}

// open adds a page and returns what the chat holds so far. ok is false when there are
// too many pages already.
func (c *chats) open(a conversations.Account, lang string) (r *reader, soFar []Message, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.readers >= maxReaders {
		return nil, nil, false
	}
	h := c.chat(a)
	h.choose(lang)
	r = &reader{news: make(chan Message, maxBehind)}
	h.readers[r] = true
	c.readers++
	return r, append([]Message{}, h.messages...), true
}

// leave takes a page away again.
func (c *chats) leave(a conversations.Account, r *reader) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readers--
	if h, ok := c.of[a]; ok {
		delete(h.readers, r)
	}
}

// lang is the language chosen in the page, "" while no page is open and no turn runs.
func (c *chats) lang(a conversations.Account) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.of[a]
	if !ok || h.turns == 0 && len(h.readers) == 0 {
		return ""
	}
	return h.lang
}

// chat finds or makes the account's; the caller holds the lock.
func (c *chats) chat(a conversations.Account) *chat {
	h, ok := c.of[a]
	if !ok {
		if len(c.of) >= maxChats {
			c.forget()
		}
		h = &chat{readers: map[*reader]bool{}}
		c.of[a] = h
	}
	c.clock++
	h.used = c.clock
	return h
}

// forget drops the chat that was not used for longest and that nobody looks at.
func (c *chats) forget() {
	var oldest conversations.Account
	found := false
	for a, h := range c.of {
		idle := len(h.readers) == 0 && h.turns == 0
		if idle && (!found || h.used < c.of[oldest].used) {
			oldest, found = a, true
		}
	}
	if found {
		delete(c.of, oldest)
	}
}

func (h *chat) find(is func(Message) bool) int {
	for i := len(h.messages) - 1; i >= 0; i-- {
		if is(h.messages[i]) {
			return i
		}
	}
	return -1
}

// set puts m at the place, or at the end for -1, and tells every open page.
func (h *chat) set(at int, m Message) Message {
	h.rev++
	m.Rev = h.rev
	if at >= 0 {
		h.messages[at] = m
	} else {
		h.messages = append(h.messages, m)
	}
	if len(h.messages) > maxMessages {
		h.messages = append([]Message(nil), h.messages[len(h.messages)-maxMessages:]...)
	}
	for r := range h.readers {
		select {
		case r.news <- m:
		default: // too slow: the page comes back and is given all of it anew
			close(r.news)
			delete(h.readers, r)
		}
	}
	return m
}

func (h *chat) choose(lang string) {
	if lang != "" {
		h.lang = lang
	}
}
