package discord

import (
	"context"
	"net/http"
	"time"

	"cartwright/conversations"
)

// follow shows messages after the first answer; the first of them in its place, where that
// said only that they are coming.
func (d *Discord) follow(ctx context.Context, i interaction, all []message, late bool) {
	for n, m := range all {
		method, path := http.MethodPost, "webhooks/"+d.Application+"/"+i.Token
		if late && n == 0 {
			method, path = http.MethodPatch, path+"/messages/@original"
		}
		d.must(ctx, d.persist(ctx, method, path, m))
	}
}

// How often a call that follows an answer is made where Discord does not know the answer
// yet, which comes another way, and how long after each other.
const (
	settleTries = 8
	settleTime  = 250 * time.Millisecond
)

// persist makes a call that somebody waits for the outcome of, as soon as it may.
func (d *Discord) persist(ctx context.Context, method, path string, body any) error {
	tries := 0
	return conversations.Patiently(ctx, func() error {
		err := d.api.call(ctx, method, path, body, nil)
		if tries++; tries < settleTries && said(err, codeUnknownWebhook, codeUnknownMessage) {
			return &conversations.Wait{For: settleTime, Cause: err}
		}
		return err
	})
}

func (d *Discord) must(ctx context.Context, err error) {
	if err != nil {
		d.Log.ErrorContext(ctx, "a prompt was not shown", "platform", Platform, "err", err)
	}
}
