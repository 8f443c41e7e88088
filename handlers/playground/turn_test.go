package playground_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/conversations"
)

type answer struct {
	Message  message
	Replaces bool
}

type message struct {
	ID, Text string
	Rev      int
	Prompt   *conversations.Prompt
}

func (h house) post(t testing.TB, body string) (int, answer) {
	t.Helper()
	resp, err := http.Post(h.URL+"/playground/turns", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if resp.StatusCode == http.StatusOK {
		err = json.Unmarshal(raw, &a)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
	return resp.StatusCode, a
}

// turn is the body of a turn of Aïcha's with further members.
func turn(id, more string) string {
	return fmt.Sprintf(`{"id":%q,"organisation":"contoso","person":"aicha","lang":"en"%s}`, id, more)
}

func TestATurnIsAnEventAndItsReplyIsShown(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	status, shown := h.post(t, turn("first-0001", `,"text":" /M365  buy 5 E3 "`))
	if status != http.StatusOK || shown.Replaces || shown.Message.ID == "" {
		t.Fatalf("%d %+v", status, shown)
	}
	status, again := h.post(t, turn("second-0002", `,"message":"`+shown.Message.ID+`","ref":"add","values":{"licences":"ten","assign":"false"}`))
	if status != http.StatusOK || !again.Replaces || again.Message.ID != shown.Message.ID || again.Message.Rev <= shown.Message.Rev {
		t.Errorf("a reply in place is %+v after %+v, want the same message, newer", again, shown)
	}
	aicha := conversations.Account{Platform: "playground", Workspace: "contoso", ID: "aicha"}
	want := []conversations.Event{
		{ID: "playground:contoso:aicha:first-0001", Organisation: "contoso", Account: aicha, Text: "buy 5 E3"},
		{ID: "playground:contoso:aicha:second-0002", Organisation: "contoso", Account: aicha, Ref: "add",
			Values: map[string]string{"licences": "ten", "assign": "false"}},
	}
	if diff := cmp.Diff(want, h.seen()); diff != "" {
		t.Error(diff)
	}
	texts := []string{}
	for _, m := range h.transcript(t, "contoso", "aicha") {
		texts = append(texts, m.Text+title(m))
	}
	if diff := cmp.Diff([]string{"/M365  buy 5 E3", "Microsoft 365 Business Premium"}, texts); diff != "" {
		t.Error(diff)
	}
}

// The page sends the same event again when it does not know whether it arrived.
func TestTheSameEventTwiceIsShownOnce(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, first := h.post(t, turn("again-0001", `,"text":"cart"`))
	_, second := h.post(t, turn("again-0001", `,"text":"cart"`))
	if second.Message.ID != first.Message.ID || !second.Replaces {
		t.Errorf("the second answer is %+v, want the first message again", second)
	}
	if got := len(h.transcript(t, "contoso", "aicha")); got != 2 {
		t.Errorf("the chat holds %d messages, want what was typed and one answer", got)
	}
}

func TestAForeignMessageIsNotReplaced(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	_, hers := h.post(t, turn("mine-00001", `,"text":"cart"`))
	_, his := h.post(t, `{"id":"his-000001","organisation":"contoso","person":"bruno","ref":"list","message":"`+hers.Message.ID+`"}`)
	if his.Replaces || his.Message.ID == hers.Message.ID {
		t.Error("a person's click replaced somebody else's message")
	}
	if got := h.transcript(t, "contoso", "aicha"); title(got[1]) != "Cart" {
		t.Errorf("her message now shows %q", title(got[1]))
	}
}

func TestLongTextReachesTheEngineWhole(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	long := strings.Repeat("é", 10_001)
	status, _ := h.post(t, turn("long-00001", `,"text":"`+long+`"`))
	if status != http.StatusOK || h.seen()[0].Text != long {
		t.Errorf("status %d; the engine read %d bytes", status, len(h.seen()[0].Text))
	}
	if got := len([]rune(h.transcript(t, "contoso", "aicha")[0].Text)); got != 2001 {
		t.Errorf("the bubble holds %d characters", got)
	}
}

func TestMalformedTurns(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	values := make([]string, 21)
	for i := range values {
		values[i] = fmt.Sprintf(`"k%d":""`, i)
	}
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"no JSON":              {`{`, 400},
		"nothing":              {``, 400},
		"null":                 {`null`, 400},
		"a list":               {`[]`, 400},
		"unknown field":        {turn("id-0000001", `,"admin":true`), 400},
		"wrong type":           {turn("id-0000001", `,"text":5`), 400},
		"values of wrong type": {turn("id-0000001", `,"values":{"a":1}`), 400},
		"something after it":   {turn("id-0000001", ``) + `{}`, 400},
		"no id":                {turn("", ``), 400},
		"short id":             {turn("1234567", ``), 400},
		"long id":              {turn(strings.Repeat("a", 101), ``), 400},
		"strange id":           {turn("id:0000001", ``), 400},
		"long ref":             {turn("id-0000001", `,"ref":"`+strings.Repeat("a", 91)+`"`), 400},
		"ref with a blank":     {turn("id-0000001", `,"ref":"a b"`), 400},
		"ref beyond ASCII":     {turn("id-0000001", `,"ref":"é"`), 400},
		"strange message":      {turn("id-0000001", `,"message":"../x"`), 400},
		"many values":          {turn("id-0000001", `,"values":{`+strings.Join(values, ",")+`}`), 400},
		"long value":           {turn("id-0000001", `,"values":{"a":"`+strings.Repeat("a", 100_001)+`"}`), 400},
		"long key":             {turn("id-0000001", `,"values":{"`+strings.Repeat("a", 91)+`":""}`), 400},
		"nobody":               {`{"id":"id-0000001","organisation":"contoso","person":"zoe"}`, 404},
		"nowhere":              {`{"id":"id-0000001","organisation":"adatum","person":"aicha"}`, 404},
		"too large":            {turn("id-0000001", `,"text":"`+strings.Repeat("a", 1<<20)+`"`), 413},
		"too large after it":   {turn("id-0000001", ``) + strings.Repeat(" ", 1<<20), 413},
	} {
		if got, _ := h.post(t, c.body); got != c.want {
			t.Errorf("%s: status %d, want %d", name, got, c.want)
		}
	}
	resp, err := http.Post(h.URL+"/playground/turns", "text/plain", strings.NewReader(turn("id-0000001", ``)))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("another content type: status %d", resp.StatusCode)
	}
	if got := h.seen(); len(got) != 0 {
		t.Errorf("malformed turns reached the engine: %+v", got)
	}
	if status, _ := h.post(t, `{"id":"id-0000001","organisation":"fabrikam","person":"stranger"}`); status != http.StatusOK {
		t.Errorf("the stranger: status %d", status)
	}
}

