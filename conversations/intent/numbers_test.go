package intent_test

import (
	"bufio"
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"cartwright/conversations/intent"
	"cartwright/testservices"
)

// What n2words writes for 1 to 9,999 in six languages, the rules read again.
func TestNumberWords(t *testing.T) {
	t.Parallel()
	folder := testservices.Peers(t, "words", "n2words", "what the rules read in number words")
	node := exec.CommandContext(t.Context(), "node", "words.mjs")
	node.Dir = folder
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	parser := intent.New(small(t))
	read, wrong := 0, 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); read++ {
		part := strings.Split(lines.Text(), "\t")
		if got := quantityOf(parser, part[0], part[2]); strconv.Itoa(got) != part[1] {
			if wrong++; wrong < 20 {
				t.Errorf("%s: %s is %s, and is read as %d", part[0], part[2], part[1], got)
			}
		}
	}
	if read != 6*9999 || wrong > 0 {
		t.Errorf("%d of %d are read wrong", wrong, read)
	}
}

func quantityOf(parser *intent.Parser, language, words string) int {
	text := words + " Visio"
	if strings.HasPrefix(language, "zh") {
		text = words + "个Visio"
	}
	in := parser.Parse(text, language)
	if len(in.Items) != 1 || in.Items[0].Product != "visio-p2" {
		return -1
	}
	return in.Items[0].Quantity
}

// Numbers that no library writes, as people do.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	parser := intent.New(small(t))
	for written, want := range map[string]int{
		"25": 25, "1,000": 1000, "1.000": 1000, "1 000": 1000, "1\u202f000": 1000, "1'000": 1000, "1’250": 1250, "2k": 2000, "1.5k": 1500, "2,5k": 2500, "２５": 25,
		"twenty five": 25, "twenty-five": 25, "a hundred": 100, "a hundred and one": 101, "twelve hundred": 1200, "two dozen": 24, "3 dozen": 36, "half a dozen": 6,
		"vingt et un": 21, "vingt-et-une": 21, "soixante et onze": 71, "huitante-trois": 83, "octante": 80, "nonante neuf": 99, "deux douzaines de": 24, "mille": 1000,
		"ein und zwanzig": 21, "einundzwanzig": 21, "zwo": 2, "fuenfzig": 50, "fünfzig": 50, "FÜNFZIG": 50, "eintausend": 1000, "zwei Dutzend": 24, "tausendundeins": 1001, "dreissig": 30,
		"二十五个": 25, "两百五十个": 250, "两百五个": 250, "一千零五个": 1005, "廿五个": 25, "二打": 24, "一百二个": 120, "贰拾个": 20, "1万个": 10000, "3百个": 300, "十个": 10, "俩": 2,
	} {
		if got := quantityOf(parser, "", written); got != want {
			t.Errorf("%s is %d, and is read as %d", written, want, got)
		}
	}
}
