package httpd

import "testing"

// A browser reads each attribute as go-app meant it, and they stand in order.
func TestAttributesAreTrue(t *testing.T) {
	for html, want := range map[string]string{
		`<option selected="false" value="a">`:                            `<option value="a">`,
		`<option selected value="false">`:                                `<option selected value="false">`,
		`<input checked="false" disabled="false" id="x">`:                `<input id="x">`,
		`<button aria-pressed aria-hidden="false" disabled>`:             `<button aria-hidden="false" aria-pressed="true" disabled>`,
		`<a title="a > b checked="false>`:                                `<a title="a > b checked="false>`,
		`<p title="hidden=&#34;false&#34;"> checked="false" </p>`:        `<p title="hidden=&#34;false&#34;"> checked="false" </p>`,
		`<p aria-hidden>aria-hidden </p><svg viewBox="0 0" aria-hidden>`: `<p aria-hidden="true">aria-hidden </p><svg aria-hidden="true" viewBox="0 0">`,
		`<line y2="4" x1="1" class="a b"></line><br>`:                    `<line class="a b" x1="1" y2="4"></line><br>`,
	} {
		if got := string(corrected([]byte(html))); got != want {
			t.Errorf("%s becomes\n%s, want\n%s", html, got, want)
		}
	}
}
