package conversations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/conversations"
)

const (
	basicName, standardName = "Microsoft 365 Business Basic", "Microsoft 365 Business Standard"
	basicSKU, standardSKU   = "3b555118-da6a-4418-894f-7df1e2096870", "f245ecc8-75af-4f8e-b61f-27d8114de5f3"
	exchangeSKU             = "4b9405b0-7788-4568-add1-99614e613b69"
	frontlineSKU            = "66b55226-6b4f-492c-910c-a3b7a3c9d993"
)

// holders counts who holds a licence of the SKU.
func (w *world) holders(sku string) int {
	w.Helper()
	return w.count("SELECT count(*) FROM sandbox_licences WHERE organisation = 'contoso' AND sku = $1", sku)
}

// addresses are those of the people of contoso whom the condition picks, by id.
func (w *world) addresses(where string, args ...any) []string {
	w.Helper()
	rows, err := w.books.DB().QueryContext(w.ctx, "SELECT address FROM sandbox_users p WHERE organisation = 'contoso' AND "+where+" ORDER BY id", args...)
	if err != nil {
		w.Fatalf("read the addresses: %v", err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			w.Fatalf("read an address: %v", err)
		}
		all = append(all, a)
	}
	if err := rows.Err(); err != nil {
		w.Fatalf("read the addresses: %v", err)
	}
	return all
}

const holdsNothing = "guest = FALSE AND disabled = FALSE AND location <> '' AND NOT EXISTS (SELECT 1 FROM sandbox_licences h WHERE h.organisation = p.organisation AND h.user_id = p.id)"

// hires makes n people without a licence.
func (w *world) hires(n int) {
	w.Helper()
	for i := range n {
		w.exec(`INSERT INTO sandbox_users (organisation, id, name, address, location, guest, disabled, stumbles) VALUES ('contoso', $1, $2, $3, 'FR', FALSE, FALSE, 0)`,
			fmt.Sprintf("hired-%04d", i), fmt.Sprintf("Zz Hired %04d", i), fmt.Sprintf("hired%04d@contoso.example", i))
	}
}

// owns makes contoso own that many seats.
func (w *world) owns(sku string, seats int) {
	w.Helper()
	w.exec("UPDATE sandbox_seats SET owned = $1 WHERE organisation = 'contoso' AND sku = $2", seats, sku)
	w.passes(11 * time.Second) // what was read of the seats is not remembered that long
}

// has is the roles of somebody of contoso from now on.
func has(id string, roles ...commerce.Role) func(*commerce.Organisation) {
	return func(o *commerce.Organisation) {
		o.People = slices.Clone(o.People)
		for i := range o.People {
			if o.People[i].ID == id {
				o.People[i].Roles = roles
			}
		}
	}
}

// What is owned, used, free and on order, and when it renews.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as("aicha").buys("visio-p2", "3", "P1Y.annual", false)
	p := w.as("aicha").types("subscriptions").at("subscriptions")
	p.sees("* "+basicName+" [9 free]", "You own 40 licences: 31 used, 9 free.", "31 of 40 used", "Renews on 23 June 2027.", "3 licences are on order.")
	p.clicksAt(basicName, "Plan fewer").at("renew")
	w.as("aicha").speaking("fr").types("subscriptions").sees("[9 libres]", "Utilisées : 31 sur 40", "Renouvellement le 23 juin 2027.")
	p.speaking("en")
	w.as("chloe").types("subscriptions").at("subscriptions").sees("[9 free]", "To have licences assigned, removed or moved, please ask Aïcha.").
		lacks("<Assign>", "<Remove>", "<Move>", "<Plan fewer>").offers("Help")
	w.as("emil").types("subscriptions").at("trouble").sees("You do not have the role that this needs.").lacks("Business")
	w.as("mallory").types("subscriptions").at("trouble").sees("I do not know you in this organisation").lacks("Business")
	w.down.seats = true
	w.passes(11 * time.Second)
	p.types("subscriptions").at("subscriptions").sees("What your organisation owns could not be read just now.").offers("Try again", "Start page")
	w.down.seats = false
	p.clicks("Try again").sees(basicName)
}

// What is owned is shown with when it was read, which may be a moment ago.
func TestWhenSubscriptionsWereRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.passes(55 * time.Second)
	w.as("aicha").types("subscriptions").sees("As of 23 November 2026, 10:00.")
	w.passes(9 * time.Second)
	for lang, says := range map[string]string{
		"en": "As of 23 November 2026, 10:00.", "fr": "Relevé le 23 novembre 2026 à 10:00.", "de": "Stand: 23. November 2026, 10:00 Uhr.", "zh-CN": "截至 2026年11月23日 10:00。",
	} {
		w.as("aicha").speaking(lang).types("subscriptions").sees(says)
	}
	w.passes(time.Second)
	w.as("aicha").speaking("en").types("subscriptions").sees("As of 23 November 2026, 10:01.")
	w.down.seats = true
	w.passes(11 * time.Second)
	w.as("aicha").types("subscriptions").sees("could not be read just now").lacks("As of")
}

