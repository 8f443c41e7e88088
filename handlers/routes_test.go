package handlers_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cartwright/commerce"
	"cartwright/conversations"
	"cartwright/handlers"
	"cartwright/handlers/pay"
	"cartwright/handlers/playground"
)

const (
	token   = "AbCdEfGhIjKlMnOpQrStUv"
	session = "0123456789abcdef0123456789abcdef"
)

// outside is a program's public listener with a scripted dialogue and till behind it.
type outside struct {
	URL    string
	mu     sync.Mutex
	log    bytes.Buffer
	turns  int
	paid   int
	answer func(context.Context)
}

func (o *outside) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.log.Write(b)
}

func (o *outside) logged() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.log.String()
}

func (o *outside) Turn(ctx context.Context, _ conversations.Event) conversations.Reply {
	o.mu.Lock()
	o.turns++
	answer := o.answer
	o.mu.Unlock()
	if answer != nil {
		answer(ctx)
	}
	return conversations.Reply{Prompt: conversations.Prompt{Title: "Cart"}}
}

func (o *outside) PaymentPage(_ context.Context, asked string) (address, lang string, err error) {
	switch asked {
	case token:
		return "/sandbox/pay/" + session, "en", nil
	case "expired-expired-expired":
		return "", "en", commerce.Refuse(commerce.CodeLinkExpired)
	}
	return "", "", commerce.Refuse(commerce.CodeNotFound)
}

func (o *outside) Page(_ context.Context, id string) (pay.Page, error) {
	if id != session {
		return pay.Page{}, commerce.Refuse(commerce.CodeNotFound)
	}
	return pay.Page{Order: "CW-1042", Total: commerce.Zero("EUR"), Status: commerce.PaymentOpen}, nil
}

func (o *outside) Pay(context.Context, string, string, string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.paid++
	return nil
}

