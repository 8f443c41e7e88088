package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"cartwright/conversations"
)

// Post sends the account a direct message, or an organisation's channel one, and returns
// its reference, "channel/message" with as many messages as it takes.
func (d *Discord) Post(ctx context.Context, organisation string, to conversations.Account, p conversations.Prompt) (string, error) {
	channel, err := d.channel(ctx, organisation, to)
	if err != nil {
		return "", err
	}
	ref := channel
	for _, m := range messages(p, ownButton, 0) {
		var sent struct {
			ID string `json:"id"`
		}
		if err := d.api.call(ctx, http.MethodPost, "channels/"+channel+"/messages", m, &sent); err != nil {
			return "", err
		}
		d.origins.note(sent.ID, organisation)
		ref += "/" + sent.ID
	}
	return ref, nil
}

// Edit replaces a message that Post sent. What needs more messages than it has is posted anew.
func (d *Discord) Edit(ctx context.Context, organisation string, _ conversations.Account, ref string, p conversations.Prompt) error {
	parts := strings.Split(ref, "/")
	all := messages(p, ownButton, 0)
	if len(parts) != len(all)+1 {
		return conversations.ErrMessageGone
	}
	for i, m := range all {
		d.origins.note(parts[i+1], organisation)
		err := d.api.call(ctx, http.MethodPatch, "channels/"+parts[0]+"/messages/"+parts[i+1], m, nil)
		if gone(err) {
			return fmt.Errorf("%w: %w", conversations.ErrMessageGone, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
	d.mu.Lock()
	id := d.channels[to.ID]
	d.mu.Unlock()
	if id != "" {
		return id, nil
	}
	var made struct {
		ID string `json:"id"`
	}
	err := d.api.call(ctx, http.MethodPost, "users/@me/channels", map[string]string{"recipient_id": to.ID}, &made)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.channels) >= remembered {
		clear(d.channels)
	}
	d.channels[to.ID] = made.ID
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

// met notes what an interaction says of its person, who has just been seen by Discord.
func (d *Discord) met(guild string, i interaction) {
	if i.Member == nil || i.Guild == "" {
		return
	}
	m := *i.Member
	d.note(guild, m.User.ID, m.profile(i.Locale))
}

func (d *Discord) note(guild, id string, p conversations.Profile) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people == nil || len(d.people) >= remembered {
		d.people = map[string]known{}
	}
	if p.Locale == "" {
		p.Locale = d.people[guild+"/"+id].profile.Locale // which only an interaction tells
	}
	d.people[guild+"/"+id] = known{p, d.Now()}
}

// Profile is what Discord says of the account now, or said within a minute: its name, and
// the guild's roles that it has as groups.
func (d *Discord) Profile(ctx context.Context, _ string, a conversations.Account) (conversations.Profile, error) {
	d.mu.Lock()
	k, ok := d.people[a.Workspace+"/"+a.ID]
	d.mu.Unlock()
	if ok && d.Now().Sub(k.at) < profileLife {
		return k.profile, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
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
