package httpd

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestTokenFrom(t *testing.T) {
	dir := t.TempDir()
	made := filepath.Join(dir, "made")
	token, err := tokenFrom(made)
	if err != nil || len(token) < leastToken {
		t.Fatalf("a token of its own is %q, %v", token, err)
	}
	if info, err := os.Stat(made); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("its file is %v, %v", info.Mode(), err)
	}
	if again, err := tokenFrom(made); again != token || err != nil {
		t.Errorf("the next time it is %q, %v, and was %q", again, err, token)
	}
	for _, test := range []struct {
		name, text string
		mode       os.FileMode
		says       string // "" for a good one
	}{
		{"good", "0123456789abcdef", 0o600, ""},
		{"read only", "0123456789abcdef\n", 0o400, ""},
		{"base64", "q+Zz/7Qm1xv0o8m5Yk2u4w==\n", 0o600, ""},
		{"short", "0123456789abcde\n", 0o600, "15 bytes"},
		{"empty", "", 0o600, "0 bytes"},
		{"the group may read it", "0123456789abcdef", 0o640, "chmod 600"},
		{"others may read it", "0123456789abcdef", 0o604, "chmod 600"},
		{"two lines", "0123456789abcdef\n0123456789abcdef", 0o600, "character"},
		{"no cookie", "0123456789abcde;", 0o600, "character"},
		{"no ASCII", "0123456789abcdeé", 0o600, "character"},
		{"large", strings.Repeat("x", 5000), 0o600, "is not a token file"},
	} {
		path := filepath.Join(dir, test.name)
		if err := os.WriteFile(path, []byte(test.text), test.mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, test.mode); err != nil { // the mask aside
			t.Fatal(err)
		}
		token, err := tokenFrom(path)
		switch {
		case test.says == "" && (err != nil || token != strings.TrimSpace(test.text)):
			t.Errorf("%s: %q, %v", test.name, token, err)
		case test.says != "" && (err == nil || token != "" || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "0123456789")):
			t.Errorf("%s: %q, %v; want an error with %q, and without the token", test.name, token, err, test.says)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "token")} {
		if token, err := tokenFrom(path); err == nil {
			t.Errorf("%s has the token %q", path, token)
		}
	}
}
