package slack

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// DoctorOptions is what is looked at. AppToken may be empty: there is no Socket Mode then.
type DoctorOptions struct {
	Tokens     *Tokens
	Workspaces []string // that organisations have
	AppToken   string
	Now        func() time.Time
}

// Doctor looks whether Slack and the bot reach each other.
type Doctor struct{ DoctorOptions }

// maxSkew is how far the clocks may be apart: Slack's signatures are good for 5 minutes,
// and a message may take some of it.
const maxSkew = time.Minute

// checkTime is how long one check may take.
const checkTime = 5 * time.Second

// Checks makes one harmless call for each thing that must be right, and yields what was
// looked at with what is wrong and what to do, nil where nothing is.
func (d Doctor) Checks(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if len(d.Workspaces) == 0 && !yield("Slack workspaces", errors.New("no organisation has one: add workspaces: {slack: [T…]} to the organisations file")) {
			return
		}
		for _, w := range d.Workspaces {
			name, err := d.workspace(ctx, w)
			if !yield(name, err) {
				return
			}
		}
		if d.AppToken != "" {
			yield("Slack Socket Mode", d.sockets(ctx))
		}
	}
}

// workspace looks at a workspace's token, what it may do, and Slack's clock.
func (d Doctor) workspace(ctx context.Context, workspace string) (name string, err error) {
	name = "Slack workspace " + workspace
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	token, err := d.Tokens.For(ctx, workspace)
	if err != nil {
		return name, err
	}
	var header http.Header
	client := slack.New(token, slack.OptionAPIURL(d.Tokens.APIURL), slack.OptionHTTPClient(d.Tokens.http),
		slack.OptionOnResponseHeaders(func(_ string, h http.Header) { header = h }))
	who, err := client.AuthTestContext(ctx)
	if err != nil {
		return name, blamed(err, "the token is refused: install the app there again")
	}
	name += ": " + who.Team + ", as " + who.UserID
	if who.TeamID != workspace {
		return name, fmt.Errorf("the token is of %s: install the app in %s", who.TeamID, workspace)
	}
	return name, errors.Join(missingScopes(header), d.skew(header))
}

func missingScopes(header http.Header) error {
	given := strings.Split(header.Get("X-Oauth-Scopes"), ",")
	for i := range given {
		given[i] = strings.TrimSpace(given[i])
	}
	missing := slices.DeleteFunc(scopeNames(), func(s string) bool { return slices.Contains(given, s) })
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("the token may not %s: add these scopes and install the app again", strings.Join(missing, ", "))
}

// skew compares the clocks by the date of an answer.
func (d Doctor) skew(header http.Header) error {
	theirs, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return nil //nolint:nilerr // an answer without a date says nothing
	}
	apart := d.Now().Sub(theirs)
	if apart.Abs() <= maxSkew {
		return nil
	}
	return fmt.Errorf("this machine's clock is %v from Slack's: set it, or requests are refused as stale", apart.Round(time.Second))
}

// blamed says what is wrong, or that Slack itself was not reached.
func blamed(err error, refused string) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return fmt.Errorf("Slack does not answer: look at SLACK_API_URL and the way out of this network: %w", failed.Err)
	}
	return fmt.Errorf("%s: %w", refused, err)
}

// sockets asks for a connection, and does not make it.
func (d Doctor) sockets(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	client := slack.New("", slack.OptionAppLevelToken(d.AppToken), slack.OptionAPIURL(d.Tokens.APIURL), slack.OptionHTTPClient(d.Tokens.http))
	_, _, err := client.StartSocketModeContext(ctx)
	if err != nil {
		return blamed(err, "SLACK_APP_TOKEN is refused: make an app-level token with connections:write")
	}
	return nil
}
