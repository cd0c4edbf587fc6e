//go:build long

package nn_test

const randomNets = 200
