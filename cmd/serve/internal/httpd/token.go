package httpd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"
)

// newToken returns a new secret.
func newToken() string { return rand.Text() }

// leastToken is how many bytes a token must have.
const leastToken = 16

// tokenFrom returns the token in a file, which is made if it is not there. A file that others may read holds no secret, and is refused.
func tokenFrom(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		token := newToken()
		_, err := fmt.Fprintln(f, token)
		return token, errors.Join(err, f.Close())
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("cannot create the token file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the token: %w", err)
	}
	switch {
	case !info.Mode().IsRegular() || info.Size() > 4096:
		return "", fmt.Errorf("%s is not a token file", path)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows": // where the bits say nothing
		return "", fmt.Errorf("other users can read the token in %s: chmod 600 %[1]s, and change the token if they may have read it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken {
		return "", fmt.Errorf("the token in %s has %d bytes and needs at least %d; if you remove the file, a new one is created", path, len(token), leastToken)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`",;\`, r) }) {
		return "", fmt.Errorf("the token in %s has a character that cookies cannot contain: use letters and digits", path)
	}
	return token, nil
}
