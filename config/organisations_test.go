package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/config"
)

const smallest = `organisations:
  - id: tiny
    name: Tiny Ltd
    cloud: worldwide
    country: GB
    currency: GBP
    backend: sandbox
`

// full says everything that an organisations file can say.
const full = `organisations:
  - id: contoso
    name: Contoso SARL
    cloud: worldwide
    country: FR
    currency: EUR
    time_zone: Europe/Paris
    working_hours: "Mon-Fri 09:00-18:00"
    tax: {name: TVA, rate: "20%"}
    price_tolerance: "2.5%"
    backend: sandbox
    buying: false
    graph: {tenant: t, client_id: c, client_secret_env: CONTOSO_GRAPH_SECRET}
    reseller: {customer: c, markup: "12%"}
    workspaces: {slack: [T0123], discord: ["841200000000000001"], teams: [99999999-8888-4777-8666-55555555555A]}
    people:
      - {name: Aïcha, slack: U1, discord: "11", teams: 00000000-0000-4000-8000-0000000000A1, email: aicha@contoso.example, roles: [buyer, licensing], locale: fr}
      - {name: Bruno, slack: U2, roles: [approver]}
      - {name: 张伟, id: zhang-wei, discord: "12", roles: [finance, cfo], locale: zh-CN}
    groups: {buyer: {slack: [S0AB]}, approver: {discord: ["role id"]}}
    approvals:
      channel: {slack: C9}
      rules:
        - {name: small, when: "committed < 500", approvals: 0}
operators:
  workspaces: {slack: [T9]}
  people: [{name: Olga, slack: U9}]
`

func readFull(text string) (config.Config, error) {
	return world{
		env:   map[string]string{"ORGANISATIONS_FILE": "o", "CATALOGUE_FILE": "c"}, // the built-in catalogue takes longer to read
		files: map[string]string{"o": text, "c": oneOffer},
	}.read()
}

