// Package testservices starts the real services that tests run against: private
// instances on free ports of the loopback interface, with their data in temporary
// folders, one of each for a test process, gone with it.
//
// A package's TestMain is
//
//	func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }
//
// Where a service is not installed its tests are skipped and say what they leave
// untested; with CI=true or CARTWRIGHT_REQUIRE_SERVICES=1 they fail instead.
package testservices

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

var exits struct {
	sync.Mutex
	running bool // inside Main: somebody will stop what is started
	stops   []func()
}

// Main runs the tests, then stops every service that they started. It returns the
// exit code.
func Main(m *testing.M) int {
	exits.Lock()
	exits.running = true
	exits.Unlock()
	defer stopAll()
	return m.Run()
}

// onExit has stop run when the tests are over, the latest first.
func onExit(stop func()) {
	exits.Lock()
	defer exits.Unlock()
	exits.stops = append(exits.stops, stop)
}

func stopAll() {
	exits.Lock()
	stops := exits.stops
	exits.stops, exits.running = nil, false
	exits.Unlock()
	for _, stop := range slices.Backward(stops) {
		stop()
	}
}

// needMain fails a test whose package would leave services behind.
func needMain(tb testing.TB) {
	tb.Helper()
	exits.Lock()
	defer exits.Unlock()
	if !exits.running {
		tb.Fatal("this package needs func TestMain(m *testing.M) { os.Exit(testservices.Main(m)) }")
	}
}

// Peers is a folder of others' libraries in JavaScript, below test, with a script's
// dependency that must be there; without it the test ends as by Missing. It is for packages
// one or two folders below the project's root.
func Peers(tb testing.TB, folder, dependency, untested string) string {
	tb.Helper()
	root := ".."
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		root = filepath.Join("..", "..")
	}
	path, err := filepath.Abs(filepath.Join(root, "test", folder))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := exec.LookPath("node"); err != nil {
		Missing(tb, "node (Debian: nodejs)", untested)
	}
	if _, err := os.Stat(filepath.Join(path, "node_modules", filepath.FromSlash(dependency))); err != nil {
		Missing(tb, dependency+" (npm install in test/"+folder+")", untested)
	}
	return path
}

// Missing ends a test for want of a component: a failure where everything must be there,
// and a skip elsewhere, of which untested says what then is not tested.
func Missing(tb testing.TB, service, untested string) {
	tb.Helper()
	if os.Getenv("CI") == "true" || os.Getenv("CARTWRIGHT_REQUIRE_SERVICES") == "1" {
		tb.Fatalf("%s is not installed, and services are required here", service)
	}
	tb.Skipf("NOT TESTED: %s. %s is not installed", untested, service)
}
