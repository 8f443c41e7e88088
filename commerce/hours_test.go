package commerce

import (
	"testing"
	"time"
)

func TestWorkingHours(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		moment, err := time.ParseInLocation("Mon 2006-01-02 15:04", text, paris)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct{ hours, now, want string }{
		{"Mon-Fri 09:00-18:00", "Mon 2026-11-23 10:00", "Mon 2026-11-23 10:00"},
		{"Mon-Fri 09:00-18:00", "Mon 2026-11-23 08:59", "Mon 2026-11-23 09:00"},
		{"Mon-Fri 09:00-18:00", "Mon 2026-11-23 18:00", "Tue 2026-11-24 09:00"},
		{"Mon-Fri 09:00-18:00", "Fri 2026-11-27 17:59", "Fri 2026-11-27 17:59"},
		{"Mon-Fri 09:00-18:00", "Fri 2026-11-27 23:00", "Mon 2026-11-30 09:00"},
		{"Mon-Fri 09:00-18:00", "Sun 2026-11-29 12:00", "Mon 2026-11-30 09:00"},
		{"Sun-Thu 08:30-16:00", "Fri 2026-11-27 12:00", "Sun 2026-11-29 08:30"},
		{"Sat 10:00-11:00", "Sat 2026-11-28 11:00", "Sat 2026-12-05 10:00"},
		{"Mon-Fri 09:00-18:00", "Sat 2026-03-28 12:00", "Mon 2026-03-30 09:00"}, // the clocks change that night
		{"", "Sun 2026-11-29 03:00", "Sun 2026-11-29 03:00"},
		{"whenever", "Sun 2026-11-29 03:00", "Sun 2026-11-29 03:00"},
	} {
		if got := WorkingFrom(at(c.now), c.hours, paris); !got.Equal(at(c.want)) {
			t.Errorf("%s on %s: %s, want %s", c.hours, c.now, got.In(paris).Format("Mon 2006-01-02 15:04"), c.want)
		}
	}
}
