package words

import "time"

// Moment is a time of today by the clock of this machine, and another one with its date.
func Moment(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("2 January 2006, 15:04")
}
