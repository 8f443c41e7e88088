package teams

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartwright/testservices"
	"cartwright/testservices/faketeams"
)

// judged is a token beside what it is for.
type judged struct {
	authorization string
	serviceURL    string // "": the Connector's
	channel       string // "": msteams; "-": none
	good          bool
	stricter      string // why it is refused, though a library of Microsoft's takes it
	looser        string // why it is taken, though one refuses it
}

// signatory signs tokens, by a key and under a name.
type signatory struct {
	id     string
	method jwt.SigningMethod
	key    any
	claims func() jwt.MapClaims
}

func (s signatory) token(change func(c jwt.MapClaims, h map[string]any)) string {
	t := jwt.NewWithClaims(s.method, s.claims())
	t.Header["kid"] = s.id
	if change != nil {
		change(t.Claims.(jwt.MapClaims), t.Header)
	}
	text, err := t.SignedString(s.key)
	if err != nil {
		panic(err)
	}
	return "Bearer " + text
}

func claim(name string, value any) func(jwt.MapClaims, map[string]any) {
	return func(c jwt.MapClaims, _ map[string]any) {
		if value == nil {
			delete(c, name)
			return
		}
		c[name] = value
	}
}

func header(name string, value any) func(jwt.MapClaims, map[string]any) {
	return func(_ jwt.MapClaims, h map[string]any) { h[name] = value }
}

