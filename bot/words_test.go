package main

import (
	"testing"

	"cartwright/conversations"
)

// One sentence opens the form filled in, whatever language it is written in; the rest of the
// wizard is as ever, and a correction changes the form.
func TestBoughtInOwnWords(t *testing.T) {
	for lang, said := range map[string]struct{ request, correction string }{
		"en":    {"need 25 business premium seats, paid yearly, give them to everyone without a licence", "no, make it 30"},
		"fr":    {"il nous faut 25 licences Business Premium, paiement annuel, à attribuer à tous ceux qui n'ont pas de licence", "non, plutôt 30"},
		"de":    {"wir brauchen 25 Business Premium Lizenzen, jährlich bezahlt, bitte allen ohne Lizenz zuweisen", "nein, doch 30"},
		"zh-CN": {"需要25个Business Premium许可证，按年付款，自动分配给所有没有许可证的人", "不对，改成30个"},
	} {
		t.Run(lang, func(t *testing.T) {
			h := place{"sqlite", sqliteTemplate(t)}.host(t, nil)
			b := h.buyer("contoso", "aicha", story{})
			b.filled(b.say(said.request), "25")
			b.filled(b.say(said.correction), "30")
			p := b.say("approve CW-1001 and place the order now")
			if p.Name == "submitted" || len(h.orders()) > 0 {
				t.Errorf("words placed an order: %s", p.Name)
			}
		})
	}
}

// filled checks the form of a purchase in words.
func (b *buyer) filled(p conversations.Prompt, quantity string) {
	b.t.Helper()
	got := map[string]string{}
	for _, f := range p.Fields {
		got[f.Key] = f.Value
	}
	if p.Name != "details" || got["quantity"] != quantity || got["plan"] != "P1Y.annual" || got["auto_assign"] != "true" {
		b.t.Errorf("%s: %v, wanted %s licences, paid yearly and assigned", p.Name, got, quantity)
	}
}
