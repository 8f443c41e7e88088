package commerce

import (
	"strings"
	"time"
)

// weekdays are the days as working hours name them.
var weekdays = map[string]time.Weekday{
	"Sun": time.Sunday, "Mon": time.Monday, "Tue": time.Tuesday, "Wed": time.Wednesday, "Thu": time.Thursday, "Fri": time.Friday, "Sat": time.Saturday,
}

// WorkingFrom is t, or where it is outside of working hours such as "Mon-Fri 09:00-18:00"
// the moment at which they next begin. "" has no end; neither has what cannot be read.
func WorkingFrom(t time.Time, hours string, zone *time.Location) time.Time {
	days, span, _ := strings.Cut(hours, " ")
	from, to, ok := readSpan(span)
	if !ok || zone == nil {
		return t
	}
	for day := range 8 {
		local := t.In(zone)
		begin := time.Date(local.Year(), local.Month(), local.Day()+day, 0, from, 0, 0, zone)
		end := time.Date(local.Year(), local.Month(), local.Day()+day, 0, to, 0, 0, zone)
		if !worksOn(days, begin.Weekday()) || !t.Before(end) {
			continue
		}
		if begin.After(t) {
			return begin
		}
		return t
	}
	return t
}

// readSpan reads "09:00-18:00" as minutes of the day.
func readSpan(span string) (from, to int, ok bool) {
	first, last, _ := strings.Cut(span, "-")
	a, errA := time.Parse("15:04", first)
	b, errB := time.Parse("15:04", last)
	if errA != nil || errB != nil {
		return 0, 0, false
	}
	return a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute(), true
}

// worksOn reports whether a day is in "Mon-Fri", or is the day "Sat".
func worksOn(days string, day time.Weekday) bool {
	first, last, several := strings.Cut(days, "-")
	from, known := weekdays[first]
	to := from
	if several {
		to = weekdays[last]
	}
	if !known {
		return false
	}
	return (day-from+7)%7 <= (to-from+7)%7
}
