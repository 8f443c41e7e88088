package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cartwright/commerce"
)

// SignatureHeader holds "t=<unix>,v1=<hex>": HMAC-SHA256 over "<unix>.<body>".
const SignatureHeader = "Sandbox-Signature"

// freshness is how far an event's time may be from now, either way.
const freshness = 300 * time.Second

// event is a message of the gateway's, as it travels.
type event struct {
	ID       string                 `json:"id"`
	Session  string                 `json:"session"`
	Order    string                 `json:"order"`
	Status   commerce.PaymentStatus `json:"status"`
	Declined bool                   `json:"declined"`
}

// told are the statuses that an event can bring.
var told = []commerce.PaymentStatus{commerce.PaymentOpen, commerce.PaymentProcessing, commerce.PaymentSecured}

// Event believes what was signed with the sandbox's key within the last 300 seconds.
func (g *Gateway) Event(raw []byte, header http.Header) (commerce.PaymentEvent, error) {
	if err := g.verify(raw, header.Get(SignatureHeader)); err != nil {
		return commerce.PaymentEvent{}, fmt.Errorf("verify the sandbox's event: %w", err)
	}
	e, err := decodeEvent(raw)
	if err != nil {
		return commerce.PaymentEvent{}, fmt.Errorf("read the sandbox's event: %w", err)
	}
	return commerce.PaymentEvent(e), nil
}

// verify looks at the signature before it believes the time that was signed.
func (w *world) verify(raw []byte, header string) error {
	signed, stamped := strings.CutPrefix(header, "t=")
	stamp, signature, found := strings.Cut(signed, ",v1=")
	mac, err := hex.DecodeString(signature)
	if !stamped || !found || err != nil {
		return errors.New("malformed signature")
	}
	if !hmac.Equal(mac, w.mac(stamp, raw)) {
		return errors.New("wrong signature")
	}
	unix, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errors.New("malformed time")
	}
	if age := w.o.Now().Sub(time.Unix(unix, 0)); age.Abs() > freshness {
		return fmt.Errorf("signed %s ago", age)
	}
	return nil
}

func (w *world) sign(raw []byte) http.Header {
	stamp := strconv.FormatInt(w.o.Now().Unix(), 10)
	header := http.Header{"Content-Type": {"application/json"}}
	header.Set(SignatureHeader, "t="+stamp+",v1="+hex.EncodeToString(w.mac(stamp, raw)))
	return header
}

func (w *world) mac(stamp string, raw []byte) []byte {
	mac := hmac.New(sha256.New, w.o.Key)
	mac.Write([]byte(stamp + "."))
	mac.Write(raw)
	return mac.Sum(nil)
}

func decodeEvent(raw []byte) (event, error) {
	var e event
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return e, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return e, errors.New("something follows it")
	}
	if e.ID == "" || e.Session == "" || e.Order == "" || !slices.Contains(told, e.Status) {
		return e, errors.New("incomplete")
	}
	return e, nil
}