// Nothing is owned yet: a buyer is offered to buy.
func TestNoSubscriptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("DELETE FROM sandbox_licences")
	w.exec("DELETE FROM sandbox_seats")
	w.as("aicha").types("subscriptions").at("subscriptions").sees("Your organisation owns no subscription yet.").clicks("Purchase services").at("list")
	w.as("bruno").types("subscriptions").at("subscriptions").sees("Your organisation owns no subscription yet.").offers("Help")
	for _, text := range []string{"assign", "remove", "move basic"} {
		w.as("aicha").types(text).at("choose").sees("Your organisation owns no subscription yet.")
	}
}

// Everyone without a licence, as far as the free ones go: what is shown first is what is
// done, and its own message is kept up to date.
func TestAssignToEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("assign business basic").at("pick").sees("# Assign "+basicName, "Free licences = 9", "Nobody is chosen yet.")
	p.clicks("Everyone without a licence").at("pick").sees("42 people were added.", "42 people chosen", "and 32 more")
	p.clicks("Paste a list of addresses").fills("addresses", strings.Join(w.addresses("(guest OR disabled)"), " ")).clicks("Add these people").at("pick").sees("4 people were added.", "46 people chosen")
	books := w.remembered()
	p.clicks("Preview for 46 people").at("preview").sees("Will get it = 9", "Cannot = 37", "Free licences now = 9", "Free licences afterwards = 0",
		"9 people will get it", "no licence left = 31", "account disabled = 2", "guest account = 2", "no usage location set = 2")
	p.clicks("Show everyone").at("preview_people").sees("1 to 25 of 46", "Álvaro Olsen: will get it").clicks("Next page").sees("26 to 46 of 46", "no licence left").
		clicks("Back to the preview").at("preview")
	if w.remembered() != books || w.holders(basicSKU) != 31 {
		t.Error("looking at the preview changed something")
	}
	p.clicks("Assign 9 licences").at("started").sees("# L-1001: Assign "+basicName, "Follow it in its own message").clicks("Show it").at("task").sees("The licences are being assigned.", "assigned 0 of 9", "Asked by = Aïcha")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("assigned 8 of 9", "Done in part: 8 people have the licence now.", "It failed for 1 person: Émile Ximénez: no answer, try again later")
	p.clicks("Try again for 1 person").at("task").sees("The licences are being assigned.")
	w.settles()
	if n := w.holders(basicSKU); n != 40 {
		t.Errorf("%d people hold the licence, want 40", n)
	}
	p.sends("", "task:L-1001", nil).sees("assigned 9 of 9", "Done. 9 people have the licence now.", "9 people got the licence: Álvaro Olsen", "37 people were skipped")
	p.clicks("Show everyone").at("task_people").sees("1 to 25 of 46", "has the licence", "no licence left").clicks("Back to the overview").at("task")
	sameAsAnnounced(t, w, p)
	p.clicks("Subscriptions").at("subscriptions").sees("* " + basicName + " [none free]")
	p.types("assign basic").at("choose").sees("None of your subscriptions with free licences is called “basic”.").lacks("* " + basicName)
}

// People are found by name, one by one or all that were found, and taken out again.
func TestPeopleAreSearched(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hires(20)
	p := w.as("aicha").types("assign business basic").fills("q", "zz hired").clicks("Search").at("pick").sees("20 people found, 1 to 6 shown", "hired0003@contoso.example")
	p.clicks("Add Zz Hired 0002").at("pick").sees("Zz Hired 0002 is among those chosen.", "1 person chosen", "* Zz Hired 0002 [Chosen]")
	p.clicks("Next page").clicks("Add Zz Hired 0007").sees("2 people chosen", "* Zz Hired 0007 [Chosen]")
	p.clicks("Take out Zz Hired 0002").sees("1 person chosen").clicks("Add all 19 found").sees("19 people were added.", "20 people chosen", "and 10 more").lacks("Take out", "found>")
	p.clicks("Start over").sees("Nobody is chosen yet.", "[Search for people: ]")
	p.fills("q", " x\x00y ").clicks("Search").sees("Nobody’s name or address begins like that.")
	w.exec("UPDATE sandbox_users SET name = 'Zz ' || name WHERE organisation = 'contoso' AND id < 'contoso-060'")
	p.fills("q", "zz").clicks("Search").sees("The first 50 people found, 1 to 6 shown. Type more of the name to find others.", "<Add all 50 found>")
	for name, reason := range map[string]string{"guest": "guest account", "disabled": "account disabled"} {
		w.exec("UPDATE sandbox_users SET name = 'Unable Person' WHERE organisation = 'contoso' AND id = (SELECT min(id) FROM sandbox_users WHERE organisation = 'contoso' AND " + name + ")")
		p.fills("q", "unable").clicks("Search").sees("* Unable Person ["+reason+"]").lacks("<Add>", "found>")
		w.exec("UPDATE sandbox_users SET name = 'Known' WHERE name = 'Unable Person'")
	}
	for _, id := range []string{"nobody", "", "x:y", strings.Repeat("9", 70)} {
		p.sends("", "pick.add:"+id, nil).at("pick").sees("That person is not in the directory any more, so nobody was added.", "Nobody is chosen yet.")
	}
	p.sends("", "preview", nil).at("pick").sees("There is nobody to do this for.")
}

