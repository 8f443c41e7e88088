package conversations

import (
	"time"

	"cartwright/commerce"
)

// cloud is all that the dialogue does in one cloud and not in another. Its addresses are
// those that Microsoft's articles name for the cloud.
type cloud struct {
	words    string // before a key whose words are the cloud's own
	home     string // the admin centre
	shop     string // where the admin centre sells
	products string // where it lists what is owned, and changes it
	frequent bool   // plans are called by their billing frequency alone
	assigns  bool   // licences can be handed out by themselves
	confirms bool   // a confirmation, with the way to the admin centre, ends the wizard
	payment  string // key of how the cloud is paid, "" where nothing need be said
	closed   time.Time
}

var clouds = map[commerce.Cloud]cloud{
	commerce.Worldwide: {
		home:     "https://admin.microsoft.com",
		shop:     "https://go.microsoft.com/fwlink/p/?linkid=868433",
		products: "https://go.microsoft.com/fwlink/p/?linkid=842054",
		assigns:  true,
	},
	commerce.Germany: {
		words:    "cloud.closed.",
		home:     "https://portal.office.de",
		shop:     "https://go.microsoft.com/fwlink/p/?linkid=847745",
		products: "https://go.microsoft.com/fwlink/p/?linkid=847745",
		frequent: true,
		confirms: true,
		closed:   time.Date(2021, 10, 29, 12, 0, 0, 0, time.UTC),
	},
	commerce.Vianet: {
		words:    "cloud.closed.",
		home:     "https://portal.partner.microsoftonline.cn",
		shop:     "https://go.microsoft.com/fwlink/p/?linkid=850626",
		products: "https://go.microsoft.com/fwlink/p/?linkid=850626",
		frequent: true,
		confirms: true,
		payment:  "cloud.21vianet.payment",
	},
}

func (f *facts) cloud() cloud { return clouds[f.org.Cloud] }

// own is a text that each cloud has words of its own for.
func (f *facts) own(key string, pairs ...any) string { return f.words.T(f.cloud().words+key, pairs...) }

// demonstration says that the cloud exists no more: where choosing begins, where an order
// is placed, and in an order's message that leads to pay or out. nil: it exists.
func (f *facts) demonstration() []Notice {
	closed := f.cloud().closed
	if closed.IsZero() {
		return nil
	}
	return []Notice{{Text: f.words.T("cloud.germany.notice", "date", f.words.Date(closed))}}
}

// planName is a plan's name in the words of the organisation's cloud.
func planName(f facts, id commerce.PlanID) string {
	if f.cloud().frequent {
		return f.words.T("plan.closed." + string(id.Billing))
	}
	return f.words.T("plan." + planValue(id))
}

// autoAssigns reports whether licences of the offer can be handed out by themselves here.
func (f facts) autoAssigns(o commerce.Offer) bool { return o.AutoAssigns() && f.cloud().assigns }

// adminAction leads to the cloud's admin centre.
func adminAction(f facts) Action {
	return Action{Label: f.words.T("order.admin_home"), URL: f.cloud().home}
}

// paymentWays say how the cloud is paid, where it has ways of its own.
func paymentWays(f facts) []Block {
	if f.cloud().payment == "" {
		return nil
	}
	return []Block{paragraph(f.words.T(f.cloud().payment))}
}

// confirmation is what the clouds of the old portal say once an order is placed: what
// comes next, and the way to the admin centre.
func confirmation(f facts) Prompt {
	return Prompt{
		Name: "submitted", Title: f.words.T("cloud.closed.submitted.title", "order", f.order.ID), Closed: true,
		Blocks: []Block{
			paragraph(f.words.T("cloud.closed.submitted.text")),
			{Heading: f.words.T("cloud.closed.next.title")},
			paragraph(f.words.T(f.paid("cloud.closed.next.follow"))),
			paragraph(f.words.T("cloud.closed.next.set_up")),
			paragraph(f.words.T("cloud.closed.next.assign")),
		},
		Actions: []Action{
			{Ref: makeRef(verbOrder, f.order.ID), Label: f.words.T("submitted.show")},
			adminAction(f),
			{Ref: makeRef(verbHome), Label: f.words.T("action.home")},
		},
	}
}
