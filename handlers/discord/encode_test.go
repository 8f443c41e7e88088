package discord

import (
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// filledIn sets every field of a struct, each to something else, as deep as asked.
func filledIn(v reflect.Value, depth int, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("\"<é\\\n" + string(rune('a'+*n%26)))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer, reflect.Slice:
		if depth == 0 {
			return
		}
		inside := reflect.New(v.Type().Elem())
		filledIn(inside.Elem(), depth-1, n)
		if v.Kind() == reflect.Slice {
			v.Set(reflect.Append(reflect.Append(v, inside.Elem()), reflect.Zero(v.Type().Elem())))
		} else {
			v.Set(inside)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			filledIn(v.Field(i), depth, n)
		}
	}
}

// What is written by hand has each field that there is, under the name by which it is read.
func TestWhatIsWrittenByHandIsWhatTheTagsSay(t *testing.T) {
	t.Parallel()
	n := 0
	for _, empty := range []any{&message{}, &modal{}, &component{}} {
		filled := reflect.New(reflect.TypeOf(empty).Elem())
		filledIn(filled.Elem(), 3, &n)
		for _, v := range []reflect.Value{reflect.ValueOf(empty), filled} {
			want, err := json.Marshal(v.Interface(), jsonv1.OmitEmptyWithLegacySemantics(true))
			if err != nil {
				t.Fatal(err)
			}
			if got := encoded(callback{Type: answerUpdate, Data: v.Elem().Interface()}); string(got) != `{"type":7,"data":`+string(want)+`}` {
				t.Errorf("%s\nwant the data\n%s", got, want)
			}
		}
	}
}

// Nobody is mentioned in what is written by hand, as reflection writes it.
func TestNobodyIsMentioned(t *testing.T) {
	t.Parallel()
	for _, m := range []mentions{{}, {Parse: []string{}}, {Parse: []string{"users"}}, {Parse: []string{}, Replied: true}} {
		if got, want := m.text(), encoded(m); string(got) != string(want) {
			t.Errorf("%+v is %s and not %s", m, got, want)
		}
	}
}
