package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A click in Teams, from its invoke with Microsoft's token to the answer to it and the edit
// that arrives at the Connector.

// A conversation takes fewer messages than a benchmark has clicks, so that everybody is in
// one of their own and clicks a few times at most.
const (
	benchTenants = 20
	benchMembers = 250 // of each
)

// microsoft is Teams as far as the benchmark needs it: keys, a token, members, and edits.
type microsoft struct {
	base  string
	key   *rsa.PrivateKey
	token string // of the deliveries
	edits atomic.Int64
	last  atomic.Pointer[[]byte]
	next  atomic.Int64 // who clicks
}

func newMicrosoft(b *testing.B) *microsoft {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	m := &microsoft{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metadata", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer":"https://api.botframework.com","jwks_uri":%q,"id_token_signing_alg_values_supported":["RS256"]}`, m.base+"/keys")
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"keys":[{"kty":"RSA","use":"sig","kid":"k1","n":%q,"e":%q,"endorsements":["msteams"]}]}`,
			base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes()))
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":86399,"access_token":"an outbound token"}`)
	})
	mux.HandleFunc("GET /emea/v3/conversations/{conversation}/members/{member}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"id":%q,"name":"Buyer","userRole":"user"}`, r.PathValue("member"))
	})
	mux.HandleFunc("PUT /emea/v3/conversations/{conversation}/activities/{activity}", m.edit)
	m.base = leanServe(b, mux.ServeHTTP)
	claims := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": "https://api.botframework.com", "aud": benchApp, "exp": time.Now().Add(time.Hour).Unix(), "nbf": time.Now().Add(-time.Minute).Unix(), "serviceurl": m.service(),
	})
	claims.Header["kid"] = "k1"
	if m.token, err = claims.SignedString(key); err != nil {
		b.Fatal(err)
	}
	return m
}

const benchApp = "11111111-2222-4333-8444-555555555555"

func (m *microsoft) service() string { return m.base + "/emea/" }

func (m *microsoft) edit(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		m.last.Store(&body)
		m.edits.Add(1)
	}
	_, _ = io.WriteString(w, `{"id":"1"}`)
}

func (m *microsoft) arrived() int64 { return m.edits.Load() }

// click is an invoke of whoever's turn it is.
func (m *microsoft) click(address string, _ int, n int64, value string) (*http.Request, error) {
	who := m.next.Add(1) % (benchTenants * benchMembers)
	body := fmt.Sprintf(`{"name":"adaptiveCard/action","type":"invoke","timestamp":"2026-11-25T12:00:00.000Z","localTimestamp":"2026-11-25T13:00:00.000+01:00","id":"f:%d-%d","channelId":"msteams",
		"serviceUrl":%q,"from":{"id":"29:1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%d","name":"Buyer","aadObjectId":"%s"},
		"conversation":{"conversationType":"personal","tenantId":"%s","id":"a:1bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb%d"},
		"recipient":{"id":"28:%s","name":"Cartwright"},"entities":[{"locale":"en-US","country":"US","platform":"Web","timezone":"Europe/Paris","type":"clientInfo"}],
		"channelData":{"tenant":{"id":"%s"},"source":{"name":"message"},"legacy":{"replyToId":"1:1ccccccccccccccccccccccccccccccc"}},"replyToId":"1700000000000",
		"value":{"action":{"type":"Action.Execute","title":"Cart","verb":"m365","data":{"m365.ref":%q}},"trigger":"manual"},"locale":"en-US","localTimezone":"Europe/Paris"}`,
		time.Now().UnixNano(), n, m.service(), who, benchID(2, who), benchID(1, who%benchTenants), who, benchApp, benchID(1, who%benchTenants), value)
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Authorization", "Bearer "+m.token)
	return r, nil
}

// benchID is one of Entra's ids.
func benchID(kind, n int64) string { return fmt.Sprintf("%08d-0000-4000-8000-%012d", kind, n) }

