package browser

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Another opens an empty tab beside this one, in the same browser with the same profile.
func (tab *Tab) Another() *Tab {
	tab.t.Helper()
	ctx, cancel := chromedp.NewContext(tab.ctx)
	tab.t.Cleanup(cancel)
	another := &Tab{t: tab.t, ctx: ctx, driver: chromium{ctx}}
	if err := chromedp.Listen(ctx, another.listen); err != nil {
		tab.t.Fatalf("cannot open another tab: %v", err)
	}
	return another
}

// Close closes the tab at once, as a user does who is not asked.
func (tab *Tab) Close() {
	tab.t.Helper()
	run(tab, "close the tab", command(page.Close, cdp.Empty{}))
}

// Crash ends the tab's process, as a lack of memory does. The tab is of no use afterwards.
func (tab *Tab) Crash() {
	go chromedp.Run(tab.ctx, command(page.Crash, cdp.Empty{})) // which is never answered
	time.Sleep(time.Second)
}
