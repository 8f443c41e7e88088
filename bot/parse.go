package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"cartwright/commerce"
	"cartwright/config"
	"cartwright/conversations/intent"
)

// maxMessage is how much of a line is read, in bytes; what is behind it is passed over.
const maxMessage = 64 << 10

// reader reads what somebody wrote. A language model may stand behind it.
type reader interface {
	Read(ctx context.Context, text, locale string) intent.Intent
}

// byRules reads without a network.
type byRules struct{ parser *intent.Parser }

func (r byRules) Read(_ context.Context, text, locale string) intent.Intent {
	return r.parser.Parse(text, locale)
}

// parseCommand reads messages, one a line (contract.md, Commands).
type parseCommand struct {
	Locale  string `help:"The locale of the writer's profile, such as fr. The words themselves count first."`
	Explain bool   `help:"Add the words of the message that filled each slot, and what would be asked."`
	LLM     bool   `name:"llm" help:"Ask the language model that is configured (OPENAI_MODEL) where the rules are not sure."`
}

func (c parseCommand) Run(p *program) error {
	read, err := p.readingBy(c.LLM)
	if err != nil {
		return err
	}
	return eachLine(p.stdin, func(line []byte) error {
		return c.answer(p, read, string(line))
	})
}

// readingBy is the rules or, where that is asked for, the rules and the model.
func (p *program) readingBy(llm bool) (reader, error) {
	if !llm {
		return p.reader()
	}
	return p.helped()
}

func (c parseCommand) answer(p *program, read reader, text string) error {
	in := read.Read(p.ctx, text, c.Locale)
	return writeLine(p.stdout, c.printed(text, in))
}

func (c parseCommand) printed(text string, in intent.Intent) any {
	if c.Explain {
		return explain(text, in)
	}
	return reading(in)
}

func writeLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// reader is what reads here: rules, over the configured catalogue.
func (p *program) reader() (reader, error) {
	catalogue, err := p.catalogue()
	if err != nil {
		return nil, err
	}
	return byRules{intent.New(catalogue)}, nil
}

// byBoth reads as conversations do, for the operator, who is nobody's person.
type byBoth struct{ *intent.Reader }

func (r byBoth) Read(ctx context.Context, text, locale string) intent.Intent {
	return r.Reader.Read(ctx, intent.Text{Text: text, Locale: locale})
}

// helped is the rules and the model of the whole configuration. What came of each message is
// logged beside the answers.
func (p *program) helped() (reader, error) {
	cfg, err := config.Read(p.env, p.readFile)
	if err != nil {
		return nil, err
	}
	if !cfg.OpenAI.Configured() {
		return nil, errors.New("set OPENAI_MODEL first: there is no language model to ask")
	}
	r, err := readerOf(cfg, intent.New(cfg.Catalogue), unmetered{}, nil, slog.New(slog.NewTextHandler(p.stderr, nil)))
	if err != nil {
		return nil, err
	}
	return byBoth{r}, nil
}

// catalogue reads CATALOGUE_FILE alone: reading messages needs nothing else of the configuration.
func (p *program) catalogue() (commerce.Catalogue, error) {
	path, given := p.env("CATALOGUE_FILE")
	if !given || path == "" {
		return commerce.BuiltIn(), nil
	}
	raw, err := p.readFile(path)
	if err != nil {
		return commerce.Catalogue{}, fmt.Errorf("CATALOGUE_FILE: %w", err)
	}
	catalogue, err := commerce.ReadCatalogue(bytes.NewReader(raw))
	if err != nil {
		return commerce.Catalogue{}, fmt.Errorf("CATALOGUE_FILE: %w", err)
	}
	return catalogue, nil
}

// eachLine calls do with every line, the last one with or without its end. Of a line that
// is too long only the beginning counts.
func eachLine(r io.Reader, do func(line []byte) error) error {
	lines := bufio.NewReaderSize(r, maxMessage)
	for {
		line, err := lines.ReadSlice('\n')
		long := errors.Is(err, bufio.ErrBufferFull)
		if len(line) == 0 && err != nil {
			return unlessEnd(err)
		}
		if failed := do(bytes.TrimRight(line, "\r\n")); failed != nil {
			return failed
		}
		for long {
			_, err = lines.ReadSlice('\n')
			long = errors.Is(err, bufio.ErrBufferFull)
		}
		if err != nil {
			return unlessEnd(err)
		}
	}
}

func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// printedIntent is an Intent as labelled files have it: null is what is not known.
type printedIntent struct {
	Intent    intent.Kind   `json:"intent"`
	Items     []printedItem `json:"items"`
	Ambiguous bool          `json:"ambiguous"`
}

type printedItem struct {
	Product    *string `json:"product"`
	Quantity   *int    `json:"quantity"`
	Billing    *string `json:"billing"`
	AutoAssign *bool   `json:"auto_assign"`
}

func reading(in intent.Intent) printedIntent {
	printed := printedIntent{Intent: in.Kind, Items: []printedItem{}, Ambiguous: in.Ambiguous()}
	for _, it := range in.Items {
		printed.Items = append(printed.Items, printedItem{
			Product: orNull(it.Product), Quantity: orNull(it.Quantity), Billing: orNull(string(it.Billing)), AutoAssign: it.AutoAssign,
		})
	}
	return printed
}

// orNull is nil for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// explained adds why.
type explained struct {
	printedIntent
	Evidence []printedEvidence `json:"evidence"`
	Asks     []printedAsk      `json:"asks"`
	Unsure   bool              `json:"unsure"`
}

type printedEvidence struct {
	Item int         `json:"item"`
	Slot intent.Slot `json:"slot"`
	Said string      `json:"said"`
}

type printedAsk struct {
	Item       int         `json:"item"`
	Slot       intent.Slot `json:"slot"`
	Said       string      `json:"said"`
	Candidates []string    `json:"candidates"`
}

func explain(text string, in intent.Intent) explained {
	e := explained{printedIntent: reading(in), Evidence: []printedEvidence{}, Asks: []printedAsk{}, Unsure: in.Unsure}
	for _, v := range in.Evidence {
		e.Evidence = append(e.Evidence, printedEvidence{v.Item, v.Slot, text[v.Start:v.End]})
	}
	for _, a := range in.Asks {
		candidates := a.Candidates
		if candidates == nil {
			candidates = []string{}
		}
		e.Asks = append(e.Asks, printedAsk{a.Item, a.Slot, a.Said, candidates})
	}
	return e
}
