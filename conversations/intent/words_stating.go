package intent

// cue is what a word does in a sentence, beside what it means.
type cue uint16

const (
	finite      cue = 1 << iota // a verb that states: is, had, would
	modal                       // one that may be of what is to be done with the goods: can, should
	please                      // makes a request of anything
	preposition                 // what follows is where, when or whose
	known                       // what follows was spoken of before: the 20 Visio
	that                        // what follows is said or thought
	hedge                       // nobody knows yet
	third                       // somebody else
	conjunctive                 // of a verb: so others say
	writer                      // those who write
	relative                    // what follows is of somebody
	without                     // a no that is of a word, not of the sentence
	enough                      // of so many: will do
	wish                        // what would be would be good
	signing                     // a name may follow, at the end of a message
)

// cues are the words of which a language has few, and gets no new ones.
var cues = cuesOf(map[cue]string{
	finite: `is are was were am been being had has have did does do would work works worked working got went came goes gone uses used starts started runs ran crashes crashed crashing keeps happens costs
		est sont etait etaient serait seraient fut furent sommes suis avait avaient aura auront aurait auraient va vont marche marchent fonctionne fonctionnent tourne tournent plante plantent commence commencent demarre arrive arrivent coute coutent
		ist sind war waren wird wurde wurden worden bin hat hatte hatten haben habe ware zuruck retour back kam kamen lief gab gibt laufen lauft funktioniert funktionieren startet beginnt sturzt passiert kostet`,
	modal: `can could may might must should shall will
		peut peuvent pourrait pourraient doit doivent devrait devraient sera seront
		kann konnen konnte konnten muss mussen musste mussten soll sollen sollte sollten darf durfen mag werden`,
	please: `please pls plz plse kindly bitte merci veuillez svp stp 请 麻 劳`,
	preposition: `in on at by with from until till via to per for before during within
		en dans chez sur avec jusqu avant apres pendant sous
		im auf mit bei beim bis ab vor nach am an fur furs ins zum zur seit
		在 于`,
	known: `the these those that this our my his her their
		les le la ces ce cette nos mes ses leurs
		die der den das dem diese diesen dieser dieses unsere unseren meine meinen seine ihre
		那 这 些 该`,
	that:        `that whether que qu dass ob`,
	hedge:       `perhaps maybe probably possibly peut sans probablement eventuellement vielleicht evtl ggfs wohl womoglich eventuell moglicherweise irgendwann 也 可 或`,
	third:       `er sie lui leur`,
	writer:      `we i us me my our wir ich uns mir nous on je j me moi 我 咱`,
	relative:    `who that whose qui que dont die der das`,
	wish:        `great nice lovely perfect good happy toll super prima schon gut schoen freuen parfait parfaits parfaites bien contents content 好`,
	without:     `without ohne sans 无 无需`,
	enough:      `reicht reichen genugt genugen suffit suffisent suffira suffiront`,
	signing:     `thanks thx ty cheers regards best danke dank lg vg mfg gruss grusse merci cordialement bises 谢`,
	conjunctive: `brauche benotige wolle musse faudrait`,
})

func cuesOf(words map[cue]string) map[string]cue {
	found := map[string]cue{}
	for c, list := range words {
		for w := range set(list) {
			found[w] |= c
		}
	}
	return found
}

// cue reports whether a span of one word, or of one Chinese phrase, is of a kind.
func (r *reading) cue(i int, of cue) bool { return r.cueAt(&r.spans[i], of) }

func (r *reading) cueAt(s *span, of cue) bool {
	first := r.tokens[s.from].text
	return cues[first]&of != 0 && (s.to == s.from+1 || of == hedge || isHan([]rune(first)[0]))
}
