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
		return d.guildPlace(i.Guild)
	}
	if i.Message == nil {
		return d.directPlace(i.person())
	}
	return d.directPlace(i.person(), i.Message.ID, i.Message.Answers.ID)
}

func (d *Discord) guildPlace(guild string) (at place, why string) {
	organisation, ok := d.Organisation(guild)
	if !ok {
		return place{}, "discord.unserved"
	}
	return place{organisation, guild}, ""
}

// directPlace is where somebody's direct message belongs that has to do with these.
func (d *Discord) directPlace(account string, ids ...string) (at place, why string) {
	all := d.placesOf(account)
	from := d.origins.of(ids...)
	for _, at := range all {
		if at.organisation == from.organisation {
			return d.within(at, from.guild), ""
		}
	}
	switch {
	case len(all) == 0, from.organisation != "": // that one does not know the account any more
		return place{}, "discord.unknown"
	case len(all) == 1:
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

// within is a place in the guild that it was in before, while that is the organisation's.
func (d *Discord) within(at place, guild string) place {
	if organisation, ok := d.Organisation(guild); ok && organisation == at.organisation {
		at.guild = guild
	}
	return at
}

// unserved tells somebody why nothing is done for them here: the words by a key.
func unserved(i interaction, key string) conversations.Prompt {
	words := locale.For(locale.Match(i.Locale), nil)
	return conversations.Prompt{
		Name: "unserved", Locale: words.Lang(), Title: words.T(key), Closed: true,
		Notices: []conversations.Notice{{Tone: conversations.Warning, Text: words.T(key+".text", "guild", i.Guild)}},
	}
}

// origins remembers where direct messages are of, by the id of the message, of the interaction
// that it answers or of the channel, where it is what was said last. After a restart it knows
// nothing.
type origins struct {
	mu            sync.Mutex
	recent, older map[string]place // the guild is "" where none was said
}

// note remembers an id. Of the oldest nothing is kept.
func (o *origins) note(id string, at place) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.recent == nil || len(o.recent) >= remembered {
		o.recent, o.older = map[string]place{}, o.recent
	}
	o.recent[id] = at
}

// of is where the first of these is of that is known, empty where none is.
func (o *origins) of(ids ...string) place {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, id := range ids {
		for _, known := range []map[string]place{o.recent, o.older} {
			if at, ok := known[id]; ok {
				return at
			}
		}
	}
	return place{}
}
