package main

import (
	"context"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/sandbox"
	"cartwright/handlers/pay"
)

// payer is the sandbox's payment page, in the terms of the package that shows it.
type payer struct {
	*sandbox.Sandbox
	organisations func() []commerce.Organisation
}

func (p payer) Page(ctx context.Context, id string) (pay.Page, error) {
	page, err := p.Sandbox.Page(ctx, id)
	if err != nil {
		return pay.Page{}, err
	}
	shown := pay.Page{
		Order: page.Order, Merchant: page.Merchant, Locale: page.Locale, Total: page.Amount,
		Status: page.Status, Declined: page.Declined, Expires: page.Expires, Zone: p.zone(page.Merchant), Return: page.Return,
	}
	for _, l := range page.Lines {
		shown.Lines = append(shown.Lines, pay.Line{Name: l.Name, Quantity: l.Quantity, Unit: l.Unit, Amount: l.Subtotal})
	}
	return shown, nil
}

// zone is the time zone that the payer's organisation lives in.
func (p payer) zone(merchant string) *time.Location {
	for _, o := range p.organisations() {
		if o.Name == merchant {
			return o.TimeZone
		}
	}
	return time.UTC
}
