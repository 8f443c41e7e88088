package playground_test

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/conversations"
	"cartwright/handlers/playground"
)

// script is a dialogue that shows every kind of block, field and action. It notes the
// events that it was asked to answer.
type script struct {
	mu     sync.Mutex
	events []conversations.Event
	answer func(conversations.Event) conversations.Reply
	losing int // answers that are yet to be lost
}

func (s *script) lose(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.losing = n
}

func (s *script) Turn(_ context.Context, e conversations.Event) conversations.Reply {
	s.mu.Lock()
	s.events = append(s.events, e)
	answer, lost := s.answer, s.losing > 0
	s.losing--
	s.mu.Unlock()
	if lost {
		panic(http.ErrAbortHandler) // the connection breaks before anything is said
	}
	if answer == nil {
		answer = gallery
	}
	return answer(e)
}

func (s *script) seen() []conversations.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]conversations.Event(nil), s.events...)
}

func organisations() []playground.Organisation {
	people := []playground.Person{
		{ID: "aicha", Name: "Aïcha", Roles: []string{"buyer", "licensing"}},
		{ID: "bruno", Name: "Bruno", Roles: []string{"approver"}, Locale: "fr"},
		{ID: "emil", Name: "Emil"},
	}
	return []playground.Organisation{
		{ID: "contoso", Name: "Contoso SARL", Cloud: "worldwide", People: people},
		{ID: "fabrikam", Name: "Fabrikam GmbH", Cloud: "germany", People: people},
	}
}

// house is a running playground with a scripted dialogue behind it.
type house struct {
	*playground.Playground
	*script
	URL    string
	server *httptest.Server
}

// policy is what the program's own routes say too: the page must work under it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func routes(p *playground.Playground) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.Page)
	mux.HandleFunc("POST /{$}", p.Enter)
	mux.HandleFunc("POST /playground/turns", p.Turns)
	mux.HandleFunc("GET /playground/stream", p.Stream)
	mux.HandleFunc("GET /assets/{file}", p.Assets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		mux.ServeHTTP(w, r)
	})
}

func open(t testing.TB, change func(*playground.Options)) house {
	s := &script{}
	o := playground.Options{
		Turn:          s.Turn,
		Organisations: organisations,
		Key:           []byte("a key of the tests"),
		Now:           time.Now,
		Random:        rand.Reader,
	}
	if change != nil {
		change(&o)
	}
	h := house{Playground: playground.New(o), script: s}
	h.server = httptest.NewServer(routes(h.Playground))
	h.URL = h.server.URL
	t.Cleanup(h.shut)
	return h
}

func (h house) shut() {
	h.Playground.Close()
	h.server.Close()
}

