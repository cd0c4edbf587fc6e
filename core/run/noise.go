package run

import "math"

// shared is the share of a sample's noise that is the least to expect between evaluations of one run. They are on the same images, and
// the nets of a run agree on most of them: in our runs, accuracies scatter about their trend by a fifth of a sample's noise, where the
// net learns calmly, to three times that.
const shared = 0.5

// AccuracyNoise is the standard deviation of an accuracy measured on n images, where the share p of all images would be classified
// correctly: that of a binomial share. p is kept away from 0 and 1 as by Laplace's rule of succession, (k+1)/(n+2), since nothing is certain
// after n images.
func AccuracyNoise(p float64, n int) float64 {
	p = succession(p, n)
	return math.Sqrt(p * (1 - p) / float64(max(n, 1)))
}

// lossNoise is about the standard deviation of a mean loss measured on n images with accuracy p. It takes the images classified
// correctly to have no loss and the others to share all of it equally, so that the loss is as uncertain, relatively, as the share of images
// classified wrongly. For MNIST's nets that is close to what follows from the losses of single images.
func lossNoise(loss, p float64, n int) float64 {
	return loss * AccuracyNoise(p, n) / (1 - succession(p, n))
}

func succession(p float64, n int) float64 { return (p*float64(n) + 1) / float64(n+2) }

// line is a straight line fitted to points by least squares.
type line struct {
	slope   float64
	inverse float64 // 1 over the root of the sum of squared distances of the x from their mean
	scatter float64 // standard deviation of the points from the line, of a sample; 0 for two points
}

// fit fits a line to at least two points with different x.
func fit(x, y []float64) line {
	mx, my := mean(x), mean(y)
	var xx, xy, rest float64
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		xy += (x[i] - mx) * (y[i] - my)
	}
	l := line{slope: xy / xx, inverse: 1 / math.Sqrt(xx)}
	if len(x) > 2 {
		for i := range x {
			d := y[i] - my - l.slope*(x[i]-mx)
			rest += d * d
		}
		l.scatter = math.Sqrt(rest / float64(len(x)-2))
	}
	return l
}

// err is the standard error of the slope, where each point has at least this noise.
func (l line) err(noise float64) float64 { return max(l.scatter, noise) * l.inverse }
