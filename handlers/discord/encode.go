package discord

import (
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// What a click is answered with is written by hand: of a component's sixteen fields three or
// four are set, and to have reflection look at each of them takes five times as long. The
// names are those of the fields' tags, by which components are read; a test holds the two
// together.

// roomFor is about how long an answer is.
const roomFor = 4 << 10

// pads are where answers are written that are sent at once.
var pads = sync.Pool{New: func() any { return new(make([]byte, 0, roomFor)) }}

// encoded is one of this package's structs as JSON. Half of a character, as cutting a text
// leaves, is U+FFFD.
func encoded(v any) []byte {
	switch v := v.(type) {
	case callback:
		return v.appendTo(make([]byte, 0, roomFor))
	case message:
		return v.appendTo(make([]byte, 0, roomFor))
	case modal:
		return v.appendTo(make([]byte, 0, roomFor))
	}
	text, err := json.Marshal(v, jsontext.AllowInvalidUTF8(true), json.Deterministic(true), jsonv1.OmitEmptyWithLegacySemantics(true))
	if err != nil {
		panic(err) // plain structs always marshal
	}
	return text
}

func (c callback) appendTo(to []byte) []byte {
	to = strconv.AppendInt(append(to, `{"type":`...), int64(c.Type), 10)
	switch data := c.Data.(type) {
	case nil:
	case message:
		to = data.appendTo(append(to, `,"data":`...))
	default:
		to = append(append(to, `,"data":`...), encoded(data)...)
	}
	return append(to, '}')
}

func (m message) appendTo(to []byte) []byte {
	to = appendComponents(append(to, `{"components":`...), m.Components)
	to = strconv.AppendInt(append(to, `,"flags":`...), int64(m.Flags), 10)
	to = append(append(to, `,"allowed_mentions":`...), m.Mentions.text()...)
	return append(to, '}')
}

// text is short where nobody is mentioned, which is nearly always.
func (m mentions) text() []byte {
	if m.Parse != nil && len(m.Parse) == 0 && !m.Replied {
		return nobody
	}
	return encoded(m)
}

var nobody = []byte(`{"parse":[]}`)

func (m modal) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"custom_id":`...), m.ID)
	to = appendQuoted(append(to, `,"title":`...), m.Title)
	to = appendComponents(append(to, `,"components":`...), m.Components)
	return append(to, '}')
}

func (c component) appendTo(to []byte) []byte {
	to = strconv.AppendInt(append(to, `{"type":`...), int64(c.Type), 10)
	to = appendText(to, `,"custom_id":`, c.ID)
	to = appendNumber(to, `,"style":`, c.Style)
	to = appendText(to, `,"label":`, c.Label)
	to = appendText(to, `,"description":`, c.Description)
	to = appendText(to, `,"content":`, c.Content)
	to = appendText(to, `,"url":`, c.URL)
	to = appendText(to, `,"value":`, c.Value)
	to = appendText(to, `,"placeholder":`, c.Placeholder)
	to = appendBool(to, `,"required":`, c.Required)
	to = appendBool(to, `,"default":`, c.Default)
	to = appendNumber(to, `,"max_length":`, c.MaxLength)
	if len(c.Options) > 0 {
		to = appendOptions(append(to, `,"options":`...), c.Options)
	}
	if len(c.Components) > 0 {
		to = appendComponents(append(to, `,"components":`...), c.Components)
	}
	if c.Accessory != nil {
		to = c.Accessory.appendTo(append(to, `,"accessory":`...))
	}
	if c.Component != nil {
		to = c.Component.appendTo(append(to, `,"component":`...))
	}
	return append(to, '}')
}

func appendComponents(to []byte, all []component) []byte {
	to = append(to, '[')
	for i := range all {
		if i > 0 {
			to = append(to, ',')
		}
		to = all[i].appendTo(to)
	}
	return append(to, ']')
}

func appendOptions(to []byte, all []option) []byte {
	to = append(to, '[')
	for i, o := range all {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendQuoted(append(to, `{"label":`...), o.Label)
		to = appendQuoted(append(to, `,"value":`...), o.Value)
		to = appendText(to, `,"description":`, o.Description)
		if o.Default {
			to = append(to, `,"default":true`...)
		}
		to = append(to, '}')
	}
	return append(to, ']')
}

// appendText writes a member, unless it is empty. before is a comma, its name and a colon.
func appendText(to []byte, before, text string) []byte {
	if text == "" {
		return to
	}
	return appendQuoted(append(to, before...), text)
}

func appendNumber(to []byte, before string, n int) []byte {
	if n == 0 {
		return to
	}
	return strconv.AppendInt(append(to, before...), int64(n), 10)
}

func appendBool(to []byte, before string, b *bool) []byte {
	if b == nil {
		return to
	}
	return strconv.AppendBool(append(to, before...), *b)
}

func appendQuoted(to []byte, text string) []byte {
	to, _ = jsontext.AppendQuote(to, text) // half of a character is written as U+FFFD, and told
	return to
}
