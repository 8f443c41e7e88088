package fakegraph_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/fakegraph"
)

// peers is the folder of Microsoft's own libraries, in JavaScript.
func peers(t *testing.T) string {
	t.Helper()
	return testservices.Peers(t, "graph", "@microsoft/microsoft-graph-client", "the Graph that the tests play, by Microsoft's own libraries")
}

// Microsoft's own clients of the login and of Graph find what they find there, and wait where
// they are told to.
func TestMicrosoftsGraphClient(t *testing.T) {
	t.Parallel()
	folder := peers(t)
	g := fakegraph.New(fakegraph.Options{PageLimit: 10})
	t.Cleanup(g.Close)
	var people []string
	for _, p := range g.AddPeople(29) {
		people = append(people, p.ID)
	}
	people = append(people, g.Add(fakegraph.Person{}).ID)
	g.Own(fakegraph.OfficeE3, len(people))
	g.Own(fakegraph.BusinessPremium, 1)
	g.Fail(fakegraph.Fault{Path: "/directory/subscriptions", Status: 429, RetryAfter: "1"})
	g.Fail(fakegraph.Fault{Path: "/users/" + people[0], Inner: true, Status: 429, RetryAfter: "2.128"})
	certificate := filepath.Join(t.TempDir(), "graph.pem")
	if err := os.WriteFile(certificate, g.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	everybody, err := json.Marshal(people)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "graph.mjs")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+certificate, "SERVICE="+g.URL(), "SCOPE="+g.Cloud.Scope(), "TENANT="+g.Tenant, "APP="+g.AppID, "SECRET="+g.Secret,
		"SKU="+fakegraph.OfficeE3, "SPARE="+fakegraph.BusinessPremium, "PEOPLE="+string(everybody))
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "well") {
		t.Fatalf("%v\n%s", err, said)
	}

	// What it did is there, and one token was enough for it.
	if got := g.Holders(fakegraph.OfficeE3); !slices.Equal(got, people[1:19]) {
		t.Errorf("%d people have a licence", len(got))
	}
	if got := g.Batches(); !slices.Equal(got, []int{20, 2}) || g.TokenCalls() != 2 {
		t.Errorf("batches are %v, and a token was asked for %d times", got, g.TokenCalls())
	}
}
