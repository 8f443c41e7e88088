package discord

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

const (
	// typingAfter is how long an answer may take before the bot is seen to write one, and
	// typingEvery how often that is said again: Discord shows it for ten seconds.
	typingAfter = time.Second
	typingEvery = 9 * time.Second
)

// converse answers what somebody wrote.
func (d *Discord) converse(ctx context.Context, s spoken, text string) {
	whose, why := d.spokenIn(s)
	if why != "" {
		d.turnAway(ctx, s, why)
		return
	}
	if s.Member != nil {
		m := *s.Member
		m.User = s.Author
		d.noteAt(s.at(d.Now()), whose.guild, s.Author.ID, m.profile(""))
	}
	p := d.written(ctx, s, s.event(whose, text))
	ctx, cancel := lasting(ctx)
	defer cancel()
	if s.Guild == "" {
		d.must(ctx, d.put(ctx, s, s.Channel, whose, p))
		return
	}
	d.aside(ctx, s, whose, p)
}

// turnAway says why nothing is done. Nobody who is not known can have it said time and again.
func (d *Discord) turnAway(ctx context.Context, s spoken, why string) {
	ctx, cancel := lasting(ctx)
	defer cancel()
	if why == "discord.several" || d.seen.First(why+":"+s.Channel) {
		d.remark(ctx, s, "", why+".text", false)
	}
}

// written is what is shown of an event, while the bot is seen to write.
func (d *Discord) written(ctx context.Context, s spoken, ev conversations.Event) conversations.Prompt {
	writing, stop := lasting(ctx)
	defer stop()
	go d.typing(writing, s.Channel)
	return d.turned(ctx, ev).Prompt
}

// typing has the bot be seen to write until ctx ends.
func (d *Discord) typing(ctx context.Context, channel string) {
	for wait := typingAfter; ; wait = typingEvery {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
			_ = d.api.call(ctx, http.MethodPost, "channels/"+channel+"/typing", struct{}{}, nil) // it is only shown
		}
	}
}

// put shows a prompt in somebody's direct messages. What is said there next is of the same
// organisation.
func (d *Discord) put(ctx context.Context, s spoken, channel string, whose place, p conversations.Prompt) error {
	d.origins.note(channel, whose)
	for part, m := range messages(p, wizardButton, 0) {
		var sent struct {
			ID string `json:"id"`
		}
		body := posted(m, s.ID, part)
		err := conversations.Patiently(ctx, func() error {
			return d.api.call(ctx, http.MethodPost, "channels/"+channel+"/messages", body, &sent)
		})
		if err != nil {
			return err
		}
		d.origins.note(sent.ID, whose)
	}
	return nil
}

// aside answers somebody who wrote where others read in their direct messages, and says so
// there: a mention has no answer that its person alone sees.
func (d *Discord) aside(ctx context.Context, s spoken, whose place, p conversations.Prompt) {
	var channel string
	err := conversations.Patiently(ctx, func() (err error) {
		channel, err = d.direct(ctx, s.Author.ID)
		return err
	})
	if err == nil {
		err = d.put(ctx, s, channel, whose, p)
	}
	if err != nil {
		d.Log.WarnContext(ctx, "somebody cannot be answered in their direct messages", "platform", Platform, "err", err)
		d.remark(ctx, s, p.Locale, "discord.closed", true)
		return
	}
	d.remark(ctx, s, p.Locale, "discord.elsewhere", false)
}

// remark is a sentence in reply to a message, where everybody reads it.
type remark struct {
	Content  string    `json:"content"`
	Mentions mentions  `json:"allowed_mentions"`
	Answers  reference `json:"message_reference"`
	Nonce    string    `json:"nonce"`
	Enforce  bool      `json:"enforce_nonce"`
}

type reference struct {
	ID       string `json:"message_id"`
	MustStay bool   `json:"fail_if_not_exists"` // to be answered at all
}

// remark says the words of a key in reply to a message, and pings its writer where they would
// not see it otherwise.
func (d *Discord) remark(ctx context.Context, s spoken, lang, key string, ping bool) {
	words := locale.For(locale.Match(cmp.Or(lang, d.localeOf(conversations.Account{Workspace: s.Guild, ID: s.Author.ID}))), nil)
	body := remark{
		Content: words.T(key, "guild", s.Guild), Mentions: mentions{Parse: []string{}, Replied: ping}, Answers: reference{ID: s.ID},
		Nonce: nonce(s.ID, key), Enforce: true,
	}
	d.must(ctx, conversations.Patiently(ctx, func() error {
		return d.api.call(ctx, http.MethodPost, "channels/"+s.Channel+"/messages", body, nil)
	}))
}
