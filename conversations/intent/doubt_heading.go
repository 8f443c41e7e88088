package intent

// titled reports whether a heading says that the goods are not asked for: last order: 10 Copilot,
// stock: 10 Copilot, Re: 10 Copilot.
func (p *phrasing) titled() bool {
	for i := p.start; i < p.first; i++ {
		if w := p.wordOf(i); titles[w] || i == p.start && (w == "fyi" || w == "re") {
			return (p.colon(i) || w == "fyi") && !p.asksIn(i+1, p.first)
		}
	}
	return headings.in(p.words()) && p.colon(p.start) && !p.asksIn(p.start, p.first)
}

// colon reports whether one stands between a span and the goods.
func (p *phrasing) colon(i int) bool {
	for ; i < p.first; i++ {
		if p.wordOf(i) == ":" {
			return true
		}
	}
	return false
}

var headings = say("状态|库存|现有|上次|转发|主题|测试")

var titles = set(`statut current currently status inventory stock last previous fw fwd test summary subject
	aktuell aktuelle aktueller bestand stand letzte letzter aw wg betreff zusammenfassung
	actuel actuels actuelle actuelles derniere dernier tr objet resume etat`)

// shared reports whether a question is of how many may use one.
func (p *phrasing) shared() bool {
	for i := p.start; i < p.end; i++ {
		if sharedBy[p.wordOf(i)] {
			return true
		}
	}
	return together.in(p.words())
}

var together = say("共用|共享一|共享许可|一起共享")

var sharedBy = set("share shares partager partagent partage teilen")

// wondered reports whether English asks with a verb that begs for nothing: does buying 10 need
// approval?
func (p *phrasing) wondered() bool {
	if whether.begin(p.words()) {
		return true
	}
	if !p.asksBack() || p.begged {
		return p.asksBack() && interrogative[p.wordOf(p.start)]
	}
	return hows.begin(p.words()) || !p.bought && inverted.in(p.words()) || howsOf.in(p.before()) || askingThat.in(p.words()) && !allowed.in(p.words()) || interrogative[p.wordOf(p.start)]
}

var (
	howsOf     = say("怎么|如何")
	inverted   = say("t - il|t - elle|t - on|peut - on|doit - on|faut - il")
	askingThat = say("吗|对吧|是不是|能不能算|最多只能")
	allowed    = say("能|可以|行")
)

var interrogative = set("muss mussen stimmt gilt reicht reichen lohnt does did are was were has")

// quoted reports whether the number stands between quotation marks, and the message is more than
// what stands there: the ad says "Get 20 Teams Phone now".
func (p *phrasing) quoted() bool {
	inside := false
	for i := 0; i < p.number; i++ {
		if p.wordOf(i) == `"` {
			inside = !inside
		}
	}
	return inside && p.wordOf(0) != `"`
}

// wasSo reports whether the goods are spoken of as something that was: to order 90, that was nonsense.
func (p *phrasing) wasSo() bool { return finding.in(p.behind()) }

// praised reports whether somebody is praised for the goods: well done for the 6 Visio.
func (p *phrasing) praised() bool { return praising.in(p.tokens) || thankful.in(p.before()) }
