package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"cartwright/testservices/fakegraph"
)

// receiver is a collector of spans.
type receiver struct {
	testing.TB
	*httptest.Server
	mu    sync.Mutex
	paths []string
	raw   string
	spans []*trace.Span
	of    map[string]bool // service.name
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{TB: t, of: map[string]bool{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, got *http.Request) {
	raw, err := io.ReadAll(got.Body)
	var batch collector.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(raw, &batch)
	}
	if err != nil {
		r.Errorf("what came is no OTLP: %v", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paths, r.raw = append(r.paths, got.URL.Path), r.raw+string(raw)
	for _, group := range batch.GetResourceSpans() {
		for _, a := range group.GetResource().GetAttributes() {
			if a.GetKey() == "service.name" {
				r.of[a.GetValue().GetStringValue()] = true
			}
		}
		for _, scope := range group.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
}

// seen are the spans' names, each once, with "!" where one failed.
func (r *receiver) seen() []string {
	var all []string
	for _, span := range r.spans {
		name := span.GetName()
		if span.GetStatus().GetCode() == trace.Status_STATUS_CODE_ERROR {
			name += "!"
		}
		all = append(all, name)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// values are those of an attribute, each once.
func (r *receiver) values(key string) []string {
	var all []string
	for _, span := range r.spans {
		for _, a := range span.GetAttributes() {
			if a.GetKey() == key {
				all = append(all, a.GetValue().GetStringValue())
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// handsOutTraced has a day's work done at a tenant, and what is to be done then, and stops the bot.
func handsOutTraced(t *testing.T, ms tenants, tracing settings, then ...func(slackClerk)) (log *lockedBuffer, stopped time.Duration) {
	t.Helper()
	o := newOffice(t)
	log = new(lockedBuffer)
	o.base, o.stop = hostLogging(t, ms.settings(t, noTeams).with(o.set).with(tracing), seams{graph: ms}, log)
	o.Deliver(o.base)
	w := o.Workspace("TCONTOSO")
	w.Channel("CGENERAL", "UAICHA", "UEMIL")
	o.spaces["contoso"] = w
	o.install(w.ID)
	aicha := slackClerk{o.hire("contoso", "UAICHA", "en")}
	handsOut(aicha, ms["contoso"])
	for _, do := range then {
		do(aicha)
	}
	began := time.Now()
	o.stop()
	return log, time.Since(began)
}

// What the bot asks of Graph is seen at the operator's collector, what failed too; who it was
// about is not.
func TestTracingTellsOfCallsAndNotOfPeople(t *testing.T) {
	ms, at := newTenants(t), newReceiver(t)
	contoso := ms["contoso"]
	handsOutTraced(t, ms, settings{"OTEL_EXPORTER_OTLP_ENDPOINT": at.URL}, func(d slackClerk) {
		contoso.Fail(fakegraph.Fault{Path: "/users", Status: http.StatusForbidden, Times: -1})
		d.says("assign business basic")
		d.clicks("pick.everyone")
		d.reads(d.T("error.unavailable"))
	})

	want := []string{"HTTP GET", "HTTP GET!", "HTTP POST", "graph.Batch", "graph.Holding", "graph.Listed", "graph.Seats", "graph.Subscriptions", "graph.Unlicensed", "graph.Unlicensed!"}
	if got := at.seen(); !slices.Equal(got, want) {
		t.Errorf("spans of %q, wanted %q", got, want)
	}
	graph, login := contoso.Cloud.Graph+"/v1.0", contoso.Cloud.Login
	want = []string{graph + "/$batch", graph + "/directory/subscriptions", graph + "/subscribedSkus", graph + "/users", login + "/{}/oauth2/v2.0/token", login + "/{}/v2.0/.well-known/openid-configuration"}
	elsewhere := func(address string) bool {
		return !strings.HasPrefix(address, contoso.Cloud.Graph) && !strings.HasPrefix(address, contoso.Cloud.Login)
	}
	if got := slices.DeleteFunc(at.values("http.url"), elsewhere); !slices.Equal(got, want) {
		t.Errorf("addresses %q, wanted %q", got, want)
	}
	for _, span := range at.spans {
		if said := span.GetStatus().GetMessage(); said != "" || len(span.GetEvents())+len(span.GetLinks()) > 0 {
			t.Errorf("%s says %q, %v, %v", span.GetName(), said, span.GetEvents(), span.GetLinks())
		}
	}
	if !at.of["cartwright"] || len(at.of) != 1 || slices.ContainsFunc(at.paths, func(path string) bool { return path != "/v1/traces" }) {
		t.Errorf("spans of %v at %v", at.of, at.paths)
	}
	for _, told := range []string{contoso.Secret, contoso.AppID, contoso.Tenant, "a11ce000-", "person.", "onmicrosoft", "filter", "search", "skiptoken", "Bearer"} {
		if strings.Contains(at.raw, told) || strings.Contains(at.raw, url.QueryEscape(told)) {
			t.Errorf("the collector was told %q", told)
		}
	}
}

// Nobody asked for spans, or somebody switched all of OpenTelemetry off: none are made.
func TestTracingIsOffUnlessItIsAskedFor(t *testing.T) {
	at := newReceiver(t)
	for _, tracing := range []settings{{}, {"OTEL_EXPORTER_OTLP_ENDPOINT": at.URL, "OTEL_SDK_DISABLED": "true"}} {
		log, _ := handsOutTraced(t, newTenants(t), tracing)
		if len(at.paths) > 0 || strings.Contains(log.String(), "tracing") {
			t.Errorf("%v: calls of %q", tracing, at.paths)
		}
	}
}

// A collector that hangs or refuses holds nobody up, and is a line in the log or two.
func TestTracingToACollectorThatDoesNotWork(t *testing.T) {
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "10") // ms: spans are sent while people wait for answers, in many batches
	gone := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-gone }))
	t.Cleanup(hangs.Close)
	t.Cleanup(func() { close(gone) })
	refuses := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(refuses.Close)
	for _, at := range []string{hangs.URL, refuses.URL, "http://127.0.0.1:1"} {
		log, stopped := handsOutTraced(t, newTenants(t), settings{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": at})
		if stopped > 5*time.Second {
			t.Errorf("%s: stopped after %v", at, stopped)
		}
		if lines := strings.Count(log.String(), "tracing: "); lines < 1 || lines > 3 {
			t.Errorf("%s: %d lines of tracing in\n%s", at, lines, log.tail())
		}
	}
}
