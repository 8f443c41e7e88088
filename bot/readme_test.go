package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cartwright/testservices/fakeslack"
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

	if err := os.WriteFile(filepath.Join(folder, "organisations.yaml"), []byte(section.yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range section.shell {
		words := strings.Fields(replaced.Replace(line))
		for len(words) > 0 && (words[0] == "export" || strings.Contains(words[0], "=")) {
			if name, value, ok := strings.Cut(words[0], "="); ok {
				o.set = o.set.with(settings{name: value})
			}
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if len(words) < 3 || strings.Join(words[:3], " ") != "go run ./bot" {
			t.Fatalf("a reader does not know %q", line)
		}
		if args := words[3:]; len(args) > 0 {
			if code, said := o.command(args...); code != exitOK {
				t.Errorf("%s: %d\n%s", line, code, said)
			}
			continue
		}
		o.start(1)
	}
	aicha := &colleague{office: o, Client: w.Person(fakeslack.Person{ID: "U0123", Name: "Aïcha"}), lang: "en", channel: "CANY"}
	command := regexp.MustCompile("`/m365 ([^`]*)`").FindStringSubmatch(section.text)
	aicha.types(command[1])
	aicha.sees("Microsoft 365 Business Basic")
	aicha.presses("buy:business-basic")
	aicha.form()
	o.sound()
}

// readme is a section of the README: its text, its YAML and its shell's lines.
type readme struct {
	text, yaml string
	shell      []string
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
