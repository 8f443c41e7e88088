package teams

import (
	"crypto/rsa"
	"crypto/sha256"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// mostSeen is how many tokens are remembered: the Connector uses one for many deliveries.
const mostSeen = 256

// seenTokens remembers tokens whose signature is good, and by which key, so that this is
// worked out once for each. The clock and the keys are asked again at each use. The zero
// value remembers none; it is emptied when it is full.
type seenTokens struct {
	mu     sync.Mutex
	tokens map[[sha256.Size]byte]seenToken
}

type seenToken struct {
	token *jwt.Token // its header, algorithm and claims, which nobody changes
	by    *rsa.PublicKey
}

func (s *seenTokens) get(text string) (seenToken, bool) {
	sum := sha256.Sum256([]byte(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[sum]
	return t, ok
}

func (s *seenTokens) put(text string, token *jwt.Token, by *rsa.PublicKey) {
	sum := sha256.Sum256([]byte(text))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tokens == nil || len(s.tokens) >= mostSeen {
		s.tokens = map[[sha256.Size]byte]seenToken{}
	}
	s.tokens[sum] = seenToken{token: &jwt.Token{Method: token.Method, Header: token.Header, Claims: token.Claims}, by: by}
}
