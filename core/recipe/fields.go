package recipe

import "unpool/models/net"

// Limits that keep a recipe from an untrusted link within what a tab can do, and that others ask for by name.
const (
	MaxSteps = 10_000_000
	// MaxSeed is the largest seed: every JSON reader keeps whole numbers up to it exactly.
	MaxSeed = 1<<53 - 1
)

// The purposes of fields, by which forms and lists put them together.
const (
	groupNet       = "Net"
	groupData      = "Data"
	groupTraining  = "Training"
	groupMeasuring = "Measuring"
)

// Fields is the table of a recipe's fields but for its version. A field comes after the one that decides whether it applies,
// and those of a group stand together. What is zero is left out of a recipe's JSON and links.
var Fields = []Field{
	{
		Name: "net", own: true, Label: "Layers", Group: groupNet, Unit: "layers",
		Help:    "the layers from the image to the classes, such as conv 5x5x32, relu, pool 2, dense 256, relu. Larger nets learn more, take longer and overfit sooner",
		Default: "conv 3x3x16, relu, pool 2, dense 64, relu",
		at:      func(r *Recipe) any { return &r.Net }, clean: canonical, check: fits,
	},
	{
		Name: "dataset", Label: "Data set", Group: groupData, Help: "the images to learn from. Digits are learnt in minutes, photographs take longer", Default: string(MNIST),
		Choices: datasetChoices(), at: func(r *Recipe) any { return &r.Dataset }, check: known,
	},
	{
		Name: "size", Label: "Size", Group: groupData, Help: "side length to which images are resized; 0 leaves them as they are. Small images train faster", Unit: "pixels", Default: "0",
		OrZero: true, Low: net.MinSide, High: net.MaxSide, at: func(r *Recipe) any { return &r.Size },
	},
	{
		Name: "colour", Label: "Colour", Group: groupData, Help: "whether the images are in colour. Gray trains faster; use it where colour says little", Default: string(AsTheyAre),
		Choices: []Choice{{string(AsTheyAre), "as they are"}, {string(Gray), "gray"}, {string(RGB), "in colour"}},
		at:      func(r *Recipe) any { return &r.Colour },
	},
	{
		Name: "classes", Label: "Classes", Group: groupData, Help: "how many classes a folder has; 0 counts them", Default: "0",
		OrZero: true, Low: net.MinClasses, High: net.MaxClasses, only: condition{field: "dataset", value: folder}, at: func(r *Recipe) any { return &r.Classes },
	},
	{
		Name: "split", Label: "Test share", Group: groupData, Unit: "of each class", Default: "0",
		Help:   "share of a folder's pictures set aside to test on, drawn by a fixed seed, where no folder test has them; 0 for none. A fifth is usual",
		OrZero: true, Low: 0.01, High: 0.9, only: condition{field: "dataset", value: folder}, at: func(r *Recipe) any { return &r.Split },
	},
	{
		Name: "holdout", Label: "Validation", Group: groupData, Help: "training images set aside for validation. Choose settings by them, so that the test images stay unseen", Unit: "images", Default: "0",
		High: 1_000_000, at: func(r *Recipe) any { return &r.Holdout },
	},
	{
		Name: "normalize", Label: "Normalise", Group: groupData, Default: "false",
		Help: "scale the images to mean 0 and standard deviation 1 in each channel. Try it if learning starts slowly",
		at:   func(r *Recipe) any { return &r.Normalize },
	},
	{
		Name: "shift", Label: "Shift", Group: groupData, Help: "maximum distance by which training images are shifted, at random each time. Try 1 to 3 against overfitting", Unit: "pixels", Default: "0",
		High: net.MaxSide / 2, at: func(r *Recipe) any { return &r.Shift }, check: shiftWithin,
	},
	{
		Name: "flip", Label: "Flip", Group: groupData, Help: "mirror half of the training images left to right. Against overfitting; not for digits and letters", Default: "false",
		at: func(r *Recipe) any { return &r.Flip },
	},
	{
		Name: "cutout", Label: "Cutout", Group: groupData, Help: "side of a random square blanked out in each training image. Try a third of the image against overfitting", Unit: "pixels", Default: "0",
		High: net.MaxSide, at: func(r *Recipe) any { return &r.Cutout }, check: cutoutWithin,
	},
	{
		Name: "optimizer", own: true, Label: "Optimiser", Group: groupTraining, Help: "how gradients change the weights. Adam needs the least tuning", Default: string(Adam),
		Choices: []Choice{
			{string(Adam), "Adam"}, {string(SGD), "SGD"}, {string(Momentum), "SGD with momentum"}, {string(RMSProp), "RMSProp"},
		},
		at: func(r *Recipe) any { return &r.Optimizer },
	},
	{
		Name: "learning_rate", own: true, flag: "lr", Label: "Learning rate", Group: groupTraining, Help: "how far each step moves the weights. Lower it if the loss jumps or rises, raise it if learning is slow", Default: "0.001",
		High: 10, LowOut: true, at: func(r *Recipe) any { return &r.LearningRate },
	},
	{
		Name: "momentum", own: true, Label: "Momentum", Group: groupTraining, Help: "how much of the last step is added again; 0 is plain SGD. 0.9 suits most nets", Default: "0.9",
		High: 1, HighOut: true, only: condition{field: "optimizer", value: string(Momentum)}, at: func(r *Recipe) any { return &r.Momentum },
	},
	{
		Name: "schedule", own: true, Label: "Schedule", Group: groupTraining, Help: "how the learning rate changes during training. Cosine often gains accuracy towards the end", Default: string(Constant),
		Choices: []Choice{{string(Constant), "constant"}, {string(Cosine), "cosine, down to 0"}},
		at:      func(r *Recipe) any { return &r.Schedule },
	},
	{
		Name: "filter_rms", own: true, Label: "Filter limit", Group: groupTraining, Unit: "RMS", Default: "0",
		Help:   "convolution filters whose root mean square exceeds this are scaled down to it after each step; 0 for no limit. Try 0.1 if a few filters dominate the first layer",
		OrZero: true, Low: 0.001, High: 10, only: condition{field: "net", met: convolves, words: "convolutions"},
		at: func(r *Recipe) any { return &r.FilterRMS },
	},
	{
		Name: "batch", Label: "Batch", Group: groupTraining, Help: "images in each training step. Larger batches make smoother, slower steps", Unit: "images", Default: "128",
		Low: 1, High: 4096, at: func(r *Recipe) any { return &r.Batch },
	},
	{
		Name: "steps", extent: true, Label: "Steps", Group: groupTraining, Help: "number of training steps. More if accuracy still rises at the end", Default: "5500",
		Low: 1, High: MaxSteps, at: func(r *Recipe) any { return &r.Steps },
	},
	{
		Name: "stop_at", extent: true, Label: "Stop at", Group: groupTraining, Unit: "% correct", Default: "0",
		Help: "end the run at the evaluation that reaches this accuracy, on validation images if there are any; 0 for none. Shows how soon a net gets there",
		High: 100, at: func(r *Recipe) any { return &r.StopAt },
	},
	{
		Name: "patience", extent: true, Label: "Patience", Group: groupTraining, Unit: "evaluations", Default: "0",
		Help: "end the run when so many evaluations in a row bring no better accuracy; 0 for no limit. Ten or more, since accuracy is noisy",
		High: MaxSteps, at: func(r *Recipe) any { return &r.Patience },
	},
	{
		Name: "minutes", extent: true, Label: "Time limit", Group: groupTraining, Unit: "minutes", Default: "0",
		Help: "end the run after so much training time; 0 for no limit. Compares nets by what they reach in the same time",
		High: 100_000, at: func(r *Recipe) any { return &r.Minutes },
	},
	{
		Name: "seed", Label: "Seed", Group: groupTraining, Help: "determines the initial weights and the order of the images. Change it to see how much is chance", Default: "1",
		High: MaxSeed, at: func(r *Recipe) any { return &r.Seed },
	},
	{
		Name: "exact", Label: "Exact", Group: groupTraining, Help: "identical results in every browser and on the command line, a little slower. For comparing machines", Default: "false",
		at: func(r *Recipe) any { return &r.Exact },
	},
	{
		Name: "eval_every", extent: true, Label: "Evaluate every", Group: groupMeasuring, Help: "steps from one evaluation to the next. Fewer draw a finer curve, and take time", Unit: "steps", Default: "50",
		Low: 1, High: MaxSteps, at: func(r *Recipe) any { return &r.EvalEvery },
	},
	{
		Name: "eval", extent: true, Label: "Evaluation", Group: groupMeasuring, Help: "test images used in each evaluation; the last one uses all. All of them are less noisy, and take time", Default: string(EvalSample),
		Choices: []Choice{{string(EvalSample), "a sample of 1\u202f000"}, {string(EvalFull), "all test images"}},
		at:      func(r *Recipe) any { return &r.Eval },
	},
}

// canonical is the text of a net as Net.String writes it, where it can be read.
func canonical(text string) string {
	if n, err := net.Parse(text); err == nil {
		return n.String()
	}
	return text
}

// convolves reports whether a net has convolutions. One that cannot be read may have some: what is wrong is the net alone.
func convolves(text string) bool {
	n, err := net.Parse(text)
	return err != nil || n.Convolutional()
}

// datasetChoices are the data sets by their titles.
func datasetChoices() (all []Choice) {
	for _, d := range Datasets {
		all = append(all, Choice{string(d.Name), d.Title})
	}
	return all
}
