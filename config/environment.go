package config

import (
	"math"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cartwright/commerce"
)

const (
	redisEmbedded = "embedded"
	sqliteScheme  = "sqlite:"
)

// reader reads one environment and collects its mistakes.
type reader struct {
	env      func(string) (string, bool)
	readFile func(string) ([]byte, error)
	mistakes Mistakes
	warnings []string
}

func (r *reader) lookUp(name string) (string, bool) {
	text, _ := r.env(name)
	text = strings.TrimSpace(text)
	return text, text != ""
}

func (r *reader) file(name, path string) ([]byte, bool) {
	raw, err := r.readFile(path)
	if err != nil {
		r.mistakes.add(name, "name a file that can be read", "%v", err)
	}
	return raw, err == nil
}

// secret finds name itself or in the file that NAME_FILE names.
func (r *reader) secret(name string) Secret {
	text, given := r.lookUp(name)
	path, filed := r.lookUp(name + "_FILE")
	switch {
	case given && filed:
		r.mistakes.add(name, "keep one of them", "it is set, and so is %s_FILE", name)
	case filed:
		raw, ok := r.file(name+"_FILE", path)
		text = strings.TrimSpace(string(raw))
		if ok && text == "" {
			r.mistakes.add(name+"_FILE", "write the secret into it", "%s is empty", path)
		}
	}
	return NewSecret(text)
}

func (r *reader) secrets(name string) []Secret {
	var all []Secret
	for text := range strings.SplitSeq(r.secret(name).Reveal(), ",") {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, NewSecret(text))
		}
	}
	return all
}

// address reads a host:port to listen on. No host is every interface.
func (r *reader) address(name, fallback string) string {
	text, given := r.lookUp(name)
	if !given {
		return fallback
	}
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		r.mistakes.add(name, "write host:port, such as "+fallback, "%q is no address to listen on", text)
		return fallback
	}
	return text
}

// loopback reports whether only this machine reaches the address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (r *reader) publicURL(httpAddr string) *url.URL {
	const name, remedy = "PUBLIC_URL", "write the address by which people reach the bot, such as https://bot.example.com"
	text, given := r.lookUp(name)
	if !given && !loopback(httpAddr) {
		r.mistakes.add(name, remedy, "it is not set, and HTTP_ADDR %s is not loopback", httpAddr)
	}
	if !given {
		return &url.URL{Scheme: "http", Host: httpAddr}
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		r.mistakes.add(name, remedy, "it is no http or https URL with a host")
		return nil
	}
	if *u != (url.URL{Scheme: u.Scheme, Host: u.Host}) {
		r.mistakes.add(name, remedy, "it has more than scheme, host and port")
		return nil
	}
	return u
}

// redis checks the kind of URL alone, and never repeats it: it may hold a password.
func (r *reader) redis() Secret {
	const name = "REDIS_URL"
	text := r.secret(name)
	if !text.Set() || text.Reveal() == redisEmbedded {
		return NewSecret(redisEmbedded)
	}
	if !hasScheme(text, "redis", "rediss", "redis+sentinel", "redis+cluster") {
		r.mistakes.add(name, "write embedded, or a URL that begins redis://, rediss://, redis+sentinel:// or redis+cluster://", "it is of no known kind")
	}
	return text
}

// database checks the kind of URL alone, and never repeats it: it may hold a password.
func (r *reader) database() Secret {
	const name, remedy = "DATABASE_URL", "write sqlite: and a file's path, or a URL that begins postgres://"
	text := r.secret(name)
	if !text.Set() {
		return NewSecret("sqlite:cartwright.db")
	}
	path, sqlite := strings.CutPrefix(text.Reveal(), sqliteScheme)
	switch {
	case sqlite && (path == "" || strings.ContainsAny(path, "?#") || strings.HasPrefix(path, ":")):
		r.mistakes.add(name, remedy, "it names no file after sqlite:")
	case !sqlite && !hasScheme(text, "postgres", "postgresql"):
		r.mistakes.add(name, remedy, "it is of no known kind")
	}
	return text
}

