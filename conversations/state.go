package conversations

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"cartwright/commerce"
)

// step is where in the dialogue somebody is.
type step string

const (
	stepHome      step = "home"
	stepHelp      step = "help"
	stepClosed    step = "closed" // called off
	stepList      step = "list"
	stepDetails   step = "details"
	stepCart      step = "cart"
	stepCheck     step = "check"   // prices verified
	stepPayment   step = "payment" // which approval is asked; Place order
	stepSubmitted step = "submitted"
	stepOrders    step = "orders"
	stepOrder     step = "order"
	stepPeople    step = "people"
)

// state is the half-filled form of one conversation. Everything in it may be lost: what
// matters is in the ledger.
type state struct {
	Step     step       `json:"step"`
	Query    string     `json:"query,omitempty"`
	Wanted   string     `json:"wanted,omitempty"` // quantity, of the product that is chosen next
	Group    string     `json:"group,omitempty"`
	Page     int        `json:"page,omitempty"`
	Form     form       `json:"form,omitzero"`
	Wishes   wishes     `json:"wishes,omitzero"`
	Revision int        `json:"revision,omitempty"` // of the cart whose quote was shown
	Hash     string     `json:"hash,omitempty"`     // of the quote that was shown
	Order    string     `json:"order,omitempty"`
	Task     string     `json:"task,omitempty"`
	Shown    string     `json:"shown,omitempty"`  // the hash of the quote that a vote is about
	Reason   string     `json:"reason,omitempty"` // for a rejection, as typed
	Changes  []lineForm `json:"changes,omitempty"`
	StandIn  standIn    `json:"stand_in,omitzero"`
	Licences licences   `json:"licences,omitzero"`
	Events   string     `json:"events,omitempty"` // the last ones' short names: a short cut for redeliveries, no more
	Issues   []issue    `json:"issues,omitempty"` // what the last event led to is said first
}

// form is the details step's fields, as typed.
type form struct {
	Line       int    `json:"line,omitempty"` // of the cart; 0: a new one
	Revision   int    `json:"revision,omitempty"`
	Offer      string `json:"offer,omitempty"`
	Quantity   string `json:"quantity,omitempty"`
	Plan       string `json:"plan,omitempty"` // commitment.billing
	AutoAssign bool   `json:"auto_assign,omitempty"`
}

// issue is something to tell the person: an error of the domain, or a sentence of the
// dialogue.
type issue struct {
	tone  Tone
	key   string // of the dialogue's words; "" where err says it
	n     *int   // that key counts
	args  []any
	field string // the field that it is about, "" for none
	err   error
}

// savedIssue is an issue as it is kept.
type savedIssue struct {
	Tone  Tone           `json:"tone,omitempty"`
	Key   string         `json:"key,omitempty"`
	N     *int           `json:"n,omitempty"`
	Args  []any          `json:"args,omitempty"`
	Field string         `json:"field,omitempty"`
	Code  commerce.Code  `json:"code,omitempty"`
	About map[string]any `json:"about,omitempty"` // the code's arguments
}

func (i issue) MarshalJSON() ([]byte, error) {
	saved := savedIssue{Tone: i.tone, Key: i.key, N: i.n, Args: i.args, Field: i.field, Code: commerce.CodeOf(i.err)}
	var refusal *commerce.Error
	if errors.As(i.err, &refusal) {
		saved.About = refusal.Args
	}
	return json.Marshal(saved)
}

func (i *issue) UnmarshalJSON(text []byte) error {
	var saved savedIssue
	err := json.Unmarshal(text, &saved)
	if err != nil {
		return err
	}
	*i = issue{tone: saved.Tone, key: saved.Key, n: saved.N, field: saved.Field}
	for _, a := range saved.Args {
		i.args = append(i.args, argument(a))
	}
	if saved.Code != "" {
		about := make(map[string]any, len(saved.About))
		for name, a := range saved.About {
			about[name] = argument(a)
		}
		i.err = &commerce.Error{Code: saved.Code, Args: about}
	}
	return nil
}

// argument is a sentence's argument as it was before it was kept: a text, a number, or
// several texts.
func argument(kept any) any {
	switch v := kept.(type) {
	case float64:
		return int(v)
	case []any:
		texts := make([]string, len(v))
		for i, t := range v {
			texts[i], _ = t.(string)
		}
		return texts
	}
	return kept
}

// rememberedEvents is more than a person does while a request may still be sent again by
// somebody who has caught it: some minutes, by the platforms' signatures.
const rememberedEvents = 32

// short names an event in shortName letters.
func short(event string) string {
	sum := sha256.Sum256([]byte(event))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

const shortName = 12

// knows reports whether the event was seen already.
func (s state) knows(event string) bool {
	name := short(event)
	for i := 0; i+shortName <= len(s.Events); i += shortName {
		if s.Events[i:i+shortName] == name {
			return true
		}
	}
	return false
}

// wordsAlone reports whether an event asks for words alone, for which nothing is read. One
// that was seen already shows whatever it led to.
func (s state) wordsAlone(ev Event) bool { return ev.Ref == verbHelp && !s.knows(ev.ID) }

// last reports whether the event is the one that led to this state.
func (s state) last(event string) bool { return s.newest() == short(event) }

// newest is the short name of the event that led to this state.
func (s state) newest() string { return s.Events[max(0, len(s.Events)-shortName):] }

// remember notes the event; what an earlier one led to has been said.
func (s state) remember(event string) state {
	s.Issues = nil
	s.Events += short(event)
	if extra := len(s.Events) - rememberedEvents*shortName; extra > 0 {
		s.Events = s.Events[extra:]
	}
	return s
}

// say adds a sentence to the next prompt.
func (s state) say(tone Tone, key string, args ...any) state {
	s.Issues = append(slices.Clone(s.Issues), issue{tone: tone, key: key, args: args})
	return s
}

// count is say for a sentence with a plural.
func (s state) count(tone Tone, key string, n int, args ...any) state {
	s.Issues = append(slices.Clone(s.Issues), issue{tone: tone, key: key, n: &n, args: args})
	return s
}

// fail adds what went wrong to the next prompt, at a field where it is about one.
func (s state) fail(err error, field string) state {
	s.Issues = append(slices.Clone(s.Issues), issue{tone: Bad, err: err, field: field})
	return s
}

// decodeState reads a saved state. One that cannot be read is as good as lost.
func decodeState(text []byte) state {
	var s state
	if jsonv2.Unmarshal(text, &s) != nil || s.Step == "" {
		return state{Step: stepHome}
	}
	return s
}

func (s state) encode() []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false) // a list of addresses may be full of < and >
	if err := e.Encode(s); err != nil {
		panic(err) // plain strings and numbers always marshal
	}
	return text.Bytes()
}

// planValue is a plan as a field's value, such as "P1Y.annual".
func planValue(id commerce.PlanID) string { return string(id.Commitment) + "." + string(id.Billing) }

func readPlan(value string) commerce.PlanID {
	term, billing, _ := strings.Cut(value, ".")
	return commerce.PlanID{Commitment: commerce.Term(term), Billing: commerce.Billing(billing)}
}