// Lists as people paste them: known ones once, unknown ones told and kept to be corrected.
func TestPeopleAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.addresses(holdsNothing)
	p := w.as("aicha").types("assign business basic").clicks("Paste a list of addresses").at("addresses")
	text := "Olsen, Álvaro <" + strings.ToUpper(free[0]) + ">; " + free[1] + " " + free[0] + "\r\n\t" + free[2] + ",<mailto:" + free[3] + "|" + free[3] + ">\nnobody@contoso.example who@else.example"
	p.fills("addresses", text).clicks("Add these people").at("addresses").sees("4 people were added.",
		"2 addresses are nobody’s here: nobody@contoso.example and who@else.example. Correct them below, or go back without them.", "[Addresses: nobody@contoso.example\nwho@else.example]")
	p.fills("addresses", "<b>@q").clicks("Add these people").at("addresses").sees("1 address is nobody’s here: <b>@q. Correct it below", "[Addresses: <b>@q]")
	p.fills("addresses", free[4]).clicks("Add these people").at("pick").sees("1 person was added.", "5 people chosen")
	p.clicks("Paste a list of addresses").fills("addresses", free[4]).clicks("Add these people").at("pick").sees("They were all chosen already.")
	p.clicks("Preview for 5 people").at("preview").clicks("Assign 5 licences").at("started")
	w.settles()
	if n := w.holders(basicSKU); n != 36 {
		t.Errorf("%d people hold the licence, want 36", n)
	}
}

// A list that is empty, of too many people or too long is told at its field.
func TestListsThatAreNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("assign business basic").clicks("Paste a list of addresses")
	says := func(want string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			p.sends("", "pick.addresses", map[string]string{"addresses": text}).at("addresses")
			if got := p.prompt.Fields[0].Error; got != want {
				t.Errorf("%.30q: %q, want %q", text, got, want)
			}
			p.sees("Back to the people (0 chosen)")
		}
	}
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprintf("x%d@contoso.example", i)
	}
	says("Enter at least one address.", "", " ", ";,;\n", "<>", "\x00")
	says("That is more than 1,000 people, which is the most at once. Nothing was changed: do it in several parts.", strings.Join(many, "\n"), strings.Repeat("a", 65<<10))
	p.sends("", "pick.addresses", map[string]string{"addresses": strings.Join(many[1:], " ")}).at("addresses").sees("x1@contoso.example, ", "These addresses and 990 more are nobody’s here:").lacks("x11@contoso.example,")
	p.sends("", "pick.addresses", map[string]string{"addresses": "\xff\xfe <b>@x {{.n}} " + strings.Repeat("y", 5000) + "@z"}).at("addresses").sees("<b>@x", "{{.n}}", "yyy…")
	p.sends("", "pick.addresses", nil).at("addresses")
}

// Hundreds at a time, and no more than a task takes.
func TestHundredsOfPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hires(1100)
	w.owns(basicSKU, 400)
	p := w.as("aicha").types("assign business basic").clicks("Everyone without a licence").sees("One task is for 1,000 people at the most: 142 were left out.", "1,000 people chosen")
	p.fills("q", "zz hired 1099").clicks("Search").clicks("Add Zz Hired 1099").sees("That is more than 1,000 people", "1,000 people chosen")
	p.clicks("Start over").clicks("Paste a list of addresses").fills("addresses", strings.Join(w.addresses("id LIKE 'hired-00%' OR id LIKE 'hired-01%' OR id LIKE 'hired-02%'"), "\n")).
		clicks("Add these people").sees("300 people chosen").clicks("Preview for 300 people").clicks("Assign 300 licences").at("started")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("assigned 300 of 300", "and 290 more")
	if n := w.holders(basicSKU); n != 331 {
		t.Errorf("%d people hold the licence, want 331", n)
	}
}

// Licences are taken away from everyone who has one, after it was said what that means.
func TestRemoveFromEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("remove exchange").at("pick").sees("Licences in use = 15").clicks("Everyone who has it").sees("15 people chosen").clicks("Preview for 15 people")
	p.at("preview").sees("Will lose it = 15", "Free licences afterwards = 20", "it is kept for 30 days and then deleted")
	if c := p.prompt.Actions[0].Confirm; c == nil || c.Title != "Remove 15 licences?" {
		t.Errorf("it is confirmed by %+v", c)
	}
	p.clicks("Remove 15 licences").at("started")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("removed 15 of 15", "Done. 15 people no longer have the licence.")
	if n := w.holders(exchangeSKU); n != 0 {
		t.Errorf("%d people hold the licence", n)
	}
	p.types("remove exchange").at("choose").sees("None of your subscriptions in use is called “exchange”.")
}

