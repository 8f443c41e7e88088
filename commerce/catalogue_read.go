package commerce

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bojanz/currency"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxCatalogueBytes keeps a wrong path, such as a disk image's, from filling the memory.
const maxCatalogueBytes = 4 << 20

var (
	offerID      = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	graphSKU     = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	partnerSKU   = regexp.MustCompile(`^[A-Z0-9]+:[A-Z0-9]+$`)
	decimalPrice = regexp.MustCompile(`^[0-9]{1,9}(\.[0-9]+)?$`)
)

// offerFile and planFile are the file's form. They are apart from Offer and Plan so that
// what was written can be told from what was left out.
type offerFile struct {
	ID            string     `yaml:"id"`
	Name          string     `yaml:"name"`
	Group         Group      `yaml:"group"`
	GraphSKU      string     `yaml:"graph_sku_id"`
	PartnerCenter string     `yaml:"partner_center"`
	Seats         seatsFile  `yaml:"seats"`
	Needs         []string   `yaml:"needs"`
	Clouds        []Cloud    `yaml:"clouds"`
	Aliases       []string   `yaml:"aliases"`
	DefaultFor    []string   `yaml:"default_for"`
	Plans         []planFile `yaml:"plans"`
}

type seatsFile struct {
	Min *int `yaml:"min"`
	Max *int `yaml:"max"`
}

type planFile struct {
	Commitment    Term    `yaml:"commitment"`
	Billing       Billing `yaml:"billing"`
	Currency      string  `yaml:"currency"`
	Price         string  `yaml:"price"`
	From          string  `yaml:"from"`
	Indicative    bool    `yaml:"indicative"`
	Demonstration bool    `yaml:"demonstration"`
}

// ReadCatalogue reads a catalogue file: one YAML document of at most 4 MiB with the list
// "offers", in which unknown keys are refused. Left out, clouds are all clouds, seats.min
// is 1 and seats.max is no limit; an offer may have no plans. Dates are days in UTC.
//
// The error joins every mistake of the file (it has Unwrap() []error), each with the
// offer's id and what to do.
func ReadCatalogue(r io.Reader) (Catalogue, error) {
	nodes, err := readOfferNodes(r)
	if err != nil {
		return Catalogue{}, errors.Join(fmt.Errorf("catalogue: %w", err))
	}
	var c Catalogue
	var mistakes []error
	for i, node := range nodes {
		reading := offerReading{name: fmt.Sprintf("number %d", i+1)}
		c.Offers = append(c.Offers, reading.offer(node))
		mistakes = append(mistakes, reading.mistakes...)
	}
	mistakes = append(mistakes, betweenOffers(c.Offers)...)
	if err := errors.Join(mistakes...); err != nil {
		return Catalogue{}, err
	}
	return c, nil
}

// readOfferNodes leaves each offer undecoded, so that one malformed offer does not hide
// the mistakes of the others.
func readOfferNodes(r io.Reader) ([]ast.Node, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxCatalogueBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	if len(raw) > maxCatalogueBytes {
		return nil, errors.New("the file is over 4 MiB: check that it is a catalogue")
	}
	var file struct {
		Offers []ast.Node `yaml:"offers"`
	}
	if err := decodeDocument(raw, &file); err != nil {
		return nil, err
	}
	if len(file.Offers) == 0 {
		return nil, errors.New(`the file has no offers: list them under "offers"`)
	}
	return file.Offers, nil
}

func decodeDocument(raw []byte, into any) (err error) {
	defer survive(&err)
	document, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return onOneLine(err)
	}
	switch len(document.Docs) {
	case 0:
		return nil
	case 1:
		if document.Docs[0].Body == nil {
			return nil
		}
		return decode(document.Docs[0].Body, into, yaml.Strict())
	}
	return errors.New("the file has several YAML documents: keep one")
}

func decode(node ast.Node, into any, options ...yaml.DecodeOption) (err error) {
	defer survive(&err)
	return onOneLine(yaml.NodeToValue(node, into, options...))
}

// survive turns a panic into an error: fuzzing shows that the YAML library panics on
// some malformed documents, and a reload must never end the program.
func survive(err *error) {
	if recovered := recover(); recovered != nil {
		*err = errors.New("the file is not well-formed YAML: correct it")
	}
}

// onOneLine drops the excerpt of the file that the YAML library prints.
func onOneLine(err error) error {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return err
	}
	return fmt.Errorf("line %d: %s: correct or remove it", located.GetToken().Position.Line, located.GetMessage())
}

// offerReading collects the mistakes of one offer.
type offerReading struct {
	name     string
	mistakes []error
}

func (r *offerReading) wrong(format string, args ...any) {
	r.mistakes = append(r.mistakes, fmt.Errorf("offer %s: "+format, append([]any{r.name}, args...)...))
}

// offer makes the best of node: an offer with mistakes still has the id by which others
// need it.
func (r *offerReading) offer(node ast.Node) Offer {
	if node == nil {
		r.wrong("it is empty: write it or remove its dash")
		return Offer{}
	}
	var named struct {
		ID string `yaml:"id"`
	}
	if decode(node, &named) == nil && named.ID != "" {
		r.name = fmt.Sprintf("%q", named.ID)
	}
	var f offerFile
	if err := decode(node, &f, yaml.Strict()); err != nil {
		r.wrong("%w", err)
		return Offer{ID: named.ID}
	}
	r.identity(f)
	return Offer{
		ID: f.ID, Name: f.Name, Group: f.Group, GraphSKU: f.GraphSKU, PartnerCenter: f.PartnerCenter,
		Seats: r.seats(f.Seats), Needs: f.Needs, Clouds: r.clouds(f.Clouds),
		Aliases: f.Aliases, DefaultFor: f.DefaultFor, Plans: r.plans(f.Plans),
	}
}

