package config

import (
	"bytes"
	"net/url"
	"strings"

	"cartwright/commerce"
)

// Config is everything that the program is told from outside.
type Config struct {
	HTTPAddr  string // host:port of the public listener; port 0 is any free one
	AdminAddr string // host:port of health, metrics and profiles
	// PublicURL is the base of links sent to people: scheme and host, no path. Where it
	// was not set it is HTTPAddr's, port 0 included: then the listener knows better.
	PublicURL *url.URL

	Redis    Secret // a URL, or "embedded"
	Database Secret // a URL: sqlite: or postgres:

	SecretKey     Secret   // not set only before EnsureSecretKey, with SQLite
	OldSecretKeys []Secret // earlier ones, as long as something made with them must be read

	Slack   Slack
	Discord Discord
	Teams   Teams
	Graph   Graph

	OpenAI OpenAI

	Tracing Tracing

	Playground      bool
	PlaygroundToken Secret  // asked for by the playground; not set: everyone may use it
	ClockSpeed      float64 // at least 1; waits are divided by it

	Organisations []commerce.Organisation
	Catalogue     commerce.Catalogue

	// Warnings are of what is allowed and may be a mistake, for the log.
	Warnings []string
}

// Read makes a Config of the environment: env finds a variable, readFile reads a file
// that a variable names. A variable that is set to nothing counts as not set; beside a
// secret, NAME_FILE names a file that holds it. The error is Mistakes.
func Read(env func(string) (string, bool), readFile func(string) ([]byte, error)) (Config, error) {
	r := reader{env: env, readFile: readFile}
	c := Config{
		HTTPAddr:        r.address("HTTP_ADDR", "127.0.0.1:8080"),
		AdminAddr:       r.address("ADMIN_ADDR", "127.0.0.1:9090"),
		Redis:           r.redis(),
		Database:        r.database(),
		SecretKey:       r.secret("SECRET_KEY"),
		OldSecretKeys:   r.secrets("SECRET_KEY_OLD"),
		PlaygroundToken: r.secret("PLAYGROUND_TOKEN"),
		ClockSpeed:      r.clockSpeed(),
		Slack:           r.slack(),
		Discord:         r.discord(),
		Teams:           r.teams(),
		OpenAI:          r.openAI(),
		Tracing:         r.tracing(),
	}
	c.Organisations, c.Graph = r.organisations()
	c.Catalogue = r.catalogue()
	c.PublicURL = r.publicURL(c.HTTPAddr)
	c.Playground = r.playground()
	r.checkTogether(c)
	c.Warnings = r.warnings
	if len(r.mistakes) > 0 {
		return Config{}, r.mistakes
	}
	return c, nil
}

// RedisEmbedded reports whether Redis is played in process.
func (c Config) RedisEmbedded() bool { return c.Redis.Reveal() == redisEmbedded }

// SQLitePath is the database's file; false: the database is PostgreSQL.
func (c Config) SQLitePath() (string, bool) {
	return strings.CutPrefix(c.Database.Reveal(), sqliteScheme)
}

// PlaygroundOrganisations are those that the playground may serve: what is bought there
// costs nobody anything.
func (c Config) PlaygroundOrganisations() []commerce.Organisation {
	var sandboxes []commerce.Organisation
	for _, org := range c.Organisations {
		if org.Backend == commerce.Sandbox {
			sandboxes = append(sandboxes, org)
		}
	}
	return sandboxes
}

func (r *reader) organisations() ([]commerce.Organisation, Graph) {
	path, given := r.lookUp("ORGANISATIONS_FILE")
	if !given {
		return BuiltInOrganisations(), r.graph(nil)
	}
	raw, ok := r.file("ORGANISATIONS_FILE", path)
	if !ok {
		return nil, r.graph(nil)
	}
	orgs, found := readOrganisations(raw)
	r.warnings = append(r.warnings, found.warnings...)
	for _, p := range found.problems {
		r.mistakes.add("ORGANISATIONS_FILE", p.remedy, "%s", p.text)
	}
	return orgs, r.graph(found.apps)
}

func (r *reader) catalogue() commerce.Catalogue {
	path, given := r.lookUp("CATALOGUE_FILE")
	if !given {
		return commerce.BuiltIn()
	}
	raw, ok := r.file("CATALOGUE_FILE", path)
	if !ok {
		return commerce.Catalogue{}
	}
	c, err := commerce.ReadCatalogue(bytes.NewReader(raw))
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, problem := range several.Unwrap() {
			r.mistakes.add("CATALOGUE_FILE", "", "%s", problem)
		}
	}
	return c
}
