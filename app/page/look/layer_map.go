package look

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"unpool/app/web"
	"unpool/core/number"
	"unpool/core/protocol"
)

// layerFields choose a layer and one of its maps, or with nil what anyMap says.
func layerFields(id string, m *protocol.Maps, layer string, of *int, anyMap string, choose func(layer string, of *int)) []app.UI {
	var layers []app.UI
	count := 0
	for _, l := range m.Layers {
		layers = append(layers, app.Option().Value(l.Layer).Selected(l.Layer == layer).Text(l.Layer+", "+says(&l)))
		if l.Layer == layer {
			count = maps(&l)
		}
	}
	numbers := []app.UI{web.Option("").Selected(of == nil).Text(anyMap)}
	for m := range count {
		numbers = append(numbers, app.Option().Value(strconv.Itoa(m)).Selected(of != nil && *of == m).Text("map "+number.Int(m+1)))
	}
	return []app.UI{
		field(id+"-layer", "Layer", app.Select().ID(id+"-layer").OnChange(func(_ app.Context, e app.Event) { choose(web.Chosen(e), nil) }).Body(layers...)),
		field(id+"-map", "Map", app.Select().ID(id+"-map").OnChange(func(_ app.Context, e app.Event) {
			if m, err := strconv.Atoi(web.Chosen(e)); err == nil {
				choose(layer, &m)
			} else {
				choose(layer, nil)
			}
		}, app.EventScope(layer)).Body(numbers...)),
	}
}

// layerMap is a layer, and one of its maps unless that is nil, in a link: LAYER or LAYER.MAP, counted from 1.
func layerMap(layer string, of *int) string {
	if of != nil {
		layer += "." + strconv.Itoa(*of+1)
	}
	return layer
}

// layerMapOf reads it.
func layerMapOf(link string) (layer string, of *int) {
	layer, number, _ := strings.Cut(link, ".")
	if m, err := strconv.Atoi(number); err == nil && m >= 1 {
		m--
		of = &m
	}
	return layer, of
}