// Whoever has a licence through a group is told of before anything is done, and keeps it.
func TestAGroupsLicencesStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	grouped := w.addresses("id IN (SELECT user_id FROM sandbox_licences WHERE sku = $1 AND by_group)", frontlineSKU)
	p := w.as("aicha").types("remove f3").at("pick").clicks("Everyone who has it").sees("4 people chosen").clicks("Preview for 4 people").at("preview")
	p.sees("Will lose it = 2", "Cannot = 2", "has this licence through a group", "As of 23 November 2026, 10:00.").clicks("Remove 2 licences").at("started")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("removed 2 of 2", "2 people were skipped", "has this licence through a group")
	p.sends("", "move:"+frontlineSKU+":"+basicSKU, nil).at("pick").clicks("Everyone who has the old licence").clicks("Preview for 2 people").at("preview").
		sees("has this licence through a group").lacks("<Move")
	p.types("assign f3").clicks("Paste a list of addresses").fills("addresses", strings.Join(grouped, " ")).clicks("Add these people").
		clicks("Preview for 2 people").at("preview").sees("has this licence already").lacks("<Assign")
	if n := w.count("SELECT count(*) FROM sandbox_removals"); n != 2 || w.holders(frontlineSKU) != 2 {
		t.Errorf("%d licences were removed, and %d people hold one", n, w.holders(frontlineSKU))
	}
}

// A licence that a group gives only since the preview is left alone all the same.
func TestAGroupThatComesInBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("remove f3").clicks("Everyone who has it").clicks("Preview for 4 people").clicks("Remove 2 licences").at("started")
	w.exec("UPDATE sandbox_licences SET by_group = TRUE WHERE sku = $1", frontlineSKU)
	w.settles()
	p.sends("", "task:L-1001", nil).sees("No licence was removed", "has this licence through a group")
	if n := w.holders(frontlineSKU); n != 4 {
		t.Errorf("%d people hold the licence, want 4", n)
	}
}

// People move from one subscription to another that has free licences.
func TestMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("move standard").at("target").sees("# Move people from " + standardName + ": to which subscription?").lacks("* " + standardName)
	p.clicks("Choose "+basicName).at("pick").sees("# Move from "+standardName+" to "+basicName, "Free licences of "+basicName+" = 9")
	p.clicks("Everyone who has the old licence").sees("28 people chosen").clicks("Preview for 28 people").sees("Will be moved = 9", "Cannot = 19", "no licence left = 19",
		"Each person is changed in one step, so nobody is without a licence in between.").clicks("Move 9 people").at("started")
	w.settles()
	p.sends("", "task:L-1001", nil).sees("moved 9 of 9", "Done. 9 people were moved.")
	if basic, standard := w.holders(basicSKU), w.holders(standardSKU); basic != 40 || standard != 19 {
		t.Errorf("%d hold one and %d the other, want 40 and 19", basic, standard)
	}
}

// Whoever would keep an add-on without the licence that it needs is counted first, and
// still loses the licence; a move to another that it may have warns of nothing.
func TestAnAddOnThatIsLeftWithoutItsBase(t *testing.T) {
	t.Parallel()
	const copilotSKU = "639dec6b-bb19-468b-871c-c5c441c4b0cb"
	w := newWorld(t)
	w.exec("INSERT INTO sandbox_seats (organisation, sku, owned, renews_at) VALUES ('contoso', $1, 5, 0)", copilotSKU)
	w.exec(`INSERT INTO sandbox_licences (organisation, sku, user_id, at)
		SELECT organisation, $1, user_id, 0 FROM sandbox_licences WHERE organisation = 'contoso' AND sku = $2 ORDER BY user_id LIMIT 3`, copilotSKU, standardSKU)
	warning := "3 people keep Microsoft Copilot for Microsoft 365, an add-on, but no licence that it needs"
	preview := func(to string) *person {
		return w.as("aicha").sends("", "move:"+standardSKU+":"+to, nil).at("pick").clicks("Everyone who has the old licence").clicks("Preview for 28 people").at("preview")
	}
	preview(basicSKU).sees("Will be moved = 9").lacks("Copilot")
	w.owns(exchangeSKU, 60)
	preview(exchangeSKU).sees("Will be moved = 28", warning)
	p := w.as("aicha").types("remove standard").clicks("Everyone who has it").clicks("Preview for 28 people").at("preview").sees("Will lose it = 28", warning)
	w.exec("DELETE FROM sandbox_licences WHERE sku = $1 AND user_id = (SELECT min(user_id) FROM sandbox_licences WHERE sku = $1)", copilotSKU)
	p.clicks("Remove 28 licences").at("preview").sees("That was out of date", "2 people keep Microsoft Copilot for Microsoft 365").clicks("Remove 28 licences").at("started")
	w.settles()
	if standard, copilot := w.holders(standardSKU), w.holders(copilotSKU); standard != 0 || copilot != 2 {
		t.Errorf("%d hold the licence and %d the add-on, want 0 and 2", standard, copilot)
	}
}

// What changed since the preview was shown is shown first, and not done.
func TestAPreviewThatIsOutOfDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.addresses(holdsNothing)
	list := func(n int) *person {
		return w.as("aicha").types("assign business basic").clicks("Paste a list of addresses").fills("addresses", strings.Join(free[:n], " ")).
			clicks("Add these people").clicks(fmt.Sprintf("Preview for %d people", n)).at("preview")
	}
	p := list(5)
	w.owns(basicSKU, 34)
	books := w.remembered()
	p.clicks("Assign 5 licences").at("preview").sees("That was out of date: something has changed since. Nothing was done", "Will get it = 3", "no licence left")
	if w.remembered() != books {
		t.Error("something was done")
	}
	p.clicks("Assign 3 licences").at("started").clicks("Show it").sees("assigned 0 of 3")
	w.settles()
	w.owns(basicSKU, 36)
	p = list(3)
	start := p.refOf("start")
	if start != "" {
		t.Errorf("nobody can be given a licence, and there is %q", start)
	}
	p.sees("This can be done for none of those chosen.").clicks("Back to the people").at("pick").sees("3 people chosen")
}

