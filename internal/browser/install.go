package browser

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// InstallProblems returns why Chromium would not install the page's site as a program, and what it does not understand of its manifest. Only in a
// Whole Chromium does it look.
func (tab *Tab) InstallProblems() (all []string) {
	tab.t.Helper()
	for _, e := range run(tab, "read the manifest", command(page.GetAppManifest, page.GetAppManifestParams{})).Errors {
		all = append(all, e.Message)
	}
	for _, e := range run(tab, "check whether it can be installed", command(page.GetInstallabilityErrors, cdp.Empty{})).InstallabilityErrors {
		all = append(all, e.ErrorID)
	}
	return all
}
