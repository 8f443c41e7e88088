package config

import (
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

var percentForm = regexp.MustCompile(`^([0-9]{1,3}(\.[0-9]{1,6})?)%$`)

// share reads "20%" as the decimal "0.2": rates are exact, never floats.
func share(percent string) (string, bool) {
	parts := percentForm.FindStringSubmatch(percent)
	if parts == nil {
		return "0", false
	}
	rate, ok := new(big.Rat).SetString(parts[1])
	if !ok || rate.Cmp(big.NewRat(100, 1)) > 0 {
		return "0", false
	}
	rate.Quo(rate, big.NewRat(100, 1))
	decimal := rate.FloatString(8) // two places more than the percentage can have
	return strings.TrimSuffix(strings.TrimRight(decimal, "0"), "."), true
}

// idOf makes an id of a person's name: "Aïcha Benali" is "aicha-benali". What has no
// plain letters, such as a name in Chinese, has none.
func idOf(name string) string {
	var id strings.Builder
	for _, r := range norm.NFKD.String(cases.Fold().String(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			id.WriteRune(r)
		case !unicode.Is(unicode.Mn, r) && !strings.HasSuffix(id.String(), "-"):
			id.WriteByte('-')
		}
	}
	text := strings.Trim(id.String(), "-")
	return strings.TrimRight(text[:min(len(text), 40)], "-")
}
