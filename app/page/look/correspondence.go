package look

import (
	"net/url"
	"slices"
	"strings"

	"unpool/app/ui/marker"
	"unpool/core/protocol"
)

// correspondence is how alike each layer's features change when a part of each of several images is covered.
type correspondence struct {
	question[protocol.Correspondence]
	images  question[protocol.Marked]
	another question[protocol.Picture] // in place of one of the images
	scene   *scene
	chosen  func() // something else is

	marks    []protocol.Mark // of the images, as many as those once they are there
	mine     bool            // the reader has chosen them, or a link
	at       int             // the one that is worked on
	replaced int             // the one for which another is looked for
	wanted   bool            // the parts are to be compared as soon as the images are there

	about    []protocol.Mark // what was asked last
	pictures []protocol.Picture
}

func newCorrespondence(s *subject, scene *scene, chosen func()) *correspondence {
	c := &correspondence{question: question[protocol.Correspondence]{subject: s}, images: question[protocol.Marked]{subject: s}, another: question[protocol.Picture]{subject: s}, scene: scene, chosen: chosen}
	c.images.answered = func() {
		c.marks = c.images.answer.Marks
		c.at = min(c.at, len(c.marks)-1)
		if c.wanted {
			c.compare()
		}
		c.chosen()
	}
	c.another.answered = func() {
		if i := c.replaced; c.images.answer != nil && i < len(c.marks) {
			c.images.answer.Images[i], c.marks[i].Image = *c.another.answer, c.another.answer.Number
			c.choose()
		}
	}
	return c
}

// ask asks for the images, unless they are there or awaited.
func (c *correspondence) ask() {
	if c.scene.maps() != nil && c.images.answer == nil && c.images.cancel == nil {
		c.show(c.marks, -1, 0)
	}
}

// show asks for so many images, or as many as there are marks or are usual: those that are marked or, without marks, of a class, or the chosen image and
// others of its class.
func (c *correspondence) show(marks []protocol.Mark, class, count int) {
	m := c.scene.maps()
	w := protocol.Marking{Marks: marks, Image: -1, Class: class, Count: count}
	if class < 0 {
		if w.Image, w.Class = m.Image.Number, m.Image.Class; w.Class < 0 {
			w.Class = slices.Index(m.Probabilities, slices.Max(m.Probabilities))
		}
	}
	c.another.close()
	c.images.follow(protocol.LookParts, w)
}

// replace looks for another image in place of the one that is worked on.
func (c *correspondence) replace(by protocol.TestImage) {
	c.replaced = c.at
	c.another.ask(protocol.LookPicture, by)
}

// compare covers the parts.
func (c *correspondence) compare() {
	c.wanted = false
	if m := c.images.answer; m != nil {
		c.about, c.pictures = slices.Clone(c.marks), slices.Clone(m.Images)
		c.question.ask(protocol.LookSigns, protocol.Marks{Marks: c.about})
	}
}

// complete compares the parts, also before the images are there.
func (c *correspondence) complete() {
	if c.ask(); c.images.cancel != nil {
		c.wanted = true
	} else if c.answer == nil && c.cancel == nil {
		c.compare()
	}
}

func (c *correspondence) busy() bool { return c.images.busy() || c.question.busy() }

// changed takes up that something else is looked at. Parts that the reader has marked stay, unless they are of another run's images.
func (c *correspondence) changed(what change) {
	c.wanted = false
	if what == otherImage && c.mine {
		return
	}
	c.close()
	if what == otherRun && !c.subject.first {
		c.mine = false
	}
	if what == otherRun || what == otherImage {
		c.images.close()
		c.another.close()
		if !c.mine {
			c.marks = nil
		}
	}
}

// choose takes up that something else is marked.
func (c *correspondence) choose() {
	c.mine = true
	c.chosen()
}

// mark marks another part of one of the images. The link follows at the end of a movement: a browser takes only so many of them.
func (c *correspondence) mark(image int, part marker.Part, done bool) {
	if image >= len(c.marks) {
		return
	}
	if c.marks[image].Part != part {
		c.marks[image].Part, c.mine = part, true
	}
	if done && c.mine {
		c.chosen()
	}
}

// take takes up what a link says: parts=IMAGE:TOP.LEFT.HEIGHT.WIDTH,…, counted from 0 as serve look counts.
func (c *correspondence) take(link url.Values) {
	if marks := protocol.MarksOf(link.Get("parts")); marks != nil && !slices.Equal(marks, c.marks) {
		c.close()
		c.images.close()
		c.marks, c.mine = marks, true
	}
}

// put writes it into a link.
func (c *correspondence) put(link url.Values) {
	if c.mine {
		var marks []string
		for _, m := range c.marks {
			marks = append(marks, m.String())
		}
		link.Set("parts", strings.Join(marks, ","))
	}
}
