package main

import (
	"os"
	"testing"

	"cartwright/testservices"
)

// TestMain is two programs: the tests, and, where a test started such a binary again and
// says so, the bot with what may kill it built in. The shipped bot has none of that.
func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		os.Exit(victim())
	}
	code := testservices.Main(m)
	victims.remove()
	os.Exit(code)
}
