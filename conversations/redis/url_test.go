package redis

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	type read struct {
		Addrs                            []string
		DB                               int
		User, Password                   string
		Master, SentinelUser, SentinelPw string
		TLS, Cluster                     bool
	}
	for raw, want := range map[string]read{
		"redis://cache":                   {Addrs: []string{"cache:6379"}},
		"redis://cache:1234/":             {Addrs: []string{"cache:1234"}},
		"redis://:s%40c%2Fret@10.0.0.1/3": {Addrs: []string{"10.0.0.1:6379"}, DB: 3, Password: "s@c/ret"},
		"redis://[::1]:7000":              {Addrs: []string{"[::1]:7000"}},
		"redis://[::1]":                   {Addrs: []string{"[::1]:6379"}},
		"rediss://bot:pw@cache":           {Addrs: []string{"cache:6379"}, User: "bot", Password: "pw", TLS: true},
		"redis+sentinel://s1,s2:1/2?master=m": {
			Addrs: []string{"s1:26379", "s2:1"}, DB: 2, Master: "m"},
		"rediss+sentinel://bot:pw@s1?master=m&sentinel_user=su&sentinel_password=sp": {
			Addrs: []string{"s1:26379"}, User: "bot", Password: "pw", Master: "m", SentinelUser: "su", SentinelPw: "sp", TLS: true},
		"redis+cluster://bot:pw@h1:1,h2,[::1]:3": {
			Addrs: []string{"h1:1", "h2:6379", "[::1]:3"}, User: "bot", Password: "pw", Cluster: true},
		"rediss+cluster://h1": {Addrs: []string{"h1:6379"}, TLS: true, Cluster: true},
	} {
		opts, err := parse(raw)
		if err != nil {
			t.Errorf("parse(%q): %v", raw, err)
			continue
		}
		got := read{
			Addrs: opts.Addrs, DB: opts.DB, User: opts.Username, Password: opts.Password, Master: opts.MasterName,
			SentinelUser: opts.SentinelUsername, SentinelPw: opts.SentinelPassword,
			TLS: opts.TLSConfig != nil, Cluster: opts.IsClusterMode,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parse(%q) (-want +got):\n%s", raw, diff)
		}
	}
}

func TestBadURLsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	const form = "want embedded, redis://"
	for raw, want := range map[string]string{
		"":                                form,
		"cache:6379":                      form,
		"http://cache":                    form,
		"redis://":                        form,
		"redis://:6379":                   form,
		"redis://cache:port":              form,
		"redis://cache:0":                 form,
		"redis://cache:70000":             form,
		"redis://::1:x":                   form,
		"redis://a:b:c":                   form,
		"redis://h1,,h2":                  form,
		"redis://user:hunter%zz@cache":    form,
		"redis://user:hunter/2@cache":     form,
		"redis://user:hunter#2@cache":     form,
		"redis://cache#2":                 form,
		"redis+ring://cache":              form,
		"redis://cache/db":                "must be a number",
		"redis://cache/-1":                "must be a number",
		"redis://cache/1/2":               "must be a number",
		"redis://h1,h2":                   "redis+cluster://",
		"redis+cluster://h1/1":            "no database but 0",
		"redis+sentinel://h1":             "?master=",
		"redis://cache?master=m":          `"master"`,
		"redis+cluster://cache?pool=3":    `"pool"`,
		"redis+sentinel://h?master=m&x=1": `"x"`,
	} {
		_, err := Open(t.Context(), raw, time.Now)
		if err == nil {
			t.Errorf("Open(%q): no error", raw)
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter") {
			t.Errorf("Open(%q): %v; want %q in it, and no password", raw, err, want)
		}
	}
}
