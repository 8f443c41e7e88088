package discord

import "testing"

// Whatever a button does is read again from its id; of another's nothing is believed.
func TestWhatAButtonDoes(t *testing.T) {
	t.Parallel()
	flags := []bool{false, true}
	for _, own := range flags {
		for _, asked := range flags {
			for _, confirm := range flags {
				for _, form := range flags {
					for part := range 20 {
						b := press{own, asked, confirm, form, part}
						if got, ref := readID(b.String() + "12" + idSeparator + "change:1!2"); got != b || ref != "change:1!2" {
							t.Errorf("%+v is read as %+v, %q", b, got, ref)
						}
					}
				}
			}
		}
	}
	if b, ref := readID("something else"); ref != "" {
		t.Errorf("what was not printed here is %+v, %q", b, ref)
	}
}
