package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// batch is several calls in one. Each is answered on its own.
type batch struct {
	Requests []inner `json:"requests"`
}

type inner struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"`
}

// answered is what became of one call of a batch: neither field set is success.
type answered struct {
	refused *refused
	missing bool // no answer came, so it is not known
}

// send makes the change for each of at most 20 users in one call, and waits says how long
// Graph wants not to be asked again, the longest of what it says.
func (t *tenant) send(ctx context.Context, c change, users []string) (answers map[string]answered, waits time.Duration, err error) {
	all := batch{}
	for i, user := range users {
		all.Requests = append(all.Requests, inner{
			ID: strconv.Itoa(i + 1), Method: http.MethodPost, URL: "/users/" + url.PathEscape(user) + "/assignLicense",
			Headers: map[string]string{"Content-Type": "application/json"}, Body: c.body(),
		})
	}
	var got struct {
		Responses []json.RawMessage `json:"responses"`
	}
	if err := t.post(ctx, "Batch", "/$batch", all, &got, notAgain); err != nil {
		t.rest(waitOf(err))
		return nil, waitOf(err), err
	}
	answers = make(map[string]answered, len(users))
	for _, user := range users {
		answers[user] = answered{missing: true}
	}
	for _, raw := range got.Responses {
		var r reply
		if err := json.Unmarshal(raw, &r); err != nil {
			t.g.o.Log.WarnContext(ctx, "a reply inside of a batch was not read", "organisation", t.organisation)
			continue // the others are; of this one it is looked up what came of it
		}
		if i, err := strconv.Atoi(r.ID); err == nil && i >= 1 && i <= len(users) {
			answers[users[i-1]] = r.read()
			waits = max(waits, retryAfter(r.header().Get("Retry-After")))
		}
	}
	t.rest(waits)
	return answers, waits, nil
}

// reply is the answer to one call of a batch.
type reply struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

func (r reply) read() answered {
	switch {
	case r.Status >= 200 && r.Status < 300:
		return answered{}
	case r.Status < 400: // none that an answer has
		return answered{missing: true}
	}
	return answered{refused: refusal(r.Status, r.header(), r.Body)}
}

func (r reply) header() http.Header {
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	return header
}
