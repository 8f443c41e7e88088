package conversations

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

// listPrompt is the catalogue: searched, by group, a page at a time.
func listPrompt(s state, f facts) Prompt {
	offers := s.Wishes.wished(find(f.shelf.Offers(), s.Query, s.Group))
	page, from, to := window(s.Page, len(offers))
	p := Prompt{
		Name: "list", Title: f.own("list.title"),
		Fields: []Field{
			{Key: fieldQuery, Kind: TextField, Label: f.words.T("list.search"), Value: s.Query},
			{Key: fieldGroup, Kind: ChoiceField, Label: f.words.T("list.group"), Value: groupOf(s), Options: groupOptions(f)},
		},
		Submit:  &Action{Ref: makeRef(verbSearch), Label: f.words.T("list.find")},
		Blocks:  readingBlocks(s, f),
		Notices: f.demonstration(),
	}
	p.Below = make([]Block, 0, 1+pageSize)
	if len(offers) == 0 {
		p.Below = append(p.Below, paragraph(f.words.T("list.nothing")))
	} else {
		p.Below = append(p.Below, muted(found(f, len(offers), from, to)))
	}
	if !f.shelf.Known {
		p.Blocks = append(p.Blocks, Block{Text: &Notice{Tone: Warning, Text: f.words.T("list.seats_unknown")}})
	}
	for _, o := range offers[from:to] {
		p.Below = append(p.Below, Block{Item: offerItem(o, &f)})
	}
	p.Actions = slices.Concat(pageActions(f, verbList, page, to < len(offers)), skipAction(s, f), wizardActions(f))
	return p
}

// found says how many offers there are, and which of them are shown where not all are.
func found(f facts, n, from, to int) string {
	key := "list.range"
	if to-from == n {
		key = "list.found"
	}
	return f.words.N(key, n, "from", from+1, "to", to)
}

// wizardActions lead from any step of the wizard to the cart, and out.
func wizardActions(f facts) []Action {
	actions := []Action{cancelAction(f)}
	if n := len(f.cart.Lines); n > 0 {
		actions = append([]Action{{Ref: makeRef(verbCart), Label: f.words.N("action.cart_lines", n)}}, actions...)
	}
	return actions
}

// window is the page of n things that is shown: the last one where page is past the end.
func window(page, n int) (shown, from, to int) {
	last := max(0, (n-1)/pageSize)
	shown = min(page, last)
	return shown, shown * pageSize, min(n, (shown+1)*pageSize)
}

func pageActions(f facts, verb string, page int, more bool, args ...any) []Action {
	var actions []Action
	if page > 0 {
		actions = append(actions, Action{Ref: makeRef(verb, append(args, page-1)...), Label: f.words.T("action.previous")})
	}
	if more {
		actions = append(actions, Action{Ref: makeRef(verb, append(args, page+1)...), Label: f.words.T("action.more")})
	}
	return actions
}

func groupOf(s state) string {
	if s.Group == "" {
		return everyGroup
	}
	return s.Group
}

func groupOptions(f facts) []Option {
	options := append(make([]Option, 0, 1+len(commerce.Groups)), Option{Value: everyGroup, Label: f.words.T("list.every_group")})
	for _, g := range commerce.Groups {
		options = append(options, Option{Value: string(g), Label: f.words.T("group." + string(g))})
	}
	return options
}

func offerItem(o *commerce.Offer, f *facts) *Item {
	first := o.FirstPlan(f.org, f.now)
	item := &Item{Title: o.Name, Lines: append(make([]string, 0, 2), fromPrice(f, first))}
	h := f.shelf.Holding(*o)
	if h.Known && h.Owned > 0 {
		item.Lines = append(item.Lines, f.words.N("list.owned", h.Owned, "free", h.Free()))
		item.Tag = f.own("list.yours")
	}
	if h.Open > 0 {
		item.Lines = append(item.Lines, f.words.N("list.open", h.Open))
	}
	if why := f.closedTo(o, first.PlanID); why != nil {
		item.Lines = append(item.Lines, sentence(*f, why))
		item.Tone = Muted
		return item
	}
	item.Actions = []Action{{Ref: makeRef(verbBuy, o.ID), Label: f.own("list.buy"), Name: f.own("list.buy_offer", "offer", o.Name)}}
	return item
}

// closedTo says why not even one licence of the offer could be put into the cart.
func (f *facts) closedTo(o *commerce.Offer, plan commerce.PlanID) error {
	if !f.org.Buying {
		return commerce.Refuse(commerce.CodeBuyingStopped)
	}
	trial := commerce.CartLine{Offer: o.ID, Plan: plan, Quantity: max(1, o.Seats.Min)}
	_, err := f.cart.Put(f.shelf, trial)
	if commerce.IsCode(err, commerce.CodeCartFull) {
		return nil // said when the cart is reached: lines may still be merged or removed
	}
	return err
}

// priced is all that the sentence about an offer's price depends on.
type priced struct {
	lang  string
	cloud commerce.Cloud
	plan  commerce.PlanID
	price commerce.Money
}

var fromPrices locale.Remembered[priced]

// fromPrice says what the offer costs at least: each page of the catalogue says it of six.
func fromPrice(f *facts, first commerce.Plan) string {
	of := priced{f.words.Lang(), f.org.Cloud, first.PlanID, first.Price}
	return fromPrices.Text(of, func(priced) string {
		return f.words.T("list.from_price", "price", unitPrice(*f, first.PlanID, first.Price), "plan", planName(*f, first.PlanID))
	})
}

// unitPrice is a price with what it is for, such as "€13.13 per licence and month".
func unitPrice(f facts, id commerce.PlanID, price commerce.Money) string {
	key := "price.per_month"
	if id.Billing == commerce.Annual {
		key = "price.per_year"
	}
	return f.words.T(key, "price", money(f, price))
}

// find keeps of the offers, which are the caller's to give, those of a group in which every
// word of the query occurs, in the name or one of the aliases.
func find(offers []*commerce.Offer, query, group string) []*commerce.Offer {
	if group != "" && group != everyGroup {
		offers = slices.DeleteFunc(offers, func(o *commerce.Offer) bool { return string(o.Group) != group })
	}
	if strings.TrimSpace(query) == "" {
		return offers
	}
	words := strings.Fields(fold(query))
	return slices.DeleteFunc(offers, func(o *commerce.Offer) bool {
		text := fold(o.Name + " " + strings.Join(o.Aliases, " ") + " " + o.ID)
		return slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
	})
}

// fold makes letters comparable: no case, no accents, no width.
func fold(text string) string {
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFKC)
	folded, _, err := transform.String(t, text)
	if err != nil {
		return strings.ToLower(text)
	}
	return strings.ToLower(folded)
}
