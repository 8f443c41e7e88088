package config_test

import (
	"strings"
	"testing"

	"cartwright/config"
)

func TestWhereSpansGo(t *testing.T) {
	t.Parallel()
	const anywhere, traces, off = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_SDK_DISABLED"
	for _, c := range []struct {
		env  map[string]string
		want config.Tracing
	}{
		{map[string]string{}, config.Tracing{Service: "cartwright"}},
		{map[string]string{anywhere: " "}, config.Tracing{Service: "cartwright"}},
		{map[string]string{anywhere: "http://localhost:4318"}, config.Tracing{"http://localhost:4318/v1/traces", "cartwright"}},
		{map[string]string{anywhere: "https://otel.example/in/", "OTEL_SERVICE_NAME": "shop"}, config.Tracing{"https://otel.example/in/v1/traces", "shop"}},
		{map[string]string{anywhere: "http://localhost:4318", traces: "https://otel.example/spans"}, config.Tracing{"https://otel.example/spans", "cartwright"}},
		{map[string]string{anywhere: "http://localhost:4318", off: "TRUE"}, config.Tracing{}},
		{map[string]string{anywhere: "http://localhost:4318", off: "false"}, config.Tracing{"http://localhost:4318/v1/traces", "cartwright"}},
	} {
		if got := mustRead(t, world{env: c.env}).Tracing; got != c.want || got.Configured() != (c.want.Endpoint != "") {
			t.Errorf("%v: %+v, wanted %+v", c.env, got, c.want)
		}
	}
}

func TestACollectorThatIsNoAddress(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"localhost:4318", "grpc://localhost:4317", "http://", "https://me:hush@otel.example", "https://otel.example?key=hush", "://hush"} {
		_, err := world{env: map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": at}}.read()
		if err == nil || !strings.HasPrefix(err.Error(), "OTEL_EXPORTER_OTLP_ENDPOINT: ") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the mistakes are\n%v", at, err)
		}
	}
}
