package conversations

import (
	"strings"
	"testing"

	"cartwright/commerce"
	"cartwright/conversations/locale"
)

func answerGoldens(t *testing.T, at place) map[string]golden {
	f := goldenFacts(t, at)
	stranger := f.as("", "Mallory")
	emil := f.as("emil", "Emil")
	approver := f.as("bruno", "Bruno", commerce.Approver)
	failed := f
	failed.actor.Failed = true
	failed.denied = commerce.Authorise(f.org, failed.actor, commerce.Buyer)
	alone := f
	alone.org.People = nil
	home := state{Step: stepHome}
	return map[string]golden{
		"help":                  {state{Step: stepHelp}, f},
		"help-approver":         {state{Step: stepHelp}, approver},
		"help-stranger":         {state{Step: stepHelp}, stranger},
		"closed":                {state{Step: stepClosed}, f},
		"closed-cart":           {state{Step: stepClosed}, f.two(t)},
		"refused-stranger":      {home, stranger},
		"refused-no-role":       {state{Step: stepCart}, emil},
		"refused-approver":      {state{Step: stepList}, approver},
		"refused-nobody-to-ask": {home, alone.as("emil", "Emil")},
		"refused-lookup-failed": {home, failed},
		"home-not-understood":   {home.say(Warning, "notice.not_understood", "text", "<b>hello</b> & good-bye"), f},
		"home-too-long":         {home.say(Warning, "notice.too_long"), f},
		"home-dead":             {home.say(Warning, "notice.dead"), f},
	}
}

// samples are an error of every code, with the arguments that commerce gives it.
var samples = []*commerce.Error{
	commerce.Refuse(commerce.CodeNotAllowed, "role", "buyer", "ask", []string{"Aïcha", "Chloé", "Dagmar"}),
	commerce.Refuse(commerce.CodeLookupFailed),
	commerce.Refuse(commerce.CodeUnknownPerson, "ask", []string{"Aïcha"}),
	commerce.Refuse(commerce.CodeNotFound),
	commerce.Refuse(commerce.CodeOwnOrder, "ask", []string{"Bruno", "Chloé"}),
	commerce.Refuse(commerce.CodeRepresented, "name", "Chloé", "for", "Bruno"),
	commerce.Refuse(commerce.CodeStandIn),
	commerce.Refuse(commerce.CodeUntil),
	commerce.Refuse(commerce.CodeVoted, "at", "2026-11-24T10:00:00Z"),
	commerce.Refuse(commerce.CodeDecided, "verdict", "rejected", "name", "Bruno"),
	commerce.Refuse(commerce.CodeNudged),
	commerce.Refuse(commerce.CodeNoChange),
	commerce.Refuse(commerce.CodeReason, "max", commerce.MaxReason),
	commerce.Refuse(commerce.CodeApprovalExpired),
	commerce.Refuse(commerce.CodeBuyingStopped),
	commerce.Refuse(commerce.CodeStale),
	commerce.Refuse(commerce.CodeCartEmpty),
	commerce.Refuse(commerce.CodeCartInvalid),
	commerce.Refuse(commerce.CodeCartFull, "max", commerce.MaxCartLines),
	commerce.Refuse(commerce.CodeQuantity, "min", 1, "max", 300),
	commerce.Refuse(commerce.CodeOverCap, "max", 300, "owned", 290, "open", 5, "left", 5),
	commerce.Refuse(commerce.CodeOfferGone),
	commerce.Refuse(commerce.CodeNeedsBase, "needs", []string{"Office 365 E3", "Office 365 E5"}),
	commerce.Refuse(commerce.CodeNoPrice, "offer", "Visio Plan 2"),
	commerce.Refuse(commerce.CodeSeatsUnknown, "offer", "Visio Plan 2"),
	commerce.Refuse(commerce.CodeQuoteExpired),
	commerce.Refuse(commerce.CodePriceMoved),
	commerce.Refuse(commerce.CodeOrderState, "state", "completed"),
	commerce.Refuse(commerce.CodePaymentDeclined),
	commerce.Refuse(commerce.CodeLinkExpired, "order", "CW-1042"),
	commerce.Refuse(commerce.CodeVendorRefused),
	commerce.Refuse(commerce.CodeProvisioning),
	commerce.Refuse(commerce.CodeNotBought),
	commerce.Refuse(commerce.CodeUnseen),
	commerce.Refuse(commerce.CodeAtMicrosoft),
	commerce.Refuse(commerce.CodeNobody),
	commerce.Refuse(commerce.CodeTooMany, "max", commerce.MaxTaskPeople),
	commerce.Refuse(commerce.CodeTaskState),
	commerce.Refuse(commerce.CodePlanned),
	commerce.Refuse(commerce.CodeUnavailable),
	commerce.Refuse(commerce.CodeTooFast, "seconds", 12),
	commerce.Refuse(commerce.CodeInternal),
}

