package intent

// soften gives marks the weaker meaning that their neighbours leave: a denial before an
// assign word is a plain no, and so is ", no" before anything but a new value.
func soften(tokens []token, spans []span) []span {
	out := make([]span, 0, len(spans)+2)
	for i := range spans {
		s := spans[i]
		switch {
		case s.mark == correction && tokens[s.from].text == "go" && i > 0 && spans[i-1].mark == toward: // to go with Project
			s.mark = filler
		case s.mark == denial && tokens[s.to-1].text == "no" && i+1 < len(spans) && spans[i+1].mark == approx: // no fewer than 60
			s.mark = want
		case s.mark == past && bidden(tokens, &s): // achetes-en 4
			s.mark = buyVerb
		case s.mark == denial && leadsTo(spans[i+1:], assignVerb, autoAssign, automatic, atOnce):
			s.mark = negation
		case refuses(tokens, &s) && leadsTo(spans[i+1:], buyVerb):
			s.mark = denial
		case s.mark == correction && plainNo[tokens[s.to-1].text] && !leadsTo(spans[i+1:], amount, buyVerb, want, monthly, annual, comma):
			s.mark = negation
			out, s = split(out, s)
		case s.mark == insteadOf && tokens[s.from].text == "," && !leadsTo(spans[i+1:], amount, product, monthly, annual, otherPeriod):
			s.mark = negation
			out, s = split(out, s)
		}
		if s.mark == buyVerb && tokens[s.from].text == "上" && s.to == s.from+1 && !leadsTo(spans[i+1:], amount, product, some, many) { // 产线上
			s.mark = filler
		}
		if s.mark == product && s.to == s.from+1 && tokens[s.from].text == "office" && housed(tokens, spans[:i]) {
			s.mark = group
		}
		out = append(out, s)
	}
	return out
}

// housed reports whether an office is where people work: for the Berlin office. One with nothing
// between it and "for" is Microsoft's.
func housed(tokens []token, before []span) bool {
	for i := len(before) - 1; i >= max(0, len(before)-4); i-- {
		switch s := &before[i]; {
		case s.mark == toward || s.mark == from || inside[tokens[s.from].text]:
			return i < len(before)-1 || s.to > s.from+1
		case s.mark != unknown && s.mark != filler && s.mark != article && s.mark != group && s.mark != other:
			return false
		}
	}
	return false
}

var inside = set("in at of from before after until when once while")

// refuses reports whether a no, right before a verb of buying, is of that: rather not buy.
func refuses(tokens []token, s *span) bool {
	return (s.mark == cancel || s.mark == negation) && refusing[tokens[s.to-1].text]
}

var refusing = set("not never nicht nie niemals keinesfalls pas jamais")

// bidden reports whether French bids with a verb that is spelt as what was done: achetes-en 4.
func bidden(tokens []token, s *span) bool {
	return s.to+1 < len(tokens) && tokens[s.to].text == "-" && !tokens[s.to].spaced && objects[tokens[s.to+1].text]
}

var objects = set("en moi nous le la les")

// split sets the comma before a no apart.
func split(out []span, s span) ([]span, span) {
	if s.to-s.from < 2 {
		return out, s
	}
	before := s
	before.mark, before.to = comma, s.from+1
	s.from++
	return append(out, before), s
}

var plainNo = set("no non nein 不")

// leadsTo reports whether the first span of weight has one of the marks.
func leadsTo(spans []span, marks ...mark) bool {
	for i := range spans {
		for _, m := range marks {
			if spans[i].mark == m {
				return true
			}
		}
		switch spans[i].mark {
		case filler, more, of, article, classifier, yes:
		default:
			return false
		}
	}
	return false
}
