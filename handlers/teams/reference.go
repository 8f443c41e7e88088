package teams

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

// reference is where somebody is reached. Teams tells it when they install the app or write
// to the bot, and never when it is asked.
type reference struct {
	Service  string `json:"service"`            // URL
	Chat     string `json:"chat,omitempty"`     // id of their own conversation with the bot
	Met      string `json:"met,omitempty"`      // id of the group or channel that they were met in last
	ID       string `json:"id"`                 // of the account, for this bot alone: "29:…"
	Locale   string `json:"locale,omitempty"`   // BCP 47
	TimeZone string `json:"timezone,omitempty"` // IANA
}

// zones are the time zones that were met: finding one reads a file.
var zones sync.Map // IANA name -> *time.Location

// zoneOf is a time zone by its IANA name; known is false for none of that name.
func zoneOf(name string) (zone *time.Location, known bool) {
	if had, ok := zones.Load(name); ok {
		zone, known = had.(*time.Location)
		return zone, known
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}

func keyOf(a conversations.Account) string { return a.Workspace + "/" + a.ID }

// tenantKey is where a tenant's own reference is kept: what it was heard by last.
func tenantKey(tenant string) string { return tenant + "/" }

// reference is where an account is reached; found is false where it was never heard of.
func (t *Teams) reference(ctx context.Context, key string) (r reference, found bool, err error) {
	if r, ok := t.known.Get(key); ok {
		return r, true, nil
	}
	body, found, err := t.References.Load(ctx, key)
	if err != nil || !found {
		return r, false, err
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, false, fmt.Errorf("the reference of %s: %w", key, err)
	}
	t.known.Put(key, r)
	return r, true, nil
}

// meet notes where somebody is reached, where that is news.
func (t *Teams) meet(ctx context.Context, a activity) { t.reached(ctx, a, t.note) }

// meetAgain notes it also where it is not: a removal before that, which is delivered later,
// is known for an earlier one then.
func (t *Teams) meetAgain(ctx context.Context, a activity) {
	t.reached(ctx, a, func(ctx context.Context, key string, _, now reference, at time.Time) error {
		return t.keep(ctx, key, now, at)
	})
}

type noting func(ctx context.Context, key string, was, now reference, at time.Time) error

func (t *Teams) reached(ctx context.Context, a activity, note noting) {
	who := a.account()
	if who.Workspace == "" || a.From.ObjectID == "" && !t.Anonymous {
		return
	}
	lang, zone := a.client()
	was, _, err := t.reference(ctx, keyOf(who))
	now := reference{Service: a.ServiceURL, Chat: was.Chat, Met: was.Met, ID: a.From.ID, Locale: cmp.Or(lang, was.Locale), TimeZone: cmp.Or(zone, was.TimeZone)}
	if a.personal() {
		now.Chat = a.Where.ID
	} else if now.Chat == "" {
		now.Met, _, _ = strings.Cut(a.Where.ID, ";") // the channel, of which this is a thread
	}
	at := a.at(t.Now())
	if err == nil {
		err = note(ctx, keyOf(who), was, now, at)
	}
	if tenant, _, errTenant := t.reference(ctx, tenantKey(who.Workspace)); err == nil && errTenant == nil {
		err = t.note(ctx, tenantKey(who.Workspace), tenant, reference{Service: a.ServiceURL}, at)
	}
	if err != nil {
		t.Log.ErrorContext(ctx, "where somebody is reached was not kept", "platform", Platform, "err", err)
	}
}

func (t *Teams) note(ctx context.Context, key string, was, now reference, at time.Time) error {
	if was == now {
		return nil
	}
	return t.keep(ctx, key, now, at)
}

func (t *Teams) keep(ctx context.Context, key string, now reference, at time.Time) error {
	if err := t.References.Save(ctx, key, encoded(now), at); err != nil {
		return err
	}
	t.known.Put(key, now)
	return nil
}

// forget drops where somebody is reached, who removed the app then and has not added it since.
func (t *Teams) forget(ctx context.Context, key string, at time.Time) {
	t.known.Forget(key)
	if err := t.References.Delete(ctx, key, at); err != nil {
		t.Log.ErrorContext(ctx, "where somebody is reached was not forgotten", "platform", Platform, "err", err)
	}
}

// created is what the connector says of a new conversation.
type created struct {
	ID       string `json:"id"`
	Activity string `json:"activityId"`
}

// opened is a conversation that is asked for.
type opened struct {
	Group    bool           `json:"isGroup"`
	Bot      *account       `json:"bot,omitempty"`
	Members  []account      `json:"members,omitempty"`
	Tenant   string         `json:"tenantId,omitempty"`
	Data     channelData    `json:"channelData"`
	Activity jsontext.Value `json:"activity,omitempty"`
}

type channelData struct {
	Tenant  *named `json:"tenant,omitempty"`
	Channel *named `json:"channel,omitempty"`
}

type named struct {
	ID string `json:"id"`
}

// bot is this bot as a member of a conversation.
func (t *Teams) bot() *account { return &account{ID: "28:" + t.AppID} }

// chat is the reference of an account with a conversation of its own, made where it has
// none yet: they were met in a channel.
func (t *Teams) chat(ctx context.Context, to conversations.Account) (reference, error) {
	r, found, err := t.reference(ctx, keyOf(to))
	switch {
	case err != nil:
		return r, err
	case !found:
		return r, fmt.Errorf("%w: %s has neither installed the app nor written to it", errUnmet, to.ID)
	case r.Chat != "":
		return r, nil
	}
	var c created
	err = t.connector.call(ctx, r.Service, http.MethodPost, "/v3/conversations", opened{
		Bot: t.bot(), Members: []account{{ID: r.ID}}, Tenant: to.Workspace, Data: channelData{Tenant: &named{to.Workspace}},
	}, &c)
	if err != nil {
		return r, err
	}
	now := r
	now.Chat = c.ID
	return now, t.note(ctx, keyOf(to), r, now, t.Now())
}
