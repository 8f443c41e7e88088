package fakegraph

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// token is one that the login gave: what was granted then is what it is worth.
type token struct {
	ends  time.Time
	roles []string
}

// tokenPath is what faults know the login by.
const tokenPath = "/token"

// loginError is a refusal of the login.
type loginError struct {
	status int
	name   string
	code   int // AADSTS…
	text   string
}

func (g *Graph) serveMetadata(w http.ResponseWriter, r *http.Request) {
	if !g.at(g.Cloud.Login, r) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.PathValue("tenant") != g.Tenant {
		g.deny(w, errTenant(r))
		return
	}
	base := "https://" + r.Host + "/" + g.Tenant
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": base + "/v2.0", "token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize",
		"jwks_uri": base + "/discovery/v2.0/keys", "token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"pairwise"}, "id_token_signing_alg_values_supported": []string{"RS256"},
	})
}

func (g *Graph) serveToken(w http.ResponseWriter, r *http.Request) {
	if !g.at(g.Cloud.Login, r) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	g.faulty(w, r, &request{method: r.Method, path: tokenPath}, func() answer { return g.login(r) })
}

// login gives the app a token.
func (g *Graph) login(r *http.Request) answer {
	err := r.ParseForm()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokenCalls++
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return g.denied(loginError{http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'."})
	}
	if no := g.refuses(r); no != nil {
		return g.denied(*no)
	}
	seconds := int(g.TokenLife.Seconds())
	return answer{status: http.StatusOK, body: map[string]any{
		"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": g.issue(),
	}}
}

func (g *Graph) refuses(r *http.Request) *loginError {
	form, resource := r.PostForm.Get, g.Cloud.Graph
	switch scope := oneScope(form("scope")); {
	case r.PathValue("tenant") != g.Tenant:
		return new(errTenant(r))
	case form("grant_type") != "client_credentials":
		return &loginError{http.StatusBadRequest, "unsupported_grant_type", 70003, "The app requested an unsupported grant type '" + form("grant_type") + "'."}
	case form("client_id") != g.AppID:
		return &loginError{http.StatusBadRequest, "unauthorized_client", 700016, "Application with identifier '" + form("client_id") + "' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."}
	case form("client_secret") == "":
		return &loginError{http.StatusUnauthorized, "invalid_client", 7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."}
	case g.secretEnded:
		return &loginError{http.StatusUnauthorized, "invalid_client", 7000222, "The provided client secret keys for app '" + g.AppID + "' are expired. Visit the Azure portal to create new keys for your app."}
	case form("client_secret") != g.Secret:
		return &loginError{http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '" + g.AppID + "'."}
	case !strings.HasSuffix(scope, "/.default"):
		return &loginError{http.StatusBadRequest, "invalid_scope", 1002012, "The provided value for scope " + scope + " is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."}
	case scope != g.Cloud.Scope():
		return &loginError{http.StatusBadRequest, "invalid_resource", 500011, "The resource principal named " + strings.TrimSuffix(scope, "/.default") + " was not found in the tenant; " + resource + " is."}
	}
	return nil
}

// oneScope leaves out what MSAL always adds, and Microsoft does not mind.
func oneScope(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(s), func(one string) bool {
		return slices.Contains([]string{"openid", "offline_access", "profile"}, one)
	}), " ")
}

func errTenant(r *http.Request) loginError {
	return loginError{http.StatusBadRequest, "invalid_request", 90002, "Tenant '" + r.PathValue("tenant") + "' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."}
}

// issue makes a token of the form of Microsoft's. Its roles are those granted now.
func (g *Graph) issue() string {
	ends := g.now().Add(g.TokenLife)
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"aud": g.Cloud.Graph, "appid": g.AppID, "tid": g.Tenant, "idtyp": "app", "roles": g.Permissions, "exp": ends.Unix(), "iat": g.now().Unix(), "uti": opaque(),
	}).SignedString([]byte(opaque()))
	if err != nil {
		panic(err)
	}
	g.tokens[text] = &token{ends, g.Permissions}
	return text
}

func (g *Graph) denied(e loginError) answer {
	now := time.Now().UTC().Format("2006-01-02 15:04:05Z")
	trace, correlation := guid(), guid()
	return answer{status: e.status, body: map[string]any{
		"error": e.name, "error_codes": []int{e.code}, "timestamp": now, "trace_id": trace, "correlation_id": correlation,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", e.code, e.text, trace, correlation, now),
		"error_uri":         fmt.Sprintf("%s/error?code=%d", g.Cloud.Login, e.code),
	}}
}

func (g *Graph) deny(w http.ResponseWriter, e loginError) {
	a := g.denied(e)
	writeJSON(w, a.status, a.body)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// TokenCalls is how often a token was asked for.
func (g *Graph) TokenCalls() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.tokenCalls
}

// Token is a token of the app's, without a login.
func (g *Graph) Token() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.issue()
}

// Revoke ends all tokens: calls with them are answered with 401.
func (g *Graph) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tokens)
}

// EndSecret has the app's secret be out of date.
func (g *Graph) EndSecret() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.secretEnded = true
}

// Permit has exactly these permissions be granted. Tokens that were given before keep theirs, as
// Microsoft's do.
func (g *Graph) Permit(permissions ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Permissions = permissions
}
