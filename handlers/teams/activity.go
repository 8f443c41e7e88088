package teams

import (
	"cmp"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"cartwright/conversations"
)

// activity is what Teams delivers, as far as it is read here: Microsoft calls everything
// that happens in a conversation that.
type activity struct {
	Type       string  `json:"type"`
	Name       string  `json:"name"` // of an invoke
	ID         string  `json:"id"`
	Action     string  `json:"action"` // of an installationUpdate
	Channel    string  `json:"channelId"`
	ServiceURL string  `json:"serviceUrl"`
	Locale     string  `json:"locale"`
	Timestamp  string  `json:"timestamp"`
	Text       string  `json:"text"`
	ReplyTo    string  `json:"replyToId"` // the message that a click was in
	From       account `json:"from"`
	Recipient  account `json:"recipient"`
	Where      where   `json:"conversation"`
	Data       struct {
		Tenant struct {
			ID string `json:"id"`
		} `json:"tenant"`
	} `json:"channelData"`
	Entities []entity       `json:"entities"`
	Value    jsontext.Value `json:"value"`
	Removed  []account      `json:"membersRemoved"`
}

// account is somebody in a conversation: ID is for this bot alone ("29:…"), ObjectID
// Entra's.
type account struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	ObjectID string `json:"aadObjectId,omitempty"`
}

type where struct {
	ID     string `json:"id"`
	Type   string `json:"conversationType"`
	Tenant string `json:"tenantId"`
}

// entity is a mention, or what is known of the client.
type entity struct {
	Type      string  `json:"type"`
	Text      string  `json:"text"` // of a mention: "<at>Cartwright</at>"
	Mentioned account `json:"mentioned"`
	Locale    string  `json:"locale"`   // of clientInfo
	TimeZone  string  `json:"timezone"` // of clientInfo
}

// invoked is the value of an invoke that is an Action.Execute.
type invoked struct {
	Action struct {
		Type string     `json:"type"`
		Verb string     `json:"verb"`
		Data submission `json:"data"`
	} `json:"action"`
	Trigger string `json:"trigger"` // "automatic" where no person clicked
}

// submission is what an action sends: what it was printed with, beside the inputs.
type submission map[string]jsontext.Value

// printedKey begins the names of what an action was printed with.
const printedKey = "m365."

var errShape = errors.New("it does not have the shape that Microsoft documents")

// maxID is how long an id of Microsoft's may be.
const maxID = 1000

func decode(body []byte) (activity, error) {
	var a activity
	if err := json.Unmarshal(body, &a, jsontext.AllowInvalidUTF8(true)); err != nil {
		return a, fmt.Errorf("%w: %w", errShape, err)
	}
	for _, id := range []string{a.Where.ID, a.ID, a.From.ID, a.Recipient.ID, a.ReplyTo} {
		if len(id) > maxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' }) {
			return a, errShape
		}
	}
	if a.Type == "" || a.Channel == "" || a.ServiceURL == "" || a.Where.ID == "" || a.From.ID == "" {
		return a, errShape
	}
	return a, nil
}

// tenant is the one that the conversation belongs to.
func (a activity) tenant() string {
	return strings.ToLower(cmp.Or(a.Where.Tenant, a.Data.Tenant.ID))
}

func (a activity) personal() bool { return a.Where.Type == "personal" }

// account is who did it. Somebody without an object id is nobody that an organisation knows,
// but for an emulator's people.
func (a activity) account() conversations.Account {
	return conversations.Account{Platform: Platform, Workspace: a.tenant(), ID: cmp.Or(strings.ToLower(a.From.ObjectID), a.From.ID)}
}

// at is when it happened, as Teams says, or now.
func (a activity) at(now time.Time) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, a.Timestamp); err == nil && at.Before(now) {
		return at
	}
	return now
}

// said is what was typed, without the bot's name; others who are mentioned are "<@id>",
// with the id that Teams has for them. Entities come in the order of the text: of two
// of one name each is at its place.
func (a activity) said() string {
	text := a.Text
	for _, times := range []int{1, -1} { // what is left after each had its own is of the first of that name
		for _, e := range a.Entities {
			switch {
			case e.Type != "mention" || e.Text == "":
			case e.Mentioned.ID == a.Recipient.ID:
				text = strings.Replace(text, e.Text, " ", times)
			default:
				text = strings.Replace(text, e.Text, " <@"+e.Mentioned.ID+"> ", times)
			}
		}
	}
	return strings.Join(strings.Fields(unseen.Replace(html.UnescapeString(text))), " ")
}

// unseen are characters that take no room, which clients leave behind.
var unseen = strings.NewReplacer("\u200b", "", "\u200e", "", "\u200f", "", "\u2060", "", "\ufeff", "")

// mentioned are the others that are mentioned.
func (a activity) mentioned() []account {
	var all []account
	for _, e := range a.Entities {
		if e.Type == "mention" && e.Mentioned.ID != "" && e.Mentioned.ID != a.Recipient.ID {
			all = append(all, e.Mentioned)
		}
	}
	return all
}

// client is the language and the time zone of the client, where it says them.
func (a activity) client() (lang, zone string) {
	lang = a.Locale
	for _, e := range a.Entities {
		if e.Type != "clientInfo" {
			continue
		}
		if lang == "" {
			lang = e.Locale
		}
		if _, known := zoneOf(e.TimeZone); known {
			zone = e.TimeZone
		}
	}
	return lang, zone
}

// printed is what the action was printed with; ok is false for what was not printed here.
func (s submission) printed() (p printed, ok bool) {
	_ = json.Unmarshal(s[printedKey+"own"], &p.Own) // false where it is not there
	return p, json.Unmarshal(s[printedKey+"ref"], &p.Ref) == nil && p.Ref != ""
}

// values are the inputs: text as they arrive, whatever they are.
func (s submission) values() map[string]string {
	values := map[string]string{}
	for key, raw := range s {
		var text string
		switch {
		case strings.HasPrefix(key, printedKey):
		case json.Unmarshal(raw, &text) == nil:
			values[key] = text
		default:
			values[key] = string(raw)
		}
	}
	return values
}

// host is that of the service which delivered the activity, as far as it may be answered:
// a token is sent to no other.
func host(serviceURL string) string {
	u, err := url.Parse(serviceURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return ""
	}
	here := u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost"
	if u.Scheme == "https" || u.Scheme == "http" && here {
		return strings.ToLower(u.Host)
	}
	return ""
}
