package discord

import (
	"sync"

	"cartwright/conversations"
	"cartwright/conversations/locale"
)

// place is whose an interaction is: an organisation, and the guild of it in which its person
// is looked up.
type place struct{ organisation, guild string }

// place is where an interaction belongs. A direct message has no guild: it is in the
// organisation that the message which was clicked came from or, where that is not known, in
// the only one that knows the person. why is the key of what is said where there is none.
func (d *Discord) place(i interaction) (at place, why string) {
	if i.Guild != "" {
		organisation, ok := d.Organisation(i.Guild)
		if !ok {
			return place{}, "discord.unserved"
		}
		return place{organisation, i.Guild}, ""
	}
	all := d.placesOf(i.person())
	from := d.origins.of(i)
	for _, at := range all {
		if at.organisation == from {
			return at, ""
		}
	}
	switch len(all) {
	case 0:
		return place{}, "discord.unknown"
	case 1:
		return all[0], ""
	}
	return place{}, "discord.several"
}

// placesOf are the organisations that know an account, with the first guild of each, by
// which its people are reached.
func (d *Discord) placesOf(account string) []place {
	var all []place
	seen := map[string]bool{}
	for _, guild := range d.Guilds(account) {
		if organisation, ok := d.Organisation(guild); ok && !seen[organisation] {
			seen[organisation] = true
			all = append(all, place{organisation, guild})
		}
	}
	return all
}

// unserved tells somebody why nothing is done for them here: the words by a key.
func unserved(i interaction, key string) conversations.Prompt {
	words := locale.For(locale.Match(i.Locale), nil)
	return conversations.Prompt{
		Name: "unserved", Locale: words.Lang(), Title: words.T(key), Closed: true,
		Notices: []conversations.Notice{{Tone: conversations.Warning, Text: words.T(key+".text", "guild", i.Guild)}},
	}
}

// origins remembers which organisation direct messages are of, by the id of the message or
// of the interaction that it answers. After a restart it knows nothing.
type origins struct {
	mu            sync.Mutex
	recent, older map[string]string
}

// note remembers an id. Of the oldest nothing is kept.
func (o *origins) note(id, organisation string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.recent == nil || len(o.recent) >= remembered {
		o.recent, o.older = map[string]string{}, o.recent
	}
	o.recent[id] = organisation
}

// of is the organisation of the message that an interaction was in, "" where it is not known.
func (o *origins) of(i interaction) string {
	if i.Message == nil {
		return ""
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range []string{i.Message.ID, i.Message.Answers.ID} {
		for _, known := range []map[string]string{o.recent, o.older} {
			if organisation := known[id]; organisation != "" {
				return organisation
			}
		}
	}
	return ""
}
