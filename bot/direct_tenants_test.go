package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"cartwright/testservices/fakegraph"
)

// oneCloud has several tenants at the same hosts. Which of them is meant the path of a
// login says, and of any other call the token that the login gave.
type oneCloud struct {
	tenants
	mu    sync.Mutex
	given map[string]*fakegraph.Graph // by token
}

func (c *oneCloud) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, fake := range c.tenants {
		if strings.HasPrefix(r.URL.Path, "/"+fake.Tenant+"/") {
			return c.login(fake, r)
		}
	}
	c.mu.Lock()
	fake := c.given[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	c.mu.Unlock()
	if fake == nil { // whoever it is: the token is nobody's
		return c.tenants.RoundTrip(r)
	}
	return fake.Client().Transport.RoundTrip(r)
}

// login remembers whose the token is that is given.
func (c *oneCloud) login(fake *fakegraph.Graph, r *http.Request) (*http.Response, error) {
	answer, err := fake.Client().Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	var token struct {
		Access string `json:"access_token"`
	}
	if json.Unmarshal(raw, &token) == nil && token.Access != "" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.given[token.Access] = fake
	}
	return answer, err
}

// Two organisations of one cloud, each with a tenant and an app of its own, at one bot:
// what one owns, hands out and buys is nothing to the other, though people and products go
// by the same ids in both.
func TestDirectTenantsOfOneCloud(t *testing.T) {
	t.Parallel()
	ms := &oneCloud{given: map[string]*fakegraph.Graph{}, tenants: tenants{
		"contoso": fakegraph.New(fakegraph.Options{Secret: "the secret of contoso's app"}),
		"adatum":  fakegraph.New(fakegraph.Options{Tenant: "77777777-8888-4777-8666-555555555555", AppID: "22222222-2222-4333-8444-555555555555", Secret: "the secret of adatum's app"}),
	}}
	o := newOffice(t)
	file := strings.NewReplacer(`, teams: "AICHA_AT_ENTRA"`, "", `, teams: "BRUNO_AT_ENTRA"`, "", "21vianet", "worldwide").Replace(directApprovals)
	s := ms.settings(t, file).with(o.set)
	deals := map[string]*deal{}
	o.base, o.stop = hostThrough(t, s, seams{graph: ms, timings: looksOften})
	o.Deliver(o.base)
	for org, fake := range ms.tenants {
		t.Cleanup(fake.Close)
		w := o.Workspace("T" + strings.ToUpper(org))
		w.Channel("CGENERAL", "UAICHA", "UBRUNO")
		o.spaces[org] = w
		o.install(w.ID)
		aicha := o.hire(org, "UAICHA", "en")
		deals[org] = &deal{
			buyer: slackClerk{aicha}, manager: slackClerk{o.hire(org, "UBRUNO", "en")}, at: fake, assigns: true,
			link: "https://go.microsoft.com/fwlink/p/?linkid=868433", plan: aicha.T("plan.P1Y.monthly"),
		}
	}
	one, other := deals["contoso"], deals["adatum"]
	handsOut(one.buyer, one.at)
	if n := len(other.at.Calls("POST")) + len(other.at.Changed()); n > 0 {
		t.Errorf("%d calls changed the other tenant", n)
	}
	handsOut(other.buyer, other.at)

	first, second := one.orders(1), other.orders(1)
	other.at.Buy(fakegraph.BusinessPremium, 1, 0)
	other.buyer.finds(other.buyer.T("order.now.completed"))
	one.notYet(first)
	one.at.Buy(fakegraph.BusinessPremium, 1, 0)
	one.buyer.finds(one.buyer.T("order.now.completed"))
	for org, x := range deals {
		standard, free := x.at.Holders(fakegraph.BusinessStandard), x.at.Holders(fakegraph.BusinessPremium)
		if len(standard) != 2 || len(free) != 1 {
			t.Errorf("%s: %v and %v have licences (%s, %s)", org, standard, free, first, second)
		}
		held(x.buyer, x.at, map[string][]string{fakegraph.BusinessStandard: standard, fakegraph.BusinessPremium: free})
	}
	o.sound()
	o.stop()
	verified(t, s["DATABASE_URL"])
}
