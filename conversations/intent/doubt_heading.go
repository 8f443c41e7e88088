package intent

// titled reports whether a heading says that the goods are not asked for: last order: 10 Copilot,
// stock: 10 Copilot, Re: 10 Copilot.
func (p *phrasing) titled() bool {
	for i := p.start; i < p.first; i++ {
		if w := p.wordOf(i); titles[w] || i == p.start && (w == "fyi" || w == "re") {
			return (p.colon(i) || w == "fyi") && !p.asksIn(i+1, p.first)
		}
	}
	return p.writes("状态", "库存", "现有", "上次", "转发", "主题", "测试") && p.colon(p.start) && !p.asksIn(p.start, p.first)
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

var titles = set(`current currently status inventory stock last previous fw fwd test summary subject
	aktuell aktuelle aktueller bestand stand letzte letzter aw wg betreff zusammenfassung
	actuel actuels actuelle actuelles derniere dernier tr objet resume etat`)

// shared reports whether a question is of how many may use one.
func (p *phrasing) shared() bool {
	for i := p.start; i < p.end; i++ {
		if sharedBy[p.wordOf(i)] {
			return true
		}
	}
	return p.writes("共用", "共享")
}

var sharedBy = set("share shares partager partagent partage teilen")

// wondered reports whether English asks with a verb that begs for nothing: does buying 10 need
// approval?
func (p *phrasing) wondered() bool {
	return p.lang == english && p.asksBack() && interrogative[p.wordOf(p.start)]
}

var interrogative = set("does did are was were has")

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