// Every error that commerce knows, as a prompt: compared with its golden. The clouds do
// not differ here.
func TestTrouble(t *testing.T) {
	t.Parallel()
	for _, err := range samples {
		var all []Prompt
		for _, at := range places(commerce.Worldwide) {
			p := trouble(goldenFacts(t, at), err)
			for _, wrong := range Unsound(p) {
				t.Errorf("%s: %s", err.Code, wrong)
			}
			all = append(all, p)
		}
		compareGolden(t, troubleFile(err), all)
	}
}

func troubleFile(err *commerce.Error) string {
	return goldenFile("trouble-"+string(err.Code), commerce.Worldwide)
}

// What commerce calls by a code is called by words in every language.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	keys := map[string]string{ // type -> the beginning of its keys
		"Code": "error.", "State": "state.", "LineState": "line.", "Reason": "reason.", "AssignmentState": "assignment.", "Group": "group.",
		"Cloud": "playground.cloud.",
	}
	want := map[string]bool{}
	for kind, prefix := range keys {
		codes := constants(t, kind)
		if len(codes) < 3 {
			t.Fatalf("only %d constants of commerce.%s were found", len(codes), kind)
		}
		for _, code := range codes {
			want[prefix+code] = true
		}
	}
	for name, change := range moments(t) {
		f := goldenFacts(t, english).ordered(t, change)
		served(&f, name)
		if got := moment(f.order, f.now); got != name {
			t.Errorf("the moment %s is taken for %s", name, got)
		}
		want["order.now."+name] = true
	}
	for name, made := range taskMoments() {
		task, _ := made()
		if got := string(task.Kind) + "." + taskMoment(task); got != name {
			t.Errorf("the moment %s of a task is taken for %s", name, got)
		}
		want["task.now."+name] = true
	}
	for _, id := range commerce.PlanIDs {
		want["plan."+planValue(id)], want["commits."+planValue(id)], want["plan.closed."+string(id.Billing)] = true, true, true
	}
	for _, c := range commands {
		want["help."+c], want["help.command."+c] = true, true
	}
	for _, lang := range locale.Languages() {
		spoken := map[string]bool{}
		for _, key := range locale.Keys(lang) {
			spoken[key] = true
		}
		for key := range want {
			if !spoken[key] {
				t.Errorf("%s has no words for %s", lang, key)
			}
		}
		for key := range spoken {
			moment := strings.HasPrefix(key, "order.now.") || strings.HasPrefix(key, "task.now.")
			if moment && !want[key] && key != "order.now.resolved" {
				t.Errorf("%s has words for %s, which never comes", lang, key)
			}
		}
	}
}

// Every moment that an order can be in, whatever its state, payment and lines, is among
// those that there are words for.
func TestEveryMomentIsKnown(t *testing.T) {
	t.Parallel()
	known := moments(t)
	f := goldenFacts(t, english).ordered(t, nil)
	for _, s := range commerce.States {
		for _, status := range append(constants(t, "PaymentStatus"), "") {
			for _, line := range constants(t, "LineState") {
				for _, change := range []func(*commerce.Order){
					func(*commerce.Order) {}, func(o *commerce.Order) { o.Payment.Declined = true },
					func(o *commerce.Order) { o.Reason = commerce.CodeProvisioning }, func(o *commerce.Order) { o.Payment.Expires = morning },
					func(o *commerce.Order) { o.Lines[0].People.Failed = 1 },
				} {
					o := f.order
					o.State, o.Payment.Status = s, commerce.PaymentStatus(status)
					o.Lines = append([]commerce.OrderLine(nil), o.Lines...)
					o.Lines[0].State = commerce.LineState(line)
					change(&o)
					if name := moment(o, morning); known[name] == nil {
						t.Errorf("an order that is %s, its payment %q, its line %s, is at %q", s, status, line, name)
					}
				}
			}
		}
	}
}

// Every code has a sample, so that its sentence is looked at.
func TestEveryCodeHasASample(t *testing.T) {
	t.Parallel()
	sampled := map[string]bool{}
	for _, err := range samples {
		sampled[string(err.Code)] = true
	}
	for _, code := range constants(t, "Code") {
		if !sampled[code] {
			t.Errorf("%s has no sample", code)
		}
	}
}
