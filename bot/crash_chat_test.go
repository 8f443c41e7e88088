package main

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
)

// seen is a message as somebody sees it.
type seen struct {
	in, id string
	text   string
	refs   []string // what its buttons mean
	link   string   // to pay by, "" for none
	edits  int
	raw    any // the client's own, which may be as it is now
	then   any // as it was
}

// offers reports whether a button of the message means something that begins so.
func (s seen) offers(ref string) bool {
	return slices.ContainsFunc(s.refs, func(r string) bool { return strings.HasPrefix(r, ref) })
}

func (s seen) same(as seen) bool {
	return s.in == as.in && s.id == as.id && s.edits == as.edits && s.text == as.text
}

// corner is where something is shown: the three may be in one place.
type corner int

const (
	wizards  corner = iota // what answers the person
	orders                 // the order's own messages
	requests               // for approval
)

// client is somebody at a platform's client.
type client interface {
	// say types words for the bot, as the platform has it.
	say(words string) error
	// see are the messages of a corner, the newest last.
	see(in corner) []seen
	// press presses the first button that means something that begins so.
	press(in seen, ref string) error
	// again clicks a button as it was seen, whether or not it is there still.
	again(in seen, ref string) error
	// fill fills in and sends the form for five licences that the press led to.
	fill(in seen) error
}

// chat is a platform with a buyer, Aïcha, and a manager, Bruno.
type chat interface {
	settings() settings
	deliver(base string) // to the bot that is there now
	buyer() client
	manager() client
	complaints(deaths int) []string // of what the bot sent
}

// platforms are made anew for each life.
var platforms = []struct {
	name string
	open func(t *testing.T) chat
}{{"slack", openSlack}, {"discord", openDiscord}, {"teams", openTeams}}

// TestNothingIsLostInAChat is TestNothingIsLostOrDoneTwice with a buyer and a manager on a
// chat platform: the bot dies at its crash points, those of the platform's messages among
// them, and both go on by what they see.
func TestNothingIsLostInAChat(t *testing.T) {
	for _, c := range platforms {
		t.Run(c.name, func(t *testing.T) {
			for _, at := range places(t) {
				t.Run(at.kind, func(t *testing.T) { diesInAChat(t, at, c.open) })
			}
		})
	}
}

func diesInAChat(t *testing.T, at place, open func(*testing.T) chat) {
	t.Helper()
	began := time.Now()
	var points []string
	t.Run("undisturbed", func(t *testing.T) { points = liveInAChat(t, at, open, nil).points() })
	each := cmp.Or(*crashEach, 2*stride(at))
	var cases []string
	for i, point := range chosen(points) {
		if i%each == 0 {
			cases = append(cases, point)
		}
	}
	var mu sync.Mutex
	var missed []string
	parallel(len(cases), func(_, i int) {
		t.Run(cases[i], func(t *testing.T) {
			if l := liveInAChat(t, at, open, settings{crashAtEnv: cases[i]}); l.deaths == 0 {
				mu.Lock()
				defer mu.Unlock()
				missed = append(missed, cases[i])
			}
		})
	})
	t.Logf("%d deaths (each %d of %d points) in %s; %d points were not reached in their second life: %s",
		len(cases), each, len(chosen(points)), time.Since(began).Round(time.Second), len(missed), strings.Join(missed, ", "))
	if len(missed) > 3+len(cases)/20 {
		t.Error("more crash points than a few were not reached")
	}
}

// inAChat is one product for five people, of whom the first attempt at one fails, once a
// manager has approved it.
var inAChat = story{
	name: "chat", wants: []want{{"business-premium", 5, true}}, outcome: "paid", scenario: "deliver", ends: commerce.StateCompleted, places: true,
}

// chatOrganisation is one with a buyer and a manager. Each platform has its names.
const chatOrganisation = `organisations: [{id: contoso, name: Contoso SARL, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris,
	backend: sandbox, workspaces: {PLATFORM: ["WORKSPACE"]}, approvals: {channel: {PLATFORM: "CHANNEL"}, rules: [{name: asked, approvals: 1, from: [approver]}]},
	people: [{name: Aïcha, PLATFORM: "AICHA", roles: [buyer, licensing]}, {name: Bruno, PLATFORM: "BRUNO", roles: [approver]}]}]`

// shopper is the buyer, who wants that and presses what leads there, with the manager.
type shopper struct {
	*life
	chat
	aicha, bruno client
	line         *line
	filled       bool   // the form was sent, and nothing was seen of it yet
	placed       bool   // Place order was pressed: an order may be there
	buys         func() // at Microsoft, where the order leads there
}

// liveInAChat lives the story once and checks what came of it. Redis is embedded, so that
// a death loses the conversation too.
func liveInAChat(t *testing.T, at place, open func(*testing.T) chat, dies settings) *life {
	t.Helper()
	l := newLife(t, at, inAChat, dies, "")
	c := open(t)
	l.env = l.env.with(c.settings())
	p := &shopper{life: l, chat: c, aicha: c.buyer(), bruno: c.manager(), line: &line{t: t, base: l.base, broken: l.broken, client: patient()}}
	defer p.line.client.CloseIdleConnections()
	order := p.shop()
	a := &account{t: t, db: books(t, l.db), url: l.db, order: order}
	l.until(a.unfinished)
	l.bot.kill()
	l.bot = nil
	a.check(inAChat)
	p.look(a)
	return l
}

