package discord

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// Kinds of answers to an interaction.
const (
	answerPong           = 1
	answerMessage        = 4
	answerDeferred       = 5
	answerDeferredUpdate = 6
	answerUpdate         = 7
	answerSuggest        = 8
	answerModal          = 9
)

// callback is the first answer to an interaction.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// later is the data of an answer that follows.
type later struct {
	Flags int `json:"flags"`
}

// Interactions takes what Discord delivers over HTTP.
func (d *Discord) Interactions(w http.ResponseWriter, r *http.Request) {
	body, status := d.verified(r)
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	i, err := decode(body)
	if err != nil {
		d.Log.WarnContext(r.Context(), "an interaction of Discord's cannot be read", "err", err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if i.Type == typePing {
		reply(w, callback{Type: answerPong})
		return
	}
	if i.Type != typeAutocomplete && !d.seen.First(i.ID) {
		w.WriteHeader(http.StatusUnauthorized) // Discord delivers nothing twice over HTTP: it is played back
		return
	}
	d.taken(r.Context(), i, ackTime, func(c callback, more bool) {
		reply(w, c)
		if more {
			_ = http.NewResponseController(w).Flush()
		}
	})
}

func reply(w http.ResponseWriter, c callback) {
	pad := pads.Get().(*[]byte) //nolint:forcetypeassert // there is nothing else in it
	defer pads.Put(pad)
	*pad = c.appendTo((*pad)[:0])
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(*pad)))
	_, _ = w.Write(*pad)
}

// freshness is how old a request may be, and how far ahead its clock: Discord says nothing
// of it, and signs the time.
const freshness = 5 * time.Minute

// maxFirst is how much room a body is given at first, whatever it says of its length.
const maxFirst = 64 << 10

