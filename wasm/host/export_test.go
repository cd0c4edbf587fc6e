//go:build js

package host

// SetPatience sets how many ticks of a tenth of a second a thread waits for another, until restore is called.
func SetPatience(ticks int32) (restore func()) {
	before := patience
	patience = ticks
	return func() { patience = before }
}
