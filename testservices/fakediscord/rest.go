package fakediscord

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// refusal is what Discord says of a call that it does not take.
type refusal struct {
	status, code int
	why          string
	problems     []Problem
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("%d: %s", r.code, r.why)
	for _, p := range r.problems {
		text += "; " + p.String()
	}
	return text
}

var (
	errUnauthorised       = &refusal{status: http.StatusUnauthorized, why: "401: Unauthorized"}
	errUnknownApplication = &refusal{status: http.StatusNotFound, code: 10002, why: "Unknown Application"}
	errUnknownChannel     = &refusal{status: http.StatusNotFound, code: 10003, why: "Unknown Channel"}
	errUnknownGuild       = &refusal{status: http.StatusNotFound, code: 10004, why: "Unknown Guild"}
	errUnknownMember      = &refusal{status: http.StatusNotFound, code: 10007, why: "Unknown Member"}
	errUnknownMessage     = &refusal{status: http.StatusNotFound, code: 10008, why: "Unknown Message"}
	errUnknownWebhook     = &refusal{status: http.StatusNotFound, code: 10015, why: "Unknown Webhook"}
	errUnknownInteraction = &refusal{status: http.StatusNotFound, code: 10062, why: "Unknown interaction"}
	errAcknowledged       = &refusal{status: http.StatusBadRequest, code: 40060, why: "Interaction has already been acknowledged."}
	errEmpty              = &refusal{status: http.StatusBadRequest, code: 50006, why: "Cannot send an empty message"}
	errDirectClosed       = &refusal{status: http.StatusForbidden, code: 50007, why: "Cannot send messages to this user"}
)

func invalid(problems ...Problem) *refusal {
	return &refusal{status: http.StatusBadRequest, code: 50035, why: "Invalid Form Body", problems: problems}
}

// answer is what a call is answered with; a nil body is none.
type answer struct {
	status int
	body   any
}

func ok(body any) (answer, *refusal) { return answer{http.StatusOK, body}, nil }

var nothing = answer{status: http.StatusNoContent}

// handler serves a route, with the lock held and the body read.
type handler func(r *http.Request, body any) (answer, *refusal)

// Who may call a route.
const (
	byBot   = true
	byToken = false // the path has an interaction's token, which is authority enough
)

// typingRoute is the one that takes a body and needs none.
const typingRoute = "POST /channels/{channel}/typing"

func (d *Discord) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]handler{
		"GET /guilds/{guild}": d.getGuild, "GET /guilds/{guild}/members/{user}": d.getMember,
		"GET /applications/@me": d.getApplication, "GET /applications/{application}/commands": d.getCommands, "PUT /applications/{application}/commands": d.putCommands,
		"POST /users/@me/channels": d.openDirect, "GET /channels/{channel}": d.getChannel, typingRoute: d.startTyping, "POST /channels/{channel}/messages": d.postMessage,
		"GET /channels/{channel}/messages/{message}": d.getMessage, "PATCH /channels/{channel}/messages/{message}": d.patchMessage,
		"GET /gateway/bot": d.getGateway,
	} {
		mux.HandleFunc(pattern, d.serve(pattern, byBot, h))
	}
	for pattern, h := range map[string]handler{
		"POST /interactions/{interaction}/{token}/callback": d.callback, "POST /webhooks/{application}/{token}": d.followUp,
		"GET /webhooks/{application}/{token}/messages/{message}": d.getAnswer, "PATCH /webhooks/{application}/{token}/messages/{message}": d.patchAnswer,
		"DELETE /webhooks/{application}/{token}/messages/{message}": d.deleteAnswer, "GET /gateway": d.getGateway,
	} {
		mux.HandleFunc(pattern, d.serve(pattern, byToken, h))
	}
	mux.HandleFunc("GET /socket", d.serveSocket)
	mux.HandleFunc("GET /socket/{$}", d.serveSocket) // as some libraries ask
	version := regexp.MustCompile(`^(/api)?/v(9|10)/`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = version.ReplaceAllString(r.URL.Path, "/")
		r.URL.RawPath = ""
		mux.ServeHTTP(w, r)
	})
}

func (d *Discord) serve(pattern string, bot bool, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body any
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&body)
		d.mu.Lock()
		defer d.mu.Unlock()
		bucket(w.Header(), pattern)
		if d.limits[pattern] > 0 {
			d.limits[pattern]--
			limited(w)
			return
		}
		var a answer
		var no *refusal
		switch takes := r.Method != http.MethodGet && r.Method != http.MethodDelete; {
		case bot && r.Header.Get("Authorization") != "Bot "+d.Token:
			no = errUnauthorised
		case takes && pattern != typingRoute && (err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")):
			no = &refusal{status: http.StatusBadRequest, code: 50109, why: "The request body contains invalid JSON."}
		default:
			a, no = h(r, body)
		}
		if no != nil {
			d.refuse(w, r, no)
			return
		}
		write(w, a.status, a.body)
	}
}

// write answers; what has no body has no Content-Type, by which clients would read one.
func write(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (d *Discord) refuse(w http.ResponseWriter, r *http.Request, no *refusal) {
	if no.status != http.StatusNotFound {
		d.refusals = append(d.refusals, r.Method+" "+r.URL.Path+": "+no.Error())
	}
	body := map[string]any{"code": no.code, "message": no.why}
	if len(no.problems) > 0 {
		body["errors"] = tree(no.problems)
	}
	write(w, no.status, body)
}

// tree is problems as Discord nests them, by their paths.
func tree(problems []Problem) map[string]any {
	root := map[string]any{}
	for _, p := range problems {
		at := root
		for _, step := range strings.FieldsFunc(p.Path, func(r rune) bool { return r == '/' }) {
			inner, has := at[step].(map[string]any)
			if !has {
				inner = map[string]any{}
				at[step] = inner
			}
			at = inner
		}
		at["_errors"] = []any{map[string]any{"code": "BASE_TYPE_INVALID", "message": p.Message}}
	}
	return root
}

// retryAfter is how long a call that is limited has to wait, in seconds.
const retryAfter = 0.65

func bucket(h http.Header, pattern string) {
	h.Set("X-RateLimit-Limit", "5")
	h.Set("X-RateLimit-Remaining", "4")
	h.Set("X-RateLimit-Reset-After", "1.000")
	h.Set("X-RateLimit-Bucket", hex.EncodeToString([]byte(pattern)))
}

func limited(w http.ResponseWriter) {
	h := w.Header()
	h.Set("X-RateLimit-Remaining", "0")
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", retryAfter))
	h.Set("X-RateLimit-Scope", "user")
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(retryAfter))))
	write(w, http.StatusTooManyRequests, map[string]any{"message": "You are being rate limited.", "retry_after": retryAfter, "global": false})
}