// However often a form is sent, it starts one task; another form starts another.
func TestTwoStartsMakeOneTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.addresses(holdsNothing)
	p := w.as("aicha").types("assign business basic").clicks("Paste a list of addresses").fills("addresses", free[0]).clicks("Add these people").clicks("Preview for 1 person")
	start := p.refOf("start")
	p.sends("", start, nil).at("started").sees("L-1001")
	p.delivers(p.last).at("started").sees("L-1001")
	p.sends("", start, nil).at("started").sees("L-1001")
	w.losesRedis()
	p.sends("", start, nil).at("started").sees("L-1001")
	if n := w.count("SELECT count(*) FROM tasks"); n != 1 {
		t.Errorf("%d tasks, want 1", n)
	}
	w.settles()
	p.types("remove business basic").clicks("Paste a list of addresses").fills("addresses", free[0]).clicks("Add these people").clicks("Preview for 1 person").clicks("Remove 1 licence").at("started").sees("L-1002")
	w.settles()
	p.types("assign business basic").clicks("Paste a list of addresses").fills("addresses", free[0]).clicks("Add these people").clicks("Preview for 1 person").clicks("Assign 1 licence").at("started").sees("L-1003")
}

// A choice may be lost, and then nothing is done: it is made again.
func TestALostChoice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("assign business basic").clicks("Everyone without a licence").clicks("Preview for 42 people")
	start := p.refOf("start")
	w.losesRedis()
	books := w.remembered()
	p.sends("", start, nil).at("subscriptions").sees("That was out of date: something has changed since.")
	for _, ref := range []string{"pick", "pick.find", "pick.all", "pick.everyone", "pick.add:contoso-001", "pick.clear", "pick.list", "pick.addresses", "preview", "preview.people:0", "target:0"} {
		p.sends("", ref, map[string]string{"q": "a", "addresses": "a@b"}).at("subscriptions").sees("Whom you had chosen is no longer known. Nothing was changed; please begin again here.")
	}
	if w.remembered() != books {
		t.Error("something was done")
	}
	p.types("assign business basic").clicks("Everyone without a licence").clicks("Preview for 42 people")
	p.sends("", start, nil).at("pick").sees("That was out of date", "42 people chosen")
}

// What does not answer is told, and what was chosen is kept.
func TestWhenTheDirectoryDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("assign business basic").clicks("Everyone without a licence").sees("42 people chosen")
	w.down.people = true
	p.fills("q", "a").clicks("Search").at("pick").sees("The directory did not answer just now. Whom you chose is kept", "42 people chosen")
	p.clicks("Everyone without a licence").at("pick").sees("Something did not answer just now.")
	p.clicks("Preview for 42 people").at("preview").sees("The directory did not answer just now.").lacks("<Assign").clicks("Back to the people").at("pick")
	w.down.people, w.down.seats = false, true
	w.passes(11 * time.Second)
	p.sends("", "preview", nil).sees("What your organisation owns could not be read just now.").lacks("<Assign")
	w.down.seats = false
	p.clicks("Try again").at("pick").sees("42 people chosen").clicks("Preview for 42 people").sees("Will get it = 9")
	start := p.refOf("start")
	w.down.people = true
	p.sends("", start, nil).at("preview").sees("Something did not answer just now.")
	w.down.people = false
	p.clicks("Try again").clicks("Assign 9 licences").at("started")
}

// Whom a task failed for is tried again, and nobody else.
func TestTryingAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.addresses(holdsNothing)
	p := w.as("aicha").types("assign business basic").clicks("Paste a list of addresses").fills("addresses", strings.Join(free[:2], " ")).clicks("Add these people").
		clicks("Preview for 2 people").clicks("Assign 2 licences").at("started")
	w.owns(basicSKU, 32) // and somebody buys fewer, before it is done
	w.settles()
	p.sends("", "task:L-1001", nil).sees("assigned 1 of 2", "Done in part: 1 person has the licence now.", "It failed for 1 person", "no licence left")
	w.as("bruno").sends("", "task:L-1001", nil).at("task").lacks("<Try again")
	w.as("bruno").sends("", "task.retry:L-1001", nil).at("task").sees("You do not have the role that this needs. Nothing was changed. Please ask Aïcha.")
	w.owns(basicSKU, 40)
	retry := p.refOf("task.retry")
	p.clicks("Try again for 1 person").at("task").sees("The licences are being assigned.").lacks("<Try again")
	w.settles()
	p.sends("", retry, nil).at("task").sees("There is nothing to try again: this has moved on since.", "assigned 2 of 2")
	if n := w.holders(basicSKU); n != 33 {
		t.Errorf("%d people hold the licence, want 33", n)
	}
}

