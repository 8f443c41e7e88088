package config

import (
	"fmt"
	"strings"
)

// Mistake is one thing that is wrong in a configuration.
type Mistake struct {
	Name    string // of the environment variable
	Problem string // never holds a secret's value
	Remedy  string // what to do; "" where Problem says it
}

func (m Mistake) String() string {
	if m.Remedy == "" {
		return m.Name + ": " + m.Problem
	}
	return m.Name + ": " + m.Problem + ": " + m.Remedy
}

// Mistakes is all that is wrong in a configuration, as an error of one line each. The
// program exits with 2.
type Mistakes []Mistake

func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

func (ms *Mistakes) add(name, remedy, problem string, args ...any) {
	*ms = append(*ms, Mistake{Name: name, Problem: fmt.Sprintf(problem, args...), Remedy: remedy})
}
