package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"cartwright/conversations"
)

// Installations keeps what workspaces have given to the bot.
type Installations interface {
	// Load is what the workspace gave; found is false for nothing.
	Load(ctx context.Context, workspace string) (body []byte, found bool, err error)
	Save(ctx context.Context, workspace string, body []byte, at time.Time) error
	// Delete forgets it, unless it was given after that time.
	Delete(ctx context.Context, workspace string, unlessAfter time.Time) error
	// Claim lets one of several programs renew it; false: somebody else does.
	Claim(ctx context.Context, workspace string) (bool, error)
	// List names the workspaces that have given something.
	List(ctx context.Context) ([]string, error)
}

// TokensOptions is what Tokens is made of. BotToken and the two of OAuth may be empty.
type TokensOptions struct {
	Installations          Installations
	BotToken               string // of one workspace, given by hand
	ClientID, ClientSecret string
	APIURL                 string
	Now                    func() time.Time
}

// Tokens finds the bot's token in each workspace: the one that was installed there, or
// else the configured one in the workspace that it is of. It renews those that expire.
type Tokens struct {
	TokensOptions
	http *http.Client
	kept *conversations.Cache[string]

	mu  sync.Mutex
	own string // the workspace that BotToken is of, "" while nothing is known
}

// installation is what a workspace has given, as it is kept.
type installation struct {
	Token   string    `json:"token"`
	BotUser string    `json:"bot_user"`
	Scopes  string    `json:"scopes"`
	Refresh string    `json:"refresh,omitempty"`
	Expires time.Time `json:"expires,omitzero"`
}

const (
	// tokenLife is how long a token is believed to be the newest.
	tokenLife = time.Minute
	// renewBefore is how long before its end a token is renewed: Slack's last 12 hours.
	renewBefore = time.Hour
)

var (
	// ErrNoToken says that a workspace has not installed the bot.
	ErrNoToken = errors.New("no token of this workspace: install the app there")
	// ErrRenewal says that a token has ended and cannot be renewed.
	ErrRenewal = errors.New("the token has ended and was not renewed: install the app there again")
)

// NewTokens makes Tokens of its options.
func NewTokens(o TokensOptions) *Tokens {
	return &Tokens{TokensOptions: o, http: sender(), kept: conversations.NewCache[string](o.Now, tokenLife)}
}

// For is the token to call Slack with in a workspace. ErrNoToken, ErrRenewal.
func (t *Tokens) For(ctx context.Context, workspace string) (string, error) {
	return t.kept.Load(ctx, workspace, func(ctx context.Context) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, callTime)
		defer cancel()
		i, found, err := t.installed(ctx, workspace)
		switch {
		case err != nil:
			return "", err
		case found:
			return t.fresh(ctx, workspace, i)
		}
		return t.configured(ctx, workspace)
	})
}

func (t *Tokens) installed(ctx context.Context, workspace string) (i installation, found bool, err error) {
	body, found, err := t.Installations.Load(ctx, workspace)
	if err == nil && found {
		err = json.Unmarshal(body, &i)
	}
	return i, found, err
}

// configured is the configured token, in the workspace that Slack says it is of.
func (t *Tokens) configured(ctx context.Context, workspace string) (string, error) {
	if t.BotToken == "" {
		return "", ErrNoToken
	}
	t.mu.Lock()
	own := t.own
	t.mu.Unlock()
	if own == "" {
		who, err := slack.New(t.BotToken, slack.OptionAPIURL(t.APIURL), slack.OptionHTTPClient(t.http)).AuthTestContext(ctx)
		if err != nil {
			return "", fmt.Errorf("ask whose the configured token is: %w", err)
		}
		t.mu.Lock()
		t.own = who.TeamID
		t.mu.Unlock()
		own = who.TeamID
	}
	if own != workspace {
		return "", ErrNoToken
	}
	return t.BotToken, nil
}

// fresh is an installation's token, renewed where it ends soon.
func (t *Tokens) fresh(ctx context.Context, workspace string, i installation) (string, error) {
	left := i.Expires.Sub(t.Now())
	if i.Refresh == "" || left > renewBefore {
		return i.Token, nil
	}
	mine, err := t.Installations.Claim(ctx, workspace)
	switch {
	case err != nil && left <= 0:
		return "", err
	case err != nil || !mine && left > 0:
		return i.Token, nil //nolint:nilerr // it works for a while yet
	case !mine:
		return t.renewed(ctx, workspace)
	}
	// Whoever had the claim before may have renewed it since it was read.
	if now, found, err := t.installed(ctx, workspace); err != nil || found && now.Refresh != i.Refresh {
		return now.Token, err
	}
	return t.renew(ctx, workspace, i)
}

// renewed waits for another program to renew a token that has ended.
func (t *Tokens) renewed(ctx context.Context, workspace string) (string, error) {
	for range 20 {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return "", ctx.Err()
		}
		if i, found, err := t.installed(ctx, workspace); err == nil && found && i.Expires.After(t.Now()) {
			return i.Token, nil
		}
	}
	return "", ErrRenewal
}

// renew gives the refresh token, which works once, for a new pair.
func (t *Tokens) renew(ctx context.Context, workspace string, i installation) (string, error) {
	answer, err := slack.RefreshOAuthV2TokenContext(ctx, t.http, t.ClientID, t.ClientSecret, i.Refresh, slack.OAuthOptionAPIURL(t.APIURL))
	if err != nil {
		if i.Expires.After(t.Now()) {
			return i.Token, nil // there is time for another try
		}
		return "", fmt.Errorf("%w: %w", ErrRenewal, err)
	}
	i.Token, i.Refresh = answer.AccessToken, answer.RefreshToken
	i.Expires = t.Now().Add(time.Duration(answer.ExpiresIn) * time.Second)
	return i.Token, t.keep(context.WithoutCancel(ctx), workspace, i)
}

// keep saves what a workspace has given now.
func (t *Tokens) keep(ctx context.Context, workspace string, i installation) error {
	body, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("write an installation: %w", err)
	}
	err = t.Installations.Save(ctx, workspace, body, t.Now())
	if err == nil {
		t.kept.Forget(workspace)
	}
	return err
}

// Uninstalled forgets what a workspace has taken back, unless it was given after that time.
func (t *Tokens) Uninstalled(ctx context.Context, workspace string, at time.Time) error {
	err := t.Installations.Delete(ctx, workspace, at)
	t.kept.Forget(workspace)
	return err
}