// Fewer licences are planned for the renewal, within what is in use; the plan can be
// changed again.
func TestPlanFewer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("subscriptions").clicks("Plan fewer licences of " + basicName).at("renew")
	p.sees("Next renewal = 23 June 2027", "Planned from then on = 40 licences, 9 used by nobody", "[Licences from 23 June 2027 on: 31]")
	for _, n := range []string{"", "30", "41", "-1", "ten", "٣٥", strings.Repeat("9", 1000)} {
		p.fills("quantity", n).clicks("Plan this").at("renew").sees("Enter a whole number from 31 to 40, in figures.")
	}
	p.fills("quantity", "40").clicks("Plan this").at("renew").sees("That many are planned already.")
	submit := p.prompt.Submit.Ref
	w.losesRedis() // which changes nothing: the form names all that it is about
	p.fills("quantity", "33").clicks("Plan this").at("started").sees("# L-1001: Renewal of " + basicName).clicks("Show it").sees("It is being planned that you own 33 licences")
	p.sends("", submit, map[string]string{"quantity": "32"}).at("started").sees("L-1001") // the second of two clicks
	w.settles()
	p.sends("", "task:L-1001", nil).sees("Done. From 23 June 2027 on you own 33 licences of " + basicName)
	sameAsAnnounced(t, w, p)
	p.types("subscriptions").sees("Planned: 33 licences from 23 June 2027 on.").clicks("Change the plan for " + basicName).at("renew")
	stale := strings.Replace(p.prompt.Submit.Ref, ":33:", ":40:", 1)
	p.sends("", stale, map[string]string{"quantity": "35"}).at("renew").sees("That was out of date", "Planned from then on = 33 licences")
	p.fills("quantity", "40").clicks("Plan this").at("started")
	w.settles()
	p.types("subscriptions").lacks("Planned:")
	w.as("bruno").sends("", submit, map[string]string{"quantity": "35"}).at("refused").sees("Please ask Aïcha.")
	p.sends("", "renew:no-such-sku", nil).at("subscriptions").sees("There is nothing to plan for that subscription just now.")
	if n := w.count("SELECT count(*) FROM tasks"); n != 2 {
		t.Errorf("%d tasks, want 2", n)
	}
}

// Licences that are owned already and that nobody uses come before new ones.
func TestFreeSeatsComeFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "buy:business-basic", nil).at("details").sees("You own 9 licences that nobody uses: assign those instead of buying more.")
	p.clicks("Assign those instead").at("pick").sees("# Assign "+basicName, "Free licences = 9")
	p.puts("business-basic", "9", "P1Y.annual", false).sees("You own 9 licences that nobody uses: they cover this line.").clicks("Assign those instead").at("pick")
	p.types("cart").clicks("Change").fills("quantity", "10").clicks("Check out now").at("cart").lacks("that nobody uses")
	w.as("aicha").sends("", "buy:business-premium", nil).at("details").lacks("that nobody uses")
	w.changes("contoso", has("aicha", commerce.Buyer))
	p.sends("", "buy:business-basic", nil).at("details").sees("Ask your administrator to assign them.").lacks("<Assign those")
	w.changes("contoso", has("dagmar", commerce.Licensing))
	p.sends("", "buy:business-basic", nil).at("details").sees("Ask Dagmar to assign them.")
	p.types("cart").clicks("Change").fills("quantity", "7").clicks("Check out now").at("cart")
	p.puts("business-basic", "2", "P1Y.monthly", false).sees("they cover this line.", "Ask Dagmar to assign them.")
	p.puts("business-basic", "1", "P1M.monthly", false).lacks("that nobody uses") // the three lines together
}

// Of two plans for one renewal the second speaks of what is no longer so: it does
// nothing, whether the first is under way or done.
func TestTwoPlansOfARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "renew:"+exchangeSKU, nil).at("renew")
	first := p.prompt.Submit.Ref
	second := p.sends("", "renew:"+exchangeSKU, nil).at("renew").prompt.Submit.Ref
	p.sends("", first, map[string]string{"quantity": "16"}).at("started")
	p.sends("", second, map[string]string{"quantity": "17"}).sees("That was out of date")
	w.settles()
	p.sends("", second, map[string]string{"quantity": "17"}).sees("That was out of date")
	w.settles()
	if n := w.count("SELECT planned FROM sandbox_seats WHERE organisation = 'contoso' AND sku = $1", exchangeSKU); n != 16 {
		t.Errorf("%d seats are planned, want 16", n)
	}
	for _, action := range []string{"licences.renew", "licences.planned"} {
		if n := w.count("SELECT count(*) FROM audit_entries WHERE order_id = 'L-1001' AND body LIKE $1", "%"+action+"%"); n != 1 {
			t.Errorf("%s is in the audit %d times", action, n)
		}
	}
	p.sends("", "renew.plan:"+exchangeSKU+":16:2026-12-27", map[string]string{"quantity": "18"}).sees("That was out of date") // of no form
}

