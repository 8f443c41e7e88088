package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"cartwright/testservices/faketeams"
)

// teamsChat is a tenant: the wizard and the order's message in the buyer's chat with the bot,
// and the request in the managers' channel.
type teamsChat struct {
	t       *testing.T
	teams   *faketeams.Teams
	set     settings
	people  [2]*faketeams.Person
	channel string
}

func openTeams(t *testing.T) chat {
	t.Helper()
	ms := faketeams.New(faketeams.Options{})
	t.Cleanup(ms.Close)
	c := &teamsChat{t: t, teams: ms, people: [2]*faketeams.Person{ms.Person(faketeams.Person{Name: "Aïcha"}), ms.Person(faketeams.Person{Name: "Bruno"})}}
	c.channel = ms.Channel(c.people[0], c.people[1])
	c.set = teamsSettings(ms).with(settings{"ORGANISATIONS_FILE": chatFile(t, "teams", ms.Tenant, c.channel, c.people[0].AAD, c.people[1].AAD)})
	return c
}

func (c *teamsChat) settings() settings  { return c.set }
func (c *teamsChat) deliver(base string) { c.teams.Deliver(base) }
func (c *teamsChat) buyer() client       { return teamsClient{c, c.people[0]} }
func (c *teamsChat) manager() client     { return teamsClient{c, c.people[1]} }

// complaints have none about haste after a death: what was sent before it is forgotten, and
// the bot is told to wait.
func (c *teamsChat) complaints(deaths int) []string {
	var all []string
	for _, r := range c.teams.Refusals() {
		if deaths > 0 && r.Status == http.StatusTooManyRequests {
			continue
		}
		all = append(all, fmt.Sprintf("refused: %s %s: %s", r.Method, r.Path, r.Error))
	}
	return append(append(all, c.teams.Pings()...), c.teams.Large()...)
}

type teamsClient struct {
	chat *teamsChat
	*faketeams.Person
}

func (c teamsClient) say(words string) error { return c.Says(c.chat.t.Context(), words) }

func (c teamsClient) see(in corner) []seen {
	from := c.Chat()
	if in == requests {
		from = c.chat.channel
	}
	var all []seen
	for _, m := range c.See(from) {
		own := ownTitle.MatchString(m.Read())
		if m.From == c.chat.teams.Bot() && (in == requests || own == (in == orders)) {
			all = append(all, seenInTeams(m))
		}
	}
	return all
}

// ownTitle begins an order's own message, and no answer of the wizard's.
var ownTitle = regexp.MustCompile(`^CW-\d+:`)

func seenInTeams(m faketeams.Message) seen {
	s := seen{in: m.Conversation, id: m.ID, text: m.Read(), edits: m.Edits, raw: m}
	for _, b := range m.Buttons() {
		if ref, ok := b.Data["m365.ref"].(string); ok {
			s.refs = append(s.refs, ref)
		}
		if strings.Contains(b.URL, "/pay/") {
			s.link = b.URL
		}
	}
	return s
}

// press presses once the client shows what its reader may press.
func (c teamsClient) press(in seen, ref string) error {
	m, _ := in.raw.(faketeams.Message)
	if !in.offers(ref) {
		if _, err := c.Refresh(c.chat.t.Context(), m); err != nil {
			return err
		}
	}
	_, err := c.Press(c.chat.t.Context(), c.Now(m), ref, nil)
	return err
}

func (c teamsClient) again(in seen, ref string) error {
	m, _ := in.raw.(faketeams.Message)
	for _, b := range m.Buttons() {
		if printed, _ := b.Data["m365.ref"].(string); strings.HasPrefix(printed, ref) {
			_, err := c.Click(c.chat.t.Context(), m, b, nil)
			return err
		}
	}
	return fmt.Errorf("no button %q in\n%s", ref, in.text)
}

// fill fills in the inputs, which stand where the button was.
func (c teamsClient) fill(in seen) error {
	m, _ := in.raw.(faketeams.Message)
	_, err := c.Press(c.chat.t.Context(), c.Now(m), "details", map[string]string{"quantity": "5", "auto_assign": "true"})
	return err
}