// verified is a request's body, once Discord's signature over it was found good and fresh;
// otherwise the status to answer with. Discord sends bad ones on purpose.
func (d *Discord) verified(r *http.Request) (body []byte, status int) {
	stamp := r.Header.Get("X-Signature-Timestamp")
	signed := bytes.NewBuffer(make([]byte, 0, min(max(r.ContentLength, 0), maxFirst)+int64(len(stamp))+bytes.MinRead))
	signed.WriteString(stamp)
	_, err := signed.ReadFrom(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	signature, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if err != nil || len(signature) != ed25519.SignatureSize || !ed25519.Verify(d.PublicKey, signed.Bytes(), signature) {
		return nil, http.StatusUnauthorized
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if age := d.Now().Sub(time.Unix(seconds, 0)); err != nil || age > freshness || age < -freshness {
		return nil, http.StatusUnauthorized
	}
	return signed.Bytes()[len(stamp):], 0
}

// take has an interaction answered. One that was taken already, as the gateway may deliver
// it again, changes nothing.
func (d *Discord) take(ctx context.Context, i interaction, within time.Duration, answer func(c callback, more bool)) {
	if i.Type != typeAutocomplete && !d.seen.First(i.ID) {
		answer(i.spot().nothing(), false)
		return
	}
	d.taken(ctx, i, within, answer)
}

// taken has a new interaction answered: at once or, where that takes longer than within, by
// an edit of what says that it is coming.
func (d *Discord) taken(ctx context.Context, i interaction, within time.Duration, answer func(c callback, more bool)) {
	if i.Type == typeAutocomplete {
		answer(callback{Type: answerSuggest, Data: d.suggest(i)}, false)
		return
	}
	at := i.spot()
	kind, ref := readID(i.Data.ID)
	if at.click && ref == keepRef {
		answer(callback{Type: answerUpdate, Data: messages(closed(i.Locale, "discord.kept"), wizardButton, flagEphemeral)[0]}, false)
		return
	}
	whose, why := d.place(i)
	if why != "" {
		answer(callback{Type: answerMessage, Data: messages(unserved(i, why), wizardButton, flagEphemeral)[0]}, false)
		return
	}
	d.met(whose.guild, i)
	if i.Guild == "" {
		d.origins.note(i.ID, whose)
	}
	if at.click && kind.confirm {
		answer(d.confirm(ctx, i, whose, press{own: kind.own, asked: true}, ref), false)
		return
	}
	d.turn(ctx, i, at, i.event(whose), within, answer)
}

// turn answers an event, and shows what comes after the first answer once that is given.
func (d *Discord) turn(ctx context.Context, i interaction, at spot, ev conversations.Event, within time.Duration, answer func(c callback, more bool)) {
	rest, late := d.answered(ctx, at, ev, within, answer)
	if len(rest) == 0 {
		return
	}
	d.work.Go(func() {
		ctx, cancel := lasting(ctx)
		defer cancel()
		conversations.Safely(ctx, d.Log, func() { d.follow(ctx, i, rest, late) })
	})
}

// answered gives the first answer and returns the messages that follow it. late: it said
// that they are coming, and the first of them takes its place.
func (d *Discord) answered(ctx context.Context, at spot, ev conversations.Event, within time.Duration, answer func(c callback, more bool)) (rest []message, late bool) {
	var once sync.Once
	hurry := time.AfterFunc(within, func() { once.Do(func() { late = true; answer(at.deferred(), true) }) })
	defer once.Do(func() {}) // where the turn panics, nobody is there to answer to any more
	defer hurry.Stop()
	r := d.turned(ctx, ev)
	first, rest := at.answer(r)
	once.Do(func() { answer(first, len(rest) > 0) })
	if late {
		return at.shown(r), true
	}
	return rest, false
}

// turned is what an event leads to: where that panics, that it did not work.
func (d *Discord) turned(ctx context.Context, ev conversations.Event) conversations.Reply {
	ctx, cancel := lasting(ctx)
	defer cancel()
	r := conversations.Reply{Prompt: failed(d.localeOf(ev.Account))}
	conversations.Safely(ctx, d.Log, func() { r = d.Turn(ctx, ev) })
	return r
}

// lasting is a context for a turn, or for showing what it led to: whoever asked may be gone.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), turnTime)
}

// choices are what may be meant by what is being typed.
type choices struct {
	Choices []choice `json:"choices"`
}

type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// suggest names products. Whatever is sent in the end is read like anything that is typed.
func (d *Discord) suggest(i interaction) choices {
	all := choices{Choices: []choice{}}
	whose, why := d.place(i)
	if why != "" {
		return all
	}
	for _, name := range d.Suggest(whose.organisation, i.typing()) {
		if len(all.Choices) == maxOptions {
			break
		}
		all.Choices = append(all.Choices, choice{Name: fit(name, maxOption), Value: fit(name, maxOption)})
	}
	return all
}

// keepRef is of the button that answers such a question with no: it does nothing.
const keepRef = "discord.keep"

// questionTime is how long it may take to find out what is to be asked; then the button that
// was clicked says it.
const questionTime = 1500 * time.Millisecond

// confirm asks whether a click is meant: Discord has no questions of its own.
func (d *Discord) confirm(ctx context.Context, i interaction, whose place, kind press, ref string) callback {
	ctx, cancel := context.WithTimeout(ctx, questionTime)
	defer cancel()
	words := locale.For(locale.Match(i.Locale), nil)
	q, ok := d.Question(ctx, i.event(whose))
	if !ok {
		label := ""
		if i.Message != nil {
			var all []component
			_ = json.Unmarshal(i.Message.Components, &all, jsontext.AllowInvalidUTF8(true)) // without them there is no label
			label = labelOf(all, i.Data.ID)
		}
		q = conversations.Confirm{Title: words.T("discord.confirm", "label", label), Text: words.T("discord.confirm.text"), Yes: label, No: words.T("discord.keep")}
	}
	p := conversations.Prompt{
		Name: "confirm", Locale: words.Lang(), Title: q.Title, Blocks: []conversations.Block{{Text: &conversations.Notice{Text: q.Text}}},
		Actions: []conversations.Action{{Ref: ref, Label: q.Yes, Style: conversations.Primary}, {Label: q.No, Ref: keepRef}},
	}
	return callback{Type: answerMessage, Data: messages(p, kind, flagEphemeral)[0]}
}

// labelOf is what stands on what has an id, a button or an option of a menu.
func labelOf(all []component, id string) string {
	for _, c := range all {
		if c.ID == id {
			return c.Label
		}
		for _, o := range c.Options {
			if o.Value == id {
				return o.Label
			}
		}
		inside := c.Components
		if c.Accessory != nil {
			inside = append(inside, *c.Accessory)
		}
		if label := labelOf(inside, id); label != "" {
			return label
		}
	}
	return ""
}
