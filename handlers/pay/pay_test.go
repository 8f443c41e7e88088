package pay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/conversations/locale"
	"cartwright/handlers/pay"
)

const (
	token = "AbCdEfGhIjKlMnOpQrStUv"
	id    = "0123456789abcdef0123456789abcdef"
)

// till is a sandbox's gateway with one session in it. It counts what changes it.
type till struct {
	page pay.Page
	paid []string
	err  error // of Pay
	link error // of PaymentPage
}

func (g *till) Page(_ context.Context, asked string) (pay.Page, error) {
	if asked != id {
		return pay.Page{}, commerce.Refuse(commerce.CodeNotFound)
	}
	return g.page, nil
}

func (g *till) Pay(_ context.Context, asked, outcome, scenario string) error {
	g.paid = append(g.paid, asked+" "+outcome+" "+scenario)
	if g.err != nil {
		return g.err
	}
	switch outcome {
	case "paid":
		g.page.Status, g.page.Declined = commerce.PaymentSecured, false
	case "declined":
		g.page.Declined = true
	default:
		g.page.Status = commerce.PaymentProcessing
	}
	return nil
}

func (g *till) PaymentPage(_ context.Context, asked string) (address, lang string, err error) {
	if asked != token {
		return "", "", commerce.Refuse(commerce.CodeNotFound)
	}
	return "https://pay.example/session?of=" + id, "fr", g.link
}

func money(t testing.TB, number string) commerce.Money {
	m, err := commerce.NewMoney(number, "EUR")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newTill(t testing.TB) *till {
	return &till{page: pay.Page{
		Order: "CW-1042", Merchant: "Contoso SARL <b>", Locale: "en", Status: commerce.PaymentOpen,
		Lines: []pay.Line{
			{Name: "Microsoft 365 Business Premium", Quantity: 25, Unit: money(t, "247.20"), Amount: money(t, "6180.00")},
			{Name: "Teams Enterprise", Quantity: 3, Unit: money(t, "5.25"), Amount: money(t, "15.75")}},
		Total:   money(t, "7434.90"),
		Expires: time.Date(2026, 7, 14, 12, 30, 0, 0, time.UTC),
		Return:  "http://127.0.0.1:8080/?as=aicha",
	}}
}

func serve(t testing.TB, g *till) *httptest.Server {
	p := pay.New(pay.Options{Pages: g, Payer: g})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /pay/{token}", p.Link)
	mux.HandleFunc("GET /sandbox/pay/{id}", p.Sandbox)
	mux.HandleFunc("POST /sandbox/pay/{id}", p.Play)
	mux.HandleFunc("GET /assets/pay.css", p.Stylesheet)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// ask makes a request, follows no redirect, and returns the answer and its page.
func ask(t testing.TB, method, address, form string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func TestAShortLinkLeadsToTheGateway(t *testing.T) {
	t.Parallel()
	g := newTill(t)
	server := serve(t, g)
	for _, method := range []string{"GET", "HEAD"} {
		resp, _ := ask(t, method, server.URL+"/pay/"+token, "")
		if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "https://pay.example/session?of="+id {
			t.Errorf("%s: %d to %q", method, resp.StatusCode, resp.Header.Get("Location"))
		}
		if resp.Header.Get("Cache-Control") != "no-store" {
			t.Error("the redirect may be kept")
		}
	}
}

// A link that leads nowhere says why and what to do, in the order's language.
func TestLinksThatLeadNowhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		token  string
		err    error
		status int
		say    []string
	}{
		"unknown":     {"zzzzzzzzzzzzzzzzzzzzzz", nil, 404, []string{`lang="en"`, "no such payment page"}},
		"malformed":   {"tiny", nil, 404, []string{"no such payment page"}},
		"strange":     {"..%2f..%2fetc%2fpasswd-and-more", nil, 404, []string{"no such payment page"}},
		"expired":     {token, commerce.Refuse(commerce.CodeLinkExpired, "order", "CW-7"), 410, []string{`lang="fr"`, "«\u00a0order CW-7\u00a0»"}},
		"no order":    {token, commerce.Refuse(commerce.CodeLinkExpired), 410, []string{"CW-1042"}},
		"paid":        {token, commerce.Refuse(commerce.CodeOrderState, "order", "CW-7", "state", "completed"), 410, []string{"order CW-7"}},
		"unavailable": {token, commerce.Refuse(commerce.CodeUnavailable).Because(errors.New("secret cause")), 503, []string{"conservée"}},
		"uncoded":     {token, errors.New("secret cause"), 500, []string{"conservée"}},
	} {
		g := newTill(t)
		g.link = c.err
		resp, page := ask(t, "GET", serve(t, g).URL+"/pay/"+c.token, "")
		if resp.StatusCode != c.status {
			t.Errorf("%s: status %d, want %d", name, resp.StatusCode, c.status)
		}
		for _, words := range c.say {
			if !strings.Contains(page, words) {
				t.Errorf("%s: the page lacks %q: %s", name, words, page)
			}
		}
		if strings.Contains(page, "secret") || strings.Contains(page, "⟦") || strings.Contains(page, c.token) {
			t.Errorf("%s: the page shows what it must not: %s", name, page)
		}
	}
}

func TestTheSandboxesPageShowsWhatIsPaid(t *testing.T) {
	t.Parallel()
	g := newTill(t)
	server := serve(t, g)
	resp, page := ask(t, "GET", server.URL+"/sandbox/pay/"+id, "")
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode)
	}
	for _, words := range []string{"CW-1042", "Contoso SARL &lt;b&gt;", "Business Premium", "€6,180.00", "€1,239.15", "€7,434.90", "no real money",
		`value="paid"`, `value="declined"`, `value="slow"`, `value="slow_fail"`, `value="abandoned"`,
		`value="deliver" checked`, `value="refuse"`, `value="refuse_one"`, `value="fail"`, `value="fail_one"`} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	if strings.Contains(page, "⟦") || strings.Contains(page, "<script") {
		t.Error("words are missing, or the page needs a script")
	}
	ask(t, "HEAD", server.URL+"/sandbox/pay/"+id, "")
	if len(g.paid) != 0 {
		t.Errorf("looking at the page paid %v", g.paid)
	}
}

