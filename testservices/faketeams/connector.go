package faketeams

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// refusal is an answer with an error.
type refusal struct {
	status        int
	code, message string
	subCode       string
	retryAfter    int // seconds
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

var (
	errUnauthorised = &refusal{status: http.StatusUnauthorized, code: "BotNotRegistered", message: "Authorization has been denied for this request."}
	errConversation = &refusal{status: http.StatusNotFound, code: "ConversationNotFound", message: "Conversation not found."}
	errActivity     = &refusal{status: http.StatusNotFound, code: "ActivityNotFoundInConversation", message: "Activity not found in conversation."}
	errMember       = &refusal{status: http.StatusNotFound, code: "MemberNotFoundInConversation", message: "The member was not found in the conversation."}
	errBlocked      = &refusal{status: http.StatusForbidden, code: "ConversationBlockedByUser", message: "User blocked the conversation with the bot.", subCode: "MessageWritesBlocked"}
	errNotThere     = &refusal{status: http.StatusForbidden, code: "BotNotInConversationRoster", message: "The bot is not part of the conversation roster."}
	errNotYours     = &refusal{status: http.StatusForbidden, code: "NotEnoughPermissions", message: "The message is not the bot's."}
	errTooBig       = &refusal{status: http.StatusRequestEntityTooLarge, code: "MessageSizeTooBig", message: "Message size too large."}
)

func bad(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, code: "Bad Argument", message: fmt.Sprintf(format, args...)}
}

// request is one call of the Connector, as far as it was read.
type request struct {
	conversation, activity, member string // ids of the path
	raw                            []byte
	body                           map[string]any
	query                          func(string) string
}

// connector registers what the Connector does. Each answers under the lock.
func (t *Teams) connector(mux *http.ServeMux) {
	one := "/amer/v3/conversations/{conversation}"
	for pattern, do := range map[string]func(request) (any, error){
		"POST /amer/v3/conversations":              t.create,
		"POST " + one + "/activities":              t.send,
		"POST " + one + "/activities/{activity}":   t.reply,
		"PUT " + one + "/activities/{activity}":    t.update,
		"DELETE " + one + "/activities/{activity}": t.remove,
		"GET " + one + "/members/{member}":         t.member,
		"GET " + one + "/pagedmembers":             t.pagedMembers,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { t.serve(w, r, do) })
	}
}

func (t *Teams) serve(w http.ResponseWriter, r *http.Request, do func(request) (any, error)) {
	q := request{
		conversation: r.PathValue("conversation"), activity: r.PathValue("activity"), member: r.PathValue("member"), query: r.URL.Query().Get,
	}
	err := q.read(r)
	t.mu.Lock()
	fault := t.fault(r.Method, q.conversation)
	t.mu.Unlock()
	if fault != nil {
		pause(r, fault.Hang)
		if fault.Status != 0 {
			t.answer(w, r, q, nil, &refusal{status: fault.Status, code: "Fault", message: "on demand", retryAfter: fault.RetryAfter})
			return
		}
	}
	t.mu.Lock()
	var result any
	if err == nil && !t.authorised(r) {
		err = errUnauthorised
	}
	if err == nil {
		result, err = do(q)
	}
	t.mu.Unlock()
	t.answer(w, r, q, result, err)
}

func (q *request) read(r *http.Request) error {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		return nil
	}
	var err error
	if q.raw, err = io.ReadAll(io.LimitReader(r.Body, 1<<20)); err != nil {
		return bad("the body cannot be read")
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return &refusal{status: http.StatusUnsupportedMediaType, code: "UnsupportedMediaType", message: "the body is not JSON"}
	}
	if json.Unmarshal(q.raw, &q.body) != nil || q.body == nil {
		return bad("the body is no JSON object")
	}
	return nil
}

// fault takes one of what is to fail.
func (t *Teams) fault(method, conversation string) *Fault {
	for _, f := range t.faults {
		fits := (f.Method == "" || f.Method == method) && (f.Conversation == "" || f.Conversation == conversation)
		if fits && f.Times > 0 {
			f.Times--
			return f
		}
	}
	return nil
}

// answer writes what came of a call, and notes it.
func (t *Teams) answer(w http.ResponseWriter, r *http.Request, q request, result any, err error) {
	status, wrong := http.StatusOK, ""
	if r.Method == http.MethodPost {
		status = http.StatusCreated
	}
	no, refused := err.(*refusal) //nolint:errorlint // nothing here wraps one
	if err != nil && !refused {
		no = &refusal{status: http.StatusInternalServerError, code: "ServiceError", message: err.Error()}
	}
	if no != nil {
		status, wrong = no.status, no.Error()
	}
	t.mu.Lock()
	path := strings.TrimPrefix(r.URL.Path, "/amer/")
	t.calls = append(t.calls, Call{Method: r.Method, Path: path, At: t.now(), Body: copied(q.body), Status: status, Error: wrong})
	t.mu.Unlock()
	if no == nil {
		writeJSON(w, status, result)
		return
	}
	if no.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(no.retryAfter))
	}
	said := map[string]any{"error": map[string]any{"code": no.code, "message": no.message}}
	if no.subCode != "" {
		said["subCode"] = no.subCode
	}
	writeJSON(w, status, said)
}
