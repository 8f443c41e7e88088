package teams

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"
)

// checkTime is how long one check may take.
const checkTime = 5 * time.Second

// Checks makes one harmless call for each thing that must be right, and yields what was
// looked at with what is wrong and what to do, nil where nothing is.
func (t *Teams) Checks(ctx context.Context, tenants []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if !t.Anonymous && (!yield("Teams app "+t.AppID, t.signsIn(ctx)) || !yield("Teams signatures", t.judges(ctx))) {
			return
		}
		if len(tenants) == 0 {
			yield("Teams tenants", errors.New(`no organisation has one: add workspaces: {teams: ["…"]} to the organisations file`))
		}
		for _, tenant := range tenants {
			if !yield("Teams tenant "+tenant, t.heardOf(ctx, tenant)) {
				return
			}
		}
	}
}

// signsIn looks whether Microsoft gives the app a token.
func (t *Teams) signsIn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	_, err := t.connector.tokens.get(ctx)
	if err != nil {
		return fmt.Errorf("%w: look at TEAMS_APP_ID, TEAMS_TENANT_ID and TEAMS_APP_PASSWORD, whose secret may have ended", unsigned(err))
	}
	return nil
}

// judges looks whether the keys of inbound tokens are to be had.
func (t *Teams) judges(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	_, err := t.inbound.fetch(ctx)
	return err
}

// heardOf looks whether anybody in a tenant has the app, and whether the service that
// delivered it takes the app's calls.
func (t *Teams) heardOf(ctx context.Context, tenant string) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	r, found, err := t.reference(ctx, tenantKey(tenant))
	switch {
	case err != nil:
		return err
	case !found:
		return errors.New("nobody has written to the bot from there: upload what bot manifest teams makes, and add the app")
	}
	err = t.connector.call(ctx, r.Service, http.MethodGet, conversation("cartwright-doctor")+"/members", nil, nil)
	if status := statusOf(err); status == http.StatusUnauthorized {
		return errors.New("Teams does not take the app's token: the app id of the Azure bot is not TEAMS_APP_ID")
	} else if status != 0 {
		return nil // of a conversation that there is not, as it should be
	}
	return err
}
