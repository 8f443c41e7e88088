package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakeslack"
)

// slackChat is a workspace: the wizard in a channel, to the buyer alone, the order's message
// in a conversation of their own, and the request in the managers' channel.
type slackChat struct {
	t      *testing.T
	slack  *fakeslack.Slack
	set    settings
	people [2]*fakeslack.Client
}

func openSlack(t *testing.T) chat {
	t.Helper()
	s := fakeslack.New(fakeslack.Options{})
	t.Cleanup(s.Close)
	w := s.Workspace("TCONTOSO")
	w.Channel("CGENERAL", "UAICHA", "UBRUNO")
	w.Channel("CMANAGERS", "UAICHA", "UBRUNO")
	return &slackChat{
		t: t, slack: s, people: [2]*fakeslack.Client{w.Person(fakeslack.Person{ID: "UAICHA", Name: "Aïcha"}), w.Person(fakeslack.Person{ID: "UBRUNO", Name: "Bruno"})},
		set: settings{
			"ORGANISATIONS_FILE": chatFile(t, "slack", "TCONTOSO", "CMANAGERS", "UAICHA", "UBRUNO"),
			"SLACK_API_URL":      s.APIURL(), "SLACK_SIGNING_SECRET": s.SigningSecret, "SLACK_BOT_TOKEN": w.Token,
		},
	}
}

// chatFile is the organisations' file for a platform.
func chatFile(t *testing.T, platform, workspace, channel, aicha, bruno string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	text := strings.NewReplacer("PLATFORM", platform, "WORKSPACE", workspace, "CHANNEL", channel, "AICHA", aicha, "BRUNO", bruno).Replace(chatOrganisation)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func (c *slackChat) settings() settings  { return c.set }
func (c *slackChat) deliver(base string) { c.slack.Deliver(base) }
func (c *slackChat) buyer() client       { return slackClient{c.t, c.people[0]} }
func (c *slackChat) manager() client     { return slackClient{c.t, c.people[1]} }

func (c *slackChat) complaints(int) []string {
	var all []string
	for _, r := range c.slack.Refusals() {
		all = append(all, fmt.Sprintf("%s was refused: %s %v", r.Method, r.Error, r.Body))
	}
	return all
}

type slackClient struct {
	t *testing.T
	*fakeslack.Client
}

func (c slackClient) say(words string) error {
	return c.Command(c.t.Context(), "CGENERAL", "/m365", words)
}

func (c slackClient) see(in corner) []seen {
	var all []seen
	for _, m := range c.See(map[corner]string{wizards: "CGENERAL", orders: c.DM(), requests: "CMANAGERS"}[in]) {
		if in == wizards || m.To == "" { // an ephemeral one answers a click
			all = append(all, seenInSlack(m))
		}
	}
	return all
}

func seenInSlack(m fakeslack.Posted) seen {
	s := seen{in: m.Channel, id: m.TS, text: m.Read(), link: payLink(m), edits: m.Edits, raw: m}
	for _, b := range m.Buttons() {
		s.refs = append(s.refs, b.Value)
	}
	return s
}

func (c slackClient) press(in seen, ref string) error {
	m, _ := in.raw.(fakeslack.Posted)
	return c.PressValue(c.t.Context(), m, ref)
}

func (c slackClient) again(in seen, ref string) error {
	m, _ := in.raw.(fakeslack.Posted)
	return c.Click(c.t.Context(), m, buttonOf(m, ref))
}

// fill fills in the modal that the click opens, once it is there.
func (c slackClient) fill(seen) error {
	for range 40 {
		if c.Modal() != nil {
			break
		}
		time.Sleep(pause / 4)
	}
	for _, err := range []error{c.Fill("Licences to add", "5"), c.Fill("Assign the licences automatically", "yes")} {
		if err != nil {
			return err
		}
	}
	return c.Submit(c.t.Context())
}
