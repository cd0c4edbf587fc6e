package emit

// Part is what one thread computes of a kernel: rows, images, or groups of columns, from From up to To.
type Part struct {
	From, To int
	Columns  bool // they are groups of PartColumns columns, of which the last may have fewer
}

// PartColumns is how many columns make a group.
const PartColumns = panelWidth
