package fakediscord

import (
	"encoding/base64"
	"net/http"
	"slices"
	"time"
)

// Types of interactions.
const (
	pinged       = 1
	commanded    = 2
	clicked      = 3
	autocomplete = 4
	submitted    = 5
)

// Types of first answers.
const (
	pong           = 1
	message        = 4
	deferred       = 5
	deferredUpdate = 6
	update         = 7
	suggestions    = 8
	showModal      = 9
)

// tokenLife is how long an interaction that was answered can be followed up.
const tokenLife = 15 * time.Minute

// interaction is something that somebody did, and what became of it.
type interaction struct {
	id, token string
	kind      int
	person    string
	channel   string
	from      *Message // that a component is in, or that a modal was opened from
	made      time.Time

	answered int           // the type of the first answer, 0 for none yet
	done     chan struct{} // closed once it was answered
	original *Message
	choices  []Choice
}

// modal is one that is open.
type modal struct {
	raw  map[string]any
	from *Message
}

// Choice is what is suggested while something is typed.
type Choice struct{ Name, Value string }

// interact makes an interaction, with a token that holds what tokens hold.
func (d *Discord) interact(i interaction) *interaction {
	i.id, i.made, i.done = d.snowflake(), d.now(), make(chan struct{})
	i.token = base64.RawURLEncoding.EncodeToString([]byte("interaction:" + i.id + ":" + i.person + ">?>?"))
	d.interactions = append(d.interactions, &i)
	return &i
}

// alive reports whether an interaction may still be answered or followed up: the first
// answer has AckTime.
func (d *Discord) alive(i *interaction) bool {
	age := d.now().Sub(i.made)
	if i.answered == 0 {
		return age <= d.AckTime
	}
	return age <= tokenLife
}

// callback is the first answer by a call of the REST API.
func (d *Discord) callback(r *http.Request, body any) (answer, *refusal) {
	for _, i := range d.interactions {
		if i.id != r.PathValue("interaction") || i.token != r.PathValue("token") {
			continue
		}
		if no := d.take(i, body); no != nil {
			return answer{}, no
		}
		if r.URL.Query().Get("with_response") == "true" {
			return ok(d.taken(i))
		}
		return nothing, nil
	}
	return answer{}, errUnknownInteraction
}

// taken is what became of an interaction, for an app that asks.
func (d *Discord) taken(i *interaction) map[string]any {
	about := map[string]any{"id": i.id, "type": i.kind}
	v := map[string]any{"interaction": about}
	if i.original != nil {
		about["response_message_id"], about["response_message_ephemeral"] = i.original.ID, i.original.To != ""
		about["response_message_loading"] = i.answered == deferred
		v["resource"] = map[string]any{"type": i.answered, "message": d.shown(i.original)}
	}
	return v
}

// allowed are the first answers to each type of interaction; from a message, where a click
// or a modal comes from one.
var allowed = map[int][]int{
	commanded: {message, deferred, showModal}, clicked: {message, deferred, deferredUpdate, update, showModal},
	autocomplete: {suggestions}, submitted: {message, deferred, deferredUpdate, update},
}

// take is the first answer, however it comes.
func (d *Discord) take(i *interaction, body any) *refusal {
	fields, _ := body.(map[string]any)
	kind := kindOf(fields)
	data, _ := fields["data"].(map[string]any)
	switch {
	case !d.alive(i):
		return errUnknownInteraction
	case i.answered != 0:
		return errAcknowledged
	case !slices.Contains(allowed[i.kind], kind), (kind == update || kind == deferredUpdate) && i.from == nil:
		return invalid(Problem{"type", "This interaction cannot be answered by this type."})
	}
	if no := d.carryOut(i, kind, data); no != nil {
		return no
	}
	i.answered = kind
	close(i.done)
	return nil
}

// callbackFlags are those that a first answer may set.
const callbackFlags = suppressEmbeds | ephemeral | suppressNotifications | voice | componentsV2

