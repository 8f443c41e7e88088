package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"cartwright/testservices/fakegraph"
	"cartwright/testservices/fakeslack"
)

// noTeams has the organisations without their workspaces in Teams.
var noTeams = strings.ReplaceAll(directOrganisations, `, teams: "AICHA_AT_ENTRA"`, "")

// The doctor looks at each organisation's app: the sign-in, each of the three permissions,
// and says what nobody can look at. A tenant that fails hides no other.
func TestDirectDoctor(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	s := shell{t: t, env: ms.settings(t, noTeams), seams: seams{graph: ms}}
	permissions := fakegraph.Permissions
	for _, org := range []string{"contoso", "adatum"} {
		for _, permission := range permissions {
			s.says(s.does(exitOK, "doctor"), "ok    Graph of "+org+": "+permission+"\n", "note  "+org+": at Microsoft who buys must be a Billing Administrator")
		}
	}
	for i, missing := range permissions {
		ms["adatum"].Permit(permissions[(i+1)%3], permissions[(i+2)%3])
		said := s.does(exitFailed, "doctor")
		s.says(said, "FAIL  Graph of adatum: "+missing+": ", "the app lacks "+missing+": grant it, as an application permission, and give admin consent", "ok    Graph of contoso: "+missing)
		if n := strings.Count(said, "FAIL"); n != 1 {
			t.Errorf("%d checks fail for one permission:\n%s", n, said)
		}
	}
	ms["contoso"].EndSecret()
	said := s.does(exitFailed, "doctor")
	s.says(said, "FAIL  Graph of contoso: sign-in: ", "the secret has ended: make a new one", "Graph of adatum: ")
	if strings.Contains(said, ms["contoso"].Secret) {
		t.Errorf("the secret is told:\n%s", said)
	}
}

// What a direct organisation must not have, and what it cannot yet do, is said at the start.
func TestDirectStart(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	s := shell{t: t, env: ms.settings(t, noTeams), seams: seams{graph: ms}}
	hurried := s.env.with(settings{"CLOCK_SPEED": "40", "ADATUM_GRAPH_SECRET": ""})
	s.says(shell{t: t, env: hurried}.does(exitMisused, "serve"), "CLOCK_SPEED: it hurries contoso, which is no sandbox", "CLOCK_SPEED: it hurries adatum", "ADATUM_GRAPH_SECRET: it is not set, and adatum names it")

	var log lockedBuffer
	base, _ := hostLogging(t, s.env.with(settings{"PLAYGROUND": "on"}), seams{graph: ms}, &log)
	for _, org := range []string{"contoso", "adatum"} {
		if !strings.Contains(log.String(), "none of its platforms is configured\" organisation="+org+" has_workspaces_in=\"[slack teams]\"") {
			t.Errorf("nobody is told that %s is reached by nobody:\n%s", org, log.String())
		}
	}
	body := `{"id":"id-0000001","organisation":"contoso","person":"aicha","text":"buy"}`
	if answer, said := fixed(t, base).send(http.MethodPost, "/playground/turns", "application/json", body); answer.StatusCode != http.StatusNotFound {
		t.Errorf("the playground serves an organisation that is no sandbox: %d %s", answer.StatusCode, said)
	}
}

// A process of its own reaches Graph at the address that it is given. A secret that was
// wrong, or has been changed, is read anew at SIGHUP, and nobody has to start again.
func TestDirectReload(t *testing.T) {
	t.Parallel()
	ms := newTenants(t)
	f := ms["contoso"]
	f.Own(fakegraph.BusinessBasic, 5)
	dir := t.TempDir()
	secret, certificate := filepath.Join(dir, "secret"), filepath.Join(dir, "ca.pem")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(secret, "an old one\n")
	write(certificate, string(f.Certificate()))
	o := &office{TB: t, Slack: fakeslack.New(fakeslack.Options{SigningSecret: "the office's signing secret"}), spaces: map[string]*fakeslack.Workspace{}}
	t.Cleanup(o.Close)
	o.spaces["contoso"] = o.Workspace("TCONTOSO")
	o.spaces["contoso"].Channel("CGENERAL", "UAICHA")
	env := ms.settings(t, noTeams).with(settings{
		"GRAPH_URL": f.URL(), "GRAPH_TOKEN_URL": f.URL(), "SSL_CERT_FILE": certificate, "CONTOSO_GRAPH_SECRET_FILE": secret, "CONTOSO_GRAPH_SECRET": "",
		"SLACK_API_URL": o.APIURL(), "SLACK_SIGNING_SECRET": o.SigningSecret, "SLACK_BOT_TOKEN": o.spaces["contoso"].Token,
	})
	p := launch(t, env)
	defer p.kill()
	if !p.up(t) {
		t.Fatalf("it died:\n%s", p.log)
	}
	o.Deliver(p.base)
	aicha := o.hire("contoso", "UAICHA", "en")
	aicha.types("subscriptions")
	aicha.sees(aicha.T("subscriptions.unknown"))
	if said := p.log.String(); strings.Contains(said, "an old one") {
		t.Errorf("at the start it says\n%s", said)
	}
	write(secret, f.Secret)
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); !strings.Contains(p.log.String(), "msg=reloaded"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not reloaded:\n%s", p.log.tail())
		}
	}
	aicha.types("subscriptions")
	aicha.sees(aicha.T("subscriptions.title"))
	aicha.sees(basicName)
}
