package main

import (
	"bytes"
	"encoding/json"
	"os"
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

// In Discord, where a command has options, the one for the product takes a whole sentence.
func TestBoughtInOwnWordsInDiscord(t *testing.T) {
	g := openGuild(t, false)
	aicha := g.join("11", "aicha", "en-US")
	const request = "please, we need 25 business premium seats for the Berlin team, paid yearly, and give them to everyone without a licence"
	aicha.do(aicha.Command(t.Context(), "buy", "product", request))
	form, err := json.Marshal(aicha.Modal())
	if err != nil || !bytes.Contains(form, []byte("“25” → 25 licences")) {
		t.Errorf("how the words were read is not in %s, %v", form, err)
	}
	aicha.do(aicha.Submit(t.Context(), map[string]string{}))
	aicha.sees("6", "25 licences, Paid yearly")
	aicha.sees("6", "Assigned automatically")
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

// The messages of somebody who had not read the rules: those that were looked at since, and
// those that never were. A bound is what was reached; it only rises.
func TestMessagesOfAnotherWriter(t *testing.T) {
	t.Parallel()
	const said = "../conversations/intent/testdata/said/"
	for folder, least := range map[string]struct {
		kind, slots, exact float64
		unsafe             int
	}{
		"": {0.997, 0.989, 0.978, 0}, "held/": {0.973, 0.989, 0.951, 0}, "stated/": {0.887, 0.932, 0.858, 0}, "third/": {1, 0.995, 0.996, 0}, "fourth/": {0.974, 0.979, 0.937, 0},
		"fifth/": {0.979, 0.977, 0.945, 0}, "sixth/": {0.958, 0.959, 0.895, 0}, "seventh/": {0.97, 0.983, 0.937, 0}, "eighth/": {0.987, 0.971, 0.925, 0}, "ninth/": {0.96, 0.953, 0.905, 0}, "tenth/": {0.966, 0.982, 0.933, 0},
		"eleventh/": {0.983, 0.984, 0.958, 0}, "twelfth/": {0.979, 0.969, 0.941, 0}, "thirteenth/": {0.97, 0.974, 0.92, 0}, "fourteenth/": {0.962, 0.974, 0.92, 0}, "fifteenth/": {0.966, 0.967, 0.916, 0}, "sixteenth/": {0.97, 0.978, 0.912, 0}, "seventeenth/": {0.962, 0.966, 0.895, 0}, "kinds/": {0.87, 0.887, 0.86, 1}, "traps/": {0.83, 0.75, 0.64, 14},
	} {
		p := &program{surroundings: surroundings{env: settings{"CATALOGUE_FILE": said + "catalogue.yaml"}.find, readFile: os.ReadFile}, ctx: t.Context()}
		read, err := p.reader()
		if err != nil {
			t.Fatal(err)
		}
		var score tally
		n := 0
		for _, lang := range []string{"en", "fr", "de", "zh-CN"} {
			cases, err := p.labelled(said + folder + lang + ".jsonl")
			if err != nil {
				t.Fatal(err)
			}
			n += len(cases)
			for _, c := range cases {
				c.predicted = reading(read.Read(t.Context(), c.Text, lang))
				score.add(c)
			}
		}
		_, _, slots := score.slots()
		kind, exact := score.kind/float64(n), score.exactAmbiguous/float64(n)
		if kind < least.kind || slots < least.slots || exact < least.exact || score.unsafe > least.unsafe {
			t.Errorf("%q: intent %.3f, slots %.3f, exact and flag %.3f, wrong but sure %d", folder, kind, slots, exact, score.unsafe)
		}
	}
}
