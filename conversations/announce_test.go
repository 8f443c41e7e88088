package conversations_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
)

// announces has the newest version of the order announced.
func (w *world) announces(id string, version int) (time.Duration, error) {
	return w.announcements.Announce(w.ctx, commerce.OrderRef{Organisation: "contoso", ID: id}, version)
}

// submitted is an order of Aïcha's of which nothing was announced yet.
func submitted(w *world) string {
	w.as("aicha").puts("business-premium", "5", "P1Y.annual", true).clicks("Check out").clicks("Next").clicks("Place order")
	return "CW-1001"
}

// One message for an order, edited for as long as the order lives.
func TestOneMessageIsKeptUpToDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as("aicha").buys("business-premium", "40", "P1Y.annual", true)
	w.pays("CW-1001", "paid", "deliver")
	w.settles()
	if w.chat.posts != 1 || w.chat.edits < 4 {
		t.Errorf("%d posts and %d edits", w.chat.posts, w.chat.edits)
	}
	said := ""
	for _, p := range w.chat.shown {
		said += written(p)
	}
	for _, text := range []string{"waiting for payment", "<Pay>", "being set up", "assigning licences", "assigned 20 of 40", "completed", "assigned 39 of 40"} {
		i := strings.Index(said, text)
		if i < 0 {
			t.Fatalf("%q was never shown after what came before it", text)
		}
		said = said[i:]
	}
}

// A version that the message shows already, or has passed, is not shown again.
func TestSupersededVersionsAreSkipped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := submitted(w)
	w.service.Perform(w.ctx, commerce.OrderRef{Organisation: "contoso", ID: id}, 1)
	newest := w.order(id).Version
	if newest < 3 {
		t.Fatalf("the order is at version %d", newest)
	}
	for _, version := range []int{newest, 1, 2, newest} {
		if wait, err := w.announces(id, version); wait != 0 || err != nil {
			t.Fatalf("announce version %d: %v, %v", version, wait, err)
		}
	}
	if w.chat.posts+w.chat.edits != 1 {
		t.Errorf("%d posts and %d edits, want one", w.chat.posts, w.chat.edits)
	}
	if !strings.Contains(written(w.chat.last()), "<Pay>") {
		t.Errorf("it does not show the newest version:\n%s", written(w.chat.last()))
	}
}

// An early announcement that comes late shows the order as it is.
func TestALateAnnouncementShowsTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := submitted(w)
	if _, err := w.announces(id, 1); err != nil {
		t.Fatal(err)
	}
	w.as("aicha").types("order " + id).clicks("Cancel the order")
	if _, err := w.announces(id, 2); err != nil {
		t.Fatal(err)
	}
	if got := written(w.chat.last()); !strings.Contains(got, "being cancelled") || w.chat.edits != 1 {
		t.Errorf("after %d edits:\n%s", w.chat.edits, got)
	}
}

// A message that somebody deleted is posted anew, and edited from then on.
func TestAMessageThatIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.as("aicha").buys("business-premium", "5", "P1Y.annual", false)
	w.chat.loses()
	w.pays(id, "declined", "deliver")
	if w.chat.posts != 2 {
		t.Fatalf("%d posts, want 2", w.chat.posts)
	}
	edits := w.chat.edits
	w.pays(id, "paid", "deliver")
	if w.chat.posts != 2 || w.chat.edits == edits {
		t.Errorf("%d posts and %d edits", w.chat.posts, w.chat.edits)
	}
}

// Gone, and the post that was to replace it failed: the next try posts.
func TestGoneAndThenOutOfReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := submitted(w)
	if _, err := w.announces(id, 1); err != nil {
		t.Fatal(err)
	}
	w.chat.loses()
	w.as("aicha").sends("", "order.cancel:"+id, nil)
	w.announcements.Posters[platform] = &halfway{chat: w.chat}
	if _, err := w.announces(id, 2); err == nil {
		t.Fatal("it is said to be announced")
	}
	w.announcements.Posters[platform] = w.chat
	if _, err := w.announces(id, 2); err != nil || w.chat.posts != 2 {
		t.Errorf("%d posts (%v), want 2", w.chat.posts, err)
	}
}

// A poster that fails is tried again, and then shows the order as it is by then.
func TestAPosterThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat.fails = true
	id := submitted(w)
	for range 3 {
		if _, err := w.announces(id, 1); err == nil {
			t.Fatal("it is said to be announced")
		}
	}
	w.works()
	if len(w.chat.shown) != 0 {
		t.Fatal("something was shown")
	}
	w.chat.fails = false
	w.passes(time.Minute)
	if got := written(w.chat.last()); w.chat.posts != 1 || !strings.Contains(got, "<Pay>") {
		t.Errorf("after %d posts:\n%s", w.chat.posts, got)
	}
	w.chat.fails = true
	w.as("aicha").sends("", "order.cancel:"+id, nil)
	w.works()
	w.chat.fails = false
	w.passes(time.Minute)
	if got := written(w.chat.last()); w.chat.posts != 1 || !strings.Contains(got, "cancelled") {
		t.Errorf("after %d posts:\n%s", w.chat.posts, got)
	}
}

// Two announcements at once make one message: the second waits.
func TestTwoAnnouncementsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := submitted(w)
	hold := make(chan struct{})
	w.chat.hold, w.chat.entered = hold, make(chan struct{})
	var first sync.WaitGroup
	first.Go(func() {
		if wait, err := w.announces(id, 1); wait != 0 || err != nil {
			t.Errorf("the first: %v, %v", wait, err)
		}
	})
	<-w.chat.entered
	if wait, err := w.announces(id, 1); wait <= 0 || err != nil {
		t.Errorf("the second is to wait for %v (%v)", wait, err)
	}
	close(hold)
	first.Wait()
	if wait, err := w.announces(id, 1); wait != 0 || err != nil {
		t.Errorf("afterwards: %v, %v", wait, err)
	}
	if w.chat.posts != 1 {
		t.Errorf("%d messages", w.chat.posts)
	}
}

// The message speaks the buyer's language as it was when they ordered.
func TestAMessageSpeaksTheBuyersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").speaking("fr-CA")
	id := p.buys("business-premium", "5", "P1Y.annual", false)
	p.speaking("en")
	w.pays(id, "paid", "deliver")
	w.settles()
	last := w.chat.last()
	if last.Locale != "fr" || last.Organisation != "Contoso SARL" || !strings.Contains(written(last), "CW-1001 : terminée") {
		t.Errorf("in %s:\n%s", last.Locale, written(last))
	}
	p.types("order " + id).sees("CW-1001: completed")
}

// What cannot be announced at all says so, for whoever is on call.
func TestWhatCannotBeAnnounced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := submitted(w)
	if _, err := w.announcements.Announce(w.ctx, commerce.OrderRef{Organisation: "nowhere", ID: id}, 1); err == nil {
		t.Error("an organisation that there is not")
	}
	if _, err := w.announcements.Announce(w.ctx, commerce.OrderRef{Organisation: "fabrikam", ID: id}, 1); err == nil {
		t.Error("an order of somebody else")
	}
	delete(w.announcements.Posters, platform)
	if _, err := w.announces(id, 1); err == nil {
		t.Error("a platform that there is not")
	}
}