func start(t testing.TB, change func(*handlers.Options, *playground.Options)) *outside {
	o := &outside{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	public, _ := url.Parse("https://cartwright.example")
	log := slog.New(slog.NewTextHandler(o, nil))
	forPage := playground.Options{
		Turn: o.Turn, Key: []byte("key"), Now: time.Now, Random: rand.Reader, Log: log,
		Organisations: func() []playground.Organisation {
			return []playground.Organisation{{ID: "contoso", Name: "Contoso", People: []playground.Person{{ID: "aicha", Name: "Aïcha"}}}}
		},
	}
	routes := handlers.Options{
		PublicURL: public, Listener: listener.Addr(), Log: log, Random: rand.Reader,
		Pay: pay.New(pay.Options{Pages: link{o}, Payer: o, Log: log}),
	}
	if change != nil {
		change(&routes, &forPage)
	}
	page := playground.New(forPage)
	routes.Playground = page
	server := httptest.NewUnstartedServer(handlers.Routes(routes))
	server.Listener.Close()
	server.Listener = listener
	server.Start()
	o.URL = server.URL
	t.Cleanup(func() { page.Close(); server.Close() })
	return o
}

// link makes the scripted address of the payment page a whole one.
type link struct{ *outside }

func (l link) PaymentPage(ctx context.Context, asked string) (address, lang string, err error) {
	address, lang, err = l.outside.PaymentPage(ctx, asked)
	return l.URL + address, lang, err
}

type call struct {
	method, path, body, kind string
	host                     string
	header                   map[string]string
}

func (o *outside) do(t testing.TB, c call) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), c.method, o.URL+c.path, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	if c.kind != "" {
		r.Header.Set("Content-Type", c.kind)
	}
	if c.host != "" {
		r.Host = c.host
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
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

const (
	aTurn   = `{"id":"id-0000001","organisation":"contoso","person":"aicha","text":"cart"}`
	asJSON  = "application/json"
	asForm  = "application/x-www-form-urlencoded"
	tooLong = 1<<20 + 1
)

func TestStatuses(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	evil := map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
	for name, c := range map[string]struct {
		call
		want int
	}{
		"the page":               {call{method: "GET", path: "/"}, 200},
		"a turn":                 {call{method: "POST", path: "/playground/turns", body: aTurn, kind: asJSON}, 200},
		"the script":             {call{method: "GET", path: "/assets/playground.js"}, 200},
		"the payment's look":     {call{method: "GET", path: "/assets/pay.css"}, 200},
		"a payment link":         {call{method: "GET", path: "/pay/" + token}, 303},
		"a payment link's head":  {call{method: "HEAD", path: "/pay/" + token}, 303},
		"an expired link":        {call{method: "GET", path: "/pay/expired-expired-expired"}, 410},
		"an unknown link":        {call{method: "GET", path: "/pay/zzzzzzzzzzzzzzzzzzzzzz"}, 404},
		"the sandbox's page":     {call{method: "GET", path: "/sandbox/pay/" + session}, 200},
		"a payment":              {call{method: "POST", path: "/sandbox/pay/" + session, body: "outcome=paid", kind: asForm}, 303},
		"a wrong payment":        {call{method: "POST", path: "/sandbox/pay/" + session, body: "outcome=x", kind: asForm}, 400},
		"an unknown payment":     {call{method: "POST", path: "/sandbox/pay/" + strings.Repeat("f", 32), body: "outcome=paid", kind: asForm}, 404},
		"malformed JSON":         {call{method: "POST", path: "/playground/turns", body: "{", kind: asJSON}, 400},
		"not JSON":               {call{method: "POST", path: "/playground/turns", body: aTurn, kind: "text/plain"}, 400},
		"an unknown person":      {call{method: "POST", path: "/playground/turns", body: strings.Replace(aTurn, "aicha", "zoe", 1), kind: asJSON}, 404},
		"an unknown path":        {call{method: "GET", path: "/admin"}, 404},
		"a folder":               {call{method: "GET", path: "/assets/"}, 404},
		"metrics, outside":       {call{method: "GET", path: "/metrics"}, 404},
		"no token is asked for":  {call{method: "POST", path: "/", body: "token=x", kind: asForm}, 404},
		"the wrong method":       {call{method: "DELETE", path: "/playground/turns"}, 405},
		"a turn by GET":          {call{method: "GET", path: "/playground/turns"}, 405},
		"paying by link":         {call{method: "POST", path: "/pay/" + token}, 405},
		"too long":               {call{method: "POST", path: "/playground/turns", body: strings.Repeat(" ", tooLong), kind: asJSON}, 413},
		"too long for nobody":    {call{method: "POST", path: "/nowhere", body: strings.Repeat(" ", tooLong)}, 413},
		"another host":           {call{method: "GET", path: "/", host: "evil.example"}, 421},
		"another port":           {call{method: "GET", path: "/", host: "127.0.0.1:1"}, 421},
		"the public host":        {call{method: "GET", path: "/", host: "cartwright.example"}, 200},
		"the public host, port":  {call{method: "GET", path: "/", host: "Cartwright.Example:443"}, 200},
		"a click from elsewhere": {call{method: "POST", path: "/playground/turns", body: aTurn, kind: asJSON, header: evil}, 403},
		"a form from elsewhere":  {call{method: "POST", path: "/sandbox/pay/" + session, body: "outcome=paid", kind: asForm, header: evil}, 403},
	} {
		if resp, body := o.do(t, c.call); resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d: %s", name, resp.StatusCode, c.want, body)
		}
	}
	port := o.URL[strings.LastIndex(o.URL, ":"):]
	for _, host := range []string{"localhost" + port, "[::1]" + port, "127.0.0.1" + port} {
		if resp, _ := o.do(t, call{method: "GET", path: "/", host: host}); resp.StatusCode != 200 {
			t.Errorf("%s: %d", host, resp.StatusCode)
		}
	}
	if o.turns != 1 || o.paid != 1 {
		t.Errorf("%d turns and %d payments got through, want one of each", o.turns, o.paid)
	}
}

