package worker

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"unpool/core/look"
	"unpool/core/protocol"
	"unpool/core/run"
)

// parts are the images on which parts are marked.
func (a *analysis) parts(_ context.Context, m protocol.Marking) (*protocol.Marked, error) {
	told := &protocol.Marked{Marks: m.Marks, Most: look.MostParts, Colour: a.colour()}
	test := a.data.Test
	unfit := func(m protocol.Mark) bool {
		return m.Image < 0 || m.Image >= test.Len() || !look.Within(m.Part, a.data.Height, a.data.Width)
	}
	if n := len(m.Marks); n < 2 || n > look.MostParts || slices.ContainsFunc(m.Marks, unfit) {
		first := m.Image
		if first < 0 || first >= test.Len() {
			first = max(0, bytes.IndexByte(test.Labels, byte(m.Class)))
		}
		told.Marks = []protocol.Mark{{Image: first, Part: look.Centre(a.data.Height, a.data.Width)}}
		m.Count = cmp.Or(m.Count, look.UsualParts)
	}
	if count := min(cmp.Or(m.Count, len(told.Marks)), look.MostParts); count < len(told.Marks) {
		told.Marks = told.Marks[:max(count, 2)]
	} else {
		last := told.Marks[len(told.Marks)-1]
		for _, i := range look.SameClass(test, last.Image, count-len(told.Marks)+1)[1:] {
			told.Marks = append(told.Marks, protocol.Mark{Image: i, Part: last.Part})
		}
	}
	for _, one := range told.Marks {
		told.Images = append(told.Images, a.labelled(test, one.Image))
	}
	return told, nil
}

// correspondence covers parts of images, and compares how the features change.
func (a *analysis) correspondence(ctx context.Context, m protocol.Marks) (*protocol.Correspondence, error) {
	var images []byte
	var parts [][4]int
	a.about = []string{"images"}
	for _, one := range m.Marks {
		image, err := a.image(one.Image, nil)
		if err != nil {
			return nil, err
		}
		images, parts, a.about = append(images, image...), append(parts, one.Part), append(a.about, fmt.Sprint(one.Image))
	}
	c, err := remembered(ctx, a, a.net, "correspondence", m.Marks, a.net.FitsCorrespondence, func() (*look.Correspondence, error) {
		return a.net.Correspondence(ctx, images, parts, a.colour(), a.progress)
	})
	if err != nil {
		return nil, err
	}
	told := &protocol.Correspondence{Draws: look.Draws, Says: c.Says()}
	for l, layer := range c.Layers {
		told.Layers = append(told.Layers, protocol.Agreement{Layer: layer, Marked: c.Marked(l), Own: protocol.Drawn(c.Random(l, look.OwnPlaces)), One: protocol.Drawn(c.Random(l, look.OnePlace))})
	}
	a.note(protocol.Signs, run.Weights{Step: a.net.Step, Count: 1, Height: len(c.Layers), Width: 1 + 2*look.Draws, Channels: 1}, c.Differ)
	return told, nil
}
