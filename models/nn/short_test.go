//go:build !long

package nn_test

// randomNets is how many random nets are tested; -tags long tests more.
const randomNets = 40
