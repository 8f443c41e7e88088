package faketeams

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Answer is what the bot answered to an invoke.
type Answer struct {
	Status int
	Type   string
	Card   map[string]any // nil for none
	Text   string         // of a message or an error
	Code   string         // of an error
}

// ErrAnswer says that the bot answered what Teams does not take.
var ErrAnswer = errors.New("the answer is none that Teams takes")

// Press presses the first action in a message's card whose verb, label or a value in its data
// begins with prefix. Inputs are by their ids; what is not named keeps the card's value. A
// card in the answer takes the message's place for this person. An error that the bot answers
// is an error here too.
func (p *Person) Press(ctx context.Context, in Message, prefix string, inputs map[string]string) (Answer, error) {
	b, err := p.find(in, prefix)
	if err != nil {
		return Answer{}, err
	}
	return p.Click(ctx, in, b, inputs)
}

func (p *Person) find(in Message, prefix string) (Button, error) {
	now := p.Now(in)
	for _, b := range now.Buttons() {
		if b.begins(prefix) {
			return b, nil
		}
	}
	return Button{}, fmt.Errorf("an action %q %w in\n%s", prefix, ErrNotThere, now.Read())
}

// Click sends a click on an action as it was seen, whether or not it is there still.
func (p *Person) Click(ctx context.Context, in Message, b Button, inputs map[string]string) (Answer, error) {
	if b.Type != "Action.Execute" {
		return Answer{}, fmt.Errorf("the action %q is a %s, not for the bot", b.Title, b.Type)
	}
	data, err := p.filled(in.Card, b.Data, b.Inputs, inputs)
	if err != nil {
		return Answer{}, err
	}
	return p.execute(ctx, in, map[string]any{"type": b.Type, "id": b.ID, "title": b.Title, "verb": b.Verb, "data": data}, "manual")
}

// Refresh has the person's client refresh a card by itself, as it does where the card names
// them, or nobody and the conversation is small.
func (p *Person) Refresh(ctx context.Context, in Message) (Answer, error) {
	refresh := object(in.Card, "refresh")
	users, named := refresh["userIds"].([]any)
	if refresh == nil || named && !slices.Contains(users, any(p.MRI)) {
		return Answer{}, fmt.Errorf("a refresh for %s %w", p.Name, ErrNotThere)
	}
	a := object(refresh, "action")
	return p.execute(ctx, in, map[string]any{"type": a["type"], "id": a["id"], "verb": a["verb"], "data": a["data"]}, "automatic")
}

// Submit is Press at a client from before Action.Execute: it sends the fallback's data as a
// message, to which there is no answer.
func (p *Person) Submit(ctx context.Context, in Message, prefix string, inputs map[string]string) error {
	b, err := p.find(in, prefix)
	if err != nil {
		return err
	}
	if b.Fallback == nil {
		return fmt.Errorf("a fallback of %q %w", b.Title, ErrNotThere)
	}
	data, err := p.filled(in.Card, object(b.Fallback, "data"), text(b.Fallback, "associatedInputs"), inputs)
	if err != nil {
		return err
	}
	delete(data, "msteams") // Teams keeps what is for itself
	_, err = p.write(ctx, in.Conversation, map[string]any{"value": data, "replyToId": in.ID})
	return err
}

// filled is an action's data with the inputs of its card, each as a text: all, or none where
// the action says so.
func (p *Person) filled(card, data map[string]any, associated string, inputs map[string]string) (map[string]any, error) {
	all := copied(data)
	if all == nil {
		all = map[string]any{}
	}
	fields := map[string]bool{}
	if associated == "none" {
		card = nil
	}
	for _, in := range inputsOf(card) {
		id := text(in, "id")
		fields[id] = true
		value, given := inputs[id]
		if !given {
			value = initial(in)
		}
		if wrong := complaint(in, value); wrong != "" && !p.Careless {
			return nil, fmt.Errorf("the client does not send %q in %s: %s", value, id, wrong)
		}
		if value != "" || given {
			all[id] = value
		}
	}
	for id := range maps.Keys(inputs) {
		if !fields[id] && !p.Careless {
			return nil, fmt.Errorf("the input %q %w", id, ErrNotThere)
		}
		all[id] = inputs[id]
	}
	return all, nil
}

// initial is what an input has before anybody touches it.
func initial(in map[string]any) string {
	switch v := in["value"].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	if in["type"] == "Input.Toggle" {
		return orText(in, "valueOff", "false")
	}
	return ""
}

func orText(v map[string]any, key, otherwise string) string {
	if s, ok := v[key].(string); ok {
		return s
	}
	return otherwise
}