func TestAnOrganisationsFileReadsAsWritten(t *testing.T) {
	t.Parallel()
	c, err := readFull(full)
	if err != nil {
		t.Fatal(err)
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	small, _ := commerce.NewPolicy([]commerce.Rule{{Name: "small", When: "committed < 500"}}, "EUR")
	want := []commerce.Organisation{{
		ID: "contoso", Name: "Contoso SARL", Cloud: commerce.Worldwide, Country: "FR", Currency: "EUR",
		TimeZone: paris, WorkingHours: "Mon-Fri 09:00-18:00", Tax: commerce.Tax{Name: "TVA", Rate: "0.2"}, Tolerance: "0.025",
		Backend: commerce.Sandbox, Buying: false,
		Workspaces: map[string][]string{"slack": {"T0123"}, "discord": {"841200000000000001"}, "teams": {"99999999-8888-4777-8666-55555555555a"}},
		People: []commerce.Person{
			{ID: "aicha", Name: "Aïcha", Email: "aicha@contoso.example", Roles: []commerce.Role{commerce.Buyer, commerce.Licensing}, Locale: "fr",
				Accounts: map[string]string{"playground": "aicha", "slack": "U1", "discord": "11", "teams": "00000000-0000-4000-8000-0000000000a1"}},
			{ID: "bruno", Name: "Bruno", Roles: []commerce.Role{commerce.Approver}, Accounts: map[string]string{"playground": "bruno", "slack": "U2"}},
			{ID: "zhang-wei", Name: "张伟", Roles: []commerce.Role{"finance", "cfo"}, Locale: "zh-CN",
				Accounts: map[string]string{"playground": "zhang-wei", "discord": "12"}},
		},
		Groups:          map[commerce.Role]map[string][]string{commerce.Buyer: {"slack": {"S0AB"}}, commerce.Approver: {"discord": {"role id"}}},
		Policy:          small,
		ApprovalChannel: map[string]string{"slack": "C9"},
	}}
	sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	sameRules := cmp.Comparer(func(a, b commerce.Policy) bool { return cmp.Equal(a.Rules(), b.Rules()) })
	if diff := cmp.Diff(want, c.Organisations, sameZone, sameRules); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsLeftOutHasAnHonestDefault(t *testing.T) {
	t.Parallel()
	c, err := readFull(smallest)
	if err != nil {
		t.Fatal(err)
	}
	o := c.Organisations[0]
	if o.TimeZone != time.UTC || o.Tax != (commerce.Tax{}) || o.Tolerance != "0" || !o.Buying || len(o.People) != 0 {
		t.Errorf("read as %+v", o)
	}
}

// Each case breaks full in one place.
func TestAnOrganisationsMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "buying: false", "selling: false", `contoso: line 12: unknown field "selling": correct or remove it`},
		{"wrong type", "buying: false", "buying: perhaps", `contoso: line 12: cannot unmarshal`},
		{"id", "id: contoso", "id: Contoso SARL", `Contoso SARL: id is "Contoso SARL"`},
		{"no id", "- id: contoso\n    name", "- name", `organisation number 1: id is ""`},
		{"twice", "operators:", "  - {id: contoso, name: C, cloud: worldwide, country: FR, currency: EUR, backend: sandbox}\noperators:", "contoso: the id is there twice"},
		{"no name", "name: Contoso SARL", "name: ''", "contoso: name is missing"},
		{"cloud", "cloud: worldwide", "cloud: gcc", `contoso: cloud is "gcc": choose worldwide, germany or 21vianet`},
		{"country", "country: FR", "country: UK", `contoso: country is "UK": write an ISO 3166 code`},
		{"continent", "country: FR", "country: EU", `contoso: country is "EU"`},
		{"lower case", "country: FR", "country: fr", `contoso: country is "fr"`},
		{"no country", "country: FR\n    ", "", `contoso: country is ""`},
		{"currency", "currency: EUR", "currency: EURO", `contoso: currency is "EURO"`},
		{"no currency", "currency: EUR\n    ", "", `contoso: currency is ""`},
		{"time zone", "Europe/Paris", "Paris", `contoso: time_zone is "Paris"`},
		{"the machine's zone", "Europe/Paris", "Local", `contoso: time_zone is "Local"`},
		{"hours", "Mon-Fri 09:00-18:00", "9 to 5", `contoso: working_hours is "9 to 5"`},
		{"hours backwards", "09:00-18:00", "18:00-09:00", `contoso: working_hours is`},
		{"hours of no day", "09:00-18:00", "09:00-25:00", `contoso: working_hours is`},
		{"tax rate", `"20%"`, `"0.2"`, `contoso: tax.rate is "0.2": write 0% to 100%`},
		{"too much tax", `"20%"`, `"101%"`, `contoso: tax.rate is "101%"`},
		{"no tax name", "name: TVA, ", "", "contoso: tax lacks its name or rate"},
		{"tolerance", `"2.5%"`, `"-1%"`, `contoso: price_tolerance is "-1%"`},
		{"reseller", "backend: sandbox", "backend: reseller", "contoso: backend is reseller, which this version does not support: write sandbox"},
		{"no backend", "backend: sandbox\n    ", "", `contoso: backend is ""`},
		{"graph", ", client_secret_env: CONTOSO_GRAPH_SECRET", "", "contoso: graph is incomplete"},
		{"markup", `"12%"`, "12", `contoso: reseller.markup is "12"`},
		{"customer", "customer: c, ", "", "contoso: reseller.customer is missing"},
		{"a workspace in two", "[T9]", "[T0123]", "operators: slack workspace T0123 belongs to contoso already: keep it in one"},
		{"an account of two", "slack: U2", "slack: U1", "contoso: slack account U1 belongs to both Aïcha and Bruno"},
		{"an account of two operators", "slack: U9}", "slack: U9}, {name: Otto, slack: U9}", "operators: slack account U9 belongs to both Olga and Otto"},
		{"two of a name", "name: Bruno", "name: Aicha", `contoso: two people have the id "aicha": give one of them another id`},
		{"no letters", "id: zhang-wei, ", "", `contoso: person number 3, 张伟, has the id "": write an id`},
		{"person id", "id: zhang-wei", "id: Zhang_Wei", `contoso: person number 3, 张伟, has the id "Zhang_Wei"`},
		{"nameless", "name: Bruno", "name: '', id: bruno", "contoso: person number 2 has no name"},
		{"operator inside", "roles: [approver]", "roles: [operator]", "contoso: Bruno grants the role operator: remove it"},
		{"operator by group", "{buyer: {slack", "{operator: {slack", "contoso: groups grants the role operator"},
		{"role", "roles: [approver]", "roles: [The Boss]", `contoso: Bruno has the role "The Boss"`},
		{"locale", "locale: fr", "locale: french-ish-language", `contoso: Aïcha has the locale "french-ish-language"`},
		{"email", "aicha@contoso.example", "aicha", `contoso: Aïcha has the email "aicha"`},
		{"unknown platform", "slack: U2", "irc: bruno", `contoso: line 18: unknown field "irc"`},
		{"of nobody", "approvals: 0", "approvals: 1", "contoso: approval rule number 1 (small) does not say from whom: write from"},
		{"too few people", "approvals: 0", "approvals: 2, from: [finance]", "contoso: approval rule number 1 (small) asks for 2 approvals, and there are 1 too few people to give them"},
		{"too few for roles of their own", "approvals: 0", "approvals: 2, from: [finance, cfo], distinct_roles: true", "asks for 2 approvals, and there are 1 too few people"},
		{"too few when one of them buys", "approvals: 0", "approvals: 1, from: [licensing]", "asks for 1 approvals, and when Aïcha buys there are 1 too few people to give them"},
		{"a misspelt fact", "committed < 500", "commitment < 500", "contoso: rule small: when: unknown name commitment"},
		{"a wrong type", "committed < 500", "committed < 'much'", "contoso: rule small: when: invalid operation"},
		{"no condition", "committed < 500", "committed", "contoso: rule small: when: "},
		{"many", "approvals: 0", "approvals: 21, from: [approver]", "does not say how many approvals: write how many it needs, from 0 to 20"},
		{"a nameless rule", "name: small", "name: ''", `approval rule number 1 has the name "": give it a name of its own`},
		{"two of a name for rules", "approvals: 0}", "approvals: 0}\n        - {name: small, approvals: 0}", `approval rule number 2 has the name "small"`},
		{"two channels", "channel: {slack: C9}", "channel: {slack: C9, discord: C9}", "contoso: approvals.channel names several platforms: keep one of them"},
		{"a channel elsewhere", "workspaces: {slack: [T0123], ", "workspaces: {", "contoso: approvals.channel is on slack, of which the organisation has no workspace"},
		{"an escalation to nobody", "approvals: 0", "approvals: 0, escalate: {after: 48h}", "has an escalation without after or to"},
		{"no count", ", approvals: 0", "", "contoso: approval rule number 1 (small) does not say how many approvals"},
		{"an impossible wait", "approvals: 0", "approvals: 0, expires: 3 days", `contoso: approval rule number 1 (small): expires is "3 days"`},
		{"an escalation's role", "approvals: 0", "approvals: 0, escalate: {after: 48h, to: [A B]}", `has the role "A B"`},
		{"an unknown rule key", "approvals: 0", "approvals: 0, unless: x", `contoso: line 24: unknown field "unless"`},
		{"operators' form", "people: [{name: Olga", "boss: [{name: Olga", `operators: line 27: unknown field "boss"`},
		{"empty", full, "", "the file has no organisations"},
		{"other file", full, "offers: []", `line 1: unknown field "offers"`},
		{"an empty one", "operators:", "  -\noperators:", "organisation number 2: it is empty"},
		{"no YAML", full, "organisations: [", "line 1: "},
		{"a panic of the library's", full, "organisations: ! 0", "well-formed YAML"},
		{"two documents", "operators:", "---\noperators:", "several YAML documents"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(full, c.old) {
				t.Fatalf("%q is not in the file", c.old)
			}
			_, err := readFull(strings.Replace(full, c.old, c.new, 1))
			var mistakes config.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("it was accepted, or fails with %v", err)
			}
			if len(mistakes) != 1 || !strings.HasPrefix(err.Error(), "ORGANISATIONS_FILE: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("mistakes are\n%v\nwant only\n%s", err, c.want)
			}
		})
	}
}