// A form from before a renewal plans nothing for the one after it.
func TestAFormFromBeforeTheRenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "renew:"+exchangeSKU, nil).at("renew").sees("Next renewal = 27 December 2026", "Planned from then on = 20")
	w.passes(35 * 24 * time.Hour)
	p.fills("quantity", "16").clicks("Plan this").at("renew").sees("That was out of date", "Next renewal = 27 December 2027", "Planned from then on = 20")
	if n := w.count("SELECT count(*) FROM tasks"); n != 0 {
		t.Errorf("%d tasks, want none", n)
	}
	p.fills("quantity", "16").clicks("Plan this").at("started")
	w.settles()
	p.clicks("Show it").sees("Done. From 27 December 2027 on you own 16 licences")
}

// A plan that something else was planned before is not carried out, and that is said.
func TestAPlanIsOvertaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "renew:"+exchangeSKU, nil).at("renew")
	p.sends("", p.prompt.Submit.Ref, map[string]string{"quantity": "16"}).at("started")
	w.exec("UPDATE sandbox_seats SET planned = 18 WHERE organisation = 'contoso' AND sku = $1", exchangeSKU) // in the admin centre
	w.settles()
	p.clicks("Show it").sees("! Something else was planned meanwhile").lacks("<Try again")
	if n := w.count("SELECT planned FROM sandbox_seats WHERE organisation = 'contoso' AND sku = $1", exchangeSKU); n != 18 {
		t.Errorf("%d seats are planned, want 18", n)
	}
}

// What does not answer holds nobody up: a preview says so after the time that a turn
// waits, which is 1.5 s unless it is said otherwise.
func TestAPreviewDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").types("assign business basic").clicks("Everyone without a licence")
	w.down.hangs = true
	w.service.Timings.Read = 0
	began := time.Now()
	p.sends("", "preview", nil).at("preview").sees("The directory did not answer just now.")
	if took := time.Since(began); took < commerce.ReadTimeout || took > 20*time.Second {
		t.Errorf("it answered after %s", took)
	}
}

// An old start button says so, whatever the conversation is about by now.
func TestAnOldStartAmidARenewal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.as("aicha").sends("", "renew:"+exchangeSKU, nil).at("renew")
	p.sends("", "start:assign:0123:4567", nil).at("subscriptions").sees("That was out of date")
}

// Who hands licences out without buying has a start page, and nothing that is refused.
func TestLicensingAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", has("dagmar", commerce.Licensing))
	p := w.as("dagmar").types("").at("home").offers("Subscriptions", "Assign licences", "Remove licences", "Move people", "Orders", "Help").lacks("€", "<Cart")
	p.clicks("Move people").at("choose").clicks("Choose " + standardName).at("target").clicks("Cancel").at("closed").sees("No licence was changed.").clicks("Start page").at("home")
	p.types("subscriptions").lacks("<Plan fewer>", "<Purchase services>")
	p.types("buy").at("refused").sees("# You cannot buy here", "Please ask Aïcha.").offers("Orders", "Subscriptions", "Start page")
	p.types("help").at("help").sees("assign [product]").offers("Start page")
	seen := map[string]bool{}
	for _, text := range []string{"", "help", "subscriptions", "assign", "remove", "move standard", "cart"} {
		p.types(text)
		clicksAround(t, p, seen)
	}
	if !seen["subs:0"] || !seen["pick.everyone"] {
		t.Errorf("the buttons that were tried are %v", seen)
	}
}

// The start page begins what can be typed, for those who may do it and nobody else.
func TestWhatTheStartPageBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", has("chloe", commerce.Buyer))
	labels := map[string]string{"assign": "Assign licences", "remove": "Remove licences", "move": "Move people"}
	for who, offered := range map[string][]string{
		"aicha": {"Purchase services", "Cart", "Subscriptions", "Assign licences", "Remove licences", "Move people", "Orders", "Help"},
		"chloe": {"Purchase services", "Cart", "Subscriptions", "Orders", "Help"},
	} {
		p := w.as(who).types("").at("home").offers(offered...)
		for typed, label := range labels {
			if !slices.Contains(offered, label) {
				p.types("").lacks("<" + label + ">")
				continue
			}
			want := p.types(typed).prompt
			if diff := cmp.Diff(want, p.types("").clicks(label).at("choose").prompt); diff != "" {
				t.Errorf("%q leads elsewhere than %s (-typed +clicked):\n%s", label, typed, diff)
			}
		}
	}
}

// Who may not hand licences out learns whom to ask, and nothing of the directory.
func TestWhoMayNotHandOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.changes("contoso", alsoBuyer("chloe"))
	books := w.remembered()
	for who, says := range map[string]string{
		"bruno": "Please ask Aïcha.", "chloe": "Please ask Aïcha.", "emil": "Please ask Aïcha.", "mallory": "I do not know you in this organisation",
	} {
		p := w.as(who)
		for _, text := range []string{"assign", "assign basic", "remove", "move"} {
			p.types(text).at("refused").sees(says).lacks("Business")
		}
		for _, verb := range conversations.Verbs {
			if strings.HasPrefix(verb, "pick") || strings.HasPrefix(verb, "preview") || slices.Contains([]string{"assign", "remove", "move", "choose", "target", "start"}, verb) {
				p.sends("", verb+":"+basicSKU+":0:0", map[string]string{"q": "a", "addresses": "a@b"}).at("refused").sees(says).lacks("Álvaro", "Business")
			}
		}
		p.sends("", "start:assign:"+strings.Repeat("0", 32)+":0011223344556677", nil).at("refused")
		p.sends("", "task.retry:L-1001", nil).sees("# That did not work")
	}
	if w.remembered() != books {
		t.Error("something was changed")
	}
	w.directory.fails = true
	for _, text := range []string{"assign", "subscriptions", "move"} {
		w.as("aicha").types(text).sees("Your roles could not be looked up just now").lacks("Business")
	}
}