// tokens are good ones and bad ones, by what is the matter with them.
func tokens(t *testing.T, g *gate) map[string]judged {
	t.Helper()
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	service := g.teams.ServiceURL()
	claims := func() jwt.MapClaims {
		return jwt.MapClaims{"iss": g.Issuer, "aud": g.AppID, "serviceurl": service, "nbf": at(-time.Minute), "exp": at(time.Hour)}
	}
	signer := func(endorsements ...string) signatory {
		g.teams.RotateWith(endorsements...)
		id, key := g.teams.Key()
		return signatory{id, jwt.SigningMethodRS256, key, claims}
	}
	other, unendorsed, two := signer("skype"), signer(), signer("skype", "msteams")
	us := signer("msteams")
	rogueKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	by := func(method jwt.SigningMethod, key any) signatory { return signatory{us.id, method, key, claims} }
	own := us.key.(*rsa.PrivateKey)
	tampered := strings.Split(us.token(nil), ".")
	tampered[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(decoded(t, tampered[1]), "amer", "emea", 1)))
	upper := strings.ToUpper(service[:4]) + service[4:]
	return map[string]judged{
		"as it should be":              {authorization: us.token(nil), good: true},
		"an endorsement among several": {authorization: two.token(nil), good: true},
		"without nbf":                  {authorization: us.token(claim("nbf", nil)), good: true},
		"expired 4 minutes ago":        {authorization: us.token(claim("exp", at(-4*time.Minute))), good: true},
		"valid in 4 minutes":           {authorization: us.token(claim("nbf", at(4*time.Minute))), good: true},
		"expired 6 minutes ago":        {authorization: us.token(claim("exp", at(-6*time.Minute)))},
		"valid in 6 minutes":           {authorization: us.token(claim("nbf", at(6*time.Minute)))},
		"never expires":                {authorization: us.token(claim("exp", nil)), stricter: "a token that never ends is a password"},
		"exp is text":                  {authorization: us.token(claim("exp", "tomorrow"))},
		"another audience":             {authorization: us.token(claim("aud", "another"))},
		"no audience":                  {authorization: us.token(claim("aud", nil))},
		"several audiences":            {authorization: us.token(claim("aud", []string{"another", g.AppID})), stricter: "the newer library takes a list"},
		"a list of one audience":       {authorization: us.token(claim("aud", []string{g.AppID})), stricter: "the newer library takes a list"},
		"the audience of an API":       {authorization: us.token(claim("aud", "api://"+g.AppID)), stricter: "that is for tabs, which this bot has none of"},
		"another issuer":               {authorization: us.token(claim("iss", "https://api.botframework.us"))},
		"no issuer":                    {authorization: us.token(claim("iss", nil))},
		"a list of issuers":            {authorization: us.token(claim("iss", []string{g.Issuer}))},
		"a rogue key under our name":   {authorization: by(jwt.SigningMethodRS256, rogueKey).token(nil)},
		"an unknown key":               {authorization: us.token(header("kid", "made up"))},
		"no key":                       {authorization: us.token(header("kid", ""))},
		"a key that is a number":       {authorization: us.token(header("kid", 7))},
		"another's key named":          {authorization: us.token(header("kid", two.id))},
		"alg none":                     {authorization: by(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType).token(nil)},
		"HS256 by the public key":      {authorization: by(jwt.SigningMethodHS256, pemOf(t, &own.PublicKey)).token(nil)},
		"HS256 that says RS256":        {authorization: by(jwt.SigningMethodHS256, pemOf(t, &own.PublicKey)).token(header("alg", "RS256"))},
		"PS256":                        {authorization: by(jwt.SigningMethodPS256, own).token(nil)},
		"RS512, not in the metadata":   {authorization: by(jwt.SigningMethodRS512, own).token(nil), stricter: "the older library does not read what the metadata says"},
		"a critical header":            {authorization: us.token(header("crit", []string{"b64"})), stricter: "RFC 7515 4.1.11: what is critical and not understood is refused"},
		"a payload that was changed":   {authorization: strings.Join(tampered, "."), serviceURL: strings.Replace(service, "amer", "emea", 1)},
		"no signature":                 {authorization: us.token(nil)[:strings.LastIndex(us.token(nil), ".")+1]},
		"two parts":                    {authorization: us.token(nil)[:strings.LastIndex(us.token(nil), ".")]},
		"another serviceUrl":           {authorization: us.token(nil), serviceURL: "https://evil.example/amer/"},
		"another path":                 {authorization: us.token(nil), serviceURL: strings.Replace(service, "amer", "emea", 1)},
		"a path in capitals":           {authorization: us.token(nil), serviceURL: strings.Replace(service, "amer", "AMER", 1), stricter: "the newer library takes a path in any case"},
		"a host in it as a user":       {authorization: us.token(claim("serviceurl", strings.Replace(service, "://", "://a@", 1)))},
		"no serviceurl claim":          {authorization: us.token(claim("serviceurl", nil))},
		"a serviceurl that is empty":   {authorization: us.token(claim("serviceurl", "")), serviceURL: "-", stricter: "an activity without a serviceUrl cannot be answered"},
		"serviceUrl spelt otherwise": {authorization: us.token(func(c jwt.MapClaims, _ map[string]any) {
			c["serviceUrl"] = c["serviceurl"]
			delete(c, "serviceurl")
		})},
		"without the slash":             {authorization: us.token(nil), serviceURL: strings.TrimSuffix(service, "/"), good: true, looser: "the same address; the newer library takes it"},
		"a claim without the slash":     {authorization: us.token(claim("serviceurl", strings.TrimSuffix(service, "/"))), good: true, looser: "the same address; the newer library takes it"},
		"a scheme in capitals":          {authorization: us.token(claim("serviceurl", upper)), good: true, looser: "the same address; the newer library takes it"},
		"endorsed for another channel":  {authorization: other.token(nil), stricter: "the newer library does not look at endorsements"},
		"endorsed for none":             {authorization: unendorsed.token(nil), stricter: "both take a key without endorsements"},
		"an activity of no channel":     {authorization: us.token(nil), channel: "-", stricter: "it cannot be endorsed"},
		"an activity of another":        {authorization: us.token(nil), channel: "directline", stricter: "the newer library does not look at endorsements"},
		"no header":                     {},
		"Bearer alone":                  {authorization: "Bearer "},
		"the token alone":               {authorization: strings.TrimPrefix(us.token(nil), "Bearer "), stricter: "the newer library takes it"},
		"Basic":                         {authorization: strings.Replace(us.token(nil), "Bearer", "Basic", 1)},
		"bearer":                        {authorization: strings.Replace(us.token(nil), "Bearer", "bearer", 1), good: true, looser: "RFC 9110 11.1: a scheme has no case"},
		"two blanks":                    {authorization: strings.Replace(us.token(nil), " ", "  ", 1)},
		"a word more":                   {authorization: us.token(nil) + " x"},
		"a signature with padding bits": {authorization: loose(us.token(nil)), stricter: "one token has one spelling"},
		"too long":                      {authorization: us.token(claim("x", strings.Repeat("x", maxToken))), stricter: "Microsoft's are short"},
	}
}

