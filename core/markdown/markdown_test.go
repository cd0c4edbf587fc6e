package markdown

import "testing"

func TestTable(t *testing.T) {
	const want = "| net | a \\| b |\n| --- | --- |\n| rnn | two lines |\n|  | 3 |\n"
	if got := Table([]string{"net", "a | b"}, [][]string{{"rnn", "two\nlines"}, {"", "3"}}); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
