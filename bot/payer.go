package main

import (
	"context"

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
	org := p.organisation(page.Merchant)
	shown := pay.Page{
		Order: page.Order, Merchant: page.Merchant, Cloud: org.Cloud, Locale: page.Locale, Total: page.Amount,
		Status: page.Status, Declined: page.Declined, Expires: page.Expires, Zone: org.TimeZone, Return: page.Return,
	}
	for _, l := range page.Lines {
		shown.Lines = append(shown.Lines, pay.Line{Name: l.Name, Quantity: l.Quantity, Unit: l.Unit, Amount: l.Subtotal})
	}
	return shown, nil
}

// organisation is the one that is paid for. One that is gone has no cloud and no zone.
func (p payer) organisation(merchant string) commerce.Organisation {
	for _, o := range p.organisations() {
		if o.Name == merchant {
			return o
		}
	}
	return commerce.Organisation{}
}
