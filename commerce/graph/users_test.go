package graph

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/commerce"
)

// Somebody who is renamed while a directory is read is on two of its pages, under two names.
func TestSomebodyOnTwoPagesIsNamedOnce(t *testing.T) {
	got := byName([]commerce.User{
		{ID: "2", Name: "Zoë"}, {ID: "1", Name: "émile"}, {ID: "3", Name: "Bruno"}, {ID: "2", Name: "Zoë"}, {ID: "1", Name: "Émile Roux"}, {ID: "4", Name: "bruno"},
	})
	want := []commerce.User{{ID: "4", Name: "bruno"}, {ID: "3", Name: "Bruno"}, {ID: "1", Name: "émile"}, {ID: "2", Name: "Zoë"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
