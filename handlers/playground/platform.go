package playground

import (
	"context"
	"fmt"

	"cartwright/conversations"
)

// Post shows a new message to the account, in every open page of it.
func (p *Playground) Post(_ context.Context, _ string, to conversations.Account, prompt conversations.Prompt) (string, error) {
	if err := p.known(to); err != nil {
		return "", fmt.Errorf("post a message: %w", err)
	}
	m, err := p.message()
	if err != nil {
		return "", fmt.Errorf("post a message: %w", err)
	}
	m.Prompt = &prompt
	return p.chats.put(to, m, "").ID, nil
}

// Edit replaces a posted message. After a restart, and for one that fell off the end
// of a long chat, it is [conversations.ErrMessageGone].
func (p *Playground) Edit(_ context.Context, _ string, to conversations.Account, ref string, prompt conversations.Prompt) error {
	if !p.chats.edit(to, ref, prompt) {
		return conversations.ErrMessageGone
	}
	return nil
}

// Profile is the person's name, and the language chosen in the page while one is open.
func (p *Playground) Profile(_ context.Context, _ string, a conversations.Account) (conversations.Profile, error) {
	if err := p.known(a); err != nil {
		return conversations.Profile{}, fmt.Errorf("look up a person: %w", err)
	}
	o, _ := p.organisation(a.Workspace)
	person, _ := o.person(a.ID)
	profile := conversations.Profile{Name: person.Name, Locale: person.Locale}
	if lang := p.chats.lang(a); lang != "" {
		profile.Locale = lang
	}
	if person.ID == Stranger {
		profile.Name = words(profile.Locale).T("playground.stranger")
	}
	return profile, nil
}

func (p *Playground) known(a conversations.Account) error {
	if _, ok := p.account(a.Workspace, a.ID); !ok || a.Platform != Platform {
		return fmt.Errorf("the playground has no account %q in %q", a.ID, a.Workspace)
	}
	return nil
}
