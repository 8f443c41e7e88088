package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

// A click on Slack, from its signed request to the edit that arrives back there.

const benchSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// sink is Slack as far as the benchmark needs it: it says who people are, and takes edits.
type sink struct {
	base  string
	edits atomic.Int64
	last  atomic.Pointer[[]byte]
}

func newSink(b *testing.B) *sink {
	b.Helper()
	s := &sink{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/auth.test", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"ok":true,"team_id":"T1","user_id":"UBOT"}`)
	})
	mux.HandleFunc("POST /api/users.info", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"ok":true,"user":{"id":%q,"team_id":"T1","name":"b","locale":"en-US","tz":"Europe/Paris"}}`, r.FormValue("user"))
	})
	mux.HandleFunc("POST /edit", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			s.last.Store(&body)
			s.edits.Add(1)
		}
		_, _ = io.WriteString(w, "ok")
	})
	l := listen(b)
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	s.base = "http://" + l.Addr().String()
	return s
}

// clickOn is a signed click of a person, of about 4 kB as Slack's are, in a message of its
// own: edits of one message would be shown together.
func clickOn(address, edit string, person int, value, trigger string) (*http.Request, error) {
	padding := strings.Repeat("Which subscription do you need, and for how many people? ", 40)
	payload := fmt.Sprintf(`{"type":"block_actions","user":{"id":"U%d","username":"u","name":"u","team_id":"T1"},"api_app_id":"A1","token":"deprecated",
		"container":{"type":"message","message_ts":%q,"channel_id":"C1","is_ephemeral":true},"trigger_id":%q,
		"team":{"id":"T1","domain":"contoso"},"enterprise":null,"is_enterprise_install":false,"channel":{"id":"C1","name":"general"},
		"message":{"type":"message","text":%q,"blocks":[]},"state":{"values":{}},"response_url":%q,
		"actions":[{"action_id":"w1","block_id":"b1","text":{"type":"plain_text","text":"Cart","emoji":false},"value":%q,"type":"button","action_ts":"1.2"}]}`,
		person, trigger, trigger, padding, edit, value)
	body := url.Values{"payload": {payload}}.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(benchSecret))
	_, _ = io.WriteString(mac, "v0:"+stamp+":"+body)
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r, nil
}

func (s *sink) click(address string, person int, n int64, value string) (*http.Request, error) {
	return clickOn(address, s.base+"/edit", person, value, fmt.Sprintf("1.%d.%d", time.Now().UnixNano(), n))
}

func (s *sink) arrived() int64 { return s.edits.Load() }

// benchBot runs a bot with people who each have something in their cart.
func benchBot(b *testing.B, s *sink) (address string) {
	b.Helper()
	var people strings.Builder
	for i := range benchPeople {
		fmt.Fprintf(&people, "{name: Buyer %d, id: b%d, slack: U%d, roles: [buyer, licensing]}, ", i, i, i)
	}
	file := filepath.Join(b.TempDir(), "organisations.yaml")
	err := os.WriteFile(file, []byte(`organisations: [{id: contoso, name: Contoso, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris,
		backend: sandbox, workspaces: {slack: [T1]}, people: [`+people.String()+`]}]`), 0o600)
	if err != nil {
		b.Fatal(err)
	}
	return benchServe(b, file, settings{
		"SLACK_SIGNING_SECRET": benchSecret, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": s.base + "/api/",
	}) + "/slack/interactions"
}

func slackClick(b *testing.B) {
	s := newSink(b)
	address := benchBot(b, s)
	for _, c := range benchClicks {
		b.Run(c.name, func(b *testing.B) { clicks(b, address, s, c.value) })
	}
}

func slackFloor(b *testing.B) {
	s := newSink(b)
	bot := benchBot(b, s)
	for _, c := range benchClicks {
		f := newFloor(b, s.editOf(b, bot, c.value))
		b.Run(c.name, func(b *testing.B) { clicks(b, f, s, c.value) })
	}
}

// editOf is what the bot answers a click with.
func (s *sink) editOf(b *testing.B, address, value string) slack.WebhookMessage {
	b.Helper()
	before := s.edits.Load()
	r, err := clickOn(address, s.base+"/edit", 1, value, fmt.Sprintf("0.%d.0", time.Now().UnixNano()))
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	answer.Body.Close()
	for s.edits.Load() == before {
		time.Sleep(time.Millisecond)
	}
	var msg slack.WebhookMessage
	if err := json.Unmarshal(*s.last.Load(), &msg); err != nil {
		b.Fatal(err)
	}
	return msg
}

// newFloor serves the least that can be done for a click: verify, decode the needed
// fields, GET, SET, 200, and the same edit.
func newFloor(b *testing.B, edit slack.WebhookMessage) (address string) {
	b.Helper()
	turn := leanTurn(b)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	return leanServe(b, func(w http.ResponseWriter, r *http.Request) {
		i, err := leanClick(r)
		if err != nil {
			http.Error(w, "refused", http.StatusUnauthorized)
			return
		}
		if err := turn(r.Context(), i.Team.ID+":"+i.User.ID); err != nil {
			http.Error(w, "redis", http.StatusInternalServerError)
			return
		}
		go func() { _ = slack.PostWebhookCustomHTTPContext(context.Background(), i.ResponseURL, client, &edit) }()
	})
}

type leanInteraction struct {
	Type        string
	Team, User  struct{ ID string }
	ResponseURL string `json:"response_url"`
	Actions     []struct{ Value string }
}

func leanClick(r *http.Request) (i leanInteraction, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return i, err
	}
	v, err := slack.NewSecretsVerifier(r.Header, benchSecret)
	if err != nil {
		return i, err
	}
	_, _ = v.Write(body)
	if err := v.Ensure(); err != nil {
		return i, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return i, err
	}
	return i, json.Unmarshal([]byte(form.Get("payload")), &i)
}