func (d *Discord) carryOut(i *interaction, kind int, data map[string]any) *refusal {
	switch kind {
	case message:
		raw, no := written(data, callbackFlags)
		if no == nil {
			i.original = d.reply(i, raw)
		}
		return no
	case deferred:
		if more := flags(data) &^ ephemeral; more != 0 {
			return invalid(Problem{"data/flags", "Only EPHEMERAL can be set on a deferred message."})
		}
		i.original = d.reply(i, map[string]any{"flags": float64(flags(data) | loading)})
	case deferredUpdate:
		i.original = i.from
	case update:
		if more := flags(data) &^ callbackFlags; more != 0 {
			return invalid(Problem{"data/flags", "These flags cannot be set here."})
		}
		raw, no := edited(i.from.Raw, data)
		if no != nil {
			return no
		}
		i.original, i.from.Raw, i.from.Edits = i.from, raw, i.from.Edits+1
	case suggestions:
		return i.suggest(data)
	case showModal:
		if problems := CheckModal(data); len(problems) > 0 {
			return invalid(problems...)
		}
		d.modals[i.person] = &modal{data, i.from}
	}
	return nil
}

// reply is a new message that answers, to its person alone where it says so.
func (d *Discord) reply(i *interaction, raw map[string]any) *Message {
	m := &Message{Channel: i.channel, Raw: raw, answers: i}
	if flags(raw)&ephemeral != 0 {
		m.To = i.person
	}
	return d.keep(m)
}

func (i *interaction) suggest(data map[string]any) *refusal {
	c := &check{}
	i.choices = nil
	if _, is := data["choices"].([]any); !is {
		c.wrong("data/choices", "This field is required")
	}
	c.choices("data/choices", data["choices"], optionText)
	for _, v := range list(data["choices"]) {
		choice, _ := v.(map[string]any)
		i.choices = append(i.choices, Choice{text(choice, "name"), text(choice, "value")})
	}
	if len(c.problems) > 0 {
		return invalid(c.problems...)
	}
	return nil
}

// webhook is the interaction whose token is in a path, once it was answered and for as long
// as its token lives.
func (d *Discord) webhook(r *http.Request) (*interaction, *refusal) {
	for _, i := range d.interactions {
		if i.token == r.PathValue("token") && r.PathValue("application") == d.Application && i.answered != 0 && i.answered != suggestions && d.alive(i) {
			return i, nil
		}
	}
	return nil, errUnknownWebhook
}

// followUp is a further message.
func (d *Discord) followUp(r *http.Request, body any) (answer, *refusal) {
	i, no := d.webhook(r)
	if no != nil {
		return answer{}, no
	}
	fields, _ := body.(map[string]any)
	raw, no := written(fields, callbackFlags)
	if no != nil {
		return answer{}, no
	}
	return ok(d.shown(d.reply(i, raw)))
}

// answerOf is the message that a path names: the first answer, or a further one.
func (d *Discord) answerOf(r *http.Request) (*Message, *refusal) {
	i, no := d.webhook(r)
	if no != nil {
		return nil, no
	}
	m := i.original
	if id := r.PathValue("message"); id != "@original" {
		m = d.messages[i.channel+"/"+id]
	}
	if m == nil || m.deleted || m.To != "" && m.To != i.person {
		return nil, errUnknownMessage
	}
	return m, nil
}

func (d *Discord) getAnswer(r *http.Request, _ any) (answer, *refusal) {
	m, no := d.answerOf(r)
	if no != nil {
		return answer{}, no
	}
	return ok(d.shown(m))
}

func (d *Discord) patchAnswer(r *http.Request, body any) (answer, *refusal) {
	m, no := d.answerOf(r)
	if no != nil {
		return answer{}, no
	}
	return d.edit(m, body)
}

func (d *Discord) deleteAnswer(r *http.Request, _ any) (answer, *refusal) {
	m, no := d.answerOf(r)
	if no != nil {
		return answer{}, no
	}
	m.deleted = true
	return nothing, nil
}
