package config_test

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
	"cartwright/config"
)

const oneOffer = "offers: [{id: a, name: A, group: apps, graph_sku_id: 639dec6b-bb19-468b-871c-c5c441c4b0cb}]"

// world is an environment and its files.
type world struct{ env, files map[string]string }

func (w world) read() (config.Config, error) {
	env := func(name string) (string, bool) {
		value, ok := w.env[name]
		return value, ok
	}
	readFile := func(path string) ([]byte, error) {
		text, ok := w.files[path]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}
	return config.Read(env, readFile)
}

func mustRead(t *testing.T, w world) config.Config {
	t.Helper()
	c, err := w.read()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNothingConfiguredIsThePlayground(t *testing.T) {
	t.Parallel()
	c := mustRead(t, world{})
	got := []any{c.HTTPAddr, c.AdminAddr, c.PublicURL.String(), c.RedisEmbedded(), c.Playground, c.ClockSpeed, len(c.Catalogue.Offers), c.SecretKey.Set()}
	want := []any{"127.0.0.1:8080", "127.0.0.1:9090", "http://127.0.0.1:8080", true, true, 1.0, 36, false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if path, sqlite := c.SQLitePath(); !sqlite || path != "cartwright.db" {
		t.Errorf("the database is %q, %t", path, sqlite)
	}
	if n := len(c.PlaygroundOrganisations()); n != 3 {
		t.Errorf("the playground serves %d organisations, want 3", n)
	}
}

func TestEverythingConfigured(t *testing.T) {
	t.Parallel()
	c := mustRead(t, world{
		env: map[string]string{
			"HTTP_ADDR": ":80", "ADMIN_ADDR": "0.0.0.0:9", "PUBLIC_URL": "https://bot.example.com/",
			"REDIS_URL_FILE": "redis", "DATABASE_URL_FILE": "database", "SECRET_KEY_FILE": "key", "SECRET_KEY_OLD_FILE": "old",
			"PLAYGROUND": "on", "PLAYGROUND_TOKEN_FILE": "token", "CLOCK_SPEED": "2.5",
			"ORGANISATIONS_FILE": "organisations.yaml", "CATALOGUE_FILE": "catalogue.yaml",
		},
		files: map[string]string{
			"redis": "redis+sentinel://:hush@a:1,b:2/main\n", "database": "postgres://bot:hush@db/cartwright\r\n",
			"key": "now and for long\n", "old": "the one before now, the one long before ,\n", "token": " open sesame\n",
			"organisations.yaml": smallest, "catalogue.yaml": oneOffer,
		},
	})
	got := []any{
		c.HTTPAddr, c.AdminAddr, c.PublicURL.String(), c.Redis.Reveal(), c.RedisEmbedded(), c.Database.Reveal(), c.SecretKey.Reveal(),
		c.OldSecretKeys[0].Reveal(), c.OldSecretKeys[1].Reveal(), len(c.OldSecretKeys), c.Playground, c.PlaygroundToken.Reveal(), c.ClockSpeed,
		c.Organisations[0].ID, c.Catalogue.Offers[0].ID,
	}
	want := []any{
		":80", "0.0.0.0:9", "https://bot.example.com", "redis+sentinel://:hush@a:1,b:2/main", false, "postgres://bot:hush@db/cartwright", "now and for long",
		"the one before now", "the one long before", 2, true, "open sesame", 2.5,
		"tiny", "a",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, sqlite := c.SQLitePath(); sqlite {
		t.Error("PostgreSQL is taken for SQLite")
	}
}

func TestThePlaygroundIsOnOnlyWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"SLACK_SIGNING_SECRET": ""}, true}, // set to nothing is not set
		{map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1"}, false},
		{map[string]string{"SLACK_SIGNING_SECRET_FILE": "secret", "SLACK_BOT_TOKEN": "xoxb-1"}, false},
		{map[string]string{"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1"}, false},
		{map[string]string{"DISCORD_APPLICATION_ID": "1", "DISCORD_PUBLIC_KEY": strings.Repeat("0a", 32), "DISCORD_BOT_TOKEN": "t"}, false},
		{teamsEnvironment, false},
		{map[string]string{"TEAMS_ANONYMOUS": "true"}, false},
		{map[string]string{"SLACK_SIGNING_SECRET": "s", "SLACK_BOT_TOKEN": "xoxb-1", "PLAYGROUND": "on"}, true},
		{map[string]string{"DISCORD_APPLICATION_ID": "1", "DISCORD_GATEWAY": "true", "DISCORD_BOT_TOKEN": "t"}, false},
		{map[string]string{"PLAYGROUND": "off"}, false},
		{map[string]string{"HTTP_ADDR": "localhost:8080"}, true},
		{map[string]string{"HTTP_ADDR": "[::1]:0"}, true},
		{map[string]string{"HTTP_ADDR": "0.0.0.0:80", "PUBLIC_URL": "http://bot", "PLAYGROUND_TOKEN": "t"}, true},
	} {
		if got := mustRead(t, world{env: c.env, files: map[string]string{"secret": "s"}}).Playground; got != c.want {
			t.Errorf("%v: the playground is on: %t, want %t", c.env, got, c.want)
		}
	}
}

