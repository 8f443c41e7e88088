// Command bot is Cartwright: it buys Microsoft 365 subscriptions from a chat.
//
// This package wires: everything is built in [serve], top to bottom, and nothing is
// global. Commands for the person on call are beside it.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // a small heap that idles: memory is dearer than the collector's work
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], surroundings{
		env: os.LookupEnv, readFile: os.ReadFile, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
	})
	stop()
	os.Exit(code)
}

// surroundings is what a run finds outside of itself. Tests make their own.
type surroundings struct {
	env            func(string) (string, bool)
	readFile       func(string) ([]byte, error)
	stdin          io.Reader // of bot parse
	stdout, stderr io.Writer
	// seams wrap what the program is made of; tests stop it there. Zero: nothing.
	seams seams
	// started is told the public address once the program is ready. May be nil.
	started func(address string)
}

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1
	exitMisused = 2 // the command line or the configuration is wrong
)
