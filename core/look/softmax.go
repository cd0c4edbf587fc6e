package look

import (
	"math"

	"unpool/core/embed"
)

// Of a linear classifier.
const (
	ridge    = 0.01 // times half the sum of the squares of the weights, beside the mean cross entropy
	updates  = 60   // at most
	flat     = 1e-4 // the largest derivative of a loss at its minimum
	memory   = 8    // updates that L-BFGS remembers
	halvings = 20   // of an update that goes too far
)

// softmax is a linear classifier of features: logits are weighted sums of the features, each with the mean 0 and the variance 1 on the images that it is
// trained on, and a bias; the largest is the answer.
type softmax struct {
	size, classes int
	mean, scale   []float64
	weights       []float64 // [size+1, classes], the biases last
}

// fit trains one on features [images, size] with a class each, to the minimum of a loss that has one: from zeros, by L-BFGS (Liu and Nocedal, 1989).
func fit(values []float32, size int, labels []int, classes int, tell embed.Tell) (*softmax, error) {
	s := &softmax{size: size, classes: classes, mean: make([]float64, size), scale: make([]float64, size), weights: make([]float64, (size+1)*classes)}
	n := len(labels)
	for i, v := range values {
		s.mean[i%size] += float64(v) / float64(n)
	}
	for i, v := range values {
		s.scale[i%size] += (float64(v) - s.mean[i%size]) * (float64(v) - s.mean[i%size]) / float64(n)
	}
	for j, variance := range s.scale {
		s.scale[j] = 0 // a feature that is always the same says nothing
		if deviation := math.Sqrt(variance); deviation > 1e-6*(1+math.Abs(s.mean[j])) {
			s.scale[j] = 1 / deviation
		}
	}
	x := s.standard(values)
	var steps, turns [][]float64 // the last updates, and by how much each changed the gradient
	loss, gradient := s.loss(s.weights, x, labels)
	for range updates {
		if err := tell(); err != nil {
			return nil, err
		}
		if magnitude(gradient) <= flat {
			break
		}
		direction := descent(gradient, steps, turns)
		slope, length := inner(direction, gradient), 1.0
		if len(steps) == 0 {
			length = 1 / max(1, math.Sqrt(inner(gradient, gradient)))
		}
		var next, turned []float64
		for range halvings {
			next = added(s.weights, length, direction)
			var lower float64
			if lower, turned = s.loss(next, x, labels); lower <= loss+1e-4*length*slope {
				loss = lower
				break
			}
			length, turned = length/2, nil
		}
		if turned == nil { // the loss cannot become lower
			break
		}
		steps, turns = append(steps, added(next, -1, s.weights)), append(turns, added(turned, -1, gradient))
		if len(steps) > memory {
			steps, turns = steps[1:], turns[1:]
		}
		s.weights, gradient = next, turned
	}
	return s, nil
}

// descent is the direction in which L-BFGS goes: the gradient times an estimate of the inverse of the second derivatives, downwards.
func descent(gradient []float64, steps, turns [][]float64) []float64 {
	direction := added(make([]float64, len(gradient)), -1, gradient)
	along := make([]float64, len(steps))
	for i := len(steps) - 1; i >= 0; i-- {
		along[i] = inner(steps[i], direction) / inner(steps[i], turns[i])
		direction = added(direction, -along[i], turns[i])
	}
	if last := len(steps) - 1; last >= 0 {
		direction = added(make([]float64, len(direction)), inner(steps[last], turns[last])/inner(turns[last], turns[last]), direction)
	}
	for i := range steps {
		direction = added(direction, along[i]-inner(turns[i], direction)/inner(steps[i], turns[i]), steps[i])
	}
	return direction
}

func inner(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// added is a + factor·b.
func added(a []float64, factor float64, b []float64) []float64 {
	sum := make([]float64, len(a))
	for i, v := range a {
		sum[i] = v + factor*b[i]
	}
	return sum
}

// magnitude is the largest of some numbers.
func magnitude(values []float64) (most float64) {
	for _, v := range values {
		most = max(most, math.Abs(v))
	}
	return most
}

// standard are features as the classifier reads them.
func (s *softmax) standard(values []float32) []float64 {
	x := make([]float64, len(values))
	for i, v := range values {
		x[i] = (float64(v) - s.mean[i%s.size]) * s.scale[i%s.size]
	}
	return x
}

// logits are those of one image.
func (s *softmax) logits(weights, x, logits []float64) {
	copy(logits, weights[s.size*s.classes:])
	for j, v := range x {
		if v == 0 {
			continue
		}
		for c, w := range weights[j*s.classes : (j+1)*s.classes] {
			logits[c] += v * w
		}
	}
}

// loss is the mean cross entropy and the ridge, with the derivatives by the weights.
func (s *softmax) loss(weights, x []float64, labels []int) (loss float64, gradient []float64) {
	gradient = make([]float64, len(weights))
	bias := s.size * s.classes
	for i, w := range weights[:bias] {
		loss += ridge / 2 * w * w
		gradient[i] = ridge * w
	}
	n := len(labels)
	p := make([]float64, s.classes)
	for i, label := range labels {
		row := x[i*s.size : (i+1)*s.size]
		s.logits(weights, row, p)
		most, sum := p[0], 0.0
		for _, v := range p {
			most = max(most, v)
		}
		loss += (most - p[label]) / float64(n)
		for c, v := range p {
			p[c] = math.Exp(v - most)
			sum += p[c]
		}
		loss += math.Log(sum) / float64(n)
		for c := range p {
			p[c] /= sum * float64(n)
		}
		p[label] -= 1 / float64(n)
		for j, v := range row {
			if v == 0 {
				continue
			}
			to := gradient[j*s.classes : (j+1)*s.classes]
			for c, d := range p {
				to[c] += v * d
			}
		}
		for c, d := range p {
			gradient[bias+c] += d
		}
	}
	return loss, gradient
}

// accuracy is the share of images that it classifies correctly.
func (s *softmax) accuracy(values []float32, labels []int) float64 {
	x, p, right := s.standard(values), make([]float64, s.classes), 0
	for i, label := range labels {
		s.logits(s.weights, x[i*s.size:(i+1)*s.size], p)
		best := 0
		for c, v := range p {
			if v > p[best] {
				best = c
			}
		}
		if best == label {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}
