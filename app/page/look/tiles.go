package look

import "slices"

// tiled puts images of one size beside one another, in rows of so many: [height, width, channels].
func tiled(images [][]byte, columns, height, width, channels int) (h, w int, pixels []byte) {
	for row := range slices.Chunk(images, columns) {
		for y := range height {
			for _, image := range row {
				pixels = append(pixels, image[y*width*channels:(y+1)*width*channels]...)
			}
		}
	}
	return len(images) / columns * height, columns * width, pixels
}
