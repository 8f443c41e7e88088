package config_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/config"
)

// bought is two organisations that buy from Microsoft themselves, one in each cloud.
const bought = `organisations:
  - {id: contoso, name: Contoso, cloud: worldwide, country: FR, currency: EUR, backend: direct,
     graph: {tenant: 0123ABCD-89ab-cdef-0123-456789abcdef, client_id: FEDCBA98-7654-3210-fedc-ba9876543210, client_secret_env: CONTOSO_GRAPH_SECRET}}
  - {id: adatum, name: Adatum, cloud: 21vianet, country: CN, currency: CNY, backend: direct,
     graph: {tenant: Adatum.partner.onmschina.cn, client_id: fedcba98-7654-3210-fedc-ba9876543211, client_secret_env: adatum_secret}}
`

// buying is a bot for them; old is replaced by new in the file.
func buying(old, new string, more map[string]string) world {
	w := world{
		env:   map[string]string{"ORGANISATIONS_FILE": "o", "CATALOGUE_FILE": "c", "CONTOSO_GRAPH_SECRET": "hush 1", "adatum_secret_FILE": "s"},
		files: map[string]string{"o": strings.Replace(bought, old, new, 1), "c": oneOffer, "s": "hush 2\n", "empty": ""},
	}
	maps.Copy(w.env, more)
	return w
}

// Each organisation has a tenant, an app and a secret of its own, and the addresses are
// its cloud's unless others are given.
func TestAppsOfTheOrganisations(t *testing.T) {
	t.Parallel()
	c := mustRead(t, buying("", "", nil))
	got := map[string]string{"": c.Graph.URL + c.Graph.LoginURL}
	for id, app := range c.Graph.Apps {
		got[id] = strings.Join([]string{app.Tenant, app.Client, app.Secret.Reveal()}, " ")
	}
	if diff := cmp.Diff(map[string]string{
		"":        "",
		"contoso": "0123abcd-89ab-cdef-0123-456789abcdef fedcba98-7654-3210-fedc-ba9876543210 hush 1",
		"adatum":  "adatum.partner.onmschina.cn fedcba98-7654-3210-fedc-ba9876543211 hush 2",
	}, got); diff != "" || len(c.Warnings) > 0 {
		t.Errorf("warnings %q\n(-want +got):\n%s", c.Warnings, diff)
	}
	if said := fmt.Sprintf("%v %+v %#v %s", c, c, c.Graph, c.Graph.Apps); strings.Contains(said, "hush") {
		t.Errorf("a secret is printed: %s", said)
	}
	c = mustRead(t, buying("", "", map[string]string{"GRAPH_URL": "https://127.0.0.1:9/v1.0/", "GRAPH_TOKEN_URL": "https://login.example.com/"}))
	if c.Graph.URL != "https://127.0.0.1:9" || c.Graph.LoginURL != "https://login.example.com" {
		t.Errorf("others are %q and %q", c.Graph.URL, c.Graph.LoginURL)
	}
}

