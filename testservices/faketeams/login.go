package faketeams

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// OpenID says how the metadata and the keys are served. The zero one serves them well.
type OpenID struct {
	Status     int           // in place of an answer, such as 500
	Hang       time.Duration // before an answer
	NoKeys     bool          // the set is empty
	Body       string        // in place of the answer
	Redirect   string        // where to instead
	Algorithms []string      // that the metadata names; RS256 by default
}

// Rotate makes a new key, by which tokens are signed from now on. Keys before the last ones
// are withdrawn.
func (t *Teams) Rotate() { t.RotateWith("msteams") }

// RotateWith is Rotate to a key with those endorsements.
func (t *Teams) RotateWith(endorsements ...string) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(key.N.Bytes())
	t.mu.Lock()
	defer t.mu.Unlock()
	t.keys = append(t.keys, signer{base64.RawURLEncoding.EncodeToString(sum[:20]), key, endorsements})
	t.keys = t.keys[max(0, len(t.keys)-t.KeysKept):]
}

// Break changes how metadata and keys are served.
func (t *Teams) Break(o OpenID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.openID = o
}

// Fetches is how often the metadata and the keys were asked for.
func (t *Teams) Fetches() (metadata, keys int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.fetches["metadata"], t.fetches["keys"]
}

// Key is the one by which tokens are signed, with its id: for tests that make bad ones.
func (t *Teams) Key() (id string, key *rsa.PrivateKey) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.keys[len(t.keys)-1]
	return s.id, s.key
}

// Token is a token of Microsoft's for an activity. Change, where it is not nil, changes the
// claims and the header before they are signed.
func (t *Teams) Token(change func(claims jwt.MapClaims, header map[string]any)) string {
	t.mu.Lock()
	now := t.now()
	signed := t.keys[len(t.keys)-1]
	t.mu.Unlock()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": t.Issuer, "aud": t.AppID, "serviceurl": t.ServiceURL(),
		"nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(time.Hour).Unix(),
	})
	token.Header["kid"], token.Header["x5t"] = signed.id, signed.id
	if change != nil {
		change(token.Claims.(jwt.MapClaims), token.Header)
	}
	text, err := token.SignedString(signed.key)
	if err != nil {
		panic(err)
	}
	return text
}

func (t *Teams) serveMetadata(w http.ResponseWriter, r *http.Request) {
	o := t.fetched("metadata")
	if o.broken(w, r) {
		return
	}
	if o.Algorithms == nil {
		o.Algorithms = []string{"RS256"}
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": t.Issuer, "authorization_endpoint": "https://invalid.botframework.com", "jwks_uri": t.web.URL + "/v1/.well-known/keys",
		"id_token_signing_alg_values_supported": o.Algorithms, "token_endpoint_auth_methods_supported": []string{"private_key_jwt"},
	})
}

func (t *Teams) fetched(what string) OpenID {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fetches[what]++
	return t.openID
}

// broken answers in place of what was asked for.
func (o OpenID) broken(w http.ResponseWriter, r *http.Request) bool {
	pause(r, o.Hang)
	switch {
	case o.Redirect != "":
		http.Redirect(w, r, o.Redirect, http.StatusFound)
	case o.Status != 0:
		w.WriteHeader(o.Status)
	case o.Body != "":
		fmt.Fprint(w, o.Body)
	default:
		return false
	}
	return true
}

// pause waits, but for nobody who has gone.
func pause(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-time.After(d):
	case <-r.Context().Done():
	}
}

func (t *Teams) serveKeys(w http.ResponseWriter, r *http.Request) {
	o := t.fetched("keys")
	if o.broken(w, r) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	set := []any{}
	for _, s := range t.keys {
		if !o.NoKeys {
			set = append(set, s.public())
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": set})
}

// public is a key as Microsoft publishes it.
func (s signer) public() map[string]any {
	number := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	k := map[string]any{"kty": "RSA", "use": "sig", "kid": s.id, "x5t": s.id, "n": number(s.key.N), "e": number(big.NewInt(int64(s.key.E)))}
	if s.endorsements != nil {
		k["endorsements"] = s.endorsements
	}
	return k
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// serveToken gives the bot a token for the Connector.
func (t *Teams) serveToken(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	err := r.ParseForm()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tokenCalls++
	tenants := []string{t.Tenant, "botframework.com"}
	switch {
	case err != nil || kind != "application/x-www-form-urlencoded":
		denied(w, http.StatusBadRequest, "invalid_request", "AADSTS900144: The request body must be a form.")
	case !slices.Contains(tenants, r.PathValue("tenant")):
		denied(w, http.StatusBadRequest, "invalid_request", "AADSTS90002: Tenant not found.")
	case r.PostForm.Get("grant_type") != "client_credentials":
		denied(w, http.StatusBadRequest, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
	case r.PostForm.Get("client_id") != t.AppID:
		denied(w, http.StatusBadRequest, "unauthorized_client", "AADSTS700016: Application was not found in the directory.")
	case r.PostForm.Get("client_secret") != t.Password:
		denied(w, http.StatusUnauthorized, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
	case r.PostForm.Get("scope") != t.Scope:
		denied(w, http.StatusBadRequest, "invalid_scope", "AADSTS70011: The provided value for scope is not valid.")
	default:
		token := t.outbound()
		t.tokens[token] = t.now().Add(t.TokenLife)
		seconds := int(t.TokenLife.Seconds())
		writeJSON(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token})
	}
}

// outbound is a token of the form of Microsoft's. Whom it is of nobody reads: it is known.
func (t *Teams) outbound() string {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": strings.TrimSuffix(t.Scope, "/.default"), "appid": t.AppID, "tid": t.Tenant, "exp": t.now().Add(t.TokenLife).Unix(), "uti": opaque(),
	})
	text, err := token.SignedString([]byte(opaque()))
	if err != nil {
		panic(err)
	}
	return text
}

func denied(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]any{"error": code, "error_description": description, "error_codes": []int{}, "correlation_id": opaque()})
}

func opaque() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// TokenCalls is how often the bot asked for a token.
func (t *Teams) TokenCalls() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tokenCalls
}

// Revoke ends all outbound tokens.
func (t *Teams) Revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.tokens)
}

// authorised says whether a call has a token that this login gave, and that has not ended.
func (t *Teams) authorised(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	ends, given := t.tokens[token]
	return strings.EqualFold(scheme, "Bearer") && given && t.now().Before(ends)
}
