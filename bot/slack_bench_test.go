package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/slack-go/slack"

	"cartwright/testservices"
)

// What a click costs, from Slack's signed request to the edit that arrives back there:
// BenchmarkClick in the bot, with its guards, log, dialogue, cart in SQLite and a real
// Redis, and BenchmarkFloor in the least that could answer at all. Each runs as many
// clicks as the other, of the same size, in the same closed loop; compare them in one run
// (`make bench` prints the ratio).

const (
	benchSecret = "8f742231b10e8888abcd99yyyzzz85a5"
	benchPeople = 32
)

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

func listen(b *testing.B) net.Listener {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	return l
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

// clicks has everybody click, and waits until each click has led to its edit.
func clicks(b *testing.B, address string, s *sink, value string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * benchPeople}}
	var people, triggers atomic.Int64
	before := s.edits.Load()
	b.ReportAllocs()
	b.SetParallelism(benchPeople / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		person := int(people.Add(1)) % benchPeople
		for pb.Next() {
			r, err := clickOn(address, s.base+"/edit", person, value, fmt.Sprintf("1.%d.%d", time.Now().UnixNano(), triggers.Add(1)))
			if err != nil {
				b.Error(err)
				return
			}
			answer, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				b.Errorf("%d", answer.StatusCode)
				return
			}
		}
	})
	for wait := 0; s.edits.Load()-before < int64(b.N) && wait < 5000; wait++ {
		time.Sleep(time.Millisecond)
	}
	b.StopTimer()
	b.ReportMetric(float64(s.edits.Load()-before)/float64(b.N), "edits/op")
}

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
	redis, _ := testservices.Redis(b)
	set := usual.with(settings{
		"REDIS_URL": redis, "DATABASE_URL": "sqlite:" + filepath.Join(memory(b), "bot.db"), "ORGANISATIONS_FILE": file,
		"SLACK_SIGNING_SECRET": benchSecret, "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_URL": s.base + "/api/", "CLOCK_SPEED": "1",
	})
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan int, 1)
	go func() {
		ended <- run(ctx, nil, surroundings{env: set.find, readFile: os.ReadFile, stdout: io.Discard, stderr: io.Discard, started: func(at string) { ready <- at }})
	}()
	b.Cleanup(func() { cancel(); <-ended })
	select {
	case at := <-ready:
		return "http://" + at + "/slack/interactions"
	case code := <-ended:
		b.Fatalf("the bot did not start: %d", code)
	}
	return ""
}

// The clicks that are compared: the help, which is words alone; the cart; a page of the
// catalogue, the longest prompt of all.
var benchClicks = []struct{ name, value string }{{"help", "help"}, {"cart", "cart"}, {"list", "search"}}

func BenchmarkClick(b *testing.B) {
	s := newSink(b)
	address := benchBot(b, s)
	for _, c := range benchClicks {
		b.Run(c.name, func(b *testing.B) { clicks(b, address, s, c.value) })
	}
}

func BenchmarkFloor(b *testing.B) {
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
	at, _ := testservices.Redis(b)
	options, err := goredis.ParseURL(at)
	if err != nil {
		b.Fatal(err)
	}
	options.PoolSize = 20
	redis := goredis.NewClient(options)
	b.Cleanup(func() { redis.Close() })
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	state := bytes.Repeat([]byte("s"), 600)
	l := listen(b)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i, err := leanClick(r)
		if err != nil {
			http.Error(w, "refused", http.StatusUnauthorized)
			return
		}
		key := "floor:" + i.Team.ID + ":" + i.User.ID
		if err := redis.Get(r.Context(), key).Err(); err != nil && !errors.Is(err, goredis.Nil) {
			http.Error(w, "redis", http.StatusInternalServerError)
			return
		}
		if err := redis.Set(r.Context(), key, state, time.Hour).Err(); err != nil {
			http.Error(w, "redis", http.StatusInternalServerError)
			return
		}
		go func() { _ = slack.PostWebhookCustomHTTPContext(context.Background(), i.ResponseURL, client, &edit) }()
	})}
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String()
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
