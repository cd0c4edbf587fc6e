package browser

import (
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/chromedp"
)

// ProcessorTime returns the processor time that the browser has taken, in all of its processes that are still there.
func (tab *Tab) ProcessorTime() time.Duration {
	tab.t.Helper()
	var seconds float64
	info, err := tab.processes()
	if err != nil {
		tab.t.Fatalf("cannot list the browser's processes: %v", err)
	}
	for _, p := range info {
		seconds += p.CPUTime
	}
	return time.Duration(seconds * float64(time.Second))
}

// Renderers returns the ids of the processes that pages and their workers run in; none when the browser has ended.
func (tab *Tab) Renderers() (ids []int) {
	info, _ := tab.processes()
	for _, p := range info {
		if p.Type == "renderer" {
			ids = append(ids, int(p.ID))
		}
	}
	return ids
}

func (tab *Tab) processes() ([]*systeminfo.ProcessInfo, error) {
	info, err := chromedp.CallBrowser(tab.ctx, systeminfo.GetProcessInfo, cdp.Empty{})
	return info.ProcessInfo, err
}
