package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/testservices/fakegraph"
	"cartwright/testservices/fakeslack"
	"cartwright/testservices/faketeams"
)

// directApprovals are the organisations with a manager who approves everything.
var directApprovals = strings.NewReplacer(
	"backend: direct,", "backend: direct, approvals: {rules: [{name: all, approvals: 1, from: [approver]}]},",
	"{name: Emil, slack: UEMIL}", `{name: Bruno, slack: UBRUNO, teams: "BRUNO_AT_ENTRA", roles: [approver]}`,
).Replace(directOrganisations)

// looksOften has a bot look at a tenant without a pause that people would notice.
func looksOften(t commerce.Timings) commerce.Timings {
	t = patientReads(t)
	t.Look, t.LookMost = 50*time.Millisecond, 200*time.Millisecond
	return t
}

// customer is a clerk who buys as well, or approves that.
type customer interface {
	clerk

	fills(plan string, quantity int, assigns bool) // the form that asks for these
	finds(text string) string                      // in the newest message of their own; its whole text
	answers(prefix string)                         // there
	links() []string                               // there
}

// deal is a purchase at Microsoft: who buys and who approves it, in which tenant.
type deal struct {
	buyer, manager customer
	at             *fakegraph.Graph
	link           string // to where the cloud's admin centre sells
	plan           string // what the cloud calls the plan
	assigns        bool   // licences are handed out by themselves in the cloud
	people         []fakegraph.Person
}

const premiumName = "Microsoft 365 Business Premium"

// closes is the whole purchase, twice: what was ordered, which appears late; and less.
func (x *deal) closes() {
	d := x.buyer
	d.Helper()
	x.at.Own(fakegraph.BusinessPremium, 20) // by which neither order is told to be bought
	x.people = x.at.AddPeople(8)
	x.at.Add(fakegraph.Person{Name: "Nobody Nowhere"})
	x.at.Add(fakegraph.Person{Name: "A guest", Location: "FR", Guest: true})

	first := x.orders(5)
	x.at.Buy(fakegraph.BusinessPremium, 5, 15*time.Minute)
	x.notYet(first)
	x.at.Advance(15 * time.Minute)
	d.finds(d.T("order.now.completed"))
	d.finds(d.T("order.seen_line", "product", premiumName, "bought", "5", "ordered", "5"))
	x.holds(0, 5)

	second := x.orders(3)
	if first == second {
		d.Errorf("both are the order %s", first)
	}
	x.at.Buy(fakegraph.BusinessPremium, 2, 0)
	d.finds(d.T("order.now.handed_over_partly"))
	d.finds(d.T("order.seen_line", "product", premiumName, "bought", "2", "ordered", "3"))
	x.holds(5, 0)
	d.answers("order.enough:")
	d.finds(d.T("order.now.completed_otherwise"))
	d.finds(d.T("order.seen_line", "product", premiumName, "bought", "2", "ordered", "3"))
	x.holds(5, 2)
}

// orders goes through the wizard, has it approved, and ends at the admin centre's door.
func (x *deal) orders(n int) (order string) {
	d := x.buyer
	d.Helper()
	d.says("buy business premium")
	d.reads(premiumName)
	d.clicks("buy:business-premium")
	d.fills(x.plan, n, x.assigns)
	for _, step := range []struct{ title, next string }{{"cart.title", "checkout:"}, {"check.title", "next:"}, {"payment.title", "place:"}} {
		d.reads(d.T(step.title))
		d.reads(d.T("order.indicative"))
		d.clicks(step.next)
	}
	order = orderNumber.FindString(d.finds(d.T("state.awaiting_approval")))
	x.manager.finds(order)
	x.manager.finds(x.manager.T("order.indicative"))
	x.manager.answers("approve:")
	d.finds(d.T("order.now.handed_over"))
	for _, text := range []string{order, d.T("order.buying_roles"), d.T("order.indicative")} {
		d.finds(text)
	}
	if links := d.links(); !cmp.Equal(links, []string{x.link}) {
		d.Errorf("the order leads to %v, not to %s", links, x.link)
	}
	return order
}

// notYet has the bot look at what is owned some times, by which nothing may come.
func (x *deal) notYet(order string) {
	d := x.buyer
	d.Helper()
	looked := func() (n int) {
		for _, c := range x.at.Calls("GET") {
			if c.Path == "/directory/subscriptions" {
				n++
			}
		}
		return n
	}
	before := looked()
	for deadline := time.Now().Add(patience); looked() < before+3; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.Errorf("the bot does not look for what is bought")
			return
		}
	}
	if shown := d.finds(d.T("order.now.handed_over")); !strings.Contains(shown, order) {
		d.Errorf("the newest message is not about %s:\n%s", order, shown)
	}
}

// holds has licences given where the cloud does not by itself, and holds the tenant to who
// has one: as many as before and n more, each given once, and nobody else changed.
func (x *deal) holds(before, n int) {
	d := x.buyer
	d.Helper()
	if !x.assigns && n > 0 {
		x.assign(x.people[before : before+n])
	}
	got := x.at.Holders(fakegraph.BusinessPremium)
	members := map[string]bool{}
	for _, p := range x.people {
		members[p.ID] = true
	}
	strangers := slices.ContainsFunc(got, func(id string) bool { return !members[id] })
	if len(got) != before+n || strangers || !cmp.Equal(x.at.Changed(), got) {
		d.Errorf("%v have a licence, and %v were changed: want %d and %d of %v", got, x.at.Changed(), before, n, x.people)
	}
	held(d, x.at, map[string][]string{fakegraph.BusinessPremium: got})
}

