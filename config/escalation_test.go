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

// A condition about something that there is not is refused at the start, with its rule.
func TestAConditionAboutNothing(t *testing.T) {
	t.Parallel()
	for when, want := range map[string]string{
		`'no-such' in products`:                          `there is no "no-such" among products`,
		`committed < 5 or groups == ['apps', 'nothing']`: `there is no "nothing" among groups`,
		`not ('nothing' in groups)`:                      `there is no "nothing" among groups`,
		`term == 'P9Y'`:                                  `there is no "P9Y" among term`,
		`buyer in ['aicha', 'nobody']`:                   `there is no "nobody" among buyer`,
		`country != 'France'`:                            `there is no "France" among country`,
		`'a' in products and 'apps' in groups and term == 'P1M' and buyer == 'aicha' and country == 'FR'`: "",
	} {
		_, err := readFull(strings.Replace(full, `when: "committed < 500"`, `when: "`+when+`"`, 1))
		if want == "" && err != nil && strings.Contains(err.Error(), "there is no") || want != "" && (err == nil || !strings.Contains(err.Error(), "small: when: "+want)) {
			t.Errorf("%s: %v, want %q", when, err, want)
		}
	}
}
