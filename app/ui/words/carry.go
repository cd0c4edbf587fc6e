package words

// OnYourGPU names the button that saves a run for the user's own server.
const OnYourGPU = "Continue on your GPU"

// Saved says what to do with the file of a run that a site without a server has saved.
func Saved(file string) string {
	return "Saved as " + file + ", with its checkpoint. On the computer with the GPU, start Unpool (go run ./cmd/serve), open the address that it prints, " +
		"and import the file on the Runs page there: the run continues from where it stopped. This page cannot send it there itself, " +
		"since browsers do not let websites reach programs on your computer."
}
