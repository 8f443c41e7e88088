package slack

import (
	"context"
	"errors"
	"net/http"
	"net/url"
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
	used, _ := s.uses.get(at.Given)
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
	used, _ := s.uses.get(at.Given)
	s.uses.put(at.Given, used+1)
	text, blocks := message(p, wizardButton)
	msg := &slack.WebhookMessage{
		Text: text, Blocks: &slack.Blocks{BlockSet: blocks}, ReplaceOriginal: at.Message != "", UnfurlLinks: new(bool), UnfurlMedia: new(bool),
	}
	if at.Message == "" {
		msg.ResponseType = slack.ResponseTypeEphemeral
	}
	err := s.api.respond(ctx, at.Team+"/"+at.Channel, func() error {
		return slack.PostWebhookCustomHTTPContext(ctx, at.ResponseURL, s.api.http, msg)
	})
	var status slack.StatusCodeError
	if errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone) {
		return errUsedUp
	}
	return err
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
	if id, ok := s.channels.get(team + "/" + user); ok {
		return id, nil
	}
	channel, _, _, err := c.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
	if err != nil {
		return "", err
	}
	s.channels.put(team+"/"+user, channel.ID)
	return channel.ID, nil
}

// mayFollow reports whether a response_url leads to Slack, or to where Slack is played.
func (a *api) mayFollow(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	return u.Scheme == "https" && u.Host == "hooks.slack.com" || u.Scheme == a.base.Scheme && u.Host == a.base.Host
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
	if profile, ok := s.profiles.get(accountKey(ev.Account)); ok {
		lang = profile.Locale
	}
	words := locale.For(locale.Match(lang), nil)
	return modal(conversations.Prompt{
		Name: "working", Locale: words.Lang(), Title: words.T("slack.working"),
		Blocks: []conversations.Block{{Text: &conversations.Notice{Text: words.T("slack.working.text")}}},
	}, wholeModal, place{})
}
