package discord

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cartwright/conversations"
	"cartwright/testservices/fakediscord"
)

// A message is posted once however often it is tried, as where nobody knows whether a try
// was taken: none of its parts is there twice.
func TestAPostThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	ada, p := conversations.Account{ID: "7", Workspace: "42"}, twoMessages()
	direct := fakediscord.DirectChannel("7")
	posted := func(p conversations.Prompt) string {
		t.Helper()
		ref, err := o.Post(t.Context(), "contoso", ada, p)
		if err != nil {
			t.Fatal(err)
		}
		return ref
	}
	first := posted(p)
	if again := posted(p); again != first || len(o.ada.See(direct)) != 2 {
		t.Errorf("%s, then %s: %d messages", first, again, len(o.ada.See(direct)))
	}

	// What it has shown since is taken back; something else is another message.
	other := p
	other.Title = "Something else"
	if err := o.Edit(t.Context(), "contoso", ada, first, other); err != nil {
		t.Fatal(err)
	}
	if again := posted(p); again != first || !strings.Contains(o.ada.See(direct)[0].Read(), "## Long") {
		t.Errorf("%s, then %s shows\n%s", first, again, o.ada.See(direct)[0].Read())
	}
	if another := posted(other); another == first {
		t.Errorf("another message has the reference %s", another)
	}
	o.there.Later(10 * time.Minute)
	if later := posted(p); later == first {
		t.Errorf("long after it is %s still", later)
	}
}

// A message that no longer has as many parts as it takes says so, and can no longer be
// acted on: what it shows by now is to be posted anew.
func TestAMessageThatGrows(t *testing.T) {
	t.Parallel()
	o := outpostAt(t)
	ada := conversations.Account{ID: "7", Workspace: "42"}
	p := conversations.Prompt{Name: "order", Title: "CW-1", Locale: "en", Actions: []conversations.Action{{Ref: "withdraw:CW-1", Label: "Withdraw"}}}
	ref, err := o.Post(t.Context(), "contoso", ada, p)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Edit(t.Context(), "contoso", ada, ref, twoMessages()); !errors.Is(err, conversations.ErrMessageGone) {
		t.Errorf("it grows: %v", err)
	}
	old := o.ada.Last(fakediscord.DirectChannel("7"))
	if !strings.Contains(old.Read(), "goes on below") || len(old.Buttons()) > 0 {
		t.Errorf("the old message says\n%s", old.Read())
	}
}
