package teams

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
	case reflect.Interface:
		v.Set(reflect.ValueOf([]any{"a \"width\"", 7}[*n%2]))
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

// What is written by hand has each field that there is, under the name of its tag.
func TestWhatIsWrittenByHandIsWhatTheTagsSay(t *testing.T) {
	t.Parallel()
	n := 0
	for _, depth := range []int{0, 1, 4} {
		for _, is := range []func(v reflect.Value){func(reflect.Value) {}, func(v reflect.Value) { filledIn(v, depth, &n) }} {
			var c card
			is(reflect.ValueOf(&c).Elem())
			want, err := json.Marshal(c, jsonv1.OmitEmptyWithLegacySemantics(true))
			if err != nil {
				t.Fatal(err)
			}
			if got := encoded(c); string(got) != string(want) {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		}
	}
}
