package discord

import (
	"fmt"
	"strings"
	"testing"

	"cartwright/conversations"
)

// direct is a click in a direct message.
const direct = `{"id": "%d", "type": 3, "token": "t", "locale": "en-US", "user": {"id": "7"},
	"message": {"id": "%s", "interaction_metadata": {"id": "%s"}, "components": []}, "data": {"custom_id": "o2!order.link:CW-1"}}`

// guilds has the desk know these guilds, by their organisations, and the account 7 in all.
func (d *desk) guilds(all ...place) {
	d.Discord.Guilds = func(account string) []string {
		var guilds []string
		for _, p := range all {
			if account == "7" {
				guilds = append(guilds, p.guild)
			}
		}
		return guilds
	}
	d.Discord.Organisation = func(guild string) (string, bool) {
		for _, p := range all {
			if p.guild == guild {
				return p.organisation, true
			}
		}
		return "", false
	}
}

// A direct message is in no guild. It is in the person's only organisation, however many
// guilds that has: in the first, by which its people are reached.
func TestDirectMessagesOfOneOrganisation(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.guilds(place{"contoso", "45"}, place{"contoso", "43"})
	d.delivers(d.request(fmt.Sprintf(direct, 1, "100", ""), noon))
	if len(d.turned) != 1 || d.turned[0].Organisation != "contoso" || d.turned[0].Account.Workspace != "45" {
		t.Errorf("it is taken as %+v", d.turned)
	}
}

// Somebody in several organisations has each message of the bot's answered in that which it
// is of, and what comes of that; where nobody knows, they are told so.
func TestDirectMessagesOfSeveralOrganisations(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.guilds(place{"contoso", "42"}, place{"fabrikam", "43"})
	p := conversations.Prompt{Name: "order", Title: "CW-1", Locale: "en"}
	ref, err := d.Post(t.Context(), "fabrikam", conversations.Account{ID: "7"}, p)
	if err != nil {
		t.Fatal(err)
	}
	_, posted, _ := strings.Cut(ref, "/")
	if err := d.Edit(t.Context(), "contoso", conversations.Account{ID: "7"}, "5/200", p); err != nil {
		t.Fatal(err)
	}
	for n, c := range []struct{ message, answers, organisation, guild string }{
		{posted, "", "fabrikam", "43"}, {"200", "", "contoso", "42"}, {"300", "1", "fabrikam", "43"},
	} {
		d.turned = nil
		d.delivers(d.request(fmt.Sprintf(direct, n+1, c.message, c.answers), noon))
		if len(d.turned) != 1 || d.turned[0].Organisation != c.organisation || d.turned[0].Account.Workspace != c.guild {
			t.Errorf("a click in %s is taken as %+v", c.message, d.turned)
		}
	}
	d.turned = nil
	_, answered := d.delivers(d.request(fmt.Sprintf(direct, 9, "400", "12"), noon))
	if text := string(encoded(answered)); !strings.Contains(text, "several organisations") || len(d.turned) > 0 {
		t.Errorf("where nobody knows whose it is: %s, %+v", text, d.turned)
	}
	stranger := strings.Replace(fmt.Sprintf(direct, 10, posted, ""), `"user": {"id": "7"}`, `"user": {"id": "8"}`, 1)
	_, answered = d.delivers(d.request(stranger, noon))
	if text := string(encoded(answered)); !strings.Contains(text, "You are not known here") || strings.Contains(text, "–") || len(d.turned) > 0 {
		t.Errorf("somebody whom nobody knows: %s, %+v", text, d.turned)
	}
}

// However many messages there were, only so many are remembered, the newest for certain.
func TestOriginsAreBounded(t *testing.T) {
	t.Parallel()
	var o origins
	for n := range 3*remembered + 1 {
		o.note(fmt.Sprint(n), place{"contoso", "42"})
	}
	newest := fmt.Sprint(2*remembered + 1)
	if at := o.of("none", newest); at.organisation != "contoso" || len(o.recent)+len(o.older) > 2*remembered {
		t.Errorf("%q of %d", at, len(o.recent)+len(o.older))
	}
}
