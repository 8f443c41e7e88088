package teams

import (
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/sync/singleflight"
)

// What a token is found to be, when it is not good.
var (
	// ErrToken says that a token is not the Bot Connector's for the activity.
	ErrToken = errors.New("the token is refused")
	// ErrKeys says that a token cannot be judged now: the keys for it could not be had.
	ErrKeys = errors.New("the keys that tokens are signed with cannot be had")
)

const (
	tokenLeeway = 5 * time.Minute // by which clocks may differ, as Microsoft says
	maxToken    = 16 << 10        // bytes of the Authorization header; Microsoft's have about 1,500
	minModulus  = 2048            // bits of an RSA key

	keysLife  = 24 * time.Hour   // keys are fetched anew after that
	keysGap   = 5 * time.Minute  // how soon after a fetch an unknown key is looked for
	keysRetry = 10 * time.Second // how soon after one that failed
	keysTime  = 2 * time.Second  // for a fetch, metadata and keys: an invoke is answered in 5 s
	maxKeys   = 1 << 20          // bytes of an answer
)

// signatures are the algorithms that are taken, where the metadata names them too.
var signatures = []string{"RS256", "RS384", "RS512"}

// Inbound verifies the tokens by which the Bot Connector shows that an activity is from it.
// It follows https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication
// and is stricter where that leaves room: a token expires, and its key is endorsed for the channel.
// The keys are fetched when the first token comes; many may verify at once.
type Inbound struct {
	OpenIDURL string // of the cloud's metadata
	Issuer    string // such as https://api.botframework.com
	AppID     string
	HTTP      *http.Client // nil: one of its own
	Now       func() time.Time
	Log       *slog.Logger

	seen seenTokens

	mu      sync.Mutex
	keys    *tokenKeys // the last that were had, nil for none
	failed  bool       // the last fetch
	tried   time.Time  // when the last fetch ended
	fetches singleflight.Group
}

// Verify says whether the Authorization header of a request is good for the activity in it,
// by the serviceUrl and the channelId that the activity names: nil, ErrToken, or ErrKeys.
// Neither tells anything of the token.
func (v *Inbound) Verify(ctx context.Context, authorization, serviceURL, channelID string) error {
	scheme, text, _ := strings.Cut(authorization, " ")
	switch {
	case len(authorization) > maxToken:
		return refusedToken("it is too long")
	case !strings.EqualFold(scheme, "Bearer") || text == "":
		return refusedToken("there is none")
	case v.Issuer == "" || v.AppID == "": // which the library would take for any
		return refusedToken("there is no bot that it could be for")
	}
	token, key, err := v.genuine(ctx, text)
	if err != nil {
		return err
	}
	claims, _ := token.Claims.(jwt.MapClaims)
	return v.claimed(claims, key, serviceURL, channelID)
}

// genuine reads a token that is signed, of the issuer, and valid now.
func (v *Inbound) genuine(ctx context.Context, text string) (*jwt.Token, tokenKey, error) {
	if s, ok := v.seen.get(text); ok {
		if key, err := v.keyOf(ctx, s.token); err == nil && key.public == s.by {
			return s.token, key, refusal(jwt.NewValidator(v.rules()...).Validate(s.token.Claims))
		}
	}
	var key tokenKey
	var none error
	token, err := jwt.NewParser(v.rules()...).ParseWithClaims(text, jwt.MapClaims{}, func(t *jwt.Token) (any, error) {
		key, none = v.keyOf(ctx, t)
		return key.public, none
	})
	if err = cmp.Or(none, refusal(err)); err == nil {
		v.seen.put(text, token, key.public)
	}
	return token, key, err
}

func (v *Inbound) rules() []jwt.ParserOption {
	return []jwt.ParserOption{
		jwt.WithValidMethods(signatures), jwt.WithIssuer(v.Issuer), jwt.WithExpirationRequired(),
		jwt.WithLeeway(tokenLeeway), jwt.WithTimeFunc(v.Now), jwt.WithStrictDecoding(),
	}
}

func refusedToken(why string) error { return fmt.Errorf("%w: %s", ErrToken, why) }

// refusal is what the library finds, in words in which there is nothing of the token.
func refusal(err error) error {
	if err == nil {
		return nil
	}
	for _, known := range []error{
		jwt.ErrTokenMalformed, jwt.ErrTokenSignatureInvalid, jwt.ErrTokenExpired, jwt.ErrTokenNotValidYet, jwt.ErrTokenInvalidIssuer,
		jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, known) {
			return refusedToken(known.Error())
		}
	}
	return refusedToken("it is invalid")
}

// claimed looks at what the library does not.
func (v *Inbound) claimed(claims jwt.MapClaims, key tokenKey, serviceURL, channelID string) error {
	service, _ := claims["serviceurl"].(string)
	switch {
	case claims["aud"] != v.AppID: // the library takes a list of several too
		return refusedToken("it is for another audience")
	case canonical(service) == "" || canonical(service) != canonical(serviceURL):
		return refusedToken("it is for another serviceUrl")
	case channelID == "" || !slices.Contains(key.endorsements, channelID):
		return refusedToken("its key is not endorsed for the channel")
	}
	return nil
}

// canonical is an address without what makes no difference: the case of its host, a slash at
// its end. It is "" where that is no address.
func canonical(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	u.Host = strings.ToLower(u.Host)
	return strings.TrimSuffix(u.String(), "/")
}

