// Package regexp stands in for regexp, which go-app names for routes by pattern: the page has none.
package regexp

// Regexp is regexp's.
type Regexp struct{}

// MustCompile panics.
func MustCompile(string) *Regexp { panic("the page's program has no regular expressions") }

// MatchString returns false.
func (*Regexp) MatchString(string) bool { return false }
