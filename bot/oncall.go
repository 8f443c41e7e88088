package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/config"
)

// ordersCommand is for the person on call.
type ordersCommand struct {
	List    ordersList    `cmd:"" help:"List orders, newest first."`
	Show    ordersShow    `cmd:"" help:"Show an order, its people and its audit."`
	Retry   ordersRetry   `cmd:"" help:"Take an order's next step now; for a completed one, try the people again who failed."`
	Resolve ordersResolve `cmd:"" help:"End an order by hand when the bot cannot. What was paid for nothing is given back."`
}

// desk is where the person on call works: the books, and the service over them.
type desk struct {
	*program
	books   *ledger.Ledger
	service *commerce.Service
	by      commerce.Actor
}

// atDesk opens the books for fn. The running program sees to the jobs that fn makes.
func (p *program) atDesk(fn func(d desk) error) (err error) {
	cfg, books, err := p.openBooks()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	service := &commerce.Service{
		Ledger: books, Organisations: organisations(func() config.Config { return cfg }),
		Timings: commerce.StandardTimings().Faster(cfg.ClockSpeed), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(p.stderr, nil)),
	}
	return fn(desk{program: p, books: books, service: service, by: commerce.OnCall(operator())})
}

// operator is who runs the command, as the machine knows them.
func operator() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}

// looked writes into the audit that somebody looked at orders.
func (d desk) looked(org, order, action string, data string) error {
	return d.books.Change(d.ctx, func(tx commerce.Tx) error {
		return tx.Append(commerce.Entry{
			Organisation: org, At: d.service.Now(), Actor: d.by.Person, Action: action, Order: order, Data: []byte(data),
		})
	})
}

type ordersList struct {
	State        string `help:"Only orders in this state."`
	Organisation string `help:"Only orders of this organisation."`
	Limit        int    `default:"100" help:"At most so many."`
}

func (c ordersList) Run(p *program) error {
	return p.atDesk(func(d desk) error {
		if c.State != "" && !known(c.State) {
			return fmt.Errorf("there is no state %q; states are %s", c.State, stateNames())
		}
		orders, err := d.books.Orders(d.ctx, commerce.OrderQuery{
			Organisation: c.Organisation, State: commerce.State(c.State), Limit: c.Limit,
		})
		if err != nil {
			return err
		}
		err = d.lookedAt(orders)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "ORDER\tORGANISATION\tBUYER\tSTATE\tTOTAL\tSUBMITTED\tUPDATED\tREASON")
		for _, o := range orders {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", o.ID, o.Organisation, o.Buyer, o.State, o.Quote.Total,
				stamp(o.SubmittedAt), stamp(o.UpdatedAt), cmp.Or(string(o.Reason), "-"))
		}
		return w.Flush()
	})
}

// lookedAt notes the look in the chain of each organisation that was seen.
func (d desk) lookedAt(orders []commerce.Order) error {
	seen := map[string]int{}
	for _, o := range orders {
		seen[o.Organisation]++
	}
	for org, n := range seen {
		err := d.looked(org, "", "orders.listed", fmt.Sprintf(`{"orders":%d}`, n))
		if err != nil {
			return err
		}
	}
	return nil
}

func known(state string) bool { return strings.Contains(" "+stateNames()+" ", " "+state+" ") }

