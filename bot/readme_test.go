package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"cartwright/testservices/fakediscord"
	"cartwright/testservices/fakeslack"
	"cartwright/testservices/faketeams"
)

// TestSlackInTenMinutes follows that section of the README to the letter, with another
// Slack in place of Slack: what it says to write and run is written and run.
func TestSlackInTenMinutes(t *testing.T) {
	section := readmeSection(t, "## Slack in ten minutes")
	s := fakeslack.New(fakeslack.Options{})
	t.Cleanup(s.Close)
	w := s.Workspace("T0123")
	w.Channel("CANY", "U0123")
	folder := t.TempDir()
	replaced := strings.NewReplacer("xapp-…", s.AppToken(), "xoxb-…", w.Token, "organisations.yaml", filepath.Join(folder, "organisations.yaml"))
	set := usual.with(settings{"DATABASE_URL": "sqlite:" + filepath.Join(folder, "cartwright.db"), "SLACK_API_URL": s.APIURL()})
	o := &office{TB: t, Slack: s, set: set, base: "http://127.0.0.1:8080"}

	section.follow(t, folder, replaced, func(more settings, args []string) {
		o.set = o.set.with(more)
		if len(args) == 0 {
			o.start(1)
			return
		}
		if code, said := o.command(args...); code != exitOK {
			t.Errorf("%v: %d\n%s", args, code, said)
		}
	})
	aicha := &colleague{office: o, Client: w.Person(fakeslack.Person{ID: "U0123", Name: "Aïcha"}), lang: "en", channel: "CANY"}
	command := regexp.MustCompile("`/m365 ([^`]*)`").FindStringSubmatch(section.text)
	aicha.types(command[1])
	aicha.sees("Microsoft 365 Business Basic")
	aicha.presses("buy:business-basic")
	aicha.form()
	o.sound()
}

// TestDiscordInTenMinutes follows that section to the letter, with another Discord in place
// of Discord.
func TestDiscordInTenMinutes(t *testing.T) {
	section := readmeSection(t, "## Discord in ten minutes")
	d := fakediscord.New(fakediscord.Options{})
	t.Cleanup(d.Close)
	folder := t.TempDir()
	replaced := strings.NewReplacer("1001…", d.Application, "token…", "TOKEN", "organisations.yaml", filepath.Join(folder, "organisations.yaml"))
	s := shell{t: t, env: usual.with(settings{"DATABASE_URL": "sqlite:" + filepath.Join(folder, "cartwright.db"), "DISCORD_API_URL": d.APIURL()})}
	section.follow(t, folder, replaced, func(more settings, args []string) {
		s.env = s.env.with(more).with(settings{"DISCORD_BOT_TOKEN": d.Token}) // which has blanks in it
		if len(args) > 0 {
			s.does(exitOK, args...)
			return
		}
		host(t, s.env)
	})
	aicha := member{t, d.Join("11", "aicha")}
	for deadline := time.Now().Add(patience); d.Connections() == 0 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	suggested, err := aicha.Type(t.Context(), "buy", "product", "business b")
	aicha.do(err)
	if len(suggested) == 0 || suggested[0].Value != "Microsoft 365 Business Basic" {
		t.Fatalf("suggested are %v", suggested)
	}
	aicha.do(aicha.Command(t.Context(), "buy", "product", suggested[0].Value, "quantity", "25"))
	aicha.do(aicha.Submit(t.Context(), nil))
	aicha.sees("6", "25 licences, Paid yearly")
	if all := d.Refusals(); len(all) > 0 {
		t.Errorf("Discord refused %v", all)
	}
}

// TestTeamsInTenMinutes follows that section to the letter, with another Teams in place of
// Teams.
func TestTeamsInTenMinutes(t *testing.T) {
	section := readmeSection(t, "## Teams in ten minutes")
	ms := faketeams.New(faketeams.Options{Password: "secret"})
	t.Cleanup(ms.Close)
	folder := t.TempDir()
	replaced := strings.NewReplacer("11111111-…", ms.AppID, "secret…", ms.Password, "99999999-…", ms.Tenant, "organisations.yaml", filepath.Join(folder, "organisations.yaml"))
	s := shell{t: t, env: usual.with(settings{"DATABASE_URL": "sqlite:" + filepath.Join(folder, "cartwright.db")}).with(teamsSettings(ms))}
	for _, name := range []string{"TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID"} {
		delete(s.env, name)
	}
	section.follow(t, folder, replaced, func(more settings, args []string) {
		s.env = s.env.with(more)
		if len(args) > 0 {
			s.does(exitOK, args...)
			return
		}
		base, _ := host(t, s.env)
		ms.Deliver(base)
	})
	aicha := coworker{t, ms.Person(faketeams.Person{AAD: "00000000-0000-4000-8000-0000000000a1", Name: "Aïcha"})}
	aicha.do(aicha.Install(t.Context()))
	aicha.sees(aicha.Chat(), "Aïcha")
	aicha.do(aicha.Says(t.Context(), regexp.MustCompile("write `([^`]*)`").FindStringSubmatch(section.text)[1]))
	list := aicha.sees(aicha.Chat(), "Microsoft 365 Business Basic")
	aicha.presses(list, "buy:business-basic", nil)
	aicha.sees(aicha.Chat(), "How many")
	(&tenant{Teams: ms}).wellSpoken(t)
}

// readme is a section of the README: its text, its YAML and its shell's lines.
type readme struct {
	text, yaml string
	shell      []string
}

// follow writes the file and runs the lines of a section, with what stands in place of a
// reader's own. do is called with what was set before a command, and the bot's arguments.
func (r readme) follow(t *testing.T, folder string, replaced *strings.Replacer, do func(more settings, args []string)) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "organisations.yaml"), []byte(r.yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	set := settings{}
	for _, line := range r.shell {
		line, _, _ = strings.Cut(line, " > ")
		words := strings.Fields(replaced.Replace(line))
		for len(words) > 0 && (words[0] == "export" || strings.Contains(words[0], "=")) {
			if name, value, ok := strings.Cut(words[0], "="); ok {
				set[name] = value
			}
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if len(words) < 3 || strings.Join(words[:3], " ") != "go run ./bot" {
			t.Fatalf("a reader does not know %q", line)
		}
		do(set, words[3:])
	}
}

func readmeSection(t *testing.T, heading string) readme {
	t.Helper()
	whole, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(whole), heading+"\n")
	if !found {
		t.Fatalf("the README has no %q", heading)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	r := readme{text: text}
	for _, block := range regexp.MustCompile("(?s)   ```(sh|yaml)\n(.*?)   ```").FindAllStringSubmatch(text, -1) {
		lines := strings.ReplaceAll("\n"+block[2], "\n   ", "\n")[1:]
		if block[1] == "yaml" {
			r.yaml += lines
			continue
		}
		r.shell = append(r.shell, strings.Split(strings.TrimSpace(lines), "\n")...)
	}
	return r
}