func TestAppsMistakes(t *testing.T) {
	t.Parallel()
	const tenant, client = "0123ABCD-89ab-cdef-0123-456789abcdef", "FEDCBA98-7654-3210-fedc-ba9876543210"
	for name, c := range map[string]struct {
		old, new string
		more     map[string]string
		mistake  string // the variable's name
		says     string
	}{
		"no graph":         {"\n     graph: {tenant: " + tenant + ", client_id: " + client + ", client_secret_env: CONTOSO_GRAPH_SECRET}", "", nil, "ORGANISATIONS_FILE", "contoso: backend is direct, and graph is missing: write tenant, client_id and client_secret_env"},
		"half of graph":    {"client_id: " + client + ", ", "", nil, "ORGANISATIONS_FILE", "contoso: graph is incomplete"},
		"a closed cloud":   {"cloud: worldwide", "cloud: germany", nil, "ORGANISATIONS_FILE", "contoso: cloud germany has closed and is for demonstrations only, but backend is direct: write sandbox, or another cloud"},
		"no tenant":        {tenant, "contoso", nil, "ORGANISATIONS_FILE", `contoso: graph.tenant is "contoso": copy the Directory (tenant) ID`},
		"common":           {tenant, "common", nil, "ORGANISATIONS_FILE", `contoso: graph.tenant is "common"`},
		"a tenant's path":  {tenant, "contoso.com/x", nil, "ORGANISATIONS_FILE", `contoso: graph.tenant is "contoso.com/x"`},
		"no app":           {client, "cartwright", nil, "ORGANISATIONS_FILE", `contoso: graph.client_id is "cartwright": copy the Application (client) ID`},
		"the secret there": {"CONTOSO_GRAPH_SECRET", "hush~hush", nil, "ORGANISATIONS_FILE", "contoso: graph.client_secret_env is no name of an environment variable: write the name of a variable"},
		"no secret":        {"", "", map[string]string{"CONTOSO_GRAPH_SECRET": " "}, "CONTOSO_GRAPH_SECRET", "it is not set, and contoso names it in client_secret_env: set it to the value of a client secret of the app, or CONTOSO_GRAPH_SECRET_FILE"},
		"an empty file":    {"", "", map[string]string{"adatum_secret_FILE": "empty"}, "adatum_secret_FILE", "write the secret into it"},
		"no file":          {"", "", map[string]string{"adatum_secret_FILE": "missing"}, "adatum_secret_FILE", "name a file that can be read"},
		"twice":            {"", "", map[string]string{"adatum_secret": "hush"}, "adatum_secret", "it is set, and so is adatum_secret_FILE"},
		"in the clear":     {"", "", map[string]string{"GRAPH_URL": "http://graph.example.com"}, "GRAPH_URL", "write scheme and host, such as https://graph.microsoft.com"},
		"a path":           {"", "", map[string]string{"GRAPH_TOKEN_URL": "https://login.example.com/tenant"}, "GRAPH_TOKEN_URL", "write scheme and host, such as https://login.microsoftonline.com"},
		"a password":       {"", "", map[string]string{"GRAPH_URL": "https://me:hush@graph.example.com"}, "GRAPH_URL", "write scheme and host"},
	} {
		_, err := buying(c.old, c.new, c.more).read()
		var mistakes config.Mistakes
		if !errors.As(err, &mistakes) || len(mistakes) != 1 || mistakes[0].Name != c.mistake || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: refused with\n%v\nwant %s and %q", name, err, c.mistake, c.says)
		}
	}
}

// Whatever is wrong with the apps is told beside the rest, all of it at once; a secret that
// several need is looked for once.
func TestAppsMistakesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	w := buying("adatum_secret", "CONTOSO_GRAPH_SECRET", map[string]string{"CONTOSO_GRAPH_SECRET_FILE": "s", "GRAPH_URL": "graph", "CLOCK_SPEED": "9"})
	w.files["o"] = strings.NewReplacer("fedcba98-7654-3210-fedc-ba9876543211", "app", "cloud: worldwide", "cloud: mars").Replace(w.files["o"])
	_, err := w.read()
	var mistakes config.Mistakes
	errors.As(err, &mistakes)
	var names []string
	for _, m := range mistakes {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"CLOCK_SPEED", "CLOCK_SPEED", "CONTOSO_GRAPH_SECRET", "GRAPH_URL", "ORGANISATIONS_FILE", "ORGANISATIONS_FILE"}, names); diff != "" {
		t.Errorf("%v\n(-want +got):\n%s", err, diff)
	}
}

// A sandbox asks nobody, so an app that is written there is told of, and its secret is not
// looked for.
func TestASandboxHasNoApp(t *testing.T) {
	t.Parallel()
	c := mustRead(t, buying("backend: direct", "backend: sandbox", map[string]string{"CONTOSO_GRAPH_SECRET": ""}))
	if _, has := c.Graph.Apps["contoso"]; has || len(c.Warnings) != 1 || c.Warnings[0] != "contoso: graph is not used: backend is sandbox" {
		t.Errorf("apps %v, warnings %q", c.Graph.Apps, c.Warnings)
	}
}

// The example that people begin with reads as it is, but for the secrets.
func TestTheExampleReads(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("../deploy/organisations.direct.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := buying("", "", map[string]string{"ADATUM_GRAPH_SECRET": "hush"})
	w.files["o"] = string(example)
	if c := mustRead(t, w); len(c.Graph.Apps) != 2 || len(c.Organisations) != 2 || len(c.Warnings) > 0 {
		t.Errorf("it has %d organisations with %d apps, warnings %q", len(c.Organisations), len(c.Graph.Apps), c.Warnings)
	}
}