func teamsBot(b *testing.B, m *microsoft) (address string) {
	b.Helper()
	var all strings.Builder
	all.WriteString("organisations:\n")
	for tenant := range benchTenants {
		fmt.Fprintf(&all, "  - {id: contoso%d, name: Contoso, cloud: worldwide, country: FR, currency: EUR, time_zone: Europe/Paris, backend: sandbox, workspaces: {teams: [%s]}, people: [", tenant, benchID(1, int64(tenant)))
		for i := range benchMembers {
			who := i*benchTenants + tenant
			fmt.Fprintf(&all, "{name: Buyer %d, id: b%d, teams: %s, roles: [buyer, licensing]}, ", who, who, benchID(2, int64(who)))
		}
		all.WriteString("]}\n")
	}
	file := filepath.Join(b.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(all.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	address = benchServe(b, file, settings{
		"TEAMS_APP_ID": benchApp, "TEAMS_APP_PASSWORD": "a password", "TEAMS_TENANT_ID": "99999999-8888-4777-8666-555555555555", "TEAMS_OPENID_URL": m.base + "/metadata",
		"TEAMS_TOKEN_URL": m.base + "/token", "TEAMS_SERVICE_HOSTS": strings.TrimPrefix(m.base, "http://"),
	}) + "/api/messages"
	m.everybody(b, address, "help")
	return address
}

// everybody clicks once: the bot then knows where they are, who they are, and what is in their
// carts, as it does of the few people who click again and again in the other benchmarks.
func (m *microsoft) everybody(b *testing.B, address, value string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for n := range benchTenants * benchMembers / 8 {
				r, err := m.click(address, 0, int64(n), value)
				if err == nil {
					_, err = clickOnce(client, r)
				}
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
}

func teamsClick(b *testing.B) {
	m := newMicrosoft(b)
	address := teamsBot(b, m)
	for _, c := range benchClicks {
		m.everybody(b, address, c.value)
		b.Run(c.name, func(b *testing.B) { clicks(b, address, m, c.value) })
	}
}

func teamsFloor(b *testing.B) {
	m := newMicrosoft(b)
	address := teamsBot(b, m)
	turn := leanTurn(b)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for _, c := range benchClicks {
		said, edit := m.answerOf(b, address, c.value)
		f := leanServe(b, func(w http.ResponseWriter, r *http.Request) {
			m.lean(w, r, turn, said, func(address string) { m.put(client, address, edit) })
		})
		b.Run(c.name, func(b *testing.B) { clicks(b, f, m, c.value) })
	}
}

// answerOf is what the bot answers a click with, and how it edits the message.
func (m *microsoft) answerOf(b *testing.B, address, value string) (said, edit []byte) {
	b.Helper()
	time.Sleep(100 * time.Millisecond) // no other edit is on its way
	before := m.edits.Load()
	r, err := m.click(address, 0, 0, value)
	if err != nil {
		b.Fatal(err)
	}
	if said, err = clickOnce(http.DefaultClient, r); err != nil {
		b.Fatal(err)
	}
	for m.edits.Load() == before {
		time.Sleep(time.Millisecond)
	}
	return said, *m.last.Load()
}

// lean is the least that can be done for a click: verify, decode the needed fields, GET, SET,
// an answer that is ready, and the same edit.
func (m *microsoft) lean(w http.ResponseWriter, r *http.Request, turn func(context.Context, string) error, said []byte, put func(address string)) {
	a, err := m.leanClick(r)
	if err != nil {
		http.Error(w, "refused", http.StatusUnauthorized)
		return
	}
	if err := turn(r.Context(), a.Conversation.TenantID+":"+a.From.AadObjectID); err != nil {
		http.Error(w, "redis", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(said)
	go put(a.ServiceURL + "v3/conversations/" + url.PathEscape(a.Conversation.ID) + "/activities/" + a.ReplyToID)
}

func (m *microsoft) put(client *http.Client, address string, edit []byte) {
	r, err := http.NewRequest(http.MethodPut, address, bytes.NewReader(edit))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer an outbound token")
	_, _ = clickOnce(client, r)
}

type leanInvoke struct {
	Type, Name, ServiceURL, ReplyToID string
	From                              struct{ AadObjectID string }
	Conversation                      struct{ ID, TenantID string }
	Value                             struct {
		Action struct {
			Verb string
			Data map[string]any
		}
	}
}

func (m *microsoft) leanClick(r *http.Request) (a leanInvoke, err error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return a, err
	}
	claims := jwt.MapClaims{}
	_, err = jwt.ParseWithClaims(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), claims, func(*jwt.Token) (any, error) { return &m.key.PublicKey, nil },
		jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer("https://api.botframework.com"), jwt.WithAudience(benchApp), jwt.WithExpirationRequired())
	if err == nil && claims["serviceurl"] != a.ServiceURL {
		err = errors.New("it is for another serviceUrl")
	}
	return a, err
}
