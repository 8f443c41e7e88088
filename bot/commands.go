package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"cartwright/commerce"
	"cartwright/commerce/ledger"
	"cartwright/config"
	"cartwright/conversations"
)

// commandLine is every command (contract.md, Commands).
type commandLine struct {
	Serve    serveCommand     `cmd:"" default:"withargs" help:"Run the bot (the default)."`
	Migrate  migrateCommand   `cmd:"" help:"Bring the database's schema up to date; serve does it by itself."`
	Orders   ordersCommand    `cmd:"" help:"Look at orders and help those that are stuck. Every use is audited."`
	Audit    auditCommand     `cmd:"" help:"Check and export the audit."`
	Parse    parseCommand     `cmd:"" help:"Read messages, one a line, and print what is understood of each as JSON."`
	Score    parseEvalCommand `cmd:"" name:"parse-eval" help:"Score a file of labelled messages."`
	Doctor   doctorCommand    `cmd:"" help:"Check every configured service with a harmless call."`
	Manifest manifestCommand  `cmd:"" help:"Print the app manifest of a platform, for this configuration."`
	Health   healthCommand    `cmd:"" help:"Exit 0 when the running program is ready."`
	Version  versionCommand   `cmd:"" help:"Print version, commit and Go version."`
}

// program is what a command works with.
type program struct {
	surroundings
	ctx context.Context //nolint:containedctx // kong hands one value to a command; this is that of the run
}

// run parses the command line and carries the command out.
func run(ctx context.Context, args []string, s surroundings) int {
	var line commandLine
	exited := -1
	parser, err := kong.New(&line,
		kong.Name("bot"), kong.Description("Cartwright buys Microsoft 365 subscriptions from a chat."),
		kong.Writers(s.stdout, s.stderr), kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(s.stderr, err)
		return exitFailed
	}
	parsed, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help
		return exited
	case err != nil:
		fmt.Fprintln(s.stderr, "bot:", err)
		return exitMisused
	}
	return report(s, parsed.Run(&program{surroundings: s, ctx: ctx}))
}

// report tells the operator what went wrong: every mistake of a configuration at once.
func report(s surroundings, err error) int {
	var mistakes config.Mistakes
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &mistakes):
		fmt.Fprintln(s.stderr, "The configuration has mistakes:")
		fmt.Fprintln(s.stderr, mistakes)
		return exitMisused
	case errors.Is(err, errSilent):
		return exitFailed
	}
	fmt.Fprintln(s.stderr, "bot:", atOnce(err))
	return exitFailed
}

// atOnce is an error without when a service is to be asked again: a command does not.
func atOnce(err error) error {
	if wait, ok := errors.AsType[*conversations.Wait](err); ok {
		return wait.Cause
	}
	return err
}

// errSilent ends a command whose own output has said what is wrong.
var errSilent = errors.New("failed")

// configured reads the configuration, with its secret key.
func (p *program) configured() (config.Config, error) {
	cfg, err := config.Read(p.env, p.readFile)
	if err != nil {
		return cfg, err
	}
	return cfg, cfg.EnsureSecretKey()
}

// openLedger opens the configured database, with its schema up to date.
func (p *program) openLedger(cfg config.Config, o ledger.Options) (*ledger.Ledger, error) {
	var old []string
	for _, s := range cfg.OldSecretKeys {
		old = append(old, s.Reveal())
	}
	keys, err := ledger.NewKeyring(cfg.SecretKey.Reveal(), old...)
	if err != nil {
		return nil, err
	}
	o.Keys = keys
	l, err := ledger.Open(p.ctx, cfg.Database.Reveal(), o)
	if err != nil {
		return nil, err
	}
	err = l.Migrate(p.ctx)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// openBooks opens the database of a bot that was started before: a command in the wrong
// folder must not make an empty one and say that there is nothing.
func (p *program) openBooks() (config.Config, *ledger.Ledger, error) {
	cfg, err := config.Read(p.env, p.readFile)
	if err != nil {
		return cfg, nil, err
	}
	if path, ok := cfg.SQLitePath(); ok {
		_, err := os.Stat(path)
		if err != nil {
			return cfg, nil, fmt.Errorf("there is no database at %s: run this in the bot's folder, or set DATABASE_URL", path)
		}
	}
	err = cfg.EnsureSecretKey()
	if err != nil {
		return cfg, nil, err
	}
	books, err := p.openLedger(cfg, ledger.Options{})
	return cfg, books, err
}

type migrateCommand struct{}

func (migrateCommand) Run(p *program) error {
	cfg, err := p.configured()
	if err != nil {
		return err
	}
	l, err := p.openLedger(cfg, ledger.Options{})
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, "The schema is up to date.")
	return l.Close()
}

type versionCommand struct{}

// version is set when a release is built.
var version = "development"

func (versionCommand) Run(p *program) error {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	fmt.Fprintf(p.stdout, "cartwright %s\ncommit %s\n%s\n", version, commit, runtime.Version())
	return nil
}

// organisations finds organisations of a configuration.
func organisations(current func() config.Config) func(string) (commerce.Organisation, bool) {
	return func(id string) (commerce.Organisation, bool) {
		for _, o := range current().Organisations {
			if o.ID == id {
				return o, true
			}
		}
		return commerce.Organisation{}, false
	}
}