// newest is the last message of a corner, the zero one for none.
func newest(c client, in corner) seen {
	all := c.see(in)
	if len(all) == 0 {
		return seen{}
	}
	return all[len(all)-1]
}

// shop goes on until the order's own message says that it is done, and answers its number.
func (p *shopper) shop() string {
	p.t.Helper()
	for deadline := time.Now().Add(inAChat.time()); time.Now().Before(deadline); {
		p.deliver(p.base())
		own := newest(p.aicha, orders)
		switch {
		case newest(p.bruno, wizards).id == "":
			_ = p.bruno.say("approvals") // until the bot has met him
			time.Sleep(pause)
		case strings.Contains(own.text, "completed") && !own.offers("order.retry:"):
			return orderNumber.FindString(own.text)
		case own.offers("order.retry:"):
			_ = p.aicha.press(own, "order.retry:")
			time.Sleep(pause)
		case strings.Contains(own.text, "waiting for approval"):
			_ = p.bruno.press(newest(p.bruno, requests), "approve:")
			time.Sleep(pause)
		case strings.Contains(own.text, "Please finish the purchase in the admin centre"):
			p.buys()
			time.Sleep(pause)
		case own.link != "":
			b := &buyer{line: p.line, story: inAChat}
			b.pay(own.link)
			time.Sleep(pause)
		case own.id != "":
			time.Sleep(pause)
		default:
			p.step(newest(p.aicha, wizards))
		}
	}
	p.t.Fatalf("stuck: Aïcha sees\n%s\n%s\nand Bruno\n%s", newest(p.aicha, wizards).text, newest(p.aicha, orders).text, newest(p.bruno, requests).text)
	return ""
}

// step presses what leads on from a message of the wizard. What the bot does not take
// because it is dead the person tries again from the cart.
func (p *shopper) step(m seen) {
	var err error
	switch {
	case m.offers("place:"):
		p.placed = true
		err = p.aicha.press(m, "place:")
	case m.offers("next:"):
		err = p.aicha.press(m, "next:")
	case m.offers("checkout:"):
		err = p.aicha.press(m, "checkout:")
	case p.filled && (m.offers("buy:business-premium") || strings.Contains(m.text, "Your cart is empty")):
		p.filled = false // it may be on its way: nobody fills a form in again without a second look
		time.Sleep(20 * pause)
		err = p.aicha.say("cart")
	case m.offers("buy:business-premium"):
		if err = p.aicha.press(m, "buy:business-premium"); err == nil {
			err = p.aicha.fill(m)
			p.filled = err == nil
		}
	case strings.Contains(m.text, "Your cart is empty") && !p.placed:
		err = p.aicha.say("buy business premium")
	default:
		time.Sleep(10 * pause) // what was done may be on its way, and a conversation takes only so much
		err = p.aicha.say("cart")
	}
	if err != nil && p.bot.ended(patience/10) {
		p.deliver(p.base())
	}
	p.settle(m)
	for range 10 {
		if !newest(p.aicha, wizards).same(m) || newest(p.aicha, orders).id != "" {
			return
		}
		time.Sleep(5 * pause) // as people do who are told nothing
		p.deliver(p.base())
		_ = p.aicha.say("cart") // until it is answered: nobody fills a form in again without a look
		p.settle(m)
	}
}

// settle waits a moment for the newest message to be another one.
func (p *shopper) settle(m seen) {
	for range 20 {
		if !newest(p.aicha, wizards).same(m) || newest(p.aicha, orders).id != "" {
			return
		}
		time.Sleep(pause / 4)
	}
}

// look finds messages that are lost or of other orders, more copies than a death between
// sending one and noting it explains, and what was ordered or decided twice.
func (p *shopper) look(a *account) {
	p.t.Helper()
	for in, all := range map[string][]seen{"completed": p.aicha.see(orders), "Bruno": p.bruno.see(requests)} {
		if len(all) == 0 || len(all) > 1+p.deaths {
			p.t.Errorf("%d messages that end with %q, after %d deaths", len(all), in, p.deaths)
			continue
		}
		if last := all[len(all)-1]; !strings.Contains(last.text, in) || last.offers("approve:") {
			p.t.Errorf("%q is not in the newest message, which does not show the end:\n%s", in, last.text)
		}
		for _, m := range all {
			if !strings.Contains(m.text, a.order) {
				p.t.Errorf("a message is about another order than %s:\n%s", a.order, m.text)
			}
		}
	}
	if n := one[int](a, `SELECT count(*) FROM audit_entries WHERE body LIKE '%"approval.approved"%'`); n != 1 {
		p.t.Errorf("%d verdicts of one manager", n)
	}
	if lines := a.read().Lines; len(lines) != 1 || lines[0].Quantity != inAChat.wants[0].quantity {
		p.t.Errorf("%d licences were wanted, and ordered is %+v", inAChat.wants[0].quantity, lines)
	}
	for _, c := range p.complaints(p.deaths) {
		p.t.Error(c)
	}
}
