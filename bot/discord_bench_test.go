package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A click on Discord, from its signed interaction to the answer to it, which has the edit.

// benchGuild is Discord as far as the benchmark needs it: a key, and the message that is clicked.
type benchGuild struct {
	public  ed25519.PublicKey
	key     ed25519.PrivateKey
	session int64
	clicked atomic.Int64
	message string // as Discord delivers it with a click
}

func newBenchGuild(b *testing.B) *benchGuild {
	b.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	return &benchGuild{public: public, key: key, session: time.Now().UnixNano(), message: `{"id":"1","components":[]}`}
}

// click is an interaction as Discord's are, with the whole message in it.
func (g *benchGuild) click(address string, person int, n int64, value string) (*http.Request, error) {
	g.clicked.Add(1)
	body := fmt.Sprintf(`{"app_permissions":"562949953863680","application_id":"1001","attachment_size_limit":10485760,"authorizing_integration_owners":{"0":"42"},
		"channel":{"flags":0,"guild_id":"42","id":"6","last_message_id":"7","name":"general","nsfw":false,"type":0},"channel_id":"6","context":0,
		"data":{"component_type":2,"custom_id":"w1!%s","id":7},"entitlements":[],"guild":{"features":[],"id":"42","locale":"en-US"},"guild_id":"42","guild_locale":"en-US",
		"id":"%d","locale":"en-US","member":{"avatar":null,"deaf":false,"joined_at":"2026-01-01T00:00:00+00:00","mute":false,"nick":null,"pending":false,"permissions":"562949953863680","roles":[],
		"user":{"avatar":null,"discriminator":"0","global_name":"Buyer","id":"%d","username":"buyer"}},"message":%s,"token":"aW50ZXJhY3Rpb246%d","type":3,"version":1}`,
		value, g.session+n, 100+person, g.message, g.session+n)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", stamp)
	r.Header.Set("X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(g.key, []byte(stamp+body))))
	return r, nil
}

// arrived is what was clicked: nothing comes after the answer.
func (g *benchGuild) arrived() int64 { return g.clicked.Load() }

func discordBot(b *testing.B, g *benchGuild) (address string) {
	b.Helper()
	var people strings.Builder
	for i := range benchPeople {
		fmt.Fprintf(&people, "{name: Buyer %d, id: b%d, discord: \"%d\", roles: [buyer, licensing]}, ", i, i, 100+i)
	}
	file := filepath.Join(b.TempDir(), "organisations.yaml")
	err := os.WriteFile(file, []byte(`organisations: [{id: contoso, name: Contoso, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris,
		backend: sandbox, workspaces: {discord: ["42"]}, people: [`+people.String()+`]}]`), 0o600)
	if err != nil {
		b.Fatal(err)
	}
	return benchServe(b, file, settings{
		"DISCORD_APPLICATION_ID": "1001", "DISCORD_PUBLIC_KEY": hex.EncodeToString(g.public), "DISCORD_BOT_TOKEN": "a bot token", "DISCORD_API_URL": "http://127.0.0.1:1/",
	}) + "/discord/interactions"
}

// answerOf is what the bot answers a click with, which from then on is what is clicked.
func (g *benchGuild) answerOf(b *testing.B, address, value string) []byte {
	b.Helper()
	g.session = time.Now().UnixNano()
	r, err := g.click(address, 1, 0, value)
	if err != nil {
		b.Fatal(err)
	}
	text, err := clickOnce(http.DefaultClient, r)
	if err != nil {
		b.Fatal(err)
	}
	var said struct {
		Type int
		Data struct{ Components json.RawMessage }
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Type != 7 {
		b.Fatalf("the bot answers %s, %v", text, err)
	}
	g.session, g.message = time.Now().UnixNano(), fmt.Sprintf(`{"id":"1","channel_id":"6","flags":32832,"type":0,"components":%s}`, said.Data.Components)
	return text
}

func discordClick(b *testing.B) {
	g := newBenchGuild(b)
	address := discordBot(b, g)
	for _, c := range benchClicks {
		g.answerOf(b, address, c.value)
		b.Run(c.name, func(b *testing.B) { g.session = time.Now().UnixNano(); clicks(b, address, g, c.value) })
	}
}

func discordFloor(b *testing.B) {
	g := newBenchGuild(b)
	address := discordBot(b, g)
	turn := leanTurn(b)
	for _, c := range benchClicks {
		said := g.answerOf(b, address, c.value)
		f := leanServe(b, func(w http.ResponseWriter, r *http.Request) { g.lean(w, r, turn, said) })
		b.Run(c.name, func(b *testing.B) { g.session = time.Now().UnixNano(); clicks(b, f, g, c.value) })
	}
}

// lean is the least that can be done for a click: verify, decode the needed fields, GET, SET,
// and an answer that is ready.
func (g *benchGuild) lean(w http.ResponseWriter, r *http.Request, turn func(context.Context, string) error, said []byte) {
	i, err := g.leanClick(r)
	if err != nil {
		http.Error(w, "refused", http.StatusUnauthorized)
		return
	}
	if err := turn(r.Context(), i.Guild+":"+i.Member.User.ID); err != nil {
		http.Error(w, "redis", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(said)
}

type leanInteractionOfDiscord struct {
	Type   int
	ID     string
	Token  string
	Guild  string `json:"guild_id"`
	Member struct{ User struct{ ID string } }
	Data   struct {
		ID string `json:"custom_id"`
	}
}

func (g *benchGuild) leanClick(r *http.Request) (i leanInteractionOfDiscord, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return i, err
	}
	signature, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
	if err != nil || !ed25519.Verify(g.public, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
		return i, errors.New("the signature is not Discord's")
	}
	return i, json.Unmarshal(body, &i)
}
