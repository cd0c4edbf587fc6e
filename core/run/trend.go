package run

// RisingLoss is the relative rise of a loss that is more than noise.
const RisingLoss = 0.03

// Overfits reports whether between two evaluations, or means of several, a net learned its training images at the cost of the test
// images: the loss on the former fell, and that on the latter rose by more than noise.
func Overfits(from, to Metric) bool {
	return to.Train.Loss < from.Train.Loss && to.Test.Loss > from.Test.Loss*(1+RisingLoss)
}
