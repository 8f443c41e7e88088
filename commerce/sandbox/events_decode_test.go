package sandbox

import (
	"testing"
	"time"

	"cartwright/commerce"
)

// What is signed is still read strictly: the key may leak before the format does.
func TestSignedNonsenseIsNotBelieved(t *testing.T) {
	t.Parallel()
	g := &Gateway{&world{o: Options{Key: []byte("0123456789abcdef"), Now: time.Now}}}
	cases := map[string]bool{
		`{"id":"e","session":"s","order":"CW-1","status":"secured","declined":false}`:   true,
		`{"id":"e","session":"s","order":"CW-1","status":"open","declined":true}`:       true,
		`{"id":"e","session":"s","order":"CW-1","status":"captured","declined":false}`:  false,
		`{"id":"e","session":"s","order":"CW-1","status":"SECURED","declined":false}`:   false,
		`{"id":"e","session":"s","order":"CW-1","status":"secured","extra":1}`:          false,
		`{"id":"","session":"s","order":"CW-1","status":"secured"}`:                     false,
		`{"id":"e","session":"","order":"CW-1","status":"secured"}`:                     false,
		`{"id":"e","session":"s","order":"","status":"secured"}`:                        false,
		`{"id":"e","session":"s","order":"CW-1","status":"secured","declined":false}{}`: false,
		`{"id":"e","session":"s","order":"CW-1","status":"secured","declined":false} x`: false,
		`[]`:   false,
		`null`: false,
		``:     false,
	}
	for raw, believed := range cases {
		event, err := g.Event([]byte(raw), g.sign([]byte(raw)))
		if (err == nil) != believed || !believed && event != (commerce.PaymentEvent{}) {
			t.Errorf("%s: %+v, %v", raw, event, err)
		}
	}
}
