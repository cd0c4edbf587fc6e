package protocol

import (
	"encoding/json"
	"errors"

	"unpool/core/recipe"
)

// What a page asks for. A run under way is controlled by a control.Command and asked about its net by Save, Predict, Dissect
// and Look, which it answers between two steps, or at once where it is paused, without changing a bit of the training.
const (
	AskTrain   Kind = "train"   // Train: begin a run. The Result comes when it is over, and its End says how it ended
	AskResume  Kind = "resume"  // Resume: train a run that ended further. The Result is as that of AskTrain
	AskControl Kind = "control" // control.Command: for the run under way. The Result says that it will be followed
	AskSave    Kind = "save"    // no body: the run's state. The Result has it as a file
	AskRead    Kind = "read"    // Files: the files that the message carries are to be trained on. The Result is Data
	AskMeasure Kind = "measure" // no body: how fast the engine is. The Result is Engine
	AskFetch   Kind = "fetch"   // Fetch: load a data set ahead of the run that is to come. The Result is Nothing
	AskPredict Kind = "predict" // Predict: the net's classification of images. The Result is Prediction
	AskDissect Kind = "dissect" // Dissect: the training step that comes next, in parts. The Result is Dissection
	AskLook    Kind = "look"    // Look: an analysis of the net. The Result is that of the analysis
	AskExample Kind = "example" // Example: the outputs of a few layers for stated numbers. The Result is Outputs
	AskDescent Kind = "descent" // Descent: how training methods do on a small problem. The Result is Descents
	AskLoss    Kind = "loss"    // Logits: softmax and cross-entropy of stated numbers. The Result is Loss
	AskCancel  Kind = "cancel"  // Cancel: end another call, which then fails with Cancelled; a run is stopped and keeps what it learned
)

// Train asks for a run.
type Train struct {
	Recipe recipe.Recipe `json:"recipe"`
	Files  bool          `json:"files,omitempty"`  // the recipe's data set is files of the user's own, read before
	Beside bool          `json:"beside,omitempty"` // it takes turns with the runs under way, which the first of them leads
	Trial  bool          `json:"trial,omitempty"`  // it only shows what the recipe leads to, and is not kept
}

// UnmarshalJSON reads the recipe as strictly as recipe.Unmarshal does.
func (t *Train) UnmarshalJSON(b []byte) (err error) {
	var wire struct {
		Recipe json.RawMessage `json:"recipe"`
		Files  bool            `json:"files"`
		Beside bool            `json:"beside"`
		Trial  bool            `json:"trial"`
	}
	if err := json.Unmarshal(b, &wire); err != nil {
		return err
	}
	if wire.Recipe == nil {
		return errors.New("there is no recipe")
	}
	read := recipe.Unmarshal
	if wire.Files { // they are a folder of this machine
		read = recipe.UnmarshalHere
	}
	t.Files, t.Beside, t.Trial = wire.Files, wire.Beside, wire.Trial
	t.Recipe, err = read(wire.Recipe)
	return err
}

// Resume asks to train on: to the run's last step, or for as many steps again.
type Resume struct {
	Run          string  `json:"run,omitempty"`           // the ID of a run that is kept; "" for the one before
	File         bool    `json:"file,omitempty"`          // from the checkpoint that the message carries, which begins a new run
	LearningRate float64 `json:"learning_rate,omitempty"` // 0 for the one that was in use
	Beside       bool    `json:"beside,omitempty"`        // as in Train
}

// Fetch asks for a data set that has a name everywhere. Other requests wait until it is there.
type Fetch struct {
	Dataset recipe.Dataset `json:"dataset"`
}

// Files asks to read the files that the message carries, in place of those read before.
type Files struct {
	Name  string  `json:"name"`            // the user's name for them
	Split float64 `json:"split,omitempty"` // the share of each class to set aside to test on, where no folder says what to test on
}

// Predict asks how the net classifies images.
type Predict struct {
	Images []byte `json:"images"`           // one after the other, as in the data set: [height, width, channels]
	States bool   `json:"states,omitempty"` // also the states of a recurrent net while it reads the first of them
}

// Cancel asks to end another call.
type Cancel struct {
	Call int `json:"call"`
}
