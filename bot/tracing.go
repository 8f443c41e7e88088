package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"
	"github.com/Azure/azure-sdk-for-go/sdk/tracing/azotel"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"golang.org/x/time/rate"

	"cartwright/config"
)

const (
	flushTime   = 3 * time.Second  // that the last spans have at the stop
	silenceTime = 10 * time.Minute // between two lines of the log about a collector
)

// tracing makes spans of the calls to Graph and sends them to the collector that is configured;
// where none is, nothing is made. Spans wait in a queue that drops what is too much, so that
// no call waits for a collector.
func (s *server) tracing(ctx context.Context, cfg config.Tracing) (tracing.Provider, error) {
	if !cfg.Configured() {
		return tracing.Provider{}, nil
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.version", version)), resource.WithFromEnv(), resource.WithAttributes(attribute.String("service.name", cfg.Service)))
	if err != nil {
		return tracing.Provider{}, fmt.Errorf("tracing: look at OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(cfg.Endpoint))
	if err != nil {
		return tracing.Provider{}, fmt.Errorf("tracing: %w", err)
	}
	otel.SetErrorHandler(seldom(s.log))
	spans := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(nameless{exporter}))
	s.atStop(func(ctx context.Context) error { s.flush(ctx, spans, exporter); return nil })
	return azotel.NewTracingProvider(spans, nil), nil
}

// flush sends what is left. Spans that are lost so are no failure of the bot.
func (s *server) flush(ctx context.Context, spans *sdktrace.TracerProvider, exporter sdktrace.SpanExporter) {
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	err := spans.Shutdown(ctx)
	if err = errors.Join(err, exporter.Shutdown(ctx)); err != nil { // ends a call that still hangs
		s.log.Warn("tracing: the last spans are lost", "err", err)
	}
}

// seldom logs what OpenTelemetry cannot do, which would be a line for each batch of spans.
func seldom(log *slog.Logger) otel.ErrorHandler {
	lines := rate.Sometimes{Interval: silenceTime}
	return otel.ErrorHandlerFunc(func(err error) {
		lines.Do(func() {
			log.Warn("tracing: spans are lost; more of this is logged in ten minutes at the earliest", "err", err)
		})
	})
}

// nameless exports spans without what may be a person's: azcore's attributes hold addresses,
// in whose paths and queries people are, and its statuses hold what failed in Microsoft's words.
type nameless struct{ sdktrace.SpanExporter }

func (n nameless) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	cut := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, span := range spans {
		cut[i] = bare{span}
	}
	return n.SpanExporter.ExportSpans(ctx, cut)
}

// bare is a span of which only what is known to name nobody can be read.
type bare struct{ sdktrace.ReadOnlySpan }

func (bare) Events() []sdktrace.Event { return nil }
func (bare) Links() []sdktrace.Link   { return nil }

func (b bare) Status() sdktrace.Status { return sdktrace.Status{Code: b.ReadOnlySpan.Status().Code} }

func (b bare) Attributes() []attribute.KeyValue {
	var kept []attribute.KeyValue
	for _, a := range b.ReadOnlySpan.Attributes() {
		switch a.Key {
		case "http.url":
			kept = append(kept, a.Key.String(withoutPeople(a.Value.AsString())))
		case "http.method", "http.status_code", "net.peer.name", "az.namespace", "az.client_request_id", "az.service_request_id":
			kept = append(kept, a)
		}
	}
	return kept
}

// steps are the parts of paths that are the same for everybody.
var steps = map[string]bool{
	"": true, "v1.0": true, "v2.0": true, "users": true, "assignLicense": true, "subscribedSkus": true, "directory": true, "subscriptions": true, "$batch": true,
	"oauth2": true, "token": true, ".well-known": true, "openid-configuration": true,
}

// withoutPeople is an address without its query, and with {} for each part of its path that is
// not known to name nobody.
func withoutPeople(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if !steps[part] {
			parts[i] = "{}"
		}
	}
	return u.Scheme + "://" + u.Host + strings.Join(parts, "/")
}
