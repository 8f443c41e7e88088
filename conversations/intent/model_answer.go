package intent

import (
	"slices"

	"github.com/go-json-experiment/json"
	openai "github.com/sashabaranov/go-openai"

	"cartwright/commerce"
)

const maxLines = 20

// said is what a model says, in the form of schemaOf.
type said struct {
	Intent Kind       `json:"intent"`
	Items  []saidItem `json:"items"`
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

// decode reads an answer in its form: no field more, none twice, nothing behind it, and
// only what the catalogue has.
func decode(content string, offers map[string]commerce.Offer) (said, error) {
	var s said
	if err := json.Unmarshal([]byte(content), &s, json.RejectUnknownMembers(true)); err != nil {
		return said{}, &Failure{Outcome: BadForm} // without the cause, which repeats what it read
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
