// Package models is the catalog: which nets there are by name, the settings that each is trained with, and the figures that
// the course report gives for it: the baselines that our results are compared with. The course report is a student's
// assignment of 2020 on these nets. What a net is says models/net, how it is computed models/nn.
//
// It imports the standard library, core/recipe and models/net only, so that the page can show the catalog without the
// compute stack.
package models

import "unpool/core/recipe"

// Entry is one net of the catalog.
type Entry struct {
	Name       string        // as typed on the command line, such as "mnist-rnn-128"
	Title      string        // for people, such as "RNN · 128 units"
	About      string        // one plain sentence
	Recipe     recipe.Recipe // its settings: for a net of the course report, the report's
	Parameters int           // trainable numbers
	Baseline   *Baseline     // what the course report measured; nil where it gives no number
}

// Baseline is the course report's figures for a net, in 0 to 1.
type Baseline struct {
	TestAccuracy  float64
	TrainAccuracy float64
	AtStep        int    // 0 when the course report does not say
	Swapped       bool   // the two are very likely the other way round
	Note          string // what to know about the figure, such as that two numbers look swapped
	Tried         string // where our runs stay below the figure: what was tried to find out why
}
