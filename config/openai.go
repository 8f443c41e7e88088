package config

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// OpenAI is a language model behind an OpenAI-compatible server, which helps to read what
// people write.
type OpenAI struct {
	Key         Secret // not set: the server asks for none
	BaseURL     string
	Model       string
	Mode        string // how it is told in which form to answer: json_schema, json_object or prompt
	TokenParam  string // which parameter bounds an answer: max_tokens or max_completion_tokens; "": by the model's name
	DailyTokens int    // of one organisation in a day; 0: no call is made
}

// Configured reports whether there is a model at all.
func (o OpenAI) Configured() bool { return o.Model != "" }

const (
	openAIAPI   = "https://api.openai.com/v1"
	dailyTokens = 500_000
)

func (r *reader) openAI() OpenAI {
	o := OpenAI{
		Key: r.secret("OPENAI_API_KEY"), BaseURL: r.openAIURL(),
		Mode:       r.oneOf("OPENAI_MODE", "json_schema", "json_schema", "json_object", "prompt"),
		TokenParam: r.oneOf("OPENAI_TOKEN_PARAM", "", "max_tokens", "max_completion_tokens"), DailyTokens: r.dailyTokens(),
	}
	o.Model, _ = r.lookUp("OPENAI_MODEL")
	if strings.ContainsFunc(o.Model, notInWord) {
		r.mistakes.add("OPENAI_MODEL", "write the model's name as the server has it", "it has a blank in it")
	}
	if strings.ContainsFunc(o.Key.Reveal(), notInWord) {
		r.mistakes.add("OPENAI_API_KEY", "copy it again", "it has a blank in it")
	}
	return o
}

func notInWord(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// oneOf reads a variable that knows few words.
func (r *reader) oneOf(name, fallback string, words ...string) string {
	text, given := r.lookUp(name)
	if !given {
		return fallback
	}
	if !slices.Contains(words, text) {
		r.mistakes.add(name, "write "+strings.Join(words, " or ")+", or leave it out", "it is %q", text)
	}
	return text
}

// openAIURL is where the server is. The key, and what people write, must not travel in the
// clear, but to this machine itself.
func (r *reader) openAIURL() string {
	text, given := r.lookUp("OPENAI_BASE_URL")
	if !given {
		return openAIAPI
	}
	u, err := url.Parse(text)
	secure := err == nil && (u.Scheme == "https" || u.Scheme == "http" && loopback(withPort(u)))
	if !secure || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		r.mistakes.add("OPENAI_BASE_URL", "write the server's address, such as "+openAIAPI+", or leave it out", "it is no https URL without query (http only on this machine)")
	}
	return text
}

func (r *reader) dailyTokens() int {
	text, given := r.lookUp("OPENAI_DAILY_TOKENS")
	if !given {
		return dailyTokens
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1_000_000_000 {
		r.mistakes.add("OPENAI_DAILY_TOKENS", "write how many tokens an organisation may use in a day, 0 for none", "it is %q", text)
	}
	return n
}

// checkOpenAI finds what is missing beside what is there.
func (r *reader) checkOpenAI(o OpenAI) {
	others := []string{"OPENAI_API_KEY", "OPENAI_API_KEY_FILE", "OPENAI_BASE_URL", "OPENAI_MODE", "OPENAI_TOKEN_PARAM", "OPENAI_DAILY_TOKENS"}
	for _, name := range others {
		if _, given := r.lookUp(name); given && !o.Configured() {
			r.mistakes.add("OPENAI_MODEL", "name the model, such as gpt-4o-mini, or remove "+name, "it is not set, and %s is", name)
			return
		}
	}
	if o.Configured() && !o.Key.Set() && o.BaseURL == openAIAPI && !r.wrong("OPENAI_API_KEY_FILE") {
		r.mistakes.add("OPENAI_API_KEY", "copy one from platform.openai.com, or set OPENAI_BASE_URL to a server that asks for none", "it is not set, and OPENAI_MODEL is")
	}
}