// tokenKeys are the cloud's keys at a time.
type tokenKeys struct {
	at         time.Time
	algorithms []string
	byID       map[string]tokenKey
}

type tokenKey struct {
	public       *rsa.PublicKey
	endorsements []string
}

// keyOf finds the key that a token names.
func (v *Inbound) keyOf(ctx context.Context, t *jwt.Token) (tokenKey, error) {
	id, _ := t.Header["kid"].(string)
	if _, critical := t.Header["crit"]; critical || id == "" {
		return tokenKey{}, refusedToken("its header is not one of Microsoft's")
	}
	keys, known, err := v.find(ctx, id)
	switch {
	case err != nil:
		return tokenKey{}, err
	case !known:
		return tokenKey{}, refusedToken("its key is unknown")
	case !slices.Contains(keys.algorithms, t.Method.Alg()):
		return tokenKey{}, refusedToken("its algorithm is not one of the metadata's")
	}
	return keys.byID[id], nil
}

// find looks for a key among those that are had, and where it is not, among those that are
// fetched. Where it is, what is old is fetched anew, and nobody waits for that.
func (v *Inbound) find(ctx context.Context, id string) (*tokenKeys, bool, error) {
	keys, known, due := v.had(id)
	if due {
		done := v.fetches.DoChan("", func() (any, error) { v.refresh(context.WithoutCancel(ctx)); return nil, nil })
		if known {
			return keys, true, nil
		}
		select {
		case <-done:
			keys, known, _ = v.had(id)
		case <-ctx.Done():
			return nil, false, fmt.Errorf("%w: %w", ErrKeys, context.Cause(ctx))
		}
	}
	if !known && (keys == nil || v.unsure()) {
		return nil, false, ErrKeys
	}
	return keys, known, nil
}

// unsure says whether a key that is unknown may be new: the last fetch failed.
func (v *Inbound) unsure() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.failed
}

// had are the keys that there are, whether one is among them, and whether a fetch is due.
func (v *Inbound) had(id string) (keys *tokenKeys, known, due bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys == nil {
		return nil, false, v.may()
	}
	_, known = v.keys.byID[id]
	return v.keys, known, v.may() && (!known || v.Now().Sub(v.keys.at) >= keysLife)
}

// may says whether the last fetch is long enough ago: whoever makes up keys causes no flood.
func (v *Inbound) may() bool {
	gap := keysGap
	if v.failed {
		gap = keysRetry
	}
	return v.tried.IsZero() || v.Now().Sub(v.tried) >= gap
}

// refresh fetches the keys, and keeps those that there are where that fails. Somebody may
// have done so since it was found to be due.
func (v *Inbound) refresh(ctx context.Context) {
	v.mu.Lock()
	may := v.may()
	v.mu.Unlock()
	if !may {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, keysTime)
	defer cancel()
	keys, err := v.fetch(ctx)
	if err != nil {
		v.Log.WarnContext(ctx, "the keys of Teams' tokens were not fetched", "err", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.tried, v.failed = v.Now(), err != nil
	if err == nil {
		keys.at = v.tried
		v.keys = keys
	}
}

func (v *Inbound) fetch(ctx context.Context) (*tokenKeys, error) {
	var metadata struct {
		Keys       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := v.get(ctx, v.OpenIDURL, &metadata); err != nil {
		return nil, fmt.Errorf("fetch the metadata: %w", err)
	}
	scheme, _, _ := strings.Cut(v.OpenIDURL, ":")
	if !strings.HasPrefix(metadata.Keys, scheme+"://") {
		return nil, errors.New("fetch the metadata: its keys are at an address of another kind")
	}
	var published struct{ Keys []publicKey }
	if err := v.get(ctx, metadata.Keys, &published); err != nil {
		return nil, fmt.Errorf("fetch the keys: %w", err)
	}
	keys := &tokenKeys{algorithms: metadata.Algorithms, byID: map[string]tokenKey{}}
	for _, p := range published.Keys {
		if public := p.rsa(); public != nil {
			keys.byID[p.ID] = tokenKey{public, p.Endorsements}
		}
	}
	if len(keys.byID) == 0 {
		return nil, errors.New("fetch the keys: there are none")
	}
	return keys, nil
}

// get reads a JSON document, from where it was asked for and nowhere else.
func (v *Inbound) get(ctx context.Context, address string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	client := *cmp.Or(v.HTTP, &http.Client{})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %d", got.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(got.Body, maxKeys+1))
	if err != nil {
		return err
	}
	if len(text) > maxKeys {
		return errors.New("the answer is too long")
	}
	return json.Unmarshal(text, into)
}

// publicKey is a key as it is published.
type publicKey struct {
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	ID           string   `json:"kid"`
	Modulus      string   `json:"n"`
	Exponent     string   `json:"e"`
	Endorsements []string `json:"endorsements"`
}

// rsa is the key, nil where it is none that signs tokens.
func (p publicKey) rsa() *rsa.PublicKey {
	n, errN := base64.RawURLEncoding.DecodeString(p.Modulus)
	e, errE := base64.RawURLEncoding.DecodeString(p.Exponent)
	if p.Type != "RSA" || p.Use != "" && p.Use != "sig" || p.ID == "" || errN != nil || errE != nil || len(e) > 4 {
		return nil
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if key.N.BitLen() < minModulus || key.E < 3 {
		return nil
	}
	return key
}
