package pay

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// Sandbox shows a payment session, by the path value `id`.
func (p *Pay) Sandbox(w http.ResponseWriter, r *http.Request) {
	page, err := p.page(r.Context(), r.PathValue("id"))
	if err != nil {
		p.fail(w, r, "", err)
		return
	}
	p.showSession(w, r, page, "")
}

// Play takes the payer's choice from the form, plays it, and shows what came of it.
func (p *Pay) Play(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	page, err := p.page(r.Context(), id)
	if err != nil {
		p.fail(w, r, "", err)
		return
	}
	outcome, scenario, err := readChoice(r)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
	case err != nil:
		p.showFailure(w, r, page.Locale, http.StatusBadRequest, "malformed", "")
	case outcome == "abandoned":
		p.showSession(w, r, page, "pay.result.abandoned")
	default:
		p.play(w, r, page, id, outcome, scenario)
	}
}

func (p *Pay) play(w http.ResponseWriter, r *http.Request, page Page, id, outcome, scenario string) {
	err := p.Payer.Pay(r.Context(), id, outcome, scenario)
	if commerce.IsCode(err, commerce.CodeOrderState) || commerce.IsCode(err, commerce.CodeLinkExpired) {
		if now, lookErr := p.page(r.Context(), id); lookErr == nil {
			page = now
		}
		p.showSession(w, r, page, "pay.again")
		return
	}
	// A declined card is no failure of the page, which shows it.
	if err != nil && !commerce.IsCode(err, commerce.CodePaymentDeclined) {
		p.fail(w, r, page.Locale, err)
		return
	}
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

func (p *Pay) page(ctx context.Context, id string) (Page, error) {
	if p.Payer == nil || !name.MatchString(id) {
		return Page{}, commerce.Refuse(commerce.CodeNotFound)
	}
	return p.Payer.Page(ctx, id)
}

// readChoice reads an outcome and a scenario, each one of those that there are. Who
// leaves the scenario out wants the usual one.
func readChoice(r *http.Request) (outcome, scenario string, err error) {
	if err := r.ParseForm(); err != nil {
		return "", "", err
	}
	outcome, scenario = r.PostForm.Get("outcome"), r.PostForm.Get("scenario")
	if scenario == "" {
		scenario = Scenarios[0]
	}
	if !slices.Contains(Outcomes, outcome) || !slices.Contains(Scenarios, scenario) {
		return "", "", errors.New("read the choice: it is none of those offered")
	}
	return outcome, scenario, nil
}

// session is what the page's template reads.
type session struct {
	frame
	Page
	Rows      []row
	Tax       string // "" where the lines add up to the total
	Total     string
	Until     string
	Ways      string // how the cloud is paid, where it has ways of its own
	Open      bool   // a payment is taken
	Tone      string // of Result
	Result    string // what came of it, in words
	Scenarios []string
}

// After is whether there is anything to do but pay.
func (s session) After() bool { return s.Waiting() || s.Return != "" }

// Waiting is whether looking again may show something else.
func (s session) Waiting() bool { return s.Status == commerce.PaymentProcessing }

type row struct{ Name, Quantity, Unit, Amount string }

func (p *Pay) showSession(w http.ResponseWriter, r *http.Request, page Page, said string) {
	f := newFrame(r, page.Locale, page.Zone)
	s := session{
		frame: f, Page: page, Total: f.Words.Money(page.Total.Amount()), Scenarios: Scenarios,
		Open: page.Status == commerce.PaymentOpen || page.Status == commerce.PaymentNone,
	}
	s.Title = f.T("pay.title", "order", page.Order)
	s.Tone, s.Result = s.result(said)
	s.Rows, s.Tax = s.rows(page)
	if s.Open && !page.Expires.IsZero() {
		s.Until = f.Words.DateTime(page.Expires)
	}
	if s.Open && page.Cloud == commerce.Vianet {
		s.Ways = f.T("cloud.21vianet.payment")
	}
	p.show(w, r, http.StatusOK, "session.html", s.Lang, s)
}

// result says what came of the payment so far, and how it is meant.
func (s session) result(said string) (tone, text string) {
	status := string(s.Status)
	switch s.Status {
	case commerce.PaymentSecured, commerce.PaymentCaptured:
		tone = "good"
	case commerce.PaymentProcessing, commerce.PaymentVoided:
		tone = "plain"
	case commerce.PaymentExpired:
		tone = "warning"
	default:
		tone, status = "bad", "declined"
		if !s.Declined {
			tone, status = "plain", ""
		}
	}
	if status != "" {
		text = s.T("pay.result."+status, "order", s.Order)
	}
	switch {
	case said == "pay.again" && text != "":
		return tone, s.T(said) + " " + text
	case said != "":
		return "plain", s.T(said)
	}
	return tone, text
}

// rows are the lines, and what the total has on top of them.
func (s session) rows(page Page) (rows []row, tax string) {
	sum := commerce.Money{}
	for _, l := range page.Lines {
		rows = append(rows, row{
			l.Name, s.Words.Number(l.Quantity), s.Words.Money(l.Unit.Amount()), s.Words.Money(l.Amount.Amount()),
		})
		sum = sum.Plus(l.Amount)
	}
	if over := page.Total.Minus(sum); len(rows) > 0 && !over.IsZero() {
		tax = s.Words.Money(over.Amount())
	}
	return rows, tax
}

// newFrame is what every page here has, in the order's language or the browser's.
func newFrame(r *http.Request, lang string, zone *time.Location) frame {
	if lang == "" {
		lang = r.Header.Get("Accept-Language")
	}
	lang = locale.Match(lang)
	return frame{Lang: lang, Words: locale.For(lang, zone)}
}
