package learn

// when is a text where something holds.
func when(holds bool, text string) string {
	if holds {
		return text
	}
	return ""
}
