package teams

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cartwright/conversations"
)

// errUnmet says that there is no way to reach an account.
var errUnmet = fmt.Errorf("%w: Teams does not say where that account is reached", conversations.ErrRefused)

// Post sends the account a message in its own conversation, or an organisation's channel
// one, and returns its reference: the service's URL, the conversation and the message, with
// blanks in between, which none of them has.
func (t *Teams) Post(ctx context.Context, organisation string, to conversations.Account, p conversations.Prompt) (string, error) {
	if t.Channel(organisation) == to.ID {
		return t.postInChannel(ctx, organisation, to, p)
	}
	r, err := t.chat(ctx, to)
	if err != nil {
		return "", err
	}
	id, err := t.connector.send(ctx, r.Service, r.Chat, sketched(p, p.Name).message)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{r.Service, r.Chat, id}, " "), nil
}

// postInChannel begins a thread: its conversation is the channel's with the message's id.
func (t *Teams) postInChannel(ctx context.Context, organisation string, to conversations.Account, p conversations.Prompt) (string, error) {
	r, _, err := t.reference(ctx, tenantKey(to.Workspace))
	if err != nil {
		return "", err
	}
	service := cmp.Or(r.Service, t.ServiceURL)
	m := sheetOf(shared(p, t.readers(ctx, organisation, to.Workspace)), p).message
	var c created
	err = t.connector.call(ctx, service, http.MethodPost, "/v3/conversations", opened{
		Group: true, Bot: t.bot(), Tenant: to.Workspace, Data: channelData{Tenant: &named{to.Workspace}, Channel: &named{to.ID}}, Activity: m,
	}, &c)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{service, c.ID, c.Activity}, " "), nil
}

// readers are those with a role whom Teams has told of, by the ids that it has for them.
func (t *Teams) readers(ctx context.Context, organisation, tenant string) []string {
	var all []string
	for _, id := range t.Readers(organisation) {
		r, found, err := t.reference(ctx, tenant+"/"+id)
		if err == nil && found && len(all) < maxReaders {
			all = append(all, r.ID)
		}
	}
	return all
}

// Edit replaces a message that Post sent, for all its readers.
func (t *Teams) Edit(ctx context.Context, organisation string, to conversations.Account, ref string, p conversations.Prompt) error {
	parts := strings.Split(ref, " ")
	if len(parts) != 3 {
		return conversations.ErrMessageGone
	}
	c := drawn(p, p.Name)
	if t.Channel(organisation) == to.ID {
		c = shared(p, t.readers(ctx, organisation, to.Workspace))
	}
	err := t.connector.replace(ctx, parts[0], parts[1], parts[2], sheetOf(c, p).message)
	if statusOf(err) == http.StatusNotFound {
		return fmt.Errorf("%w: %w", conversations.ErrMessageGone, err)
	}
	return err
}

// lookUpTime is how long somebody waits for Teams to say who they are.
const lookUpTime = 2 * time.Second

// roster is what Teams says of somebody in a conversation.
type roster struct {
	account
	Role   string `json:"userRole"` // "guest" and "anonymous" are of somewhere else
	Tenant string `json:"tenantId"`
}

// Profile is what Teams says of the account now, or said a little ago. Teams knows no
// groups that grant a role.
func (t *Teams) Profile(ctx context.Context, _ string, a conversations.Account) (conversations.Profile, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	r, found, err := t.reference(ctx, keyOf(a))
	switch {
	case err != nil:
		return conversations.Profile{}, err
	case !found && strings.HasPrefix(a.ID, strangerID):
		return conversations.Profile{Closed: true}, nil
	case !found:
		return conversations.Profile{}, errUnmet
	}
	p, err := t.profiles.Load(ctx, keyOf(a), func(ctx context.Context) (conversations.Profile, error) { return t.lookUp(ctx, r, a) })
	p.Locale = r.Locale
	if zone, known := zoneOf(r.TimeZone); known {
		p.TimeZone = zone
	}
	return p, err
}

// strangerID begins the id of somebody whom Teams tells no object id of.
const strangerID = "29:"

// lookUp asks for the member of the conversation that the account was met in.
func (t *Teams) lookUp(ctx context.Context, r reference, a conversations.Account) (conversations.Profile, error) {
	if t.Anonymous {
		return conversations.Profile{Name: a.ID}, nil // an emulator knows nobody
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	m, err := t.member(ctx, r.Service, cmp.Or(r.Chat, r.Met), r.ID)
	if statusOf(err) == http.StatusNotFound {
		return conversations.Profile{Closed: true}, nil
	}
	if err != nil {
		return conversations.Profile{}, err
	}
	elsewhere := m.Tenant != "" && !strings.EqualFold(m.Tenant, a.Workspace) || m.ObjectID != "" && !strings.EqualFold(m.ObjectID, a.ID)
	return conversations.Profile{Name: m.Name, Closed: elsewhere || m.Role == "guest" || m.Role == "anonymous"}, nil
}

func (t *Teams) member(ctx context.Context, service, in, id string) (m roster, err error) {
	err = t.connector.call(ctx, service, http.MethodGet, conversation(in)+"/members/"+url.PathEscape(id), nil, &m)
	return m, err
}
