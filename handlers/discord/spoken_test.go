package discord

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// written is a message as it is delivered, with what differs from a direct one of somebody's.
func written(t *testing.T, content string, more ...string) []byte {
	t.Helper()
	m := map[string]any{"id": "5", "channel_id": "6", "type": 0, "content": content, "author": map[string]any{"id": "7", "username": "ada"}}
	for _, fields := range more {
		if err := json.Unmarshal([]byte("{"+fields+"}"), &m); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(raw), "HALF", `\ud83d`))
}

const (
	inGuild = `"guild_id": "42", "channel_type": 0`
	naming  = `"mentions": [{"id": "1001"}, {"id": "8"}]`
)

// What people say to the bot, without its name.
func TestWhatIsSaidToTheBot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw  []byte
		want string
	}{
		{written(t, " 5 premium\nfor all "), "5 premium\nfor all"},
		{written(t, "<@1001> 5 premium", naming), "5 premium"},
		{written(t, "<@1001>", naming), ""},
		{written(t, "5 premium", `"channel_type": 1`), "5 premium"},
		{written(t, "5 premium, <@1001>!", inGuild, naming), "5 premium,  !"},
		{written(t, "<@1001>", inGuild, naming), ""},
		{written(t, "<@!1001> delegate <@!8> until 2026-12-24", inGuild, naming), "delegate <@8> until 2026-12-24"},
		{written(t, "<@1001> as I said", inGuild, naming, `"type": 19, "message_reference": {"message_id": "4"}`), "as I said"},
		{written(t, "<@1001> <@10012> <@&1001>", inGuild, naming), "<@10012> <@&1001>"},
		{written(t, "<@1001> HALF", inGuild, naming), "\uFFFD"},
		{written(t, strings.Repeat("7", 4500)), strings.Repeat("7", 3999) + "…"},
		{written(t, "x", `"components": [{"type": 99, "component": null}], "poll": {"new": 1}`), "x"},
	} {
		s, err := readSpoken(c.raw)
		if text, ok := s.words("1001"); err != nil || !ok || text != c.want {
			t.Errorf("of %.150s it is %.60q (%t, %v), want %.60q", c.raw, text, ok, err, c.want)
		}
	}
}

// What is not said to the bot, or by nobody: it stays out of it.
func TestWhatIsNotSaidToTheBot(t *testing.T) {
	t.Parallel()
	for what, raw := range map[string][]byte{
		"between others":            written(t, "5 premium", inGuild),
		"a reply that only pings":   written(t, "thanks", inGuild, naming, `"type": 19`),
		"and says nothing":          written(t, "", inGuild, naming, `"type": 19`),
		"a name in a piece of code": written(t, "`<@1001>` is how you name it", inGuild),
		"the role of its name":      written(t, "<@&700> 5 premium", inGuild, `"mention_roles": ["700"]`),
		"a sticker":                 written(t, ""),
		"everybody":                 written(t, "@everyone ask <@1001>", inGuild, naming, `"mention_everyone": true`),
		"somebody joined":           written(t, "<@1001> x", inGuild, naming, `"type": 7`),
		"an answer to a command":    written(t, "<@1001> x", inGuild, naming, `"type": 20`),
		"a webhook":                 written(t, "<@1001> x", inGuild, naming, `"webhook_id": "5"`),
		"another bot":               written(t, "<@1001> x", inGuild, naming, `"author": {"id": "8", "bot": true}`),
		"another bot, direct":       written(t, "x", `"author": {"id": "8", "bot": true}`),
		"itself":                    written(t, "<@1001> x", inGuild, naming, `"author": {"id": "1001"}`),
		"Discord":                   written(t, "x", `"author": {"id": "643945264868098049", "system": true}`),
		"several, direct":           written(t, "x", `"channel_type": 3`),
	} {
		s, err := readSpoken(raw)
		if text, ok := s.words("1001"); err != nil || ok {
			t.Errorf("%s: %q (%t, %v)", what, text, ok, err)
		}
	}
	s, err := readSpoken(written(t, "<@> x", inGuild, `"mentions": [{"id": ""}]`))
	if text, ok := s.words(""); ok || err != nil {
		t.Errorf("before the bot knows its name it takes %q, %v", text, err)
	}
}

// What does not have a message's shape is none.
func TestMessagesOfNoShape(t *testing.T) {
	t.Parallel()
	for _, raw := range [][]byte{
		[]byte(`null`), []byte(`[]`), []byte(`"x"`), []byte(`{`), written(t, "x", `"guild_id": "../42"`), written(t, "x", `"channel_id": "6/../7"`),
		written(t, "x", `"id": ""`), written(t, "x", `"author": null`), written(t, "x", `"author": 7`), written(t, "x", `"content": 7`),
		written(t, "x", `"id": "`+strings.Repeat("5", 101)+`"`),
	} {
		if s, err := readSpoken(raw); !errors.Is(err, errShape) {
			t.Errorf("%.80s is taken as %+v, %v", raw, s, err)
		}
	}
}
