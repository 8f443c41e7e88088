package teams

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

// maxFirst is how much room a body is given at first, whatever it says of its length.
const maxFirst = 64 << 10

// Messages takes what the Bot Connector delivers.
func (t *Teams) Messages(w http.ResponseWriter, r *http.Request) {
	var read bytes.Buffer
	read.Grow(int(min(max(r.ContentLength, 0), maxFirst)) + bytes.MinRead)
	_, err := read.ReadFrom(r.Body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	began := time.Now()
	a, malformed := decode(read.Bytes())
	if status := t.verified(r, a); status != 0 {
		w.WriteHeader(status)
		return
	}
	if malformed != nil {
		t.Log.WarnContext(r.Context(), "a delivery of Teams' cannot be read", "err", malformed)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	t.take(w, began, a)
}

// verified is 0 where the delivery is from Microsoft, and otherwise the status to answer
// with. What it says of itself is held to its token.
func (t *Teams) verified(r *http.Request, a activity) (status int) {
	authorization := r.Header.Get("Authorization")
	if t.Anonymous && authorization == "" {
		return 0
	}
	err := t.inbound.Verify(r.Context(), authorization, a.ServiceURL, a.Channel)
	switch {
	case errors.Is(err, ErrKeys):
		t.Log.ErrorContext(r.Context(), "Microsoft's keys are not to be had: deliveries of Teams are not taken", "err", err)
		return http.StatusServiceUnavailable
	case err != nil:
		t.Log.InfoContext(r.Context(), "a delivery with a token that is refused", "platform", Platform, "err", err)
		return http.StatusUnauthorized
	case !slices.Contains(t.ServiceHosts, host(a.ServiceURL)):
		t.Log.WarnContext(r.Context(), "a delivery by a service that is not called: TEAMS_SERVICE_HOSTS", "service", a.ServiceURL)
		return http.StatusUnauthorized
	}
	return 0
}

// take has an activity answered. What is not asked for is taken and nothing done.
func (t *Teams) take(w http.ResponseWriter, began time.Time, a activity) {
	switch {
	case a.Type == "invoke" && a.Name == "adaptiveCard/action" && a.ID != "":
		t.invoked(w, began, a)
	case a.Type == "message" && a.ID != "":
		t.message(w, began, a)
	case a.Type == "invoke":
		w.WriteHeader(http.StatusNotImplemented)
	case a.Type == "installationUpdate" || a.Type == "conversationUpdate":
		t.installed(a)
		taken(w)
	default:
		taken(w)
	}
}

// installTime is how long it may take to note who has the app.
const installTime = 3 * time.Second

// installed is that the app, or somebody, was added to a conversation or removed. It is done
// before it is answered: Teams delivers the one after the other.
func (t *Teams) installed(a activity) {
	ctx, cancel := context.WithTimeout(t.base, installTime)
	defer cancel()
	organisation, ok := t.Organisation(a.tenant())
	removed := strings.HasPrefix(a.Action, "remove") || len(a.Removed) > 0
	switch {
	case !ok:
	case removed && a.personal():
		t.forget(ctx, keyOf(a.account()), a.at(t.Now()))
	case !removed:
		t.known.Forget(keyOf(a.account())) // another copy of the bot may have heard of a removal
		t.meetAgain(ctx, a)
		if a.Type == "installationUpdate" && a.personal() && a.ID != "" && t.met.First(eventID(a)) {
			t.behind(func(ctx context.Context) {
				t.show(ctx, spot{activity: a}, drawing(t.Turn(ctx, t.event(organisation, a))), t.turned.Add(1))
			})
		}
	}
}

// eventID is the same when an activity is delivered again. Ids are unique in a
// conversation, and both may be long.
func eventID(a activity) string {
	sum := sha256.Sum256([]byte(a.Where.ID + " " + a.ID))
	return Platform + ":" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

func (t *Teams) event(organisation string, a activity) conversations.Event {
	return conversations.Event{ID: eventID(a), Organisation: organisation, Account: a.account()}
}

// message is something that was typed or, by older clients, clicked. It is taken once.
func (t *Teams) message(w http.ResponseWriter, began time.Time, a activity) {
	organisation, ok := t.Organisation(a.tenant())
	ev := t.event(organisation, a)
	switch {
	case !t.met.First(ev.ID):
		taken(w)
		return
	case !ok:
		taken(w)
		t.behind(func(ctx context.Context) { t.stranger(ctx, a) })
		return
	}
	at := spot{activity: a}
	var s submission
	if json.Unmarshal(a.Value, &s, jsontext.AllowInvalidUTF8(true)) == nil {
		if p, ok := s.printed(); ok {
			at.click, at.own, ev.Ref, ev.Values = true, p.Own, p.Ref, s.values()
		}
	}
	t.turn(w, began, at, ev, func(drawnReply, bool) { taken(w) })
}

// turn has an event answered and tells of it once: with the reply or, where that takes
// longer than ackTime from when the delivery began, without one. What that does not show is
// shown after it.
func (t *Teams) turn(w http.ResponseWriter, began time.Time, at spot, ev conversations.Event, tell func(reply drawnReply, late bool)) {
	ctx, cancel := context.WithTimeout(t.base, turnTime)
	defer cancel()
	var once sync.Once
	late := false
	hurry := time.AfterFunc(ackTime-time.Since(began), func() {
		once.Do(func() {
			late = true
			tell(drawnReply{}, true)
			_ = http.NewResponseController(w).Flush() // while the turn goes on
		})
	})
	defer hurry.Stop()
	t.meet(ctx, at.activity)
	if ev.Ref == "" {
		ev.Text = t.typed(ctx, at.activity)
	}
	reply := drawing(t.Turn(ctx, ev))
	number := t.turned.Add(1)
	once.Do(func() { tell(reply, false) })
	if late || at.Type != "invoke" || !at.inPlace(reply.Prompt) {
		t.behind(func(ctx context.Context) { t.show(ctx, at, reply, number) })
	}
}

// mentionTime is how long it may take to find out who is mentioned.
const mentionTime = 1500 * time.Millisecond

// typed is what was typed. Who is mentioned is told by the id that the organisation knows.
func (t *Teams) typed(ctx context.Context, a activity) string {
	text := a.said()
	ctx, cancel := context.WithTimeout(ctx, mentionTime)
	defer cancel()
	for _, m := range a.mentioned() {
		id := m.ObjectID
		if id == "" {
			found, err := t.member(ctx, a.ServiceURL, a.Where.ID, m.ID)
			if err != nil {
				t.Log.WarnContext(ctx, "who is mentioned was not found out", "platform", Platform, "err", err)
				continue
			}
			id = found.ObjectID
		}
		text = strings.ReplaceAll(text, "<@"+m.ID+">", "<@"+id+">")
	}
	return text
}

// invoked is a click, or a client that asks what its reader may see.
func (t *Teams) invoked(w http.ResponseWriter, began time.Time, a activity) {
	var v invoked
	err := json.Unmarshal(a.Value, &v, jsontext.AllowInvalidUTF8(true))
	p, ok := v.Action.Data.printed()
	if err != nil || !ok {
		answer(w, http.StatusBadRequest, errorType, problem{"BadRequest", "the action was not printed here"})
		return
	}
	organisation, known := t.Organisation(a.tenant())
	if !known {
		answer(w, http.StatusOK, cardType, drawn(unserved(a), ""))
		return
	}
	ev := t.event(organisation, a)
	ev.Ref = p.Ref
	if v.Action.Verb == verbLook {
		t.look(w, ev, p.Own)
		return
	}
	ev.Values = v.Action.Data.values()
	at := spot{activity: a, click: true, own: p.Own}
	t.turn(w, began, at, ev, func(reply drawnReply, late bool) { at.answer(w, reply, late) })
}

// lookTime is how long a client waits for its reader's own view.
const lookTime = 2 * time.Second

// look answers a client that asks for its reader's own view. Where there is none the card
// that everybody sees stays.
func (t *Teams) look(w http.ResponseWriter, ev conversations.Event, own string) {
	ctx, cancel := context.WithTimeout(t.base, lookTime)
	defer cancel()
	p := t.Look(ctx, ev)
	if p.Name != own {
		answer(w, http.StatusBadRequest, errorType, problem{"BadRequest", "there is no view of one's own"})
		return
	}
	answer(w, http.StatusOK, cardType, drawn(p, own))
}

// problem is what a client is told that shows nothing of it.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Types of what an invoke is answered with.
const (
	errorType = "application/vnd.microsoft.error"
	textType  = "application/vnd.microsoft.activity.message"
)

// answer answers an invoke. A value that is encoded already is sent as it is.
func answer(w http.ResponseWriter, status int, kind string, value any) {
	text, ok := value.(jsontext.Value)
	if !ok {
		text = encoded(value)
	}
	before, after := `{"statusCode":`+strconv.Itoa(status)+`,"type":"`+kind+`","value":`, "}"
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(before)+len(text)+len(after)))
	_, _ = io.WriteString(w, before)
	_, _ = w.Write(text)
	_, _ = io.WriteString(w, after)
}

// taken answers what asks for nothing.
func taken(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
}
