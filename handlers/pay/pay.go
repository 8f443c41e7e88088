// Package pay is where people pay: short links that lead to the gateway's page, and the
// page that the sandbox's gateway has. Both are plain HTML that works without a script.
// A GET changes nothing, for machines look at links too.
package pay

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"cartwright/commerce"
)

// Pages finds the payment page behind a short link.
type Pages interface {
	// PaymentPage returns the gateway's page and the language of the order, as BCP 47,
	// which may be known along with an error too. Errors: CodeNotFound, CodeLinkExpired,
	// CodeOrderState, CodeUnavailable; an "order" argument names the order.
	PaymentPage(ctx context.Context, token string) (url, lang string, err error)
}

// Payer is the sandbox's gateway, as seen by who pays.
type Payer interface {
	// Page shows a session and changes nothing. CodeNotFound: there is none.
	Page(ctx context.Context, id string) (Page, error)
	// Pay plays an outcome, one of Outcomes, with what the vendor does next, one of
	// Scenarios. CodeOrderState: the session takes no payment (any more).
	Pay(ctx context.Context, id, outcome, scenario string) error
}

// Outcomes of a payment in the sandbox.
var Outcomes = []string{"paid", "declined", "slow", "slow_fail", "abandoned"}

// Scenarios of what the sandbox's vendor does after the payment; the first is usual.
var Scenarios = []string{"deliver", "refuse", "refuse_one", "fail", "fail_one"}

// Page is a payment session of the sandbox.
type Page struct {
	Order    string // such as "CW-1042"
	Merchant string // who is paid for
	Cloud    commerce.Cloud
	Locale   string // BCP 47, "" where the browser's is to be used
	Lines    []Line
	Total    commerce.Money
	Status   commerce.PaymentStatus
	Declined bool           // the last attempt was declined
	Expires  time.Time      // zero: never
	Zone     *time.Location // to tell Expires in; nil: UTC
	Return   string         // where the payer goes afterwards, "" where there is no such page
}

// Line is one thing that is paid for, before tax.
type Line struct {
	Name     string
	Quantity int
	Unit     commerce.Money
	Amount   commerce.Money
}

// Options is what the payment pages are made of.
type Options struct {
	Pages Pages
	Payer Payer // nil: no organisation has the sandbox's gateway
	Log   *slog.Logger
}

// Pay serves short links and the sandbox's payment page.
type Pay struct {
	Options
	pages *template.Template
}

// New makes the payment pages out of their options.
func New(o Options) *Pay {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Pay{Options: o, pages: template.Must(template.ParseFS(files, "assets/*.html"))}
}

// name is the shape of tokens and session ids: 128 random bits in some alphabet.
var name = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// Link leads from a short link to the gateway's page, by the path value `token`.
func (p *Pay) Link(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	if !name.MatchString(token) {
		p.fail(w, r, "", commerce.Refuse(commerce.CodeNotFound))
		return
	}
	to, lang, err := p.Pages.PaymentPage(r.Context(), token)
	if err != nil {
		p.fail(w, r, lang, err)
		return
	}
	if u, err := url.Parse(to); err != nil || u.Scheme != "https" && u.Scheme != "http" {
		p.fail(w, r, lang, errors.New("the payment page's address is no web address"))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}
