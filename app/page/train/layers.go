package train

import (
	"fmt"
	"math"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/core/number"
	"unpool/core/recipe"
	"unpool/models/net"
)

// picture is a recipe's net as a row of blocks from the image to the classes. A block is as high as its maps and wider the more there are. A
// layer that keeps the shape stands with the one before.
func picture(r recipe.Recipe) app.UI {
	plan, err := r.Plan()
	if err != nil {
		return app.Div().Hidden(true) // the settings say what is wrong
	}
	task := plan.Task
	blocks := []app.UI{block("image", "", net.Shape{task.Height, task.Width, task.Channels})}
	for i := 0; i < len(plan.Layers); {
		first := plan.Layers[i]
		words, weights := first.Layer.String(), first.Parameters()
		for i++; i < len(plan.Layers) && plan.Layers[i].Forward == 0 && plan.Layers[i].Out.String() == first.Out.String(); i++ {
			words += ", " + plan.Layers[i].Layer.String()
			weights += plan.Layers[i].Parameters()
		}
		under := ""
		if weights > 0 {
			under = number.Int(weights) + " parameters"
		}
		blocks = append(blocks, block(words, under, first.Out))
	}
	return app.Section().ID("net-picture").Aria("label", "The net, layer by layer").TabIndex(0).Body(app.Elem("ol").Body(blocks...))
}

// block is one of them.
func block(words, under string, shape net.Shape) app.UI {
	high, wide := 4.0, 10.0
	switch len(shape) {
	case 3:
		high, wide = float64(shape[0]), math.Log2(float64(1+shape[2]))
	case 2:
		high, wide = float64(shape[0]), math.Log2(float64(1+shape[1]))
	case 1:
		high, wide = 5*math.Log2(float64(1+shape[0])), 1
	}
	return app.Li().Body(
		app.Span().Class("block").Style("height", fmt.Sprintf("%.0fpx", min(8+2*high, 96))).Style("width", fmt.Sprintf("%.0fpx", 6+6*wide)),
		app.Span().Class("layer-words").Text(words),
		app.Span().Class("under").Text(strings.ReplaceAll(shape.String(), "x", "×")),
		app.Span().Class("under").Text(under),
	)
}