// assign gives the people what was bought, by hand.
func (x *deal) assign(people []fakegraph.Person) {
	d := x.buyer
	d.Helper()
	var addresses []string
	for _, p := range people {
		addresses = append(addresses, p.UPN)
	}
	d.says("assign business premium")
	d.reads(d.T("licences.title.assign", "product", premiumName))
	d.lists(strings.Join(addresses, "\n"))
	d.reads(d.N("pick.picked", len(people)))
	d.clicks("preview")
	d.clicks("start:")
	d.isTold(d.N("task.now.assign.done", len(people)))
}

func (d slackClerk) finds(text string) string { d.Helper(); return d.seesIn(d.DM(), text).Read() }

func (d slackClerk) answers(prefix string) {
	d.Helper()
	d.do(d.PressValue(d.ctx(), d.Last(d.DM()), prefix))
}

func (d slackClerk) links() (all []string) {
	for _, b := range d.Last(d.DM()).Buttons() {
		if b.URL != "" {
			all = append(all, b.URL)
		}
	}
	return all
}

func (d slackClerk) fills(plan string, quantity int, assigns bool) {
	d.Helper()
	d.form()
	d.do(d.Fill(d.T("details.quantity"), fmt.Sprint(quantity)))
	d.do(d.Fill(d.T("details.plan"), plan))
	if assigns {
		d.do(d.Fill(d.T("details.auto_assign"), "yes"))
	}
	d.do(d.Submit(d.ctx()))
}

// The purchase in Slack, worldwide: from a channel to licences in hands.
func TestDirectPurchaseOnSlack(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	o := newOffice(t)
	file := strings.NewReplacer(`, teams: "AICHA_AT_ENTRA"`, "", `, teams: "BRUNO_AT_ENTRA"`, "").Replace(directApprovals)
	s := ms.settings(t, file).with(o.set)
	o.base, o.stop = hostThrough(t, s, seams{graph: ms, timings: looksOften})
	o.Deliver(o.base)
	o.spaces["contoso"] = o.Workspace("TCONTOSO")
	o.spaces["contoso"].Channel("CGENERAL", "UAICHA", "UBRUNO")
	o.install("TCONTOSO")
	aicha, bruno := o.hire("contoso", "UAICHA", "fr"), o.hire("contoso", "UBRUNO", "de")
	x := &deal{
		buyer: slackClerk{aicha}, manager: slackClerk{bruno}, at: ms["contoso"], assigns: true,
		link: "https://go.microsoft.com/fwlink/p/?linkid=868433", plan: aicha.T("plan.P1Y.monthly"),
	}
	x.closes()
	o.sound()
	o.stop()
	verified(t, s["DATABASE_URL"])
}

// newOffice is a Slack without a bot and workspaces yet.
func newOffice(t testing.TB) *office {
	o := &office{TB: t, Slack: fakeslack.New(fakeslack.Options{SigningSecret: "the office's signing secret", ClientID: "1.2", ClientSecret: "hush"}), spaces: map[string]*fakeslack.Workspace{}}
	t.Cleanup(o.Close)
	o.set = settings{"SLACK_API_URL": o.APIURL(), "SLACK_SIGNING_SECRET": o.SigningSecret, "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush"}
	return o
}

func (d teamsClerk) finds(text string) string {
	d.Helper()
	return d.sees(d.Chat(), blanks.Replace(text)).Read()
}

func (d teamsClerk) answers(prefix string) { d.Helper(); d.sends(prefix, nil) }

func (d teamsClerk) links() (all []string) {
	for _, b := range d.Last(d.Chat()).Buttons() {
		if b.URL != "" {
			all = append(all, b.URL)
		}
	}
	return all
}

func (d teamsClerk) fills(_ string, quantity int, assigns bool) {
	d.Helper()
	inputs := map[string]string{"quantity": fmt.Sprint(quantity), "plan": "P1Y.monthly"}
	if assigns {
		inputs["auto_assign"] = "true"
	}
	d.sends("details", inputs)
}

// The purchase in Teams, in the cloud of 21Vianet, where licences are handed out by hand.
func TestDirectPurchaseOnTeams(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	fake := faketeams.New(faketeams.Options{Tenant: ms["adatum"].Tenant, Issuer: "https://api.botframework.azure.cn", Scope: "https://api.botframework.azure.cn/.default"})
	t.Cleanup(fake.Close)
	aicha := coworker{t, fake.Person(faketeams.Person{Name: "Aïcha", Locale: "zh-CN"})}
	bruno := coworker{t, fake.Person(faketeams.Person{Name: "Bruno", Locale: "en-US"})}
	file := strings.NewReplacer("AICHA_AT_ENTRA", aicha.AAD, "BRUNO_AT_ENTRA", bruno.AAD).Replace(directApprovals)
	s := ms.settings(t, file).with(teamsSettings(fake)).with(settings{"TEAMS_CLOUD": "21vianet"})
	base, stop := hostThrough(t, s, seams{graph: ms, timings: looksOften})
	fake.Deliver(base)
	bruno.do(bruno.Install(t.Context()))
	x := &deal{
		buyer: teamsClerk{aicha, "zh-CN"}, manager: teamsClerk{bruno, "en"}, at: ms["adatum"],
		link: "https://go.microsoft.com/fwlink/p/?linkid=850626",
	}
	x.closes()
	for _, c := range fake.Refusals() {
		t.Errorf("refused: %s %s: %s", c.Method, c.Path, c.Error)
	}
	stop()
	verified(t, s["DATABASE_URL"])
}
