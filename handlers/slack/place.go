package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// A response_url takes five posts, for 30 minutes. The last post and the last minute are
// kept for saying that it goes on elsewhere.
const (
	responseUses = 5
	responseLife = 30 * time.Minute
	responseLast = 29 * time.Minute
)

// key names the message of a place.
func (at place) key() string {
	return strings.Join([]string{at.Team, at.Channel, at.User, at.Message}, "/")
}

// direct reports whether the place is the person's own conversation with the bot.
func (at place) direct() bool { return strings.HasPrefix(at.Channel, "D") }

// present shows a prompt in its place: in the message that was clicked, or in a new one
// that its person alone sees.
func (s *Slack) present(ctx context.Context, at place, p conversations.Prompt) {
	err := s.respond(ctx, at, p)
	if errors.Is(err, errUsedUp) {
		err = s.afresh(ctx, at, p)
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "a prompt was not shown", "workspace", at.Team, "prompt", p.Name, "err", err)
	}
}

// errUsedUp says that there is no response_url, or that it takes no more.
var errUsedUp = errors.New("the response_url takes no more")

// respond shows a prompt through the place's response_url.
func (s *Slack) respond(ctx context.Context, at place, p conversations.Prompt) error {
	age := s.Now().Sub(time.Unix(at.At, 0))
	used, _ := s.uses.Get(at.Given)
	switch {
	case at.ResponseURL == "" || age >= responseLife || used >= responseUses:
		return errUsedUp
	case at.Message != "" && (used == responseUses-1 || age >= responseLast):
		_ = s.post(ctx, at, movedOn(p)) // the copy that follows is what counts
		return errUsedUp
	}
	return s.post(ctx, at, p)
}

// post sends a prompt to the place's response_url.
func (s *Slack) post(ctx context.Context, at place, p conversations.Prompt) error {
	if !s.api.mayFollow(at.ResponseURL) {
		return errUsedUp
	}
	used, _ := s.uses.Get(at.Given)
	s.uses.Put(at.Given, used+1)
	text, blocks := message(p, wizardButton)
	msg := answer{Text: text, Blocks: blocks, Replace: at.Message != ""}
	if at.Message == "" {
		msg.Type = slack.ResponseTypeEphemeral
	}
	err := s.api.respond(ctx, at.Team+"/"+at.Channel, func() error { return s.api.answer(ctx, at.ResponseURL, msg) })
	var status slack.StatusCodeError
	if errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone) {
		return errUsedUp
	}
	return err
}

// answer is slack.WebhookMessage as it is sent here. That one encodes its blocks, and then
// checks and copies what it has encoded, each block as often as it is deep: of a click's
// time that was a twentieth.
type answer struct {
	Text        string        `json:"text"`
	Blocks      []slack.Block `json:"blocks"`
	Type        string        `json:"response_type,omitempty"`
	Replace     bool          `json:"replace_original"`
	UnfurlLinks bool          `json:"unfurl_links"`
	UnfurlMedia bool          `json:"unfurl_media"`
}

// answer posts to a response_url. Its errors are slack-go's.
func (a *api) answer(ctx context.Context, address string, msg answer) error {
	body, err := json.Marshal(msg)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	given, err := a.http.Do(r)
	if err != nil {
		return err
	}
	defer given.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(given.Body, 4<<10)) // so that the connection is used again
	switch given.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(given.Header.Get("Retry-After")) // 0: limit says how long
		return &slack.RateLimitedError{RetryAfter: time.Duration(seconds) * time.Second}
	}
	return slack.StatusCodeError{Code: given.StatusCode, Status: given.Status}
}

// afresh shows a prompt in a new message: where the person is, to them alone, or else in
// their conversation with the bot.
func (s *Slack) afresh(ctx context.Context, at place, p conversations.Prompt) error {
	text, blocks := message(p, wizardButton)
	options := []slack.MsgOption{slack.MsgOptionText(text, false), slack.MsgOptionBlocks(blocks...), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl()}
	if at.Thread != "" {
		options = append(options, slack.MsgOptionTS(at.Thread))
	}
	if at.Channel != "" && !at.direct() {
		err := s.api.patiently(ctx, at.Team, "chat.postEphemeral", func(ctx context.Context, c *slack.Client) error {
			_, err := c.PostEphemeralContext(ctx, at.Channel, at.User, options...)
			return err
		})
		if !elsewhere(err) {
			return err
		}
		options = options[:4] // the thread is of that channel
	}
	return s.api.patiently(ctx, at.Team, "chat.postMessage", func(ctx context.Context, c *slack.Client) error {
		channel := at.Channel
		if !at.direct() {
			var err error
			if channel, err = s.directChannel(ctx, c, at.Team, at.User); err != nil {
				return err
			}
		}
		_, _, err := c.PostMessageContext(ctx, channel, options...)
		return err
	})
}

// elsewhere reports whether Slack does not let the bot write where the person is.
func elsewhere(err error) bool {
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Err {
	case "not_in_channel", "user_not_in_channel", "channel_not_found", "is_archived", "restricted_action":
		return true
	}
	return false
}

// directChannel is the person's conversation with the bot.
func (s *Slack) directChannel(ctx context.Context, c *slack.Client, team, user string) (string, error) {
	if id, ok := s.channels.Get(team + "/" + user); ok {
		return id, nil
	}
	channel, _, _, err := c.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", err
	}
	s.channels.Put(team+"/"+user, channel.ID)
	return channel.ID, nil
}

// mayFollow reports whether a response_url leads to Slack, or to where Slack is played.
func (a *api) mayFollow(address string) bool {
	if strings.HasPrefix(address, "https://hooks.slack.com/") {
		return true
	}
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == a.base.Scheme && u.Host == a.base.Host
}

// movedOn is what an answer says that is continued in a newer one.
func movedOn(p conversations.Prompt) conversations.Prompt {
	words := locale.For(p.Locale, nil)
	return conversations.Prompt{
		Name: "moved_on", Organisation: p.Organisation, Locale: p.Locale, Title: words.T("slack.moved_on"), Closed: true,
		Blocks: []conversations.Block{{Text: &conversations.Notice{Tone: conversations.Muted, Text: words.T("slack.moved_on.text")}}},
	}
}

// unserved tells somebody whose workspace is no organisation's what its operator must do.
// Nothing is known of their language.
func unserved(team string) conversations.Prompt {
	words := locale.For(locale.Match(), nil)
	return conversations.Prompt{
		Name: "unserved", Locale: words.Lang(), Title: words.T("slack.unserved"), Closed: true,
		Blocks: []conversations.Block{{Text: &conversations.Notice{Text: words.T("slack.unserved.text", "workspace", team)}}},
	}
}

// working is a modal whose answer takes a moment.
func (s *Slack) working(ev conversations.Event) slack.ModalViewRequest {
	lang := ""
	if profile, ok := s.profiles.Get(accountKey(ev.Account)); ok {
		lang = profile.Locale
	}
	words := locale.For(locale.Match(lang), nil)
	return modal(conversations.Prompt{
		Name: "working", Locale: words.Lang(), Title: words.T("slack.working"),
		Blocks: []conversations.Block{{Text: &conversations.Notice{Text: words.T("slack.working.text")}}},
	}, wholeModal, place{})
}
