package teams

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"cartwright/conversations/locale"
)

//go:embed icons
var icons embed.FS

// ManifestOptions say what the manifest is for.
type ManifestOptions struct {
	AppID     string
	PublicURL *url.URL // where the bot is: https, as Teams demands of every address in it
}

// ErrPlain says that Teams takes no address but https ones.
var ErrPlain = errors.New("PUBLIC_URL is not https, and Teams takes no other address")

const (
	manifestVersion = "1.22"
	manifestSchema  = "https://developer.microsoft.com/en-us/json-schemas/teams/v1.22/MicrosoftTeams.schema.json"
	appVersion      = "1.0.0"
)

// menu are the commands that Teams offers while somebody writes: ten at the most.
var menu = []string{"buy", "cart", "orders", "approvals", "subscriptions", "assign", "remove", "move", "delegate", "help"}

// lists are the menus: of a person's own chat, and of where others read along.
var lists = [][]string{{"personal"}, {"team", "groupChat"}}

// Manifest is the app's package for Teams, as a zip: its manifest, the words of the other
// languages, and its icons. Made again of the same it is the same, byte by byte.
func Manifest(o ManifestOptions) ([]byte, error) {
	if o.PublicURL.Scheme != "https" {
		return nil, ErrPlain
	}
	files := []file{{"manifest.json", pretty(o.manifest())}}
	for _, lang := range locale.Languages() {
		if lang != "en" {
			files = append(files, file{lang + ".json", pretty(translated(locale.For(lang, nil)))})
		}
	}
	for _, name := range []string{"color.png", "outline.png"} {
		text, err := icons.ReadFile("icons/" + name)
		if err != nil {
			return nil, fmt.Errorf("read an icon: %w", err)
		}
		files = append(files, file{name, text})
	}
	return zipped(files)
}

type file struct {
	name string
	text []byte
}

func zipped(files []file) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(f.text)
		}
		if err != nil {
			return nil, fmt.Errorf("zip %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	return out.Bytes(), nil
}

func pretty(v any) []byte {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // plain maps always marshal
	}
	return append(text, '\n')
}

func (o ManifestOptions) manifest() map[string]any {
	words := locale.For("en", nil)
	site := o.PublicURL.String()
	return map[string]any{
		"$schema": manifestSchema, "manifestVersion": manifestVersion, "version": appVersion, "id": o.AppID,
		"developer":   map[string]any{"name": "Cartwright", "websiteUrl": site, "privacyUrl": site, "termsOfUseUrl": site},
		"name":        map[string]any{"short": "Cartwright", "full": words.T("teams.app.name")},
		"description": map[string]any{"short": words.T("teams.app"), "full": words.T("teams.app.about")},
		"icons":       map[string]any{"color": "color.png", "outline": "outline.png"}, "accentColor": "#0F766E",
		"localizationInfo": map[string]any{"defaultLanguageTag": "en", "additionalLanguages": languages()},
		"bots": []any{map[string]any{
			"botId": o.AppID, "scopes": []string{"personal", "team", "groupChat"}, "supportsFiles": false, "isNotificationOnly": false, "commandLists": commandLists(words),
		}},
		"permissions": []string{"identity", "messageTeamMembers"}, "validDomains": []string{o.PublicURL.Hostname()},
	}
}

func languages() []any {
	var all []any
	for _, lang := range locale.Languages() {
		if lang != "en" {
			all = append(all, map[string]any{"languageTag": lang, "file": lang + ".json"})
		}
	}
	return all
}

func commandLists(words locale.Words) []any {
	var all []any
	for _, scopes := range lists {
		var commands []any
		for _, name := range menu {
			commands = append(commands, map[string]any{"title": name, "description": words.T("command." + name)})
		}
		all = append(all, map[string]any{"scopes": scopes, "commands": commands})
	}
	return all
}

// translated are the manifest's texts in another language, by their places in it.
func translated(words locale.Words) map[string]any {
	texts := map[string]any{
		"$schema":    "https://developer.microsoft.com/en-us/json-schemas/teams/v1.22/MicrosoftTeams.Localization.schema.json",
		"name.short": "Cartwright", "name.full": words.T("teams.app.name"), "description.short": words.T("teams.app"), "description.full": words.T("teams.app.about"),
	}
	for list := range lists {
		for i, name := range menu {
			texts[fmt.Sprintf("bots[0].commandLists[%d].commands[%d].description", list, i)] = words.T("command." + name)
		}
	}
	return texts
}