func stateNames() string {
	names := make([]string, len(commerce.States))
	for i, s := range commerce.States {
		names[i] = string(s)
	}
	return strings.Join(names, " ")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

type ordersShow struct {
	ID string `arg:"" help:"The order, such as CW-1042."`
}

func (c ordersShow) Run(p *program) error {
	return p.atDesk(func(d desk) error {
		o, err := d.find(c.ID)
		if err != nil {
			return err
		}
		err = d.looked(o.Organisation, o.ID, "order.shown", "{}")
		if err != nil {
			return err
		}
		return d.print(o)
	})
}

// find turns an unknown order into words.
func (d desk) find(id string) (commerce.Order, error) {
	o, err := d.books.Order(d.ctx, "", id)
	if commerce.IsCode(err, commerce.CodeNotFound) {
		return o, fmt.Errorf("there is no order %s", id)
	}
	return o, err
}

// print shows an order as facts, a line each, then its people and its history.
func (d desk) print(o commerce.Order) error {
	step, due := o.Next(d.service.Now(), d.service.Timings)
	w := tabwriter.NewWriter(d.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "order\t%s (version %d)\nstate\t%s\norganisation\t%s\nbuyer\t%s (%s)\n", o.ID, o.Version, o.State, o.Organisation, o.BuyerName, o.Buyer)
	fmt.Fprintf(w, "total\t%s, committed %s before tax\n", o.Quote.Total, o.Quote.Committed)
	fmt.Fprintf(w, "payment\t%s, captured %s, refunded %s\n", cmp.Or(string(o.Payment.Status), "none"), o.Payment.Captured, o.Payment.Refunded)
	fmt.Fprintf(w, "vendor order\t%s\n", cmp.Or(o.VendorOrder, "-"))
	fmt.Fprintf(w, "next step\t%s, due %s\n", cmp.Or(string(step), "none"), stamp(due))
	if o.Intent != nil {
		fmt.Fprintf(w, "under way\t%s since %s\n", o.Intent.Step, stamp(o.Intent.At))
	}
	if o.Reason != "" || o.Outcome != "" {
		fmt.Fprintf(w, "reason\t%s %s\n", o.Reason, o.Outcome)
	}
	for _, l := range o.Lines {
		fmt.Fprintf(w, "line %d\t%d × %s, %s %s: %s, people %d of %d, %d failed, %d skipped\n", l.ID, l.Quantity, l.Offer,
			l.Plan.Commitment, l.Plan.Billing, l.State, l.People.Assigned, l.People.Total, l.People.Failed, l.People.Skipped)
	}
	err := d.books.Export(d.ctx, ledger.ExportQuery{Organisation: o.Organisation, Order: o.ID}, func(r ledger.Record) error {
		_, err := fmt.Fprintf(w, "%s\t%s by %s\n", stamp(r.At), r.Action, r.Actor)
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

type ordersRetry struct {
	ID string `arg:"" help:"The order, such as CW-1042."`
}

func (c ordersRetry) Run(p *program) error {
	return p.atDesk(func(d desk) error {
		o, err := d.find(c.ID)
		if err != nil {
			return err
		}
		_, err = d.service.Retry(d.ctx, d.by, o.ID)
		if commerce.IsCode(err, commerce.CodeOrderState) {
			return errors.Join(
				fmt.Errorf("%s is %s: there is nothing to try again", o.ID, o.State),
				d.looked(o.Organisation, o.ID, "order.retry_refused", "{}"))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s is tried again.\n", o.ID)
		return nil
	})
}

type ordersResolve struct {
	ID     string `arg:"" help:"The order, such as CW-1042."`
	As     string `required:"" enum:"completed,failed" help:"How it ends: completed or failed."`
	Reason string `required:"" help:"What the buyer and the auditor read."`
}

func (c ordersResolve) Run(p *program) error {
	if strings.TrimSpace(c.Reason) == "" {
		return errors.New("--reason must say something: the buyer and the auditor read it")
	}
	return p.atDesk(func(d desk) error {
		o, err := d.find(c.ID)
		if err != nil {
			return err
		}
		resolved, err := d.service.Resolve(d.ctx, d.by, o.ID, commerce.State(c.As), c.Reason)
		if commerce.IsCode(err, commerce.CodeOrderState) {
			return errors.Join(
				fmt.Errorf("%s is %s and cannot be resolved as %s", o.ID, o.State, c.As),
				d.looked(o.Organisation, o.ID, "order.resolve_refused", "{}"))
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "%s is %s.\n", resolved.ID, resolved.State)
		return nil
	})
}

type healthCommand struct{}

// Run asks the running program whether it is ready.
func (healthCommand) Run(p *program) error {
	cfg, err := p.configured()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+cfg.AdminAddr+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask for readiness: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		fmt.Fprintf(p.stderr, "not ready: %s\n", res.Status)
		return errSilent
	}
	fmt.Fprintln(p.stdout, "ready")
	return nil
}