// hasScheme does not parse the URL: those of clusters name several hosts.
func hasScheme(text Secret, schemes ...string) bool {
	scheme, rest, found := strings.Cut(text.Reveal(), "://")
	return found && rest != "" && slices.Contains(schemes, scheme)
}

func (r *reader) clockSpeed() float64 {
	text, given := r.lookUp("CLOCK_SPEED")
	if !given {
		return 1
	}
	speed, err := strconv.ParseFloat(text, 64)
	if err != nil || !(speed >= 1) || math.IsInf(speed, 0) {
		r.mistakes.add("CLOCK_SPEED", "write a number from 1 on, such as 60", "%q is no such number", text)
		return 1
	}
	return speed
}

// playground is on by default only where nothing else serves people.
func (r *reader) playground() bool {
	text, given := r.lookUp("PLAYGROUND")
	switch {
	case !given:
		return !r.platformConfigured()
	case text != "on" && text != "off":
		r.mistakes.add("PLAYGROUND", "write on or off", "it is %q", text)
	}
	return text == "on"
}

// platformConfigured reports whether anything names a chat platform to serve.
func (r *reader) platformConfigured() bool {
	for _, name := range []string{
		"SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET_FILE", "SLACK_APP_TOKEN", "SLACK_APP_TOKEN_FILE", "DISCORD_APPLICATION_ID", "TEAMS_APP_ID", "TEAMS_ANONYMOUS",
	} {
		if _, given := r.lookUp(name); given {
			return true
		}
	}
	return false
}

// minSecret is how many bytes a key is made of at least: what is sealed and signed with it
// is as hard to forge as it is to guess.
const minSecret = 16

// longEnough refuses secrets that keys cannot be derived from.
func (r *reader) longEnough(name string, secrets ...Secret) {
	for _, s := range secrets {
		if s.Set() && len(s.Reveal()) < minSecret {
			r.mistakes.add(name, "make one with: openssl rand -base64 32", "it has less than %d bytes", minSecret)
			return
		}
	}
}

// checkTogether finds what no variable shows alone.
func (r *reader) checkTogether(c Config) {
	r.checkSlack(c)
	r.checkDiscord(c.Discord)
	r.checkTeams(c)
	r.checkOpenAI(c.OpenAI)
	r.warnOfTeamsGroups(c.Organisations)
	r.checkLiterals(c)
	r.longEnough("SECRET_KEY", c.SecretKey)
	r.longEnough("SECRET_KEY_OLD", c.OldSecretKeys...)
	if _, sqlite := c.SQLitePath(); !sqlite && !c.SecretKey.Set() && !r.wrong("SECRET_KEY_FILE") {
		r.mistakes.add("SECRET_KEY", "write 32 random bytes as text, the same for every replica, such as openssl rand -base64 32 prints", "it is not set, and PostgreSQL keeps no key of its own")
	}
	if c.HTTPAddr == c.AdminAddr && !strings.HasSuffix(c.HTTPAddr, ":0") {
		r.mistakes.add("ADMIN_ADDR", "give it another port", "it is %s, as HTTP_ADDR is", c.AdminAddr)
	}
	if c.Playground && !loopback(c.HTTPAddr) && !c.PlaygroundToken.Set() && !r.wrong("PLAYGROUND_TOKEN_FILE") {
		r.mistakes.add("PLAYGROUND_TOKEN", "set it, or PLAYGROUND=off, or a loopback HTTP_ADDR", "it is not set, and the playground would be open to everyone who reaches %s", c.HTTPAddr)
	}
	if c.ClockSpeed != 1 {
		for _, org := range c.Organisations {
			if org.Backend != commerce.Sandbox {
				r.mistakes.add("CLOCK_SPEED", "remove it, or that organisation", "it hurries %s, which is no sandbox", org.ID)
			}
		}
	}
}

// wrong reports whether a mistake was found in the variable before.
func (r *reader) wrong(name string) bool {
	return slices.ContainsFunc(r.mistakes, func(m Mistake) bool { return m.Name == name })
}
