package slow

import (
	"cmp"
	"slices"

	"unpool/app/ui/examples"
	"unpool/app/ui/markup"
	"unpool/core/number"
)

// probable is how many classes are shown, besides the right one.
const probable = 5

// loss is how wrong the net is about the image, and about the batch.
func (s *Step) loss(m *markup.Markup) {
	right := s.Examples.Labels[s.Image]
	order := make([]int, len(s.Probabilities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.Probabilities[b], s.Probabilities[a]) })
	answer := "The net classifies the image as " + examples.Name(s.Classes, order[0]) + ", which is wrong."
	if order[0] == right {
		answer = "The net classifies the image correctly."
	}
	shown := order[:min(probable, len(order))]
	if !slices.Contains(shown, right) {
		shown = append(slices.Clone(shown), right)
	}
	var rows [][]string
	for _, class := range shown {
		name := examples.Name(s.Classes, class)
		if class == right {
			name += ", the right one"
		}
		rows = append(rows, []string{name, number.Share(float64(s.Probabilities[class])), number.Signed(float64(s.Logits[class]))})
	}
	says(m, "Softmax turns the logits into a probability of each class. %s The loss of an image is the cross-entropy: minus the logarithm of the "+
		"probability of the right class.", answer)
	m.Add(`<p class="slow-sum">loss = −ln %s = %s</p>`, number.Signed(float64(s.Probabilities[right])), number.Loss(s.Own))
	table(m, "The most probable classes", []string{"class", "probability", "gradient of logit"}, rows)
	says(m, "The mean over all %s images of the batch is %s. The step is to make this number smaller. Its gradient with respect to a logit is the probability, less "+
		"1 for the right class, divided by %[1]s: it pulls the right class up and the others down.", number.Int(s.Batch), number.Loss(s.Loss))
}
