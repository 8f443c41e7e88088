package conversations

import (
	"testing"

	"cartwright/commerce"
)

// A file that was read anew may have people elsewhere, without an account, or not at all:
// what was remembered of where they were never answers with somebody else.
func TestPeopleAreFoundWhereTheyAreNow(t *testing.T) {
	who := func(id, account string) commerce.Person {
		return commerce.Person{ID: id, Accounts: map[string]string{"slack": account}}
	}
	aicha, bruno, emil := who("aicha", "U1"), who("bruno", "U2"), who("emil", "U3")
	var m members
	for _, step := range []struct {
		name   string
		people []commerce.Person
		want   string
	}{
		{"at first", []commerce.Person{aicha, bruno, emil}, "bruno"},
		{"again", []commerce.Person{aicha, bruno, emil}, "bruno"},
		{"elsewhere", []commerce.Person{emil, aicha, bruno}, "bruno"},
		{"the list is shorter", []commerce.Person{bruno}, "bruno"},
		{"nobody", []commerce.Person{aicha, emil}, ""},
		{"nobody at all", nil, ""},
		{"the account is somebody else's", []commerce.Person{aicha, who("dagmar", "U2")}, "dagmar"},
	} {
		got, found := m.holding(commerce.Organisation{ID: "contoso", People: step.people}, Account{Platform: "slack", Workspace: "T", ID: "U2"})
		if got.ID != step.want || found != (step.want != "") {
			t.Errorf("%s: %q, %v", step.name, got.ID, found)
		}
	}
	if _, found := m.holding(commerce.Organisation{ID: "contoso", People: []commerce.Person{aicha}}, Account{Platform: "teams"}); found {
		t.Error("somebody without an account there is found")
	}
}
