package intent

import "slices"

// leaveThePast drops the lines of what was bought before, where another one says what is
// wanted now: in March we bought 30 Project, this time we want 22 Visio.
func (r *reading) leaveThePast() {
	told := slices.ContainsFunc(r.spans, func(s span) bool { return s.mark == past })
	if r.kind != Buy || !told || len(r.lines) < 2 || len(r.lines) > maxLines {
		return
	}
	now := slices.ContainsFunc(r.lines, func(l line) bool { return l.said.set && l.many.set && !l.many.asked && !r.ofThePast(&l) })
	if now {
		r.lines = slices.DeleteFunc(r.lines, func(l line) bool { return r.ofThePast(&l) })
	}
}

// ofThePast reports whether a product without a number is what a part of a sentence tells of as
// bought, and nothing asks for it there.
func (r *reading) ofThePast(l *line) bool {
	if !l.said.set || l.many.set {
		return false
	}
	p := r.phrasingOf(l)
	was := false
	for i := p.from; i < p.to; i++ {
		switch m := p.spans[i].mark; {
		case m == past:
			was = true
		case m == want, m == buyVerb, m == polite, p.cue(i, please|wish):
			return false
		}
	}
	return was
}

// leaveTheDenied drops the lines of what is not wanted, where another one says what is: we do not need
// Visio, but 5 Project.
func (r *reading) leaveTheDenied() {
	if r.kind != Buy || len(r.lines) < 2 || len(r.lines) > maxLines {
		return
	}
	wanted := slices.ContainsFunc(r.lines, func(l line) bool { return l.said.set && l.many.set && !l.many.asked })
	if wanted {
		r.lines = slices.DeleteFunc(r.lines, func(l line) bool { return r.isDenied(&l) })
	}
}

// isDenied reports whether a no is beside a product without a number, in its part of the sentence.
func (r *reading) isDenied(l *line) bool {
	if !l.said.set || l.many.set || l.handed.set {
		return false
	}
	p := r.phrasingOf(l)
	for i := p.from; i < p.to; i++ {
		switch p.spans[i].mark {
		case amount:
			return false
		case negation, denial:
			return p.numberless()
		}
	}
	return p.from > p.start && p.spans[p.from-1].mark == negation && p.numberless()
}

// numberless reports whether no number is in the part.
func (p *phrasing) numberless() bool {
	return !slices.ContainsFunc(p.spans[p.from:p.to], func(s span) bool { return s.mark == amount })
}