// complaint is why a client would not send a value, "" where it would.
func complaint(in map[string]any, value string) string {
	if value == "" {
		if in["isRequired"] == true {
			return "it is required"
		}
		return ""
	}
	switch in["type"] {
	case "Input.Number":
		n, err := strconv.ParseFloat(value, 64)
		least, hasLeast := in["min"].(float64)
		most, hasMost := in["max"].(float64)
		if err != nil || hasLeast && n < least || hasMost && n > most {
			return fmt.Sprintf("it takes a number from %v to %v", in["min"], in["max"])
		}
	case "Input.Text":
		if most, ok := in["maxLength"].(float64); ok && len([]rune(value)) > int(most) {
			return fmt.Sprintf("it takes %v characters", most)
		}
	case "Input.Date":
		least, most := text(in, "min"), text(in, "max")
		if len(value) != len("2026-12-24") || value < least || most != "" && value > most {
			return fmt.Sprintf("it takes a date from %s to %s", least, most)
		}
	case "Input.Toggle":
		if value != orText(in, "valueOn", "true") && value != orText(in, "valueOff", "false") {
			return "it is neither on nor off"
		}
		if in["isRequired"] == true && value != orText(in, "valueOn", "true") {
			return "it must be on"
		}
	case "Input.ChoiceSet":
		return notOffered(in, value)
	}
	return ""
}

func notOffered(in map[string]any, value string) string {
	picked := []string{value}
	if in["isMultiSelect"] == true {
		picked = strings.Split(value, ",")
	}
	for _, one := range picked {
		if !slices.ContainsFunc(list(in, "choices"), func(c any) bool { return text(c.(map[string]any), "value") == one }) {
			return "it is no choice"
		}
	}
	return ""
}

// execute sends an invoke and shows what is answered.
func (p *Person) execute(ctx context.Context, in Message, action map[string]any, trigger string) (Answer, error) {
	t := p.teams
	t.mu.Lock()
	c := t.conversations[in.Conversation]
	if c == nil || !slices.Contains(c.members, p) {
		t.mu.Unlock()
		return Answer{}, fmt.Errorf("the message %s %w", in.ID, ErrNotThere)
	}
	a := p.activity(c, "invoke", "f:"+opaque())
	a["name"], a["replyToId"] = "adaptiveCard/action", in.ID
	a["value"] = map[string]any{"action": action, "trigger": trigger}
	object(a, "channelData")["source"] = map[string]any{"name": "message"}
	object(a, "channelData")["legacy"] = map[string]any{"replyToId": "1:1" + in.ID}
	t.mu.Unlock()
	d, err := t.deliver(ctx, a)
	if err != nil {
		return Answer{}, err
	}
	return p.answered(in, d)
}

// answered shows a person what was answered to an invoke.
func (p *Person) answered(in Message, d Delivery) (Answer, error) {
	answer, err := readAnswer(d)
	if err != nil || answer.Card == nil {
		return answer, err
	}
	t := p.teams
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.message(in.Conversation, in.ID)
	if m != nil && !m.Deleted {
		m.shown[p.MRI] = copied(answer.Card)
	}
	return answer, nil
}

// invokeAnswers are the types of answers, with the statuses that go with each.
var invokeAnswers = map[string][]int{
	cardType: {200},
	"application/vnd.microsoft.activity.message":         {200},
	"application/vnd.microsoft.error":                    {400, 500},
	"application/vnd.microsoft.activity.loginRequest":    {401},
	"application/vnd.microsoft.error.incorrectAuthCode":  {401},
	"application/vnd.microsoft.error.preconditionFailed": {412},
}

func readAnswer(d Delivery) (Answer, error) {
	var said map[string]any
	if err := json.Unmarshal(d.Answer, &said); err != nil {
		return Answer{}, fmt.Errorf("%w: %q: %w", ErrAnswer, d.Answer, err)
	}
	status, _ := said["statusCode"].(float64)
	a := Answer{Status: int(status), Type: text(said, "type")}
	if d.Status != http.StatusOK || !slices.Contains(invokeAnswers[a.Type], a.Status) || len(said) > 3 {
		return a, fmt.Errorf("%w: %d %s", ErrAnswer, d.Status, d.Answer)
	}
	value, isObject := said["value"].(map[string]any)
	switch {
	case a.Type == cardType:
		if problems := CheckCard(value); len(problems) > 0 {
			return a, fmt.Errorf("%w: %s", ErrAnswer, strings.Join(problems, "; "))
		}
		a.Card = value
	case a.Type == "application/vnd.microsoft.activity.message":
		var isText bool
		if a.Text, isText = said["value"].(string); !isText {
			return a, fmt.Errorf("%w: a message that is no text: %s", ErrAnswer, d.Answer)
		}
	case a.Type == "application/vnd.microsoft.error":
		if a.Code, a.Text = text(value, "code"), text(value, "message"); !isObject || a.Code == "" || a.Text == "" {
			return a, fmt.Errorf("%w: an error without code or message: %s", ErrAnswer, d.Answer)
		}
		return a, fmt.Errorf("the bot answers %d %s: %s", a.Status, a.Code, a.Text)
	}
	return a, nil
}

// isJSON says whether an answer's content type is JSON's.
func isJSON(header http.Header) bool {
	kind, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return kind == "application/json"
}
