package conversations

// Prompt is what the bot shows, in no platform's terms: text, typed fields, actions,
// and one submit. All words in it are final, in the reader's language, and plain text:
// a platform escapes them, and never reads markup or mentions out of them.
type Prompt struct {
	Name         string   `json:"name"`         // which prompt it is, such as "details"
	Organisation string   `json:"organisation"` // its name: people may be in several
	Locale       string   `json:"locale"`       // BCP 47
	Title        string   `json:"title"`
	Notices      []Notice `json:"notices,omitempty"` // what just happened, said first
	Blocks       []Block  `json:"blocks,omitempty"`
	Fields       []Field  `json:"fields,omitempty"`
	Submit       *Action  `json:"submit,omitempty"` // sends the fields; nil: there are none
	Again        string   `json:"again,omitempty"`  // a ref that asks for the fields once more, as they stand
	Below        []Block  `json:"below,omitempty"`  // read after the fields or, where there are none, after the actions
	Actions      []Action `json:"actions,omitempty"`
	Closed       bool     `json:"closed,omitempty"` // nothing more will happen here
	// View is a ref that shows whoever looks by it what the prompt is for them, where several
	// people read one message: see [Engine.Look].
	View string `json:"view,omitempty"`
}

// IsForm reports whether the prompt is there to be filled in, rather than to be read with
// something that may be filled in beside it.
func (p Prompt) IsForm() bool { return len(p.Fields) > 0 && p.Submit.Style == Primary }

// KeptUp reports whether the prompt is what a message of its own shows, of an order, a task
// or a request for approval: that message is brought up to date by itself.
func (p Prompt) KeptUp() bool { return p.Name == "order" || p.Name == "task" || p.Name == "approval" }

// Tone is how a piece of text is meant.
type Tone string

const (
	Plain   Tone = ""
	Good    Tone = "good"
	Warning Tone = "warning"
	Bad     Tone = "bad"
	Muted   Tone = "muted"
)

// Notice is a sentence about what just happened.
type Notice struct {
	Tone Tone   `json:"tone,omitempty"`
	Text string `json:"text"`
}

// Block is one piece of a prompt's body. Exactly one of its fields is set.
type Block struct {
	Heading  string    `json:"heading,omitempty"`
	Text     *Notice   `json:"text,omitempty"`     // a paragraph
	Facts    []Fact    `json:"facts,omitempty"`    // label and value, a row each
	Item     *Item     `json:"item,omitempty"`     // one of several things that can be acted on
	Table    *Table    `json:"table,omitempty"`    //
	Progress *Progress `json:"progress,omitempty"` //
	List     *List     `json:"list,omitempty"`     // short lines, such as people
}

// Fact is a label and its value.
type Fact struct {
	Label  string `json:"label"`
	Value  string `json:"value"`
	Strong bool   `json:"strong,omitempty"`
}

// Item is one of several things that can be acted on: an offer, a cart line, an order.
type Item struct {
	Title    string    `json:"title"`
	Tag      string    `json:"tag,omitempty"` // such as a state, in a word or two
	Tone     Tone      `json:"tone,omitempty"`
	Lines    []string  `json:"lines,omitempty"`
	Progress *Progress `json:"progress,omitempty"` // how much of it is used, or done
	Actions  []Action  `json:"actions,omitempty"`
}

// Table has a head and rows of the same width. Numeric columns are set right.
type Table struct {
	Caption string     `json:"caption"`
	Head    []string   `json:"head"`
	Numeric []bool     `json:"numeric,omitempty"`
	Rows    [][]string `json:"rows"`
}

// Progress is a bar with its words, such as "assigned 12 of 40".
type Progress struct {
	Label string `json:"label"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

// List is short lines under a title, and what is said of those left out.
type List struct {
	Title string   `json:"title"`
	Items []string `json:"items"`
	More  string   `json:"more,omitempty"`
}

// FieldKind says how a field is filled in.
type FieldKind string

const (
	TextField   FieldKind = "text"
	AreaField   FieldKind = "area" // text of several lines
	NumberField FieldKind = "number"
	ChoiceField FieldKind = "choice" // one of Options
	ToggleField FieldKind = "toggle" // value "true" or "false"
	DateField   FieldKind = "date"   // value such as "2026-12-24"
)

// Field is a typed input. Values arrive as text and are checked again on arrival.
type Field struct {
	Key      string    `json:"key"`
	Kind     FieldKind `json:"kind"`
	Label    string    `json:"label"`
	Help     string    `json:"help,omitempty"`
	Value    string    `json:"value,omitempty"`
	Error    string    `json:"error,omitempty"` // what is wrong with Value
	Required bool      `json:"required,omitempty"`
	Min      int       `json:"min,omitempty"`
	Max      int       `json:"max,omitempty"` // 0: none
	Options  []Option  `json:"options,omitempty"`
	Open     bool      `json:"open,omitempty"` // a choice to be shown with all options in sight
	Sum      *Sum      `json:"sum,omitempty"`  // what a number makes together with what there is
}

// Sum is a total that a number field's value goes into: Base + value. A platform that
// can shows it while the number is typed; Text says it for the value as it is.
type Sum struct {
	Label string `json:"label"`
	Base  int    `json:"base"`
	Text  string `json:"text,omitempty"`
}

// Option is one choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Help  string `json:"help,omitempty"`
}

// Style is how much an action stands out.
type Style string

const (
	Secondary Style = ""
	Primary   Style = "primary"
	Danger    Style = "danger"
)

// Action is a button, or a link where URL is set. Ref says what a click means: at most
// 90 bytes of ASCII without blanks, printed by this package and read by it alone.
type Action struct {
	Ref     string   `json:"ref,omitempty"`
	Label   string   `json:"label"`
	Name    string   `json:"name,omitempty"` // for a screen reader where several share a label
	Style   Style    `json:"style,omitempty"`
	URL     string   `json:"url,omitempty"`
	Confirm *Confirm `json:"confirm,omitempty"`
}

// Confirm is asked before an action is sent.
type Confirm struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Yes   string `json:"yes"`
	No    string `json:"no"`
}