func TestAGETChangesNothing(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		for _, path := range []string{"/", "/?as=aicha", "/pay/" + token, "/sandbox/pay/" + session + "?outcome=paid", "/playground/turns"} {
			o.do(t, call{method: method, path: path})
		}
	}
	if o.turns+o.paid != 0 {
		t.Errorf("looking made %d turns and %d payments", o.turns, o.paid)
	}
}

func TestEveryAnswerKeepsTheBrowserHere(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	for _, c := range []call{
		{method: "GET", path: "/"}, {method: "GET", path: "/nowhere"}, {method: "GET", path: "/pay/" + token},
		{method: "GET", path: "/", host: "evil.example"}, {method: "GET", path: "/sandbox/pay/" + session},
		{method: "GET", path: "/slack/install"}, {method: "GET", path: "/slack/oauth/callback"},
	} {
		resp, _ := o.do(t, c)
		for name, want := range map[string]string{
			"X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
				"form-action 'self' https://cartwright.example; frame-ancestors 'none'; base-uri 'none'",
		} {
			if got := resp.Header.Get(name); got != want {
				t.Errorf("%s %s: %q, want %q", c.path, name, got, want)
			}
		}
		if len(resp.Header.Get("X-Request-Id")) != 16 {
			t.Errorf("%s: the request is called %q", c.path, resp.Header.Get("X-Request-Id"))
		}
	}
}

// What a platform's servers deliver is answered without headers for browsers, which none of
// them reads. What a browser itself asks for at those paths has them.
func TestDeliveriesNeedNoHeadersForBrowsers(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	for _, path := range []string{"/slack/interactions", "/discord/interactions", "/api/messages"} {
		for method, want := range map[string]string{"POST": "", "GET": "DENY"} {
			resp, _ := o.do(t, call{method: method, path: path, body: "{}", kind: asJSON})
			if got := resp.Header.Get("X-Frame-Options"); got != want {
				t.Errorf("%s %s: %q, want %q", method, path, got, want)
			}
		}
	}
	for _, path := range []string{"/playground/turns", "/api/messages/more", "/discordant"} {
		if resp, _ := o.do(t, call{method: "POST", path: path, body: "{}", kind: asJSON}); resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no headers for browsers", path)
		}
	}
}

