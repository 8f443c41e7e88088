package teams

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartwright/testservices/faketeams"
)

// gate is a verifier before the login that a test plays, with a clock that the test moves.
type gate struct {
	*Inbound
	teams *faketeams.Teams
	log   *bytes.Buffer
	ahead atomic.Int64 // seconds
}

func newGate(t *testing.T, o faketeams.Options) *gate {
	t.Helper()
	teams := faketeams.New(o)
	t.Cleanup(teams.Close)
	g := &gate{teams: teams, log: &bytes.Buffer{}}
	g.Inbound = &Inbound{
		OpenIDURL: teams.OpenIDURL(), Issuer: "https://api.botframework.com", AppID: teams.AppID, HTTP: &http.Client{},
		Now: func() time.Time { return time.Now().Add(time.Duration(g.ahead.Load()) * time.Second) },
		Log: slog.New(slog.NewTextHandler(g.log, nil)),
	}
	return g
}

// later moves the clock, and the login's with it.
func (g *gate) later(d time.Duration) {
	g.ahead.Add(int64(d.Seconds()))
	g.teams.Advance(d)
}

func (g *gate) good(t *testing.T) error {
	t.Helper()
	return g.Verify(t.Context(), "Bearer "+g.teams.Token(nil), g.teams.ServiceURL(), "msteams")
}

func (g *gate) fetched(t *testing.T, want int) {
	t.Helper()
	if metadata, keys := g.teams.Fetches(); metadata != want || keys != want {
		t.Errorf("the metadata was fetched %d times and the keys %d, not %d", metadata, keys, want)
	}
}

// named is a token under a key's name that is made up.
func (g *gate) named(kid string) string {
	return "Bearer " + g.teams.Token(func(_ jwt.MapClaims, header map[string]any) { header["kid"] = kid })
}

// The keys are fetched with the first token, once for all that come together, and again
// after a day, while the token that comes then is verified by those that there are.
func TestKeysAreFetchedOnce(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	g.fetched(t, 0)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := g.good(t); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	g.refresh(t.Context()) // somebody who found it due before that
	g.fetched(t, 1)
	g.later(keysLife - time.Minute)
	if err := g.good(t); err != nil {
		t.Error(err)
	}
	g.fetched(t, 1)
	g.later(time.Minute)
	g.teams.Break(faketeams.OpenID{Hang: 200 * time.Millisecond})
	began := time.Now()
	if err := g.good(t); err != nil || time.Since(began) > 150*time.Millisecond {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if _, keys := g.teams.Fetches(); keys == 2 {
			break
		}
	}
	g.fetched(t, 2)
}

// Microsoft signs with a new key: it is found. Whoever makes up keys makes no more than a
// fetch every few minutes.
func TestANewKeyAndAFloodOfUnknownOnes(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	if err := g.good(t); err != nil {
		t.Fatal(err)
	}
	g.teams.Rotate()
	if err := g.good(t); !errors.Is(err, ErrToken) {
		t.Errorf("a key was looked for at once: %v", err)
	}
	g.fetched(t, 1)
	g.later(keysGap)
	if err := g.good(t); err != nil {
		t.Errorf("a new key is not found: %v", err)
	}
	g.fetched(t, 2)
	g.later(keysGap)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if err := g.Verify(t.Context(), g.named("made up"), g.teams.ServiceURL(), "msteams"); !errors.Is(err, ErrToken) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	g.fetched(t, 3)

	// A key that is withdrawn is not taken once the keys are fetched anew.
	old := "Bearer " + g.teams.Token(nil)
	g.teams.Rotate()
	g.teams.Rotate()
	g.later(keysGap)
	if err := g.good(t); err != nil {
		t.Error(err)
	}
	if err := g.Verify(t.Context(), old, g.teams.ServiceURL(), "msteams"); !errors.Is(err, ErrToken) {
		t.Errorf("a token by a key that was withdrawn: %v", err)
	}
}

// Without keys nothing can be judged, which is another answer than a refusal; the login is
// not asked with each token. Once there are keys, the last ones do.
func TestKeysThatCannotBeHad(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]faketeams.OpenID{
		"500":          {Status: http.StatusInternalServerError},
		"an empty set": {NoKeys: true},
		"no JSON":      {Body: "<html>"},
		"it hangs":     {Hang: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate(t, faketeams.Options{})
			g.teams.Break(broken)
			began := time.Now()
			for range 3 {
				if err := g.good(t); !errors.Is(err, ErrKeys) || errors.Is(err, ErrToken) {
					t.Errorf("without keys: %v", err)
				}
			}
			if d := time.Since(began); d > keysTime+time.Second {
				t.Errorf("it took %s", d)
			}
			if metadata, _ := g.teams.Fetches(); metadata != 1 {
				t.Errorf("the login was asked %d times", metadata)
			}
			g.teams.Break(faketeams.OpenID{})
			g.later(keysRetry)
			if err := g.good(t); err != nil {
				t.Fatalf("after it was mended: %v", err)
			}
			g.teams.Break(broken)
			g.later(2 * keysLife)
			if err := g.good(t); err != nil {
				t.Errorf("by the last good keys: %v", err)
			}
		})
	}
}

