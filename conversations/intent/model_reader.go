package intent

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Budget is what may be spent on calls. What it is for is in [Outcome].
type Budget interface {
	// Take takes one call of a person. person and organisation are names of budgets: which
	// of the two is spent, if one is.
	Take(ctx context.Context, organisation, person string) (spent string, err error)
	// Used takes the tokens of a call that was made.
	Used(ctx context.Context, organisation string, tokens int) error
}

// What Take says is spent.
const (
	BudgetPerson       = "person"
	BudgetOrganisation = "organisation"
)

// Text is what somebody wrote, and who.
type Text struct {
	Request      string // an id, for the log
	Organisation string
	Person       string // an id; it leaves this program only as a hash
	Text, Locale string
}

// Record is what is kept of a reading: nothing of the text, no name, nothing that a server
// wrote freely.
type Record struct {
	Request  string
	Person   string // a hash
	Language string
	Source   Source
	Reason   string // why the rules are not sure; "": they are
	Outcome  Outcome
	Asked    string // model
	Reported string // model, by the server
	Prompt   string // version
	Finish   string
	Took     time.Duration
	Tokens   int
	Differs  bool // the model contradicts the rules, or says what is not in the text
	Asks     int  // that the Intent raises
}

// Reader reads texts: by the rules, and where these are not sure and there is a model by
// both. It always has an answer.
type Reader struct {
	Rules  Rules
	Model  *Model // nil: none
	Budget Budget // of calls of Model
	Key    []byte // of the hashes
	Now    func() time.Time
	Log    *slog.Logger
	Note   func(Record) // for metrics; nil: nobody wants to know
}

// Read takes microseconds where the rules are sure, and at most the model's patience and a
// budget's otherwise.
func (r *Reader) Read(ctx context.Context, t Text) Intent {
	began := r.Now()
	i := r.Rules.Parse(t.Text, t.Locale)
	rec := Record{Request: t.Request, Person: r.hash(t.Organisation, t.Person), Language: primary(t.Locale), Source: ByRules, Outcome: Off}
	if r.Model != nil {
		i = r.check(ctx, t, i, &rec)
	}
	rec.Took, rec.Asks = r.Now().Sub(began), len(i.Asks)
	r.tell(ctx, rec)
	return i
}

// check asks the model where the rules are not sure.
func (r *Reader) check(ctx context.Context, t Text, rules Intent, rec *Record) Intent {
	trace := r.Rules.Trace(t.Text, t.Locale)
	rec.Outcome, rec.Reason = Certain, unsure(rules, trace)
	if rec.Reason == "" {
		return rules
	}
	masked, hidden := mask(t.Text)
	rec.Asked, rec.Prompt = r.Model.o.Name, r.Model.version
	got, err := r.Model.ask(ctx, masked, rec.Person, func() error { return r.take(ctx, t) })
	r.use(ctx, t.Organisation, got.tokens)
	rec.Tokens, rec.Finish, rec.Reported = got.tokens, finish(got.finish), reported(got.model, t.Text)
	if err != nil {
		rec.Outcome = outcomeOf(err)
		return rules
	}
	i, source, differs := agree(rules, trace.without(hidden), got.said)
	rec.Source, rec.Differs, rec.Outcome = source, differs, Answered
	if differs && source == ByRules {
		rec.Outcome = Differed
	}
	return i
}

func (r *Reader) take(ctx context.Context, t Text) error {
	spent, err := r.Budget.Take(ctx, t.Organisation, t.Person)
	switch {
	case err != nil:
		r.Log.WarnContext(ctx, "budget of the language model", "request", t.Request, "err", err)
		return &Failure{Outcome: BudgetUnknown}
	case spent == BudgetPerson:
		return &Failure{Outcome: SpentPerson}
	case spent != "":
		return &Failure{Outcome: SpentOrganisation}
	}
	return nil
}

// use takes the tokens even where the person has gone.
func (r *Reader) use(ctx context.Context, organisation string, tokens int) {
	if tokens == 0 {
		return
	}
	if err := r.Budget.Used(context.WithoutCancel(ctx), organisation, tokens); err != nil {
		r.Log.WarnContext(ctx, "budget of the language model", "err", err)
	}
}

// hash is how a person is called outside: nobody without the key can tell who it is.
func (r *Reader) hash(organisation, person string) string {
	h := hmac.New(sha256.New, r.Key)
	h.Write([]byte("reader\x00" + organisation + "\x00" + person))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// tell logs what is out of the ordinary; that the rules were enough is for those who look.
func (r *Reader) tell(ctx context.Context, rec Record) {
	if r.Note != nil {
		r.Note(rec)
	}
	level := slog.LevelInfo
	if rec.Outcome == Certain || rec.Outcome == Off {
		level = slog.LevelDebug
	}
	r.Log.Log(ctx, level, "text read",
		"request", rec.Request, "person", rec.Person, "language", rec.Language, "source", rec.Source, "reason", rec.Reason,
		"outcome", rec.Outcome, "asked", rec.Asked, "reported", rec.Reported, "prompt", rec.Prompt, "finish", rec.Finish,
		"took", rec.Took, "tokens", rec.Tokens, "differs", rec.Differs, "asks", rec.Asks)
}

// language is one of the four, or "other": a locale comes from outside.
func primary(locale string) string {
	short, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if slices.Contains([]string{"en", "fr", "de", "zh"}, short) {
		return short
	}
	return "other"
}

// finish is one of the reasons that the API has, or "other".
func finish(reason string) string {
	if reason == "" || slices.Contains([]string{"stop", "length", "content_filter", "tool_calls", "function_call"}, reason) {
		return reason
	}
	return "other"
}

// reported is what a server calls its model, unless it says something else there, such as
// what it was sent.
func reported(model, text string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_/@-", r)
	}
	if len(model) > 80 || strings.ContainsFunc(model, odd) || model != "" && strings.Contains(strings.ToLower(text), strings.ToLower(model)) {
		return "other"
	}
	return model
}
