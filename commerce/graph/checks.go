package graph

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"

	"cartwright/commerce"
)

// checkTime is how long one check may take.
const checkTime = 15 * time.Second

// Checks makes a harmless call for each permission that the organisations' apps need, and
// yields what was looked at with what is wrong and what to do, nil where nothing is. Of an
// app that cannot sign in nothing more is looked at, which the one error says.
func (g *Graph) Checks(ctx context.Context, organisations ...commerce.Organisation) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, org := range organisations {
			t, err := g.tenant(org)
			if err != nil && !yield("Graph of "+org.ID, err) || err == nil && !t.checks(ctx, yield) {
				return
			}
		}
	}
}

func (t *tenant) checks(ctx context.Context, yield func(string, error) bool) bool {
	if err := t.checked(ctx, "", (*tenant).signIn); err != nil {
		return yield("Graph of "+t.organisation+": sign-in", fmt.Errorf("%w; no permission was looked at", err))
	}
	for _, check := range checks {
		err := t.checked(ctx, check.permission, check.call)
		if !yield("Graph of "+t.organisation+": "+check.permission, err) {
			return false
		}
	}
	return true
}

var checks = []struct {
	permission string
	call       func(*tenant, context.Context) error
}{
	{readOrganisation, (*tenant).canReadSeats},
	{readUsers, (*tenant).canReadUsers},
	{assignLicences, (*tenant).canAssign},
}

func (t *tenant) checked(ctx context.Context, permission string, call func(*tenant, context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	err := lacking(call(t, ctx), permission)
	if err != nil {
		return fmt.Errorf("%w%s", err, advice(err))
	}
	return nil
}

func (t *tenant) canReadSeats(ctx context.Context) error {
	if _, err := first[subscribed](ctx, t, t.reading(forCheck, pathSKUs, nil), 1); err != nil {
		return err
	}
	_, err := first[subscription](ctx, t, t.reading(forCheck, pathSubscriptions, nil), 1)
	return err
}

func (t *tenant) canReadUsers(ctx context.Context) error {
	query := url.Values{"$select": {"id,assignedLicenses,licenseAssignmentStates"}, "$top": {"1"}}
	_, err := first[account](ctx, t, t.reading(forCheck, pathUsers, query), 1)
	return err
}

// nobody is an id that no user has.
const nobody = "00000000-0000-0000-0000-000000000000"

// canAssign asks for no change of nobody. A refusal of the directory, for what is asked or for
// whom, comes after the look at the permission; one with another code may come before, from a
// gateway that did not understand the call, and says nothing of the permission.
func (t *tenant) canAssign(ctx context.Context) error {
	err := t.post(ctx, "Check", "/users/"+nobody+"/assignLicense", change{}.body(), &struct{}{}, mayPostAgain)
	no, ok := errors.AsType[*refused](err)
	switch {
	case ok && no.permitted():
		return nil
	case ok && (no.status == http.StatusBadRequest || no.status == http.StatusNotFound):
		return fmt.Errorf("whether it is granted could not be seen: %w", no)
	}
	return err
}

// directory are the codes of what the directory itself refuses, by status.
var directory = map[int]string{http.StatusBadRequest: "Request_BadRequest", http.StatusNotFound: "Request_ResourceNotFound"}

// denied is the directory's code of what may not be done: by the app at all, or with one person.
const denied = "Authorization_RequestDenied"

// advice is what an operator can do about a sign-in that is refused.
func advice(err error) string {
	no, ok := errors.AsType[*SignInError](err)
	if !ok || no.fails() {
		return ""
	}
	if text, known := advices[no.Code]; known {
		return ": " + text
	}
	return ": look at the tenant's id, the app's id and its secret"
}

var advices = map[string]string{
	"AADSTS90002":   "there is no tenant of that id in this cloud",
	"AADSTS700016":  "the app is not in that tenant",
	"AADSTS7000215": "the secret is not the app's: copy its value, not its id",
	"AADSTS7000222": "the secret has ended: make a new one",
}
