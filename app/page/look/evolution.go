package look

import (
	"net/url"
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/protocol"
	"unpool/core/run"
)

// evolution is what moves some maps of a layer most after each stored step. The step that is looked at is the page's.
type evolution struct {
	question[protocol.Evolution]
	scene  *scene
	chosen func() // something else is

	layer  string // "" for the last with maps
	of     *int   // the map; nil for the strongest ones
	among  search
	about  protocol.Evolve // what was asked last
	strips []strip         // of the maps

	playing bool
	plays   int // counts them: one that was stopped goes no further
}

func newEvolution(s *subject, scene *scene, chosen func()) *evolution {
	e := &evolution{question: question[protocol.Evolution]{subject: s}, scene: scene, chosen: chosen}
	e.answered = func() {
		e.cut()
		e.centre()
	}
	return e
}

// again searches the images after each step.
func (e *evolution) again() {
	e.about = e.want()
	e.question.ask(protocol.LookEvolution, e.about)
}

// want is what is to be asked.
func (e *evolution) want() protocol.Evolve {
	w := protocol.Evolve{Layer: e.layer, Map: e.of, Among: e.among.count(e.scene.maps()), Training: e.among.training, Steps: e.subject.steps}
	if !slices.ContainsFunc(e.scene.maps().Layers, func(l run.Weights) bool { return l.Layer == w.Layer }) {
		w.Layer, w.Map = "", nil // of another net
	}
	return w
}

// forget forgets what was found: it is of another run.
func (e *evolution) forget() {
	e.stop()
	e.close()
}

// change takes up another choice: what was found for the one before is gone.
func (e *evolution) change() {
	e.forget()
	e.chosen()
}

// at is the index of the step that is looked at; -1 where it is none of the answer's.
func (e *evolution) at() int { return slices.Index(e.answer.Steps, e.subject.step()) }

// centre scrolls the strips, where they are wider than the page, to the step that is looked at.
func (e *evolution) centre() {
	a := e.answer
	if a == nil {
		return
	}
	e.subject.shell.AfterDrawing(func() {
		for _, m := range a.Maps {
			web.With(web.ID(evolvedID(&m)+"-strip"), func(strip app.Value) {
				film, frame := strip.Get("parentElement"), strip.Get("lastElementChild")
				film.Set("scrollLeft", frame.Get("offsetLeft").Float()+frame.Get("offsetWidth").Float()/2-film.Get("clientWidth").Float()/2)
			})
		}
	})
}

// pace is how long each step is shown while the steps are played.
const pace = 600 * time.Millisecond

// play goes through the steps by itself, from the first one when the last is shown.
func (e *evolution) play() {
	e.plays++
	e.playing = true
	if e.subject.at == len(e.subject.steps)-1 {
		e.subject.goTo(0)
	}
	e.later(e.plays)
}

// later shows the next step in a while, when the layers after the one before have come.
func (e *evolution) later(play int) {
	time.AfterFunc(pace, func() {
		e.subject.shell.Dispatch(func(app.Context) {
			switch {
			case !e.playing || play != e.plays:
			case web.Still(): // since a moment ago
				e.stop()
			case e.scene.layers.cancel != nil:
				e.later(play)
			default:
				e.subject.goTo(e.subject.at + 1)
				if e.playing = e.subject.at < len(e.subject.steps)-1; e.playing {
					e.later(play)
				}
			}
		})
	})
}

// stop stays at the step that is shown.
func (e *evolution) stop() { e.playing = false }

// ask waits for the button: to search after each step takes long.
func (e *evolution) ask() {}

// take takes up what a link says: evolves=LAYER or LAYER.MAP, and evolves-search as search.
func (e *evolution) take(link url.Values) {
	e.layer, e.of = layerMapOf(link.Get("evolves"))
	e.among = searchOf(link.Get("evolves-search"))
}

// put writes it into a link.
func (e *evolution) put(link url.Values) {
	if e.layer != "" {
		link.Set("evolves", layerMap(e.layer, e.of))
	}
	if e.among.link != "" {
		link.Set("evolves-search", e.among.link)
	}
}
