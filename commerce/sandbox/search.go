package sandbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cartwright/commerce"
)

// Users of a text are those of whom each word of it begins a word of the name or of the
// mailbox, in which Chinese names are in pinyin, or is written in Chinese and in the name;
// and those whose address begins with it.
func (l *Licensor) Users(ctx context.Context, org commerce.Organisation, q commerce.UserQuery) ([]commerce.User, error) {
	matches, err := matcher(q)
	if err == nil {
		err = l.receive(ctx, "licensor.users", "", org)
	}
	if err != nil {
		return nil, fmt.Errorf("find people in the sandbox: %w", err)
	}
	users, err := l.directory(ctx, `SELECT `+userColumns+` FROM sandbox_users p WHERE organisation = $1 AND ($2 = '' OR EXISTS (
		SELECT 1 FROM sandbox_licences h WHERE h.organisation = p.organisation AND h.user_id = p.id AND h.sku = $2))`, org.ID, q.Holding)
	if err != nil {
		return nil, fmt.Errorf("find people in the sandbox: %w", err)
	}
	users = slices.DeleteFunc(users, func(u commerce.User) bool { return !matches(u) })
	if q.Text != "" && len(users) > commerce.UsersFound {
		users = users[:commerce.UsersFound]
	}
	return users, nil
}

// matcher picks those whom the query is for. Who holds a licence is the database's to know.
func matcher(q commerce.UserQuery) (func(commerce.User) bool, error) {
	var all []func(commerce.User) bool
	if q.Text != "" {
		all = append(all, reading(q.Text))
	}
	if len(q.Addresses) > 0 {
		addresses := setOf(q.Addresses, strings.ToLower)
		all = append(all, func(u commerce.User) bool { return addresses[strings.ToLower(u.Address)] })
	}
	if len(q.IDs) > 0 {
		ids := setOf(q.IDs, strings.Clone)
		all = append(all, func(u commerce.User) bool { return ids[u.ID] })
	}
	if q.Holding != "" {
		all = append(all, func(commerce.User) bool { return true })
	}
	if len(all) != 1 {
		return nil, misusef("%d fields of the query are set", len(all))
	}
	return all[0], nil
}

func setOf(keys []string, form func(string) string) map[string]bool {
	set := make(map[string]bool, len(keys))
	for _, k := range keys {
		set[form(k)] = true
	}
	return set
}

// reading picks those whom somebody who types the text may mean.
func reading(text string) func(commerce.User) bool {
	text = strings.TrimSpace(folded(text))
	wanted := words(text)
	return func(u commerce.User) bool {
		if len(wanted) == 0 {
			return false
		}
		name, address := folded(u.Name), folded(u.Address)
		mailbox, _, _ := strings.Cut(address, "@") // everybody has the same domain
		known := append(words(name), words(mailbox)...)
		return strings.HasPrefix(address, text) || !slices.ContainsFunc(wanted, func(word string) bool {
			begins := func(w string) bool { return strings.HasPrefix(w, word) }
			return !slices.ContainsFunc(known, begins) && !(written(word) && strings.Contains(name, word))
		})
	}
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// written reports whether there are Chinese characters in s: such names have no words.
func written(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
