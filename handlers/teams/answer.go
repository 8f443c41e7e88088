package teams

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// spot is where something happened, and what of it the answer replaces.
type spot struct {
	activity
	click bool   // in the message that ReplyTo names
	own   string // what that shows, where it is kept up to date by itself
}

// inPlace reports whether the answer to a click is all that is to be seen of it: a card in
// place of a message of its own, for the one who clicked alone. The message itself is
// brought up to date by itself, for everybody.
func (s spot) inPlace(p conversations.Prompt) bool {
	return s.own != "" && (p.Name == s.own || p.IsForm())
}

// wizard reports whether the click was in a message that the answer replaces.
func (s spot) wizard() bool { return s.click && s.own == "" && s.personal() && s.ReplyTo != "" }

// drawnReply is a reply with its message, which is drawn and written once however often it is
// sent.
type drawnReply struct {
	conversations.Reply
	sheet func() sheet
}

func drawing(r conversations.Reply) drawnReply {
	return drawnReply{r, sync.OnceValue(func() sheet { return sketched(r.Prompt, "") })}
}

// answer answers a click.
func (s spot) answer(w http.ResponseWriter, r drawnReply, late bool) {
	words := s.words()
	switch {
	case late:
		answer(w, http.StatusOK, textType, words.T("teams.working"))
	case s.inPlace(r.Prompt):
		answer(w, http.StatusOK, cardType, drawn(r.Prompt, s.own))
	case s.wizard():
		answer(w, http.StatusOK, cardType, r.sheet().card)
	case s.personal():
		answer(w, http.StatusOK, textType, words.T("teams.below"))
	default:
		answer(w, http.StatusOK, textType, words.T("teams.elsewhere"))
	}
}

// words are those of the client's language.
func (s spot) words() locale.Words {
	lang, _ := s.client()
	return locale.For(locale.Match(lang), nil)
}

// show brings a prompt before the person: in place of what was clicked, or below, or in
// their own conversation where others would read it.
func (t *Teams) show(ctx context.Context, s spot, r drawnReply, number int64) {
	if s.click && s.own == r.Prompt.Name && r.TellsItself() {
		return // that very message is brought up to date by itself
	}
	m := r.sheet().message
	switch {
	case s.wizard():
		t.lanes.Put(ctx, s.Where.ID+" "+s.ReplyTo, number, func(ctx context.Context) { t.replace(ctx, s, m) })
	case s.personal():
		t.send(ctx, s.ServiceURL, s.Where.ID, m)
	default:
		t.aside(ctx, s, m)
	}
}

// replace puts a message in the place of the one that was clicked or, where that is gone,
// below.
func (t *Teams) replace(ctx context.Context, s spot, m jsontext.Value) {
	err := conversations.Patiently(ctx, func() error { return t.connector.replace(ctx, s.ServiceURL, s.Where.ID, s.ReplyTo, m) })
	if statusOf(err) == http.StatusNotFound {
		t.send(ctx, s.ServiceURL, s.Where.ID, m)
		return
	}
	t.noted(ctx, err)
}

func (t *Teams) send(ctx context.Context, service, in string, m jsontext.Value) {
	t.noted(ctx, conversations.Patiently(ctx, func() error {
		_, err := t.connector.send(ctx, service, in, m)
		return err
	}))
}

// aside answers somebody in a place with other readers in their own conversation, and says
// so there.
func (t *Teams) aside(ctx context.Context, s spot, m jsontext.Value) {
	to := s.account()
	err := conversations.Patiently(ctx, func() error {
		r, err := t.chat(ctx, to)
		if err == nil {
			_, err = t.connector.send(ctx, r.Service, r.Chat, m)
		}
		return err
	})
	why := "teams.elsewhere"
	if err != nil {
		t.Log.WarnContext(ctx, "somebody cannot be answered in their own conversation", "platform", Platform, "err", err)
		why = "teams.install"
	}
	if !s.click || err != nil {
		t.send(ctx, s.ServiceURL, s.Where.ID, saying(s.words().T(why)))
	}
}

// stranger tells somebody of a tenant that no organisation has.
func (t *Teams) stranger(ctx context.Context, a activity) {
	p := unserved(a)
	if a.personal() || len(a.mentioned()) == 0 && strings.Contains(a.Text, "<at>") {
		t.send(ctx, a.ServiceURL, a.Where.ID, sketched(p, "").message)
	}
}

func unserved(a activity) conversations.Prompt {
	words := spot{activity: a}.words()
	tenant := cmp.Or(a.tenant(), "–")
	return conversations.Prompt{
		Name: "unserved", Locale: words.Lang(), Title: words.T("teams.unserved"), Closed: true,
		Notices: []conversations.Notice{{Tone: conversations.Warning, Text: words.T("teams.unserved.text", "tenant", tenant)}},
	}
}

// noted logs what was not shown: nobody waits for it any more.
func (t *Teams) noted(ctx context.Context, err error) {
	if err != nil {
		t.Log.ErrorContext(ctx, "a prompt was not shown", "platform", Platform, "err", err)
	}
}