// Each way a payment goes is played once and then told in words.
func TestTheOutcomes(t *testing.T) {
	t.Parallel()
	for outcome, words := range map[string]string{
		"paid": "Payment received", "declined": "card was declined", "slow": "on its way", "slow_fail": "on its way",
	} {
		for _, scenario := range append([]string{""}, pay.Scenarios...) {
			g := newTill(t)
			address := serve(t, g).URL + "/sandbox/pay/" + id
			form := url.Values{"outcome": {outcome}}
			if scenario != "" {
				form.Set("scenario", scenario)
			}
			resp, _ := ask(t, "POST", address, form.Encode())
			if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/sandbox/pay/"+id {
				t.Fatalf("%s: %d to %q", outcome, resp.StatusCode, resp.Header.Get("Location"))
			}
			if scenario == "" {
				scenario = "deliver"
			}
			if diff := cmp.Diff([]string{id + " " + outcome + " " + scenario}, g.paid); diff != "" {
				t.Error(diff)
			}
			_, page := ask(t, "GET", address, "")
			if !strings.Contains(page, words) || strings.Contains(page, `value="paid"`) != (outcome == "declined") {
				t.Errorf("after %s the page says %s", outcome, page)
			}
		}
	}
}

func TestLeavingWithoutPayingChangesNothing(t *testing.T) {
	t.Parallel()
	g := newTill(t)
	resp, page := ask(t, "POST", serve(t, g).URL+"/sandbox/pay/"+id, "outcome=abandoned&scenario=deliver")
	if resp.StatusCode != http.StatusOK || len(g.paid) != 0 {
		t.Errorf("%d, paid %v", resp.StatusCode, g.paid)
	}
	if !strings.Contains(page, "left without paying") || !strings.Contains(page, `href="http://127.0.0.1:8080/?as=aicha"`) {
		t.Errorf("the page says %s", page)
	}
}

