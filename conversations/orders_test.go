package conversations_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The organisation's orders, newest first, some to a page.
func TestOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("orders").at("orders").sees("There are no orders yet.").offers("Start page")
	for i := range 8 {
		p.buys("business-premium", fmt.Sprint(i+1), "P1Y.annual", false)
	}
	p.puts("business-premium", "1", "P1Y.annual", false).puts("visio-p2", "2", "P1Y.annual", false).places()
	p.types("orders").sees("* CW-1009 [waiting for payment]", "Microsoft 365 Business Premium and 1 more, 3 licences, ", "* CW-1004", "Aïcha, 23 November 2026, 10:00").
		lacks("CW-1003").offers("Next page", "Start page")
	p.clicks("Next page").sees("* CW-1003", "* CW-1001", "Microsoft 365 Business Premium, 1 licence, €290.88").lacks("CW-1004").offers("Previous page", "Start page")
	p.clicks("Show CW-1002").at("order").sees("CW-1002: waiting for payment")
	p.clicks("Cancel the order").sees("CW-1002: being cancelled")
	w.works()
	p.types("orders").clicks("Next page").sees("* CW-1002 [cancelled]")
}

// An order of another organisation, of one's own elsewhere, and numbers that there are
// not: the same answer, and nothing learnt.
func TestForeignAndUnknownOrders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as("aicha").in("fabrikam").buys("business-premium", "2", "P1Y.annual", false)
	p := w.as("aicha")
	p.buys("business-premium", "2", "P1Y.annual", false)
	if len(w.orders()) != 1 || w.orders()[0].ID != "CW-1002" {
		t.Fatalf("the orders are %v", w.orders())
	}
	for _, verb := range []string{"order:%s", "order.cancel:%s", "order.link:%s", "order.retry:%s", "order.people:%s:0"} {
		books := w.remembered()
		foreign := p.sends("", fmt.Sprintf(verb, "CW-1001"), nil).at("trouble").sees("There is no such order here.").prompt
		for _, id := range []string{"CW-9999", "CW-", "", "cw-1002", "CW-1002;DROP", "CW-0"} {
			if diff := cmp.Diff(foreign, p.sends("", fmt.Sprintf(verb, id), nil).prompt); diff != "" {
				t.Errorf("%s of %q (-foreign +unknown):\n%s", verb, id, diff)
			}
		}
		if w.remembered() != books {
			t.Errorf("%s changed something", verb)
		}
	}
	for _, text := range []string{"order CW-1001", "order 1001", "order 9999", "order CW-10010000000000000"} {
		p.types(text).at("trouble").sees("There is no such order here. Type orders to see them all.").offers("Cart", "Orders", "Subscriptions", "Start page")
	}
}

// A colleague of the same organisation sees an order, and can neither pay nor change it.
func TestAColleaguesOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.as("aicha").buys("business-premium", "2", "P1Y.annual", true)
	w.changes("contoso", alsoBuyer("chloe"))
	p := w.as("chloe").types("order "+id).at("order").sees("Ordered by = Aïcha").lacks("Pay ->", "<Pay>")
	books := w.remembered()
	for _, verb := range []string{"order.cancel:", "order.link:", "order.retry:"} {
		p.sends("", verb+id, nil).at("order").sees("You do not have the role that this needs. Nothing was changed. Please ask Aïcha.")
	}
	if w.remembered() != books {
		t.Error("a colleague changed the order")
	}
	p.sends("", "order.people:"+id+":0", nil).at("people").sees("1 to 4 of 4")
	p.types("orders").clicks("Show").at("order")
}

// Names and texts never become markup or mentions: they are handed on as they are.
func TestNamesAreText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("UPDATE sandbox_users SET name = '<!channel> {{.n}} *x*' WHERE organisation = 'contoso' AND name = 'Álvaro Olsen'")
	w.as("aicha").sends("", "buy:business-premium", nil).at("details").sees("<!channel> {{.n}} *x*")
}
