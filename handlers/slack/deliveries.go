package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// told is a delivery that a person is answered in one place.
type told struct {
	slack *Slack
	event conversations.Event
	at    place
	// trigger opens a modal, for 3 s from the click on; "": there is none.
	trigger string
}

func (t told) id() string                        { return t.event.ID }
func (t told) turn() *conversations.Event        { return &t.event }
func (t told) ack(conversations.Reply, bool) any { return nil }
func (t told) show(ctx context.Context, r conversations.Reply, was taken) {
	s := t.slack
	switch {
	case t.at.Own && r.TellsItself():
		return // that very message is brought up to date by itself
	case r.Prompt.IsForm() && !was.late && t.trigger != "" && s.openForm(ctx, t, r.Prompt):
		return
	}
	if !r.InPlace || t.at.Own {
		t.at.Message = ""
	}
	if t.at.Message == "" {
		s.present(ctx, t.at, r.Prompt) // each has its answer
		return
	}
	s.lanes.Put(ctx, t.at.key(), was.number, func(ctx context.Context) { s.present(ctx, t.at, r.Prompt) })
}

// account is who did something, and in which organisation.
func (s *Slack) account(team, user string) (conversations.Account, string, bool) {
	organisation, ok := s.Organisation(team)
	return conversations.Account{Platform: Platform, Workspace: team, ID: user}, organisation, ok
}

// command is a slash command, answered where it was typed and to its person alone.
func (s *Slack) command(c slashCommand) (delivery, error) {
	if c.Team == "" || c.User == "" || c.Trigger == "" {
		return nil, fmt.Errorf("a command: %w", errShape)
	}
	at := place{Team: c.Team, User: c.User, Channel: c.Channel, ResponseURL: c.ResponseURL, At: s.Now().Unix(), Given: c.Trigger}
	id := eventID(c.Team, "command", c.Trigger)
	account, organisation, ok := s.account(c.Team, c.User)
	if !ok {
		return stranger{s, id, at}, nil
	}
	return told{s, conversations.Event{ID: id, Organisation: organisation, Account: account, Text: typed(c.Text, false)}, at, c.Trigger}, nil
}

// interaction reads what somebody clicked, submitted or chose. Nil: nothing is to be done.
func (s *Slack) interaction(payload []byte) (delivery, error) {
	var i interaction
	if err := decode(payload, &i); err != nil {
		return nil, err
	}
	if err := i.check(); err != nil {
		return nil, err
	}
	ev := conversations.Event{ID: eventID(i.team(), "interaction", cmp.Or(i.TriggerID, i.viewHash()))}
	at := place{Team: i.installed(), User: i.User.ID, ResponseURL: i.ResponseURL, At: s.Now().Unix(), Given: i.TriggerID}
	account, organisation, ok := s.account(i.team(), i.User.ID)
	ev.Account, ev.Organisation = account, organisation
	if !ok {
		return stranger{s, ev.ID, at}, nil
	}
	switch i.Type {
	case "block_actions":
		return s.click(i, ev, at), nil
	case "view_submission":
		return s.submission(i, ev), nil
	case "view_closed":
		return homeShown{s, ev.ID, at}, nil
	case "message_action", "shortcut":
		return opened{told{s, ev, at, i.TriggerID}}, nil
	}
	return nil, nil //nolint:nilnil // nil is "nothing to do": of a kind that this app has not asked for
}

func (i interaction) viewHash() string {
	if i.View == nil {
		return ""
	}
	return i.View.ID + "/" + i.View.Hash
}

// click reads a button. What it was printed with is what it means.
func (s *Slack) click(i interaction, ev conversations.Event, at place) delivery {
	if len(i.Actions) == 0 {
		return nil
	}
	a := i.Actions[0]
	kind := a.ActionID[:min(1, len(a.ActionID))]
	ev.Ref = a.Value
	switch {
	case kind == linkButton:
		return nil // the browser has opened
	case kind == homeButton || i.View != nil && i.View.Type == "home":
		return opened{told{s, ev, at, i.TriggerID}}
	case i.View != nil:
		return viewClick{told{s, ev, at, i.TriggerID}, *i.View}
	}
	at.Channel = cmp.Or(i.Container.ChannelID, i.Channel.ID)
	at.Message, at.Thread = i.Container.MessageTS, i.Container.ThreadTS
	at.Own = strings.HasSuffix(a.ActionID, ownButton) || kind == ownButton
	t := told{s, ev, at, i.TriggerID}
	if kind == formButton {
		return asked{t}
	}
	return t
}

// asked is a click that asks for a prompt's fields, whatever the prompt is there for.
type asked struct{ told }

func (a asked) show(ctx context.Context, r conversations.Reply, was taken) {
	if len(r.Prompt.Fields) > 0 && !was.late && a.slack.openForm(ctx, a.told, r.Prompt) {
		return
	}
	was.late = true
	a.told.show(ctx, r, was)
}

