package look

import (
	"fmt"

	"unpool/models/net"
)

// Kernels are the weights of a convolution, map by map.
type Kernels struct {
	Layer         string
	Out, In       int // maps that it gives and reads
	Height, Width int
	Values        []float32 // [Out, In, Height, Width]
}

// Kernels returns those of a layer, which must be a convolution. The error for a layer that the net does not have is ErrNoLayer.
func (n *Net) Kernels(layer string) (*Kernels, error) {
	p, err := n.placed(layer)
	if err != nil {
		return nil, err
	}
	c, ok := p.Layer.(net.Conv)
	if !ok {
		return nil, fmt.Errorf("look: %s is not a convolution", layer)
	}
	weights, err := n.variable(layer, "weights") // [height, width, in, out]
	if err != nil {
		return nil, err
	}
	k := &Kernels{Layer: layer, Out: c.Maps, In: p.In[2], Height: c.Height, Width: c.Width}
	places := c.Height * c.Width
	k.Values = make([]float32, 0, len(weights))
	for out := range k.Out {
		for in := range k.In {
			for at := range places {
				k.Values = append(k.Values, weights[(at*k.In+in)*k.Out+out])
			}
		}
	}
	return k, nil
}

// Of is a map's kernel for one of the maps that the layer reads, [Height, Width].
func (k *Kernels) Of(out, in int) []float32 {
	size := k.Height * k.Width
	at := (out*k.In + in) * size
	return k.Values[at : at+size]
}

// Strongest are the maps that the layer reads, that of the largest kernel first, by the root of the mean of its squares, for one of the
// maps that it gives.
func (k *Kernels) Strongest(out int) []int {
	size := k.In * k.Height * k.Width
	return Strongest(k.Values[out*size:(out+1)*size], k.In)
}