// Metadata is taken from where it was asked for, in one piece, and names keys that are as
// hard to change on their way as itself.
func TestMetadataThatIsNotTaken(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	good := func(w http.ResponseWriter, status int, padding string) {
		got, err := http.Get(g.teams.OpenIDURL())
		if err != nil {
			t.Error(err)
			return
		}
		defer got.Body.Close()
		w.WriteHeader(status)
		_, _ = io.Copy(w, got.Body)
		_, _ = io.WriteString(w, padding)
	}
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter, r *http.Request)
		start  func(http.Handler) *httptest.Server
		taken  bool
	}{
		"good":     {func(w http.ResponseWriter, _ *http.Request) { good(w, 200, "") }, httptest.NewServer, true},
		"an error": {func(w http.ResponseWriter, _ *http.Request) { good(w, 500, "") }, httptest.NewServer, false},
		"from elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, g.teams.OpenIDURL(), http.StatusFound)
		}, httptest.NewServer, false},
		"endless":            {func(w http.ResponseWriter, _ *http.Request) { good(w, 200, strings.Repeat(" ", maxKeys)) }, httptest.NewServer, false},
		"keys without https": {func(w http.ResponseWriter, _ *http.Request) { good(w, 200, "") }, httptest.NewTLSServer, false},
	} {
		server := test.start(http.HandlerFunc(test.answer))
		t.Cleanup(server.Close)
		v := &Inbound{OpenIDURL: server.URL, Issuer: g.Issuer, AppID: g.AppID, HTTP: server.Client(), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		err := v.Verify(t.Context(), "Bearer "+g.teams.Token(nil), g.teams.ServiceURL(), "msteams")
		if (err == nil) != test.taken || err != nil && !errors.Is(err, ErrKeys) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A key that is unknown while the login is down may be a new one.
func TestAnUnknownKeyWhileTheLoginIsDown(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	if err := g.good(t); err != nil {
		t.Fatal(err)
	}
	g.teams.Rotate()
	g.teams.Break(faketeams.OpenID{Status: http.StatusBadGateway})
	g.later(keysGap)
	if err := g.good(t); !errors.Is(err, ErrKeys) {
		t.Errorf("while it is down: %v", err)
	}
	g.teams.Break(faketeams.OpenID{})
	g.later(keysRetry)
	if err := g.good(t); err != nil {
		t.Errorf("after it is up: %v", err)
	}
}

// Whoever waits for keys and gives up ends nobody else's fetch.
func TestOneWhoGivesUp(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	g.teams.Break(faketeams.OpenID{Hang: 300 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if err := g.Verify(ctx, "Bearer "+g.teams.Token(nil), g.teams.ServiceURL(), "msteams"); !errors.Is(err, ErrKeys) || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	for metadata := 0; metadata == 0; metadata, _ = g.teams.Fetches() {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := g.good(t); err != nil {
		t.Error(err)
	}
	all.Wait()
	g.fetched(t, 1)
}

// Keys that are none for signatures, or too weak, are not taken.
func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	n := base64.RawURLEncoding.EncodeToString
	good := publicKey{Type: "RSA", Use: "sig", ID: "a", Modulus: n(append([]byte{0x80}, make([]byte, 255)...)), Exponent: "AQAB"}
	if good.rsa() == nil {
		t.Error("a good key is none")
	}
	for name, change := range map[string]func(*publicKey){
		"a curve": func(p *publicKey) { p.Type = "EC" }, "for encryption": func(p *publicKey) { p.Use = "enc" }, "without a name": func(p *publicKey) { p.ID = "" },
		"weak": func(p *publicKey) { p.Modulus = n(weak.N.Bytes()) }, "exponent 1": func(p *publicKey) { p.Exponent = "AQ" },
		"a long exponent": func(p *publicKey) { p.Exponent = "AQABAQAB" }, "no base64": func(p *publicKey) { p.Modulus = "!" }, "no exponent": func(p *publicKey) { p.Exponent = "" },
	} {
		bad := good
		change(&bad)
		if bad.rsa() != nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// An address is the same with or without a slash at its end, and in any case of its host.
func TestCanonical(t *testing.T) {
	t.Parallel()
	const service = "https://smba.trafficmanager.net/amer"
	for address, same := range map[string]bool{
		"https://smba.trafficmanager.net/amer/": true, "HTTPS://SMBA.TrafficManager.net/amer": true,
		"https://smba.trafficmanager.net/AMER": false, "http://smba.trafficmanager.net/amer": false, "https://smba.trafficmanager.net/amer//": false,
		"https://smba.trafficmanager.net:8443/amer": false, "https://smba.trafficmanager.net/amer?a": false, "https://smba.trafficmanager.net.evil.example/amer": false,
	} {
		if got := canonical(address) == canonical(service); got != same {
			t.Errorf("%s: %t", address, got)
		}
	}
	for _, none := range []string{"", "/amer/", "https://", "https:///amer", "https://a@smba.trafficmanager.net/amer", "https://%zz/"} {
		if got := canonical(none); got != "" {
			t.Errorf("%q is an address: %q", none, got)
		}
	}
}

// Of a token that is refused nothing is said, neither in the error nor in the log.
func TestNothingOfATokenIsSaid(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	secret := "sesame"
	number := base64.RawURLEncoding.EncodeToString([]byte(`{"x":1e424242}`))
	for _, authorization := range []string{
		"Bearer " + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256"}`)) + "." + number + ".AAAA",
		secret, "Bearer " + secret, "Bearer " + secret + "." + secret + "." + secret, g.named(secret), "Basic " + secret,
		"Bearer " + g.teams.Token(func(c jwt.MapClaims, h map[string]any) { h["alg"], c["iss"] = secret, secret }),
		"Bearer " + g.teams.Token(func(c jwt.MapClaims, _ map[string]any) { c["serviceurl"] = "https://" + secret }),
	} {
		err := g.Verify(t.Context(), authorization, g.teams.ServiceURL(), "msteams")
		if !errors.Is(err, ErrToken) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "424242") {
			t.Errorf("%s: %v", authorization, err)
		}
	}
	g.teams.Break(faketeams.OpenID{Status: http.StatusInternalServerError})
	g.later(keysGap)
	if err := g.Verify(t.Context(), g.named(secret), g.teams.ServiceURL(), "msteams"); !errors.Is(err, ErrKeys) {
		t.Error(err)
	}
	if said := g.log.String(); strings.Contains(said, secret) || !strings.Contains(said, "not fetched") {
		t.Errorf("the log says %s", said)
	}
}

// The metadata says by which algorithms tokens are signed, among those that are taken at all.
func TestAlgorithmsOfTheMetadata(t *testing.T) {
	t.Parallel()
	for named, good := range map[string]string{"RS256": "RS256", "RS384": "RS384", "PS256": "", "HS256": "", "none": ""} {
		g := newGate(t, faketeams.Options{})
		g.teams.Break(faketeams.OpenID{Algorithms: []string{named}})
		id, key := g.teams.Key()
		claims := func() jwt.MapClaims {
			return jwt.MapClaims{"iss": g.Issuer, "aud": g.AppID, "serviceurl": g.teams.ServiceURL(), "exp": time.Now().Add(time.Hour).Unix()}
		}
		for _, by := range []signatory{
			{id, jwt.SigningMethodRS256, key, claims}, {id, jwt.SigningMethodRS384, key, claims}, {id, jwt.SigningMethodPS256, key, claims},
			{id, jwt.SigningMethodHS256, pemOf(t, &key.PublicKey), claims}, {id, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims},
		} {
			if err := g.Verify(t.Context(), by.token(nil), g.teams.ServiceURL(), "msteams"); (err == nil) != (by.method.Alg() == good) {
				t.Errorf("where tokens are signed by %s, one by %s: %v", named, by.method.Alg(), err)
			}
		}
	}
}

// A verifier that was not told whose tokens it verifies takes none.
func TestNobodysVerifier(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{})
	forNobody := "Bearer " + g.teams.Token(func(c jwt.MapClaims, _ map[string]any) { c["aud"] = "" })
	g.AppID = ""
	if err := g.Verify(t.Context(), forNobody, g.teams.ServiceURL(), "msteams"); !errors.Is(err, ErrToken) {
		t.Errorf("without an app: %v", err)
	}
	g.AppID, g.Issuer = g.teams.AppID, ""
	if err := g.good(t); !errors.Is(err, ErrToken) {
		t.Errorf("without an issuer: %v", err)
	}
}

// FuzzInbound looks for a header that ends the verifier, or that gets by it.
func FuzzInbound(f *testing.F) {
	teams := faketeams.New(faketeams.Options{})
	f.Cleanup(teams.Close)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	set, err := json.Marshal(map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "kid": "a", "n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": "AQAB", "endorsements": []string{"msteams"},
	}}})
	if err != nil {
		f.Fatal(err)
	}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/keys" {
			_, _ = w.Write(set)
			return
		}
		_, _ = w.Write([]byte(`{"jwks_uri":"` + server.URL + `/keys","id_token_signing_alg_values_supported":["RS256"]}`))
	}))
	f.Cleanup(server.Close)
	v := &Inbound{OpenIDURL: server.URL, Issuer: teams.Issuer, AppID: teams.AppID, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	for _, seed := range []string{"", "Bearer", "Bearer ", "bearer a.b.c", "Bearer " + teams.Token(nil), "Bearer eyJhbGciOiJub25lIiwia2lkIjoiYSJ9.e30."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		if err := v.Verify(t.Context(), authorization, teams.ServiceURL(), "msteams"); err == nil {
			t.Errorf("%q is taken", authorization)
		}
	})
}

// pemOf is a public key in the form in which careless libraries take it for a secret.
func pemOf(t *testing.T, key *rsa.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}