// openForm asks for a prompt's fields in a modal. false: Slack did not open it.
func (s *Slack) openForm(ctx context.Context, t told, p conversations.Prompt) bool {
	return s.openView(ctx, t, modal(p, formModal, t.at))
}

func (s *Slack) openView(ctx context.Context, t told, v slack.ModalViewRequest) bool {
	err := s.api.call(ctx, t.at.Team, "views.open", func(ctx context.Context, c *slack.Client) error {
		_, err := c.OpenViewContext(ctx, t.trigger, v)
		return err
	})
	if err != nil {
		s.Log.WarnContext(ctx, "a modal was not opened", "workspace", t.at.Team, "err", err)
	}
	return err == nil
}

// opened is a click in the app's home, or a shortcut: there is no message to answer in, so
// the dialogue runs in a modal.
type opened struct{ told }

func (o opened) show(ctx context.Context, r conversations.Reply, was taken) {
	s := o.slack
	if was.late || !s.openView(ctx, o.told, modal(r.Prompt, wholeModal, o.at)) {
		s.present(ctx, place{Team: o.at.Team, User: o.at.User}, r.Prompt)
	}
}

// viewClick is a click in a modal that the dialogue runs in.
type viewClick struct {
	told
	view view
}

func (v viewClick) show(ctx context.Context, r conversations.Reply, was taken) {
	v.slack.lanes.Put(ctx, v.view.ID, was.number, func(ctx context.Context) { v.slack.updateView(ctx, v.at, v.view.ID, r.Prompt) })
}

// updateView shows a prompt in a modal, or where it has been closed in a message.
func (s *Slack) updateView(ctx context.Context, at place, id string, p conversations.Prompt) {
	err := s.api.patiently(ctx, at.Team, "views.update", func(ctx context.Context, c *slack.Client) error {
		_, err := c.UpdateViewContext(ctx, modal(p, wholeModal, at), "", "", id)
		return err
	})
	if err == nil {
		return
	}
	s.Log.WarnContext(ctx, "a modal was not updated", "workspace", at.Team, "err", err)
	s.present(ctx, place{Team: at.Team, User: at.User}, p)
}

// submission reads a modal that was sent.
func (s *Slack) submission(i interaction, ev conversations.Event) delivery {
	at := placeOf(i.View.PrivateMetadata)
	ev.Ref, ev.Values = at.Ref, i.View.fields()
	at.Team, at.User = i.installed(), i.User.ID
	sub := submission{told{s, ev, at, i.TriggerID}, *i.View}
	if i.View.CallbackID == wholeModal {
		return wholeSubmission{sub}
	}
	return sub
}

// submission is a form's modal, sent: it stays open while something is wrong in it, and
// otherwise closes, and its message shows what it led to.
type submission struct {
	told
	view view
}

// corrects is what the modal is told where something is to be corrected in it, nil where
// it is done with.
func (sub submission) corrects(p conversations.Prompt) any {
	if p.Name == "trouble" && len(p.Notices) > 0 && sub.at.First != "" {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{sub.at.First: p.Notices[0].Text})
	}
	if p.Name != sub.at.Prompt || !p.IsForm() {
		return nil
	}
	if wrong := fieldErrors(p, sub.view); len(wrong) > 0 {
		return slack.NewErrorsViewSubmissionResponse(wrong)
	}
	v := modal(p, formModal, sub.at)
	return slack.NewUpdateViewSubmissionResponse(&v)
}

// fieldErrors are what is wrong with fields that the modal has, by their blocks.
func fieldErrors(p conversations.Prompt, v view) map[string]string {
	wrong := map[string]string{}
	has := v.blocks()
	for _, f := range p.Fields {
		if block, ok := has[f.Key]; ok && f.Error != "" {
			wrong[block] = f.Error
		}
	}
	return wrong
}

func (sub submission) ack(r conversations.Reply, late bool) any {
	if late {
		return nil // it closes, and the message tells
	}
	return sub.corrects(r.Prompt)
}

func (sub submission) show(ctx context.Context, r conversations.Reply, was taken) {
	if was.late || sub.corrects(r.Prompt) == nil {
		sub.told.trigger = ""
		sub.told.show(ctx, r, was)
	}
}

// wholeSubmission is a modal that the dialogue runs in, sent: it shows what follows.
type wholeSubmission struct{ submission }

// maxAck is how large a view an acknowledgement carries: over a socket it has 20 kB.
const maxAck = 16_000

func (w wholeSubmission) ack(r conversations.Reply, late bool) any {
	if wrong := fieldErrors(r.Prompt, w.view); !late && len(wrong) > 0 && r.Prompt.Name == w.at.Prompt {
		return slack.NewErrorsViewSubmissionResponse(wrong)
	}
	v, fits := w.next(r.Prompt)
	if late || !fits {
		v = w.slack.working(w.event)
	}
	return slack.NewUpdateViewSubmissionResponse(&v)
}

