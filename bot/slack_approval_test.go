package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// approvalOffice is an office in which Contoso's larger orders need one approval, asked
// for where channel says: "" for direct messages.
func approvalOffice(t *testing.T, channel string) *office {
	t.Helper()
	rules := `backend: sandbox, approvals: {channel: {` + channel + `}, rules: [{name: small, when: "committed < 100", approvals: 0}, {name: asked, approvals: 1, from: [approver]}]},
     workspaces: {slack: [TCONTOSO]}`
	text := strings.Replace(slackOrganisations, "backend: sandbox,\n     workspaces: {slack: [TCONTOSO]}", rules, 1)
	text = strings.Replace(text, "{name: Emil, slack: UEMIL}", "{name: Dagmar, slack: UDAGMAR, roles: [viewer]}", 1)
	file := filepath.Join(t.TempDir(), "organisations.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o := openOffice(t, 0, settings{"ORGANISATIONS_FILE": file})
	t.Cleanup(o.sound)
	return o
}

// asks buys so much that approval is needed, and answers the order's number.
func (c *colleague) asks() string {
	c.office.Helper()
	c.types("buy business basic")
	c.sees("Microsoft 365 Business Basic")
	c.presses("buy:business-basic")
	c.form()
	c.do(c.Fill(c.T("details.quantity"), "30"))
	c.do(c.Submit(c.ctx()))
	c.sees(c.T("cart.title"))
	c.presses("checkout:")
	c.sees(c.T("check.title"))
	c.presses("next:")
	c.sees(c.T("approval.why"))
	c.presses("place:")
	return orderNumber.FindString(c.seesIn(c.DM(), c.T("state.awaiting_approval")).Read())
}

// The two-person story in direct messages: each in their own language, the manager's click
// sends the order on, and both messages tell.
func TestSlackApproval(t *testing.T) {
	o := approvalOffice(t, "")
	aicha, bruno := o.hire("contoso", "UAICHA", "fr"), o.hire("contoso", "UBRUNO", "de")
	order := aicha.asks()
	asked := bruno.seesIn(bruno.DM(), "Genehmigung von "+order)
	bruno.do(bruno.PressValue(t.Context(), asked, "approve:"))
	bruno.seesIn(bruno.DM(), "Genehmigt: Bruno gab die letzte Genehmigung")
	if n := len(bruno.See(bruno.DM())); n != 1 {
		t.Errorf("the manager has %d messages, not one that is edited", n)
	}
	aicha.seesIn(aicha.DM(), "Bruno a approuvé")
	aicha.until("the order has a link", func() bool { return payLink(aicha.Last(aicha.DM())) != "" })
	aicha.pays()
	aicha.seesIn(aicha.DM(), aicha.T("state.completed"))
}

// In a channel: everybody sees the request, the buyer's own click is refused and told to
// them alone, the manager says why not, and the one message tells it.
func TestSlackApprovalInAChannel(t *testing.T) {
	o := approvalOffice(t, "slack: CGENERAL")
	aicha, bruno := o.hire("contoso", "UAICHA", "en"), o.hire("contoso", "UBRUNO", "en")
	aicha.channel = aicha.DM()
	order := aicha.asks()
	asked := bruno.seesIn("CGENERAL", "Approbation de "+order) // in the language of the organisation's country
	aicha.do(aicha.PressValue(t.Context(), asked, "approve:"))
	told := aicha.seesIn("CGENERAL", "You ordered this yourself, so you cannot approve or reject it. Bruno can.")
	if told.To != aicha.Client.ID {
		t.Errorf("everybody is told: %s", told.Read())
	}
	bruno.do(bruno.PressValue(t.Context(), asked, "reject:"))
	bruno.form()
	bruno.do(bruno.Fill(bruno.T("approval.reason"), "Ask again in March. <!channel>"))
	bruno.do(bruno.Submit(t.Context()))
	bruno.seesIn("CGENERAL", "Ask again in March.")
	aicha.seesIn(aicha.DM(), "Rejected by Bruno")
	if n := len(bruno.See("CGENERAL")); n != 1 {
		t.Errorf("the channel has %d messages for the manager, not one that is edited", n)
	}
	bruno.do(bruno.PressValue(t.Context(), asked, "order:"))
	bruno.seesIn("CGENERAL", order)
}

// A manager who goes away has a colleague stand in, by the command and a date picker; the
// request that waits is asked of the colleague too, who answers in the manager's name.
func TestSlackDelegation(t *testing.T) {
	o := approvalOffice(t, "")
	aicha, bruno, dagmar := o.hire("contoso", "UAICHA", "en"), o.hire("contoso", "UBRUNO", "en"), o.hire("contoso", "UDAGMAR", "de")
	order := aicha.asks()
	bruno.seesIn(bruno.DM(), "Approval of "+order)
	bruno.types("delegate @dagmar until sometime")
	bruno.form()
	if text := bruno.Modal().Read(); !strings.Contains(text, bruno.T("error.until")) {
		t.Errorf("what is wrong is not said:\n%s", text)
	}
	bruno.do(bruno.Fill(bruno.T("delegate.until"), time.Now().AddDate(0, 1, 0).Format(time.DateOnly)))
	bruno.do(bruno.Submit(t.Context()))
	bruno.sees("Dagmar stands in for you")
	asked := dagmar.seesIn(dagmar.DM(), "Genehmigung von "+order)
	dagmar.do(dagmar.PressValue(t.Context(), asked, "approve:"))
	dagmar.seesIn(dagmar.DM(), "Genehmigt: Dagmar für Bruno gab die letzte Genehmigung")
	bruno.seesIn(bruno.DM(), "Dagmar for Bruno gave the last approval")
	aicha.seesIn(aicha.DM(), "Dagmar for Bruno approved")
}
