package jobs

import "testing"

func TestWithoutFolders(t *testing.T) {
	for text, want := range map[string]string{
		"open /home/me/data/pets.zip: no such file": "open pets.zip: no such file",
		"/home/My Name/pets.zip: a damaged archive": "pets.zip: a damaged archive",
		`open "/a/b": no`:                                     `open "b": no`,
		"cannot open /etc":                                    "cannot open etc",
		"x (/a/b/c)":                                          "x (c)",
		`open C:\Users\me\pets.zip: no`:                       "open pets.zip: no",
		"-out=/a/b: full; /c/d: full":                         "-out=b: full; d: full",
		"get it from https://example.org/a/b, then":           "get it from https://example.org/a/b, then",
		"2 of 10 images/s, folders train/cat and test/cat":    "2 of 10 images/s, folders train/cat and test/cat",
		"the loss is not a number: use a lower learning rate": "the loss is not a number: use a lower learning rate",
	} {
		if got := withoutFolders(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
