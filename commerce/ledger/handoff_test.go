package ledger

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"cartwright/commerce"
)

// mute is a tenant that cannot be read.
type mute struct{ commerce.Vendor }

var errMute = errors.New("nobody answers")

func (mute) Place(context.Context, commerce.Organisation, commerce.Placement) (commerce.Placed, error) {
	return commerce.Placed{}, errMute
}

func (mute) LookUp(context.Context, commerce.Organisation, string) (commerce.Placed, error) {
	return commerce.Placed{}, errMute
}

// While Microsoft cannot be read an order that was handed over, or is to be, is tried on
// with, asked for once its time has come, and ended once it is over; the audit tells of it.
func TestAHandOffThatCannotBeRead(t *testing.T) {
	for name, shown := range map[string]bool{"before the way is shown": false, "after it": true} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, url string) {
				l := open(t, url)
				now := noon
				s := &commerce.Service{
					Ledger: l, Now: func() time.Time { return now }, Timings: commerce.StandardTimings(), Log: slog.New(slog.DiscardHandler),
					Organisations: func(id string) (commerce.Organisation, bool) {
						return commerce.Organisation{ID: id, Backend: commerce.Direct, Currency: "EUR"}, true
					},
					Catalogue: func() commerce.Catalogue { return commerce.Catalogue{Offers: []commerce.Offer{{ID: "sold"}}} },
					Backends:  map[commerce.Backend]commerce.Ports{commerce.Direct: {Vendor: mute{}}},
				}
				o := newOrder("CW-1", 1)
				o.State, o.Lines = commerce.StateHandedOver, []commerce.OrderLine{line(1, "sku-a", 5, commerce.LinePending)}
				o.Lines[0].Offer = "sold"
				o.HandOff = &commerce.HandOff{AskAt: noon.Add(s.Timings.Ask), Until: noon.Add(s.Timings.GiveUp)}
				if shown {
					o.HandOff.At = noon
				}
				save(t, l, o, noon)
				read := func() commerce.Order {
					got, err := l.Order(t.Context(), org, o.ID)
					check(t, err)
					return got
				}
				steps := func(n int) commerce.Order {
					for range n {
						if _, err := s.Perform(t.Context(), commerce.OrderRef{Organisation: org, ID: o.ID}, read().Version); err != nil && !errors.Is(err, errMute) {
							t.Fatal(err)
						}
						now = now.Add(time.Minute)
					}
					return read()
				}
				if got := steps(9); got.State != commerce.StateHandedOver || got.HandOff.Unread.IsZero() || got.HandOff.Asked != 0 || got.HandedOver() != shown {
					t.Errorf("at first: %s %+v", got.State, got.HandOff)
				}
				now = noon.Add(s.Timings.Ask)
				if got := steps(9); got.State != commerce.StateHandedOver || got.HandOff.Asked != 1 || got.HandOff.Patience != 1 {
					t.Errorf("after a day: %s %+v", got.State, got.HandOff)
				}
				now = noon.Add(s.Timings.GiveUp)
				got := steps(3)
				if got.State != commerce.StateExpired || got.Reason != commerce.CodeUnseen || got.Intent != nil || !got.Blind() {
					t.Errorf("at the end: %s %q %+v", got.State, got.Reason, got.HandOff)
				}
				if again := steps(3); again.Version != got.Version {
					t.Error("an order that has ended is changed")
				}
				var told []string
				check(t, l.Export(t.Context(), ExportQuery{Organisation: org}, func(r Record) error { told = append(told, r.Action); return nil }))
				if got := strings.Join(told, " "); got != "order.unreadable order.asked order.unseen" {
					t.Errorf("the audit tells of %s", got)
				}
			})
		})
	}
}
