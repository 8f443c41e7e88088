package main

import (
	"context"
	"testing"

	"cartwright/commerce"
)

// sentences are of a purchase, and the words in them that say how many and how it is paid.
var sentences = map[string]struct{ said, many, paid string }{
	"en":    {"need 25 business premium seats, paid yearly, give them to everyone without a licence", "25", "yearly"},
	"fr":    {"il nous faut vingt-cinq licences Business Premium, paiement annuel, à attribuer à tous ceux qui n'ont pas de licence", "vingt-cinq", "annuel"},
	"de":    {"wir brauchen fünfundzwanzig Business Premium Lizenzen, jährlich bezahlt, bitte allen ohne Lizenz zuweisen", "fünfundzwanzig", "jährlich"},
	"zh-CN": {"需要25个Business Premium许可证，按年付款，自动分配给所有没有许可证的人", "25", "按年付"},
}

// A purchase in one sentence, in each language: the form shows how it was read and is filled
// in, and what is left are the steps that spend money.
func ownWordsThroughout(t *testing.T, chromium context.Context) {
	for lang, c := range sentences {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			base, _ := started(t, hurried)
			v := visit(t, chromium, base, lang, onDesk)
			v.comes("aicha")
			v.says(c.said)
			v.reaches(businessPremium)
			v.sees(v.words.T("words.heading"))
			v.isRead(c.many, v.words.N("words.read.quantity", 25))
			v.isRead(c.paid, v.words.T("words.read.annual"))
			v.filledIn()
			v.fits()
			v.presses(contract[lang].details)
			v.reaches(contract[lang].cart)
			v.sees(businessPremium)
			order := v.ordersCart()
			v.presses(contract[lang].pay)
			v.follows().pays("paid")
			v.reaches(v.title(order, commerce.StateCompleted))
			v.fits()
		})
	}
}

// isRead waits for a piece of a sentence beside what it was read as.
func (v *visitor) isRead(text, meaning string) {
	v.Helper()
	v.sees(v.words.T("words.read", "text", text, "meaning", meaning))
}

// filledIn checks the fields of the form that the sentence filled.
func (v *visitor) filledIn() {
	v.Helper()
	v.until(`[...document.querySelectorAll("input")].some(e => e.value === "25" && e.checkVisibility())`, "25 in the form")
	v.until(`[...document.querySelectorAll("input:checked")].some(e => e.value === "P1Y.annual")`, "yearly in the form")
	v.until(`[...document.querySelectorAll("input[type=checkbox]:checked")].length > 0`, "everyone in the form")
}
