package intent

import (
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	openai "github.com/sashabaranov/go-openai"

	"cartwright/commerce"
)

const maxLines = 20

// said is what a model says, in the form of schemaOf.
type said struct {
	Intent Kind       `json:"intent"`
	Items  []saidItem `json:"items"`
}

// form is what a model says as it is written: of a field that is missing nothing is there,
// and null where it says null.
type form struct {
	Intent Kind       `json:"intent"`
	Items  []formItem `json:"items"`
}

type formItem struct {
	Product    jsontext.Value `json:"product"`
	Quantity   jsontext.Value `json:"quantity"`
	Billing    jsontext.Value `json:"billing"`
	AutoAssign jsontext.Value `json:"auto_assign"`
}

// whole reports whether each line has all of its fields, as the schema requires.
func (f form) whole() bool {
	return !slices.ContainsFunc(f.Items, func(i formItem) bool {
		return i.Product == nil || i.Quantity == nil || i.Billing == nil || i.AutoAssign == nil
	})
}

type saidItem struct {
	Product    *string           `json:"product"`
	Quantity   *int              `json:"quantity"`
	Billing    *commerce.Billing `json:"billing"`
	AutoAssign *bool             `json:"auto_assign"`
}

// contentOf is the text of an answer that is whole and meant as one.
func contentOf(r openai.ChatCompletionResponse) (string, error) {
	if len(r.Choices) != 1 {
		return "", &Failure{Outcome: NoChoice}
	}
	c := r.Choices[0]
	switch {
	case c.Message.Refusal != "" || c.FinishReason == openai.FinishReasonContentFilter:
		return "", &Failure{Outcome: Refusal}
	case c.FinishReason == openai.FinishReasonLength:
		return "", &Failure{Outcome: CutOff}
	case c.FinishReason != openai.FinishReasonStop || len(c.Message.ToolCalls) > 0 || c.Message.FunctionCall != nil:
		return "", &Failure{Outcome: Unfinished}
	}
	return c.Message.Content, nil
}

// decode reads an answer in its form: no field more or less, none twice, nothing behind it,
// and only what the catalogue has.
func decode(content string, offers map[string]commerce.Offer) (said, error) {
	var s said
	var f form
	if err := json.Unmarshal([]byte(content), &f, json.RejectUnknownMembers(true)); err != nil || !f.whole() {
		return said{}, &Failure{Outcome: BadForm} // without the cause, which repeats what it read
	}
	if err := json.Unmarshal([]byte(content), &s, json.RejectUnknownMembers(true)); err != nil {
		return said{}, &Failure{Outcome: BadForm}
	}
	if !slices.Contains(Kinds, s.Intent) || s.Items == nil || len(s.Items) > maxLines || len(s.Items) > 0 && !s.Intent.hasLines() {
		return said{}, &Failure{Outcome: BadForm}
	}
	named := map[string]bool{}
	for _, item := range s.Items {
		if outcome := item.wrong(offers, named); outcome != "" {
			return said{}, &Failure{Outcome: outcome}
		}
	}
	return s, nil
}

// wrong says what is wrong in a line; named are the products of earlier ones.
func (i saidItem) wrong(offers map[string]commerce.Offer, named map[string]bool) Outcome {
	most := maxQuantity
	if i.Product != nil {
		offer, sold := offers[*i.Product]
		if !sold {
			return Foreign
		}
		if named[offer.ID] {
			return BadForm
		}
		named[offer.ID] = true
		if offer.Seats.Max > 0 {
			most = offer.Seats.Max
		}
	}
	if i.Quantity != nil && (*i.Quantity < 1 || *i.Quantity > most) {
		return OutOfBounds
	}
	if i.Billing != nil && *i.Billing != commerce.Monthly && *i.Billing != commerce.Annual {
		return BadForm
	}
	return ""
}
