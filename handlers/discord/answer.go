package discord

import (
	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// spot is where an interaction came from: what of it is replaced by the answer.
type spot struct {
	kind    press // of the button or the modal
	click   bool
	submit  bool
	message bool // it was in a message
	lasting bool // that stays in the person's direct messages, as others do that follow it
}

// spot is where the interaction came from.
func (i interaction) spot() spot {
	kind, _ := readID(i.Data.ID)
	return spot{
		kind: kind, click: i.Type == typeClick, submit: i.Type == typeSubmit, message: i.Message != nil,
		lasting: i.Guild == "" && i.Message != nil && i.Message.Flags&flagEphemeral == 0,
	}
}

// own reports whether it was in a message that is kept up to date by itself.
func (s spot) own() bool { return s.kind.own && !s.kind.asked }

// replaces reports whether the answer takes the place of the message: of an answer before,
// or of the question whether a click was meant.
func (s spot) replaces() bool { return (s.click || s.submit) && s.message && !s.own() }

// nothing is the answer to what was answered before.
func (s spot) nothing() callback {
	if s.click {
		return callback{Type: answerDeferredUpdate}
	}
	return callback{Type: answerDeferred, Data: later{Flags: flagEphemeral}}
}

// deferred says that the answer is coming.
func (s spot) deferred() callback {
	if s.replaces() {
		return callback{Type: answerDeferredUpdate}
	}
	return callback{Type: answerDeferred, Data: later{Flags: flagEphemeral}}
}

// answer is the first answer to an interaction, and the messages that follow it.
func (s spot) answer(r conversations.Reply) (first callback, rest []message) {
	p := r.Prompt
	asked := s.click && s.kind.form && len(p.Fields) > 0
	if !s.submit && (asked || p.IsForm()) {
		if all := forms(p, s.modalKind()); asked || len(all) == 1 {
			return callback{Type: answerModal, Data: all[min(s.kind.part, len(all)-1)]}, nil
		}
	}
	all := s.shown(r)
	switch {
	case s.own() && s.click && r.TellsItself():
		return callback{Type: answerDeferredUpdate}, nil // that very message is brought up to date by itself
	case s.asked() && r.TellsItself():
		return callback{Type: answerUpdate, Data: messages(closed(p.Locale, "discord.done"), wizardButton, flagEphemeral)[0]}, nil
	case s.replaces():
		return callback{Type: answerUpdate, Data: all[0]}, all[1:]
	}
	return callback{Type: answerMessage, Data: all[0]}, all[1:]
}

// asked reports whether it was in the question whether a click in a message of its own was
// meant: the message itself shows what that led to.
func (s spot) asked() bool { return s.kind.asked && s.kind.own }

// closed stands in place of such a question, once it is answered.
func closed(lang, key string) conversations.Prompt {
	words := locale.For(locale.Match(lang), nil)
	return conversations.Prompt{Name: "closed", Locale: words.Lang(), Title: words.T(key), Closed: true}
}

// modalKind is what a modal remembers of where it was opened.
func (s spot) modalKind() press {
	if s.own() {
		return ownButton
	}
	return wizardButton
}

// shown is the reply as messages to the person alone.
func (s spot) shown(r conversations.Reply) []message {
	if s.replaces() && s.lasting {
		return messages(r.Prompt, wizardButton, 0)
	}
	return messages(r.Prompt, wizardButton, flagEphemeral)
}