// reopen is another run of the program, at the same address.
func (h house) reopen(t testing.TB) house {
	t.Helper()
	next := open(t, nil)
	next.server.Close()
	listener, err := net.Listen("tcp", strings.TrimPrefix(h.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	next.server = httptest.NewUnstartedServer(routes(next.Playground))
	next.server.Listener.Close()
	next.server.Listener, next.URL = listener, h.URL
	next.server.Start()
	t.Cleanup(next.shut)
	return next
}

func gallery(e conversations.Event) conversations.Reply {
	inPlace := e.Ref != ""
	switch word := strings.TrimSpace(e.Ref + e.Text); {
	case word == "":
		return conversations.Reply{Prompt: homePrompt()}
	case word == "buy" || word == "list":
		return conversations.Reply{Prompt: listPrompt(), InPlace: inPlace}
	case word == "details":
		return conversations.Reply{Prompt: detailsPrompt("", "25"), InPlace: inPlace}
	case word == "add" && !isNumber(e.Values["licences"]):
		return conversations.Reply{Prompt: detailsPrompt("“"+e.Values["licences"]+"” is not a whole number from 1 to 300.", e.Values["licences"]), InPlace: true}
	case word == "add" || word == "cart":
		return conversations.Reply{Prompt: cartPrompt(), InPlace: inPlace}
	case word == "place":
		return conversations.Reply{Prompt: orderPrompt(12)}
	case word == "orders":
		return conversations.Reply{Prompt: orderPrompt(40), InPlace: inPlace}
	}
	return conversations.Reply{Prompt: base("refused", "That cannot be done here", conversations.Notice{Tone: conversations.Bad, Text: "Nothing changed."})}
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

func base(name, title string, notices ...conversations.Notice) conversations.Prompt {
	return conversations.Prompt{Name: name, Organisation: "Contoso SARL", Locale: "en", Title: title, Notices: notices}
}

func text(tone conversations.Tone, words string) conversations.Block {
	return conversations.Block{Text: &conversations.Notice{Tone: tone, Text: words}}
}

func homePrompt() conversations.Prompt {
	p := base("home", "What can I do for you, Aïcha?")
	p.Blocks = []conversations.Block{
		text(conversations.Plain, "I buy Microsoft 365 subscriptions for Contoso SARL, follow the orders and hand out the licences."),
		text(conversations.Muted, "You can also type it, such as “buy 25 Business Premium paid yearly”."),
	}
	p.Actions = []conversations.Action{
		{Ref: "list", Label: "Purchase services", Style: conversations.Primary},
		{Ref: "cart", Label: "Cart (2 lines)"}, {Ref: "subs:0", Label: "Subscriptions"}, {Ref: "assign", Label: "Assign licences"},
		{Ref: "remove", Label: "Remove licences"}, {Ref: "move", Label: "Move people"}, {Ref: "orders", Label: "Orders"}, {Ref: "help", Label: "Help"},
	}
	return p
}

func listPrompt() conversations.Prompt {
	offer := func(name, owned, tag string, tone conversations.Tone) conversations.Block {
		return conversations.Block{Item: &conversations.Item{
			Title: name, Tag: tag, Tone: tone, Lines: []string{"from €20.60 a licence and month", owned},
			Actions: []conversations.Action{{Ref: "details", Label: "Buy", Name: "Buy " + name}},
		}}
	}
	p := base("list", "Purchase services")
	p.Blocks = []conversations.Block{
		{Heading: "Business"},
		offer("Microsoft 365 Business Premium", "40 owned, 3 free", "Already purchased", conversations.Good),
		offer("Microsoft 365 Business Basic", "None owned yet", "", conversations.Plain),
		{Heading: "Enterprise"},
		offer("Microsoft 365 E3 (no Teams)", "Seats owned are not known just now", "Being ordered", conversations.Warning),
		offer("Office 365 E1", "12 owned, all in use", "No longer sold", conversations.Bad),
	}
	p.Fields = []conversations.Field{
		{Key: "search", Kind: conversations.TextField, Label: "Search", Help: "A name or part of one"},
		{Key: "group", Kind: conversations.ChoiceField, Label: "Group", Value: "all", Options: []conversations.Option{
			{Value: "all", Label: "All groups"}, {Value: "business", Label: "Business"}, {Value: "enterprise", Label: "Enterprise"}}},
	}
	p.Submit = &conversations.Action{Ref: "list", Label: "Search"}
	p.Actions = []conversations.Action{{Ref: "list", Label: "Next page"}}
	return p
}

func detailsPrompt(problem, licences string) conversations.Prompt {
	p := base("details", "Microsoft 365 Business Premium")
	p.Blocks = []conversations.Block{
		text(conversations.Warning, "At most 300 licences, and 40 are owned already: 260 can be added."),
		{Facts: []conversations.Fact{{Label: "Owned", Value: "40"}, {Label: "Free", Value: "3"}, {Label: "In open orders", Value: "none"}}},
	}
	p.Fields = []conversations.Field{
		{Key: "licences", Kind: conversations.NumberField, Label: "Licences", Value: licences, Error: problem, Help: "1 to 260", Required: true, Min: 1, Max: 260},
		{Key: "plan", Kind: conversations.ChoiceField, Label: "How it is billed", Value: "annual", Open: true, Required: true, Options: []conversations.Option{
			{Value: "annual", Label: "Paid yearly", Help: "€247.20 a licence and year. Commits to one year: €6,180.00"},
			{Value: "monthly", Label: "Yearly, paid monthly", Help: "€21.63 a licence and month. Commits to one year: €6,489.00"},
			{Value: "free", Label: "Month to month", Help: "€24.72 a licence and month. Can be ended each month"}}},
		{Key: "assign", Kind: conversations.ToggleField, Label: "Assign licences automatically", Value: "true", Help: "12 people have no licence"},
		{Key: "cost_centre", Kind: conversations.ChoiceField, Label: "Cost centre", Required: true, Options: []conversations.Option{
			{Value: "it", Label: "IT"}, {Value: "sales", Label: "Sales"}}},
		{Key: "note", Kind: conversations.TextField, Label: "Note"},
	}
	p.Blocks = append(p.Blocks, conversations.Block{List: &conversations.List{
		Title: "People without a licence", Items: []string{"Adèle Vance", "Grady Archie", "Lee Gu"}, More: "and 9 more"}})
	p.Submit = &conversations.Action{Ref: "add", Label: "Check out now", Style: conversations.Primary}
	p.Actions = []conversations.Action{{Ref: "list", Label: "Back to the list"}, {Ref: "home", Label: "Cancel"}}
	return p
}

func cartPrompt() conversations.Prompt {
	p := base("cart", "Cart",
		conversations.Notice{Tone: conversations.Good, Text: "Microsoft 365 Business Premium is in the cart."},
		conversations.Notice{Tone: conversations.Warning, Text: "A price moved since you last looked."},
		conversations.Notice{Tone: conversations.Bad, Text: "Visio Plan 2 is not sold any more."},
		conversations.Notice{Text: "Prices hold for 30 minutes."})
	line := []conversations.Action{
		{Ref: "details", Label: "Change", Name: "Change Microsoft 365 Business Premium"},
		{Ref: "cart", Label: "Remove", Name: "Remove Microsoft 365 Business Premium", Style: conversations.Danger}}
	p.Blocks = []conversations.Block{
		{Item: &conversations.Item{Title: "Microsoft 365 Business Premium", Lines: []string{"25 licences, paid yearly", "€6,180.00"}, Actions: line}},
		{Item: &conversations.Item{Title: "Visio Plan 2", Tag: "Not sold any more", Tone: conversations.Bad, Lines: []string{"Not in the totals"}, Actions: line[1:]}},
		{Heading: "What it costs"},
		{Table: &conversations.Table{
			Caption: "Prices now", Head: []string{"Subscription", "Licences", "Unit price", "Amount"}, Numeric: []bool{false, true, true, true},
			Rows: [][]string{{"Microsoft 365 Business Premium, paid yearly", "25", "€247.20", "€6,180.00"}, {"Teams Enterprise, month to month", "3", "€5.25", "€15.75"}}}},
		{Facts: []conversations.Fact{{Label: "Subtotal", Value: "€6,195.75"}, {Label: "TVA 20% (estimate)", Value: "€1,239.15"},
			{Label: "Total, charged now", Value: "€7,434.90", Strong: true}, {Label: "Committed over the term, before tax", Value: "€6,195.75"}}},
		text(conversations.Muted, "Demonstration prices."),
	}
	p.Actions = []conversations.Action{
		{Ref: "place", Label: "Place order", Style: conversations.Primary},
		{Ref: "list", Label: "Add another"},
		{Ref: "empty", Label: "Empty the cart", Style: conversations.Danger, Confirm: &conversations.Confirm{
			Title: "Empty the cart?", Text: "Both lines are removed. Nothing was ordered yet.", Yes: "Empty it", No: "Keep it"}}}
	return p
}

func orderPrompt(assigned int) conversations.Prompt {
	p := base("order", "Order CW-1042")
	p.Blocks = []conversations.Block{
		{Item: &conversations.Item{Title: "Microsoft 365 Business Premium", Tag: "Delivered", Tone: conversations.Good, Lines: []string{"40 licences, paid yearly"}}},
		{Progress: &conversations.Progress{Label: "Assigned " + itoa(assigned) + " of 40", Done: assigned, Total: 40}},
		{Progress: &conversations.Progress{Label: "Waiting for Microsoft"}},
		text(conversations.Good, "The payment arrived at 14:02."),
		text(conversations.Bad, "One person could not be given a licence."),
		{List: &conversations.List{Title: "Skipped", Items: []string{"Isaiah Langer: no usage location", "Guest of Fabrikam: guests get none"}}},
	}
	p.Actions = []conversations.Action{
		{URL: "https://admin.microsoft.com/", Label: "Go to Admin Home", Style: conversations.Primary},
		{URL: "javascript:alert(1)", Label: "A link that leads nowhere"},
	}
	p.Closed = assigned == 40
	return p
}

func itoa(n int) string { return string(rune('0'+n/10)) + string(rune('0'+n%10)) }