func decoded(t *testing.T, part string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// loose is the same signature in another spelling: the last letter has 4 bits that mean nothing.
func loose(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	return token[:len(token)-1] + alphabet[last^1:last^1+1]
}

func (j judged) of(g *gate) (serviceURL, channel string) {
	serviceURL, channel = g.teams.ServiceURL(), "msteams"
	if j.serviceURL != "" {
		serviceURL = strings.TrimPrefix(j.serviceURL, "-")
	}
	if j.channel != "" {
		channel = strings.TrimPrefix(j.channel, "-")
	}
	return serviceURL, channel
}

// Every good token is taken, and every bad one refused, also when it comes again.
func TestTokens(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{KeysKept: 5})
	all := tokens(t, g)
	for time := range 2 {
		for name, j := range all {
			serviceURL, channel := j.of(g)
			err := g.Verify(t.Context(), j.authorization, serviceURL, channel)
			if (err == nil) != j.good || err != nil && !errors.Is(err, ErrToken) {
				t.Errorf("%s, for the %d. time: %v", name, time+1, err)
			}
		}
	}
	g.fetched(t, 1)
}

// Microsoft's own libraries, the older and the newer, look at the same tokens. What both
// refuse is refused; what one refuses is taken only, and what one takes is refused only,
// where the table says why.
func TestTokensByMicrosoftsLibraries(t *testing.T) {
	t.Parallel()
	g := newGate(t, faketeams.Options{KeysKept: 5})
	all := tokens(t, g)
	verdicts := judge(t, g, all)
	if len(verdicts) != len(all) {
		t.Fatalf("%d verdicts of %d tokens", len(verdicts), len(all))
	}
	for name, j := range all {
		v := verdicts[name]
		switch {
		case j.good && !v.Framework && !v.Apps && name != "bearer":
			t.Errorf("%s: it is taken, and both libraries refuse it", name)
		case j.good && !(v.Framework && v.Apps) != (j.looser != ""):
			t.Errorf("%s: it is taken; the libraries say %+v, and the table %q", name, v, j.looser)
		case !j.good && (v.Framework || v.Apps) != (j.stricter != ""):
			t.Errorf("%s: it is refused; the libraries say %+v, and the table %q", name, v, j.stricter)
		}
	}
}

type verdict struct{ Framework, Apps bool }

// judge has the libraries look at tokens.
func judge(t *testing.T, g *gate, all map[string]judged) map[string]verdict {
	t.Helper()
	folder := testservices.Peers(t, "teams", "botframework-connector", "the tokens that are taken for Microsoft's, by its own libraries")
	rows := []any{}
	for name, j := range all {
		serviceURL, channel := j.of(g)
		activity := map[string]any{"type": "message", "serviceUrl": serviceURL, "channelId": channel}
		rows = append(rows, map[string]any{"name": name, "authorization": j.authorization, "activity": activity})
	}
	table, err := json.Marshal(map[string]any{"metadata": g.teams.OpenIDURL(), "appId": g.AppID, "rows": rows})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "tokens.mjs")
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(table)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	said, err := cmd.Output()
	verdicts := map[string]verdict{}
	if err != nil || json.Unmarshal(said, &verdicts) != nil {
		t.Fatalf("%v\n%s\n%s", err, said, complaints.String())
	}
	return verdicts
}