func TestGermanyIsForDemonstrationsOnly(t *testing.T) {
	t.Parallel()
	_, err := readFull(strings.NewReplacer("cloud: worldwide", "cloud: germany", "backend: sandbox", "backend: direct").Replace(full))
	if err == nil || !strings.Contains(err.Error(), "cloud germany has closed and is for demonstrations only") {
		t.Errorf("refused with %v", err)
	}
	if _, err := readFull(strings.Replace(full, "cloud: worldwide", "cloud: germany", 1)); err != nil {
		t.Errorf("a demonstration is refused: %v", err)
	}
}

func TestOnePersonMayBeInTwoOrganisations(t *testing.T) {
	t.Parallel()
	first, _, _ := strings.Cut(full, "operators:")
	second := strings.NewReplacer("organisations:\n", "", "id: contoso", "id: second", "T0123", "T2", "841200000000000001", "2", "[99999999-8888-4777-8666-55555555555A]", "[99999999-8888-4777-8666-55555555555b]").Replace(full)
	if _, err := readFull(first + second); err != nil {
		t.Errorf("refused with %v", err)
	}
}

func FuzzOrganisationsFile(f *testing.F) {
	f.Add(full)
	f.Add(smallest)
	f.Add("organisations: ! 0")
	f.Add("organisations: &a [*a, {people: *a}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readFull(text)
		if err != nil {
			return
		}
		for _, o := range c.Organisations {
			if o.ID == "" || o.Backend != commerce.Sandbox || o.TimeZone == nil {
				t.Errorf("accepted %+v", o)
			}
		}
	})
}

