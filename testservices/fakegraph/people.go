package fakegraph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Person is an account in the directory.
type Person struct {
	ID, Name, UPN string // made up where they are ""
	Location      string // usage location, ISO 3166 alpha-2; "" for none
	Guest         bool
	Disabled      bool
	Restricted    bool // in a restricted management administrative unit: no app may change them
}

// person is one with their licences, as they were and are.
type person struct {
	Person
	order    int
	created  time.Time
	versions []version // the oldest first; the first is of all time before
	assigned int
	changed  bool
}

// version is what somebody had from a time on.
type version struct {
	at       time.Time
	location string
	licences []licence
}

// licence is one that somebody has, or that a group failed to give them.
type licence struct {
	sku, group string   // the group it comes from, "" for none
	disabled   []string // plans
	failure    string   // such as CountViolation
	at         time.Time
}

func (p *person) now() version { return p.versions[len(p.versions)-1] }

// then is what the person had at a time.
func (p *person) then(at time.Time) version {
	for _, v := range slices.Backward(p.versions) {
		if !v.at.After(at) {
			return v
		}
	}
	return p.versions[0]
}

// skus are those of licences that work, once each.
func (v version) skus() []string {
	var skus []string
	for _, l := range v.licences {
		if l.failure == "" && !slices.Contains(skus, l.sku) {
			skus = append(skus, l.sku)
		}
	}
	return skus
}

// has says whether the person has a licence of the SKU by themselves, and by a group.
func (v version) has(sku string) (direct, inherited bool) {
	for _, l := range v.licences {
		if l.sku == sku && l.failure == "" {
			direct, inherited = direct || l.group == "", inherited || l.group != ""
		}
	}
	return direct, inherited
}

// names of plans that the licences have on.
func (g *Graph) planNames(licences []licence) []string {
	var names []string
	for _, l := range licences {
		for _, plan := range g.product(l.sku).Plans {
			if l.failure == "" && !slices.Contains(l.disabled, plan.ID) {
				names = append(names, plan.Name)
			}
		}
	}
	return names
}

func (g *Graph) consumed(sku string, at time.Time) int {
	n := 0
	for _, p := range g.people {
		if slices.Contains(p.then(at).skus(), sku) {
			n++
		}
	}
	return n
}

var (
	given  = strings.Fields("Amélie Björn Chiara Désirée Émile Fatou Gaël Hélène Inès João Karim Léa Maëlle Niels Océane Pilar Quentin Renée Søren Théo Ulrike Věra Wiktor Xavier Yaël Zoé Jürgen Łucja Noémie")
	family = strings.Fields("Aubert Bianchi Chevalier Dubois Estévez Faure Girard Haddad Ivanova Joly Kowalski Lefèvre Moreau Nguyen Olsen Petit Quéré Rousseau Şahin Traoré Urbain Vasseur Weber Ximénez Yıldız Zieliński O'Neill Besson Carpentier Diallo Évrard")
)

// AddPeople adds so many members in France, with different names and without licences.
func (g *Graph) AddPeople(n int) []Person {
	all := make([]Person, n)
	for i := range all {
		all[i] = g.Add(Person{Location: "FR"})
	}
	return all
}

// Add adds an account, which has always been there.
func (g *Graph) Add(p Person) Person {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := len(g.people)
	setDefault(&p.ID, g.id("a11ce000"))
	setDefault(&p.Name, given[i%len(given)]+" "+family[i%len(family)])
	at := "@contoso.onmicrosoft.com"
	if p.Guest {
		at = "_fabrikam.com#EXT#" + at
	}
	setDefault(&p.UPN, fmt.Sprintf("person.%d%s", i+1, at))
	g.people = append(g.people, &person{Person: p, order: i, created: g.now(), versions: []version{{location: p.Location}}})
	return p
}

// Leave has an account be deleted.
func (g *Graph) Leave(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.people = slices.DeleteFunc(g.people, func(p *person) bool { return p.ID == id })
}

// Give has people have a licence, from before or by somebody else. It takes seats, whether there are any or not.
func (g *Graph) Give(sku string, ids ...string) { g.GroupLicence("", sku, ids...) }

// GroupLicence has people have a licence by a group that they are in.
func (g *Graph) GroupLicence(group, sku string, ids ...string) {
	g.GroupFailure(group, sku, "", ids...)
}

// GroupFailure has a group not be able to give people its licence: CountViolation,
// MutuallyExclusiveViolation, DependencyViolation, ProhibitedInUsageLocationViolation,
// UniquenessViolation or Others.
func (g *Graph) GroupFailure(group, sku, failure string, ids ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		p := g.known(id)
		v := p.now()
		g.set(p, append(slices.Clone(v.licences), licence{sku: strings.ToLower(sku), group: group, failure: failure, at: g.now()}))
	}
}

// Take has people lose a licence that they have by themselves, by somebody else.
func (g *Graph) Take(sku string, ids ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		p := g.known(id)
		g.set(p, slices.DeleteFunc(slices.Clone(p.now().licences), func(l licence) bool { return l.sku == strings.ToLower(sku) && l.group == "" }))
	}
}

func (g *Graph) set(p *person, licences []licence) {
	v := p.now()
	v.at, v.licences = g.now(), licences
	p.versions = append(p.versions, v)
}

// who is the one has that id or principal name, nil for nobody.
func (g *Graph) who(id string) *person {
	for _, p := range g.people {
		if strings.EqualFold(p.ID, id) || strings.EqualFold(p.UPN, id) {
			return p
		}
	}
	return nil
}

func (g *Graph) known(id string) *person {
	p := g.who(id)
	if p == nil {
		panic("there is nobody " + id)
	}
	return p
}

// Holders are the ids of those who have a licence of the SKU, in the order in which they were added.
func (g *Graph) Holders(sku string) []string {
	return g.those(func(p *person) bool { return slices.Contains(p.now().skus(), sku) })
}

// Changed are the ids of those whose licences calls changed.
func (g *Graph) Changed() []string { return g.those(func(p *person) bool { return p.changed }) }

// Touched are the ids of those whose usage location calls set.
func (g *Graph) Touched() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.touched)
}

func (g *Graph) those(are func(*person) bool) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	ids := []string{}
	for _, p := range g.people {
		if are(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// Licences are the SKUs that a person has now, by themselves or by a group.
func (g *Graph) Licences(id string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known(id).now().skus()
}

// Assignments are how many calls of assignLicense changed that person's licences.
func (g *Graph) Assignments(id string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known(id).assigned
}

// Repeats are how often people were given what they had, by id. It takes no second seat.
func (g *Graph) Repeats() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.repeats)
}

// Bare are the ids of those who had licences, and were left without any by a call, even for a
// moment.
func (g *Graph) Bare() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.bare)
}
