package discord

import (
	"encoding/json"
	"testing"
)

// Commands that were registered by an older program are told from ours by whatever people
// see of them.
func TestCommandsOfAnotherDay(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		by   func(m365 *command)
		want string
	}{
		"as they are":              {func(*command) {}, ""},
		"without a subcommand":     {func(c *command) { c.Options = c.Options[:len(c.Options)-1] }, "m365 help"},
		"with one of before":       {func(c *command) { c.Options = append(c.Options, command{Name: "return"}) }, "m365 return"},
		"without an option":        {func(c *command) { c.Options[1].Options = c.Options[1].Options[:1] }, "m365 buy quantity"},
		"described in other words": {func(c *command) { c.Options[1].Description = "Purchase" }, "m365 buy"},
		"in fewer languages":       {func(c *command) { delete(c.Options[1].Options[0].Names, "de") }, "m365 buy product"},
	} {
		var has []command
		if err := json.Unmarshal(Manifest(), &has); err != nil {
			t.Fatal(err)
		}
		change.by(&has[0])
		if got := differs(commands(), has); got != change.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := differs(commands(), nil); got != "m365" {
		t.Errorf("none: %q", got)
	}
}
