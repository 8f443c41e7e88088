package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cartwright/testservices/fakediscord"
)

// hanging is a server that takes calls and answers none until the test ends; asked is how many
// calls had a text of somebody's.
func hanging(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	ended := make(chan struct{})
	asked = new(atomic.Int32)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "premium kind") {
			asked.Add(1)
		}
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(ended) })
	return s.URL, asked
}

// No platform waits for a model: what somebody says is acknowledged in its time, and the
// rules' answer follows when the model had four seconds.
func TestAcknowledgedBeforeTheModelAnswers(t *testing.T) {
	t.Parallel()
	const said = "buy 5 Business licences, the premium kind"
	for platform, c := range map[string]struct {
		within time.Duration // that the platform waits
		opens  func(*testing.T, settings) (say func(), sees func(string))
	}{
		"slack": {3 * time.Second, func(t *testing.T, model settings) (say func(), sees func(string)) {
			aicha := openOffice(t, 0, model).hire("contoso", "UAICHA", "en")
			return func() { aicha.types(said) }, func(text string) { aicha.sees(text) }
		}},
		"slack, by a socket": {3 * time.Second, func(t *testing.T, model settings) (say func(), sees func(string)) {
			aicha := openOffice(t, 1, model).hire("contoso", "UAICHA", "en")
			return func() { aicha.types(said) }, func(text string) { aicha.sees(text) }
		}},
		"discord": {3 * time.Second, func(t *testing.T, model settings) (say func(), sees func(string)) {
			g := &guild{T: t, Discord: fakediscord.New(fakediscord.Options{})}
			t.Cleanup(g.Close)
			g.Channel("55")
			g.base, _ = started(t, hurried.with(discordSettings(t, g.Discord, false)).with(model))
			g.Deliver(g.base + "/discord/interactions")
			g.do(g.Validate(t.Context()))
			aicha := g.join("11", "Aïcha", "en-US")
			_, words, _ := strings.Cut(said, " ")
			return func() { aicha.do(aicha.Command(t.Context(), "buy", "product", words)) }, func(text string) { aicha.sees("6", text) }
		}},
		"teams": {5 * time.Second, func(t *testing.T, model settings) (say func(), sees func(string)) {
			aicha := newTenant(t, model).aicha
			return func() { aicha.do(aicha.Says(t.Context(), said)) }, func(text string) { aicha.sees(aicha.Chat(), text) }
		}},
	} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			server, asked := hanging(t)
			say, sees := c.opens(t, settings{"OPENAI_BASE_URL": server + "/v1", "OPENAI_MODEL": "m"})
			began := time.Now()
			say()
			took := time.Since(began)
			sees("How I read it")
			t.Logf("acknowledged after %v, answered after %v", took, time.Since(began))
			if took > c.within || took >= 4*time.Second { // by then the model is given up
				t.Errorf("acknowledged after %v: %s waits %v, and the model has 4 s", took, platform, c.within)
			}
			if answered := time.Since(began); answered < 4*time.Second || asked.Load() != 1 {
				t.Errorf("answered after %v and %d calls: nobody waited for the model", answered, asked.Load())
			}
		})
	}
}
