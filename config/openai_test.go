package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartwright/config"
)

// openAI is a configuration's with the key as text, to compare.
type openAI struct {
	Key, BaseURL, Model, Mode, TokenParam string
	DailyTokens                           int
}

func openAIOf(c config.OpenAI) openAI {
	return openAI{c.Key.Reveal(), c.BaseURL, c.Model, c.Mode, c.TokenParam, c.DailyTokens}
}

func TestThereIsNoModelUnlessOneIsNamed(t *testing.T) {
	t.Parallel()
	c := mustRead(t, world{env: map[string]string{"OPENAI_API_KEY": "", "OPENAI_MODEL": " "}})
	if c.OpenAI.Configured() {
		t.Errorf("there is a model: %+v", c.OpenAI)
	}
}

func TestTheModelThatIsNamed(t *testing.T) {
	t.Parallel()
	files := map[string]string{"key": "sk-hush\n"}
	for _, c := range []struct {
		env  map[string]string
		want openAI
	}{
		{map[string]string{"OPENAI_MODEL": "gpt-4o-mini", "OPENAI_API_KEY_FILE": "key"}, openAI{"sk-hush", "https://api.openai.com/v1", "gpt-4o-mini", "json_schema", "", 500_000}},
		{ // a server on this machine asks for no key
			map[string]string{"OPENAI_MODEL": "qwen2.5:3b", "OPENAI_BASE_URL": "http://localhost:11434/v1", "OPENAI_MODE": "prompt", "OPENAI_TOKEN_PARAM": "max_tokens", "OPENAI_DAILY_TOKENS": "0"},
			openAI{"", "http://localhost:11434/v1", "qwen2.5:3b", "prompt", "max_tokens", 0},
		},
	} {
		got := mustRead(t, world{env: c.env, files: files}).OpenAI
		if diff := cmp.Diff(c.want, openAIOf(got)); diff != "" || !got.Configured() {
			t.Errorf("%v (-want +got):\n%s", c.env, diff)
		}
		if text := fmt.Sprintf("%v %+v %#v", got, got, got); strings.Contains(text, "hush") {
			t.Errorf("the key is shown: %s", text)
		}
	}
}

func TestAKeyThatCannotBeReadIsOneMistake(t *testing.T) {
	t.Parallel()
	_, err := world{env: map[string]string{"OPENAI_MODEL": "gpt-4o-mini", "OPENAI_API_KEY_FILE": "missing"}}.read()
	if err == nil || strings.Count(err.Error(), "\n") > 0 || !strings.HasPrefix(err.Error(), "OPENAI_API_KEY_FILE: ") {
		t.Errorf("the mistakes are\n%v", err)
	}
}
