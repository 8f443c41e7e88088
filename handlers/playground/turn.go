package playground

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"cartwright/conversations"
)

// turnTime is how long a turn may take once it has begun, whoever still waits for it.
const turnTime = 30 * time.Second

// Bounds on what a page may send. Longer text goes to the engine, which has words for it.
const (
	maxRef    = 90
	maxValues = 20
	maxValue  = 100_000 // a list of a thousand addresses, and more than the engine takes
	maxEvent  = 200
)

var (
	eventID   = regexp.MustCompile(`^[A-Za-z0-9-]{8,100}$`)
	messageID = regexp.MustCompile(`^[A-Za-z0-9-]{0,100}$`)
)

// turn is what the page sends: a command typed, or a control clicked in a message.
type turn struct {
	ID           string            `json:"id"` // the page's name for the event: the same when sent again
	Organisation string            `json:"organisation"`
	Person       string            `json:"person"`
	Lang         string            `json:"lang"`
	Message      string            `json:"message"` // that the control is in
	Ref          string            `json:"ref"`
	Text         string            `json:"text"`
	Values       map[string]string `json:"values"`
}

// answer is the message that the turn led to, and whether the page has it already.
type answer struct {
	Message  Message `json:"message"`
	Replaces bool    `json:"replaces"`
}

// Turns answers one thing that a person did in the page.
func (p *Playground) Turns(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(r) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	t, err := readTurn(r)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	account, ok := p.account(t.Organisation, t.Person)
	if !ok {
		http.NotFound(w, r)
		return
	}
	a, err := p.take(r.Context(), account, t)
	if err != nil {
		p.Log.ErrorContext(r.Context(), "answer a turn", "error", err)
		http.Error(w, "the turn could not be answered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(a) // a page that went away reads it from the stream
}

// take shows what was typed, has the event answered and shows the answer.
func (p *Playground) take(ctx context.Context, account conversations.Account, t turn) (answer, error) {
	defer p.chats.begin(account, language(t.Lang))()
	m, err := p.message()
	if err != nil {
		return answer{}, err
	}
	if said := strings.TrimSpace(t.Text); said != "" && t.Ref == "" {
		p.chats.put(account, Message{ID: "said-" + t.ID, At: m.At, Text: shorten(said)}, "")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), turnTime)
	defer cancel()
	e := t.event(account)
	reply := p.Turn(ctx, e)
	m.Prompt, m.event, m.At = &reply.Prompt, e.ID, p.Now().UTC()
	instead := ""
	if reply.InPlace {
		instead = t.Message
	}
	shown := p.chats.put(account, m, instead)
	return answer{Message: shown, Replaces: shown.ID != m.ID}, nil
}

func (t turn) event(account conversations.Account) conversations.Event {
	return conversations.Event{
		ID:           Platform + ":" + t.Organisation + ":" + t.Person + ":" + t.ID,
		Organisation: t.Organisation,
		Account:      account,
		Text:         command(t.Text),
		Ref:          t.Ref,
		Values:       t.Values,
	}
}

// command is what was typed, without the bot's name before it.
func command(text string) string {
	text = strings.TrimSpace(text)
	name, rest, _ := strings.Cut(text, " ")
	if strings.EqualFold(name, "/m365") {
		return strings.TrimSpace(rest)
	}
	return text
}

// shorten keeps a chat bubble to a size that a page can hold many of.
func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= maxSaid {
		return text
	}
	return string(runes[:maxSaid]) + "…"
}

// readTurn reads exactly one turn of the known shape, and nothing after it.
func readTurn(r *http.Request) (turn, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return turn{}, errors.New("the body must be application/json")
	}
	var t turn
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return turn{}, fmt.Errorf("read the turn: %w", err)
	}
	_, err := d.Token()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return turn{}, err
	case !errors.Is(err, io.EOF):
		return turn{}, errors.New("read the turn: something follows it")
	}
	return t, t.check()
}

func (t turn) check() error {
	switch {
	case !eventID.MatchString(t.ID):
		return errors.New("id must be 8 to 100 of A-Z, a-z, 0-9 and -")
	case !messageID.MatchString(t.Message):
		return errors.New("message is no message's id")
	case len(t.Ref) > maxRef || strings.ContainsFunc(t.Ref, func(c rune) bool { return c <= ' ' || c > '~' }):
		return errors.New("ref is no control's")
	case len(t.Values) > maxValues:
		return errors.New("too many values")
	case len(Platform+t.Organisation+t.Person+t.ID)+3 > maxEvent:
		return errors.New("id is too long")
	}
	for key, value := range t.Values {
		if key == "" || len(key) > maxRef || len(value) > maxValue {
			return errors.New("a value is too long, or has no name")
		}
	}
	return nil
}
