package fakeslack_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"cartwright/testservices"
	"cartwright/testservices/fakeslack"
)

// peers is the folder of Slack's own libraries, in JavaScript.
func peers(t *testing.T) string {
	t.Helper()
	return testservices.Peers(t, "slack", "@slack/bolt", "the Slack that the tests play, by Slack's own libraries")
}

func play(t *testing.T) (*fakeslack.Slack, *fakeslack.Workspace, *fakeslack.Client) {
	t.Helper()
	s := fakeslack.New(fakeslack.Options{ClientID: "1.2", ClientSecret: "hush"})
	t.Cleanup(s.Close)
	w := s.Workspace("T1")
	w.Channel("C1", "U1")
	w.Channel("C2", "U1")
	w.Group("S1", "U1")
	return s, w, w.Person(fakeslack.Person{ID: "U1", Name: "Somebody", Locale: "fr-FR"})
}

// Slack's own client finds what it finds in Slack: answers, errors by their names, limits
// that it waits for, tokens that are renewed.
func TestSlacksWebClient(t *testing.T) {
	t.Parallel()
	folder := peers(t)
	s, w, _ := play(t)
	ask := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := ask.Get(strings.TrimSuffix(s.APIURL(), "api/") + "oauth/v2/authorize?client_id=1.2&scope=commands&team=T1&redirect_uri=https%3A%2F%2Fbot.example%2Fback")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	w.LimitChannel("C2", 1)
	cmd := exec.CommandContext(t.Context(), "node", "webapi.mjs")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "API="+s.APIURL(), "TOKEN="+w.Token, "CODE="+back.Query().Get("code"))
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "well") {
		t.Errorf("%v\n%s", err, said)
	}
}

// An app on Slack's own framework takes the signatures, payloads and envelopes, over HTTP
// and by a socket, and refuses what is not signed well.
func TestSlacksBolt(t *testing.T) {
	t.Parallel()
	folder := peers(t)
	for _, way := range []string{"http", "socket"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			s, w, c := play(t)
			cmd := exec.CommandContext(t.Context(), "node", "bolt.mjs")
			cmd.Dir = folder
			cmd.Env = append(os.Environ(), "API="+s.APIURL(), "TOKEN="+w.Token, "SECRET="+s.SigningSecret)
			if way == "socket" {
				cmd.Env = append(cmd.Env, "APP_TOKEN="+s.AppToken())
			}
			var complaints bytes.Buffer
			cmd.Stderr = &complaints
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			line, err := bufio.NewReader(out).ReadString('\n')
			if err != nil {
				t.Fatalf("bolt did not start: %v\n%s", err, complaints.String())
			}
			if way == "http" {
				s.Deliver("http://127.0.0.1:" + strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
			}
			drive(t, s, c)
			if t.Failed() {
				t.Log(complaints.String())
			}
			if way == "http" {
				refuses(t, s)
			}
		})
	}
}

// drive does what a person does with that app.
func drive(t *testing.T, s *fakeslack.Slack, c *fakeslack.Client) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, seen func() bool) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !seen(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("it never came to this: %s; refused were %v", what, s.Refusals())
			}
		}
	}
	ok(c.Command(t.Context(), "C1", "/m365", "buy & sell"))
	until("the command is answered", func() bool { return strings.Contains(c.Last("C1").Read(), "You said buy & sell") })
	if c.Last("C1").To != "U1" {
		t.Error("a response_url shows its answer to everybody, unless told otherwise")
	}
	ok(c.Press(t.Context(), c.Last("C1"), "Open"))
	until("the modal opens", func() bool { return c.Modal() != nil })
	ok(c.Fill("Licences", "7"))
	ok(c.Submit(t.Context()))
	if got := c.Errors()["n"]; got != "At most 5" {
		t.Errorf("the modal says %q", got)
	}
	ok(c.Fill("Licences", "4"))
	ok(c.Submit(t.Context()))
	if c.Modal() != nil {
		t.Error("the modal is still open")
	}
	until("the message is edited in place", func() bool { return strings.Contains(c.Last("C1").Read(), "4 licences") })
	if n := len(c.See("C1")); n != 1 {
		t.Errorf("%d messages, not one that is edited", n)
	}
	ok(c.Mention(t.Context(), "C2", "", "hello"))
	until("the mention is answered", func() bool { return c.Last("C2").Text == "mentioned by U1" })
	ok(c.OpenHome(t.Context()))
	until("the home is shown", func() bool { return c.Home() != nil && strings.Contains(c.Home().Read(), "[From home]") })
}

// refuses has Bolt look at what is not signed well.
func refuses(t *testing.T, s *fakeslack.Slack) {
	t.Helper()
	d := s.Deliveries()[0]
	for name, status := range map[string]func() (int, []byte, error){
		"another secret": func() (int, []byte, error) { return s.Replay(t.Context(), d, "another", time.Now(), nil) },
		"old": func() (int, []byte, error) {
			return s.Replay(t.Context(), d, s.SigningSecret, time.Now().Add(-6*time.Minute), nil)
		},
		"unsigned": func() (int, []byte, error) {
			return s.Replay(t.Context(), d, s.SigningSecret, time.Now(), http.Header{"X-Slack-Signature": nil})
		},
	} {
		got, _, err := status()
		if err != nil || got != http.StatusUnauthorized {
			t.Errorf("%s: Bolt answers %d %v", name, got, err)
		}
	}
}