// The log says what was asked for and how it went, and never what only the holder of a
// link, or of the token, should know.
func TestTheLogKeepsSecrets(t *testing.T) {
	t.Parallel()
	o := start(t, func(_ *handlers.Options, p *playground.Options) { p.Token = "open-sesame" })
	o.do(t, call{method: "GET", path: "/pay/" + token + "?q=private"})
	o.do(t, call{method: "GET", path: "/sandbox/pay/" + session})
	o.do(t, call{method: "POST", path: "/sandbox/pay/" + session, body: "outcome=paid", kind: asForm})
	o.do(t, call{method: "POST", path: "/", body: "token=open-sesame", kind: asForm})
	o.do(t, call{method: "GET", path: "/private-path?q=private"})
	log := o.logged()
	for _, secret := range []string{token, session, "open-sesame", "private"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
	for _, line := range []string{
		`method=GET route="GET /pay/{token}" status=303`, `route="GET /sandbox/pay/{id}" status=200`,
		`route="POST /sandbox/pay/{id}" status=303`, `route=none status=404`,
	} {
		if !strings.Contains(log, line) {
			t.Errorf("the log lacks %q:\n%s", line, log)
		}
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	o.answer = func(context.Context) { panic("secret cause") }
	resp, body := o.do(t, call{method: "POST", path: "/playground/turns", body: aTurn, kind: asJSON})
	if resp.StatusCode != 500 || strings.Contains(body, "secret") || !strings.Contains(body, resp.Header.Get("X-Request-Id")) {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	if log := o.logged(); !strings.Contains(log, "secret cause") || !strings.Contains(log, resp.Header.Get("X-Request-Id")) || !strings.Contains(log, "status=500") {
		t.Errorf("the log says %s", log)
	}
	o.answer = nil
	if resp, _ := o.do(t, call{method: "POST", path: "/playground/turns", body: aTurn, kind: asJSON}); resp.StatusCode != 200 {
		t.Errorf("after a panic: %d", resp.StatusCode)
	}
}

// With every place taken the next one is told to come back; open streams take none.
func TestOverload(t *testing.T) {
	t.Parallel()
	o := start(t, func(h *handlers.Options, _ *playground.Options) { h.AtOnce = 2 })
	for range 3 {
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		r, _ := http.NewRequestWithContext(ctx, "GET", o.URL+"/playground/stream?organisation=contoso&person=aicha", nil)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(resp, err)
		}
		defer resp.Body.Close()
	}
	inside, goOn := make(chan bool, 2), make(chan bool)
	o.answer = func(context.Context) { inside <- true; <-goOn }
	var busy sync.WaitGroup
	for range 2 {
		busy.Go(func() { o.do(t, call{method: "POST", path: "/playground/turns", body: aTurn, kind: asJSON}) })
		<-inside
	}
	resp, _ := o.do(t, call{method: "GET", path: "/"})
	if resp.StatusCode != 503 || resp.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	close(goOn)
	busy.Wait()
	if resp, _ := o.do(t, call{method: "GET", path: "/"}); resp.StatusCode != 200 {
		t.Errorf("afterwards: %d", resp.StatusCode)
	}
}

// A turn that has begun is finished, whether or not anybody still waits for it.
func TestATurnOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	o := start(t, nil)
	begun, ended := make(chan bool), make(chan error, 1)
	gone := make(chan bool)
	o.answer = func(ctx context.Context) { close(begun); <-gone; ended <- ctx.Err() }
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-begun; leave() }()
	r, _ := http.NewRequestWithContext(ctx, "POST", o.URL+"/playground/turns", strings.NewReader(aTurn))
	r.Header.Set("Content-Type", asJSON)
	if _, err := http.DefaultTransport.RoundTrip(r); err == nil {
		t.Fatal("the request was to be given up")
	}
	time.Sleep(50 * time.Millisecond) // for the server to notice
	close(gone)
	if err := <-ended; err != nil {
		t.Errorf("the turn was cut off: %v", err)
	}
}

// A stream goes through the whole of the middleware, outlasts the server's own write
// timeout, and ends when the server says so.
func TestAStreamOutlastsTheServersTimeouts(t *testing.T) {
	t.Parallel()
	p := playground.New(playground.Options{
		Organisations: func() []playground.Organisation { return []playground.Organisation{{ID: "contoso"}} },
		Now:           time.Now, Random: rand.Reader,
	})
	server := httptest.NewUnstartedServer(nil)
	public, _ := url.Parse("http://127.0.0.1")
	server.Config.Handler = handlers.Routes(handlers.Options{
		PublicURL: public, Listener: server.Listener.Addr(), Playground: p, Pay: pay.New(pay.Options{}),
		Log: slog.New(slog.DiscardHandler), Random: rand.Reader,
	})
	server.Config.WriteTimeout, server.Config.ReadTimeout = 200*time.Millisecond, 200*time.Millisecond
	server.Config.RegisterOnShutdown(p.Close)
	server.Start()
	resp, err := http.Get(server.URL + "/playground/stream?organisation=contoso&person=stranger")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.Sleep(500 * time.Millisecond)
	to := conversations.Account{Platform: "playground", Workspace: "contoso", ID: "stranger"}
	if _, err := p.Post(t.Context(), "contoso", to, conversations.Prompt{Title: "still there"}); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	go func() {
		time.Sleep(100 * time.Millisecond)
		_ = server.Config.Shutdown(context.Background())
	}()
	all, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(all), "still there") {
		t.Errorf("the stream held %q, %v", all, err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("shutting down took %v", took)
	}
}
