package discord

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"cartwright/conversations"
)

// post is a message that is made once, however often it is sent within some minutes.
type post struct {
	message
	Nonce   string `json:"nonce"`
	Enforce bool   `json:"enforce_nonce"`
}

// maxNonce is how long Discord takes one to be.
const maxNonce = 25

// posted is a message that is the same each time for what it is of, such as whom it is for
// and which part: a try whose outcome nobody knows is made again.
func posted(m message, of ...any) post {
	return post{m, nonce(append(of, string(encoded(m)))...), true}
}

// nonce is the same for the same things.
func nonce(of ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", of))
	return hex.EncodeToString(sum[:])[:maxNonce]
}

// Post sends the account a direct message, or an organisation's channel one, and returns
// its reference, "channel/message" with as many messages as it takes.
func (d *Discord) Post(ctx context.Context, organisation string, to conversations.Account, p conversations.Prompt) (string, error) {
	channel, err := d.channel(ctx, organisation, to)
	if err != nil {
		return "", err
	}
	ref := channel
	for part, m := range messages(p, ownButton, 0) {
		var sent struct {
			ID     string  `json:"id"`
			Edited *string `json:"edited_timestamp"`
		}
		if err := d.api.call(ctx, http.MethodPost, "channels/"+channel+"/messages", posted(m, organisation, to.ID, part), &sent); err != nil {
			return "", err
		}
		d.origins.note(sent.ID, place{organisation: organisation})
		if sent.Edited != nil { // it was posted before, and has shown something else since
			if err := d.replace(ctx, channel, sent.ID, m); err != nil {
				return "", err
			}
		}
		ref += "/" + sent.ID
	}
	return ref, nil
}

// Edit replaces a message that Post sent. What takes another number of messages than it has
// is posted anew; those that there are say so.
func (d *Discord) Edit(ctx context.Context, organisation string, _ conversations.Account, ref string, p conversations.Prompt) error {
	channel, ids, _ := strings.Cut(ref, "/")
	parts, all := strings.Split(ids, "/"), messages(p, ownButton, 0)
	anew := len(parts) != len(all)
	for n, id := range parts {
		m := all[min(n, len(all)-1)]
		if anew {
			m = messages(closed(p.Locale, "discord.below"), ownButton, 0)[0]
		}
		d.origins.note(id, place{organisation: organisation})
		if err := d.replace(ctx, channel, id, m); err != nil && !(anew && errors.Is(err, conversations.ErrMessageGone)) {
			return err
		}
	}
	if anew {
		return fmt.Errorf("%w: it takes %d messages by now, not %d", conversations.ErrMessageGone, len(all), len(parts))
	}
	return nil
}

// replace has a message show another.
func (d *Discord) replace(ctx context.Context, channel, id string, m message) error {
	err := d.api.call(ctx, http.MethodPatch, "channels/"+channel+"/messages/"+id, m, nil)
	if gone(err) {
		return fmt.Errorf("%w: %w", conversations.ErrMessageGone, err)
	}
	return err
}

// Codes of Discord's.
const (
	codeUnknownChannel = 10003
	codeUnknownMember  = 10007
	codeUnknownMessage = 10008
	codeUnknownUser    = 10013
	codeUnknownWebhook = 10015
)

func gone(err error) bool { return said(err, codeUnknownMessage, codeUnknownChannel) }

func said(err error, codes ...int) bool {
	no, ok := errors.AsType[*refused](err)
	return ok && slices.Contains(codes, no.Code)
}

// channel is where an account is reached.
func (d *Discord) channel(ctx context.Context, organisation string, to conversations.Account) (string, error) {
	if d.Channel(organisation) == to.ID {
		return to.ID, nil
	}
	return d.direct(ctx, to.ID)
}

// direct is the channel of somebody's direct messages.
func (d *Discord) direct(ctx context.Context, account string) (string, error) {
	d.mu.Lock()
	id := d.channels[account]
	d.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var made struct {
		ID string `json:"id"`
	}
	err := d.api.call(ctx, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": account}, &made)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.channels) >= remembered {
		clear(d.channels)
	}
	d.channels[account] = made.ID
	return made.ID, nil
}

