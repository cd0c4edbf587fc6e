package e2e

import (
	_ "embed"
	"fmt"
	"testing"

	"unpool/internal/browser"
)

// axe is axe-core 4.14.1, as in its npm package (testdata/axe/LICENSE: MPL-2.0).
//
//go:embed testdata/axe/axe.min.js
var axe string

// violations is what axe-core finds wrong with the page that is shown, in words; %s are its options.
const violations = `Promise.all(document.getAnimations().map((a) => a.finished.catch(() => {}))).then(() => axe.run(document, %s)).then(({ violations }) => violations.map((v) =>
	v.id + ": " + v.help + ": " + v.nodes.slice(0, 4).map((n) => n.target + " " + n.any.concat(n.all, n.none).map((c) => c.message).join("; ")).join(" | ")))`

// rules are which rules a page must keep: all of them in the light, and in the dark those of colours, which alone can differ.
var rules = map[bool]string{
	false: `{ resultTypes: ["violations"] }`,
	true:  `{ resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"] }`,
}

// accessible checks that the page breaks no rule of axe-core, light or dark: names, roles, contrast, order of headings.
func accessible(t *testing.T, tab *browser.Tab, state string) {
	t.Helper()
	for _, dark := range []bool{false, true} {
		tab.Look(1280, 900, dark)
		if !browser.Eval[bool](tab, "'axe' in window") {
			browser.Eval[bool](tab, axe+"true")
		}
		for _, v := range browser.Await[[]string](tab, fmt.Sprintf(violations, rules[dark])) {
			t.Errorf("%s, dark %v: %s", state, dark, v)
		}
	}
	tab.Look(1280, 900, false)
}
