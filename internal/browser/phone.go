package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// phone is a page in Chromium as on a phone, where a click is a tap of a finger.
type phone struct{ chromium }

func (p phone) click(selector string) error {
	at, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		e.scrollIntoView({ block: "center", behavior: "instant" }); // not under a bar at the bottom
		const { left, top, width, height } = e.getClientRects()[0]; // a link may be broken over two lines
		return [left + width / 2, top + height / 2];
	})()`, selector)))
	if err != nil {
		return err
	}
	for _, touch := range []input.DispatchTouchEventParams{
		{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}},
		{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
	} {
		if _, err := chromedp.Run(p.ctx, command(input.DispatchTouchEvent, touch)); err != nil {
			return err
		}
	}
	return nil
}

// OpenPhone is Open with the screen and the touch of a phone. All that the browser asks of any host, it asks of an HTTP proxy.
func OpenPhone(t testing.TB, proxy string) *Tab {
	t.Helper()
	tab := openChromium(t, Find(t), Patience, chromedp.Flag("proxy-server", proxy), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
	tab.driver = phone{chromium{tab.ctx}}
	run(tab, "be a phone", command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 3, Mobile: true}))
	run(tab, "take touch", command(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true, MaxTouchPoints: 5}))
	return tab
}
