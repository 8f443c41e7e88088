package config

import (
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // containers have no time zones of their own

	"github.com/bojanz/currency"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/language"

	"cartwright/commerce"
)

var (
	idForm   = regexp.MustCompile(`^[a-z0-9-]{1,40}$`)
	roleForm = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
	hours    = regexp.MustCompile(`^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? ([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])$`)
)

// survey goes through a file's organisations and collects its problems.
type survey struct {
	where      string            // the part that is looked at, such as "contoso"
	ids        map[string]bool   // of organisations
	workspaces map[string]string // platform and id -> whose it is
	apps       []appFile         // of organisations that call Graph
	problems   []problem
	warnings   []string // of what may be meant
}

func (s *survey) wrong(remedy, format string, args ...any) {
	s.problems = append(s.problems, problem{s.where + ": " + fmt.Sprintf(format, args...), remedy})
}

func (s *survey) organisation(number int, node ast.Node) commerce.Organisation {
	s.where = fmt.Sprintf("organisation number %d", number)
	if node == nil {
		s.wrong("write it or remove its dash", "it is empty")
		return commerce.Organisation{}
	}
	var named struct {
		ID string `yaml:"id"`
	}
	if decode(node, &named) == nil && named.ID != "" {
		s.where = named.ID
	}
	f, ok := s.decoded(node)
	if !ok {
		return commerce.Organisation{}
	}
	s.identity(f)
	s.backend(f)
	o := commerce.Organisation{
		ID: f.ID, Name: f.Name, Cloud: f.Cloud, Country: f.Country, Currency: f.Currency,
		TimeZone: s.timeZone(f.TimeZone), WorkingHours: s.workingHours(f.WorkingHours),
		Tax: s.tax(f.Tax), Tolerance: s.percent("price_tolerance", f.Tolerance), Backend: f.Backend,
		Buying: f.Buying == nil || *f.Buying, Workspaces: s.workspacesOf(f.Workspaces),
		People: s.people(f.People), Groups: s.groups(f.Groups),
	}
	s.approvals(&o, f.Approvals)
	return o
}

// decoded reads an organisation key by key, so that a key that cannot be read hides no
// other's problems. It fails where there are no keys to read.
func (s *survey) decoded(node ast.Node) (f organisationFile, ok bool) {
	err := decode(node, &f, yaml.Strict())
	if err == nil {
		return f, true
	}
	keys, isMap := node.(*ast.MappingNode)
	if !isMap {
		s.wrong("correct or remove it", "%v", err)
		return f, false
	}
	readable := *keys
	readable.Values = nil
	for _, key := range keys.Values {
		one := *keys
		one.Values = []*ast.MappingValueNode{key}
		if err := decode(&one, new(organisationFile), yaml.Strict()); err != nil {
			s.wrong("correct or remove it", "%v", err)
			continue
		}
		readable.Values = append(readable.Values, key)
	}
	f = organisationFile{}
	if err := decode(&readable, &f, yaml.Strict()); err != nil { // a key that is there twice
		s.wrong("correct or remove it", "%v", err)
	}
	return f, true
}

func (s *survey) identity(f organisationFile) {
	if !idForm.MatchString(f.ID) {
		s.wrong("write 1 to 40 of a-z, 0-9 and -", "id is %q", f.ID)
	} else if s.ids[f.ID] {
		s.wrong("rename or remove one", "the id is there twice")
	}
	s.ids[f.ID] = true
	if strings.TrimSpace(f.Name) == "" {
		s.wrong("write the name that people are shown", "name is missing")
	}
	if !slices.Contains(commerce.Clouds, f.Cloud) {
		s.wrong("choose worldwide, germany or 21vianet", "cloud is %q", f.Cloud)
	}
	if region, err := language.ParseRegion(f.Country); err != nil || !region.IsCountry() || region.Canonicalize().String() != f.Country {
		s.wrong("write an ISO 3166 code of two letters, such as FR", "country is %q", f.Country)
	}
	if f.Currency == "" || !currency.IsValid(f.Currency) {
		s.wrong("write an ISO 4217 code, such as EUR", "currency is %q", f.Currency)
	}
}

// backend refuses what there are no adapters for.
func (s *survey) backend(f organisationFile) {
	switch f.Backend {
	case commerce.Sandbox, commerce.Direct:
	case commerce.Reseller:
		s.wrong("write sandbox or direct", "backend is reseller, which this version does not support")
	default:
		s.wrong("write sandbox or direct", "backend is %q", f.Backend)
	}
	if f.Cloud == commerce.Germany && (f.Backend == commerce.Direct || f.Backend == commerce.Reseller) {
		s.wrong("write sandbox, or another cloud", "cloud germany has closed and is for demonstrations only, but backend is %s", f.Backend)
	}
	s.graph(f)
	if f.Reseller != nil {
		s.percent("reseller.markup", f.Reseller.Markup)
		if f.Reseller.Customer == "" {
			s.wrong("write the customer's tenant id, or leave reseller out", "reseller.customer is missing")
		}
	}
}

func (s *survey) timeZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		s.wrong("write a name such as Europe/Paris", "time_zone is %q", name)
		return time.UTC
	}
	return zone
}

func (s *survey) workingHours(text string) string {
	parts := hours.FindStringSubmatch(text)
	if text != "" && (parts == nil || parts[4] >= parts[5] || parts[5] > "24:00") {
		s.wrong(`write days and times such as "Mon-Fri 09:00-18:00"`, "working_hours is %q", text)
	}
	return text
}

