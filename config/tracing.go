package config

import (
	"net/url"
	"strings"
)

// Tracing is where spans of calls to Microsoft Graph go. The names are OpenTelemetry's; those
// that are not read here, such as OTEL_EXPORTER_OTLP_HEADERS, its SDK reads.
type Tracing struct {
	Endpoint string // of OTLP over HTTP, with its path; "": no spans are made
	Service  string // OTEL_SERVICE_NAME, cartwright by default
}

// Configured reports whether spans are made at all.
func (t Tracing) Configured() bool { return t.Endpoint != "" }

// tracing is off unless a collector is named, and where all of OpenTelemetry is.
func (r *reader) tracing() Tracing {
	if off, _ := r.lookUp("OTEL_SDK_DISABLED"); strings.EqualFold(off, "true") {
		return Tracing{}
	}
	t := Tracing{Service: "cartwright"}
	if name, given := r.lookUp("OTEL_SERVICE_NAME"); given {
		t.Service = name
	}
	if at := r.collector("OTEL_EXPORTER_OTLP_ENDPOINT"); at != nil {
		t.Endpoint = at.JoinPath("v1", "traces").String()
	}
	if at := r.collector("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); at != nil {
		t.Endpoint = at.String()
	}
	return t
}

// collector is never told in a mistake: it may hold a key.
func (r *reader) collector(name string) *url.URL {
	text, given := r.lookUp(name)
	if !given {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		r.mistakes.add(name, "write a URL such as http://localhost:4318, and what the collector asks for into OTEL_EXPORTER_OTLP_HEADERS", "it is no http or https URL, or has more than host and path")
		return nil
	}
	return u
}
