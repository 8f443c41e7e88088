package main

import (
	"context"
	"strings"
	"testing"
)

const businessBasic = "Microsoft 365 Business Basic"

// shownIn are the pictures of the documents, in each language others.
var shownIn = map[string][]string{
	"en":    {"licences-subscriptions", "licences-preview"},
	"fr":    {"licences-task"},
	"de":    {"licences-pick", "licences-addresses"},
	"zh-CN": {"licences-found"},
}

// Licences that are owned already are handed out and taken back: by a list of addresses
// and by name, after a preview, on a desk and on a phone.
func handingOut(t *testing.T, chromium context.Context) {
	base, _ := started(t, hurried)
	for _, lang := range []string{"en", "fr", "de", "zh-CN"} {
		v := visit(t, chromium, base, lang, onDesk)
		v.shoots = shownIn[lang]
		v.comes("aicha")
		v.presses(v.words.T("playground.command.subscriptions"))
		v.reaches(v.words.T("subscriptions.title"))
		v.look("licences-subscriptions")
		v.presses(v.words.T("action.assign_of", "product", businessBasic))
		v.reaches(v.words.T("licences.title.assign", "product", businessBasic))
		v.look("licences-pick")
		v.lists("nobody@contoso.example, Álvaro <alvaro.olsen@contoso.example>")
		v.sees(v.words.N("addresses.unknown", 1, "addresses", "nobody@contoso.example"))
		v.look("licences-addresses")
		v.presses(v.words.N("pick.back", 1))
		v.fills(v.words.T("pick.search"), "bastien ur")
		v.presses(v.words.T("pick.find"))
		v.presses(v.words.T("pick.add_of", "name", "Bastien Urbain"))
		v.look("licences-found")
		v.presses(v.words.N("pick.preview", 2))
		v.look("licences-preview")
		v.presses(v.words.N("preview.start.assign", 2))
		v.sees(v.words.N("task.now.assign.done", 2))
		v.look("licences-task")
		v.takesBack()
	}
}

func (v *visitor) lists(text string) {
	v.Helper()
	v.presses(v.words.T("pick.addresses"))
	v.fills(v.words.T("addresses.label"), text)
	v.presses(v.words.T("addresses.submit"))
}

// takesBack removes the two licences again, which is confirmed first.
func (v *visitor) takesBack() {
	v.Helper()
	v.says("remove business basic")
	v.lists(strings.Join([]string{"alvaro.olsen@contoso.example", "bastien.urbain@contoso.example"}, "; "))
	v.presses(v.words.N("pick.preview", 2))
	v.presses(v.words.N("preview.start.remove", 2))
	v.until(`document.querySelector("dialog[open]")`, "the question")
	v.look("licences-confirm")
	v.clicks("dialog[open] button", v.words.N("preview.start.remove", 2))
	v.sees(v.words.N("task.now.remove.done", 2))
}