func TestPayingTwiceSaysSo(t *testing.T) {
	t.Parallel()
	g := newTill(t)
	g.page.Status, g.err = commerce.PaymentCaptured, commerce.Refuse(commerce.CodeOrderState)
	resp, page := ask(t, "POST", serve(t, g).URL+"/sandbox/pay/"+id, "outcome=paid")
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, "nothing was taken twice") || strings.Contains(page, `value="paid"`) {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
}

func TestPaymentsRefused(t *testing.T) {
	t.Parallel()
	g := newTill(t)
	server := serve(t, g)
	for name, c := range map[string]struct {
		id, form string
		want     int
	}{
		"unknown id":       {"ffffffffffffffffffffffffffffffff", "outcome=paid", 404},
		"malformed id":     {"1", "outcome=paid", 404},
		"no outcome":       {id, "", 400},
		"wrong outcome":    {id, "outcome=refund", 400},
		"wrong scenario":   {id, "outcome=paid&scenario=explode", 400},
		"malformed form":   {id, "outcome=%zz", 400},
		"too large a form": {id, "outcome=paid&x=" + strings.Repeat("a", 1<<20), 413},
	} {
		if resp, _ := ask(t, "POST", server.URL+"/sandbox/pay/"+c.id, c.form); resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, c.want)
		}
	}
	if resp, _ := ask(t, "POST", server.URL+"/sandbox/pay/"+id+"?outcome=paid", ""); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("an outcome in the address: %d", resp.StatusCode)
	}
	if len(g.paid) != 0 {
		t.Errorf("refused payments reached the gateway: %v", g.paid)
	}
	g.err = errors.New("secret cause")
	if resp, page := ask(t, "POST", server.URL+"/sandbox/pay/"+id, "outcome=paid"); resp.StatusCode != 500 || strings.Contains(page, "secret") {
		t.Errorf("a broken gateway: %d %s", resp.StatusCode, page)
	}
}

func TestWithoutASandboxThereIsNoPage(t *testing.T) {
	t.Parallel()
	p := pay.New(pay.Options{Pages: newTill(t)})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/sandbox/pay/"+id, nil)
	r.SetPathValue("id", id)
	p.Sandbox(w, r)
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}

// Every state of a session has its words, in every language of the page.
func TestEveryStateHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages() {
		for _, status := range []commerce.PaymentStatus{
			commerce.PaymentNone, commerce.PaymentOpen, commerce.PaymentProcessing, commerce.PaymentSecured,
			commerce.PaymentCaptured, commerce.PaymentVoided, commerce.PaymentExpired,
		} {
			g := newTill(t)
			g.page.Locale, g.page.Status = lang, status
			_, page := ask(t, "GET", serve(t, g).URL+"/sandbox/pay/"+id, "")
			open := status == commerce.PaymentNone || status == commerce.PaymentOpen
			if strings.Contains(page, "⟦") || !strings.Contains(page, `class="notice `) || strings.Contains(page, "<form") != open {
				t.Errorf("%s %q: %s", lang, status, page)
			}
		}
	}
}

// 21Vianet has its own ways to pay, which its page names for as long as it can be paid on.
func TestTheWaysToPay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cloud  commerce.Cloud
		status commerce.PaymentStatus
		named  bool
	}{
		{commerce.Vianet, commerce.PaymentOpen, true}, {commerce.Vianet, commerce.PaymentSecured, false},
		{commerce.Worldwide, commerce.PaymentOpen, false}, {commerce.Germany, commerce.PaymentOpen, false},
	} {
		g := newTill(t)
		g.page.Cloud, g.page.Status = c.cloud, c.status
		_, page := ask(t, "GET", serve(t, g).URL+"/sandbox/pay/"+id, "")
		if strings.Contains(page, "UnionPay") != c.named {
			t.Errorf("%s, %s: %s", c.cloud, c.status, page)
		}
	}
}
