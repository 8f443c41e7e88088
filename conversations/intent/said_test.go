package intent_test

import (
	"fmt"
	"strings"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations/intent"
)

// said is a message and what it must be read as: the kind, then the items behind "=", with
// commas between; an item is its product, licences, billing and auto-assign, "-" where
// nothing is known. A question mark at the end: something must be asked.
type said struct{ text, want string }

func check(t *testing.T, locale string, table []said) {
	t.Helper()
	parser := intent.New(small(t))
	for _, c := range table {
		if got := line(parser.Parse(c.text, locale)); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func line(in intent.Intent) string {
	var items []string
	for _, it := range in.Items {
		items = append(items, strings.Join([]string{dash(it.Product), number(it.Quantity), dash(string(it.Billing)), handing(it.AutoAssign)}, " "))
	}
	text := string(in.Kind)
	if len(items) > 0 {
		text += " = " + strings.Join(items, ", ")
	}
	if in.Ambiguous() {
		text += " ?"
	}
	return text
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func handing(give *bool) string {
	switch {
	case give == nil:
		return "-"
	case *give:
		return "yes"
	}
	return "no"
}

// small is a catalogue in which most short names are clear.
func small(tb testing.TB) commerce.Catalogue {
	tb.Helper()
	c, err := commerce.ReadCatalogue(strings.NewReader(smallCatalogue))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// offer is an offer of the catalogue above: its id, name, aliases and default_for.
func offer(n int, id, name, aliases, chosen string) string {
	return fmt.Sprintf("  - {id: %s, name: %q, group: apps, graph_sku_id: 00000000-0000-0000-0000-%012d, aliases: [%s], default_for: [%s]}\n", id, name, n, aliases, chosen)
}

var smallCatalogue = "offers:\n" +
	offer(1, "business-basic", "Microsoft 365 Business Basic", "Business Basic, Basic, BB", "Business Basic, Basic") +
	offer(2, "business-standard", "Microsoft 365 Business Standard", "Business Standard, Standard, BS", "Business Standard, Standard") +
	offer(3, "business-premium", "Microsoft 365 Business Premium", "Business Premium, Premium, BP", "Business Premium, Premium, BP") +
	offer(4, "apps-for-business", "Microsoft 365 Apps for business", "Apps for business", "") +
	offer(5, "apps-for-enterprise", "Microsoft 365 Apps for enterprise", "Apps for enterprise, Office 365 ProPlus, ProPlus", "") +
	offer(6, "office365-e1", "Office 365 E1", "O365 E1, E1", "E1") +
	offer(7, "office365-e3", "Office 365 E3", "O365 E3", "") +
	offer(8, "office365-e5", "Office 365 E5", "O365 E5", "") +
	offer(9, "m365-e3", "Microsoft 365 E3", "M365 E3", "") +
	offer(10, "m365-e5", "Microsoft 365 E5", "M365 E5", "") +
	offer(11, "m365-f3", "Microsoft 365 F3", "M365 F3, F3", "F3") +
	offer(12, "exchange-online-p1", "Exchange Online (Plan 1)", "Exchange Plan 1, Exchange P1", "") +
	offer(13, "exchange-online-p2", "Exchange Online (Plan 2)", "Exchange Plan 2, Exchange P2", "") +
	offer(14, "visio-p2", "Visio Plan 2", "Visio P2, Visio", "Visio") +
	offer(15, "project-p3", "Planner and Project Plan 3", "Project Plan 3, Project P3, Project", "Project") +
	offer(16, "power-bi-pro", "Power BI Pro", "Power BI", "") +
	offer(17, "copilot", "Microsoft Copilot for Microsoft 365", "Microsoft 365 Copilot, Copilot", "") +
	offer(18, "teams-phone", "Microsoft Teams Phone Standard", "Teams Phone, Phone System", "") +
	offer(19, "entra-id-p1", "Microsoft Entra ID P1", "Azure AD P1, Azure AD Premium P1, Entra P1, Entra ID", "Entra ID, Entra") +
	offer(20, "defender-business", "Microsoft Defender for Business", "Defender for Business, Defender", "Defender")
