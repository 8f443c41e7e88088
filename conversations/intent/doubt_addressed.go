package intent

import (
	"slices"
	"strings"
)

// addressed reports whether a message is for somebody else than the bot: for a colleague who is called
// by name, or for who gets the goods from a reseller.
func (p *phrasing) addressed() bool {
	if p.wordOf(0) == "@mention" && !p.mine() || p.wordOf(0) == "@" && len(p.spans) > 1 && p.strange(1) || p.called() {
		return true
	}
	bot := slices.ContainsFunc(p.tokens, func(t token) bool { return t.text == "bot" || t.text == "bots" })
	return sellers.in(p.tokens[p.spans[max(p.start, p.afterHeading())].from:p.spans[p.end-1].to]) || dear[p.wordOf(0)] && len(p.spans) > 1 && p.strange(1) ||
		bot && slices.ContainsFunc(p.spans, func(s span) bool { return s.mark == negation || s.mark == denial || s.mark == program })
}

// dear begins a letter to somebody.
var dear = set("dear liebe lieber cher chere")

// mine reports whether what is mentioned may be the bot, which people call as they like.
func (p *phrasing) mine() bool {
	said := strings.ToLower(p.message[p.spans[0].bytes[0]:p.spans[0].bytes[1]])
	return strings.HasPrefix(said, "<") || strings.Contains(said, "bot") || strings.Contains(said, "licen") || strings.Contains(said, "m365") || strings.Contains(said, "cartwright")
}

// called reports whether Chinese calls somebody by name, and speaks to them: 小王，你把.
func (p *phrasing) called() bool {
	if p.lang != chinese {
		return len(p.spans) > 2 && p.strange(0) && p.wordOf(1) == "," && youWords[p.wordOf(2)]
	}
	for i := range p.tokens[:min(len(p.tokens)-1, 4)] {
		if p.tokens[i].text == "," {
			return i > 1 && p.speaksTo(p.tokens[i+1:]) && calling[p.tokens[0].text]
		}
	}
	return false
}

// speaksTo reports whether Chinese goes on to somebody: 你, 麻烦你, 请你.
func (p *phrasing) speaksTo(words []token) bool {
	for _, t := range words[:min(3, len(words))] {
		if t.text == "你" || t.text == "您" {
			return true
		}
	}
	return false
}

// calling begin how colleagues are called in Chinese.
var calling = set("小 老 阿")

// hearsay reports whether the goods are only heard of: word is that they want 8.
func (p *phrasing) hearsay() bool { return rumours.in(p.part()) }
