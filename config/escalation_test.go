package config_test

import (
	"strings"
	"testing"
)

// An escalation that would ask nobody, or too late, is refused at the start.
func TestAnEscalationThatAsksNobody(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*strings.Replacer{
		"to a role that nobody holds":    strings.NewReplacer("approvals: 0", "approvals: 1, from: [approver], escalate: {after: 48h, to: [ceo]}"),
		"to a role by group, no channel": strings.NewReplacer("      channel: {slack: C9}\n", "", "approver: {discord", "ceo: {discord", "approvals: 0", "approvals: 1, from: [approver], escalate: {after: 48h, to: [ceo]}"),
		"after it has expired":           strings.NewReplacer("approvals: 0", "approvals: 1, from: [approver], expires: 24h, escalate: {after: 48h, to: [cfo]}"),
	} {
		c, err := readFull(r.Replace(full))
		if err == nil {
			t.Errorf("%s: accepted, warnings %v", name, c.Warnings)
		}
	}
}