func (r *offerReading) identity(f offerFile) {
	if !offerID.MatchString(f.ID) {
		r.wrong("id is %q: write 1 to 40 of a-z, 0-9 and -", f.ID)
	}
	if strings.TrimSpace(f.Name) == "" {
		r.wrong("name is missing: write the name that people are shown")
	}
	if !slices.Contains(Groups, f.Group) {
		r.wrong("group is %q: choose one of %s", f.Group, oneOf(Groups))
	}
	if !graphSKU.MatchString(f.GraphSKU) {
		r.wrong("graph_sku_id is %q: write Graph's skuId, a GUID in lower case", f.GraphSKU)
	}
	if f.PartnerCenter != "" && !partnerSKU.MatchString(f.PartnerCenter) {
		r.wrong("partner_center is %q: write PRODUCT:SKU, or leave it out", f.PartnerCenter)
	}
	for _, word := range slices.Concat(f.Aliases, f.DefaultFor) {
		if strings.TrimSpace(word) == "" {
			r.wrong("aliases or default_for has an empty name: remove it")
		}
	}
}

func (r *offerReading) seats(f seatsFile) Seats {
	s := Seats{Min: 1}
	if f.Min != nil {
		s.Min = *f.Min
	}
	if s.Min < 1 {
		r.wrong("seats.min is %d: write 1 or more", s.Min)
	}
	if f.Max == nil {
		return s
	}
	s.Max = *f.Max
	if s.Max < max(s.Min, 1) {
		r.wrong("seats.max is %d, under seats.min: raise it, or leave it out for no limit", s.Max)
	}
	return s
}

func (r *offerReading) clouds(written []Cloud) []Cloud {
	if written == nil {
		return slices.Clone(Clouds)
	}
	if len(written) == 0 {
		r.wrong("clouds is empty: name the clouds, or leave it out for all")
	}
	for _, c := range written {
		if !slices.Contains(Clouds, c) {
			r.wrong("clouds has %q: choose from %s", c, oneOf(Clouds))
		}
	}
	return written
}

func (r *offerReading) plans(files []planFile) []Plan {
	type moment struct {
		id       PlanID
		currency string
		from     time.Time
	}
	var plans []Plan
	seen := map[moment]bool{}
	for i, f := range files {
		plan := r.plan(i+1, f)
		plans = append(plans, plan)
		m := moment{plan.PlanID, f.Currency, plan.From}
		if seen[m] {
			r.wrong("plan %d is a second %s %s price in %s from %s: keep one", i+1, f.Commitment, f.Billing, f.Currency, f.From)
		}
		seen[m] = true
	}
	return plans
}

func (r *offerReading) plan(number int, f planFile) Plan {
	id := PlanID{f.Commitment, f.Billing}
	if !slices.Contains(PlanIDs, id) {
		r.wrong("plan %d is commitment %q with billing %q: choose P1Y with annual, P1Y with monthly, or P1M with monthly", number, f.Commitment, f.Billing)
	}
	from, err := time.Parse(time.DateOnly, f.From)
	if err != nil {
		r.wrong("plan %d: from is %q: write the day from which the price holds, such as 2026-07-01", number, f.From)
	}
	return Plan{PlanID: id, Price: r.price(number, f), From: from, Indicative: f.Indicative, Demonstration: f.Demonstration}
}

func (r *offerReading) price(number int, f planFile) Money {
	digits, known := currency.GetDigits(f.Currency)
	if !known {
		r.wrong("plan %d: currency is %q: write an ISO 4217 code, such as EUR", number, f.Currency)
		return Money{}
	}
	if !decimalPrice.MatchString(f.Price) {
		r.wrong(`plan %d: price is %q: write a decimal in quotes, such as "13.10"`, number, f.Price)
		return Money{}
	}
	if _, decimals, _ := strings.Cut(f.Price, "."); len(decimals) > int(digits) {
		r.wrong("plan %d: price %s has more than the %d decimals of %s: round it", number, f.Price, digits, f.Currency)
	}
	price, err := NewMoney(f.Price, f.Currency)
	if err != nil || price.IsZero() {
		r.wrong("plan %d: price is %s: write what a seat costs, above 0", number, f.Price)
		return Money{}
	}
	return Money{price.amount.Round()}
}

// betweenOffers finds what no offer shows alone.
func betweenOffers(offers []Offer) []error {
	var mistakes []error
	known := map[string]bool{}
	for _, o := range offers {
		if o.ID != "" && known[o.ID] {
			mistakes = append(mistakes, fmt.Errorf("offer %q: the id is there twice: rename or remove one", o.ID))
		}
		known[o.ID] = true
	}
	meant := map[string]string{}
	for _, o := range offers {
		for _, need := range o.Needs {
			if need == o.ID || !known[need] {
				mistakes = append(mistakes, fmt.Errorf("offer %q: needs names %q: write the id of another offer of this file", o.ID, need))
			}
		}
		for _, word := range o.DefaultFor {
			folded := strings.ToLower(word)
			if other, taken := meant[folded]; taken && other != o.ID {
				mistakes = append(mistakes, fmt.Errorf("offer %q: default_for has %q, as offer %q does: keep it in one", o.ID, word, other))
			}
			meant[folded] = o.ID
		}
	}
	return mistakes
}

// oneOf lists what may be written.
func oneOf[T ~string](choices []T) string {
	words := make([]string, len(choices))
	for i, c := range choices {
		words[i] = string(c)
	}
	return strings.Join(words, ", ")
}
