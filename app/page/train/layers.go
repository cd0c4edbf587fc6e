package train

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models/net"
)

// picture is a recipe's net as a row of blocks from the image to the classes. A block is as large as a map, and shows a deeper stack the
// more maps there are. A layer that keeps the shape is shown with the one before.
func picture(r recipe.Recipe) app.UI {
	plan, err := r.Plan()
	if err != nil {
		return app.Div().Hidden(true) // the settings say what is wrong
	}
	task := plan.Task
	blocks := []app.UI{block("image", space, net.Shape{task.Height, task.Width, task.Channels})}
	for i := 0; i < len(plan.Layers); {
		first := plan.Layers[i]
		words, weights := first.Layer.String(), first.Parameters()
		for i++; i < len(plan.Layers) && plan.Layers[i].Forward == 0 && plan.Layers[i].Out.String() == first.Out.String(); i++ {
			words += ", " + plan.Layers[i].Layer.String()
			weights += plan.Layers[i].Parameters()
		}
		under := space
		if weights > 0 {
			under = number.Int(weights) + " parameters"
		}
		blocks = append(blocks, block(words, under, first.Out))
	}
	return app.Elem("section").ID("net-picture").Aria("label", "The net, layer by layer").TabIndex(0).Body(app.Elem("ol").Body(blocks...))
}

// space keeps the height of an empty line.
const space = "\u00a0"

// largest is the height and the width of a block in pixels at most.
const largest = 72

// block is one of them.
func block(words, under string, shape net.Shape) app.UI {
	log := func(n int) int { return bits.Len(uint(n)) }
	high, wide, deep := 8*log(shape[0]), 10, 0
	switch len(shape) {
	case 3:
		high, wide, deep = 2*shape[0], 2*shape[1], log(shape[2])-1
	case 2:
		high, wide = 2*shape[0], 8*log(shape[1])
	}
	var stack []string
	for i := 1; i <= deep; i++ {
		stack = append(stack, fmt.Sprintf("%dpx -%[1]dpx 0 -1px var(--panel), %[1]dpx -%[1]dpx var(--edge)", 3*i))
	}
	return app.Elem("li").Body(
		app.Span().Class("block").Style("height", strconv.Itoa(min(high, largest))+"px").Style("width", strconv.Itoa(min(wide, largest))+"px").
			Style("margin-top", strconv.Itoa(3*deep)+"px").Style("box-shadow", strings.Join(stack, ", ")),
		app.Span().Class("layer-words").Text(words),
		app.Span().Class("under").Text(strings.ReplaceAll(shape.String(), "x", "×")),
		app.Span().Class("under").Text(under),
	)
}
