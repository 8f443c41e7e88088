package faketeams_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/faketeams"
)

// peers is the folder of Microsoft's own libraries, in JavaScript.
func peers(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../test/teams")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		testservices.Missing(t, "node (Debian: nodejs)", "the Teams that the tests play, by Microsoft's own libraries")
	}
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "botframework-connector")); err != nil {
		testservices.Missing(t, "botframework-connector (npm install in test/teams)", "the Teams that the tests play, by Microsoft's own libraries")
	}
	return folder
}

// Microsoft's own clients of the login and the Connector find what they find there: tokens,
// conversations, rosters in pages, errors by their names, limits that they wait for.
func TestMicrosoftsConnectorClient(t *testing.T) {
	t.Parallel()
	folder := peers(t)
	teams := faketeams.New(faketeams.Options{})
	t.Cleanup(teams.Close)
	var members []*faketeams.Person
	var accounts []map[string]string
	for n := range 60 {
		p := teams.Person(faketeams.Person{Name: fmt.Sprintf("Person %d", n)})
		members = append(members, p)
		accounts = append(accounts, map[string]string{"id": p.MRI, "aadObjectId": p.AAD, "name": p.Name})
	}
	people, err := json.Marshal(accounts)
	if err != nil {
		t.Fatal(err)
	}
	teams.Block(members[2].Chat(), true)
	teams.Fail(faketeams.Fault{Conversation: members[3].Chat(), Status: 502})
	channel := teams.Channel(members...)
	cmd := exec.CommandContext(t.Context(), "node", "connector.mjs")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LOGIN="+strings.TrimSuffix(teams.TokenURL(), "login/"), "SERVICE="+teams.ServiceURL(), "APP="+teams.AppID, "PASSWORD="+teams.Password, "TENANT="+teams.Tenant,
		"BOT="+teams.Bot(), "CHANNEL="+channel, "GROUP="+teams.Group(members[:3]...), "LIMITED="+members[1].Chat(), "BLOCKED="+members[2].Chat(), "BAD_GATEWAY="+members[3].Chat(), "PEOPLE="+string(people))
	said, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "well") {
		t.Fatalf("%v\n%s", err, said)
	}

	// What it sent is on people's screens.
	if got := members[0].Last(members[0].Chat()).Read(); got != "hello again\n" {
		t.Errorf("it shows %q", got)
	}
	if got := members[1].Last(channel).Read(); got != "It is approved\n" {
		t.Errorf("it shows %q", got)
	}
}
