package intent

var chineseDigits = map[string]int{
	"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
	"壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9, "俩": 2, "仨": 3, "幺": 1,
}

var chineseUnits = map[string]int{"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}

// chineseReading is the state of reading a number: the whole of what is before 万, the
// part behind it, and a digit that waits for its unit.
type chineseReading struct {
	whole, part, digit, unit int
	waiting, zero            bool
	about                    bool
}

// chineseNumber reads 二十五, 两百, 一千零五, 三万, 两百五 (250), 廿五, 一打, 几十 and
// digits in a row, of which two neighbours (三五个) are a range.
func chineseNumber(tokens []token) quantity {
	if q := chineseShort(tokens); q.tokens > 0 {
		return q
	}
	if q := chineseRow(tokens); q.tokens > 0 {
		return q
	}
	var c chineseReading
	n := 0
	for n < len(tokens) && c.take(tokens[n].text) {
		n++
	}
	if n == 0 {
		return quantity{}
	}
	q := quantity{value: c.value(), tokens: n, about: c.about}
	if word(tokens, n) == "打" && !c.about {
		return quantity{value: bounded(q.value * 12), tokens: n + 1}
	}
	return chineseMany(tokens, q)
}

// chineseMany reads the 多, 几 or 来 of 二十多.
func chineseMany(tokens []token, q quantity) quantity {
	switch word(tokens, q.tokens) {
	case "多", "几", "来", "余":
		if q.value >= 10 {
			q.tokens++
			q.about = true
		}
	}
	return q
}

func chineseShort(tokens []token) quantity {
	first, second := word(tokens, 0), word(tokens, 1)
	switch {
	case first == "半" && second == "打":
		return quantity{value: 6, tokens: 2}
	case first == "廿":
		return quantity{value: 20 + chineseDigits[second], tokens: 1 + present(chineseDigits[second])}
	case first == "卅":
		return quantity{value: 30 + chineseDigits[second], tokens: 1 + present(chineseDigits[second])}
	case (first == "几" || first == "数") && (chineseUnits[second] > 0 || second == "万"):
		return quantity{value: 10, tokens: 2, about: true}
	}
	return quantity{}
}

func present(v int) int { return min(v, 1) }

// chineseRow reads digits without units: 一二〇 is 120, 三五 three to five.
func chineseRow(tokens []token) quantity {
	value, n := 0, 0
	for n < len(tokens) {
		d, ok := chineseDigits[tokens[n].text]
		if !ok {
			break
		}
		value, n = bounded(value*10+d), n+1
	}
	if n < 2 || chineseDigits[tokens[0].text] == 0 {
		return quantity{}
	}
	next := word(tokens, n)
	return quantity{value: value, tokens: n + present(chineseUnits[next]), about: n == 2 && value%10 > 0}
}

// take reads one character, or reports that it is not of a number.
func (c *chineseReading) take(w string) bool {
	if d, ok := chineseDigits[w]; ok {
		if c.waiting && d > 0 {
			return false
		}
		if d == 0 {
			c.zero = c.part > 0 || c.whole > 0
			return c.zero || c.part == 0 && c.whole == 0 && !c.waiting
		}
		c.digit, c.waiting = d, true
		return true
	}
	if u, ok := chineseUnits[w]; ok {
		return c.scale(u)
	}
	if w == "万" && (c.part > 0 || c.waiting) && c.whole == 0 {
		c.whole, c.part = bounded((c.part+c.digit)*10000), 0
		c.digit, c.waiting, c.zero, c.unit = 0, false, false, 10000
		return true
	}
	return false
}

func (c *chineseReading) scale(u int) bool {
	if !c.waiting {
		if u != 10 || c.part > 0 && !c.zero { // 十 alone is ten
			return false
		}
		c.digit = 1
	}
	c.part = bounded(c.part + c.digit*u)
	c.digit, c.waiting, c.zero, c.unit = 0, false, false, u
	return true
}

// value is the number; a last digit without its unit is of the next lower one (两百五).
func (c *chineseReading) value() int {
	last := c.digit
	if c.waiting && !c.zero && c.unit >= 100 {
		last = c.digit * c.unit / 10
	}
	return bounded(c.whole + c.part + last)
}