// What belongs to another organisation, or to nobody, leads nowhere.
func TestForeignTasksAndSubscriptions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.as("aicha").in("fabrikam").types("remove standard").clicks("Everyone who has it")
	q.clicks(q.prompt.Actions[0].Label).clicks(q.prompt.Actions[0].Label).at("started")
	p := w.as("aicha")
	for _, id := range []string{"L-1001", "L-9999", "", "x", "CW-1001"} {
		p.sends("", "task:"+id, nil).at("trouble").sees("There is nothing of that name here.")
		p.sends("", "task.people:"+id+":3", nil).at("trouble").sees("There is nothing of that name here.")
	}
	for _, ref := range []string{"assign:nothing", "remove:" + exchangeSKU + "x", "assign:c5928f49-12ba-48f7-ada3-0d743a3601d6", "move:" + basicSKU + ":" + basicSKU, "move:" + basicSKU + ":nothing"} {
		p.sends("", ref, nil).sees("That was out of date: something has changed since.")
		if name := p.prompt.Name; name != "choose" && name != "target" {
			t.Errorf("%s leads to %s", ref, name)
		}
	}
	before := w.count("SELECT version FROM tasks WHERE id = 'L-1001'")
	for _, id := range []string{"L-1001", "L-9999", "", "CW-1001"} {
		p.sends("", "task.retry:"+id, nil).at("trouble").sees("There is nothing of that name here.").lacks("no such order")
	}
	if n := w.count("SELECT version FROM tasks WHERE id = 'L-1001'"); n != before {
		t.Error("a foreign task was tried again")
	}
	if n := w.count("SELECT count(*) FROM tasks"); n != 1 {
		t.Errorf("%d tasks, want 1", n)
	}
}

// A task is shown by its number, as people say it, to those who may see it.
func TestTaskNumbersAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	q := w.as("aicha").in("fabrikam").types("remove standard").clicks("Everyone who has it")
	q.clicks(q.prompt.Actions[0].Label).clicks(q.prompt.Actions[0].Label).at("started").sees("L-1001")
	w.as("aicha").types("assign business basic").clicks("Everyone without a licence").clicks("Preview for 42 people").clicks("Assign 9 licences").at("started").sees("L-1002")
	const unknown, denied = "There is nothing of that name here.", "You do not have the role that this needs."
	for _, c := range []struct{ who, number, prompt, says string }{
		{"aicha", "L-1002", "task", "# L-1002: Assign " + basicName}, {"aicha", " l 1002 ", "task", "assigned 0 of 9"}, {"aicha", "L1002", "task", "L-1002"},
		{"bruno", "l-1002", "task", "# L-1002: Assign " + basicName}, {"emil", "L-1002", "trouble", denied}, {"mallory", "L-1002", "trouble", "I do not know you"},
		{"aicha", "L-1001", "trouble", unknown}, {"aicha", "L-9999", "trouble", unknown},
		{"aicha", "1002", "trouble", "There is no such order here."}, {"aicha", "L-", "trouble", "There is no such order here."},
		{"aicha", "CW-L-1002", "trouble", "There is no such order here."}, {"aicha", "L-10020000000000000", "trouble", "There is no such order here."},
	} {
		w.as(c.who).types("order " + c.number).at(c.prompt).sees(c.says)
	}
	p := w.as("aicha").types("order L-1002")
	if diff := cmp.Diff(p.prompt, p.sends("", "task:L-1002", nil).prompt); diff != "" {
		t.Errorf("what is typed shows another task than what is clicked:\n%s", diff)
	}
}

// Products are named as people name them.
func TestProductsAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	p := newWorld(t).as("aicha")
	for text, prompt := range map[string]string{
		"assign": "choose", "assign business": "choose", "ASSIGN  Visio": "pick", "/m365 assign Business Básic": "pick", "remove f3": "pick",
		"assign nothing like it": "choose", "move business basic": "target", "assign <b>": "choose", "subscriptions please": "subscriptions",
	} {
		p.types(text)
		if p.prompt.Name != prompt {
			t.Errorf("%q leads to %s, want %s:\n%s", text, p.prompt.Name, prompt, written(p.prompt))
		}
	}
	p.types("assign <b>{{.n}}").sees("None of your subscriptions with free licences is called “<b>{{.n}}”. Here they all are.")
	p.types("assign business").sees(basicName, standardName).lacks("Visio")
	if n := len(written(p.types("remove " + strings.Repeat("é", 900)).prompt)); n > 3000 {
		t.Errorf("a long name is repeated in %d bytes", n)
	}
}
