package look

import (
	"net/url"
	"strings"
	"testing"

	"unpool/app/client"
	"unpool/core/protocol"
	"unpool/core/recipe"
	"unpool/core/run"
)

// The reader chooses among what the page can get, other than the net's own data set; a link leads to what was chosen, and shows the answer that is there.
func TestTransfer(t *testing.T) {
	p := opened()
	p.view = viewTransfer
	p.subject.curve.view = run.Replay([]run.Record{{Event: &run.Start{Recipe: recipe.Default()}}})
	html := p.html()
	if !strings.Contains(html, "CIFAR-10, all of it") || strings.Contains(html, ">MNIST<") || strings.Contains(html, "Fashion") || !strings.Contains(html, "transfer-start") {
		t.Errorf("at first the view is\n%s", html)
	}
	p.Trainer.Data.Said = client.Said{State: client.Ready, Data: protocol.Data{From: "pets.zip", Sets: []recipe.Dataset{"folder:pets"}}}
	p.transfer.served.Read(`[{"Name":"fashion-mnist","From":"fashion.zip"}]`, nil)
	if html := p.html(); !strings.Contains(html, "pets.zip") || !strings.Contains(html, "Fashion-MNIST") {
		t.Errorf("the pictures of the reader, or what the server has, are not in\n%s", html)
	}
	for to, want := range map[string]string{"": "", "cifar10-rgb": "cifar10-rgb", "folder:/etc": "", "emnist-letters": "emnist-letters", "?": ""} {
		p.transfer.to = ""
		p.transfer.take(url.Values{"to": {to}})
		link := url.Values{}
		if p.transfer.put(link); link.Get("to") != want {
			t.Errorf("the link %q comes back as %q", to, link.Get("to"))
		}
	}
	p.transfer.take(url.Values{"to": {"cifar10"}})
	p.transfer.known[p.transfer.now()] = &protocol.Transfer{Layer: "relu3", Pool: 1, Says: "They are ahead.", Given: []protocol.Given{
		{Each: 1, Images: 10, Features: protocol.OverSeeds{Mean: 0.25, Deviation: 0.05}}, {Each: 5000, Images: 50000, All: true},
	}}
	html = p.html()
	for _, want := range []string{"They are ahead.", "25.0 ± 5.0\u202f%", ">all<", "50\u202f000", "relu3"} {
		if !strings.Contains(html, want) {
			t.Errorf("the answer does not say %q:\n%s", want, html)
		}
	}
	p.transfer.take(url.Values{"to": {"cifar10-rgb"}})
	if html := p.html(); strings.Contains(html, "They are ahead.") {
		t.Error("an answer about another data set is shown")
	}
}