func (w wholeSubmission) next(p conversations.Prompt) (v slack.ModalViewRequest, fits bool) {
	v = modal(p, wholeModal, w.at.plain())
	text, err := json.Marshal(v)
	return v, err == nil && len(text) <= maxAck
}

func (w wholeSubmission) show(ctx context.Context, r conversations.Reply, was taken) {
	if _, fits := w.next(r.Prompt); was.late || !fits {
		w.slack.updateView(ctx, w.at.plain(), w.view.ID, r.Prompt)
	}
}

// plain is the place without the form that was sent from it.
func (at place) plain() place {
	at.Ref, at.Prompt, at.First = "", "", ""
	return at
}

// stranger is somebody in a workspace that no organisation has.
type stranger struct {
	slack *Slack
	name  string
	at    place
}

func (s stranger) id() string                        { return s.name }
func (s stranger) turn() *conversations.Event        { return nil }
func (s stranger) ack(conversations.Reply, bool) any { return nil }
func (s stranger) show(ctx context.Context, _ conversations.Reply, _ taken) {
	if s.at.ResponseURL != "" {
		s.slack.present(ctx, s.at, unserved(s.at.Team))
	}
}

// homeShown is the app's home, looked at or to be brought up to date.
type homeShown struct {
	slack *Slack
	name  string
	at    place
}

func (h homeShown) id() string                        { return h.name }
func (h homeShown) turn() *conversations.Event        { return nil }
func (h homeShown) ack(conversations.Reply, bool) any { return nil }
func (h homeShown) show(ctx context.Context, _ conversations.Reply, was taken) {
	h.slack.lanes.Put(ctx, "home/"+h.at.Team+"/"+h.at.User, was.number, func(ctx context.Context) { h.slack.publish(ctx, h.at) })
}

func (s *Slack) publish(ctx context.Context, at place) {
	account, organisation, ok := s.account(at.Team, at.User)
	p := unserved(at.Team)
	if ok {
		p = s.Overview(ctx, organisation, account)
	}
	err := s.api.patiently(ctx, at.Team, "views.publish", func(ctx context.Context, c *slack.Client) error {
		_, err := c.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: at.User, View: home(p)})
		return err
	})
	if err != nil {
		s.Log.WarnContext(ctx, "the app's home was not shown", "workspace", at.Team, "err", err)
	}
}

// happening reads an event. Nil: nothing is to be done.
func (s *Slack) happening(body []byte) (delivery, error) {
	var h happening
	if err := h.read(body); err != nil {
		return nil, err
	}
	if h.Type != "event_callback" {
		if h.Type == "app_rate_limited" {
			s.Log.Warn("Slack delivers no more events for now", "workspace", h.TeamID)
		}
		return nil, nil //nolint:nilnil // nothing to do
	}
	if h.TeamID == "" || h.EventID == "" {
		return nil, fmt.Errorf("an event: %w", errShape)
	}
	id := eventID(h.TeamID, "event", h.EventID)
	e := h.Event
	switch {
	case e.Type == "app_uninstalled" || e.Type == "tokens_revoked":
		return uninstalled{s, id, h.TeamID, time.Unix(h.EventTime, 0)}, nil
	case e.User == "" || e.BotID != "" || e.Subtype != "":
		return nil, nil //nolint:nilnil // a bot's, or a message that was changed
	case e.Type == "app_home_opened":
		if e.Tab != "home" {
			return nil, nil //nolint:nilnil // the messages are there already
		}
		return homeShown{s, id, place{Team: h.TeamID, User: e.User}}, nil
	case e.Type == "app_mention" || e.Type == "message" && e.ChannelType == "im":
		return s.said(id, h), nil
	}
	return nil, nil //nolint:nilnil // not asked for
}

// said is a direct message, or a mention, which is answered to its person alone.
func (s *Slack) said(id string, h happening) delivery {
	e := h.Event
	team := cmp.Or(e.UserTeam, h.TeamID)
	account, organisation, ok := s.account(team, e.User)
	at := place{Team: h.TeamID, User: e.User, Channel: e.Channel, Thread: e.ThreadTS}
	if !ok {
		return nil
	}
	return told{s, conversations.Event{
		ID: id, Organisation: organisation, Account: account, Text: typed(e.Text, e.Type == "app_mention"),
	}, at, ""}
}

// uninstalled is a workspace that has taken the bot's token back.
type uninstalled struct {
	slack *Slack
	name  string
	team  string
	at    time.Time
}

func (u uninstalled) id() string                        { return u.name }
func (u uninstalled) turn() *conversations.Event        { return nil }
func (u uninstalled) ack(conversations.Reply, bool) any { return nil }
func (u uninstalled) show(ctx context.Context, _ conversations.Reply, _ taken) {
	err := u.slack.Tokens.Uninstalled(ctx, u.team, u.at)
	if err != nil {
		u.slack.Log.ErrorContext(ctx, "a token that was taken back is still kept", "workspace", u.team, "err", err)
	}
}
