package config

import (
	_ "embed"
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"cartwright/commerce"
)

//go:embed organisations.yaml
var builtIn []byte

// BuiltInOrganisations are the three sandboxes that a program without an organisations
// file serves.
func BuiltInOrganisations() []commerce.Organisation {
	orgs, found := readOrganisations(builtIn)
	if len(found.problems) > 0 {
		panic(fmt.Sprint(found.problems)) // the embedded file is tested
	}
	return orgs
}

// problem is a mistake in the file.
type problem struct{ text, remedy string }

// The file's form. A pointer or a nil list tells what was left out from what is zero.
type organisationFile struct {
	ID           string                          `yaml:"id"`
	Name         string                          `yaml:"name"`
	Cloud        commerce.Cloud                  `yaml:"cloud"`
	Country      string                          `yaml:"country"`
	Currency     string                          `yaml:"currency"`
	TimeZone     string                          `yaml:"time_zone"`
	WorkingHours string                          `yaml:"working_hours"`
	Tax          *taxFile                        `yaml:"tax"`
	Tolerance    string                          `yaml:"price_tolerance"`
	Backend      commerce.Backend                `yaml:"backend"`
	Buying       *bool                           `yaml:"buying"`
	Graph        *graphFile                      `yaml:"graph"`
	Reseller     *resellerFile                   `yaml:"reseller"`
	Workspaces   platformLists                   `yaml:"workspaces"`
	People       []personFile                    `yaml:"people"`
	Groups       map[commerce.Role]platformLists `yaml:"groups"`
	Approvals    *approvalsFile                  `yaml:"approvals"`
}

type taxFile struct {
	Name string `yaml:"name"`
	Rate string `yaml:"rate"`
}

type graphFile struct {
	Tenant          string `yaml:"tenant"`
	ClientID        string `yaml:"client_id"`
	ClientSecretEnv string `yaml:"client_secret_env"`
}

type resellerFile struct {
	Customer string `yaml:"customer"`
	Markup   string `yaml:"markup"`
}

// platformLists are ids by platform.
type platformLists struct {
	Slack   []string `yaml:"slack"`
	Discord []string `yaml:"discord"`
	Teams   []string `yaml:"teams"`
}

type personFile struct {
	ID      string          `yaml:"id"`
	Name    string          `yaml:"name"`
	Slack   string          `yaml:"slack"`
	Discord string          `yaml:"discord"`
	Teams   string          `yaml:"teams"`
	Email   string          `yaml:"email"`
	Roles   []commerce.Role `yaml:"roles"`
	Locale  string          `yaml:"locale"`
}

type approvalsFile struct {
	Channel channelFile `yaml:"channel"`
	Rules   []ruleFile  `yaml:"rules"`
}

type channelFile struct {
	Slack   string `yaml:"slack"`
	Discord string `yaml:"discord"`
	Teams   string `yaml:"teams"`
}

type ruleFile struct {
	Name          string          `yaml:"name"`
	When          string          `yaml:"when"`
	Approvals     *int            `yaml:"approvals"`
	From          []commerce.Role `yaml:"from"`
	DistinctRoles bool            `yaml:"distinct_roles"`
	Expires       string          `yaml:"expires"`
	Remind        string          `yaml:"remind"`
	Escalate      *escalateFile   `yaml:"escalate"`
}

type escalateFile struct {
	After string          `yaml:"after"`
	To    []commerce.Role `yaml:"to"`
}

type operatorsFile struct {
	Workspaces platformLists `yaml:"workspaces"`
	People     []personFile  `yaml:"people"`
}

// readOrganisations reads a whole file, or finds all its problems.
func readOrganisations(raw []byte) ([]commerce.Organisation, survey) {
	s := survey{ids: map[string]bool{}, workspaces: map[string]string{}}
	// Each organisation stays undecoded, so that a malformed one does not hide the
	// problems of the others.
	var file struct {
		Organisations []ast.Node `yaml:"organisations"`
		Operators     ast.Node   `yaml:"operators"`
	}
	if err := decodeDocument(raw, &file); err != nil {
		s.problems = []problem{{err.Error(), "correct or remove it"}}
		return nil, s
	}
	if len(file.Organisations) == 0 {
		s.problems = []problem{{"the file has no organisations", `list them under "organisations"`}}
		return nil, s
	}
	var orgs []commerce.Organisation
	for i, node := range file.Organisations {
		orgs = append(orgs, s.organisation(i+1, node))
	}
	if file.Operators != nil {
		s.operators(file.Operators)
	}
	return orgs, s
}

func decodeDocument(raw []byte, into any) (err error) {
	defer survive(&err)
	document, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return onOneLine(err)
	}
	switch {
	case len(document.Docs) > 1:
		return errors.New("the file has several YAML documents")
	case len(document.Docs) == 0 || document.Docs[0].Body == nil:
		return nil
	}
	return decode(document.Docs[0].Body, into, yaml.Strict())
}

func decode(node ast.Node, into any, options ...yaml.DecodeOption) (err error) {
	defer survive(&err)
	return onOneLine(yaml.NodeToValue(node, into, options...))
}

// survive turns a panic into an error: fuzzing shows that the YAML library panics on
// some malformed documents, and a reload must never end the program.
func survive(err *error) {
	if recovered := recover(); recovered != nil {
		*err = errors.New("the file is not well-formed YAML")
	}
}

// onOneLine drops the excerpt of the file that the YAML library prints.
func onOneLine(err error) error {
	var located yaml.Error
	if !errors.As(err, &located) || located.GetToken() == nil {
		return err
	}
	return fmt.Errorf("line %d: %s", located.GetToken().Position.Line, located.GetMessage())
}
