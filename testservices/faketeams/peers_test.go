package faketeams_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"cartwright/testservices"
	"cartwright/testservices/faketeams"
)

// peers is the folder of Microsoft's own libraries, in JavaScript.
func peers(t *testing.T) string {
	t.Helper()
	return testservices.Peers(t, "teams", "botframework-connector", "the Teams that the tests play, by Microsoft's own libraries")
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

// An app on Microsoft's own framework takes the tokens and activities of people at clients,
// and its answers and messages are shown. It refuses what is not Microsoft's.
func TestMicrosoftsFramework(t *testing.T) {
	t.Parallel()
	folder := peers(t)
	teams := faketeams.New(faketeams.Options{})
	t.Cleanup(teams.Close)
	cmd := exec.CommandContext(t.Context(), "node", "app.mjs")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "LOGIN="+teams.TokenURL(), "METADATA="+teams.OpenIDURL(), "APP="+teams.AppID, "PASSWORD="+teams.Password, "TENANT="+teams.Tenant)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		if _ = cmd.Wait(); t.Failed() {
			t.Log(complaints.String())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the app did not start: %v", err)
	}
	teams.Deliver("http://127.0.0.1:" + strings.TrimSpace(strings.TrimPrefix(line, "ready ")))
	converse(t, teams)
	another := faketeams.New(faketeams.Options{})
	t.Cleanup(another.Close)
	body, err := json.Marshal(teams.Deliveries()[0].Activity)
	if err != nil {
		t.Fatal(err)
	}
	for name, authorization := range map[string]string{"none": "", "no token": "Bearer x", "of another login": "Bearer " + another.Token(nil)} {
		if status, _, err := teams.Post(t.Context(), authorization, body); err != nil || status != 401 {
			t.Errorf("%s: the framework answers %d %v", name, status, err)
		}
	}
}

// converse does what people do with that app.
func converse(t *testing.T, teams *faketeams.Teams) {
	t.Helper()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ada, bo := teams.Person(faketeams.Person{}), teams.Person(faketeams.Person{})
	ok(ada.Install(t.Context()))
	if got := ada.Last(ada.Chat()).Text; got != "installed" {
		t.Errorf("an installation is answered by %q", got)
	}
	ok(ada.Says(t.Context(), "hello"))
	if got := ada.Last(ada.Chat()).Text; got != "you said hello" {
		t.Errorf("hello is answered by %q", got)
	}
	thread, err := ada.SaysIn(t.Context(), teams.Channel(ada, bo), "buy E3")
	ok(err)
	if got := bo.Last(thread).Read(); got != "you said buy E3\n(Licences: )\n[Buy]\n" {
		t.Errorf("Bo reads %q", got)
	}
	if _, err := ada.Press(t.Context(), ada.Last(thread), "buy", map[string]string{"quantity": "9"}); err == nil || !strings.Contains(err.Error(), "too many") {
		t.Errorf("nine: %v", err)
	}
	ok(bo.Submit(t.Context(), bo.Last(thread), "buy", map[string]string{"quantity": "2"}))
	if got := bo.Last(thread).Text; got != "submitted buy 2" {
		t.Errorf("an old client is answered by %q", got)
	}
	form := ada.See(thread)[1]
	_, err = ada.Press(t.Context(), form, "buy", map[string]string{"quantity": "3"})
	ok(err)
	if a, b := ada.Now(form).Read(), bo.Now(form).Read(); a != "you buy 3\n" || b != "somebody bought\n" {
		t.Errorf("Ada reads %q and Bo %q", a, b)
	}
}