// FuzzTurn: whatever a page sends, nothing panics, and what reaches the engine is in
// the bounds that it may rely on.
func FuzzTurn(f *testing.F) {
	f.Add(turn("id-0000001", `,"text":"buy"`))
	f.Add(turn("id-0000001", `,"ref":"x","message":"abc","values":{"a":"b"}`))
	f.Add(`{"id":"id-0000001","organisation":"contoso","person":"stranger","lang":"xx"} `)
	f.Add(`{"ID":"id-0000001","id":null}`)
	h := open(f, nil)
	handler := routes(h.Playground)
	h.answer = func(e conversations.Event) conversations.Reply {
		inBounds(f, e)
		return conversations.Reply{InPlace: true}
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/playground/turns", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if s := w.Code; s != 200 && s != 400 && s != 404 && s != 413 {
			t.Errorf("status %d", s)
		}
		h.mu.Lock()
		h.events = nil
		h.mu.Unlock()
	})
}

func inBounds(t testing.TB, e conversations.Event) {
	if len(e.ID) > 200 || !strings.HasPrefix(e.ID, "playground:") || len(e.Ref) > 90 || len(e.Values) > 20 {
		t.Errorf("out of bounds: %+v", e)
	}
	for _, c := range e.Ref {
		if c <= ' ' || c > '~' {
			t.Errorf("ref %q", e.Ref)
		}
	}
	for k, v := range e.Values {
		if k == "" || len(k) > 90 || len(v) > 100_000 {
			t.Errorf("value %q of %d bytes", k, len(v))
		}
	}
	if e.Organisation != e.Account.Workspace || e.Organisation != "contoso" && e.Organisation != "fabrikam" {
		t.Errorf("organisation %q", e.Organisation)
	}
}

func title(m message) string {
	if m.Prompt == nil {
		return ""
	}
	return m.Prompt.Title
}
