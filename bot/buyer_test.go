package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
)

// line is a person's connection to the bot. Where it breaks because the bot died, it is
// made again and the same thing is sent again, as browsers and platforms do.
type line struct {
	t      testing.TB
	base   func() string
	broken func(err error) // returns once the bot is there again
	client *http.Client
}

// fixed is the line to a bot that stays where it is.
func fixed(t testing.TB, base string) *line {
	return &line{
		t: t, base: func() string { return base }, client: patient(),
		broken: func(err error) { t.Fatalf("the line broke: %v", err) },
	}
}

func patient() *http.Client {
	return &http.Client{
		Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 4},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send asks for a path, which may begin with the address of a bot that is dead by now:
// at each start it is given another port.
func (l *line) send(method, address, kind, body string) (*http.Response, []byte) {
	l.t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		l.t.Fatal(err)
	}
	for {
		answer, text, err := l.once(method, l.base()+at.Path, kind, body)
		if err == nil {
			return answer, text
		}
		l.broken(err)
	}
}

func (l *line) once(method, address, kind, body string) (*http.Response, []byte, error) {
	request, err := http.NewRequestWithContext(l.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("Content-Type", kind)
	answer, err := l.client.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer, text, err
}

// buyer is a person who wants to buy something and does, at each prompt, what leads
// there; whatever happened, they go on by what they see.
type buyer struct {
	*line
	org, person string
	story       story
	looking     want // for this product, in the list
	clicked     bool // Place order: an order may be there
	expired     bool // the first payment link was seen to end
	order       string
	done        bool
}

// want is a product to buy.
type want struct {
	offer    string
	quantity int
	assign   bool
}

func (w want) name() string {
	offer, _ := builtIn.Offer(w.offer)
	return offer.Name
}

var builtIn = commerce.BuiltIn()

// story is what somebody wants and what becomes of it.
type story struct {
	name              string
	wants             []want
	outcome, scenario string   // on the payment page
	cancels           bool     // once the payment page was opened
	waits             bool     // until the first payment link has ended
	approve           []string // persons who approve the order, one after the other
	rejects           string   // a person who rejects it after them
	away, standsIn    string   // a person, and who answers in their name
	proposes          string   // a person who would approve half of it, before the others
	more              settings
	ends              commerce.State
	places            bool                    // the vendor has an order in the end
	crashes           func(point string) bool // where; nil: everywhere
	stormy            bool                    // several deaths
}

// time is how long the story may take, with a death in it: not so long that another minute's
// sweep could be what saved the order.
func (s story) time() time.Duration {
	if s.stormy {
		return 9 * patience
	}
	return 2 * patience
}

// pause is between two looks at an order.
const pause = 100 * time.Millisecond

// live goes on until the story is over.
func (b *buyer) live() {
	b.t.Helper()
	deadline := time.Now().Add(b.story.time())
	p := b.say("cart")
	for !b.done {
		if time.Now().After(deadline) {
			b.t.Fatalf("stuck: at %q %q %v", p.Name, p.Title, p.Notices)
		}
		p = b.next(p)
	}
}

// next does at a prompt what leads on from there.
func (b *buyer) next(p conversations.Prompt) conversations.Prompt {
	switch p.Name {
	case "cart":
		return b.fill(p)
	case "list":
		for _, offer := range items(p) {
			if offer.Title == b.looking.name() && len(offer.Actions) > 0 {
				return b.click(offer.Actions[0].Ref, nil)
			}
		}
	case "details":
		return b.click(p.Submit.Ref, map[string]string{
			"quantity": strconv.Itoa(b.looking.quantity), "plan": "P1Y.monthly", "auto_assign": strconv.FormatBool(b.looking.assign),
		})
	case "check":
		return b.follow(p, "next:", "accept:")
	case "payment":
		b.clicked = true
		return b.follow(p, "place:")
	case "submitted":
		return b.follow(p, "order:")
	case "orders":
		return b.find(p)
	case "order":
		return b.tend(p)
	}
	time.Sleep(pause)
	if b.order != "" {
		return b.say("order " + b.order)
	}
	return b.say("cart")
}

// fill puts into the cart what is not in it, and checks out what is.
func (b *buyer) fill(p conversations.Prompt) conversations.Prompt {
	var has []string
	for _, line := range items(p) {
		has = append(has, line.Title)
	}
	if b.clicked && len(has) == 0 {
		return b.say("orders")
	}
	for _, w := range b.story.wants {
		if !slices.Contains(has, w.name()) {
			b.looking = w
			return b.say("buy " + w.name()[:len(w.name())-1]) // named whole, it would not be looked for
		}
	}
	return b.follow(p, "checkout:")
}

func (b *buyer) find(p conversations.Prompt) conversations.Prompt {
	for _, order := range items(p) {
		return b.click(order.Actions[0].Ref, nil)
	}
	b.clicked = false
	return b.say("cart")
}

var orderNumber = regexp.MustCompile(`CW-\d+`)

// tend does what an order waits for.
func (b *buyer) tend(p conversations.Prompt) conversations.Prompt {
	b.order = orderNumber.FindString(p.Title)
	link := linkOf(p)
	switch {
	case b.has(p, "order.link:"):
		b.expired = true
		return b.follow(p, "order.link:")
	case b.has(p, "order.retry:"):
		return b.follow(p, "order.retry:")
	case p.Closed:
		b.done = true
		return p
	case b.has(p, "order.accept:"):
		time.Sleep(2 * pause) // as people do who read what is proposed
		return b.follow(p, "order.accept:")
	case b.has(p, "order.cancel:") && strings.Contains(p.Title, "waiting for approval") && len(b.story.approve) > 0:
		b.decide()
	case link != "" && b.story.cancels:
		b.page(link)
		return b.follow(p, "order.cancel:")
	case link != "" && (b.expired || !b.story.waits):
		b.pay(link)
	}
	time.Sleep(pause)
	return b.say("order " + b.order)
}

// decide has the managers answer the request, each of them once or, where the bot died
// meanwhile, again.
func (b *buyer) decide() {
	b.t.Helper()
	time.Sleep(2 * pause) // as people do who read what they are asked
	if b.story.away != "" {
		until := time.Now().AddDate(0, 1, 0).Format(time.DateOnly)
		b.as(b.story.away).click("delegate.send", map[string]string{"person": b.story.standsIn, "until": until})
	}
	if m := b.as(b.story.proposes); m.person != "" {
		if ref := action(m.click("approval:"+b.order, nil), "propose:"); ref != "" { // none: theirs was accepted
			m.click(strings.Replace(ref, "propose:", "propose.send:", 1), map[string]string{"seats_1": "1", "terms_1": "P1Y.monthly"})
			return
		}
	}
	for _, who := range b.story.approve {
		m := b.as(who)
		if ref := action(m.click("approval:"+b.order, nil), "approve:"); ref != "" {
			m.click(ref, nil)
		}
	}
	if m := b.as(b.story.rejects); m.person != "" {
		if ref := action(m.click("approval:"+b.order, nil), "reject:"); ref != "" {
			m.click(strings.Replace(ref, "reject:", "reject.why:", 1), map[string]string{"reason": "not now"})
		}
	}
}

// as is somebody else at the same line.
func (b *buyer) as(person string) *buyer {
	m := *b
	m.person = person
	return &m
}

// linkOf is the payment link that an order's prompt offers, "" for none.
func linkOf(p conversations.Prompt) string {
	for _, a := range p.Actions {
		if strings.Contains(a.URL, "/pay/") {
			return a.URL
		}
	}
	return ""
}

// pay does what a payer does who was sent a link. One who is late sees that.
func (b *buyer) pay(link string) {
	b.t.Helper()
	page := b.page(link)
	if page == "" {
		return
	}
	form := url.Values{"outcome": {b.story.outcome}, "scenario": {b.story.scenario}}
	answer, text := b.send(http.MethodPost, page, "application/x-www-form-urlencoded", form.Encode())
	if answer.StatusCode >= 500 {
		b.t.Fatalf("pay: %s\n%s", answer.Status, text)
	}
}

// page opens the payment page of a link, "" where it does not work any more.
func (b *buyer) page(link string) string {
	b.t.Helper()
	answer, text := b.send(http.MethodGet, link, "", "")
	if answer.StatusCode >= 500 {
		b.t.Fatalf("open the payment link: %s\n%s", answer.Status, text)
	}
	page := answer.Header.Get("Location")
	if page != "" {
		b.send(http.MethodGet, page, "", "")
	}
	return page
}

// items are what a prompt lists to be acted on.
func items(p conversations.Prompt) []conversations.Item {
	var all []conversations.Item
	for _, block := range slices.Concat(p.Blocks, p.Below) {
		if block.Item != nil {
			all = append(all, *block.Item)
		}
	}
	return all
}

func (b *buyer) has(p conversations.Prompt, verb string) bool { return action(p, verb) != "" }

// action is the ref of the first control whose ref begins with verb, "" for none.
func action(p conversations.Prompt, verb string) string {
	for _, a := range p.Actions {
		if strings.HasPrefix(a.Ref, verb) {
			return a.Ref
		}
	}
	return ""
}

// follow clicks the first control of these verbs.
func (b *buyer) follow(p conversations.Prompt, verbs ...string) conversations.Prompt {
	b.t.Helper()
	for _, verb := range verbs {
		if ref := action(p, verb); ref != "" {
			return b.click(ref, nil)
		}
	}
	return b.say("cart") // something is wrong with the cart: it says what
}

func (b *buyer) say(text string) conversations.Prompt { return b.turn(turn{Text: text}) }

func (b *buyer) click(ref string, values map[string]string) conversations.Prompt {
	return b.turn(turn{Ref: ref, Values: values})
}

// turn is what a page sends. Without an ID it is a new event.
type turn struct {
	ID           string            `json:"id"`
	Organisation string            `json:"organisation"`
	Person       string            `json:"person"`
	Lang         string            `json:"lang"`
	Ref          string            `json:"ref,omitempty"`
	Text         string            `json:"text,omitempty"`
	Values       map[string]string `json:"values,omitempty"`
}

func (b *buyer) turn(t turn) conversations.Prompt {
	b.t.Helper()
	if t.ID == "" {
		t.ID = rand.Text()
	}
	t.Organisation, t.Person, t.Lang = b.org, b.person, "en"
	body, err := json.Marshal(t)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, text := b.send(http.MethodPost, "/playground/turns", "application/json", string(body))
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %s\n%s", body, answer.Status, text)
	}
	var reply struct {
		Message struct{ Prompt conversations.Prompt }
	}
	err = json.NewDecoder(bytes.NewReader(text)).Decode(&reply)
	if err != nil {
		b.t.Fatalf("read the answer: %v\n%s", err, text)
	}
	return reply.Message.Prompt
}
