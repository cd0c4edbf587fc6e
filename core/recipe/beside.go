package recipe

// MaxBeside is how many nets can be compared with a recipe's.
const MaxBeside = 3

// Beside returns other with everything that decides which images a net sees when: r's data set, batches, seed, length and evaluations. The
// two nets can then be compared step by step. What is left of other is its net and how that is trained.
func (r Recipe) Beside(other Recipe) Recipe {
	for i := range Fields {
		if f := &Fields[i]; f.own {
			f.value(&r).Set(f.value(&other))
		}
	}
	return r
}
