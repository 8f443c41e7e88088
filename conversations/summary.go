package conversations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cartwright/commerce"
)

// finance is the role of those who hear of each month.
const finance commerce.Role = "finance"

// summarise tells those who hold finance, by the organisations file, of the last month that
// is over, in the organisation's working hours; where nothing was ordered, charged or left
// to pay, nothing.
func (r *Radar) summarise(ctx context.Context, org commerce.Organisation) error {
	now := r.Announcements.Now()
	month := commerce.MonthBefore(now, org.TimeZone)
	if r.summed(org.ID).Equal(month) || commerce.WorkingFrom(now, org.WorkingHours, org.TimeZone).After(now) {
		return nil
	}
	sum, err := r.Announcements.Service.Summary(ctx, org, month)
	if err == nil && !sum.Empty() {
		err = r.tellMonth(ctx, org, sum)
	}
	if err != nil {
		return fmt.Errorf("sum up %s: %w", month.Format("2006-01"), err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.months == nil {
		r.months = map[string]time.Time{}
	}
	r.months[org.ID] = month
	return nil
}

// summed is the last month of which all have heard by this program.
func (r *Radar) summed(org string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.months[org]
}

func (r *Radar) tellMonth(ctx context.Context, org commerce.Organisation, sum commerce.Summary) error {
	id := fmt.Sprintf("summary/%s/%s", org.ID, sum.Month.Format("2006-01"))
	var errs []error
	for _, p := range org.People {
		if slices.Contains(p.Roles, finance) {
			_, err := r.post(ctx, org, p, id, func(f facts) Prompt { return summaryPrompt(sum, f) })
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// rowsShown is how many rows a table of a summary has.
const rowsShown = 15

// summaryPrompt is a month, for those who answer for the money.
func summaryPrompt(sum commerce.Summary, f facts) Prompt {
	p := Prompt{
		Name: "summary", Title: f.words.T("summary.title", "organisation", f.org.Name, "month", f.words.In(f.org.TimeZone).Month(sum.Month)),
		Organisation: f.org.Name, Locale: f.words.Lang(),
		Blocks: []Block{{Facts: []Fact{
			{Label: f.words.T("summary.ordered"), Value: f.words.N("summary.orders", len(sum.Ordered), "sum", money(f, sum.Total)), Strong: true},
			{Label: f.words.T("summary.charged"), Value: money(f, sum.Charged)},
			{Label: f.words.T("summary.waiting"), Value: f.words.N("summary.orders", sum.Waiting, "sum", money(f, sum.Waits))},
			{Label: f.words.T("summary.open"), Value: money(f, sum.OpenLeft), Strong: true},
		}}},
	}
	p.Blocks = append(p.Blocks, orderedTable(sum, f)...)
	p.Blocks = append(p.Blocks, openTable(sum, f)...)
	p.Actions = []Action{{Ref: makeRef(verbOrders, 0), Label: f.words.T("action.orders")}, subscriptionsAction(f)}
	return p
}

func orderedTable(sum commerce.Summary, f facts) []Block {
	t := &Table{
		Caption: f.words.T("summary.ordered"), Numeric: []bool{false, false, false, true},
		Head: []string{f.words.T("summary.order"), f.words.T("order.by"), f.words.T("summary.state"), f.words.T("quote.committed")},
	}
	for _, o := range sum.Ordered[:min(len(sum.Ordered), rowsShown)] {
		t.Rows = append(t.Rows, []string{
			o.ID, f.words.T("order.by_value", "name", o.BuyerName, "date", f.words.Date(o.SubmittedAt)), stateOf(o, f), money(f, o.Quote.Committed),
		})
	}
	return table(t, len(sum.Ordered), f)
}

func openTable(sum commerce.Summary, f facts) []Block {
	t := &Table{
		Caption: f.words.T("summary.open"), Numeric: []bool{false, true, false, true},
		Head: []string{f.words.T("table.product"), f.words.T("table.licences"), f.words.T("summary.until"), f.words.T("summary.left")},
	}
	for _, c := range sum.Open[:min(len(sum.Open), rowsShown)] {
		t.Rows = append(t.Rows, []string{c.Name, f.words.Number(c.Quantity), f.words.Date(c.Until), money(f, c.Left)})
	}
	return table(t, len(sum.Open), f)
}

// table is a table with rows, and how many there are besides.
func table(t *Table, all int, f facts) []Block {
	switch more := all - len(t.Rows); {
	case all == 0:
		return nil
	case more > 0:
		return []Block{{Table: t}, muted(f.words.N("summary.more", more))}
	}
	return []Block{{Table: t}}
}
