package data

import "fmt"

// All preprocessing is here. Today it is one rule: a pixel byte v becomes v/255, so values lie in 0 to 1, and a
// label stays a class index ("sparse", not one-hot). The report did no more.

// unit is v/255 for each byte, rounded once to float32, so every machine feeds a net the same bits.
var unit = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()

// Fill writes the images of s at indices to images, [len(indices), Height, Width, Channels] in 0 to 1, and their
// labels to labels, [len(indices)]. It panics when a length does not fit, since that is a mistake in the program.
func Fill(images []float32, labels []int32, s Split, indices []int32) {
	if len(indices) == 0 && len(images) == 0 && len(labels) == 0 {
		return
	}
	size := len(s.Images) / s.Len()
	if len(images) != size*len(indices) || len(labels) != len(indices) {
		panic(fmt.Sprintf("data: Fill of %d images of %d values into %d values and %d labels",
			len(indices), size, len(images), len(labels)))
	}
	for i, index := range indices {
		out := images[i*size : (i+1)*size]
		for j, v := range s.Images[int(index)*size : (int(index)+1)*size] {
			out[j] = unit[v]
		}
		labels[i] = int32(s.Labels[index])
	}
}
