// Package words says in plain words what a run does, what went wrong with it and what its evaluations were.
//
// It knows runs (core/run) and numbers, but neither the browser nor the page's components.
//
// # Glossary
//
// Every page, error and document uses one word for one thing:
//
//	weight             a trainable number of a net; parameters are all of them, as a count
//	activation, value  a number that a layer outputs
//	map                what one filter or unit outputs for all positions of an image, or for all steps
//	position           a row and column of a map; a step of a sequence is never called a position
//	settings           everything that determines a run; in the code, its recipe
//	training step      one batch and one change of the weights
//	evaluation         a measurement of loss and accuracy, on a stated number of images
//	correct            of images: classified correctly
//	validation images  training images set aside to choose settings; in recipes, holdout
//	continue           train further after a pause
//	resume             train an interrupted, stopped or finished run further
//	train again        start a new run
//	store              keep a run, where it lasts: in the browser, in a folder or on a server
//	checkpoint         the complete state of a run, from which it can be resumed
//	snapshot           a run's weights at one step, in eight bits, for looking inside
//	on the command line, on this machine    not in a browser; "natively" is for the code
package words