// remembered is how many accounts something is remembered of.
const remembered = 50_000

// known is what is known of an account, and since when.
type known struct {
	profile conversations.Profile
	at      time.Time
}

// profileLife is how long a role that was taken away may still count.
const profileLife = time.Minute

// met notes what an interaction says of its person, who has just been seen by Discord: in a
// direct message the language alone.
func (d *Discord) met(guild string, i interaction) {
	if i.Member == nil || i.Guild == "" {
		d.reads(guild, i.person(), i.Locale)
		return
	}
	m := *i.Member
	d.note(guild, m.User.ID, m.profile(i.Locale))
}

func (d *Discord) note(guild, id string, p conversations.Profile) { d.noteAt(d.Now(), guild, id, p) }

// noteAt notes what was so at a time, where nothing later is known.
func (d *Discord) noteAt(at time.Time, guild, id string, p conversations.Profile) {
	d.know(guild, id, func(k *known) {
		if at.Before(k.at) {
			return
		}
		p.Locale = cmp.Or(p.Locale, k.profile.Locale) // which only an interaction tells
		k.at, k.profile = at, p
	})
}

// reads notes the language of somebody of whom nothing else was said.
func (d *Discord) reads(guild, id, lang string) {
	d.know(guild, id, func(k *known) { k.profile.Locale = cmp.Or(lang, k.profile.Locale) })
}

func (d *Discord) know(guild, id string, change func(*known)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people == nil || len(d.people) >= remembered {
		d.people = map[string]known{}
	}
	k := d.people[guild+"/"+id]
	change(&k)
	d.people[guild+"/"+id] = k
}

// localeOf is the language that somebody's client was in, "" where none was seen.
func (d *Discord) localeOf(a conversations.Account) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[a.Workspace+"/"+a.ID].profile.Locale
}

// Profile is what Discord says of the account now, or said within a minute: its name, and
// the guild's roles that it has as groups. Who is in none but another guild of the
// organisation's is who they are there.
func (d *Discord) Profile(ctx context.Context, organisation string, a conversations.Account) (conversations.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	p, err := d.profile(ctx, a)
	for _, guild := range d.Guilds(a.ID) {
		if err != nil || !p.Closed {
			break
		}
		if whose, ok := d.Organisation(guild); ok && whose == organisation && guild != a.Workspace {
			a.Workspace = guild
			p, err = d.profile(ctx, a)
		}
	}
	return p, err
}

// profile is what is said of the account in its guild.
func (d *Discord) profile(ctx context.Context, a conversations.Account) (conversations.Profile, error) {
	d.mu.Lock()
	k, ok := d.people[a.Workspace+"/"+a.ID]
	d.mu.Unlock()
	if ok && d.Now().Sub(k.at) < profileLife {
		return k.profile, nil
	}
	var m member
	err := d.api.call(ctx, http.MethodGet, "guilds/"+a.Workspace+"/members/"+a.ID, nil, &m)
	p := m.profile("")
	switch {
	case said(err, codeUnknownMember, codeUnknownUser):
		p = conversations.Profile{Closed: true}
	case err != nil:
		return conversations.Profile{}, err
	}
	p.Locale = k.profile.Locale
	d.note(a.Workspace, a.ID, p)
	return p, nil
}

// lookUpTime is how long somebody waits for Discord to say who they are.
const lookUpTime = 2 * time.Second

// member is somebody in a guild.
type member struct {
	User    user     `json:"user"`
	Nick    string   `json:"nick"`
	Roles   []string `json:"roles"`
	Pending bool     `json:"pending"` // has not accepted the guild's rules
}

func (m member) profile(locale string) conversations.Profile {
	return conversations.Profile{Name: cmp.Or(m.Nick, m.User.GlobalName, m.User.Username), Locale: locale, Groups: m.Roles, Closed: m.User.Bot || m.Pending}
}
