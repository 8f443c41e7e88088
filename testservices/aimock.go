package testservices

import (
	"bufio"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Aimock starts a player of OpenAI: others' code, which keeps a journal of what it is sent and
// refuses what the fixtures do not have. folder is test/model as seen from the package. It
// answers where it is.
func Aimock(tb testing.TB, folder, fixtures string) (url string) {
	tb.Helper()
	file, err := filepath.Abs(fixtures)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), "node", "node_modules/@copilotkit/aimock/dist/cli.js", "--port", "0", "--fixtures", file, "--strict", "--validate-on-load")
	cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, url, ok := strings.Cut(lines.Text(), "listening on "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }() // it would stop with a full pipe
			return strings.TrimSpace(url)
		}
		said.WriteString(lines.Text() + "\n")
	}
	tb.Fatalf("aimock does not listen:\n%s", said.String())
	return ""
}