func TestEachMistakeNamesItsVariable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, value, mistake, says string }{
		{"HTTP_ADDR", "8080", "HTTP_ADDR", `"8080" is no address to listen on: write host:port, such as 127.0.0.1:8080`},
		{"HTTP_ADDR", "localhost:http", "HTTP_ADDR", "host:port"},
		{"HTTP_ADDR", "127.0.0.1:70000", "HTTP_ADDR", "host:port"},
		{"HTTP_ADDR", "127.0.0.1:9090", "ADMIN_ADDR", "give it another port"},
		{"HTTP_ADDR", "192.0.2.1:80", "PUBLIC_URL PLAYGROUND_TOKEN", "is not loopback"},
		{"ADMIN_ADDR", "127.0.0.1", "ADMIN_ADDR", "such as 127.0.0.1:9090"},
		{"PUBLIC_URL", "bot.example.com", "PUBLIC_URL", "https://bot.example.com"},
		{"PUBLIC_URL", "ftp://bot.example.com", "PUBLIC_URL", "http"},
		{"PUBLIC_URL", "https://bot.example.com/path", "PUBLIC_URL", "more than scheme, host and port"},
		{"PUBLIC_URL", "https://me:hush@bot.example.com", "PUBLIC_URL", "more than scheme, host and port"},
		{"REDIS_URL", "hush", "REDIS_URL", "redis://"},
		{"REDIS_URL", "http://:hush@host", "REDIS_URL", "redis+cluster://"},
		{"DATABASE_URL", "mysql://me:hush@host", "DATABASE_URL SECRET_KEY", "postgres://"},
		{"DATABASE_URL", "postgres://me:hush@host", "SECRET_KEY", "openssl rand"},
		{"DATABASE_URL", "sqlite:", "DATABASE_URL", "a file's path"},
		{"DATABASE_URL", "sqlite::memory:", "DATABASE_URL", "a file's path"},
		{"DATABASE_URL", "sqlite:a.db?mode=ro", "DATABASE_URL", "a file's path"},
		{"SECRET_KEY_FILE", "missing", "SECRET_KEY_FILE", "open missing"},
		{"SECRET_KEY_OLD_FILE", "empty", "SECRET_KEY_OLD_FILE", "write the secret into it"},
		{"SECRET_KEY", "fifteen bytes..", "SECRET_KEY", "openssl rand"},
		{"SECRET_KEY_OLD", "long enough a key,short", "SECRET_KEY_OLD", "openssl rand"},
		{"PLAYGROUND", "true", "PLAYGROUND", "write on or off"},
		{"DISCORD_GATEWAY", "true", "DISCORD_APPLICATION_ID DISCORD_BOT_TOKEN", "it is not set, and another of Discord's variables is"},
		{"DISCORD_GATEWAY", "yes", "DISCORD_GATEWAY", "write true or false"},
		{"OPENAI_API_KEY", "hush", "OPENAI_MODEL", "it is not set, and OPENAI_API_KEY is: name the model"},
		{"OPENAI_API_KEY", "hush hush", "OPENAI_API_KEY OPENAI_MODEL", "it has a blank in it: copy it again"},
		{"OPENAI_API_KEY_FILE", "empty", "OPENAI_API_KEY_FILE OPENAI_MODEL", "write the secret into it"},
		{"OPENAI_MODEL", "gpt-4o-mini", "OPENAI_API_KEY", "platform.openai.com"},
		{"OPENAI_MODEL", "gpt 4o", "OPENAI_MODEL OPENAI_API_KEY", "as the server has it"},
		{"OPENAI_BASE_URL", "http://models.example.com/v1", "OPENAI_BASE_URL OPENAI_MODEL", "http only on this machine"},
		{"OPENAI_BASE_URL", "https://me:hush@models.example.com/v1", "OPENAI_BASE_URL OPENAI_MODEL", "no https URL without query"},
		{"OPENAI_BASE_URL", "https://models.example.com/v1?key=hush", "OPENAI_BASE_URL OPENAI_MODEL", "such as https://api.openai.com/v1"},
		{"OPENAI_BASE_URL", "models.example.com", "OPENAI_BASE_URL OPENAI_MODEL", "such as https://api.openai.com/v1"},
		{"OPENAI_MODE", "json", "OPENAI_MODE OPENAI_MODEL", "write json_schema or json_object or prompt"},
		{"OPENAI_TOKEN_PARAM", "tokens", "OPENAI_TOKEN_PARAM OPENAI_MODEL", "write max_tokens or max_completion_tokens"},
		{"OPENAI_DAILY_TOKENS", "-1", "OPENAI_DAILY_TOKENS OPENAI_MODEL", "0 for none"},
		{"OPENAI_DAILY_TOKENS", "1e6", "OPENAI_DAILY_TOKENS OPENAI_MODEL", "how many tokens"},
		{"CLOCK_SPEED", "0.5", "CLOCK_SPEED", "a number from 1 on"},
		{"CLOCK_SPEED", "fast", "CLOCK_SPEED", "a number from 1 on"},
		{"CLOCK_SPEED", "NaN", "CLOCK_SPEED", "a number from 1 on"},
		{"CLOCK_SPEED", "Inf", "CLOCK_SPEED", "a number from 1 on"},
		{"ORGANISATIONS_FILE", "missing", "ORGANISATIONS_FILE", "open missing"},
		{"ORGANISATIONS_FILE", "empty", "ORGANISATIONS_FILE", "no organisations"},
		{"CATALOGUE_FILE", "missing", "CATALOGUE_FILE", "open missing"},
		{"CATALOGUE_FILE", "empty", "CATALOGUE_FILE", "no offers"},
	} {
		_, err := world{env: map[string]string{c.name: c.value}, files: map[string]string{"empty": "\n"}}.read()
		var mistakes config.Mistakes
		if !errors.As(err, &mistakes) {
			t.Errorf("%s=%s: %v", c.name, c.value, err)
			continue
		}
		var names []string
		for _, m := range mistakes {
			names = append(names, m.Name)
		}
		if strings.Join(names, " ") != c.mistake || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s is refused with\n%v\nwant %s and %q", c.name, c.value, err, c.mistake, c.says)
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the password is in %v", c.name, err)
		}
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := world{
		env: map[string]string{
			"HTTP_ADDR": "x", "ADMIN_ADDR": "y", "PUBLIC_URL": "z", "REDIS_URL": "u", "DATABASE_URL": "v", "SECRET_KEY": "both of these are set",
			"SECRET_KEY_FILE": "key", "PLAYGROUND": "perhaps", "CLOCK_SPEED": "0", "ORGANISATIONS_FILE": "organisations", "CATALOGUE_FILE": "catalogue",
		},
		files: map[string]string{
			"organisations": "organisations: [{id: One}, {id: two, colour: red}]",
			"catalogue":     "offers: [{id: One}, {id: two, colour: red}]",
		},
	}.read()
	named := map[string]int{}
	for line := range strings.Lines(err.Error()) {
		name, _, _ := strings.Cut(line, ":")
		named[name]++
	}
	want := map[string]int{
		"HTTP_ADDR": 1, "ADMIN_ADDR": 1, "PUBLIC_URL": 1, "REDIS_URL": 1, "DATABASE_URL": 1, "SECRET_KEY": 1, "PLAYGROUND": 1,
		"CLOCK_SPEED": 1, "ORGANISATIONS_FILE": 12, "CATALOGUE_FILE": 5,
	}
	if diff := cmp.Diff(want, named); diff != "" {
		t.Errorf("%v\n(-want +got):\n%s", err, diff)
	}
}

