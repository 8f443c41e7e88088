package fakegraph

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"
)

// Limits are how much may be asked of the directory, by resource units and by writes. Zero
// ones limit nothing.
type Limits struct {
	Units, Writes       int // of the app in this tenant, in 10 s and in 150 s
	AppUnits, AppWrites int // of the app everywhere, in 20 s and in 300 s
}

// DocumentedLimits are Microsoft's for a tenant of so many people.
func DocumentedLimits(people int) *Limits {
	l := &Limits{Units: 3500, Writes: 3000, AppUnits: 150_000, AppWrites: 70_000}
	switch {
	case people > 500:
		l.Units = 8000
	case people >= 50:
		l.Units = 5000
	}
	return l
}

// bucket is what is left of a limit: it fills up again as time goes by.
type bucket struct {
	left float64
	at   time.Time
}

// buckets are those of Limits, in its order.
type buckets [4]bucket

type allowance struct {
	limit, cost int
	in          time.Duration
	scope       string
}

func (l *Limits) allowances(units, writes int) [4]allowance {
	return [4]allowance{
		{l.Units, units, 10 * time.Second, "Application_Tenant/ReadWrite"}, {l.Writes, writes, 150 * time.Second, "Application_Tenant/Write"},
		{l.AppUnits, units, 20 * time.Second, "Application/ReadWrite"}, {l.AppWrites, writes, 300 * time.Second, "Application/Write"},
	}
}

// cost is what a call takes: units, and writes.
func (q *request) cost() (units, writes int) {
	switch {
	case q.method != http.MethodGet:
		return 1, 1
	case q.path == "/subscribedSkus" || q.path == "/directory/subscriptions":
		return 3, 0
	}
	units = 2
	if q.query.Has("$select") {
		units--
	}
	top := 0
	if _, err := fmt.Sscan(q.query.Get("$top"), &top); err == nil && top < 20 {
		units--
	}
	return max(1, units), 0
}

// fill is the bucket as it is now.
func (b *bucket) fill(now time.Time, a allowance) {
	if b.at.IsZero() {
		b.left = float64(a.limit)
	}
	gained := float64(a.limit) * now.Sub(b.at).Seconds() / a.in.Seconds()
	b.left, b.at = min(float64(a.limit), b.left+max(0, gained)), now
}

// throttle charges a call, or refuses it where too much was asked for already.
func (g *Graph) throttle(q *request) (answer, bool) {
	q.units, q.writes = q.cost()
	if g.Limits == nil {
		return answer{}, false
	}
	all := g.Limits.allowances(q.units, q.writes)
	for i, a := range all {
		b := &g.buckets[i]
		b.fill(g.now(), a)
		if short := float64(a.cost) - b.left; a.limit > 0 && short > 0 {
			return g.tooMany(a, short), true
		}
	}
	for i, a := range all {
		g.buckets[i].left -= float64(a.cost)
	}
	return answer{}, false
}

func (g *Graph) tooMany(a allowance, short float64) answer {
	g.throttled++
	wait := math.Ceil(short/float64(a.limit)*a.in.Seconds()*1000) / 1000
	no := refuse(http.StatusTooManyRequests, "TooManyRequests", "Please retry again later.")
	no.header["Retry-After"] = strings.TrimSuffix(fmt.Sprintf("%.3f", wait), ".000")
	no.header["x-ms-throttle-scope"] = a.scope
	no.header["x-ms-throttle-information"] = "ResourceUnitLimitExceeded"
	return no
}

// usage says how much of the limit is gone, once it is a good part.
func (g *Graph) usage(a *answer) {
	if g.Limits == nil || g.Limits.Units == 0 {
		return
	}
	gone := 1 - g.buckets[0].left/float64(g.Limits.Units)
	if gone >= 0.8 {
		a.header["x-ms-throttle-limit-percentage"] = fmt.Sprintf("%.2f", gone)
	}
}

// Throttle has these limits from now on, with nothing used of them; nil for none.
func (g *Graph) Throttle(l *Limits) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Limits, g.buckets = l, buckets{}
}

// Throttled is how many calls the limits refused.
func (g *Graph) Throttled() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.throttled
}