func (s *survey) tax(f *taxFile) commerce.Tax {
	if f == nil {
		return commerce.Tax{}
	}
	if f.Name == "" || f.Rate == "" {
		s.wrong("write both, or leave tax out", "tax lacks its name or rate")
	}
	return commerce.Tax{Name: f.Name, Rate: s.percent("tax.rate", f.Rate)}
}

// percent reads "20%" as "0.2"; nothing is "0".
func (s *survey) percent(name, text string) string {
	if text == "" {
		return "0"
	}
	share, ok := share(text)
	if !ok {
		s.wrong(`write 0% to 100% in quotes, such as "5.5%"`, "%s is %q", name, text)
	}
	return share
}

// workspacesOf notes whose each workspace is: it can belong to one alone.
func (s *survey) workspacesOf(lists platformLists) map[string][]string {
	for i, tenant := range lists.Teams {
		lists.Teams[i] = s.teamsID("the workspace of Teams", tenant)
	}
	if len(lists.Teams) > 1 {
		s.wrong("keep one: an organisation is one Microsoft 365 tenant", "it has %d workspaces of Teams", len(lists.Teams))
	}
	byPlatform := lists.byPlatform()
	for _, platform := range slices.Sorted(maps.Keys(byPlatform)) {
		for _, id := range byPlatform[platform] {
			key := platform + " workspace " + id
			if owner, taken := s.workspaces[key]; taken {
				s.wrong("keep it in one", "%s belongs to %s already", key, owner)
			}
			s.workspaces[key] = s.where
		}
	}
	return byPlatform
}

func (l platformLists) byPlatform() map[string][]string {
	all := map[string][]string{"slack": l.Slack, "discord": l.Discord, "teams": l.Teams}
	maps.DeleteFunc(all, func(_ string, ids []string) bool { return len(ids) == 0 })
	return all
}

func (s *survey) groups(files map[commerce.Role]platformLists) map[commerce.Role]map[string][]string {
	groups := map[commerce.Role]map[string][]string{}
	for _, role := range slices.Sorted(maps.Keys(files)) {
		s.role("groups", role)
		groups[role] = files[role].byPlatform()
	}
	return groups
}

func (s *survey) role(of string, role commerce.Role) {
	switch {
	case role == commerce.Operator:
		s.wrong("remove it: operators are listed at the top of the file, for all organisations", "%s grants the role operator", of)
	case !roleForm.MatchString(string(role)):
		s.wrong("write 1 to 40 of a-z, 0-9, - and _", "%s has the role %q", of, role)
	}
}

func (s *survey) people(files []personFile) []commerce.Person {
	var people []commerce.Person
	ids := map[string]bool{}
	accounts := map[string]string{}
	for i, f := range files {
		p := s.person(i+1, f)
		if p.ID != "" && ids[p.ID] {
			s.wrong("give one of them another id", "two people have the id %q", p.ID)
		}
		ids[p.ID] = true
		for _, platform := range slices.Sorted(maps.Keys(p.Accounts)) {
			account := platform + " account " + p.Accounts[platform]
			if owner, taken := accounts[account]; taken && platform != playgroundPlatform {
				s.wrong("keep it with one of them", "%s belongs to both %s and %s", account, owner, p.Name)
			}
			accounts[account] = p.Name
		}
		people = append(people, p)
	}
	return people
}

// playgroundPlatform has every person as an account of the same id.
const playgroundPlatform = "playground"

func (s *survey) person(number int, f personFile) commerce.Person {
	if strings.TrimSpace(f.Name) == "" {
		s.wrong("write the name that people are shown", "person number %d has no name", number)
	}
	id := f.ID
	if id == "" {
		id = idOf(f.Name)
	}
	if !idForm.MatchString(id) {
		s.wrong("write an id of 1 to 40 of a-z, 0-9 and -", "person number %d, %s, has the id %q", number, f.Name, id)
	}
	for _, role := range f.Roles {
		s.role(f.Name, role)
	}
	if _, err := language.Parse(f.Locale); f.Locale != "" && err != nil {
		s.wrong("write a language such as fr or zh-CN", "%s has the locale %q", f.Name, f.Locale)
	}
	if _, err := mail.ParseAddress(f.Email); f.Email != "" && err != nil {
		s.wrong("write an address such as aicha@contoso.example, or leave it out", "%s has the email %q", f.Name, f.Email)
	}
	if f.Teams != "" {
		f.Teams = s.teamsID(f.Name, f.Teams)
	}
	accounts := map[string]string{playgroundPlatform: id, "slack": f.Slack, "discord": f.Discord, "teams": f.Teams}
	maps.DeleteFunc(accounts, func(_, account string) bool { return account == "" })
	return commerce.Person{ID: id, Name: f.Name, Email: f.Email, Roles: f.Roles, Locale: f.Locale, Accounts: accounts}
}

// operators checks the form of a reseller's own staff. Nobody in it gets any right.
func (s *survey) operators(node ast.Node) {
	s.where = "operators"
	var f operatorsFile
	if err := decode(node, &f, yaml.Strict()); err != nil {
		s.wrong("correct or remove it", "%v", err)
		return
	}
	s.workspacesOf(f.Workspaces)
	s.people(f.People)
}