func TestTheClockHurriesSandboxesAlone(t *testing.T) {
	t.Parallel()
	if c := mustRead(t, world{env: map[string]string{"CLOCK_SPEED": "600"}}); c.ClockSpeed != 600 {
		t.Errorf("clock speed is %v", c.ClockSpeed)
	}
	direct := strings.Replace(smallest, "backend: sandbox", "backend: direct", 1)
	_, err := world{env: map[string]string{"CLOCK_SPEED": "600", "ORGANISATIONS_FILE": "o"}, files: map[string]string{"o": direct}}.read()
	if err == nil || !strings.Contains(err.Error(), "CLOCK_SPEED: it hurries tiny, which is no sandbox") {
		t.Errorf("refused with %v", err)
	}
}

func TestBuiltInOrganisations(t *testing.T) {
	t.Parallel()
	type short struct {
		ID, Name, Cloud, Country, Currency, Zone, Tax, Rate string
		Roles                                               map[string]string
	}
	roles := map[string]string{"aicha": "buyer licensing", "bruno": "approver", "chloe": "approver finance", "dagmar": "finance cfo", "emil": ""}
	want := []short{
		{"contoso", "Contoso SARL", "worldwide", "FR", "EUR", "Europe/Paris", "TVA", "0.2", roles},
		{"fabrikam", "Fabrikam GmbH", "germany", "DE", "EUR", "Europe/Berlin", "MwSt.", "0.19", roles},
		{"adatum", "Adatum", "21vianet", "CN", "CNY", "Asia/Shanghai", "VAT 增值税", "0.06", roles},
	}
	var got []short
	for _, o := range config.BuiltInOrganisations() {
		s := short{o.ID, o.Name, string(o.Cloud), o.Country, o.Currency, o.TimeZone.String(), o.Tax.Name, o.Tax.Rate, map[string]string{}}
		for _, p := range o.People {
			s.Roles[p.ID] = rolesOf(p)
			if p.Accounts["playground"] != p.ID || p.Locale != "en" {
				t.Errorf("%s of %s has the accounts %v and the locale %q", p.ID, o.ID, p.Accounts, p.Locale)
			}
		}
		if !o.Buying || o.Backend != commerce.Sandbox || o.Tolerance != "0" {
			t.Errorf("%s: buying %t, backend %s, tolerance %s", o.ID, o.Buying, o.Backend, o.Tolerance)
		}
		got = append(got, s)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func rolesOf(p commerce.Person) string {
	words := make([]string, len(p.Roles))
	for i, role := range p.Roles {
		words[i] = string(role)
	}
	return strings.Join(words, " ")
}

func TestTheKeyIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	database := t.TempDir() + "/bot.db"
	first := mustRead(t, world{env: map[string]string{"DATABASE_URL": "sqlite:" + database}})
	second := first
	if err := errors.Join(first.EnsureSecretKey(), second.EnsureSecretKey()); err != nil {
		t.Fatal(err)
	}
	if key := first.SecretKey.Reveal(); len(key) != 44 || key != second.SecretKey.Reveal() {
		t.Errorf("keys of %d and %d characters, equal: %t", len(key), len(second.SecretKey.Reveal()), key == second.SecretKey.Reveal())
	}
	info, err := os.Stat(database + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file: %v, %v", info, err)
	}
	if left, _ := os.ReadDir(database[:len(database)-len("/bot.db")]); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAKeyOfOnesOwnIsNotReplaced(t *testing.T) {
	t.Parallel()
	database := t.TempDir() + "/bot.db"
	c := mustRead(t, world{env: map[string]string{"DATABASE_URL": "sqlite:" + database, "SECRET_KEY": "mine, and long enough"}})
	if err := c.EnsureSecretKey(); err != nil || c.SecretKey.Reveal() != "mine, and long enough" {
		t.Errorf("the key is %q, %v", c.SecretKey.Reveal(), err)
	}
	if _, err := os.Stat(database + ".key"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key was made all the same: %v", err)
	}
}

func TestProgramsThatStartAtOnceShareTheKey(t *testing.T) {
	t.Parallel()
	c := mustRead(t, world{env: map[string]string{"DATABASE_URL": "sqlite:" + t.TempDir() + "/bot.db"}})
	keys := make(chan string)
	for range 16 {
		go func() {
			mine := c
			if err := mine.EnsureSecretKey(); err != nil {
				t.Error(err)
			}
			keys <- mine.SecretKey.Reveal()
		}()
	}
	distinct := map[string]bool{}
	for range 16 {
		distinct[<-keys] = true
	}
	if len(distinct) != 1 {
		t.Errorf("%d keys", len(distinct))
	}
}

func TestAKeyThatOthersMayReadOrThatIsEmptyIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		mode os.FileMode
		want string
	}{{"key", 0o644, "chmod 600"}, {" \n", 0o600, "set SECRET_KEY"}} {
		database := t.TempDir() + "/bot.db"
		if err := os.WriteFile(database+".key", []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		read := mustRead(t, world{env: map[string]string{"DATABASE_URL": "sqlite:" + database}})
		if err := read.EnsureSecretKey(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("refused with %v, want %q", err, c.want)
		}
	}
}

func TestThePlaygroundServesSandboxesAlone(t *testing.T) {
	t.Parallel()
	c := config.Config{Organisations: []commerce.Organisation{{ID: "real", Backend: commerce.Direct}, {ID: "play", Backend: commerce.Sandbox}}}
	if got := c.PlaygroundOrganisations(); len(got) != 1 || got[0].ID != "play" {
		t.Errorf("it serves %+v", got)
	}
}

// What is missing beside what is there, each with its own name, and all at once. No
// secret is repeated.
func TestSlackMistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"nothing to answer with": {map[string]string{"SLACK_SIGNING_SECRET": "hush"}, []string{"SLACK_BOT_TOKEN"}},
		"no way in":              {map[string]string{"SLACK_BOT_TOKEN": "xoxb-hush"}, []string{"SLACK_SIGNING_SECRET"}},
		"no way in, by OAuth":    {map[string]string{"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush"}, []string{"SLACK_SIGNING_SECRET"}},
		"half of OAuth":          {map[string]string{"SLACK_SIGNING_SECRET": "hush", "SLACK_CLIENT_ID": "1.2"}, []string{"SLACK_CLIENT_SECRET"}},
		"the other half":         {map[string]string{"SLACK_SIGNING_SECRET": "hush", "SLACK_BOT_TOKEN": "xoxb-hush", "SLACK_CLIENT_SECRET": "hush"}, []string{"SLACK_CLIENT_ID"}},
		"a user's token":         {map[string]string{"SLACK_SIGNING_SECRET": "hush", "SLACK_BOT_TOKEN": "xoxp-hush"}, []string{"SLACK_BOT_TOKEN"}},
		"tokens mixed up":        {map[string]string{"SLACK_APP_TOKEN": "xoxb-hush", "SLACK_BOT_TOKEN": "xapp-hush"}, []string{"SLACK_APP_TOKEN", "SLACK_BOT_TOKEN"}},
		"OAuth without https":    {map[string]string{"SLACK_SIGNING_SECRET": "hush", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush"}, []string{"PUBLIC_URL"}},
		"in the clear":           {map[string]string{"SLACK_API_URL": "http://slack.example/api/"}, []string{"SLACK_API_URL"}},
		"no slash":               {map[string]string{"SLACK_API_URL": "https://slack.com/api"}, []string{"SLACK_API_URL"}},
		"too many sockets":       {map[string]string{"SLACK_SOCKETS": "11"}, []string{"SLACK_SOCKETS"}},
		"HTTP":                   {map[string]string{"SLACK_SIGNING_SECRET": "hush", "SLACK_BOT_TOKEN": "xoxb-hush"}, nil},
		"Socket Mode":            {map[string]string{"SLACK_APP_TOKEN": "xapp-hush", "SLACK_BOT_TOKEN": "xoxe.xoxb-hush", "SLACK_SOCKETS": "10"}, nil},
		"a Slack on this machine": {map[string]string{
			"SLACK_SIGNING_SECRET": "hush", "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hush", "SLACK_API_URL": "http://127.0.0.1:8090/api/",
		}, nil},
	} {
		_, err := world{env: c.env}.read()
		var mistakes config.Mistakes
		errors.As(err, &mistakes)
		var got []string
		for _, m := range mistakes {
			got = append(got, m.Name)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: a secret is told: %v", name, err)
		}
	}
}
