package playground_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cartwright/conversations/locale"
	"cartwright/handlers/playground"
)

func get(t *testing.T, client *http.Client, address, accept string) (*http.Response, string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second) // a stream that is open by mistake never ends
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", accept)
	resp, err := client.Do(r)
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

var selected = regexp.MustCompile(`<option value="([^"]*)" selected>`)

func TestWhoThePageIsOpenedAs(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for query, want := range map[string]string{
		"":                                      "contoso aicha fr",
		"?as=bruno":                             "contoso bruno fr",
		"?as=stranger&organisation=fabrikam":    "fabrikam stranger fr",
		"?organisation=fabrikam&lang=en":        "fabrikam aicha en",
		"?as=zoe&organisation=adatum&lang=xx":   "contoso aicha fr",
		"?as=%22%3E%3Cscript%3E&lang=%3Cscript": "contoso aicha fr",
	} {
		resp, page := get(t, http.DefaultClient, h.URL+"/"+query, "fr-CA, en;q=0.5")
		var got []string
		for _, m := range selected.FindAllStringSubmatch(page, -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want || resp.StatusCode != http.StatusOK {
			t.Errorf("%q: %d, chosen are %v, want %s", query, resp.StatusCode, got, want)
		}
		if strings.Contains(page, "⟦") || strings.Contains(page, `"><script>`) {
			t.Errorf("%q: words are missing or markup came in", query)
		}
	}
	if len(h.seen()) != 0 {
		t.Error("looking at the page changed something")
	}
}

// The page has words in every language: its own, the roles', joined as the language
// does, the clouds', and those of its script.
func TestThePageInEveryLanguage(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	roles := map[string]string{
		"en": "Aïcha · buyer and licensing", "fr": "Aïcha · acheteur et licences", "de": "Aïcha · Einkauf und Lizenzen", "zh-CN": "Aïcha · 购买者和许可证管理员",
	}
	for _, lang := range locale.Languages() {
		resp, page := get(t, http.DefaultClient, h.URL+"/?lang="+lang, "")
		if strings.Contains(page, "⟦") || !strings.Contains(page, roles[lang]) || resp.Header.Get("Content-Language") != lang {
			t.Errorf("%s: %s", lang, page)
		}
		for _, name := range []string{"English", "Français", "Deutsch", "简体中文"} {
			if !strings.Contains(page, ">"+name+"</option>") {
				t.Errorf("%s does not offer %s", lang, name)
			}
		}
	}
}

func TestAssetsAreAskedForAgainAndKept(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	for name, kind := range map[string]string{
		"playground.css": "text/css", "playground.js": "javascript", "prompt.js": "javascript", "icon.svg": "image/svg+xml",
	} {
		resp, body := get(t, http.DefaultClient, h.URL+"/assets/"+name, "")
		if resp.StatusCode != http.StatusOK || !strings.Contains(resp.Header.Get("Content-Type"), kind) || body == "" {
			t.Errorf("%s: %d %s", name, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		r, _ := http.NewRequestWithContext(t.Context(), "GET", h.URL+"/assets/"+name, nil)
		r.Header.Set("If-None-Match", resp.Header.Get("ETag"))
		again, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		again.Body.Close()
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", name, again.StatusCode)
		}
	}
	for _, name := range []string{"page.html", "nothing.js", "..%2fplayground.go"} {
		if resp, _ := get(t, http.DefaultClient, h.URL+"/assets/"+name, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

// A playground that others can reach asks for its token, in a form and nowhere else.
func TestTheToken(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := open(t, func(o *playground.Options) {
		o.Token, o.Now = "open sesame", func() time.Time { return now }
	})
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	enter := func(form string) *http.Response {
		t.Helper()
		resp, err := client.Post(h.URL+"/?as=bruno&lang=fr", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	locked := func(when string) {
		t.Helper()
		resp, page := get(t, client, h.URL+"/?token=open+sesame&as=bruno", "en")
		if resp.StatusCode != http.StatusOK || !strings.Contains(page, `name="token"`) || strings.Contains(page, "Contoso") || strings.Contains(page, "aicha") {
			t.Errorf("%s the page is %d %s", when, resp.StatusCode, page)
		}
		if resp, body := get(t, client, h.URL+"/playground/stream?organisation=contoso&person=aicha", ""); resp.StatusCode != http.StatusUnauthorized || body != "" {
			t.Errorf("%s the stream is %d %q", when, resp.StatusCode, body)
		}
		if status, _ := h.post(t, turn("id-0000001", "")); status != http.StatusUnauthorized {
			t.Errorf("%s a turn is %d", when, status)
		}
	}
	locked("at first")
	if resp := enter("token=wrong"); resp.StatusCode != http.StatusUnauthorized || len(resp.Cookies()) != 0 {
		t.Errorf("a wrong token is %d", resp.StatusCode)
	}
	if resp := enter("other=1"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("no token is %d", resp.StatusCode)
	}
	if resp := enter("token=" + strings.Repeat("a", 1<<20)); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge token is %d", resp.StatusCode)
	}
	locked("after a wrong token")

	if resp := enter("token=open+sesame"); resp.StatusCode != http.StatusOK || resp.Request.URL.Query().Get("as") != "bruno" {
		t.Errorf("the right token leads to %d %s", resp.StatusCode, resp.Request.URL)
	}
	_, page := get(t, client, h.URL+"/?as=bruno", "en")
	if !strings.Contains(page, "Contoso") {
		t.Error("the right token opens nothing")
	}
	at, _ := url.Parse(h.URL)
	session := jar.Cookies(at)[0]
	for _, forged := range []string{"", "x", session.Value + "0", "9" + session.Value, strings.Split(session.Value, ".")[0] + "."} {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", h.URL+"/", nil)
		r.AddCookie(&http.Cookie{Name: session.Name, Value: forged})
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if strings.Contains(string(body), "Contoso") {
			t.Errorf("the cookie %q opens the page", forged)
		}
	}
	now = now.Add(12*time.Hour + time.Second)
	locked("after twelve hours")
}

func TestTheSessionCookie(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		h := open(t, func(o *playground.Options) { o.Token, o.Secure = "open sesame", secure })
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.PostForm(h.URL+"/", url.Values{"token": {"open sesame"}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusSeeOther || strings.Contains(resp.Header.Get("Location"), "sesame") {
			t.Errorf("the form leads with %d to %s", resp.StatusCode, resp.Header.Get("Location"))
		}
		c := resp.Cookies()[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure != secure || c.MaxAge != 12*60*60 {
			t.Errorf("the cookie is %s", c)
		}
	}
}

func TestGuessingTheTokenIsSlow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := open(t, func(o *playground.Options) { o.Token, o.Now = "open sesame", func() time.Time { return now } })
	try := func(token string) int {
		t.Helper()
		resp, err := http.PostForm(h.URL+"/", url.Values{"token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for range 10 {
		if got := try("guess"); got != http.StatusUnauthorized {
			t.Fatalf("a guess is %d", got)
		}
	}
	if got := try("open sesame"); got != http.StatusTooManyRequests {
		t.Errorf("the eleventh try is %d", got)
	}
	now = now.Add(time.Minute)
	if got := try("open sesame"); got != http.StatusOK {
		t.Errorf("a minute later it is %d", got)
	}
}

func TestWithoutATokenThereIsNoForm(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	resp, err := http.PostForm(h.URL+"/", url.Values{"token": {""}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", resp.StatusCode)
	}
}
