package pay

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

//go:embed assets
var files embed.FS

//go:embed assets/pay.css
var stylesheet []byte

var stylesheetTag = func() string {
	sum := sha256.Sum256(stylesheet)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}()

// Stylesheet serves the look of the pages here.
func (p *Pay) Stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", stylesheetTag)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "pay.css", time.Time{}, bytes.NewReader(stylesheet))
}

// frame is what every template here reads.
type frame struct {
	Lang  string
	Title string
	Words locale.Words
}

// T is a sentence in the page's language.
func (f frame) T(key string, pairs ...any) string { return f.Words.T(key, pairs...) }

// failure is the page of something that did not work.
type failure struct {
	frame
	Text string
}

// statuses of the codes that have words here; every other code is internal.
var statuses = map[commerce.Code]int{
	commerce.CodeNotFound:    http.StatusNotFound,
	commerce.CodeLinkExpired: http.StatusGone,
	commerce.CodeOrderState:  http.StatusGone,
	commerce.CodeUnavailable: http.StatusServiceUnavailable,
	commerce.CodeInternal:    http.StatusInternalServerError,
}

// fail shows what went wrong and what to do; the cause is for the log alone.
func (p *Pay) fail(w http.ResponseWriter, r *http.Request, lang string, err error) {
	code := commerce.CodeOf(err)
	status, ok := statuses[code]
	if !ok {
		code, status = commerce.CodeInternal, http.StatusInternalServerError
	}
	if status >= http.StatusInternalServerError {
		p.Log.ErrorContext(r.Context(), "show a payment page", "error", err)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "10")
	}
	p.showFailure(w, r, lang, status, string(code), orderOf(err))
}

func (p *Pay) showFailure(w http.ResponseWriter, r *http.Request, lang string, status int, code, order string) {
	f := failure{frame: newFrame(r, lang, nil)}
	key := "pay.failed." + code
	if order == "" && (code == string(commerce.CodeLinkExpired) || code == string(commerce.CodeOrderState)) {
		key += ".unnamed"
	}
	f.Title, f.Text = f.T("pay.failed.title."+code), f.T(key, "order", order)
	p.show(w, r, status, "failure.html", f.Lang, f)
}

// orderOf is the order that an error names, "" where it names none.
func orderOf(err error) string {
	var coded *commerce.Error
	if !errors.As(err, &coded) {
		return ""
	}
	order, _ := coded.Args["order"].(string)
	return order
}

func (p *Pay) show(w http.ResponseWriter, r *http.Request, status int, name, lang string, data any) {
	var page bytes.Buffer
	if err := p.pages.ExecuteTemplate(&page, name, data); err != nil {
		p.Log.ErrorContext(r.Context(), "make a payment page", "error", err)
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Language", lang)
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w) // whoever asked may be gone
}
