package playground

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"cartwright/conversations/locale"
)

// choice is who the page is opened as: always an organisation and a person that exist,
// and a language that the product has.
type choice struct {
	Organisation Organisation
	Person       Person
	Lang         string
}

// choice reads ?organisation=…&as=…&lang=…; what is wrong or missing falls back to the
// buyer of the first organisation and to the browser's language.
func (p *Playground) choice(r *http.Request) choice {
	q := r.URL.Query()
	var c choice
	all := p.Organisations()
	if len(all) > 0 {
		c.Organisation = all[0]
	}
	if o, ok := p.organisation(q.Get("organisation")); ok {
		c.Organisation = o
	}
	person, ok := c.Organisation.person(q.Get("as"))
	if !ok {
		person = c.Organisation.buyer()
	}
	c.Person = person
	c.Lang = language(q.Get("lang"))
	if c.Lang == "" {
		c.Lang = locale.Match(r.Header.Get("Accept-Language"))
	}
	return c
}

func (c choice) query() string {
	return "?" + url.Values{
		"organisation": {c.Organisation.ID}, "as": {c.Person.ID}, "lang": {c.Lang},
	}.Encode()
}

// asked is what the request itself says of the choice: nobody who has no token yet is
// told who or what there is.
func asked(r *http.Request) string {
	kept := url.Values{}
	for _, key := range []string{"organisation", "as", "lang"} {
		if value := r.URL.Query().Get(key); value != "" {
			kept.Set(key, value)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// language is lang where the product has it, else "".
func language(lang string) string {
	if slices.Contains(locale.Languages(), lang) {
		return lang
	}
	return ""
}

func words(lang string) locale.Words { return locale.For(lang, nil) }

// view is what the page's template reads.
type view struct {
	Lang          string
	Words         locale.Words
	Choice        choice
	Organisations []option
	People        []option
	Languages     []option
	Script        string // what the script needs, as JSON
	Commands      []string
	Query         string // keeps the choice over the token's form
	Problem       string
}

type option struct {
	Value, Label string
	Selected     bool
}

// choices is one of the selects in the page's head.
type choices struct {
	Name, Label string
	Options     []option
}

// Select is for the templates: the select called name, labelled by the message key.
func (v view) Select(name, key string, options []option) choices {
	return choices{name, v.T(key), options}
}

// T is for the templates: a sentence in the page's language.
func (v view) T(key string) string { return v.Words.T(key) }

// Page is the chat, or the form that asks for the token.
func (p *Playground) Page(w http.ResponseWriter, r *http.Request) {
	if !p.allowed(r) {
		p.askToken(w, r, http.StatusOK, "")
		return
	}
	v, err := p.view(p.choice(r))
	if err != nil {
		p.Log.ErrorContext(r.Context(), "make the page", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	p.show(w, r, http.StatusOK, "page.html", v)
}

func (p *Playground) askToken(w http.ResponseWriter, r *http.Request, status int, problem string) {
	c := p.choice(r)
	v := view{Lang: c.Lang, Words: words(c.Lang), Query: asked(r)}
	if problem != "" {
		v.Problem = v.T(problem)
	}
	p.show(w, r, status, "token.html", v)
}

func (p *Playground) show(w http.ResponseWriter, r *http.Request, status int, name string, v view) {
	var page bytes.Buffer
	if err := p.pages.ExecuteTemplate(&page, name, v); err != nil {
		p.Log.ErrorContext(r.Context(), "make the page", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", v.Lang)
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // whoever asked may be gone
}

func (p *Playground) view(c choice) (view, error) {
	v := view{Lang: c.Lang, Words: words(c.Lang), Choice: c, Commands: []string{"buy", "cart", "subscriptions", "orders", "help"}}
	for _, o := range p.Organisations() {
		v.Organisations = append(v.Organisations, option{o.ID, v.organisation(o), o.ID == c.Organisation.ID})
	}
	for _, person := range append(slices.Clone(c.Organisation.People), Person{ID: Stranger}) {
		v.People = append(v.People, option{person.ID, v.person(person), person.ID == c.Person.ID})
	}
	for _, lang := range locale.Languages() {
		v.Languages = append(v.Languages, option{lang, words(lang).T("playground.language.name"), lang == c.Lang})
	}
	script, err := json.Marshal(v.script())
	if err != nil {
		return view{}, fmt.Errorf("write the page's words: %w", err)
	}
	v.Script = string(script)
	return v, nil
}

// organisation is its name and, where there is more than one cloud to tell, the cloud.
func (v view) organisation(o Organisation) string {
	switch o.Cloud {
	case "worldwide", "germany", "21vianet":
		return o.Name + " · " + v.T("playground.cloud."+o.Cloud)
	}
	return o.Name
}

// person is the name and what the person may do, in words where there are any.
func (v view) person(person Person) string {
	if person.ID == Stranger {
		return v.T("playground.stranger")
	}
	roles := make([]string, 0, len(person.Roles))
	for _, role := range person.Roles {
		roles = append(roles, v.role(role))
	}
	if len(roles) == 0 {
		roles = append(roles, v.T("playground.role.none"))
	}
	return person.Name + " · " + v.Words.List(roles)
}

func (v view) role(role string) string {
	switch role {
	case "buyer", "approver", "licensing", "viewer", "finance", "cfo":
		return v.T("playground.role." + role)
	}
	return role
}

// Initial stands for the person's picture.
func (v view) Initial() string {
	for _, letter := range v.Name() {
		return strings.ToUpper(string(letter))
	}
	return "?"
}

// Name is the chosen person's.
func (v view) Name() string {
	if v.Choice.Person.ID == Stranger {
		return v.T("playground.stranger")
	}
	return v.Choice.Person.Name
}

// script is everything that the page's script cannot know by itself.
func (v view) script() map[string]any {
	said := map[string]string{}
	for _, key := range scriptWords {
		said[key] = v.T("playground.script." + key)
	}
	return map[string]any{
		"organisation": v.Choice.Organisation.ID, "person": v.Choice.Person.ID,
		"name": v.Name(), "lang": v.Lang, "words": said,
	}
}

// scriptWords are the messages that the script shows, by the end of their ids.
var scriptWords = []string{
	"bot", "busy", "choose", "connected", "down", "failed", "gone", "less", "lost", "malformed", "more",
	"newtab", "none", "overloaded", "retry", "session", "you",
}
