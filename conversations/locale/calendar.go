package locale

import (
	"fmt"
	"time"
)

// calendar is how a language writes what no library does for it.
type calendar struct {
	date     string // of day, month and year
	month    string // of month and year
	dateTime string // of date and time
	first    string // the first day of a month, where it is no plain number
	months   [12]string
	percent  string // after the number
}

var calendars = map[string]calendar{
	"en": {
		date: "%[1]s %[2]s %[3]d", month: "%[1]s %[2]d", dateTime: "%s, %s", percent: "%",
		months: [12]string{
			"January", "February", "March", "April", "May", "June",
			"July", "August", "September", "October", "November", "December",
		},
	},
	"fr": {
		date: "%[1]s %[2]s %[3]d", month: "%[1]s %[2]d", dateTime: "%s à %s", first: "1er", percent: "\u202f%",
		months: [12]string{
			"janvier", "février", "mars", "avril", "mai", "juin",
			"juillet", "août", "septembre", "octobre", "novembre", "décembre",
		},
	},
	"de": {
		date: "%[1]s. %[2]s %[3]d", month: "%[1]s %[2]d", dateTime: "%s, %s Uhr", percent: "\u00a0%",
		months: [12]string{
			"Januar", "Februar", "März", "April", "Mai", "Juni",
			"Juli", "August", "September", "Oktober", "November", "Dezember",
		},
	},
	"zh-CN": {
		date: "%[3]d年%[2]s月%[1]s日", month: "%[2]d年%[1]s月", dateTime: "%s %s", percent: "%",
		months: [12]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"},
	},
}

// Date writes t's day in the zone, such as "24 November 2026".
func (w Words) Date(t time.Time) string { return w.in().calendar.day(t.In(w.Zone())) }

// Month writes t's month in the zone, such as "November 2026".
func (w Words) Month(t time.Time) string {
	local := t.In(w.Zone())
	return fmt.Sprintf(w.in().calendar.month, w.in().calendar.months[local.Month()-1], local.Year())
}

// DateTime writes t in the zone, such as "24 November 2026, 14:05".
func (w Words) DateTime(t time.Time) string { return w.in().calendar.moment(t.In(w.Zone())) }

// Time writes t's time of day in the zone, on a clock of 24 hours, such as "14:05".
func (w Words) Time(t time.Time) string { return clock(t.In(w.Zone())) }

// Zone is the time zone, UTC where there is none.
func (w Words) Zone() *time.Location {
	if w.zone == nil {
		return time.UTC
	}
	return w.zone
}

func (c calendar) day(t time.Time) string {
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 && c.first != "" {
		day = c.first
	}
	return fmt.Sprintf(c.date, day, c.months[t.Month()-1], t.Year())
}

func (c calendar) moment(t time.Time) string { return fmt.Sprintf(c.dateTime, c.day(t), clock(t)) }

func clock(t time.Time) string { return t.Format("15:04") }
