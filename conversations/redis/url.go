package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// errURL repeats nothing of what it was given: there may be a password in it.
var errURL = errors.New("not an address of a Redis: want embedded, redis://[user:password@]host[:port][/db], " +
	"redis+sentinel://[user:password@]host1,host2[/db]?master=name or redis+cluster://[user:password@]host1,host2; " +
	"rediss in place of redis for TLS; special characters in a password as %XX")

// parse reads a Redis URL. User and password are those of the Redis servers; Sentinels
// have their own in sentinel_user and sentinel_password.
func parse(raw string) (*goredis.UniversalOptions, error) {
	u, hosts, err := split(raw)
	if err != nil {
		return nil, err
	}
	family, kind, _ := strings.Cut(u.Scheme, "+")
	opts := &goredis.UniversalOptions{Username: u.User.Username()}
	opts.Password, _ = u.User.Password()
	switch family {
	case "redis":
	case "rediss":
		opts.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	default:
		return nil, errURL
	}
	opts.Addrs, err = addresses(hosts, kind)
	if err != nil {
		return nil, err
	}
	opts.DB, err = database(u.Path)
	if err != nil {
		return nil, err
	}
	return opts, arrange(opts, kind, u.Query())
}

// split parses the URL around its list of hosts, which net/url does not know.
func split(raw string) (*url.URL, []string, error) {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found {
		return nil, nil, errURL
	}
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	user, hosts := "", authority
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		user, hosts = authority[:i+1], authority[i+1:]
	}
	u, err := url.Parse(scheme + "://" + user + "host" + tail)
	if err != nil || u.Fragment != "" {
		return nil, nil, errURL
	}
	return u, strings.Split(hosts, ","), nil
}

// addresses completes hosts to host:port.
func addresses(hosts []string, kind string) ([]string, error) {
	standard := "6379"
	if kind == "sentinel" {
		standard = "26379"
	}
	addrs := make([]string, len(hosts))
	for i, given := range hosts {
		host, port, err := net.SplitHostPort(given)
		if err != nil { // no port
			host, port = strings.TrimSuffix(strings.TrimPrefix(given, "["), "]"), standard
		}
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 || host == "" || (strings.Contains(host, ":") && net.ParseIP(host) == nil) {
			return nil, errURL
		}
		addrs[i] = net.JoinHostPort(host, port)
	}
	return addrs, nil
}

func database(path string) (int, error) {
	path = strings.TrimPrefix(path, "/")
	if path == "" {
		return 0, nil
	}
	db, err := strconv.Atoi(path)
	if err != nil || db < 0 {
		return 0, errors.New("the database after the host must be a number, such as /0")
	}
	return db, nil
}

// arrange sets what only one kind of Redis knows, and refuses what this kind does not.
func arrange(opts *goredis.UniversalOptions, kind string, query url.Values) error {
	switch kind {
	case "":
		if len(opts.Addrs) != 1 {
			return errors.New("several hosts need redis+sentinel:// or redis+cluster://")
		}
	case "cluster":
		if opts.DB != 0 {
			return errors.New("a cluster has no database but 0")
		}
		opts.IsClusterMode = true
	case "sentinel":
		opts.MasterName = query.Get("master")
		opts.SentinelUsername, opts.SentinelPassword = query.Get("sentinel_user"), query.Get("sentinel_password")
		if opts.MasterName == "" {
			return errors.New("redis+sentinel:// needs ?master= with the master's name")
		}
		for _, known := range []string{"master", "sentinel_user", "sentinel_password"} {
			query.Del(known)
		}
	default:
		return errURL
	}
	for name := range query {
		return fmt.Errorf("unknown setting %q after the ?", name)
	}
	return nil
}
