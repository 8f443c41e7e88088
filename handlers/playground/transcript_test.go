package playground

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"cartwright/conversations"
)

func someone(n int) conversations.Account {
	return conversations.Account{Platform: Platform, Workspace: "contoso", ID: fmt.Sprint(n)}
}

func newChats() *chats { return &chats{of: map[conversations.Account]*chat{}} }

// However many people write however much, what is kept stays bounded, each chat is in
// order, and a page is told of every change or dropped, never told half.
func TestChatsStayBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := newChats()
		r, soFar, ok := c.open(someone(0), "en")
		if !ok || len(soFar) != 0 {
			t.Fatal("the first page was refused")
		}
		told, written := 0, 0
		for i := range rapid.IntRange(1, 3000).Draw(t, "writes") {
			who := rapid.IntRange(0, 130).Draw(t, "who")
			c.put(someone(who), Message{ID: fmt.Sprint(i), Prompt: &conversations.Prompt{}}, "")
			if who == 0 {
				written++
			}
			if rapid.Bool().Draw(t, "reads") {
				for more := true; more && len(r.news) > 0; {
					if _, more = <-r.news; more {
						told++
					}
				}
			}
		}
		if len(c.of) > maxChats {
			t.Errorf("%d chats are kept", len(c.of))
		}
		last := 0
		for _, m := range c.of[someone(0)].messages {
			if m.Rev <= last {
				t.Errorf("revision %d after %d", m.Rev, last)
			}
			last = m.Rev
		}
		if kept := c.of[someone(0)].readers[r]; kept && told+len(r.news) != written {
			t.Errorf("the page was told of %d of %d", told+len(r.news), written)
		}
	})
}

func TestTheOldestGoesFirst(t *testing.T) {
	t.Parallel()
	c := newChats()
	for i := range maxMessages + 5 {
		c.put(someone(1), Message{ID: fmt.Sprint(i), Prompt: &conversations.Prompt{}}, "")
	}
	got := c.of[someone(1)].messages
	if len(got) != maxMessages || got[0].ID != "5" {
		t.Errorf("%d messages are kept, from %s on", len(got), got[0].ID)
	}
	if c.edit(someone(1), "4", conversations.Prompt{}) {
		t.Error("a message that was dropped could be edited")
	}
}

func TestASlowPageIsDropped(t *testing.T) {
	t.Parallel()
	c := newChats()
	slow, _, _ := c.open(someone(1), "en")
	for i := range maxBehind + 1 {
		c.put(someone(1), Message{ID: fmt.Sprint(i)}, "")
	}
	for range maxBehind {
		<-slow.news
	}
	if _, more := <-slow.news; more {
		t.Error("a page that lags behind goes on with a gap")
	}
	c.leave(someone(1), slow)
	again, soFar, ok := c.open(someone(1), "en")
	if !ok || len(soFar) != maxBehind+1 || c.readers != 1 {
		t.Errorf("the page that comes back is given %d messages; %d pages are counted", len(soFar), c.readers)
	}
	c.leave(someone(1), again)
}
