package look

import (
	"net/url"
	"slices"
	"strconv"

	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/run"
	"unpool/core/scatter"
)

// embedding is where test images lie in the space of a layer's features, laid out in the plane: by principal components at once, and then by t-SNE,
// a few iterations at a time.
type embedding struct {
	question[protocol.Embedding]
	picture question[protocol.Picture] // of the point that is looked at
	scene   *scene
	chosen  func()      // something else is
	on      func() bool // it is on show
	open    func(image int)

	layer   string // that the reader has chosen; "" for the last before the logits
	pca     bool   // only the principal components are wanted
	only    int    // the class that stands out, or scatter.All
	about   protocol.Embed
	of      moment // which net that was asked about
	shown   moment // which one the answer is about
	old     bool   // the answer is not about what is looked at any more
	stopped bool   // the reader has stopped t-SNE
	at      int    // the point that is looked at
	plot    plot
	probes  *probes
}

const (
	embeddedImages = 1000
	iterations     = 10 // of t-SNE in an answer: so many take a tenth of a second or two
)

func newEmbedding(s *subject, scene *scene, on func() bool, open func(int), chosen func()) *embedding {
	e := &embedding{
		question: question[protocol.Embedding]{subject: s}, picture: question[protocol.Picture]{subject: s}, scene: scene, on: on, open: open, chosen: chosen, only: scatter.All,
		probes: newProbes(s),
	}
	e.answered = func() {
		first := e.shown != e.of || e.picture.answer == nil
		e.shown = e.of
		e.at = min(e.at, len(e.answer.Images)-1)
		if e.only >= len(e.answer.Groups) { // of a link, or of another run
			e.only = scatter.All
		}
		if first {
			e.look(e.at)
		}
		e.goOn()
	}
	return e
}

// ask lays the images out, unless that is done or awaited, and continues what was interrupted. The answer before stays until then.
func (e *embedding) ask() {
	switch {
	case e.old || e.answer == nil && e.cancel == nil:
		e.again()
	case e.cancel == nil:
		e.goOn()
	}
}

// again lays them out by their principal components.
func (e *embedding) again() {
	e.old, e.stopped = false, false
	if !slices.ContainsFunc(e.scene.maps().Layers, func(l run.Weights) bool { return l.Layer == e.layer }) && e.layer != protocol.ImageLayer {
		e.layer = "" // of another net
	}
	e.of = moment{e.subject.id, e.subject.step()}
	e.about = protocol.Embed{Layer: e.layer, Images: embeddedImages}
	if e.answer != nil && e.shown.run == e.of.run {
		e.about.Like = &e.shown.step
	}
	e.question.follow(protocol.LookEmbedding, e.about)
}

// goOn does some more iterations of t-SNE, if they are wanted.
func (e *embedding) goOn() {
	a := e.answer
	if a == nil || e.pca || e.stopped || !e.on() || a.Iteration >= a.Iterations {
		return
	}
	e.about.Until = a.Iteration + iterations
	e.question.follow(protocol.LookEmbedding, e.about)
}

// look looks at a point.
func (e *embedding) look(at int) {
	e.at = at
	e.picture.follow(protocol.LookPicture, protocol.TestImage{Image: int(e.answer.Images[at])})
}

// change takes up another choice.
func (e *embedding) change() {
	e.chosen()
	e.again()
}

// positions are those that are shown, [images, 2], and whether they are t-SNE's. Where the reader wants no motion these are shown when they are final.
func (e *embedding) positions() (positions []float32, tsne bool) {
	a := e.answer
	if e.pca || len(a.Map) == 0 || a.Iteration < a.Iterations && web.Still() {
		return a.Components, false
	}
	return a.Map, true
}

// take takes up what a link says: embedded=LAYER, by=pca, and group, a class counted from 1.
func (e *embedding) take(link url.Values) {
	e.layer, e.pca = link.Get("embedded"), link.Get("by") == "pca"
	if n, err := strconv.Atoi(link.Get("group")); err == nil && n >= 1 {
		e.only = n - 1
	}
}

// put writes it into a link.
func (e *embedding) put(link url.Values) {
	if e.layer != "" {
		link.Set("embedded", e.layer)
	}
	if e.pca {
		link.Set("by", "pca")
	}
	if e.only != scatter.All {
		link.Set("group", strconv.Itoa(e.only+1))
	}
}
