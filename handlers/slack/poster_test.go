package slack

import (
	"errors"
	"testing"
	"time"

	"cartwright/conversations"
)

// Of a message's changes that come within a second the later ones are told to come again,
// each message for itself.
func TestChangesOfAMessageAreASecondApart(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	now := time.Unix(1_800_000_000, 0)
	d.Now = func() time.Time { return now }
	to := conversations.Account{Platform: Platform, Workspace: "T1", ID: "U1"}
	p := conversations.Prompt{Name: "order", Locale: "en", Title: "CW-1"}
	const ref = "D1/1.2"
	if err := d.Edit(t.Context(), "contoso", to, ref, p); err != nil {
		t.Fatal(err)
	}
	var wait *conversations.Wait
	if err := d.Edit(t.Context(), "contoso", to, ref, p); !errors.As(err, &wait) || wait.For <= 0 || wait.For > time.Second {
		t.Errorf("a change at once: %v; want a wait of up to a second", err)
	}
	if err := d.Edit(t.Context(), "contoso", to, "D1/9.9", p); err != nil {
		t.Errorf("a change of another message: %v", err)
	}
	now = now.Add(time.Second)
	if err := d.Edit(t.Context(), "contoso", to, ref, p); err != nil {
		t.Errorf("a change a second later: %v", err)
	}
}
