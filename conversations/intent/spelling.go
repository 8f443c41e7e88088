package intent

// spelling reads one word of a product's name in its usual form, and how many tokens it
// takes: "Microsoft 365" is m365, "Plan 2" p2, "商业高级版" business premium. What names
// carry without meaning is no word at all.
func spelling(tokens []token) (words []string, n int) {
	first := tokens[0].text
	if tokens[0].kind == numberToken {
		return []string{digitsOf(tokens[0].value)}, 1
	}
	if words, n := chineseName(tokens); n > 0 {
		return words, n
	}
	if w, n := coded(tokens); n > 0 {
		return []string{w}, n
	}
	if first == "microsoft" || first == "ms" || first == "(" || first == ")" || first == "-" || first == "'" || first == "\"" {
		return nil, 1
	}
	if w, ok := usual[first]; ok {
		if word(tokens, 1) == "." && len(w) == 1 && len(tokens) > 2 && len(first) < len(w[0]) { // bus. basic
			return w, 2
		}
		return w, 1
	}
	return []string{first}, 1
}

func digitsOf(v int) string {
	if v >= 10 {
		return digitsOf(v/10) + string(rune('0'+v%10))
	}
	return string(rune('0' + v))
}

// usual are words in the form that names have.
var usual = map[string][]string{
	"biz": {"business"}, "bus": {"business"}, "bizz": {"business"}, "prem": {"premium"}, "std": {"standard"}, "stand": {"standard"}, "bas": {"basic"}, "exch": {"exchange"}, "ent": {"enterprise"},
	"exo": {"exchange", "online"}, "pbi": {"power", "bi"}, "fur": {"for"}, "fuer": {"for"}, "pour": {"for"}, "aad": {"azure", "ad"},
	"office": {"o365"}, "msft": nil, "teamsphone": {"teams", "phone"}, "fr": {"for"},
	"essential": {"essentials"}, "premiums": {"premium"}, "visios": {"visio"}, "telefon": {"phone"}, "telephone": {"phone"},
}

// coded reads what a figure belongs to: m365, plan 2, e3.
func coded(tokens []token) (string, int) {
	next := 1
	if word(tokens, 1) == "-" && !tokens[1].spaced {
		next = 2
	}
	if next >= len(tokens) {
		return "", 0
	}
	first, behind := tokens[0].text, &tokens[next]
	if plans[first] && next < len(tokens) {
		if q := numberAt(tokens[next:]); q.tokens == 1 && q.value > 0 && q.value < 10 {
			return "p" + digitsOf(q.value), next + 1
		}
		return "", 0
	}
	if behind.kind != numberToken {
		return "", 0
	}
	switch {
	case behind.value == 365 && (first == "microsoft" || first == "ms" || first == "m" || first == "msft"):
		return "m365", next + 1
	case behind.value == 365 && (first == "office" || first == "o" || first == "off"):
		return "o365", next + 1
	case behind.value < 10 && len(first) == 1 && (!behind.spaced || first == "e" || first == "f" || first == "p") && isCode(first+digitsOf(behind.value)):
		return first + digitsOf(behind.value), next + 1
	}
	return "", 0
}

var plans = set("plan plans plano 计划 方案")

// chineseNames are words of names in Chinese.
var chineseNames = []struct {
	said  string
	words []string
}{
	{"商业应用版", []string{"apps", "for", "business"}}, {"企业应用版", []string{"apps", "for", "enterprise"}},
	{"商业版应用", []string{"apps", "for", "business"}}, {"企业版应用", []string{"apps", "for", "enterprise"}},
	{"商用应用", []string{"apps", "for", "business"}}, {"商业应用", []string{"apps", "for", "business"}}, {"企业应用", []string{"apps", "for", "enterprise"}},
	{"商业基本版", []string{"business", "basic"}}, {"企业版", []string{"enterprise"}}, {"商业版", []string{"for", "business"}},
	{"基础版", []string{"basic"}}, {"基本版", []string{"basic"}}, {"标准版", []string{"standard"}}, {"高级版", []string{"premium"}}, {"专业版", []string{"pro"}},
	{"标淮版", []string{"standard"}}, {"标准板", []string{"standard"}}, {"基础板", []string{"basic"}}, {"基楚版", []string{"basic"}}, {"高级板", []string{"premium"}}, {"高及版", []string{"premium"}}, {"高极版", []string{"premium"}},
	{"商务", []string{"business"}}, {"商业", []string{"business"}}, {"电话", []string{"phone"}}, {"微软", nil}, {"基础", []string{"basic"}}, {"标准", []string{"standard"}}, {"高级", []string{"premium"}},
	{"旗舰版", []string{"ultimate"}}, {"教育版", []string{"education"}}, {"家庭版", []string{"family"}}, {"个人版", []string{"personal"}}, {"试用版", []string{"trial"}}, {"国际版", []string{"international"}}, {"精简版", []string{"lite"}}, {"豪华版", []string{"deluxe"}}, {"尊享版", []string{"deluxe"}}, {"至尊版", []string{"ultimate"}}, {"增强版", []string{"advanced"}}, {"学生版", []string{"student"}}, {"政府版", []string{"government"}}, {"入门版", []string{"starter"}},
}

func chineseName(tokens []token) (words []string, n int) {
	if tokens[0].kind != wordToken || !isHan([]rune(tokens[0].text)[0]) {
		return nil, 0
	}
	if (word(tokens, 0) == "计" && word(tokens, 1) == "划" || word(tokens, 0) == "方" && word(tokens, 1) == "案") && len(tokens) > 2 {
		if q := numberAt(tokens[2:]); q.tokens == 1 && q.value > 0 && q.value < 10 {
			return []string{"p" + digitsOf(q.value)}, 3
		}
	}
	for _, name := range chineseNames {
		if length, ok := startsWith(tokens, name.said); ok {
			return name.words, length
		}
	}
	return nil, 0
}

func startsWith(tokens []token, said string) (int, bool) {
	n := 0
	for _, r := range said {
		if word(tokens, n) != string(r) {
			return 0, false
		}
		n++
	}
	return n, true
}

// brands are products that are not in every catalogue, or in none. One that a catalogue
// has is found by its name.
var brands = set(`slack zoom photoshop adobe acrobat illustrator indesign lightroom jira confluence atlassian trello asana notion miro figma
salesforce hubspot dropbox gmail webex cisco github gitlab autocad autodesk zendesk servicenow docusign lastpass 1password tableau sap
oracle norton mcafee kaspersky sophos crowdstrike okta chatgpt openai claude gemini dynamics azure jetbrains intellij teamviewer anydesk datev
lexware canva grammarly linkedin airtable sharepoint onedrive intune purview viva yammer outlook powerpoint skype sentinel powerapps
planner windows clipchamp endpoint visual google workspace ems sql excel onenote zapier evernote mailchimp shopify sketchup matlab spss vmware citrix
bitdefender eset dashlane bitwarden keeper proton protonmail nextcloud libreoffice wordpress netsuite workday xero quickbooks sage personio bluejeans gotomeeting
钉钉 企业微信 飞书 腾讯会议 阿里云 腾讯文档 石墨 wps`)

// editions follow a name and make it another product.
var editions = set(`studio ultimate lite essentials professional server viewer rooms gcc edu education trial nonprofit starter advanced kiosk personal
family student students developer pro enterprise premium standard basic express deluxe ltsc server cloud suite plus international government
identity endpoint voice automate apps platinum gold silver elite max extended explorer creator author enterprises edition businesses`)
