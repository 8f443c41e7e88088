package teams

import (
	"bytes"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// Cards are written by hand: of an element's many fields two or three are set, and to have
// reflection look at each of them takes five times as long. The names are those of the
// fields' tags; a test holds the two together.

// pads are where cards are written before it is known how long they get.
var pads = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

// encoded is one of this package's structs as JSON. Half of a character, as cutting a text
// leaves, is U+FFFD.
func encoded(v any) []byte {
	if c, ok := v.(card); ok {
		return jotted(c.appendTo)
	}
	text, err := json.Marshal(v, jsontext.AllowInvalidUTF8(true), json.Deterministic(true), jsontext.AllowDuplicateNames(true), jsonv1.OmitEmptyWithLegacySemantics(true))
	if err != nil {
		panic(err) // plain structs always marshal
	}
	return text
}

// jotted is what is appended to nothing.
func jotted(appendTo func([]byte) []byte) []byte {
	pad := pads.Get().(*[]byte) //nolint:forcetypeassert // there is nothing else in it
	defer pads.Put(pad)
	*pad = appendTo((*pad)[:0])
	return bytes.Clone(*pad)
}

func (c card) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), c.Type)
	to = appendText(to, `,"$schema":`, c.Schema)
	to = appendText(to, `,"version":`, c.Version)
	to = appendText(to, `,"lang":`, c.Lang)
	to = appendText(to, `,"fallbackText":`, c.Fallback)
	if c.Refresh != nil {
		to = append(append(to, `,"refresh":`...), encoded(*c.Refresh)...)
	}
	if c.Teams != nil {
		to = append(appendText(append(to, `,"msteams":{`...), `"width":`, c.Teams.Width), '}')
	}
	to = appendAll(append(to, `,"body":`...), c.Body)
	return append(to, '}')
}

func (e element) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), e.Type)
	to = appendText(to, `,"text":`, e.Text)
	to = appendSome(to, `,"inlines":`, e.Inlines)
	to = appendText(to, `,"style":`, e.Style)
	to = appendText(to, `,"size":`, e.Size)
	to = appendText(to, `,"weight":`, e.Weight)
	to = appendText(to, `,"spacing":`, e.Spacing)
	to = appendTrue(to, `,"wrap":`, e.Wrap)
	to = appendTrue(to, `,"separator":`, e.Line)
	to = appendSome(to, `,"items":`, e.Items)
	to = appendSome(to, `,"actions":`, e.Actions)
	to = appendSome(to, `,"columns":`, e.Columns)
	to = appendSome(to, `,"rows":`, e.Rows)
	if e.Input != nil {
		to = e.Input.appendTo(to)
	}
	return append(to, '}')
}

// appendTo adds an input's fields to those of its element.
func (i input) appendTo(to []byte) []byte {
	to = appendText(to, `,"id":`, i.ID)
	to = appendText(to, `,"label":`, i.Label)
	to = appendText(to, `,"title":`, i.Title)
	switch value := i.Value.(type) {
	case nil:
	case string:
		to = appendQuoted(append(to, `,"value":`...), value)
	default:
		to = append(append(to, `,"value":`...), encoded(value)...)
	}
	to = appendText(to, `,"valueOn":`, i.On)
	to = appendText(to, `,"valueOff":`, i.Off)
	to = appendTrue(to, `,"isRequired":`, i.Required)
	to = appendText(to, `,"errorMessage":`, i.Wrong)
	to = appendNumber(to, `,"min":`, i.Min)
	to = appendNumber(to, `,"max":`, i.Max)
	to = appendTrue(to, `,"isMultiline":`, i.Multiline)
	return appendSome(to, `,"choices":`, i.Choices)
}

func (r run) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), r.Type)
	to = appendQuoted(append(to, `,"text":`...), r.Text)
	to = appendText(to, `,"color":`, r.Color)
	to = appendText(to, `,"weight":`, r.Weight)
	to = appendText(to, `,"size":`, r.Size)
	to = appendTrue(to, `,"isSubtle":`, r.Subtle)
	return append(to, '}')
}

func (c column) appendTo(to []byte) []byte {
	to = append(to, '{')
	if c.Type != "" {
		to = append(appendQuoted(append(to, `"type":`...), c.Type), ',')
	}
	to = append(to, `"width":`...)
	switch width := c.Width.(type) {
	case int:
		to = strconv.AppendInt(to, int64(width), 10)
	case string:
		to = appendQuoted(to, width)
	default:
		to = append(to, "null"...)
	}
	to = appendText(to, `,"verticalContentAlignment":`, c.Vertical)
	to = appendText(to, `,"horizontalCellContentAlignment":`, c.Align)
	to = appendSome(to, `,"items":`, c.Items)
	return append(to, '}')
}

func (r row) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), r.Type)
	return append(appendAll(append(to, `,"cells":`...), r.Cells), '}')
}

func (c cell) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), c.Type)
	return append(appendAll(append(to, `,"items":`...), c.Items), '}')
}

func (c choice) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"title":`...), c.Title)
	return append(appendQuoted(append(to, `,"value":`...), c.Value), '}')
}

func (a action) appendTo(to []byte) []byte {
	to = appendQuoted(append(to, `{"type":`...), a.Type)
	to = appendText(to, `,"title":`, a.Title)
	to = appendText(to, `,"tooltip":`, a.Tooltip)
	to = appendText(to, `,"style":`, a.Style)
	to = appendText(to, `,"verb":`, a.Verb)
	if a.Data != nil {
		to = appendQuoted(append(to, `,"data":{"m365.ref":`...), a.Data.Ref)
		to = append(appendText(to, `,"m365.own":`, a.Data.Own), '}')
	}
	to = appendText(to, `,"associatedInputs":`, a.Inputs)
	to = appendText(to, `,"url":`, a.URL)
	if a.Card != nil {
		to = a.Card.appendTo(append(to, `,"card":`...))
	}
	if a.Fallback != nil {
		to = a.Fallback.appendTo(append(to, `,"fallback":`...))
	}
	return append(to, '}')
}

func appendAll[T interface{ appendTo(to []byte) []byte }](to []byte, all []T) []byte {
	to = append(to, '[')
	for i := range all {
		if i > 0 {
			to = append(to, ',')
		}
		to = all[i].appendTo(to)
	}
	return append(to, ']')
}

// appendSome writes a member, unless there are none. before is a comma, its name and a colon.
func appendSome[T interface{ appendTo(to []byte) []byte }](to []byte, before string, all []T) []byte {
	if len(all) == 0 {
		return to
	}
	return appendAll(append(to, before...), all)
}

func appendText(to []byte, before, text string) []byte {
	if text == "" {
		return to
	}
	return appendQuoted(append(to, before...), text)
}

func appendTrue(to []byte, before string, is bool) []byte {
	if !is {
		return to
	}
	return append(append(to, before...), "true"...)
}

func appendNumber(to []byte, before string, n *int) []byte {
	if n == nil {
		return to
	}
	return strconv.AppendInt(append(to, before...), int64(*n), 10)
}

func appendQuoted(to []byte, text string) []byte {
	to, _ = jsontext.AppendQuote(to, text) // half of a character is written as U+FFFD, and told
	return to
}