// A key that cannot be read hides no other key's problem.
func TestOneUnreadableKeyHidesNothing(t *testing.T) {
	t.Parallel()
	_, err := world{
		env:   map[string]string{"ORGANISATIONS_FILE": "organisations"},
		files: map[string]string{"organisations": "organisations: [{id: acme, name: Acme, buying: perhaps, cloud: mars, country: FR, currency: EURO, backend: sandbox, nonsense: 1}]"},
	}.read()
	if err == nil {
		t.Fatal("it was read")
	}
	for _, part := range []string{"bool", `cloud is "mars"`, `currency is "EURO"`, "nonsense"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in\n%v", part, err)
		}
	}
}

// A role that a group grants cannot be counted: that is said, and whoever has it by a
// group alone is asked in a channel.
func TestAGroupMayGrantApprovals(t *testing.T) {
	t.Parallel()
	unused := "graph: {tenant: t, client_id: c, client_secret_env: CONTOSO_GRAPH_SECRET}\n    " // warned of too
	text := strings.NewReplacer("approvals: 0", "approvals: 2, from: [approver]", unused, "").Replace(full)
	c, err := readFull(text)
	if err != nil || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "contoso: approval rule number 1 (small) asks for 2 approvals; by the people in the file it lacks 1, and counts on groups") {
		t.Errorf("%v, with warnings %q", err, c.Warnings)
	}
	_, err = readFull(strings.Replace(text, "channel: {slack: C9}", "channel: {}", 1))
	if err == nil || !strings.Contains(err.Error(), "asks a role that a group grants: whoever is in it can only be asked in a channel: write approvals.channel") {
		t.Errorf("without a channel: %v", err)
	}
}
